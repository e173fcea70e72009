"""What the door refuses before any area's own check: sentences, none where nothing is wrong."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework import requests
from hrss_portal.casework.backdating import revival_problems
from hrss_portal.casework.extending import extension_problems
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import Move, workflow_of

ARCHIVED = "案卷已归档，只能查看。需要更正的，先由负责人撤销归档"


def is_own_work(case: Case, user: User) -> bool:
    """Whether approving this case would be approving one's own record (制单≠审核)."""
    own = user.pk in {case.handler_id, case.created_by_id} or proposed_by(case, user)
    return own and not policy.works_alone(user)


def own_request(case: Case, step: Move, user: User) -> bool:
    """Whether approving this move would be granting one's own request (报请)."""
    return requests.asked_by(case, step, user) and not policy.works_alone(user)


def names_himself(case: Case, step: Move, user: User | None) -> Iterable[str]:
    """Who approves does not become the handler by the same signature (制单≠审核).

    ``case`` stands in memory as the move leaves it.
    """
    if not step.approval or "handler" not in step.sets or user is None:
        return
    if case.handler_id == user.pk and not policy.works_alone(user):
        yield "审批人不能审批自己承办的件：另由一名同事承办，或者由受委托的人审批"


def proposed_by(case: Case, user: User) -> bool:
    """Whether the user made the last move that put the case before somebody for approval."""
    codes = [one.code for one in workflow_of(case).moves if one.proposes and one.to == case.state]
    if not codes:
        return False
    made = case.events.filter(kind=EventKind.MOVE, move__in=codes, counts_on__isnull=False)
    last = made.order_by("-pk").first()
    return last is not None and last.by_id == user.pk


def amend_problems(case: Case, topic: str, reason: str) -> Iterable[str]:
    """Every change of a field names its reason; an archived file is read-only."""
    if not reason.strip():
        yield "写明更正理由"
    if case.is_void and topic in {"amend", "void"}:
        yield "此件已作废，不能再改"
    if case.archived_on and topic == "amend":
        yield ARCHIVED


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
    today = timezone.localdate()
    yield from extension_problems(case, step, today if step.approval else on)
    yield from revival_problems(case, step, on, today)
    if on < case.opened_on:
        yield f"日期不能早于收到日期 {case.opened_on:%Y-%m-%d}"
    elif step.to is not None and on < case.state_on:
        yield f"日期不能早于上一步的日期 {case.state_on:%Y-%m-%d}"


def refused_now(case: Case, step: Move) -> Iterable[str]:
    """What refuses the move whatever its form would hold, its day included."""
    for check in step.only_when:
        yield from check(case, {})
    # A decision is of today; a request may tell of a day when the term still ran.
    earliest = timezone.localdate() if step.approval else case.opened_on
    yield from extension_problems(case, step, earliest)
