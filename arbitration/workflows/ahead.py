"""先予执行: what a claim is about, and how much of it was ordered ahead of the award already.

Only four kinds of claim may be enforced ahead (调解仲裁法 Article 44).  What a claim is about is
read from its words, as its finality is; an order says how much is on which claim and counts once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arbitration.models.choices import AheadKind, Cause
from arbitration.workflows.finality import NOT_FINAL_WORDS, STANDARD_WORDS

ZERO = Decimal()
#: Double pay (二倍工资) is left out: whether it is pay is for the arbitrator to say.
UNCLEAR = (*NOT_FINAL_WORDS, *STANDARD_WORDS, "二倍", "双倍")
WORDS: dict[str, tuple[str, ...]] = {
    AheadKind.PAY: ("工资", "报酬", "加班", "奖金", "提成", "津贴", "补贴"),
    AheadKind.MEDICAL: ("医疗费",),
    AheadKind.COMPENSATION: ("经济补偿", "补偿金"),
    AheadKind.DAMAGES: ("赔偿金",),
}
OF_CAUSE: dict[str, str] = {
    Cause.PAY: AheadKind.PAY,
    Cause.OVERTIME: AheadKind.PAY,
    Cause.COMPENSATION: AheadKind.COMPENSATION,
    Cause.DAMAGES: AheadKind.DAMAGES,
}


def doubt_of_kind(text: str, cause: str, ordered: str) -> tuple[str, bool]:
    """Why a claim seems to be of another kind than is ordered ahead, and whether that is certain.

    ("", False) where nothing speaks against it.
    """
    label = AheadKind(ordered).label
    found = kinds_of(text, cause)
    if found == {ordered}:
        return "", False
    if found and ordered not in found:
        return f"这一项请求不是{label}，不能按{label}先予执行；不同项目分别办理", True
    return f"看不出这一项请求只是{label}；确实是的，在“说明”里写明理由", False


def kinds_of(text: str, cause: str) -> set[str]:
    """The kinds that a claim's words name, else the one of its cause; empty where unclear."""
    if any(word in text for word in UNCLEAR):
        return set()
    named = {kind for kind, words in WORDS.items() if any(word in text for word in words)}
    return named or ({OF_CAUSE[cause]} if cause in OF_CAUSE else set())


def left_of(case: Any, claims: Iterable[Any]) -> dict[int, Decimal]:
    """By number: what earlier orders ahead left of the claims that say an amount, in yuan.

    What an order put on no claim that is still there counts on every claim that may be of its kind:
    the claim that was meant may stand under other words in another row.
    """
    known = _known(case)
    made = case.events.filter(move="enforce_ahead", counts_on__isnull=False)
    orders = [_shared_out(data, known) for data in made.values_list("data", flat=True)]
    return {
        claim.seq: max(claim.amount - sum(one.on(claim, case.cause) for one in orders), ZERO)
        for claim in claims
        if claim.amount is not None
    }


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """An order ahead: how much it put on each claim, by key, and on none of them, in yuan."""

    kind: str
    shares: Mapping[int, Decimal]
    rest: Decimal

    def on(self, claim: Any, cause: str) -> Decimal:
        """How much of the order counts on a claim of the case."""
        found = kinds_of(claim.text, cause)
        may_be = not (found and self.kind) or self.kind in found
        return self.shares.get(claim.pk, ZERO) + (self.rest if may_be else ZERO)


def _shared_out(data: Mapping[str, Any], known: Collection[int]) -> Ordered:
    """An order as its step tells it; an early one named no claim by its key."""
    shares = {
        row["claim"]: Decimal(row["amount"])
        for row in data.get("claims") or ()
        if row.get("claim") in known
    }
    whole = Decimal(data.get("ahead_amount") or 0)
    return Ordered(
        kind=data.get("ahead_kind") or "",
        shares=shares,
        rest=whole - sum(shares.values(), ZERO),
    )


def _known(case: Any) -> set[int]:
    """The keys of the claims of a case, and of those that an applicant withdrew and took along."""
    gone = case.events.filter(move="withdraw_some", counts_on__isnull=False)
    withdrawn = {
        row["id"]
        for data in gone.values_list("data", flat=True)
        for row in data.get("claims") or ()
    }
    return {claim.pk for claim in case.claims.all()} | withdrawn
