"""Who decides a request to stand aside: the director, or of the director himself the commission.

办案规则 Article 12: an arbitrator's recusal is decided by 仲裁委员会主任 or the head of the court
whom he charges with it; where he sits himself, by 仲裁委员会.  The head writes that decision down.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute, Recusal
from arbitration.workflows.posts import DIRECTOR
from hrss_portal.access.accounts import users_in_posts

COMMISSION = "主任本人被申请回避的，由仲裁委员会决定：由院长办“登记仲裁委员会的回避决定”"


def about_director(case: Any) -> list[Recusal]:
    """The open requests against the director of the commission himself."""
    waiting = [one for one in case.recusals.all() if one.granted is None and one.account]
    if not waiting:
        return []
    directors = set(users_in_posts(case.unit, *DIRECTOR).values_list("pk", flat=True))
    return [one for one in waiting if one.account in directors]


def asks_about_director(case: Any) -> bool:
    """Whether the commission has a request against its director to decide."""
    return bool(about_director(case))


def has_open_recusal(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A decision answers a request that is the director's to decide."""
    waiting = [one for one in case.recusals.all() if one.granted is None]
    if not waiting:
        yield "没有待决定的回避申请"
    elif len(about_director(case)) == len(waiting):
        yield COMMISSION


def decides_himself(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Nobody decides on the director but the commission, no delegate of his either."""
    if data.get("recusal") in about_director(case):
        yield COMMISSION


def is_about_director(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """The commission decides on its director alone, by a meeting that is named."""
    if data.get("recusal") not in about_director(case):
        yield "不是主任本人的回避申请，由主任或其委托的仲裁院负责人决定"
    if not str(data.get("meeting") or "").strip():
        yield "写明仲裁委员会会议的日期或者纪要文号"


def who_was_recused_is_replaced(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """No hearing is planned while nobody sits because of a granted recusal (办案规则 12)."""
    granted = any(one.granted for one in case.recusals.all())
    if granted and not [seat for seat in case.tribunal.all() if seat.left_on is None]:
        yield "仲裁员已准许回避，还没有重新组成仲裁庭，先由院长办“组成（变更）仲裁庭”"
