"""The person: M02 人员基本信息."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from hrss_portal.access.policy import Scope
from hrss_portal.audit.triggers import change_log
from hrss_portal.parties import crypto, identifiers, names
from hrss_portal.parties.choices import (
    ETHNIC,
    Disability,
    Education,
    HukouKind,
    IdKind,
    PersonState,
    PersonTag,
    Politics,
    Sex,
)
from hrss_portal.parties.crypto import EncryptedTextField
from hrss_portal.parties.models.party import Party

#: Resident numbers and residence permits share one number space with the same check character.
EIGHTEEN = frozenset({IdKind.RESIDENT, IdKind.HKMO_TAIWAN_RESIDENT})

TAIL = 4  # how many characters people call 尾号


def id_index(kind: str, number: str) -> str:
    """The blind index of a document number; kinds with 18 characters share one space."""
    space = IdKind.RESIDENT if kind in EIGHTEEN else kind
    return crypto.blind_index(f"id:{space}", number)


def phone_index(number: str) -> str:
    """The blind index of a telephone number, whatever its hyphens."""
    return crypto.blind_index("phone", number.replace("-", ""))


def tail_index(number: str) -> str:
    """The blind index of a document number's last four, kept apart from every other index.

    Ten thousand endings tell nobody who somebody is; a search by them is logged all the same.
    """
    return crypto.blind_index("id-tail", number[-TAIL:].upper()) if len(number) > TAIL else ""


class Person(Party):
    """A natural person, once for the whole bureau.

    《个人信息保护法》第六条 (only what the purpose needs), 第二十八条 (sensitive data), 第五十一条
    (encryption).  The document number, telephones and the bank card are encrypted; the number is
    unique per kind of document through its blind index.  ``disability`` is class P5.
    """

    scope = Scope(area="parties", noun="person", unit="unit", town="town")

    name = models.CharField("姓名", max_length=50)
    former_name = models.CharField("曾用名", max_length=50, blank=True)
    id_kind = models.CharField("证件类型", max_length=10, choices=IdKind, default=IdKind.RESIDENT)
    id_number = EncryptedTextField("证件号码")
    id_number_index = models.CharField(max_length=32, null=True, editable=False)
    id_tail_index = models.CharField(max_length=32, blank=True, editable=False, default="")
    no_id_reason = models.CharField("无证件号原因", max_length=100, blank=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, default=Sex.UNKNOWN)
    birth = models.DateField("出生日期", null=True, blank=True)
    ethnic = models.CharField("民族", max_length=2, choices=ETHNIC, blank=True)
    hukou_address = models.CharField("户籍地址", max_length=200, blank=True)
    hukou_kind = models.CharField("户籍性质", max_length=10, choices=HukouKind, blank=True)
    village = models.CharField("村（社区）", max_length=60, blank=True)
    address = models.CharField("常住地址", max_length=200, blank=True)
    education = models.CharField("文化程度", max_length=10, choices=Education, blank=True)
    school_major = models.CharField("毕业院校及专业", max_length=100, blank=True)
    graduated_on = models.DateField("毕业时间", null=True, blank=True)
    politics = models.CharField("政治面貌", max_length=2, choices=Politics, blank=True)
    disability = models.CharField("残疾类别", max_length=10, choices=Disability, blank=True)
    disability_grade = models.CharField(
        "残疾等级",
        max_length=1,
        choices=[(str(grade), f"{name}级") for grade, name in enumerate("一二三四", 1)],
        blank=True,
    )
    phone = EncryptedTextField("联系电话")
    other_phones = EncryptedTextField("其他电话")
    phone_indexes = ArrayField(models.CharField(max_length=32), default=list, editable=False)
    bank_card = EncryptedTextField("银行卡号（社保卡）")
    bank_card_index = models.CharField(max_length=32, null=True, editable=False)
    bank_name = models.CharField("开户银行", max_length=60, blank=True)
    tags = ArrayField(
        models.CharField(max_length=20, choices=PersonTag),
        verbose_name="人员类别",
        default=list,
        blank=True,
    )
    state = models.CharField(
        "状态", max_length=10, choices=PersonState, default=PersonState.VALID, editable=False
    )
    state_reason = models.CharField("停用原因", max_length=100, blank=True, editable=False)
    died_on = models.DateField("死亡日期", null=True, blank=True, editable=False)

    class Meta(Party.Meta):
        verbose_name = verbose_name_plural = "人员"
        ordering = ["-id"]
        indexes = [
            *Party.Meta.indexes,
            GinIndex(fields=["phone_indexes"], name="parties_person_phones"),
            GinIndex(fields=["tags"], name="parties_person_tags"),
            models.Index(fields=["id_tail_index"], name="parties_person_id_tail"),
            models.Index(fields=["name", "birth"], name="parties_person_name_birth"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"],
                name="parties_person_id",
                violation_error_message="这个证件号已经登记过",
            ),
            models.CheckConstraint(
                condition=(Q(state="merged") & Q(merged_into__isnull=False))
                | (~Q(state="merged") & Q(merged_into=None)),
                name="parties_person_merged",
                violation_error_message="合并的人员须指向保留的人员",
            ),
            models.CheckConstraint(
                condition=Q(id_number_index__isnull=False) | ~Q(no_id_reason=""),
                name="parties_person_has_id",
                violation_error_message="没有证件号的要写明原因",
            ),
        ]
        triggers = change_log(
            skip=("name_key", "grams", "reading", "reading_joined", "initials", "updated_at"),
            personal=(
                "id_number", "id_number_index", "id_tail_index",
                "phone", "other_phones", "phone_indexes", "bank_card", "bank_card_index",
                "disability", "disability_grade",
            ),
        )  # fmt: skip

    def refresh_derived(self) -> None:
        """Search columns and blind indexes.  Encrypted columns nobody opened stay as they are."""
        super().refresh_derived()
        if self._is_open("id_number"):
            self.id_number_index = id_index(self.id_kind, self.id_number) or None
            self.id_tail_index = tail_index(self.id_number)
        if self._is_open("phone") or self._is_open("other_phones"):
            self.phone_indexes = sorted({phone_index(number) for number in self.phones})
        if self._is_open("bank_card"):
            self.bank_card_index = crypto.blind_index("card", self.bank_card) or None

    def _is_open(self, column: str) -> bool:
        return isinstance(self.__dict__.get(column), str)

    def derived_columns(self) -> tuple[str, ...]:
        """Also the blind indexes."""
        return (
            *super().derived_columns(),
            "id_number_index",
            "id_tail_index",
            "phone_indexes",
            "bank_card_index",
        )

    @property
    def phones(self) -> list[str]:
        """Every number, the main one first."""
        return [number for number in (self.phone, *self.other_phones.split("/")) if number]

    @property
    def masked_name(self) -> str:
        """姓*名."""
        return identifiers.mask_name(self.name)

    @property
    def masked_id(self) -> str:
        """The document number as lists show it: the last four."""
        return identifiers.mask_id(self.id_number)

    @property
    def masked_phone(self) -> str:
        """The telephone as lists show it."""
        return identifiers.mask_phone(self.phone)

    @property
    def masked_card(self) -> str:
        """The bank card as pages show it."""
        return identifiers.mask_card(self.bank_card)

    @property
    def tag_labels(self) -> list[str]:
        """The labels of the person's groups."""
        return [str(PersonTag(tag).label) for tag in self.tags if tag in PersonTag.values]

    def age_on(self, on: date) -> int | None:
        """Full years on a day, or None without a date of birth."""
        return identifiers.age_on(self.birth, on) if self.birth else None

    def set_id(self, kind: str, number: str, *, derive: bool = True) -> None:
        """Set the document, and sex and birth where the number tells them and they are empty."""
        self.id_kind, self.id_number = kind, number
        if derive and kind in EIGHTEEN and number:
            told = identifiers.check_id_number(number)
            self.birth = self.birth or told.birth
            if self.sex in ("", Sex.UNKNOWN):
                self.sex = told.sex

    def set_phones(self, numbers: list[str]) -> None:
        """Set the main and the other telephones."""
        self.phone = numbers[0] if numbers else ""
        self.other_phones = "/".join(numbers[1:])

    read_name = staticmethod(names.reading)

    def get_absolute_url(self) -> str:
        """The 360 page."""
        return f"/persons/{self.pk}/"

    def clean_fields(self, exclude: Any = None) -> None:
        """Tidy the name before Django's own checks."""
        self.name = names.tidy_name(self.name)
        super().clean_fields(exclude=exclude)
