"""Forms of the master files.  Their fields are the columns of the sheets, so that what is typed and
what is imported is cleaned by one set of rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.urls import reverse

from hrss_portal.areas import Sheet
from hrss_portal.parties import choices, rules
from hrss_portal.parties.fields import ChoiceLabelField, DateField, IdNumberField, TextCell
from hrss_portal.parties.imports import EMPLOYERS, PERSONS
from hrss_portal.parties.models import Employer, Party, Person
from hrss_portal.parties.models.persons import id_index


@dataclass(frozen=True)
class Part:
    """A section of a form with its bound fields."""

    title: str
    fields: Sequence[BoundField]
    folded: bool = False


class PartyForm(forms.Form):
    """What the forms of persons and employers share.

    ``_key`` becomes the row's ``vault``: the same form sent twice is the same row.  When a row is
    edited, numbers are not shown: an empty box keeps what is there.
    """

    use_required_attribute = False
    sheet: ClassVar[Sheet]
    rule: ClassVar[Any]
    sections: ClassVar[Sequence[tuple[str, tuple[str, ...], bool]]]
    secret: ClassVar[frozenset[str]]
    lookup: ClassVar[str]
    looked_up: ClassVar[tuple[str, ...]]

    _key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    party_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    distinct_reason = TextCell(label="仍新建的理由", required=False, max_length=100)

    def __init__(
        self, data: Any = None, *, party: Any = None, hidden: Iterable[str] = (), **kwargs: Any
    ) -> None:
        self.party = party
        initial = self.values_of(party) if party else {"_key": uuid4().hex}
        super().__init__(data, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        for column in self.sheet.columns:
            field = column.field()
            field.label = column.heading
            field.help_text = column.help
            self.fields[column.name] = field
        self.prepare()
        for name in hidden:
            self.fields.pop(name, None)
        self._place_masks()
        for name in self.looked_up:
            self.fields[name].widget.attrs["data-lookup"] = reverse(self.lookup)

    def prepare(self) -> None:
        """What the form does otherwise than the sheet."""

    def _place_masks(self) -> None:
        for name in self.secret & set(self.fields):
            field = self.fields[name]
            shown = getattr(self.party, self.masks.get(name, ""), "") if self.party else ""
            if shown:
                field.required = False
                field.help_text = f"现为 {shown}，留空不改"

    masks: ClassVar[Mapping[str, str]] = {}

    def values_of(self, party: Any) -> dict[str, Any]:
        """What is shown of a row, without the numbers."""
        values = {
            column.name: getattr(party, column.name)
            for column in self.sheet.columns
            if hasattr(party, column.name) and column.name not in self.secret
        }
        return {**values, "town": party.town_id, "version": party.version}

    @property
    def parts(self) -> list[Part]:
        """The fields by section; a folded section with a value or an error is open."""
        made = []
        for title, names, folded in self.sections:
            bound = [self[name] for name in names if name in self.fields]
            full = any(one.errors or one.value() not in (None, "", [], False) for one in bound)
            if bound:
                made.append(Part(title, bound, folded and not full))
        return made

    def clean(self) -> dict[str, Any]:
        """The cross-field rule of the sheet, over what will be stored."""
        cleaned = super().clean() or {}
        judged = {**self.kept(), **{k: v for k, v in cleaned.items() if v not in (None, "", [])}}
        for name, words in self.rule(judged):
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, words)
        return cleaned

    def kept(self) -> dict[str, Any]:
        """Values of the row that empty secret boxes keep."""
        return {}

    @property
    def new_vault(self) -> UUID:
        """The identity of the row to be made."""
        return self.cleaned_data.get("_key") or uuid4()

    def put(self, party: Party) -> Party:
        """Write the cleaned values into a row (not saved)."""
        for column in self.sheet.columns:
            if column.name in self.cleaned_data and column.name not in self.secret:
                value = self.cleaned_data[column.name]
                setattr(party, column.name, self._stored(party, column.name, value))
        if reason := self.cleaned_data.get("distinct_reason"):
            party.remark = f"{party.remark}\n与相近记录不是同一个：{reason}".strip()
        return party

    def _stored(self, party: Party, name: str, value: Any) -> Any:
        field = party._meta.get_field(name)
        if value is None and not field.null:
            return field.get_default()  # type: ignore[union-attr]
        return value


class PersonForm(PartyForm):
    """人员登记 (M02): the number first, the rest follows from it."""

    sheet = PERSONS
    rule = staticmethod(rules.check_person)
    secret = frozenset({"id_number", "id_kind", "other_id", "phone", "bank_card"})
    masks = {"id_number": "masked_id", "phone": "masked_phone", "bank_card": "masked_card"}
    lookup = "parties:person_lookup"
    looked_up = ("id_number", "name", "phone")
    sections = (
        ("身份", ("id_number", "name", "sex", "birth", "ethnic", "former_name"), False),
        ("没有居民身份证的", ("id_kind", "other_id", "no_id_reason"), True),
        (
            "联系和住址",
            ("phone", "town", "village", "address", "hukou_address", "hukou_kind"),
            False,
        ),
        ("学历和类别", ("education", "school_major", "graduated_on", "politics", "tags"), False),
        ("健康", ("disability", "disability_grade"), True),
        ("银行卡", ("bank_card", "bank_name"), True),
        ("备注", ("remark", "distinct_reason"), True),
    )

    def prepare(self) -> None:
        """15-digit numbers are upgraded, not kept; the name before the marriage may be noted."""
        self.fields["id_number"] = IdNumberField(label="身份证号", required=False)
        self.fields["former_name"] = TextCell(label="曾用名", required=False, max_length=50)
        self.fields["remark"].widget = forms.Textarea(attrs={"rows": 2})
        kinds = [pair for pair in choices.IdKind.choices if pair[0] not in {"resident", "old"}]
        self.fields["id_kind"] = ChoiceLabelField(
            [("", "—"), *kinds], required=False, label="其他证件类型"
        )

    def values_of(self, party: Person) -> dict[str, Any]:
        """Also the former name."""
        return {**super().values_of(party), "former_name": party.former_name}

    def kept(self) -> dict[str, Any]:
        """The document of the row, unless another one is typed."""
        if not self.party or not self.party.id_number:
            return {}
        resident = self.party.id_kind in {"resident", "residence", "old"}
        name = "id_number" if resident else "other_id"
        typed = self.cleaned_data.get("id_number") or self.cleaned_data.get("other_id")
        return {} if typed else {name: self.party.id_number, "id_kind": self.party.id_kind}

    def clean(self) -> dict[str, Any]:
        """The number fills sex and birth, and belongs to nobody else."""
        cleaned = super().clean()
        kind, number = rules.document_of(cleaned)
        if number and not self.errors:
            holder = Person._base_manager.filter(id_number_index=id_index(kind, number))
            others = holder.exclude(pk=self.party.pk) if self.party else holder
            key: Any = cleaned.get("_key")
            if others.exclude(vault=key).exists() and not cleaned.get("party_id"):
                self.add_error("id_number", "这个证件号已经登记过，打开已有的人员办理")
        return cleaned

    def put(self, party: Party) -> Party:
        """Also the document, the telephones and the bank card."""
        assert isinstance(party, Person)  # noqa: S101 -- said by the type of the form
        super().put(party)
        party.former_name = self.cleaned_data.get("former_name", "")
        kind, number = rules.document_of(self.cleaned_data)
        if number:
            party.set_id(kind, number)
        if phones := self.cleaned_data.get("phone"):
            party.set_phones(phones.split("/"))
        if card := self.cleaned_data.get("bank_card"):
            party.bank_card = card
        party.sex = party.sex or choices.Sex.UNKNOWN
        return party


class EmployerForm(PartyForm):
    """单位登记 (M01): the credit code first."""

    sheet = EMPLOYERS
    rule = staticmethod(rules.check_employer)
    secret = frozenset({"legal_rep_id", "contact_phone"})
    masks = {"legal_rep_id": "masked_legal_rep_id", "contact_phone": "masked_phone"}
    lookup = "parties:employer_lookup"
    looked_up = ("uscc", "name")
    sections = (
        ("名称和证照", ("uscc", "name", "kind", "ownership", "legal_rep", "legal_rep_id"), False),
        ("没有信用代码的", ("no_uscc_reason", "old_register_no"), True),
        ("地址和联系", ("town", "reg_address", "work_address", "contact", "contact_phone"), False),
        ("行业和规模", ("industry", "industry_group", "headcount", "revenue", "assets"), False),
        ("人工认定规模", ("size", "size_why"), True),
        (
            "状态和标记",
            (
                "op_status", "credit_grade", "founded_on", "si_no", "is_four_up", "four_up",
                "is_short_staffed", "paired_county",
            ),
            False,
        ),
        ("备注", ("remark", "distinct_reason"), True),
    )  # fmt: skip

    def prepare(self) -> None:
        """A size set by hand asks for a reason; the paired-county mark is a tick."""
        self.fields["size"] = ChoiceLabelField(
            [("", "按标准自动判定"), *choices.Size.choices], required=False, label="企业规模"
        )
        self.fields["size_why"] = TextCell(label="认定理由", required=False, max_length=100)
        self.fields["paired_county"] = forms.BooleanField(label="结对帮扶市县企业", required=False)
        self.fields["remark"].widget = forms.Textarea(attrs={"rows": 2})

    def values_of(self, party: Employer) -> dict[str, Any]:
        """The size only where it was set by hand."""
        by_hand = {"size": party.size, "size_why": party.size_why} if party.size_by_hand else {}
        return {**super().values_of(party), "paired_county": party.paired_county, **by_hand}

    def clean(self) -> dict[str, Any]:
        """The code belongs to no other row."""
        cleaned = super().clean()
        code = cleaned.get("uscc")
        if code and not self.errors and not cleaned.get("party_id"):
            key: Any = cleaned.get("_key")
            holder = Employer._base_manager.filter(uscc=code).exclude(vault=key)
            if (holder.exclude(pk=self.party.pk) if self.party else holder).exists():
                self.add_error("uscc", "这个统一社会信用代码已经登记过，打开已有的单位办理")
        return cleaned

    def put(self, party: Party) -> Party:
        """Also the numbers, the size and the former names."""
        assert isinstance(party, Employer)  # noqa: S101 -- said by the type of the form
        before = party.name
        super().put(party)
        if before and before != party.name and before not in party.former_names:
            party.former_names = [*party.former_names, before]
        for name in self.secret:
            if value := self.cleaned_data.get(name):
                setattr(party, name, value)
        size = self.cleaned_data.get("size") or ""
        party.size_by_hand = bool(size)
        if size:
            party.size, party.size_why = size, self.cleaned_data["size_why"]
        party.paired_county = self.cleaned_data.get("paired_county", False)
        party.op_status = party.op_status or choices.OpStatus.ACTIVE
        return party


class RestrictionForm(forms.Form):
    """设置限制."""

    use_required_attribute = False
    kind = ChoiceLabelField(choices.RestrictionKind.choices, label="限制")
    basis = TextCell(label="依据", max_length=200)
    reference = TextCell(label="决定文号", required=False, max_length=60)
    from_on = DateField(label="自")
    to_on = DateField(label="至", required=False)

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("from_on"), cleaned.get("to_on")
        if start and end and end < start:
            self.add_error("to_on", ValidationError("截止日期不能早于起始日期"))
        return cleaned


class LiftForm(forms.Form):
    """解除限制."""

    use_required_attribute = False
    on = DateField(label="解除日期")
    reason = TextCell(label="解除原因", max_length=200)
