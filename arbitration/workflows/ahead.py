"""先予执行: what a claim is about, and how much of it was ordered ahead of the award already.

Only four kinds of claim may be enforced ahead (调解仲裁法 Article 44).  What a claim is about is
read from its words, as its finality is; an order says how much is on which claim and counts once.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from arbitration.models.choices import AheadKind, Cause
from arbitration.workflows.finality import NOT_FINAL_WORDS, STANDARD_WORDS
from hrss_portal.audit.logs import mask_identifiers

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

    A claim is known by its words, and by its number as long as nobody changed the claims, which
    numbers them anew.  An order that does not say how much is on which of its claims counts whole
    on each.
    """
    about = case.events.filter(counts_on__isnull=False)
    changed = about.filter(move="change_claims").order_by("pk").last()
    since = changed.pk if changed else 0
    given = [
        (row, event.pk > since, Decimal(row.get("amount", event.data.get("ahead_amount")) or 0))
        for event in about.filter(move="enforce_ahead")
        for row in event.data.get("claims") or ()
    ]
    return {
        claim.seq: max(
            claim.amount
            - sum((much for row, same, much in given if _is_of(row, claim, same)), ZERO),
            ZERO,
        )
        for claim in claims
        if claim.amount is not None
    }


def _is_of(row: dict[str, Any], claim: Any, same: bool) -> bool:
    """Whether what an order said is of this claim; ``same``: the numbers are still the same."""
    seq, _, text = (
        row["text"].partition(". ") if "seq" not in row else (row["seq"], "", row["text"])
    )
    return text == mask_identifiers(claim.text) or (same and str(seq) == str(claim.seq))
