"""A ledger tells the fields and the past of an imported case otherwise than before.

It is one more thing that ``correcting.correct`` puts right: a past move told otherwise is retold,
one that is told no more is void, one that had not been told is added where it belongs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hrss_portal.access.models import User
from hrss_portal.casework import corrected
from hrss_portal.casework.bulk import PastMove, move_series_past, past_events
from hrss_portal.casework.correcting import Added, Correction, Retold
from hrss_portal.casework.corrections import in_words
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import workflow_of

DATES = ("accepted_on", "closed_on")


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What a ledger now tells of a case: ``values`` by field, the past moves that were told before
    (``old``) and those told now (``new``), by whom, and the code and title of its sheet."""

    values: Mapping[str, Any]
    old: Sequence[PastMove] = ()
    new: Sequence[PastMove] = ()
    by: User | None
    sheet: str
    what: str

    def act(self, case: Case) -> Correction:
        """Bring the locked case to what the ledger tells.  Raises ``MoveRefused``.

        The past is told again only where a move or a date changed.
        """
        before = {name: getattr(case, name) for name in self._names(case)}
        for name, value in self.values.items():
            setattr(case, name, value)
        if case.number != before.get("number", case.number):
            move_series_past([case], workflow_of(case))
        dated = any(
            isinstance(value, date) and before[name] != value for name, value in self.values.items()
        )
        retold: list[Retold] = []
        added: list[Added] = []
        if dated or list(self.old) != list(self.new):
            retold, added = self._compared(case, self._relive(case))
        values = {**dict(_changed(case, before)), **dict(_told(retold, added))}
        return Correction(
            what=self.what,
            values=values,
            events=tuple(retold),
            added=tuple(added),
            sheet=self.sheet,
        )

    def _names(self, case: Case) -> list[str]:
        """The fields that the telling may change, the state apart."""
        sets = [name for past in (*self.old, *self.new) for name in _sets(case, past)]
        return list(dict.fromkeys([*self.values, *DATES, *sets]))

    def _relive(self, case: Case) -> list[Event]:
        """Lead the case in memory from its beginning through the moves told now."""
        workflow = workflow_of(case)
        for past in self.old:
            for name in _sets(case, past):
                if name not in self.values:
                    field: Any = case._meta.get_field(name)
                    setattr(case, name, field.get_default())
        case.state, case.state_on = workflow.initial, case.opened_on
        case.accepted_on = case.closed_on = None
        made = list(past_events(case, self.new, workflow, self.by))
        case.is_live = case.closed_on is None
        return made

    def _compared(self, case: Case, made: Sequence[Event]) -> tuple[list[Retold], list[Added]]:
        """The stored past against what is told now, by move and in order."""
        story = corrected.events(case)
        known = self._known(story)
        place, retold, added = story[0], list[Retold](), list[Added]()
        if case.opened_on != place.on:
            retold.append(Retold(event=place, on=case.opened_on))
        for past, fresh in zip(self.new, made, strict=True):
            if not known[past.code]:
                added.append(Added(event=fresh, after=place))
                place = fresh
                continue
            earlier, place = known[past.code].pop(0)
            data = {k: v for k, v in past.data.items() if earlier.data.get(k) != v}
            if past.on != place.on or data:
                on = past.on if past.on != place.on else None
                retold.append(Retold(event=place, on=on, data=data))
        left = [event for pairs in known.values() for _, event in pairs]
        return [*retold, *(Retold(event=event, is_void=True) for event in left)], added

    def _known(self, story: Sequence[Event]) -> dict[str, list[tuple[PastMove, Event]]]:
        """The past moves that were told before, each with its Event, by code."""
        stored: dict[str, list[Event]] = defaultdict(list)
        for event in story:
            if event.kind == EventKind.MOVE and not event.is_live:
                stored[event.move].append(event)
        known: dict[str, list[tuple[PastMove, Event]]] = defaultdict(list)
        for past in self.old:
            if stored[past.code]:
                known[past.code].append((past, stored[past.code].pop(0)))
        return known


def _sets(case: Case, past: PastMove) -> list[str]:
    """The fields of the case that a past move tells."""
    return [name for name in workflow_of(case).move(past.code).sets if name in past.data]


def _changed(case: Case, before: Mapping[str, Any]) -> Iterable[tuple[str, tuple[Any, Any]]]:
    """The fields that are told otherwise, old and new in words, by label."""
    workflow = workflow_of(case)
    lists = {"outcome": workflow.outcomes, "channel": workflow.channels}
    for name, old in before.items():
        new = getattr(case, name)
        if new != old:
            column: Any = case._meta.get_field(name)
            words = [
                lists[name].get(one, one) if name in lists else in_words(column, one)
                for one in (old, new)
            ]
            yield str(column.verbose_name), (words[0], words[1])


def _told(
    retold: Sequence[Retold], added: Sequence[Added]
) -> Iterable[tuple[str, tuple[Any, Any]]]:
    """The days of the steps that are told otherwise, by their label."""
    for one in retold:
        if one.on or one.is_void:
            yield f"{one.event.label}日期", (one.event.on, one.on)
    for new in added:
        yield f"{new.event.label}日期", (None, new.event.on)
