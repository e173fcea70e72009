"""What persons and employers share: a searchable name, place, recorder, merging."""

import uuid
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from hrss_portal.access.scope import ScopedManager, ScopedQuerySet
from hrss_portal.parties import crypto, names

SEARCH_COLUMNS = ("name_key", "grams", "reading", "initials")


class PartyQuerySet(ScopedQuerySet):
    """Persons or employers by name, and without those that were merged away."""

    def standing(self) -> Self:
        """Rows that count: not merged into another."""
        return self.filter(merged_into=None)

    def named(self, text: str) -> Self:
        """Rows whose name holds ``text`` (one character will do) or whose pinyin begins with it."""
        text = text.strip()
        if names.looks_like_initials(text):
            low = text.lower()
            by_pinyin = Q(initials__startswith=low) | Q(reading_joined__startswith=low)
            return self.filter(by_pinyin | Q(name_key__startswith=low))
        wanted = names.query_grams(text)
        if not wanted:
            return self.none()
        found = self.filter(grams__contains=wanted)
        return found.filter(name_key__contains=names.match_key(text)) if len(wanted) > 1 else found


class PartyManager(ScopedManager.from_queryset(PartyQuerySet)):  # type: ignore[misc]
    """Reads inside ``acting_as`` only."""


class Party(models.Model):
    """A person or an employer.

    ``vault`` ties encrypted columns to the row.  The columns of ``SEARCH_COLUMNS`` follow the name.
    A party that was merged away keeps its row and its references; it points to the surviving one,
    which never points on.  ``source`` is ``form``, a sheet code, an interface or ``demo``.
    """

    vault = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    name_key = models.CharField(max_length=120, editable=False, db_index=True)
    grams = ArrayField(models.TextField(), default=list, editable=False)
    reading = models.CharField("拼音", max_length=800, editable=False)
    reading_joined = models.CharField(max_length=800, editable=False, db_default="", default="")
    initials = models.CharField("拼音首字母", max_length=120, editable=False)
    merged_into_id: int | None
    merged_into = models.ForeignKey(
        "self",
        verbose_name="并入",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged_from",
    )
    unit = models.ForeignKey(
        "access.Unit", verbose_name="登记单位", on_delete=models.PROTECT, related_name="+"
    )
    town = models.ForeignKey(
        "access.Unit",
        verbose_name="乡镇（园区）",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    source = models.CharField("录入方式", max_length=20, default="form", editable=False)
    remark = models.TextField("备注", blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    created_by = models.ForeignKey(
        "access.User",
        verbose_name="登记人",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    updated_by = models.ForeignKey(
        "access.User",
        verbose_name="更新人",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = PartyManager()

    #: Name of the reading functions, chosen by the subclass.
    read_name = staticmethod(names.reading)

    class Meta:
        abstract = True
        indexes = [
            GinIndex(fields=["grams"], name="parties_%(class)s_grams"),
            models.Index(
                fields=["initials"],
                name="parties_%(class)s_initials",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(
                fields=["reading_joined"],
                name="parties_%(class)s_reading",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(fields=["town", "-id"], name="parties_%(class)s_town"),
            models.Index(fields=["reading", "id"], name="parties_%(class)s_sort"),
        ]

    def __str__(self) -> str:
        return self.name  # type: ignore[attr-defined]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search columns and blind indexes in step."""
        self.refresh_derived()
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, *self.derived_columns(), "updated_at"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The 360 page."""
        raise NotImplementedError

    def refresh_derived(self) -> None:
        """Fill what follows from other columns; bulk writers call it for each row."""
        name: str = self.name  # type: ignore[attr-defined]
        if self.grams and self.name_key == names.match_key(name)[:120] and self.reading:
            return
        self.name_key = names.match_key(name)[:120]
        self.grams = names.grams(name)
        self.reading = self.read_name(name)[:800]
        self.reading_joined = self.reading.replace(" ", "")
        self.initials = "".join(part[0] for part in self.reading.split())[:120]

    def derived_columns(self) -> tuple[str, ...]:
        """Names of the columns that ``refresh_derived`` fills."""
        return (*SEARCH_COLUMNS, "reading_joined")

    @property
    def is_merged(self) -> bool:
        """Whether another row stands for this one."""
        return self.merged_into_id is not None

    @property
    def standing_id(self) -> int:
        """The number under which this party counts."""
        return int(self.merged_into_id or self.pk)


def set_secret(party: Party, column: str, value: str, *, kind: str) -> None:
    """Put a value into an encrypted column and its blind index (``<column>_index``)."""
    setattr(party, column, value)
    setattr(party, f"{column}_index", crypto.blind_index(kind, value) or None)
