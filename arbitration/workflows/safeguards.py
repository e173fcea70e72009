"""What keeps a trial honest: its term, its hearings, who takes part, and when it may be ended.

The checks yield the sentences that refuse a move.  They ask about work done here; moves that a
ledger tells of the past are not measured by them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from arbitration.models import Dispute

COUNTERCLAIM_DECISIONS = ("accept_counterclaim", "refuse_counterclaim")


def trial_over_on(case: Any, on: date) -> date | None:
    """The last day of the term of trial when it ran out before the day ``on``; else None."""
    clock = case.clocks.filter(term="arb.award").order_by("-pk").first()
    return over_on(clock, on) if clock else None


def over_on(clock: Any, on: date) -> date | None:
    """The last day of a clock that ran out before ``on``, or before the pause that goes on."""
    if clock.due_on is None:
        return None
    open_pause = clock.pauses and not clock.pauses[-1][1]
    until = date.fromisoformat(clock.pauses[-1][0]) if open_pause else on
    due: date = clock.due_on
    return due if due < until else None


def arbitrator_and_clerk_differ(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Who keeps the record of a hearing does not decide the case (form A02)."""
    handler, deputy = data.get("handler"), data.get("deputy")
    if handler is not None and handler == deputy:
        yield "承办仲裁员和书记员不能是同一人"


def barred(case: Dispute, user: int) -> Iterable[str]:
    """Who is challenged or recused takes no part in the case, as ids of users.

    办案规则 Article 12: until the decision as well.
    """
    for recusal in case.recusals.all():
        if recusal.granted is not False and recusal.member.user_id == user:
            said = (
                "的回避申请还没有决定，决定前暂停参与" if recusal.granted is None else "已准许回避"
            )
            yield f"{recusal.member.name} {said}本案"


def has_open_counterclaim(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A decision answers a counterclaim that came in (办案规则 Article 36)."""
    came = case.events.filter(move="counterclaim").count()
    decided = case.events.filter(move__in=COUNTERCLAIM_DECISIONS).count()
    if came <= decided:
        yield "没有待决定的反申请。先办“收到反申请”"


def claims_really_change(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Claims that stand as they were are no change (办案规则 Article 44)."""
    before = sorted((row.text, row.amount or 0) for row in case.claims.all())
    after = sorted((row["text"], row.get("amount") or 0) for row in data.get("claims", ()))
    if before == after:
        yield "请求没有增加或变更"
