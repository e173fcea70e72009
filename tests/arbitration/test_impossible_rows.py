"""X10: cells of one row that cannot both be true are told at the cell, before anything lands."""

from typing import Any

import pytest

from arbitration.imports import disputes
from arbitration.models import Dispute
from arbitration.workflows.suits import went_words
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.imports.cleaning import build_field
from tests.arbitration.test_corrected_ledgers import AWARD, Desk, x10

__all__ = ["x10"]
pytestmark = pytest.mark.usefixtures("rules", "today")
OPEN = dict.fromkeys(("closed_on", "close_mode", "finality", "awarded"), "")
REJECTED = {"filed_on": "", "hearing_on": "", "close_mode": "不予受理", "finality": ""}


def problems(**cells: str) -> list[tuple[str, str]]:
    """What the sheet says of a row: (column, message)."""
    row = AWARD | {"town": ""} | cells
    fields = {column.name: build_field(column) for column in disputes.X10.columns}
    cleaned: dict[str, Any] = {
        name: field.clean(row.get(name, "")) for name, field in fields.items()
    }
    return list(disputes.ledger.check(cleaned))


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"close_mode": "准许撤回", "suits": "用人单位申请撤销"}, "suits", "没有裁决"),
        ({"close_mode": "准许撤回", "suits": "劳动者起诉"}, "suits", "没有裁决"),
        ({"close_mode": "视为撤回", "suits": "用人单位起诉"}, "suits", "没有裁决"),
        ({"close_mode": "移送", "suits": "劳动者起诉"}, "suits", "没有裁决"),
        ({"close_mode": "调解", "suits": "劳动者起诉"}, "suits", "没有裁决"),
        ({"close_mode": "终止审理", "suits": "用人单位申请撤销"}, "suits", "没有裁决"),
        ({"close_mode": "撤销案件", "suits": "用人单位申请撤销"}, "suits", "没有裁决"),
        (REJECTED | {"awarded": "", "suits": "用人单位申请撤销"}, "suits", "没有裁决"),
        (OPEN | {"suits": "用人单位申请撤销"}, "suits", "没有裁决"),
        ({"close_mode": "准许撤回", "finality": "终局"}, "finality", "没有裁决"),
        ({"close_mode": "调解", "finality": "分别制作"}, "finality", "没有裁决"),
        (OPEN | {"finality": "终局"}, "finality", "没有裁决"),
        (REJECTED, "awarded", "没有立案"),
    ],
)
def test_what_cannot_both_be_true_is_told_at_its_cell(
    cells: dict[str, str], column: str, words: str
) -> None:
    cells = {"finality": ""} | cells
    assert [(name, words in text) for name, text in problems(**cells)] == [(column, True)]


@pytest.mark.parametrize(
    "cells",
    [
        {"close_mode": "准许撤回", "finality": "否", "suits": "未起诉"},
        {"close_mode": "准许撤回", "finality": ""},
        {"close_mode": "终止审理", "finality": "", "suits": "劳动者起诉"},
        {"close_mode": "撤销案件", "finality": "", "suits": "劳动者起诉"},
        REJECTED | {"awarded": "0", "suits": "劳动者起诉"},
        {"close_mode": "裁决", "finality": "分别制作", "suits": "用人单位起诉；用人单位申请撤销"},
        {"close_mode": "裁决", "finality": "终局", "suits": "劳动者起诉；用人单位申请撤销"},
        OPEN | {"finality": "否"},
        OPEN | {"suits": "劳动者起诉"},  # no award came in time (调解仲裁法 Article 43)
    ],
)
def test_what_may_be_true_lands(cells: dict[str, str]) -> None:
    assert problems(**cells) == []


def test_the_employers_suit_over_separate_awards_is_over_the_one_that_is_not_final(
    x10: Desk, arbitration_head: User
) -> None:
    row = {"close_mode": "裁决", "finality": "分别制作", "suits": "用人单位起诉"}
    assert x10.action(AWARD | row) == ["created"]
    case = Dispute.objects.get()
    assert (case.employer_went, case.employer_open_went) == ("", "sued")
    assert went_words(case) == "用人单位（非终局裁决）起诉"
    assert x10.action(AWARD | row) == ["unchanged"]
    firm = case.parties.get(role="respondent")
    later = {"follow_up": "set_aside", "party": firm, "over": "final"}
    moves.move(case, "follow_up", by=arbitration_head, data=later)
    case = Dispute.objects.get()
    assert (case.employer_went, case.employer_open_went) == ("set_aside", "sued")
    assert disputes.ledger.row_of(case)["suits"] == "用人单位起诉；用人单位申请撤销"


def test_over_which_separate_award_a_worker_sued_a_ledger_does_not_say(x10: Desk) -> None:
    row = {"close_mode": "裁决", "finality": "分别制作", "suits": "劳动者起诉；用人单位起诉"}
    assert x10.action(AWARD | row) == ["created"]
    assert went_words(Dispute.objects.get()) == "劳动者起诉；用人单位（非终局裁决）起诉"
