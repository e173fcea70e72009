"""补正 of a decision that ended a case without an award: slips of the pen alone, served on all.

办案规则 Article 54 by analogy (K1: it names awards alone).
"""

from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import RectificationForm
from arbitration.models import Dispute
from arbitration.workflows import one_paper
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import CasePaper
from hrss_portal.documents.papers import preview, void_paper
from tests.arbitration.test_told_before_closing import ENDS
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
GIVEN = {"on": "2023-12-25", "error_kind": "writing", "wrong": "刘怡海", "right": "刘怡梅"}


def codes(case: Dispute, user: User) -> set[str]:
    return {one.code for one in moves.available(Dispute.objects.get(pk=case.pk), user)}


@pytest.mark.parametrize(("code", "data", "paper"), ENDS)
def test_a_slip_in_a_decision_is_corrected_and_the_correction_served(
    code: str,
    data: dict[str, Any],
    paper: str,
    accepted: Dispute,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    today: Any,
) -> None:
    today.move_to("2023-12-25T09:00:00+08:00")
    moves.move(accepted, code, by=arbitration_head, data=data)
    assert "rectify" not in codes(accepted, arbitrator)
    make.served(accepted, clerk, paper)
    assert "rectify" in codes(accepted, arbitrator)
    case = Dispute.objects.get(pk=accepted.pk)
    form = RectificationForm({**GIVEN, "error_kind": "counting"}, case=case, user=arbitrator)
    assert set(form.errors) == {"error_kind"}
    assert "corrected" not in form.fields
    form = RectificationForm(GIVEN, case=case, user=arbitrator)
    assert form.is_valid(), form.errors
    moves.move(case, "rectify", by=arbitrator, data=form.move_data())
    called = case.papers.get(kind="arb.rectification")
    told = dispute_values(called)
    assert told["award_name"] == paper.removesuffix("书")
    words = str(preview(called.kind, told, unit=case.unit, on=called.called_on))
    assert "现发现决定书有文字错误，参照《劳动人事争议仲裁办案规则》第五十四条" in words
    assert "本决定书与原决定书一并使用" in words
    assert "裁决书" not in words
    papers.issue(called, by=clerk)
    (missing,) = one_paper.decisions_are_served(case, {})
    assert "2023-12-25 的补正决定书还没有送达" in missing
    make.served(case, clerk, "补正决定书")
    assert not list(one_paper.decisions_are_served(case, {}))
    case = Dispute.objects.get(pk=case.pk)
    sheet = dispute_values(CasePaper(case=case.case_ptr, kind="arb.closing"))["result"]
    assert len(sheet) == 2
    assert sheet[-1].startswith(f"2023年12月25日补正{paper.removesuffix('书')}")
    assert sheet[-1].endswith("“刘怡海”补正为“刘怡梅”")


def test_a_void_decision_is_not_corrected(
    accepted: Dispute, clerk: User, arbitrator: User, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-12-25T09:00:00+08:00")
    moves.move(accepted, "withdraw", by=arbitration_head, data={"outcome": "withdrawn"})
    make.issued(accepted, "撤回仲裁申请决定书", clerk)
    void_paper(accepted.papers.get(kind="arb.withdrawal").paper, by=clerk, reason="写错")
    assert "rectify" not in codes(accepted, arbitrator)
