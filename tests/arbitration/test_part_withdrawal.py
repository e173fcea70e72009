"""部分申请人撤回: some of several applicants leave, the case goes on for the others."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import PartWithdrawalForm
from arbitration.models import Dispute
from arbitration.workflows import groups
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper, Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.requests import open_request
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.anatomy import tasks
from hrss_portal.documents.papers import preview
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deciding import CLAIMS, accept

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def three(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Callable[..., Any],
) -> Dispute:
    """A dispute of three workers over two items of 21,000 yuan in all, accepted."""
    acting("test")
    case = make.dispute(
        county, clerk, date(2023, 11, 1), workers=3, amount=Decimal(21000), data={"claims": CLAIMS}
    )
    return accept(case, county, clerk, arbitration_head, arbitrator)


def applicants(case: Dispute) -> list[Any]:
    """Those who still apply, in order."""
    return list(case.parties.filter(role="applicant", left_on=None).order_by("seq"))


def test_who_withdraws_leaves_and_the_case_goes_on_for_the_others(
    three: Dispute, clerk: User, arbitrator: User
) -> None:
    asked = {"asked_in": "written", "note": "张某撤回"}
    moves.move(three, "ask_withdrawal", by=clerk, data=asked)
    gone, *stay = applicants(three)
    own = three.claims.order_by("seq")[0]
    term = Clock.objects.get(case=three.pk, term="arb.award")
    data = {"who": [gone], "claims": [own]}
    moves.move(three, "withdraw_some", by=arbitrator, data=data, note="自愿撤回")
    case = Dispute.objects.get(pk=three.pk)
    assert (case.state, case.closed_on, case.outcome) == ("accepted", None, "")
    assert applicants(case) == stay
    assert case.parties.get(pk=gone.pk).left_on == date(2023, 11, 16)
    assert case.amount == Decimal(21000) - own.amount
    assert case.claims.count() == len(CLAIMS) - 1
    assert open_request(case, "withdraw") is None
    again = Clock.objects.get(pk=term.pk)
    assert (again.state, again.due_on) == ("running", term.due_on)
    event = case.events.get(move="withdraw_some")
    assert [row["text"] for row in event.data["who"]] == [gone.name]
    paper = case.papers.get(kind="arb.part_withdrawal")
    values = dispute_values(paper)
    assert values["left_applicants"] == gone.name
    assert own.text in values["left_claims"]
    assert [row["name"] for row in values["applicants"]] == [row.name for row in stay]
    assert paper.state == CasePaper.State.WAITING


def test_all_or_nobody_of_them_is_no_part(three: Dispute, arbitrator: User, county: County) -> None:
    everybody = applicants(three)
    firm = three.parties.get(role="respondent")
    for who, words in (
        (everybody, "全部申请人都撤回的，办“决定撤回申请”"),
        ([], "选择撤回申请的申请人"),
        ([firm], "选择撤回申请的申请人"),
    ):
        with pytest.raises(MoveRefused, match=words):
            moves.move(three, "withdraw_some", by=arbitrator, data={"who": who})
    both = list(three.claims.all())
    with pytest.raises(MoveRefused, match="不能全部撤回"):
        moves.move(
            three, "withdraw_some", by=arbitrator, data={"who": everybody[:1], "claims": both}
        )


def test_the_last_applicant_withdraws_the_case_and_the_step_is_gone(
    three: Dispute, arbitrator: User
) -> None:
    moves.move(three, "withdraw_some", by=arbitrator, data={"who": applicants(three)[:2]})
    case = Dispute.objects.get(pk=three.pk)
    assert "withdraw_some" not in {move.code for move in moves.available(case, arbitrator)}
    moves.move(case, "withdraw", by=arbitrator, data={"outcome": "withdrawn"})
    assert Dispute.objects.get(pk=case.pk).state == "withdrawn"


def test_the_form_offers_who_still_applies_and_what_is_not_decided(
    three: Dispute, arbitrator: User
) -> None:
    gone = applicants(three)[0]
    moves.move(three, "withdraw_some", by=arbitrator, data={"who": [gone]})
    form: Any = PartWithdrawalForm(case=Dispute.objects.get(pk=three.pk), user=arbitrator)
    assert list(form.fields["who"].queryset) == applicants(three)
    assert form.fields["claims"].queryset.count() == len(CLAIMS)


def test_a_group_that_is_too_small_now_is_told_what_to_do(
    three: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    Dispute._base_manager.filter(pk=three.pk).update(people=10, procedure="collective")
    three.parties.filter(role="applicant").update(is_representative=True)
    case = Dispute.objects.get(pk=three.pk)
    data = {"who": applicants(case)[:1]}
    moves.move(case, "withdraw_some", by=arbitrator, data=data, note="内部说明")
    case = Dispute.objects.get(pk=case.pk)
    assert case.people == 9
    line = next(one for one in tasks(case, workflow_of(case), set()) if one.label == "人数和代表人")
    assert line.state == "blocked"
    assert "涉及人数 9 人" in line.missing
    assert "更正人数并变更程序" in line.missing
    assert "现在勾选了 2 名" in line.missing
    assert arbitration_head.notices.filter(body=line.missing).exists()
    assert workflow_of(case).move("renumber").leads(case)
    paper = case.papers.get(kind="arb.part_withdrawal")
    text = str(preview(paper.kind, dispute_values(paper), unit=case.unit, on=paper.called_on))
    assert "内部说明" not in text
    assert "独任仲裁员" in text
    moves.move(case, "renumber", by=arbitration_head, data={"people": 9}, note="有人撤回")
    case.parties.update(is_representative=False)
    assert groups.fits(Dispute.objects.get(pk=case.pk))
