"""What the sheets and notices of an extension or a suspension say: who asked, who approved, and
when the term of trial ended as it stood then (办案规则 Articles 45, 47): tags and values."""

from datetime import date
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows.requests import REQUESTS, RETURNED, SHEETS
from hrss_portal.casework import corrected, recount
from hrss_portal.casework.clocks import Law
from hrss_portal.casework.models import CasePaper, Clock, Event
from hrss_portal.casework.models.clocks import StepKind
from hrss_portal.casework.requests import asked_or_ended
from hrss_portal.casework.workflow import workflow_of

APPROVAL_TAGS = {
    "requested_by": "报请人（承办人）",
    "requested_on": "报请日期",
    "requested_words": "承办人意见",
    "decided_by": "批准人（不批准的，退回报请的人）",
    "decided_on": "批准（退回）日期",
    "decided_words": "审批意见",
    "suspended_on": "批准的中止日期（没有批准的为空）",
}
SHEET_OF = {kind: move for move, kind in SHEETS.items()}
NOTICES = {"arb.extension", "arb.suspension", "arb.resumption"}


def approval_values(paper: CasePaper, case: Dispute) -> dict[str, Any]:
    """The values of ``APPROVAL_TAGS``; empty for every other paper.

    A sheet that a request called for is of that request and of what answered it; one that came
    with the decision had no request that was still open: the opinion is the decider's own.
    """
    asked = decided = None
    if (move := SHEET_OF.get(paper.kind)) and paper.event_id:
        workflow = workflow_of(case)
        told = case.events.filter(asked_or_ended(workflow, workflow.move(move))).order_by("pk")
        asked = _as_told(told.filter(move=REQUESTS[move], pk=paper.event_id).first())
        since = {"pk__gt": paper.event_id} if asked else {"pk": paper.event_id}
        decided = _as_told(told.filter(**since).exclude(move=REQUESTS[move]).first())
    return {
        "requested_by": asked.by_name if asked else "",
        "requested_on": asked.on if asked else None,
        "requested_words": _asked_for(asked, decided),
        "decided_by": decided.by_name if decided else "",
        "decided_on": decided.on if decided else None,
        "decided_words": _opinion(asked, decided) if decided else "",
        "suspended_on": decided.on if decided and decided.move == "suspend" else None,
    }


def _as_told(event: Event | None) -> Event | None:
    """The Event with its day and values as they were last corrected (更正)."""
    return corrected.as_told(event) if event else None


def _asked_for(asked: Event | None, decided: Event | None) -> str:
    """What the handler asked for, or that nothing was asked for."""
    if asked:
        return f"{asked.label}。"
    return "承办人没有报请，由批准人直接决定。" if decided else ""


def _opinion(asked: Event | None, decided: Event) -> str:
    """Yes or no with its words; what was only taken over from the request is the asker's."""
    own = decided.note if asked is None or decided.note != asked.note else ""
    if decided.move == RETURNED:
        return f"不同意。{own}"
    days = decided.data.get("days")
    return f"同意延长{days}日。{own}" if days else f"同意。{own}"


def term_of_trial_ends(paper: CasePaper, clock: Clock | None) -> date | None:
    """The last day of the term of trial: for a notice as its decision left it, for a sheet as it
    stood before the decision, for any other paper as it stands.

    What was corrected, or counted by a new calendar, since then counts as it is right now.
    """
    if clock is None:
        return None
    is_notice = paper.kind in NOTICES
    if not paper.event_id or not (is_notice or paper.kind in SHEET_OF):
        return clock.due_on
    steps = clock.steps.exclude(new_due_on=None).order_by("-pk")
    of_event = {"event__lte" if is_notice else "event__lt": paper.event_id}
    step = steps.filter(**of_event).first()
    if step is None:
        return clock.due_on
    if steps.filter(pk__gt=step.pk, kind__in=(StepKind.CORRECT, StepKind.REPLAY)).exists():
        return _counted_until(paper, clock, is_included=is_notice) or clock.due_on
    return step.new_due_on


def _counted_until(paper: CasePaper, clock: Clock, *, is_included: bool) -> date | None:
    """The due day of a clock when the Event of a paper was reached, counted anew from what really
    happened; None where that Event, or the clock, did not happen."""
    story = corrected.events(paper.case)
    places = [n for n, event in enumerate(story) if event.pk == paper.event_id]
    if not places:
        return None
    until = story[: places[0] + is_included]
    found = recount.count(paper.case.specific, Law(), until).values()
    days = [one.due_on for one in found if one.term == clock.term]
    return days[-1] if days else None
