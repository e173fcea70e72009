"""The handler asks the director to suspend or to extend; the director decides or sends it back."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from arbitration.documents.values import dispute_values
from arbitration.forms import ExtensionForm, SuspendForm, WithdrawalForm
from arbitration.forms.requests import ReturnForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, moves
from hrss_portal.casework.correct_days import DayForm
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.requests import asked_by, decisions_asked, open_request
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.desk import badges
from hrss_portal.documents.papers import preview
from tests.arbitration.test_mending import page, send, told
from tests.arbitration.test_paper_words import printed
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}


@pytest.fixture
def accepted(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    director: User,
    acting: Acting,
) -> Dispute:
    """A dispute accepted on 16 November 2023, handled by an arbitrator."""
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 15))
    moves.move(case, "propose", by=clerk, data=PROPOSAL)
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    return Dispute.objects.get(pk=case.pk)


def ask(case: Dispute, code: str, by: User, data: dict[str, str]) -> None:
    """The request through its form, with the note that the page would send."""
    form = (
        workflow_of(case)
        .move(code)
        .form_class()(  # type: ignore[misc]
            {"on": "2023-11-16", **data}, case=case, user=by
        )
    )
    assert form.is_valid(), form.errors
    moves.move(case, code, by=by, data=form.move_data(), note=form.cleaned_data["note"])


def labels(case: Dispute) -> list[str]:
    """The kinds of paper about a suspension or an extension that were called for."""
    kinds = case.papers.filter(kind__regex="suspension|extension").order_by("pk")
    return list(kinds.values_list("kind", flat=True))


def ask_for_both(case: Dispute, by: User) -> Dispute:
    """A suspension and an extension wait for the director."""
    ask(case, "ask_suspension", by, {"suspend_cause": "other_case", "note": "等待工伤认定"})
    ask(case, "ask_extension", by, {"days": "10", "reason": "证据众多", "note": "请批准"})
    return Dispute.objects.get(pk=case.pk)


def test_of_two_requests_only_the_named_one_is_sent_back(
    accepted: Dispute, arbitrator: User, director: User
) -> None:
    case = ask_for_both(accepted, arbitrator)
    with pytest.raises(MoveRefused, match="写明退回哪一项"):
        moves.move(case, "return_request", by=director, note="理由不足")
    filled = {"on": "2023-11-16", "note": "延期理由不足"}
    form = ReturnForm(filled, case=case, user=director)
    assert not form.is_valid()
    form = ReturnForm({**filled, "answers": "ask_extension"}, case=case, user=director)
    assert form.is_valid(), form.errors
    moves.move(case, "return_request", by=director, data=form.move_data(), note="延期理由不足")
    case = Dispute.objects.get(pk=case.pk)
    assert badges.todo(director).filter(pk=case.pk).exists()
    suspend, extend = (workflow_of(case).move(code) for code in ("suspend", "extend"))
    assert decisions_asked(case, [suspend, extend]) == {"suspend"}
    asked = open_request(case, "suspend")
    assert asked
    assert asked.note == "等待工伤认定"
    assert open_request(case, "extend") is None
    sheets = {row.kind: row for row in case.papers.filter(kind__endswith="approval")}
    told = {kind: dispute_values(row)["decided_words"] for kind, row in sheets.items()}
    assert told["arb.suspension_approval"] == ""
    assert told["arb.extension_approval"] == "不同意。延期理由不足"
    assert [
        sheets[kind].label for kind in ("arb.suspension_approval", "arb.extension_approval")
    ] == [
        "中止审理审批表",
        "延期审理审批表（不同意）",
    ]
    with pytest.raises(MoveRefused, match="已经答复"):
        moves.move(case, "return_request", by=director, data=form.move_data())
    form = ReturnForm(filled, case=case, user=director)
    assert form.is_valid(), form.errors
    assert form.move_data()["answers"] == "ask_suspension"
    moves.move(case, "return_request", by=director, data=form.move_data(), note="另案已结")
    assert not badges.todo(director).filter(pk=case.pk).exists()


def test_who_decides_without_an_open_request_signs_his_own_opinion(
    accepted: Dispute, arbitrator: User, director: User
) -> None:
    ask(
        accepted,
        "ask_extension",
        arbitrator,
        {"days": "10", "reason": "证据众多", "note": "请批准"},
    )
    moves.move(accepted, "return_request", by=director, note="理由不足，先办")
    case = Dispute.objects.get(pk=accepted.pk)
    own = {"days": 5, "reason": "鉴定未结"}
    moves.move(case, "extend", by=director, data=own, note="确有必要")
    first, second = case.papers.filter(kind="arb.extension_approval").order_by("pk")
    told = dispute_values(second)
    assert (told["requested_by"], told["decided_words"]) == ("", "同意延长5日。确有必要")
    assert (told["ext_days"], told["decided_by"]) == (5, director.name)
    assert dispute_values(first)["decided_words"] == "不同意。理由不足，先办"
    words = printed(case, "arb.extension_approval", **told)
    assert "没有报请，由批准人直接决定" in words
    assert words.count("确有必要") == 1


def test_a_suspension_is_asked_for_granted_and_its_sheet_comes_first(
    accepted: Dispute, arbitrator: User, director: User, today: Any
) -> None:
    assert not badges.todo(director).filter(pk=accepted.pk).exists()
    given = {"suspend_cause": "other_case", "note": "等待工伤认定"}
    ask(accepted, "ask_suspension", arbitrator, given)
    assert badges.todo(director).filter(pk=accepted.pk).exists()
    case = Dispute.objects.get(pk=accepted.pk)
    assert (case.state, labels(case)) == ("accepted", ["arb.suspension_approval"])
    sheet = dispute_values(case.papers.get(kind="arb.suspension_approval"))
    assert (
        sheet["suspend_cause"]
        == dict(SuspendForm.base_fields["suspend_cause"].choices)["other_case"]
    )
    with pytest.raises(MoveRefused, match="已报请中止审理"):
        moves.move(case, "ask_suspension", by=arbitrator, data={"suspend_cause": "other_case"})
    form = SuspendForm(case=case, user=director)
    assert (form["suspend_cause"].value(), form["note"].value()) == ("other_case", "等待工伤认定")
    assert sheet["suspended_on"] is None
    today.move_to("2023-11-17T09:00:00+08:00")
    moves.move(case, "suspend", by=director, data={"suspend_cause": "other_case"})
    assert labels(case) == ["arb.suspension_approval", "arb.suspension"]
    sheet = dispute_values(case.papers.get(kind="arb.suspension_approval"))
    assert sheet["suspended_on"] == date(2023, 11, 17)
    words = printed(case, "arb.suspension_approval", **sheet)
    assert re.search(r"中止日期(?:(?!承办人).)*2023年11月17日", words)
    assert open_request(Dispute.objects.get(pk=case.pk), "suspend") is None
    assert not badges.todo(director).filter(pk=case.pk).exists()


def test_an_extension_is_asked_for_and_sent_back(
    accepted: Dispute, arbitrator: User, director: User
) -> None:
    ask(accepted, "ask_extension", arbitrator, {"days": "12", "reason": "证据众多"})
    form = ExtensionForm(case=accepted, user=director)
    assert (form["days"].value(), form["reason"].value()) == (12, "证据众多")
    early = {"on": "2023-11-15", "days": "12", "reason": "证据众多"}
    early_form = ExtensionForm(early, case=accepted, user=director)
    assert early_form.errors["on"] == ["不能早于报请延期审理的日期 2023-11-16"]
    assert dispute_values(accepted.papers.get(kind="arb.extension_approval"))["ext_days"] == 12
    assert "return_request" in {move.code for move in moves.available(accepted, director)}
    sheet = accepted.papers.get(kind="arb.extension_approval")
    assert dispute_values(sheet)["decided_words"] == ""
    moves.move(accepted, "return_request", by=director, note="案情并不复杂")
    told = dispute_values(sheet)
    assert (told["requested_words"], told["decided_words"]) == (
        "报请延期审理。",
        "不同意。案情并不复杂",
    )
    assert (told["decided_by"], told["decided_on"]) == (director.name, date(2023, 11, 16))
    case = Dispute.objects.get(pk=accepted.pk)
    assert Clock.objects.get(case=case.pk, term="arb.award").extension is None
    assert not badges.todo(director).filter(pk=case.pk).exists()
    assert "return_request" not in {move.code for move in moves.available(case, director)}
    assert ExtensionForm(case=case, user=director)["days"].value() == 15
    with pytest.raises(MoveRefused, match="没有等待批准的报请"):
        moves.move(case, "return_request", by=director)
    ask(case, "ask_extension", arbitrator, {"days": "12", "reason": "补充鉴定"})
    moves.move(case, "extend", by=director, data={"days": 12, "reason": "补充鉴定"})
    sheets = case.papers.filter(kind="arb.extension_approval").order_by("pk")
    named = ["延期审理审批表（不同意）", "延期审理审批表（同意）"]
    assert list(sheets.values_list("label", flat=True)) == named


def test_without_a_request_the_director_acts_and_the_sheet_comes_with_it(
    accepted: Dispute, director: User
) -> None:
    moves.move(accepted, "extend", by=director, data={"days": 10, "reason": "案情复杂"})
    assert sorted(labels(accepted)) == ["arb.extension", "arb.extension_approval"]


def test_the_days_of_an_extension_are_those_of_its_rule(
    accepted: Dispute, arbitrator: User, director: User
) -> None:
    LegalRule.objects.filter(code="ARB-14").update(ext_length=12)
    asked = {"on": "2023-11-16", "days": "13", "reason": "证据众多"}
    for code, user in (("ask_extension", arbitrator), ("extend", director)):
        kind: Any = workflow_of(accepted).move(code).form_class()
        assert kind(case=accepted, user=user)["days"].value() == 12
        assert "1 至 12 之间" in str(kind(asked, case=accepted, user=user).errors["days"])


def test_who_asked_does_not_approve(accepted: Dispute, arbitration_head: User) -> None:
    ask(accepted, "ask_extension", arbitration_head, {"days": "5", "reason": "证据众多"})
    extend, suspend = (workflow_of(accepted).move(code) for code in ("extend", "suspend"))
    assert asked_by(accepted, extend, arbitration_head)
    assert not asked_by(accepted, suspend, arbitration_head)


def test_the_clerk_registers_a_withdrawal_and_the_arbitrator_decides_on_it(
    accepted: Dispute, arbitrator: User, clerk: User, county: County
) -> None:
    with pytest.raises(PermissionDenied):
        moves.move(accepted, "withdraw", by=clerk, data={"outcome": "withdrawn"})
    ask(accepted, "ask_withdrawal", clerk, {"asked_in": "written", "note": "双方已经和解"})
    case = Dispute.objects.get(pk=accepted.pk)
    assert (case.state, case.closed_on, case.outcome) == ("accepted", None, "")
    assert not case.papers.filter(kind="arb.withdrawal").exists()
    assert badges.todo(arbitrator).filter(pk=case.pk).exists()
    assert {"withdraw", "refuse_withdrawal"}.isdisjoint(
        move.code for move in moves.available(case, clerk)
    )
    with pytest.raises(MoveRefused, match="已登记撤回申请，等待决定"):
        moves.move(case, "ask_withdrawal", by=clerk, data={"asked_in": "written"})
    form = WithdrawalForm(case=case, user=arbitrator)
    assert "申请人申请撤回：双方已经和解" in form.fields["outcome"].help_text
    early = {"on": "2023-11-15", "outcome": "withdrawn", "note": "和解"}
    early_form = WithdrawalForm(early, case=case, user=arbitrator)
    assert early_form.errors["on"] == ["不能早于登记撤回申请的日期 2023-11-16"]
    moves.move(case, "withdraw", by=arbitrator, data={"outcome": "withdrawn"}, note="自愿撤回")
    case = Dispute.objects.get(pk=case.pk)
    assert (case.state, case.outcome) == ("withdrawn", "withdrawn")
    assert case.papers.filter(kind="arb.withdrawal").exists()


def test_a_withdrawal_that_is_not_granted_leaves_the_case_as_it_was(
    accepted: Dispute, arbitrator: User, clerk: User
) -> None:
    with pytest.raises(MoveRefused, match="没有等待决定的撤回申请"):
        moves.move(accepted, "refuse_withdrawal", by=arbitrator, note="没有申请")
    ask(accepted, "ask_withdrawal", clerk, {"asked_in": "spoken", "note": "另找工作"})
    moves.move(accepted, "refuse_withdrawal", by=arbitrator, note="申请人又收回")
    case = Dispute.objects.get(pk=accepted.pk)
    assert (case.state, open_request(case, "withdraw")) == ("accepted", None)
    assert Clock.objects.get(case=case.pk, term="arb.award").state == "running"


def test_sheets_and_notices_tell_the_term_as_it_stood(
    accepted: Dispute, arbitrator: User, director: User, today: Any
) -> None:
    ask(accepted, "ask_extension", arbitrator, {"days": "15", "reason": "案情复杂，需要调查取证"})
    before = Clock._base_manager.get(case=accepted.pk, term="arb.award").due_on
    today.move_to("2023-11-20T09:00:00+08:00")
    case = Dispute.objects.get(pk=accepted.pk)
    moves.move(case, "extend", by=director, data={"days": 15, "reason": "案情复杂"})
    extended = Clock._base_manager.get(case=accepted.pk, term="arb.award").due_on
    today.move_to("2023-11-21T09:00:00+08:00")
    cause = {"suspend_cause": "other_case"}
    moves.move(Dispute.objects.get(pk=case.pk), "suspend", by=director, data=cause, note="待鉴定")
    today.move_to("2023-12-01T09:00:00+08:00")
    moves.move(Dispute.objects.get(pk=case.pk), "resume", by=None)
    resumed = Clock._base_manager.get(case=accepted.pk, term="arb.award").due_on
    assert before
    assert extended
    assert resumed
    assert before < extended < resumed
    case = Dispute.objects.get(pk=case.pk)
    shown = {
        kind: dispute_values(case.papers.get(kind=kind))["award_due_on"]
        for kind in ("arb.extension_approval", "arb.extension", "arb.resumption")
    }
    assert list(shown.values()) == [before, extended, resumed]
    sheet = dispute_values(case.papers.get(kind="arb.extension_approval"))
    assert (sheet["requested_by"], sheet["decided_by"]) == (arbitrator.name, director.name)
    assert sheet["decided_words"] == "同意延长15日。"
    assert (sheet["requested_on"], sheet["decided_on"]) == (date(2023, 11, 16), date(2023, 11, 20))
    own = dispute_values(case.papers.get(kind="arb.suspension_approval"))
    assert (own["requested_by"], own["decided_by"]) == ("", director.name)
    assert own["award_due_on"] == extended


def test_a_sheet_tells_the_days_as_they_were_corrected(
    accepted: Dispute, arbitrator: User, director: User, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-17T09:00:00+08:00")
    asked = {"days": 15, "reason": "案情复杂", "note": "请批准"}
    moves.move(accepted, "ask_extension", by=arbitrator, data=asked)
    today.move_to("2023-11-21T09:00:00+08:00")
    case = Dispute.objects.get(pk=accepted.pk)
    moves.move(case, "extend", by=director, data={"days": 15, "reason": "案情复杂"})
    sheet = case.papers.get(kind="arb.extension_approval")
    for code, day, by in (
        ("ask_extension", "2023-11-16", arbitrator),
        ("extend", "2023-11-20", arbitration_head),
    ):
        case = Dispute._base_manager.get(pk=case.pk)
        row = next(one for one in DayForm.entries(case) if one.move == code)
        form = DayForm({"on": day, "reason": "录错"}, case=case, row=row, user=by)
        assert form.is_valid(), form.errors
        correcting.correct(case, form.act, by=by, reason="录错")
    told = dispute_values(sheet)
    assert (told["requested_on"], told["decided_on"]) == (date(2023, 11, 16), date(2023, 11, 20))


def test_the_sheet_of_a_suspension_prints_the_day_on_which_it_began(
    accepted: Dispute, arbitrator: User, director: User, today: Any
) -> None:
    given = {"suspend_cause": "other_case", "note": "等待工伤认定"}
    ask(accepted, "ask_suspension", arbitrator, given)
    refused = accepted.papers.get(kind="arb.suspension_approval")
    assert dispute_values(refused)["suspended_on"] is None
    moves.move(accepted, "return_request", by=director, note="补充材料")
    ask(Dispute.objects.get(pk=accepted.pk), "ask_suspension", arbitrator, given)
    today.move_to("2023-11-20T09:00:00+08:00")
    case = Dispute.objects.get(pk=accepted.pk)
    moves.move(case, "suspend", by=director, data={"suspend_cause": "other_case"})
    granted = case.papers.filter(kind="arb.suspension_approval").latest("pk")
    found = [dispute_values(one)["suspended_on"] for one in (refused, granted)]
    assert found == [None, date(2023, 11, 20)]
    values = dispute_values(granted)
    shown = str(preview(granted.kind, values, unit=case.unit, on=granted.called_on))
    assert "2023年11月20日" in shown.partition("中止日期")[2].partition("承办人意见")[0]
    moves.move(Dispute.objects.get(pk=case.pk), "resume", by=None)
    case = Dispute.objects.get(pk=case.pk)
    moves.move(case, "suspend", by=director, data={"suspend_cause": "appraisal"})
    assert [dispute_values(one)["suspended_on"] for one in (refused, granted)] == found


def test_a_notice_issued_after_a_correction_tells_the_term_as_it_is_then(
    accepted: Dispute, arbitrator: User, director: User, today: Any
) -> None:
    moves.move(accepted, "suspend", by=director, data={"suspend_cause": "appraisal"})
    for day, code, data in (
        ("2023-11-22", "resume", {}),
        ("2023-11-23", "extend", {"days": 12, "reason": "案情复杂"}),
    ):
        today.move_to(f"{day}T09:00:00+08:00")
        moves.move(Dispute.objects.get(pk=accepted.pk), code, by=None, data=data)

    def shown(kind: str, name: str) -> Any:
        return dispute_values(Dispute.objects.get(pk=accepted.pk).papers.get(kind=kind))[name]

    ends = [shown(kind, "award_due_on") for kind in ("arb.resumption", "arb.extension")]
    assert ends == [date(2024, 1, 5), date(2024, 1, 17)]
    browser = Client()
    browser.force_login(arbitrator)
    address = page(accepted, "day", told(accepted, "resume"))
    _, stored = send(browser, address, Dispute.objects.get(pk=accepted.pk), on="2023-11-20")
    assert stored.status_code == 302
    ends = [shown(kind, "award_due_on") for kind in ("arb.resumption", "arb.extension")]
    assert ends == [date(2024, 1, 3), date(2024, 1, 15)]
    assert shown("arb.resumption", "event_on") == date(2023, 11, 20)
