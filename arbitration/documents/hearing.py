"""The hearing that a paper means: when and where, who came, what was checked; tags and values."""

from typing import Any

from django.utils.dateparse import parse_time

from arbitration.models import Dispute, Hearing
from arbitration.workflows.attendance import told_of
from arbitration.workflows.safeguards import planned_by
from arbitration.workflows.sitting import who_was_recused_is_replaced
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.paper_values import moment

SUMMONS = {"arb.hearing", "arb.prehearing"}
HEARING_TAGS = {
    "hearing_at": "开庭时间",
    "hearing_ended": "庭审结束时间（庭审终结登记的）",
    "hearing_room": "开庭地点",
    "remote_how": "网上开庭的平台、进入方式",
    "is_public": "是否公开审理",
    "attended": "到庭情况（开庭登记的）",
    "uniform": "仲裁员着装（开庭登记的）",
    "ids_checked": "到庭人员证件核对（开庭登记的）",
    "seats_filled": "仲裁庭是否齐备（准许回避后还没有补齐的为空）",
}


def hearing_values(paper: CasePaper, case: Dispute) -> dict[str, Any]:
    """The values of ``HEARING_TAGS``: plain text, empty for what nobody registered."""
    hearing = _hearing(paper, case)
    data = paper.event.data if paper.event else {}
    public = {True: "公开", False: "不公开", None: ""}
    held, ends = told_of(case, hearing)
    return {
        "hearing_at": moment(hearing.starts_at) if hearing else "",
        "hearing_ended": _ended(ends[-1]) if ends else "",
        "hearing_room": _place(hearing) if hearing else "",
        "remote_how": data.get("remote_how", "") if hearing and hearing.is_remote else "",
        "is_public": public[hearing.is_public if hearing else None],
        "attended": hearing.attended if hearing else "",
        "uniform": "符合规定" if hearing and hearing.uniform_worn else "",
        "ids_checked": "已核对" if held and held.data.get("ids_checked") else "",
        "seats_filled": "" if list(who_was_recused_is_replaced(case, {})) else "齐备",
    }


def _ended(event: Any) -> str:
    """When a hearing ended, as the step that ended it says."""
    at = parse_time(event.data.get("ended_at") or "")
    return f"{moment(event.on)}{at.hour}时{at.minute:02d}分" if at else ""


def _place(hearing: Hearing) -> str:
    """Where the parties come: to the room, or to the hearing on line."""
    return f"网上开庭（仲裁庭在{hearing.room.name}）" if hearing.is_remote else hearing.room.name


def _hearing(paper: CasePaper, case: Dispute) -> Hearing | None:
    """The hearing that its Event set or the coming one for a summons, the one that was held for a
    record or an award.

    A record that is prepared while the case waits for a hearing is of the coming one.
    """
    if paper.kind in SUMMONS and paper.event:
        for hearing in case.hearings.filter(state=Hearing.State.PLANNED).order_by("-period"):
            if planned_by(case, hearing) == paper.event:
                return hearing
    held, planned = Hearing.State.HELD, Hearing.State.PLANNED
    ahead = paper.kind in SUMMONS or (paper.kind == "arb.record" and case.state == "scheduled")
    for state in (planned, held) if ahead else (held, planned):
        if found := case.hearings.filter(state=state).order_by("-period").first():
            return found
    return None
