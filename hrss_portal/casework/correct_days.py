"""更正: the day on which something happened, the day of receipt, and what a move's form said."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from hrss_portal.access import policy
from hrss_portal.casework import corrected, plain
from hrss_portal.casework.correcting import Correction, Retold
from hrss_portal.casework.corrections import CorrectForm, forms_of
from hrss_portal.casework.hours import HOUR, ends_of, wrong_hour
from hrss_portal.casework.models import Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.workflow import Move, workflow_of
from hrss_portal.parties.fields import DateField


class DayForm(CorrectForm):
    """The right day of the receipt or of a move, with the values that the move ``mends``.

    A move that needs a second person is put right by who may make it or who heads the office.
    """

    label = "办理日期"
    columns = ("on",)

    on = DateField(label="日期", past=True)

    def __init__(self, data: Any = None, *, case: Any, row: Any, user: Any) -> None:
        super().__init__(data, case=case, row=row, user=user)
        self.step = step_of(case, row)
        if row.kind == EventKind.OPEN:
            self.fields["on"].label = "收到日期"
        form = self.step.form_class() if self.step else None
        for name in self.mends:
            self.fields[name] = deepcopy(form.base_fields[name])  # type: ignore[union-attr]
            self.initial[name] = row.data.get(name)
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    @property
    def mends(self) -> tuple[str, ...]:
        """The values of the move's form that may be put right here; the hour where a term of the
        case ends at one."""
        named = self.step.mends if self.step else ()
        return tuple(name for name in named if name != HOUR or self.ends)

    @cached_property
    def ends(self) -> list[datetime]:
        """The moments at which terms of the case end, or ended."""
        return ends_of(self.case, running=False)

    @classmethod
    def entries(cls, case: Any) -> Iterable[Event]:
        """What was opened and moved, oldest first, but for what has a form of its own."""
        others = [form for form in forms_of(workflow_of(case)).values() if form is not cls]
        own = frozenset().union(*(form.own_moves for form in others))
        return [event for event in corrected.events(case) if event.move not in own]

    @classmethod
    def words(cls, row: Any) -> str:
        """The day and the step."""
        return f"{row.on:%Y-%m-%d} {row.label}"

    def clean(self) -> dict[str, Any]:
        """A second person's decision is not dated anew by who asked for it."""
        data = super().clean() or {}
        step, on = self.step, data.get("on")
        asked = HOUR in self.fields and HOUR not in self.errors
        if on and asked and (words := wrong_hour(on, data.get(HOUR), self.ends)):
            self.add_error(HOUR, words)
        if step and step.approval:
            head = policy.can(self.user, f"{self.case.kind}.assign", self.case)
            maker = policy.move_allowed(self.user, self.case, step.by, action=step.code)
            if not (head or maker.allowed):
                self.add_error(None, f"“{step.label}”由批准人或者本单位负责人更正")
        return data

    def act(self, case: Any) -> Correction:
        """Give the case and its rows the right day; the Event tells it anew."""
        story = corrected.events(case)
        event = next(one for one in story if one.pk == self.row.pk)
        was, on = event.on, self.cleaned_data["on"]
        if problems := list(_out_of_order(case, story, event, on)):
            raise MoveRefused(problems)
        values: dict[str, tuple[Any, Any]] = {}
        if on != was:
            values[str(self.fields["on"].label)] = (was, on)
            values |= redate(case, self.step, event, on)
        said = self._said(case, event, values)
        told = Retold(event=event, on=on if on != was else None, data=said)
        return Correction(what=f"“{event.label}”", values=values, events=(told,))

    def _said(self, case: Any, event: Event, values: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
        """What the form says now where it is another value; old and new go into ``values``."""
        said = {name: self.cleaned_data[name] for name in self.mends}
        now = plain.of(said)
        changed = {name: new for name, new in said.items() if now[name] != event.data.get(name)}
        for name, new in changed.items():
            values[str(self.fields[name].label)] = (event.data.get(name), new)
            if self.step and name in self.step.sets:
                setattr(case, name, new)
        return changed


def step_of(case: Any, event: Event) -> Move | None:
    """The declared move of an Event; None for the receipt and for a move no longer declared."""
    moves = {move.code: move for move in workflow_of(case).moves}
    return moves.get(event.move) if event.kind == EventKind.MOVE else None


def redate(case: Any, step: Move | None, event: Event, on: date) -> Mapping[str, tuple[Any, Any]]:
    """Put the right day wherever the wrong one stands because of this Event.

    Returns what ``Move.redated`` says moved, old and new by label.  Raises ``MoveRefused`` where
    the right day cannot stand there.
    """
    was = event.on
    columns = {
        "opened_on": event.kind == EventKind.OPEN,
        "accepted_on": bool(step and step.accepts),
        "closed_on": bool(step and step.closes),
        "state_on": event.from_state != event.to_state and event.to_state == case.state,
    }
    for name, is_told in columns.items():
        if is_told and getattr(case, name) == was:
            setattr(case, name, on)
    for path in step.dates if step else ():
        relation, column = path.split(".")
        for row in getattr(case, relation).filter(**{column: was}):
            setattr(row, column, on)
            row.save()
    moved = step.redated(case, event, on) if step and step.redated else None
    return moved if isinstance(moved, Mapping) else {}


def _out_of_order(case: Any, story: list[Event], event: Event, on: date) -> Iterable[str]:
    """The steps that change the state keep their order; nothing comes before the receipt."""
    if on > timezone.localdate():
        yield f"日期不能晚于今天，现在填的是 {on:%Y-%m-%d}"
    is_open = event.kind == EventKind.OPEN
    if not is_open and on < case.opened_on:
        yield f"日期不能早于收到日期 {case.opened_on:%Y-%m-%d}"
    if not is_open and event.from_state == event.to_state:
        return
    place = story.index(event)
    for n, one in enumerate(story):
        if not is_open and one.from_state == one.to_state:
            continue
        if n < place and one.on > on:
            yield f"{one.on:%Y-%m-%d} 才{one.label}，日期不能比它早"
        if n > place and one.on < on:
            yield f"{one.on:%Y-%m-%d} 已{one.label}，日期不能比它晚"
