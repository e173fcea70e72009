"""Who put a closing forward and who approved it (form A04): tags and values.

A rejection is approved with the 立案审批表 and filed by the clerk: there is no other approval, so
the sheet names that one (办案规则 Article 21; form A04 lists 不予受理 among the ways to close).
"""

from typing import Any

from arbitration.documents.intake import acceptance_values
from arbitration.models import Dispute
from arbitration.models.choices import CloseMode
from hrss_portal.casework import corrected

CLOSING_TAGS = {
    "closing_opinion": "承办人的结案意见（不予受理的，承办人意见）",
    "closing_maker": "报结案审批（不予受理的，报立案审批）的人",
    "closing_asked_on": "报结案审批（不予受理的，报立案审批）日期",
    "approver_opinion": "结案审批（不予受理的，立案审批）意见",
    "approver": "结案审批（不予受理的，立案审批）人",
    "approved_on": "结案审批（不予受理的，立案审批）日期",
}


def closing_values(case: Dispute) -> dict[str, Any]:
    """The values of ``CLOSING_TAGS``; what a ledger told of a closing was not written here."""
    if case.outcome == CloseMode.REJECTED:
        return _as_rejected(case)
    made, given = corrected.last(case, "ask_close"), corrected.last(case, "close")
    if given is not None and not given.is_live:
        given = None
    return {
        "closing_opinion": made.note if made else "",
        "closing_maker": made.by_name if made else "",
        "closing_asked_on": made.on if made else None,
        "approver_opinion": given.note if given else "",
        "approver": given.by_name if given else "",
        "approved_on": given.on if given else None,
    }


def _as_rejected(case: Dispute) -> dict[str, Any]:
    """Who proposed the rejection and who approved it."""
    said = acceptance_values(case)
    return {
        "closing_opinion": case.handler_opinion,
        "closing_maker": said["opinion_maker"],
        "closing_asked_on": said["opinion_on"],
        "approver_opinion": said["acceptance"],
        "approver": said["acceptance_by"],
        "approved_on": said["acceptance_on"],
    }
