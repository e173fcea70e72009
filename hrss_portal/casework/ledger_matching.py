"""Which stored case a row of a ledger means: by its number, else by day, names and likeness."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from hrss_portal.casework.ledger_cells import names_cell, split_names
from hrss_portal.casework.models import Case, CaseParty
from hrss_portal.documents.numbers import spellings

Cleaned = Mapping[str, Any]
#: What a row without a number and its case share: day, (role, name) of the parties, further fields.
Likeness = tuple[date, tuple[tuple[str, str], ...], tuple[Any, ...]]


class Matches:
    """The stored cases that the rows of one commit may mean, read at once.

    A number may come later than the case: a row whose number nobody has means the case without
    one that is like it in everything else.
    """

    def __init__(self, ledger: Any, rows: Sequence[Cleaned]) -> None:
        self.ledger = ledger
        self._numbered = self._by_number({self._number(row) for row in rows} - {""})
        plain = [row for row in rows if not self._number(row)]
        late = [row for row in rows if (no := self._number(row)) and no not in self._numbered]
        self._alike = self._by_likeness(plain, ledger.stored())
        name = ledger.number_field
        without = Q(**{name: ""}) | Q(**{f"{name}__isnull": True})
        self._waiting = self._by_likeness(late, ledger.stored().filter(without))
        own = {case.pk for row in late for case in self._waiting.get(self._likeness(row), ())}
        self._doubles = {
            likeness[:2]: case
            for likeness, cases in self._waiting.items()
            for case in cases
            if case.pk not in own
        }
        self._voided = self._held_by_voided({self._number(row) for row in late})

    def meant(self, row: Cleaned, updated: set[int]) -> list[Case]:
        """The cases that a row may mean; one that got its number in this commit (``updated``) is
        no other row's."""
        number = self._number(row)
        if not number:
            return self._alike.get(self._likeness(row), [])
        waiting = self._waiting.get(self._likeness(row), ())
        return self._numbered.get(number) or [one for one in waiting if one.pk not in updated]

    def double(self, row: Cleaned) -> str:
        """Why a row with a number is not simply a new case: one without a number has its day and
        its parties, and differs in what else makes it the same; empty where there is none."""
        case = self._doubles.get(self._likeness(row)[:2]) if self._number(row) else None
        if case is None:
            return ""
        columns: list[Any] = [case._meta.get_field(name) for name in self.ledger.alike]
        labels = "、".join(str(column.verbose_name) for column in columns)
        return (
            f"系统里的 {case.reference} 还没有编号，当事人、收到日期与本行相同，{labels}不同，"
            f"可能是同一件：是同一件的，先在案件页更正{labels}，再导入；不是的，先给那一件补上编号"
        )

    def void(self, row: Cleaned) -> str:
        """Why a number is no new case's: a voided one holds it, and a number is not used twice;
        empty where none does.  What was taken back with its import has given its number back."""
        if (number := self._number(row)) not in self._voided:
            return ""
        return f"{self._voided[number]} 是一件已作废的案件，作废的编号不再使用，请核对编号"

    def _held_by_voided(self, given: set[str]) -> dict[str, str]:
        """By number: the voided case that holds it, in whatever office, however it is written."""
        name = self.ledger.number_field
        wanted = {spelling for number in given for spelling in spellings(number)}
        if not wanted:
            return {}
        voided = self.ledger.model._base_manager.filter(voided_at__isnull=False)
        held = voided.filter(**{f"{name}__in": wanted}).values_list(name, flat=True)
        return {spelling: number for number in held for spelling in spellings(number)}

    def _number(self, row: Cleaned) -> str:
        return row[self.ledger.number] if self.ledger.number else ""

    def _by_number(self, given: set[str]) -> dict[str, list[Case]]:
        """The stored cases by every way in which their number is written (第012号 is 12号)."""
        name = self.ledger.number_field
        wanted = {spelling for number in given for spelling in spellings(number)}
        found = self.ledger.stored().filter(**{f"{name}__in": wanted}) if wanted else ()
        cases = {getattr(case, name): [case] for case in found}
        otherwise = {one: case for number, case in cases.items() for one in spellings(number)}
        return otherwise | cases  # a number as it is written goes before another way to write it

    def _by_likeness(self, rows: Sequence[Cleaned], stored: Any) -> dict[Likeness, list[Case]]:
        """The stored cases that may be those of the rows, the oldest first."""
        if not rows:
            return {}
        found = stored.filter(opened_on__in={row[self.ledger.day] for row in rows})
        named = [{name for _, name in self.ledger.named(row)} for row in rows]
        if all(named):
            parties = CaseParty.objects.filter(case=OuterRef("pk"), name__in=set().union(*named))
            found = found.filter(Exists(parties))
        alike: dict[Likeness, list[Case]] = {}
        for case in found:
            own = tuple(getattr(case, name) for name in self.ledger.alike)
            key = (case.opened_on, tuple(self._sides(case)), own)
            alike.setdefault(key, []).append(case)
        return alike

    def _sides(self, case: Case) -> Iterable[tuple[str, str]]:
        """(role, name) of the parties of a stored case, as a row names them."""
        for role in dict.fromkeys(self.ledger.roles.values()):
            for name in split_names(names_cell(case, role))[0]:
                yield role, name

    def _likeness(self, row: Cleaned) -> Likeness:
        own = tuple(row[name] for name in self.ledger.alike)
        return row[self.ledger.day], tuple(self.ledger.named(row)), own
