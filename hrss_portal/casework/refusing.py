"""What the door refuses whatever an area declares: sentences for the clerk, none means yes."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from hrss_portal.casework.extending import extension_problems
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.workflow import Move, workflow_of


def amend_problems(case: Case, topic: str, reason: str) -> Iterable[str]:
    """Every change of a field names its reason; an archived file is read-only."""
    if not reason.strip():
        yield "写明更正理由"
    if case.archived_on and topic == "amend":
        yield "案卷已归档，只能查看。需要更正的，先由负责人撤销归档"


def date_problems(on: date) -> Iterable[str]:
    """Nothing happens tomorrow."""
    if on > timezone.localdate():
        yield f"日期不能晚于今天，现在填的是 {on:%Y-%m-%d}"


def move_problems(case: Case, step: Move, on: date, taken_back: Event | None) -> Iterable[str]:
    """The state must be one that the move leaves, its day neither ahead nor before the last step.

    ``taken_back``: the Event that a move with ``undoes`` takes back; without one it is refused.
    """
    workflow = workflow_of(case)
    if step.undoes and taken_back is None:
        yield f"没有办过“{workflow.move(step.undoes).label}”，不能{step.label}"
    if case.is_void:
        yield "此件已作废，不能再办理"
    if case.state not in step.source:
        yield f"此件现在是“{workflow.state(case.state).label}”，不能{step.label}"
    yield from date_problems(on)
    # An approver decides when he presses the button: his decision is not dated back.
    yield from extension_problems(case, step, timezone.localdate() if step.approval else on)
    if on < case.opened_on:
        yield f"日期不能早于收到日期 {case.opened_on:%Y-%m-%d}"
    elif step.to is not None and on < case.state_on:
        yield f"日期不能早于上一步的日期 {case.state_on:%Y-%m-%d}"
