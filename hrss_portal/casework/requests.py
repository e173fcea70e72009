"""Requests (报请): a handler asks for an approval, the case waits for who gives it.

``Move.asks`` names the approval.  The request stands in the Events: it is open until the approval
itself, or a move whose ``answers`` holds the request, comes after it.  Nothing else stores it.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from hrss_portal.access.models import User
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import Move, Workflow, workflow_of


def asking(workflow: Workflow, approval: Move) -> list[str]:
    """The codes of the moves that ask for this approval."""
    return [move.code for move in workflow.moves if move.asks == approval.code]


def ends(workflow: Workflow, approval: Move) -> list[str]:
    """The codes of the moves that end a request for this approval: given, or sent back."""
    wanted = set(asking(workflow, approval))
    return [approval.code, *(move.code for move in workflow.moves if move.answers & wanted)]


def open_request(case: Case, approval: str) -> Event | None:
    """The Event of the request for this approval that nobody has answered; None without one."""
    workflow = workflow_of(case)
    step = workflow.move(approval)
    asks = asking(workflow, step)
    if not asks:
        return None
    about = case.events.filter(kind=EventKind.MOVE, move__in=[*asks, *ends(workflow, step)])
    last = about.order_by("-pk").first()
    return last if last is not None and last.move in asks else None


def asked_by(case: Case, step: Move, user: User) -> bool:
    """Whether this user asked for the approval that the move gives (制单≠审核)."""
    request = open_request(case, step.code) if step.approval else None
    return request is not None and request.by_id == user.pk


def waiting_for(workflow: Workflow, posts: Collection[str]) -> Q:
    """The cases of a kind with an open request that one of the posts may answer."""
    found = Q(pk__in=())
    for step in workflow.moves:
        asks = asking(workflow, step)
        if not asks or step.by.isdisjoint(posts):
            continue
        events = Event._base_manager.filter(kind=EventKind.MOVE)
        later = events.filter(
            case=OuterRef("case"), move__in=ends(workflow, step), pk__gt=OuterRef("pk")
        )
        request = events.filter(~Exists(later), case=OuterRef("pk"), move__in=asks)
        found |= Q(Exists(request), kind=workflow.of, state__in=sorted(step.source))
    return found
