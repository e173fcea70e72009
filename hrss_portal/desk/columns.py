"""Columns and filters of a list, as data."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from hrss_portal.desk import wording
from hrss_portal.desk.clockface import Face, face_of
from hrss_portal.parties.fields import DateField
from hrss_portal.parties.identifiers import mask_id, mask_names, mask_phone

WORDS: dict[str, Callable[[Any], str]] = {
    "number": wording.count,
    "money": wording.money,
    "date": wording.day,
    "moment": wording.moment,
    "person": lambda value: mask_names(str(value)) if value else wording.NOTHING,
    "id": lambda value: mask_id(str(value)) if value else wording.NOTHING,
    "phone": lambda value: mask_phone(str(value)) if value else wording.NOTHING,
}
RIGHT = frozenset({"number", "money"})
UNBROKEN = frozenset({"date", "moment", "code", "clock", "tag", "id", "phone"})


@dataclass(frozen=True, kw_only=True)
class Col:
    """One column of a list.

    ``name`` is the path to the value ("unit.short_name"), ``value`` a function of the row where a
    path is not enough.  ``kind``: text, code, number, money, date, moment, clock, tag, person, id,
    phone.  ``sort`` is the field to order by; it must lead an index.  ``unit`` stands in the
    heading, never in the cells.  ``shown=False`` is offered in 列设置 only.
    """

    name: str
    label: str
    kind: str = "text"
    value: Callable[[Any], Any] | None = None
    tag: Callable[[Any], str] | None = None
    sort: str = ""
    unit: str = ""
    shown: bool = True
    link: bool = False

    @property
    def heading(self) -> str:
        """The words over the column."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def css(self) -> str:
        """The classes of its cells."""
        if self.kind in RIGHT:
            return "num"
        return "nowrap" if self.kind in UNBROKEN else ""

    def read(self, row: Any) -> Any:
        """The value of a row; None where a step of the path is missing."""
        if self.value is not None:
            return self.value(row)
        for step in self.name.split("."):
            row = getattr(row, step, None)
            if row is None:
                return None
        return row

    def cell(self, row: Any, *, today: date, working_days: Any = None) -> "Cell":
        """What the table shows of a row."""
        value = self.read(row)
        if self.kind == "clock":
            face = face_of(row if value is None else value, today=today, working_days=working_days)
            return Cell(self, face.words, face=face)
        words = WORDS[self.kind](value) if self.kind in WORDS else _plain(value)
        return Cell(self, words, tag=self.tag(row) if self.tag else "")


def _plain(value: Any) -> str:
    if value is None or value == "":
        return wording.NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


@dataclass(frozen=True)
class Cell:
    """One cell: words, and for clocks and states how they look."""

    col: Col
    words: str
    face: Face | None = None
    tag: str = ""

    @property
    def blank(self) -> bool:
        """Whether a card on a narrow screen leaves the line out."""
        return self.words == wording.NOTHING


Apply = Callable[[QuerySet[Any], Any], QuerySet[Any]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter of a list, as a typed field of the query form.

    ``lookup`` is the ORM lookup that the cleaned value goes to, ``apply`` a function where one
    lookup is not enough.  ``choices`` is read per request, so that it may depend on the user.
    ``further`` puts it under 更多条件.
    """

    name: str
    label: str
    lookup: str = ""
    apply: Apply | None = None
    choices: Callable[[], Iterable[tuple[str, str]]] | None = None
    field: Callable[[], forms.Field] | None = None
    further: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its form fields."""
        return (self.name,)

    def fields(self) -> dict[str, forms.Field]:
        """The form fields of this filter by name."""
        if self.choices is not None:
            choices = [("", "全部"), *self.choices()]
            return {self.name: forms.ChoiceField(choices=choices, required=False, label=self.label)}
        made = self.field() if self.field else forms.CharField(max_length=60, strip=True)
        made.required = False
        made.label = self.label
        return {self.name: made}

    def narrow(self, rows: QuerySet[Any], cleaned: dict[str, Any]) -> QuerySet[Any]:
        """The rows that fit the cleaned values; all of them where the filter is empty."""
        value = cleaned.get(self.name)
        if value is None or value == "":
            return rows
        if self.apply is not None:
            return self.apply(rows, value)
        return rows.filter(**{self.lookup or self.name: value})


@dataclass(frozen=True, kw_only=True)
class DateRange(Filter):
    """Two typed dates, from and to, both included."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the two ends."""
        return (f"{self.name}_from", f"{self.name}_to")

    def fields(self) -> dict[str, forms.Field]:
        """The two ends."""
        return {
            f"{self.name}_from": DateField(required=False, label=f"{self.label}自"),
            f"{self.name}_to": DateField(required=False, label="至"),
        }

    def narrow(self, rows: QuerySet[Any], cleaned: dict[str, Any]) -> QuerySet[Any]:
        """The rows between the two days."""
        lookup = self.lookup or self.name
        first, last = cleaned.get(f"{self.name}_from"), cleaned.get(f"{self.name}_to")
        found = Q()
        if first:
            found &= Q(**{f"{lookup}__gte": first})
        if last:
            found &= Q(**{f"{lookup}__lte": last})
        return rows.filter(found) if found else rows
