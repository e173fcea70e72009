"""Who went to the court over an award: one side, or both, each in its own way.

调解仲裁法 Articles 48 to 50: over a final award the worker sues and the employer asks to set it
aside; over any other award either side sues.  What one side did never overwrites the other's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute
from arbitration.models.choices import CourtResult, FollowUp, Went
from arbitration.workflows.deliveries import side_of
from hrss_portal.casework.models import Event

SIDES = {"worker": "劳动者", "employer": "用人单位"}


def keep_side(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What the named party did, and what the court said to it, stands under its side.

    未知 of a named party takes back what was registered of its side by mistake.
    """
    party, went = data.get("party"), data.get("follow_up")
    if party is None or went not in {*Went.values, FollowUp.UNKNOWN}:
        return
    side = side_of(party)
    if went == FollowUp.UNKNOWN:
        setattr(case, f"{side}_went", "")
        setattr(case, f"{side}_result", "")
        case.follow_up = case.worker_went or case.employer_went or FollowUp.UNKNOWN
    else:
        setattr(case, f"{side}_went", went)
        setattr(case, f"{side}_result", data.get("court_result") or "")
    case.save()


def went_words(case: Any) -> str:
    """劳动者起诉；用人单位申请撤销: every side that went; without a known side what was recorded;
    nothing while nobody has asked."""
    found = [
        f"{words}{Went(went).label}"
        for side, words in SIDES.items()
        if (went := getattr(case, f"{side}_went"))
    ]
    known = "" if case.follow_up == FollowUp.UNKNOWN else case.get_follow_up_display()
    return "；".join(found) or known


def result_words(case: Any) -> str:
    """What the court said to each side that went; without a known side what was recorded."""
    found = [
        f"{words}：{CourtResult(result).label}"
        for side, words in SIDES.items()
        if (result := getattr(case, f"{side}_result"))
    ]
    return "；".join(found) or case.get_court_result_display()


def somebody_went(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """That nobody sued is not written over what a side is known to have done."""
    if data.get("follow_up") == FollowUp.NONE and (case.worker_went or case.employer_went):
        yield f"已登记{went_words(case)}，不能登记未起诉"
