"""Who came to a hearing is told side by side; who came is not deemed to withdraw."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from arbitration.documents.values import dispute_values
from arbitration.forms import EndHearingForm, HearForm
from arbitration.models import Dispute, Hearing
from arbitration.workflows.attendance import attendance_of, decided_on
from arbitration.workflows.safeguards import hearing_was_announced
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.moves import MoveRefused, PartyIn
from hrss_portal.documents.papers import preview
from tests.arbitration.test_mending import page, send, told
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import EmployerFactory

GONE = {"outcome": "deemed_withdrawn", "attended": "申请人拒不到庭"}
STAYED, LEFT = "无正当理由拒不到庭", "未经仲裁庭同意中途退庭"


@pytest.fixture
def scheduled(
    accepted: Dispute, county: County, clerk: User, arbitration_head: User, today: Any
) -> Dispute:
    """The hearing of 20 November was announced in time; it is that evening."""
    moves.move(accepted, "send", by=clerk, data={"deliveries": []})
    make.served(accepted, clerk, "申请书副本", roles=("respondent",))
    moves.move(accepted, "served", by=arbitration_head)
    start = datetime.fromisoformat("2023-11-20T09:00+08:00")
    when = {"starts_at": start, "ends_at": start + timedelta(hours=2), "hearing_on": start.date()}
    given = {"room": make.room(county), **when}
    moves.move(accepted, "schedule", by=arbitration_head, data=given)
    make.served(accepted, clerk, "开庭通知书")
    today.move_to("2023-11-20T17:00:00+08:00")
    return Dispute.objects.get(pk=accepted.pk)


def hear(case: Dispute, by: User, applicant: str, respondent: str = "present") -> Hearing:
    """The hearing registered through its form."""
    given = {"on": "2023-11-20", "hearing": str(case.hearings.get().pk), "attended": "李某"}
    sides = {"applicant_came": applicant, "respondent_came": respondent}
    form = HearForm({**given, **sides}, case=case, user=by)
    assert form.is_valid(), form.errors
    moves.move(case, "hear", by=by, data=form.move_data())
    return case.hearings.get()


def end(case: Dispute, by: User, *gone: str) -> None:
    """The hearing ends; these sides had left."""
    form = EndHearingForm({"on": "2023-11-20", "left_early": list(gone)}, case=case, user=by)
    assert form.is_valid(), form.errors
    moves.move(case, "end_hearing", by=by, data=form.move_data())


def decision(case: Dispute) -> str:
    """How the paper of the withdrawal says that the applicant stayed away."""
    moved = Dispute.objects.get(pk=case.pk)
    return str(dispute_values(moved.papers.get(kind="arb.withdrawal"))["stayed_away"])


def test_the_form_asks_each_side_that_there_is(scheduled: Dispute, arbitrator: User) -> None:
    form = HearForm({}, case=scheduled, user=arbitrator)
    assert {"applicant_came", "respondent_came"} <= set(form.errors)
    assert "third_came" not in form.fields
    assert "attended" not in form.errors


def test_the_record_says_when_it_ended_and_what_was_checked(
    scheduled: Dispute, arbitrator: User
) -> None:
    paper = CasePaper(case=scheduled.case_ptr, kind="arb.record", called_on=date(2023, 11, 20))
    assert "仲裁员着装" in str(preview("arb.record", dispute_values(paper), unit=paper.case.unit))
    checked = {"uniform_worn": True, "ids_checked": True}
    hearing = scheduled.hearings.get()
    moves.move(scheduled, "hear", by=arbitrator, data={"hearing": hearing, **checked})
    case = Dispute.objects.get(pk=scheduled.pk)
    early = EndHearingForm({"on": "2023-11-20", "ended_at": "0900"}, case=case, user=arbitrator)
    assert list(early.errors) == ["ended_at"]
    form = EndHearingForm({"on": "2023-11-20", "ended_at": "1130"}, case=case, user=arbitrator)
    assert form.is_valid(), form.errors
    moves.move(case, "end_hearing", by=arbitrator, data=form.move_data())
    paper = CasePaper(case=case.case_ptr, kind="arb.record", called_on=date(2023, 11, 20))
    text = str(preview("arb.record", dispute_values(paper), unit=paper.case.unit))
    assert "结束时间：2023年11月20日11时30分" in text
    assert "仲裁员着装：符合规定" in text
    assert "到庭人员证件、委托手续：已核对" in text


def test_a_hearing_entered_later_has_its_own_day(
    scheduled: Dispute, arbitrator: User, today: Any
) -> None:
    today.move_to("2023-12-04T09:00:00+08:00")
    sides = {"applicant_came": "present", "respondent_came": "present"}
    given = {"on": "2023-12-04", "hearing": str(scheduled.hearings.get().pk)}
    form = HearForm({**given, **sides}, case=scheduled, user=arbitrator)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["on"] == date(2023, 11, 20)


def test_who_came_is_not_deemed_to_withdraw(scheduled: Dispute, arbitrator: User) -> None:
    hearing = hear(scheduled, arbitrator, "present")
    assert hearing.attended == "申请人到庭，被申请人到庭；李某"
    with pytest.raises(MoveRefused, match="2023-11-20 开庭登记申请人到庭，不能按撤回处理"):
        moves.move(scheduled, "withdraw", by=arbitrator, data=GONE, note="拒不到庭")


@pytest.mark.parametrize(("came", "words"), [("absent", STAYED), ("left", LEFT)])
def test_who_stayed_away_or_left_is_deemed_to_withdraw(
    scheduled: Dispute, arbitrator: User, came: str, words: str
) -> None:
    hear(scheduled, arbitrator, came)
    said = {"outcome": "deemed_withdrawn"}
    moved = moves.move(scheduled, "withdraw", by=arbitrator, data=said, note="拒不到庭")
    assert moved.to_state == "withdrawn"
    assert decision(scheduled) == words


@pytest.mark.parametrize(
    ("outcome", "reason"), [("deemed_withdrawn", STAYED), ("withdrawn", "和解")]
)
def test_the_decision_names_who_decided_and_its_reason_once(
    scheduled: Dispute, arbitrator: User, outcome: str, reason: str
) -> None:
    hear(scheduled, arbitrator, "absent")
    moves.move(scheduled, "withdraw", by=arbitrator, data={"outcome": outcome}, note=reason)
    paper = Dispute.objects.get(pk=scheduled.pk).papers.get(kind="arb.withdrawal")
    text = str(preview(paper.kind, dispute_values(paper), unit=paper.case.unit, on=paper.called_on))
    assert text.count(reason) == 1
    assert "独任仲裁员" in text
    assert "仲裁员甲" in text


def test_who_left_before_the_end_is_told_there(scheduled: Dispute, arbitrator: User) -> None:
    hear(scheduled, arbitrator, "present")
    end(scheduled, arbitrator, "applicant")
    assert scheduled.hearings.get().attended.endswith("；申请人中途退庭")
    said = {"outcome": "deemed_withdrawn"}
    moves.move(scheduled, "withdraw", by=arbitrator, data=said, note="中途退庭")
    assert decision(scheduled) == LEFT


@pytest.mark.parametrize(
    ("applicant", "respondent", "words"),
    [
        ("present", "present", "申请人、被申请人到庭参加庭审。"),
        (
            *("present", "absent"),
            f"申请人到庭参加庭审；被申请人收到开庭的书面通知，{STAYED}，本委依法缺席裁决。",
        ),
    ],
)
def test_an_award_says_who_came_and_that_it_is_made_in_absence(
    scheduled: Dispute, arbitrator: User, applicant: str, respondent: str, words: str
) -> None:
    hear(scheduled, arbitrator, applicant, respondent)
    paper = CasePaper(case=scheduled.case_ptr, kind="arb.award", called_on=date(2023, 11, 20))
    assert dispute_values(paper)["came"] == words


def test_an_applicant_who_stayed_is_not_held_to_account_for_another(
    scheduled: Dispute, arbitrator: User
) -> None:
    hear(scheduled, arbitrator, "present")
    end(scheduled, arbitrator, "respondent")
    with pytest.raises(MoveRefused, match="申请人到庭，不能按撤回处理"):
        moves.move(scheduled, "withdraw", by=arbitrator, data=GONE, note="中途退庭")


def test_where_the_sides_were_not_told_apart_the_free_text_stands(
    scheduled: Dispute, arbitrator: User
) -> None:
    told = {"hearing": scheduled.hearings.get(), "attended": "申请人未到，被申请人到庭"}
    moves.move(scheduled, "hear", by=arbitrator, data=told)
    assert scheduled.hearings.get().attended == "申请人未到，被申请人到庭"
    said = {"outcome": "deemed_withdrawn"}
    moves.move(scheduled, "withdraw", by=arbitrator, data=said, note="拒不到庭")
    assert decision(scheduled) == f"{STAYED}或者{LEFT}"


@pytest.mark.parametrize(("joined", "is_held"), [("2023-11-27", True), ("2023-11-17", False)])
def test_a_hearing_is_held_against_those_who_were_parties_then(
    scheduled: Dispute, arbitrator: User, today: Any, joined: str, is_held: bool
) -> None:
    today.move_to("2023-11-28T09:00:00+08:00")
    firm = EmployerFactory(unit=scheduled.unit, name="霍邱县第三人示例公司")
    third = PartyIn(role="third", name=firm.name, employer=firm, address="某路")
    data = {"role": "third", "party": third, "party_name": firm.name}
    on = date.fromisoformat(joined)
    moves.move(scheduled, "add_party", by=None, on=on, data=data)
    case = Dispute.objects.get(pk=scheduled.pk)
    told = list(hearing_was_announced(case, {"hearing": case.hearings.get()}))
    assert ([text for text in told if firm.name in text] == []) is is_held


def corrected(case: Dispute, by: User, **came: str) -> str:
    """The attendance put right on its page as it is asked for; what the page says follows."""
    browser = Client()
    browser.force_login(by)
    fresh = Dispute.objects.get(pk=case.pk)
    address = page(fresh, "attendance", case.hearings.get())
    first, stored = send(browser, address, fresh, **came)
    assert stored.status_code == 302
    return str(first.content.decode())


def test_attendance_told_wrongly_is_put_right_and_shown(
    scheduled: Dispute, arbitrator: User
) -> None:
    hear(scheduled, arbitrator, "absent")
    shown = corrected(scheduled, arbitrator, applicant_came="present", attended="李某晚到")
    assert "未到庭 → 到庭" in shown
    assert "不随更正改变" not in shown
    assert scheduled.hearings.get().attended == "申请人到庭，被申请人到庭；李某晚到"
    values = told(scheduled, "correct").data["values"]
    assert values == {"申请人到庭情况": ["未到庭", "到庭"], "到庭情况说明": ["李某", "李某晚到"]}
    with pytest.raises(MoveRefused, match="申请人到庭，不能按撤回处理"):
        moves.move(scheduled, "withdraw", by=arbitrator, data=GONE, note="拒不到庭")


def test_who_was_said_to_have_left_was_there_to_the_end(
    scheduled: Dispute, arbitrator: User
) -> None:
    hear(scheduled, arbitrator, "present")
    end(scheduled, arbitrator, "applicant", "respondent")
    corrected(scheduled, arbitrator, applicant_came="present")
    hearing = scheduled.hearings.get()
    came = [attendance_of(scheduled, hearing, side) for side in ("applicant", "respondent")]
    assert came == ["present", "left"]
    assert hearing.attended == "申请人到庭，被申请人中途退庭；李某"


def test_a_decision_that_rests_on_it_stands_and_is_named(
    scheduled: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    hear(scheduled, arbitrator, "absent")
    said = {"outcome": "deemed_withdrawn"}
    moves.move(scheduled, "withdraw", by=arbitrator, data=said, note="拒不到庭")
    case = Dispute.objects.get(pk=scheduled.pk)
    waits = "按撤回处理的决定（撤回仲裁申请决定书，还没有制发）是按"
    assert waits in "".join(decided_on(case, case.hearings.get(), ["applicant"]))
    paper = papers.issue(case.papers.get(kind="arb.withdrawal"), by=arbitration_head).paper
    assert paper is not None
    named = f"（撤回仲裁申请决定书 {paper.number}，2023-11-20 制发）"
    words = f"2023-11-20 按撤回处理的决定{named}是按原来登记的到庭情况作出的"
    assert words in corrected(scheduled, arbitrator, applicant_came="present")
    case = Dispute.objects.get(pk=scheduled.pk)
    assert (case.state, case.outcome) == ("withdrawn", "deemed_withdrawn")
    assert words in make.page_of(case, arbitrator)


@pytest.mark.parametrize(
    ("outcome", "side", "words"),
    [
        ("award", "respondent", "2023-12-01 裁决是按"),
        ("award", "applicant", ""),
        ("deemed_withdrawn", "respondent", ""),
        ("mediated", "respondent", ""),
    ],
)
def test_an_award_rests_on_the_other_side_a_deemed_withdrawal_on_the_applicant(
    scheduled: Dispute, outcome: str, side: str, words: str
) -> None:
    scheduled.outcome, scheduled.closed_on = outcome, date(2023, 12, 1)
    found = "".join(decided_on(scheduled, scheduled.hearings.get(), [side]))
    assert found[: len(words)] == words
    assert bool(found) is bool(words)


def award(case: Dispute, by: User, code: str = "award") -> CasePaper:
    """An award on the wages alone, or on the whole, that waits to be issued."""
    claims = [{"seq": 1, "awarded": Decimal("9000"), "is_final": True, "kind": "money"}]
    texts = {"result": "支付工资9000元。", "reasons": "欠条属实。", "signer": by}
    whole = {"outcome": "final_award", "finality": "final", "awarded": Decimal("9000")}
    given = {**texts, "claims": claims, **({"is_final": True} if code == "part_award" else whole)}
    moves.move(Dispute.objects.get(pk=case.pk), code, by=by, data=given)
    return case.papers.get(kind="arb.award_final" if code == "award" else "arb.part_award")


@pytest.mark.parametrize(("code", "name"), [("award", "裁决"), ("part_award", "先行裁决")])
def test_an_award_that_waits_to_be_issued_tells_who_really_came_and_the_page_says_so(
    scheduled: Dispute, arbitrator: User, arbitration_head: User, code: str, name: str
) -> None:
    hear(scheduled, arbitrator, "present", "absent")
    end(scheduled, arbitrator)
    waiting = award(scheduled, arbitration_head, code)
    assert "缺席裁决" in dispute_values(waiting)["came"]
    words = f"2023-11-20 {name}（{waiting.label}，还没有制发）制发时按更正后的到庭情况写"
    shown = corrected(scheduled, arbitrator, respondent_came="present")
    assert words in shown
    assert "不随更正改变" not in shown
    assert dispute_values(waiting)["came"] == "申请人、被申请人到庭参加庭审。"
    assert words in make.page_of(scheduled, arbitrator)
    paper = papers.issue(CasePaper.objects.get(pk=waiting.pk), by=arbitration_head).paper
    assert paper is not None
    again = corrected(scheduled, arbitrator, respondent_came="left")
    stands = f"{name}（{waiting.label} {paper.number}，2023-11-20 制发）是按原来登记的到庭情况"
    assert stands in again
