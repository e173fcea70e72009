"""Who put a closing forward and who approved it (form A04): tags and values."""

from typing import Any

from arbitration.models import Dispute
from hrss_portal.casework import corrected

CLOSING_TAGS = {
    "closing_opinion": "承办人的结案意见",
    "closing_maker": "报结案审批（登记结案）的人",
    "closing_asked_on": "报结案审批日期",
    "approver_opinion": "结案审批意见",
    "approver": "结案审批人",
    "approved_on": "结案审批日期",
}


def closing_values(case: Dispute) -> dict[str, Any]:
    """The values of ``CLOSING_TAGS``; what a ledger told of a closing was not written here."""
    made = corrected.last(case, "ask_close") or corrected.last(case, "file_rejection")
    given = corrected.last(case, "close")
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
