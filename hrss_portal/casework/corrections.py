"""Forms that put one entry of a case right; what a workflow offers, and who asks for which.

An area writes a form over ``CorrectForm`` for rows of its own (claims, deliveries) and names it in
``Workflow.corrections``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.module_loading import import_string

from hrss_portal.access.models import User
from hrss_portal.casework.correcting import Correction
from hrss_portal.casework.workflow import Workflow
from hrss_portal.parties.fields import TextCell


class CorrectForm(forms.Form):
    """The right values of one entry, with the reason.

    ``label`` is the heading over the entries, ``entries`` finds those of a case that can be put
    right, ``words`` names one of them.  The fields named in ``columns`` are columns of the row and
    start with what it holds.  ``own_moves`` are moves whose facts are put right here alone.
    """

    fields: dict[str, Any]  # an area's form gives querysets to its own choices
    label: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()
    own_moves: ClassVar[frozenset[str]] = frozenset()

    reason = TextCell(label="更正理由", max_length=300)

    def __init__(self, data: Any = None, *, case: Any, row: Any, user: User) -> None:
        self.case, self.row, self.user = case, row, user
        super().__init__(data, initial={name: getattr(row, name) for name in self.columns})
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    @classmethod
    def entries(cls, case: Any) -> Iterable[Any]:
        """The entries of a case that can be put right, in the order of the page."""
        raise NotImplementedError

    @classmethod
    def words(cls, row: Any) -> str:
        """One entry in words."""
        return str(row)

    def act(self, case: Any) -> Correction:
        """Change the row of the locked case and say what was changed (``correcting.correct``)."""
        raise NotImplementedError

    def put(self, row: Any, columns: Iterable[str] = ()) -> dict[str, tuple[Any, Any]]:
        """Give the row the right values, unsaved; old and new by the column's label."""
        return put(row, {name: self.cleaned_data[name] for name in columns or self.columns})


def put(row: Any, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Give a row values, unsaved; what really changes, old and new by the column's label."""
    changed = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            setattr(row, name, new)
            column = row._meta.get_field(name)
            changed[str(column.verbose_name)] = (in_words(column, old), in_words(column, new))
    return changed


def in_words(column: Any, value: Any) -> Any:
    """A value as it is read: the words of a choice, else itself."""
    return str(dict(column.flatchoices).get(value, value)) if column.flatchoices else value


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry that can be put right: its address and its words."""

    what: str
    row: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries of one sort under their heading."""

    label: str
    entries: tuple[Entry, ...]


#: What every kind of case offers; an area's own form of the same code takes the place of one.
OFFERED = {
    "day": "hrss_portal.casework.correct_days.DayForm",
    "party": "hrss_portal.casework.correct_parties.PartyCorrection",
}


def forms_of(workflow: Workflow) -> dict[str, type[CorrectForm]]:
    """The forms by which entries of this kind of case are put right, by the code of the address."""
    return {code: import_string(path) for code, path in {**OFFERED, **workflow.corrections}.items()}


def groups(case: Any, workflow: Workflow) -> list[Group]:
    """What can be put right in a case, by sort."""
    found = []
    for code, form in forms_of(workflow).items():
        entries = tuple(
            Entry(what=code, row=row.pk, words=form.words(row)) for row in form.entries(case)
        )
        if entries:
            found.append(Group(label=form.label, entries=entries))
    return found


def row_of(form: type[CorrectForm], case: Any, key: int) -> Any:
    """The entry with that key; None where the case has none."""
    return next((row for row in form.entries(case) if row.pk == key), None)
