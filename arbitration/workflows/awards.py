"""The awards of one case, each by its own paper: ahead of the rest, in part, final, not final.

A case may hold several (调解仲裁法 Articles 43, 44, 47; 办案规则 Articles 49 to 51).  Beside them
stand the decisions that end it, or a part of it, without an award: they are corrected alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from arbitration.models.choices import CloseMode
from hrss_portal.casework.models import CasePaper

AHEAD, PART, FINAL, OPEN = "arb.enforce_ahead", "arb.part_award", "arb.award_final", "arb.award"
KINDS = (AHEAD, PART, FINAL, OPEN)
#: Decisions (决定书) with a slip of the pen are corrected as awards are (办案规则 Article 54 by
#: analogy, K1: the article names awards alone).
DECISIONS = {
    "arb.withdrawal": "撤回仲裁申请决定",
    "arb.part_withdrawal": "部分撤回决定",
    "arb.revocation": "撤销案件决定",
    "arb.termination": "终止审理决定",
}
NAMES = {AHEAD: "先予执行裁决", FINAL: "终局裁决", OPEN: "非终局裁决", **DECISIONS}


@dataclass(frozen=True, kw_only=True)
class Award:
    """One issued award: its paper with number and day, its name, the claims that it decides.

    A decision without an award (``is_decision``) decides no claim.
    """

    paper: CasePaper
    name: str
    number: str
    on: date
    is_final: bool | None
    seqs: tuple[int, ...]

    @property
    def is_decision(self) -> bool:
        """Whether it is a 决定书 and no 裁决书."""
        return self.paper.kind in DECISIONS

    @property
    def paper_name(self) -> str:
        """裁决书 or 决定书."""
        return "决定书" if self.is_decision else "裁决书"

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.on:%Y-%m-%d}", self.name, self.number)))


def awards(case: Any) -> list[Award]:
    """The awards of a dispute that were issued and not voided, the earliest first."""
    return _issued(case, KINDS)


def corrigible(case: Any) -> list[Award]:
    """What may be corrected (补正): awards, and decisions that end the case or a part of it, those
    that were issued and not voided, the earliest first."""
    return _issued(case, (*KINDS, *DECISIONS))


def _issued(case: Any, kinds: Iterable[str]) -> list[Award]:
    made = case.papers.filter(kind__in=kinds, state="issued", paper__voided_at=None)
    rows = made.select_related("paper", "event").order_by("event_id", "pk")
    claims = list(case.claims.all())
    return sorted((_award(case, row, claims) for row in rows), key=lambda one: one.on)


def award_of(case: Any, paper: int | None) -> Award | None:
    """The award or decision of the ``CasePaper`` with this key, or the one made again in its place;
    None where it is none of the case's."""
    named = case.papers.filter(pk=paper or 0).values("pk", "kind", "event_id").first()
    found = [one for one in corrigible(case) if named and one.paper.kind == named["kind"]]
    mine = [one for one in found if one.paper.pk == named["pk"]]
    again = [one for one in found if one.paper.event_id == named["event_id"]]
    return next(iter(mine or again), None)


def _award(case: Any, row: CasePaper, claims: list[Any]) -> Award:
    data = row.event.data if row.event else {}
    final = {FINAL: True, OPEN: False, PART: data.get("is_final")}.get(row.kind)
    name = NAMES.get(row.kind) or f"先行裁决（{'终局' if final else '非终局'}）"
    made_on = (row.event.counts_on or row.event.on) if row.event else row.called_on
    return Award(
        paper=row,
        name=name,
        number=row.paper.number if row.paper else "",
        on=made_on,
        is_final=final,
        seqs=decided_by(case, row, claims),
    )


def decided_by(case: Any, row: CasePaper, claims: list[Any]) -> tuple[int, ...]:
    """The numbers of the claims that the paper of an award decides; none for one ahead of it."""
    if row.kind == PART:
        told = row.event.data.get("claims", ()) if row.event else ()
        return tuple(one["seq"] for one in told)
    left = [claim for claim in claims if claim.part_awarded_on is None]
    if case.outcome == CloseMode.SPLIT_AWARD:
        left = [claim for claim in left if bool(claim.is_final) == (row.kind == FINAL)]
    return tuple(claim.seq for claim in left) if row.kind in {FINAL, OPEN} else ()
