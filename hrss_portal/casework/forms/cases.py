"""The intake form of a case and the form of a move."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from hrss_portal.access.models import Unit, User
from hrss_portal.casework import moves
from hrss_portal.casework.forms.parties import party_of
from hrss_portal.casework.forms.rows import WithRows
from hrss_portal.casework.hours import HOUR, ends_of, wrong_hour
from hrss_portal.casework.informants import ROWS as INFORMANTS
from hrss_portal.casework.models import Case
from hrss_portal.casework.moves import PartyIn
from hrss_portal.parties.fields import (
    DateField,
    TextCell,
    TimeField,
)


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


class TimedMoveForm(MoveForm):
    """A move that may meet a term that ends at a moment: then it asks at what hour it was done.

    ``done_at`` is asked only of a case with such a term running, and needed on its last day: who
    enters a thing late, or at once, is judged alike.
    """

    done_at = TimeField(label="几点办的", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends = ends_of(self.case, running=True)
        if not self.ends:
            del self.fields[HOUR]
            return
        self.fields["done_at"].initial = timezone.localtime().time()
        told = "、".join(f"{timezone.localtime(end):%Y-%m-%d %H:%M}" for end in self.ends)
        self.fields["done_at"].help_text = f"期限到 {told} 为止，到期当天办的按时刻算"
        first = [name for name in self.fields if name not in {"on", "done_at"}]
        self.order_fields(["on", "done_at", *first])

    def clean(self) -> dict[str, Any]:
        """The hour where a term ends at one."""
        data = super().clean() or {}
        on = data.get("on")
        asked = bool(self.ends) and HOUR not in self.errors
        if on and asked and (words := wrong_hour(on, data.get(HOUR), self.ends)):
            self.add_error(HOUR, words)
        return data


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
