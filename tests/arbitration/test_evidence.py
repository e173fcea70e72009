"""Evidence that either side hands in during the trial, and how an award lists it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import HandedInForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper, CaseParty
from hrss_portal.documents.papers import preview
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def accepted(
    county: County,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Callable[..., Any],
) -> Dispute:
    """An accepted dispute with one piece of evidence of the applicant."""
    acting(clerk)
    data = {"claims": [{"text": "支付工资"}], "evidence": [{"name": "劳动合同", "source": ""}]}
    case = make.dispute(county, clerk, date(2023, 11, 16), data=data)
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=clerk, data=proposal)
    acting(arbitration_head)
    due = {"evidence_due_on": date(2023, 11, 15)}
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, **due}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    return Dispute.objects.get(pk=case.pk)


def handed_in(case: Dispute, user: User, **given: str) -> HandedInForm:
    """The form as a clerk fills it: wage records of the respondent."""
    rows = {"evidence-TOTAL_FORMS": "1", "evidence-INITIAL_FORMS": "0"}
    row = {"evidence-0-name": "工资发放表", "evidence-0-source": "单位财务"}
    plain = {"on": "2023-11-16", "side": "respondent"}
    return HandedInForm({**plain, **rows, **row, **given}, case=case, user=user)


def test_the_award_lists_what_either_side_handed_in(accepted: Dispute, clerk: User) -> None:
    form = handed_in(accepted, clerk, note="在外地，邮寄迟到")
    assert form.is_valid(), form.errors
    moves.move(accepted, "add_evidence", by=clerk, data=form.move_data())
    paper = CasePaper(case=accepted.case_ptr, kind="arb.award", called_on=date(2023, 11, 16))
    values = {**dispute_values(paper), "result": ["支付工资。"]}
    said = str(preview("arb.award", values, unit=accepted.unit))
    assert "1．劳动合同（申请人提交）。" in said
    assert "2．工资发放表（被申请人提交，来源：单位财务）。" in said


def test_what_comes_after_the_time_for_evidence_comes_with_its_reason(
    accepted: Dispute, clerk: User
) -> None:
    late = handed_in(accepted, clerk)
    assert not late.is_valid()
    assert late.errors["note"] == ["举证期限已于 2023-11-15 届满，写明逾期提交的理由"]
    assert handed_in(accepted, clerk, on="2023-11-15").is_valid()


def test_a_third_persons_evidence_is_told_apart(accepted: Dispute, clerk: User) -> None:
    alone = handed_in(accepted, clerk, on="2023-11-15", side="third")
    assert not alone.is_valid()
    assert alone.errors["side"] == ["本案没有第三人，核对提交人"]
    CaseParty.objects.create(case=accepted.case_ptr, role="third", name="某某劳务有限公司")
    form = handed_in(accepted, clerk, on="2023-11-15", side="third")
    assert form.is_valid(), form.errors
    moves.move(accepted, "add_evidence", by=clerk, data=form.move_data())
    assert [row.get_side_display() for row in accepted.evidence.all()] == ["申请人", "第三人"]
    paper = CasePaper(case=accepted.case_ptr, kind="arb.award", called_on=date(2023, 11, 16))
    values = {**dispute_values(paper), "result": ["支付工资。"]}
    said = str(preview("arb.award", values, unit=accepted.unit))
    assert "2．工资发放表（第三人提交，来源：单位财务）。" in said
