"""Forms of cases: the intake form, the form of a move, and their repeated rows.

One set of rules for the page, the sheet and the API: each door hands its values to these forms.
A form here knows its case and its user, and gives the door what ``casework.moves`` takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from hrss_portal.access.models import Unit, User
from hrss_portal.casework import moves
from hrss_portal.casework.informants import ROWS as INFORMANTS
from hrss_portal.casework.models import Case
from hrss_portal.casework.moves import PartyIn
from hrss_portal.parties import duplicates, matching, towns
from hrss_portal.parties.fields import (
    CountField,
    DateField,
    IdNumberField,
    MoneyField,
    NamesField,
    PhonesField,
    TextCell,
    TownField,
    UsccField,
)
from hrss_portal.parties.names import tidy_name, tidy_organisation

#: A box for a name that offers the employers of the library while it is typed in.
SUGGEST = {
    "data-suggest": "name",
    "data-suggest-when": "kind=employer",
    "data-lookup-name": "part",
    "data-noun": "单位",
    "autocomplete": "off",
}


@dataclass(frozen=True, kw_only=True)
class Section:
    """Fields that stand together under one heading; ``folded`` ones open on demand."""

    title: str
    fields: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class RowSet:
    """Repeated rows of a form, such as claims: the row's form, how few and how many.

    ``first`` rows stand before the form's own fields: a window asks who it is before anything.
    ``fixed`` rows are there already, such as the claims of a case: none is added or crossed out.
    """

    name: str
    label: str
    form: type[forms.Form]
    least: int = 0
    most: int = 50
    folded: bool = False
    first: bool = False
    fixed: bool = False


class RowsBase(BaseFormSet):
    """Rows of a form; an empty row does not count, and too few is said at the rows' heading."""

    least = 0
    label = ""
    hint: Any = ""  # what to do first where no row can be filled

    def filled(self) -> list[forms.Form]:
        """The rows that hold something, typed or offered, and are not crossed out."""
        return [
            form
            for form in self.forms
            if (form.has_changed() or not form.empty_permitted)
            and not form.cleaned_data.get("DELETE")
        ]

    def clean(self) -> None:
        """Refuse fewer rows than needed."""
        if any(self.errors):
            return
        if len(self.filled()) < self.least:
            raise ValidationError(f"至少填一行{self.label}", code="too_few")


class WithRows:
    """What a form with row sets adds: their formsets, and validity over all of them."""

    row_sets: ClassVar[tuple[RowSet, ...]] = ()
    sections: ClassVar[tuple[Section, ...]] = ()

    def build_rows(self, data: Any, files: Any, initial: Mapping[str, Any] | None) -> None:
        """Make one formset per row set; prefixes are the row sets' names."""
        self.rows: dict[str, RowsBase] = {}
        for one in self.row_sets:
            kind: Any = formset_factory(
                one.form,
                formset=RowsBase,
                extra=0 if (initial or {}).get(one.name) else one.least or int(not one.folded),
                max_num=one.most,
                validate_max=True,
                can_delete=not one.fixed,
            )
            kind.least, kind.label = one.least, one.label
            self.rows[one.name] = kind(
                data,
                files,
                prefix=one.name,
                initial=(initial or {}).get(one.name),
                form_kwargs={"context": self},
            )

    def rows_valid(self) -> bool:
        """Whether every row set is valid."""
        return not [name for name, rows in self.rows.items() if not rows.is_valid()]

    def row_data(self, name: str) -> list[dict[str, Any]]:
        """The cleaned rows of one row set."""
        return [
            {key: value for key, value in form.cleaned_data.items() if key != "DELETE"}
            for form in self.rows[name].filled()
        ]

    def row_errors(self) -> list[tuple[str, str]]:
        """(id of the input, message) of every row error, for the summary at the top."""
        found: list[tuple[str, str]] = []
        for one in self.row_sets:
            rows = self.rows[one.name]
            found.extend((_first_box(rows), str(text)) for text in rows.non_form_errors())
            for number, form in enumerate(rows.forms, start=1):
                for field, texts in form.errors.items():
                    target = form[field].id_for_label if field in form.fields else ""
                    found.extend((target, f"{one.label}第 {number} 行：{text}") for text in texts)
        return found


def _first_box(rows: RowsBase) -> str:
    """The id of the first box of the rows; of the button that adds one while there is no row."""
    for form in rows.forms:
        if not form.cleaned_data.get("DELETE"):
            return form.visible_fields()[0].id_for_label
    return f"id_{rows.prefix}-add"


class RowForm(forms.Form):
    """One repeated row; ``context`` is the form it stands in.

    ``heading`` says what the row is about; empty: the name of the row set and the row's number.
    """

    fields: dict[str, Any]  # an area's form gives querysets to its own choices

    def __init__(self, *args: Any, context: Any = None, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    @property
    def heading(self) -> str:
        """Nothing of its own."""
        return ""


class MoveForm(WithRows, forms.Form):
    """What a move asks: always the day with legal effect; a note; the move's own fields."""

    fields: dict[str, Any]  # an area's form gives querysets to its own choices
    case: Any  # of the kind that the form is for
    verdicts: Any = ()  # rule sets judged for the case (``deadlines.conditions.Verdict``)

    on = DateField(label="日期", past=True)
    note = TextCell(
        label="说明", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, case: Any, user: User, **kwargs: Any
    ) -> None:
        self.case, self.user = case, user
        initial = {"on": timezone.localdate(), **(kwargs.pop("initial", None) or {})}
        super().__init__(data, files, initial=initial, **kwargs)
        self.build_rows(data, files, initial)
        self.order_fields([name for name in self.fields if name != "note"] + ["note"])

    def is_valid(self) -> bool:
        """The fields and every row."""
        return all([super().is_valid(), self.rows_valid()])

    def move_data(self) -> dict[str, Any]:
        """What the door takes as ``data``: everything but the day and the note."""
        data = {
            name: value for name, value in self.cleaned_data.items() if name not in {"on", "note"}
        }
        return {**data, **{one.name: self.row_data(one.name) for one in self.row_sets}}


class PartyForm(RowForm):
    """A party, ID first: a known number brings its person, an unknown one makes a new person.

    ``is_person`` None lets the clerk choose; a respondent is an employer unless said otherwise.
    """

    kind = forms.ChoiceField(
        label="当事人类型", choices=[("person", "个人"), ("employer", "单位")], required=False
    )
    id_number = IdNumberField(label="身份证号", required=False)
    uscc = UsccField(label="统一社会信用代码", required=False)
    name = NamesField(label="姓名或单位名称", max_length=120)
    phone = PhonesField(label="联系电话", required=False)
    address = TextCell(label="送达地址", max_length=200, required=False)
    legal_rep = NamesField(label="法定代表人（负责人）及职务", max_length=80, required=False)
    is_representative = forms.BooleanField(label="代表人", required=False)
    role: ClassVar[str] = ""
    default_kind: ClassVar[str] = "person"
    show_when: ClassVar[Mapping[str, str]] = {
        "id_number": "kind=person",
        "is_representative": "kind=person",
        "uscc": "kind=employer",
        "legal_rep": "kind=employer",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = self.default_kind
        self.fields["name"].widget.attrs.update(SUGGEST)

    def clean(self) -> dict[str, Any]:
        """The number belongs to the kind, and to the name."""
        data = super().clean() or {}
        data["kind"] = kind = data.get("kind") or self.default_kind
        name = data.get("name", "")
        if kind == "person":
            data["name"] = tidy_name(name)
            if data.get("id_number"):
                match = matching.match_person(id_number=data["id_number"], name=name)
                if match.conflict and not self.is_public:
                    self.add_error("name", match.conflict)
                elif match.person is not None and (user := getattr(self.context, "user", None)):
                    self._take_on_file(duplicates.on_file(match.person, user))
        else:
            data["name"] = tidy_organisation(name)
            if data.get("uscc"):
                conflict = matching.match_employer(uscc=data["uscc"], name=name).conflict
                if conflict and not self.is_public:
                    self.add_error("name", conflict)
        return data

    @property
    def is_public(self) -> bool:
        """Whether it stands on a public page, which tells nobody what the library knows."""
        return hasattr(self.context, "user") and self.context.user is None

    def _take_on_file(self, held: Mapping[str, str]) -> None:
        """What a known person has on file goes where a box was left empty."""
        for name, value in held.items():
            if not self.data.get(self.add_prefix(name)):
                self.cleaned_data[name] = value
                self.errors.pop(name, None)


class InformantForm(RowForm):
    """举报人: who told of the matter and must stay unknown; all of it is encrypted.

    ``informants`` is the name of the rows of an intake form that ask for it.
    """

    name = NamesField(label="姓名", max_length=50)
    id_number = IdNumberField(label="身份证号", required=False)
    phone = PhonesField(label="联系电话", required=False)
    address = TextCell(label="联系地址", max_length=200, required=False)
    remark = TextCell(label="备注", max_length=200, required=False, help_text="如 方便联系的时间")


def _belongs_to_another(row: Mapping[str, Any]) -> bool:
    """Whether the number of a cleaned row is known under another name."""
    number, code = row.get("id_number"), row.get("uscc")
    if row["kind"] == "person" and number:
        return bool(matching.match_person(id_number=number, name=row["name"]).conflict)
    return bool(code and matching.match_employer(uscc=code, name=row["name"]).conflict)


def party_of(row: Mapping[str, Any], role: str, *, unit: Unit, by: User | None) -> PartyIn:
    """The party of a cleaned row: its person or employer is found or made now.

    A new one lives where the address typed for it says, never where the matter happened.  Without
    ``by`` (a public page) a number that is known under another name ties the party to nobody.
    """
    person = employer = None
    if by is None and _belongs_to_another(row):
        return PartyIn(
            role=role,
            name=row["name"],
            phone=row.get("phone", "")[:60],
            address=row.get("address", ""),
        )
    address = row.get("address", "")
    town = towns.in_address(address, unit.root) if address else None
    who: dict[str, Any] = {"name": row["name"], "unit": unit, "by": by, "town": town}
    if row["kind"] == "person":
        known = {"id_number": row.get("id_number", ""), "phone": row.get("phone", "")}
        person, _ = matching.find_or_create_person(**who, **known, address=address)
    else:
        legal_rep = row.get("legal_rep", "")[:50] or "待补"
        uscc = row.get("uscc", "")
        employer, _ = matching.find_or_create_employer(**who, uscc=uscc, legal_rep=legal_rep)
    return PartyIn(
        role=role,
        name=row["name"],
        person=person,
        employer=employer,
        phone=row.get("phone", "")[:60],
        address=address,
        legal_rep=row.get("legal_rep", ""),
        is_representative=row.get("is_representative", False),
    )


#: How the columns end whose day may lie ahead: plans, terms of office, ends, days to be met.
LIES_AHEAD = (
    "_by",
    "_until",
    "due_on",
    "due_given",
    "ends_on",
    "ended_on",
    "expires_on",
    "dissolved_on",
    "follow_up_on",
    "from_on",
    "planned_on",
    "starts_on",
    "started_on",
    "to_on",
)


def portal_field(column: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form field of a model column, with the portal's own fields for dates, money, towns.

    A day tells what happened, so it is today or earlier, but for the columns of ``LIES_AHEAD``.
    """
    options: dict[str, Any] = {
        "label": column.verbose_name,
        "required": not column.blank,
        "help_text": column.help_text,
    }
    match column:
        case models.DateField() if not isinstance(column, models.DateTimeField):
            return DateField(past=not column.name.endswith(LIES_AHEAD), **options)
        case models.DecimalField(decimal_places=2):
            return MoneyField(**options)
        case models.PositiveIntegerField() | models.PositiveSmallIntegerField():
            return CountField(**options)
        case models.ForeignKey(name="town"):
            return TownField(**options)
        case models.TextField():
            return TextCell(widget=forms.Textarea({"rows": 3}), **options)
        case models.URLField():
            kwargs["assume_scheme"] = "https"
    return column.formfield(**kwargs)


class OpenForm(WithRows, forms.ModelForm):
    """The intake form of a kind of case: its fields, its parties, its other rows.

    ``party_rows`` maps the name of a row set of ``PartyForm`` to the party's role.  Rows named
    ``informants`` (of ``InformantForm``) are kept apart and secret.
    """

    fields: dict[str, Any]  # an area's form gives querysets to its own choices
    user: Any  # a User; None on a public page, whose matter the system takes in
    party_rows: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User | None, unit: Unit, **kwargs: Any
    ) -> None:
        self.user, self.unit = user, unit
        initial = {"opened_on": timezone.localdate(), **(kwargs.pop("initial", None) or {})}
        super().__init__(data, files, initial=initial, **kwargs)
        self.build_rows(data, files, initial)

    def is_valid(self) -> bool:
        """The fields and every row."""
        return all([super().is_valid(), self.rows_valid()])

    def parties(self) -> list[PartyIn]:
        """The parties of the form; new persons and employers are made now."""
        return [
            party_of(row, role, unit=self.unit, by=self.user)
            for name, role in self.party_rows.items()
            for row in self.row_data(name)
        ]

    def event_data(self) -> dict[str, Any]:
        """What the opening Event and the area's effect receive beside the case's own fields."""
        return {
            one.name: self.row_data(one.name)
            for one in self.row_sets
            if one.name not in {*self.party_rows, INFORMANTS}
        }

    def informants(self) -> list[dict[str, Any]]:
        """Who told of it and must stay unknown."""
        return self.row_data(INFORMANTS) if INFORMANTS in self.rows else []

    def open(self, **given: Any) -> Case:
        """Open the case.  Call inside a transaction, after ``is_valid``.

        ``given`` are fields of the case that no form asks: where it came from.
        """
        case = self.save(commit=False)
        case.unit = self.unit
        for name, value in given.items():
            setattr(case, name, value)
        opened_on: date = self.cleaned_data["opened_on"]
        return moves.open_case(
            case,
            by=self.user,
            on=opened_on,
            parties=self.parties(),
            informants=self.informants(),
            data=self.event_data(),
        )


def chosen(values: Sequence[Any]) -> list[tuple[Any, str]]:
    """Choices with an empty first line."""
    return [("", "—"), *values]
