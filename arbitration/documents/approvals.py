"""What the sheets and notices of an extension or a suspension say: who asked, who approved, and
when the term of trial ended as it stood then (办案规则 Articles 45, 47): tags and values."""

from datetime import date
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows.requests import REQUESTS, RETURNED, SHEETS
from hrss_portal.casework.models import CasePaper, Clock, Event

APPROVAL_TAGS = {
    "requested_by": "报请人（承办人）",
    "requested_on": "报请日期",
    "requested_words": "承办人意见",
    "decided_by": "批准人（不批准的，退回报请的人）",
    "decided_on": "批准（退回）日期",
    "decided_words": "审批意见",
}
SHEET_OF = {kind: move for move, kind in SHEETS.items()}
NOTICES = {"arb.extension", "arb.suspension", "arb.resumption"}


def approval_values(paper: CasePaper, case: Dispute) -> dict[str, Any]:
    """The values of ``APPROVAL_TAGS``; empty for every other paper."""
    asked = decided = None
    if (move := SHEET_OF.get(paper.kind)) and paper.event_id:
        told = case.events.filter(counts_on__isnull=False).order_by("pk")
        asked = told.filter(move=REQUESTS[move], pk__lte=paper.event_id).last()
        since = told.filter(pk__gte=asked.pk if asked else paper.event_id)
        decided = since.filter(move__in=(move, RETURNED)).first()
    return {
        "requested_by": asked.by_name if asked else "",
        "requested_on": asked.on if asked else None,
        "requested_words": f"{asked.label}。" if asked else "",
        "decided_by": decided.by_name if decided else "",
        "decided_on": decided.on if decided else None,
        "decided_words": _opinion(asked, decided) if decided else "",
    }


def _opinion(asked: Event | None, decided: Event) -> str:
    """Yes or no with its words; what was only taken over from the request is the asker's."""
    own = decided.note if asked is None or decided.note != asked.note else ""
    if decided.move == RETURNED:
        return f"不同意。{own}"
    days = decided.data.get("days")
    return f"同意延长{days}日。{own}" if days else f"同意。{own}"


def term_of_trial_ends(paper: CasePaper, clock: Clock | None) -> date | None:
    """The last day of the term of trial: for a notice as its decision left it, for a sheet as it
    stood before the decision, for any other paper as it stands."""
    if clock is None:
        return None
    steps = clock.steps.exclude(new_due_on=None).order_by("-pk")
    if paper.kind in SHEET_OF and paper.event_id:
        step = steps.filter(event__lt=paper.event_id).first()
    elif paper.kind in NOTICES and paper.event_id:
        step = steps.filter(event__lte=paper.event_id).first()
    else:
        step = None
    return step.new_due_on if step else clock.due_on
