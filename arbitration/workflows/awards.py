"""The awards of one case, each by its own paper: ahead of the rest, in part, final, not final.

A case may hold several (调解仲裁法 Articles 43, 44, 47; 办案规则 Articles 49 to 51).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from arbitration.models.choices import CloseMode
from hrss_portal.casework.models import CasePaper

AHEAD, PART, FINAL, OPEN = "arb.enforce_ahead", "arb.part_award", "arb.award_final", "arb.award"
KINDS = (AHEAD, PART, FINAL, OPEN)
NAMES = {AHEAD: "先予执行裁决", FINAL: "终局裁决", OPEN: "非终局裁决"}


@dataclass(frozen=True, kw_only=True)
class Award:
    """One issued award: its paper with number and day, its name, the claims that it decides."""

    paper: CasePaper
    name: str
    number: str
    on: date
    is_final: bool | None
    seqs: tuple[int, ...]

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.on:%Y-%m-%d}", self.name, self.number)))


def awards(case: Any) -> list[Award]:
    """The awards of a dispute that were issued and not voided, the earliest first."""
    made = case.papers.filter(kind__in=KINDS, state="issued", paper__voided_at=None)
    rows = made.select_related("paper", "event").order_by("event_id", "pk")
    claims = list(case.claims.all())
    return sorted((_award(case, row, claims) for row in rows), key=lambda one: one.on)


def award_of(case: Any, paper: int | None) -> Award | None:
    """The award of the ``CasePaper`` with this key; None where it is none of the case's."""
    return next((one for one in awards(case) if one.paper.pk == paper), None)


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
