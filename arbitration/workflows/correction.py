"""What follows when an applicant who was told to correct (补正) does not do so.

The notice may name a last day; after it the handler proposes on what lies there.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date

from arbitration.models import Dispute
from arbitration.workflows import conditions
from arbitration.workflows.deliveries import EARLY_PAPERS
from hrss_portal.casework import corrected


def last_day(case: Any) -> date | None:
    """The last day to correct that the notice named; None where it named none or there is none."""
    told = corrected.last(case, "ask_correction")
    return parse_date(str(told.data.get("correct_by") or "")) if told else None


def time_is_over(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Before the last day that the notice named nobody decides on what lies there.

    What is corrected earlier goes back to intake (材料补齐), and the term begins anew.
    """
    until = last_day(case) if case.state == "correcting" else None
    if until and until >= data["on"]:
        yield f"补正期限 {until:%Y-%m-%d} 还没有届满；材料已经补齐的，先办“材料补齐”"


def only_early_papers(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Before acceptance nothing is served but what tells the applicant about it."""
    sent = data.get("delivery")
    name = data.get("doc_name") or (sent.doc_name if sent else "")
    if not (case.accepted_on or case.closed_on or name in EARLY_PAPERS):
        yield "受理前只登记补正告知书、逾期告知书的送达"


def complete_unless_told(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """An application must be complete, unless its applicant was told what to add and did not.

    Such a one is decided on as it lies there; accepting it asks for everything all the same.
    """
    if not case.events.filter(move="ask_correction").exists():
        yield from conditions.application_is_complete(case, data)
