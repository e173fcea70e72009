"""Requests (报请): somebody asks for a decision, the case waits for who gives it.

``Move.asks`` names the move that decides.  The request stands in the Events: each is answered by
one decision, or by one move whose ``answers`` holds the request, that comes after it.  Where
several requests wait, that move's form asks which one it answers, and its data name it
(``answers``: the code of the move that asked): the others wait on.  Nothing else stores it; an
Event that a correction voids counts on neither side.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from hrss_portal.access.models import User
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import Move, Workflow, workflow_of

ANSWERS = "answers"  # in an Event's data: the code of the one request that it answers


def asking(workflow: Workflow, decision: Move) -> list[str]:
    """The codes of the moves that ask for this decision."""
    return [move.code for move in workflow.moves if move.asks == decision.code]


def ends(workflow: Workflow, decision: Move) -> list[str]:
    """The codes of the moves that end a request for this decision: given, or sent back."""
    wanted = set(asking(workflow, decision))
    return [decision.code, *(move.code for move in workflow.moves if move.answers & wanted)]


def ending(workflow: Workflow, decision: Move) -> Q:
    """The Events that end a request for this decision; what names another one ends it not."""
    named = Q(data__answers__in=asking(workflow, decision)) | ~Q(data__has_key=ANSWERS)
    return Q(move__in=ends(workflow, decision)) & named


def asked_or_ended(workflow: Workflow, decision: Move) -> Q:
    """The Events in which a request for this decision was made or came to its end."""
    asks = asking(workflow, decision)
    about = Q(kind=EventKind.MOVE, move__in=[*asks, *ends(workflow, decision)])
    told = Q(move__in=asks) | ending(workflow, decision)
    return about & told & Q(counts_on__isnull=False)


def open_request(case: Case, decision: str) -> Event | None:
    """The Event of the newest request for this decision that is not answered; None without one."""
    workflow = workflow_of(case)
    step = workflow.move(decision)
    asks = asking(workflow, step)
    if not asks:
        return None
    waiting: list[Event] = []
    for event in case.events.filter(asked_or_ended(workflow, step)).order_by("pk"):
        if event.move in asks:
            waiting.append(event)
        elif waiting:
            waiting.pop(0)
    return waiting[-1] if waiting else None


def decisions_asked(case: Case, decisions: Iterable[Move]) -> frozenset[str]:
    """The codes of those decisions that a request of the case waits for, in one question."""
    workflow = workflow_of(case)
    asked = {one.code: asking(workflow, one) for one in decisions}
    asked = {code: codes for code, codes in asked.items() if codes}
    if not asked:
        return frozenset()
    answers = {code: ends(workflow, workflow.move(code)) for code in asked}
    wanted = {code for codes in (*asked.values(), *answers.values()) for code in codes}
    about = case.events.filter(
        kind=EventKind.MOVE, move__in=sorted(wanted), counts_on__isnull=False
    )
    waiting = dict.fromkeys(asked, 0)
    for made, named in about.order_by("pk").values_list("move", f"data__{ANSWERS}"):
        for code in asked:
            if made in asked[code]:
                waiting[code] += 1
            elif made in answers[code] and (named is None or named in asked[code]):
                waiting[code] = max(waiting[code] - 1, 0)
    return frozenset(code for code, left in waiting.items() if left)


def asked_by(case: Case, step: Move, user: User) -> bool:
    """Whether this user asked for the approval that the move gives (制单≠审核)."""
    request = open_request(case, step.code) if step.approval else None
    return request is not None and request.by_id == user.pk


def waiting_for(workflow: Workflow, steps: Iterable[Move]) -> Q:
    """The cases of a kind with an open request for one of these decisions."""
    found = Q(pk__in=())
    for step in steps:
        if asks := asking(workflow, step):
            cases = _open(asks, asked_or_ended(workflow, step)).values("case")
            found |= Q(pk__in=cases, kind=workflow.of, state__in=sorted(step.source))
    return found


def _open(asks: list[str], told: Q) -> QuerySet[Event]:
    """The requests since which, themselves included, more was asked than answered (``told``)."""
    events = Event._base_manager.filter(told)
    since = events.filter(case=OuterRef("case"), pk__gte=OuterRef("pk"))
    balance = Sum(models.Case(models.When(move__in=asks, then=1), default=-1))
    left = since.order_by().values("case").annotate(left=balance).values("left")
    return events.filter(move__in=asks).annotate(left=Subquery(left)).filter(left__gt=0)
