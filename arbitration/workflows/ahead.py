"""先予执行: what a claim is about, and how much of it was ordered ahead of the award already.

Only four kinds of claim may be enforced ahead (调解仲裁法 Article 44).  What a claim is about is
read from its words, as its finality is; an order says how much is on which claim and counts once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import Q

from arbitration.models.choices import AheadKind, Cause
from arbitration.workflows.finality import NOT_FINAL_WORDS, STANDARD_WORDS
from hrss_portal.casework import corrected

ZERO = Decimal()
#: The steps that order ahead, and those that number the claims anew or change their words.
TELLS = ("enforce_ahead", "part_award", "change_claims", corrected.TOPIC)
#: By which labels a correction tells the new words of a claim, and that it was entered twice.
WORDING, VOIDED = "请求", "作废的请求"
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


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """How much an order ahead took of one claim, in yuan; ``seq`` is the claim's number today.

    None where the claim was crossed out: as it may stand under other words in another row, what
    was ordered counts on every claim that may be of the ``kind``.
    """

    seq: int | None
    text: str
    kind: str
    amount: Decimal

    def is_of(self, claim: Any, cause: str) -> bool:
        """Whether a claim of the case is the one, or may be it."""
        if self.seq is not None:
            return bool(self.seq == claim.seq)
        found = kinds_of(claim.text, cause)
        return not (found and self.kind) or self.kind in found


def left_of(case: Any, claims: Iterable[Any]) -> dict[int, Decimal]:
    """By number: what earlier orders ahead left of the claims that say an amount, in yuan.

    A claim is followed by its number through every change (增加、变更请求, 更正), whatever its
    words are.  An order that does not say how much is on which of its claims counts whole on each.
    """
    orders = _ordered(case)
    return {
        claim.seq: max(
            claim.amount
            - sum((one.amount for one in orders if one.is_of(claim, case.cause)), ZERO),
            ZERO,
        )
        for claim in claims
        if claim.amount is not None
    }


def _ordered(case: Any) -> list[Ordered]:
    """What was ordered ahead so far, each with the number that its claim has now."""
    found: list[Ordered] = []
    decided: set[int] = set()
    told = case.events.filter(Q(counts_on__isnull=False) | Q(move=corrected.TOPIC))
    for event in told.filter(move__in=TELLS).order_by("pk"):
        rows = event.data.get("claims") or ()
        if event.move == "enforce_ahead":
            found += [_of_order(event.data, row) for row in rows]
        elif event.move == "part_award":
            decided |= {row["seq"] for row in rows}
        elif event.move == "change_claims":
            found = [_after_change(one, rows, decided) for one in found]
        else:
            found = [_after_correction(one, event.data) for one in found]
    return found


def _of_order(data: dict[str, Any], row: dict[str, Any]) -> Ordered:
    """One claim of an order; an early one said its number before its words alone."""
    seq, _, text = (
        row["text"].partition(". ") if "seq" not in row else (row["seq"], "", row["text"])
    )
    amount = Decimal(row.get("amount", data.get("ahead_amount")) or 0)
    number = int(seq) if str(seq).isdigit() else None
    return Ordered(seq=number, text=text, kind=data.get("ahead_kind") or "", amount=amount)


def _after_change(one: Ordered, rows: Iterable[dict[str, Any]], decided: set[int]) -> Ordered:
    """Under which number the claim stands once the claims that no part award decided were changed.

    Each row says of which claim it was (``was``); one that does not is known by its words.
    """
    if one.seq is None or one.seq in decided:
        return one
    numbered = list(zip((n for n in count(1) if n not in decided), rows, strict=False))
    said = [(n, row) for n, row in numbered if row.get("was") == one.seq]
    alike = [(n, row) for n, row in numbered if not row.get("was") and row["text"] == one.text]
    for number, row in said or alike:
        return replace(one, seq=number, text=row["text"])
    return replace(one, seq=None)


def _after_correction(one: Ordered, data: dict[str, Any]) -> Ordered:
    """The claim after a correction: other words under its number, or it was entered twice."""
    values = data.get("values") or {}
    if one.seq is None or data.get("what") != correction_of(one.seq):
        return one
    if VOIDED in values:
        return replace(one, seq=None)
    _, text = values.get(WORDING, (one.text, one.text))
    return replace(one, text=text)


def correction_of(seq: int) -> str:
    """What a correction of the claim with this number puts right, in words."""
    return f"仲裁请求第 {seq} 项"
