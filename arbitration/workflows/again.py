"""Which papers are made again after they were voided or dropped: what they told of still stands."""

from collections.abc import Iterable
from typing import Any

from arbitration.workflows.safeguards import planned_by


def hearing_still_stands(case: Any, row: Any) -> Iterable[str]:
    """A hearing that was put off or fell away is announced no more; a new one has its notice."""
    if row.kind != "arb.hearing":
        return
    planned = [planned_by(case, one) for one in case.hearings.filter(state="planned")]
    if row.event_id not in {event.pk for event in planned if event}:
        yield "这次开庭已经开过、改期或者取消，开庭通知书不再重新制发"


def settlement_still_stands(case: Any, row: Any) -> Iterable[str]:
    """A settlement that a party went back on has no effect (调解仲裁法 Article 42)."""
    if row.kind == "arb.settlement" and _follows(case, row, "retract_settlement"):
        yield "送达前当事人已经反悔，这份调解书不再重新制发"


def review_still_stands(case: Any, row: Any) -> Iterable[str]:
    """An application for review that was withdrawn gets no 调解书 (办案规则 Article 76)."""
    if row.kind == "med.confirmation" and _follows(case, row, "withdraw_review"):
        yield "仲裁审查申请已经撤回，这份调解书不再重新制发"


def _follows(case: Any, row: Any, move: str) -> bool:
    """Whether a move was made after the step that called for a paper."""
    after = case.events.filter(move=move, counts_on__isnull=False, pk__gt=row.event_id or 0)
    return bool(after.exists())


OF_DISPUTE = (hearing_still_stands, settlement_still_stands)
OF_MEDIATION = (review_still_stands,)
