"""Who decides a request to stand aside: the director, or of the director himself the commission.

办案规则 Article 12: an arbitrator's recusal is decided by 仲裁委员会主任 or the head of the court
whom he charges with it; where he sits himself, by 仲裁委员会.  The head writes that decision down.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute, Recusal, StaffMember
from arbitration.workflows.posts import DIRECTOR
from hrss_portal.access.accounts import users_in_posts
from hrss_portal.access.models import User
from hrss_portal.parties.names import plain_name

COMMISSION = "主任本人被申请回避的，由仲裁委员会决定：由院长办“登记仲裁委员会的回避决定”"

BY_NAME = "（“机构人员”里没有填系统账号的，同名的人一并回避；账号是别人的，先在“机构人员”填写）"


def namesakes(case: Any, name: str) -> list[User]:
    """The accounts of the bureau that bear this name, spaces aside, by staff number."""
    here = User.objects.filter(is_active=True, unit__path__startswith=case.unit.root_path)
    same = [user for user in here.order_by("staff_no") if plain_name(user.name) == plain_name(name)]
    return same if plain_name(name) else []


def is_about(one: Recusal, account: int | None, name: str) -> bool:
    """Whether a request is about this member of the bureau.

    The accounts decide where both are known, else the name: the register may know no account of
    an arbitrator who has one.  Who comes from outside is no member of the bureau.
    """
    if one.account and account:
        return one.account == account
    inside = one.member is not None or one.user is not None
    return inside and plain_name(one.who) == plain_name(name)


def keeping_away(case: Dispute, user: int) -> Iterable[str]:
    """Who is challenged or recused takes no part in the case, as the id of a user (``barred``).

    办案规则 Article 12: until the decision as well.
    """
    standing = [one for one in case.recusals.all() if one.granted is not False]
    name = User.objects.values_list("name", flat=True).get(pk=user) if standing else ""
    for one in standing:
        if is_about(one, user, name):
            said = "的回避申请还没有决定，决定前暂停参与" if one.granted is None else "已准许回避"
            yield f"{one.who} {said}本案{'' if one.account else BY_NAME}"


def recused(case: Dispute, users: Iterable[int], members: Iterable[StaffMember]) -> Iterable[str]:
    """Which of these accounts and rows of the register a granted recusal keeps from the case."""
    granted = list(case.recusals.filter(granted=True).select_related("member", "user"))
    if not granted:
        return
    accounts = User.objects.filter(pk__in=list(users)).values_list("pk", "name")
    people = [*accounts, *((one.user_id, one.name) for one in members)]
    for recusal in granted:
        if any(is_about(recusal, *known) for known in people):
            yield f"{recusal.who} 已准许回避本案{'' if recusal.account else BY_NAME}"


def about_director(case: Any) -> list[Recusal]:
    """The open requests against the director of the commission himself."""
    waiting = [one for one in case.recusals.all() if one.granted is None]
    if not waiting:
        return []
    directors = list(users_in_posts(case.unit, *DIRECTOR).values_list("pk", "name"))
    return [one for one in waiting if any(is_about(one, *director) for director in directors)]


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
