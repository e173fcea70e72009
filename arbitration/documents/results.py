"""The operative part of a paper (主文), item by item, and whether an award was made at all."""

import re
from typing import Any

from arbitration.documents.closing import operative_parts
from arbitration.models import Dispute
from arbitration.models.choices import CloseMode
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.paper_values import lines

NUMERAL = r"(?:[一二三四五六七八九十]+、|\d{1,2}(?:[．、]|\.(?!\d)))"
TYPED_NUMBER = re.compile(rf"^(?:{NUMERAL}|[（(](?:[一二三四五六七八九十]+|\d{{1,2}})[）)])\s*")
NEXT_ITEM = re.compile(rf"(?<=[。；;])\s*(?={NUMERAL})")
BESIDE_THE_AWARD = {"arb.part_award", "arb.enforce_ahead"}


def result_items(paper: CasePaper, case: Dispute, data: dict[str, Any]) -> list[str]:
    """The operative part; separate documents each hold their own part (办案规则 Article 50)."""
    if paper.kind in BESIDE_THE_AWARD:
        return items(data.get("result") or "")
    own = {"arb.award_final": "result_final", "arb.award": "result_open"}.get(paper.kind, "")
    if case.outcome == CloseMode.SPLIT_AWARD and data.get(own):
        return items(data[own])
    if paper.kind == "arb.closing":
        return operative_parts(case)
    return items(case.result)


def was_decided(case: Dispute) -> bool:
    """Whether an award was made, of the whole case or of a part."""
    in_part = case.claims.exclude(part_awarded_on=None).exists()
    return str(case.outcome).endswith("award") or in_part


def items(text: str) -> list[str]:
    """The items of an operative part, without the number typed before one: the paper numbers.

    One stands on a line of its own; several numbered ones typed on one line are told apart.
    """
    found: list[str] = []
    for line in lines(text):
        found += NEXT_ITEM.split(line) if TYPED_NUMBER.match(line) else [line]
    return [TYPED_NUMBER.sub("", item) for item in found]
