"""The clocks of service, of the platform and of the parties run by what happened, not by typing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from arbitration.forms import DeliveryForm, MediationFailureForm, MediationWithdrawalForm
from arbitration.indicators import overdue_on_platform
from arbitration.models import Dispute, MediationCase
from arbitration.workflows.deliveries import side_of
from hrss_portal.access.models import User
from hrss_portal.casework import corrected, moves
from hrss_portal.casework.clocks import summarise
from hrss_portal.casework.correct_days import DayForm
from hrss_portal.casework.correcting import correct
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused, PartyIn
from hrss_portal.casework.reminders import take_steps
from hrss_portal.desk.clockface import face_of
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import EmployerFactory, PersonFactory

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]


@pytest.fixture
def taken(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Acting,
    today: Any,
) -> Callable[..., Dispute]:
    """Makes a dispute that was accepted on Wednesday 1 November 2023."""

    def take(*, workers: int = 1, procedure: str = "ordinary") -> Dispute:
        today.move_to("2023-11-01T09:00:00+08:00")
        acting("test")
        case = make.dispute(county, clerk, date(2023, 11, 1), workers=workers)
        proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": procedure}
        moves.move(case, "propose", by=None, data=proposal)
        count = 3 if procedure == "collective" else 1
        roles = ["presiding", "member", "member"] if count == 3 else ["sole"]
        seats = [
            {"member": make.staff(county, name=f"仲裁员{n}", cert_no=f"T-{n}"), "role": role}
            for n, role in enumerate(roles)
        ]
        given = {"procedure": procedure, "handler": arbitrator, "deputy": clerk, "tribunal": seats}
        moves.move(case, "accept", by=None, data=given)
        return Dispute.objects.get(pk=case.pk)

    return take


def clock_of(case: Any, term: str) -> Clock:
    """The last clock of a term."""
    return Clock._base_manager.filter(case=case.pk, term=term).latest("pk")


def reached(case: Dispute, by: User, party: Any, doc_name: str, day: str, **more: Any) -> None:
    """A delivery to one party, typed today."""
    proof = {"proof": SimpleUploadedFile("a.txt", b"x", content_type="text/plain")}
    make.issued(case, doc_name, by, on=date.fromisoformat(day))
    plain = {"mode": "direct", "address": "某路", "sent_on": day, "signed_on": day}
    given = {**plain, "signed_by": "本人", **more}
    form = DeliveryForm(
        {**given, "on": str(timezone.localdate()), "party": party.pk, "doc_name": doc_name},
        proof,
        case=case,
        user=by,
    )
    assert form.is_valid(), form.errors
    moves.move(case, "record_delivery", by=None, data=form.move_data())


def test_a_platform_case_with_a_due_time_has_that_clock_and_the_fifteen_days(
    county: County, acting: Acting, today: Any
) -> None:
    acting("test")
    due = datetime.fromisoformat("2023-11-21T07:00+08:00")
    given = {"channel": "platform", "external_no": "PT-1", "external_system": "互联网+调解"}
    case = make.mediation(county, None, date(2023, 11, 16), platform_due_at=due, **given)
    clock = clock_of(case, "med.platform_due")
    assert (clock.due_on, clock.is_target) == (date(2023, 11, 21), False)
    assert MediationCase.objects.get(pk=case.pk).due_on == date(2023, 11, 21)
    moves.move(case, "accept", by=None, data={"consent": "yes"})
    assert clock_of(case, "med.end").due_on == date(2023, 12, 1)
    later = {"platform_due_at": datetime.fromisoformat("2023-11-24T07:00+08:00")}
    moves.amend(case, by=None, changes=later, reason="平台改期")
    assert clock_of(case, "med.platform_due").due_on == date(2023, 11, 24)
    moves.move(case, "fail", by=None, data={"outcome": "failed"})
    assert clock_of(case, "med.platform_due").state == "met"


def test_a_duty_of_service_is_done_on_the_last_service_whichever_was_typed_last(
    taken: Callable[..., Dispute], arbitration_head: User, county: County, today: Any
) -> None:
    case = taken()
    firm = EmployerFactory(unit=case.unit)
    joined = PartyIn(role="respondent", name="乙公司", employer=firm, address="某路")
    moves.move(case, "add_party", by=None, data={"party": joined})
    today.move_to("2023-11-20T09:00:00+08:00")
    first, second = case.parties.filter(role="respondent").order_by("seq")
    reached(case, arbitration_head, second, "申请书副本", "2023-11-17")
    reached(case, arbitration_head, first, "申请书副本", "2023-11-03")
    clock = clock_of(case, "arb.send_copy")
    assert (clock.state, clock.met_on, clock.due_on) == (
        "met",
        date(2023, 11, 17),
        date(2023, 11, 8),
    )


def test_a_notice_left_with_a_party_ends_the_clock_on_its_deemed_day(
    taken: Callable[..., Dispute], arbitration_head: User, county: County
) -> None:
    case = taken()
    starts = datetime.fromisoformat("2023-11-17T09:00+08:00")
    hearing = {"room": make.room(county), "starts_at": starts, "hearing_on": starts.date()}
    ends = {"ends_at": starts + timedelta(hours=2)}
    moves.move(case, "schedule", by=None, data={**hearing, **ends})
    make.served(case, arbitration_head, "开庭通知书", roles=("applicant",))
    assert clock_of(case, "arb.hearing_notice").state == "running"
    respondent = case.parties.get(role="respondent")
    left = {"mode": "left", "signed_on": "", "refusal": "拒收", "witnesses": "王某"}
    reached(case, arbitration_head, respondent, "开庭通知书", "2023-11-01", **left)
    clock = clock_of(case, "arb.hearing_notice")
    assert (clock.state, clock.met_on) == ("met", date(2023, 11, 6))


def test_a_right_of_the_parties_lapses_and_is_never_overdue(
    county: County, acting: Acting, today: Any
) -> None:
    acting("test")
    today.move_to("2020-01-02T09:00:00+08:00")
    case = make.mediation(county, None, date(2020, 1, 2))
    moves.move(case, "accept", by=None, data={"consent": "yes"})
    agreed = {"outcome": "agreed", "agreed_on": date(2020, 1, 2)}
    moves.move(case, "agree", by=None, data=agreed)
    today.move_to("2023-11-16T09:00:00+08:00")
    for term in ("med.arbitral_review", "med.court_confirmation"):
        face = face_of(clock_of(case, term), today=date(2023, 11, 16))
        assert (face.state, face.words) == ("none", "期限已过")
    assert take_steps() == 0
    assert MediationCase.objects.get(pk=case.pk).due_on is None


def test_a_suspension_stops_the_term_of_trial_and_no_other_duty_of_the_court(
    taken: Callable[..., Dispute], arbitration_head: User, county: County, today: Any
) -> None:
    case = taken()
    starts = datetime.fromisoformat("2023-11-17T09:00+08:00")
    hearing = {"room": make.room(county), "starts_at": starts, "hearing_on": starts.date()}
    ends = {"ends_at": starts + timedelta(hours=2)}
    moves.move(case, "schedule", by=None, data={**hearing, **ends})
    trial = clock_of(case, "arb.award").due_on
    today.move_to("2023-11-03T09:00:00+08:00")
    moves.move(case, "suspend", by=None, data={"suspend_cause": "other"})
    assert clock_of(case, "arb.award").state == "paused"
    assert clock_of(case, "arb.hearing_notice").state == "cancelled"
    for duty in ("arb.send_copy", "arb.tribunal"):
        clock = clock_of(case, duty)
        assert (clock.state, clock.due_on) == ("running", date(2023, 11, 8))
    assert Dispute.objects.get(pk=case.pk).due_on == date(2023, 11, 8)
    # What is owed can be done meanwhile.
    today.move_to("2023-11-06T09:00:00+08:00")
    make.served(case, arbitration_head, "申请书副本", roles=("respondent",))
    assert clock_of(case, "arb.send_copy").state == "met"
    today.move_to("2023-12-01T09:00:00+08:00")
    moves.move(case, "resume", by=None)
    assert clock_of(case, "arb.award").due_on == trial + timedelta(days=28)


def test_a_list_says_which_clock_is_late_and_which_is_suspended(
    taken: Callable[..., Dispute], arbitration_head: User, client: Any, today: Any
) -> None:
    case = taken()
    today.move_to("2023-11-03T09:00:00+08:00")
    moves.move(case, "suspend", by=None, data={"suspend_cause": "other"})
    late = {"state": "running", "due_on": date(2023, 11, 1)}
    Clock.objects.filter(case=case, term="arb.send_copy").update(**late)
    summarise(case, Clock.objects.filter(case=case))
    client.force_login(arbitration_head)
    page = BeautifulSoup(client.get("/arbitration/disputes/").content, "html.parser")
    words = " ".join(page.find(class_="clock-line").get_text(" ").split())
    assert words == "■ 送达仲裁申请书副本 超期2天 ‖ 审理期限中止"


def test_closing_the_file_is_no_notice_of_a_revocation(
    taken: Callable[..., Dispute], arbitration_head: User
) -> None:
    case = taken()
    moves.move(case, "revoke", by=None, data={"outcome": "revoked", "reject_reason": "其他"})
    with pytest.raises(MoveRefused, match="还没有送达撤销案件决定书"):
        moves.move(case, "ask_close", by=None, data={"follow_up": "none"})
    assert clock_of(case, "arb.revocation_notice").state == "running"
    make.served(case, arbitration_head, "撤销案件决定书")
    assert clock_of(case, "arb.revocation_notice").state == "met"


def test_a_tribunal_is_notified_when_every_party_has_the_notice(
    taken: Callable[..., Dispute], arbitration_head: User
) -> None:
    case = taken()
    clock = clock_of(case, "arb.tribunal")
    assert (clock.state, clock.due_on) == ("running", date(2023, 11, 8))
    make.served(case, arbitration_head, "组庭通知书", roles=("applicant",))
    assert clock_of(case, "arb.tribunal").state == "running"
    make.served(case, arbitration_head, "组庭通知书", roles=("respondent",))
    assert clock_of(case, "arb.tribunal").state == "met"


def test_in_a_collective_case_one_paper_is_not_everything_at_once(
    taken: Callable[..., Dispute], county: County, arbitration_head: User
) -> None:
    case = taken(workers=10, procedure="collective")
    assert not Clock._base_manager.filter(case=case.pk, term="arb.tribunal").exists()
    first = case.parties.filter(role="applicant").first()
    assert first is not None
    first.is_representative = True
    first.save()
    moves.move(case, "send", by=None, data={"deliveries": []})
    starts = datetime.fromisoformat("2023-12-20T09:00+08:00")
    hour = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    day = {"room": make.room(county), "hearing_on": starts.date()}
    moves.move(case, "schedule", by=None, data=hour | day)
    for name in ("申请书副本", "组庭通知书", "举证通知书", "开庭通知书"):
        make.served(case, arbitration_head, name)
        assert clock_of(case, "arb.collective_notice").state == "running"
    make.served(case, arbitration_head, "应诉通知书", roles=("respondent",))
    assert clock_of(case, "arb.collective_notice").state == "met"


def test_ten_workers_on_the_simple_track_have_the_ordinary_notice(
    taken: Callable[..., Dispute],
) -> None:
    case = taken(workers=10, procedure="simple")
    assert not Clock._base_manager.filter(case=case.pk, term="arb.collective_notice").exists()
    assert clock_of(case, "arb.tribunal").state == "running"


def test_a_third_person_has_no_employers_way_to_the_court(
    taken: Callable[..., Dispute], county: County
) -> None:
    case = taken()
    person = PersonFactory(unit=case.unit)
    joined = PartyIn(role="third", name=person.name, person=person, address="某村")
    moves.move(case, "add_party", by=None, data={"party": joined})
    assert side_of(case.parties.get(role="third")) == "worker"


def test_what_no_law_sets_for_the_platform_stands_beside_the_fifteen_days(
    county: County, acting: Acting, today: Any
) -> None:
    acting("test")
    given = {"channel": "platform", "external_no": "PT-1", "external_system": "互联网+调解"}
    case = make.mediation(county, None, date(2023, 11, 16), **given)
    assert clock_of(case, "med.platform_accept").is_target
    assert MediationCase.objects.get(pk=case.pk).due_on is None
    moves.move(case, "accept", by=None, data={"consent": "yes"})
    assert clock_of(case, "med.platform_end").is_target
    assert MediationCase.objects.get(pk=case.pk).due_term == "med.end"


def test_a_closing_that_nobody_sued_ends_the_term_to_sue_and_starts_enforcement(
    taken: Callable[..., Dispute], arbitration_head: User, today: Any
) -> None:
    case = taken()
    make.served(case, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(case, "send", by=None, data={"deliveries": []})
    for code in ("served", "hear", "end_hearing"):
        moves.move(case, code, by=None)
    given = {"outcome": "award", "finality": "not_final", "result": "支付工资。"}
    moves.move(case, "award", by=None, data={**given, "signer": arbitration_head})
    make.served(case, arbitration_head, "裁决书")
    for said in ("none", "unknown"):
        with pytest.raises(MoveRefused, match="才届满"):
            moves.move(case, "ask_close", by=None, data={"follow_up": said})
    today.move_to("2023-11-17T09:00:00+08:00")
    moves.move(case, "ask_close", by=None, data={"follow_up": "none"})
    moves.move(case, "close", by=None, data={"follow_up": "none"})
    sue = Clock._base_manager.filter(case=case.pk, term="arb.sue")
    assert set(sue.values_list("state", "due_on")) == {("met", date(2023, 11, 16))}
    enforcement = clock_of(case, "arb.enforcement")
    assert (enforcement.started_on, enforcement.due_on) == (date(2023, 11, 17), date(2025, 11, 17))


@pytest.mark.parametrize(("ended", "late"), [("16:59", 0), ("17:01", 1)])
@pytest.mark.parametrize("typed", ["2023-11-17T17:30", "2023-11-18T09:00"])
def test_overdue_on_the_platform_goes_by_the_hour_of_the_act_whenever_it_is_typed(
    county: County, mediator: User, acting: Acting, today: Any, ended: str, late: int, typed: str
) -> None:
    acting("test")
    due = datetime.fromisoformat("2023-11-17T17:00+08:00")
    given = {"channel": "platform", "external_no": "PT-1", "external_system": "互联网+调解"}
    case = make.mediation(county, None, date(2023, 11, 16), platform_due_at=due, **given)
    moves.move(case, "accept", by=None, data={"consent": "yes"})
    found = MediationCase._base_manager.filter(overdue_on_platform(None, date(2023, 11, 17)))
    today.move_to("2023-11-17T17:01:00+08:00")
    late_now = MediationCase._base_manager.filter(overdue_on_platform(None, date(2023, 11, 17)))
    assert late_now.count() == 1  # still open
    today.move_to(f"{typed}:00+08:00")
    said = {"on": "2023-11-17", "outcome": "failed", "process": "谈不拢"}
    silent = MediationFailureForm(said, case=case, user=mediator)
    assert silent.errors == {"done_at": ["这一天到期，填写几点办的"]}
    form = MediationFailureForm(said | {"done_at": ended}, case=case, user=mediator)
    assert form.is_valid(), form.errors
    moves.move(case, "fail", by=None, on=date(2023, 11, 17), data=form.move_data())
    assert found.all().count() == late
    assert clock_of(case, "med.platform_due").is_late is bool(late)


def test_the_hour_of_an_act_is_not_ahead_and_can_be_put_right(
    county: County, mediator: User, acting: Acting, today: Any
) -> None:
    acting("test")
    today.move_to("2023-11-17T16:00:00+08:00")
    due = datetime.fromisoformat("2023-11-17T12:00+08:00")
    given = {"channel": "platform", "external_no": "PT-1", "external_system": "互联网+调解"}
    case = make.mediation(county, None, date(2023, 11, 16), platform_due_at=due, **given)
    said = {"on": "2023-11-17", "note": "不调了"}
    early = MediationWithdrawalForm(said | {"done_at": "16:30"}, case=case, user=mediator)
    assert early.errors == {"done_at": ["不能晚于现在 16:00"]}
    form = MediationWithdrawalForm(said | {"done_at": "15:00"}, case=case, user=mediator)
    assert form.is_valid(), form.errors
    event = moves.move(case, "withdraw", by=None, data=form.move_data())
    assert clock_of(case, "med.platform_due").is_late
    case = MediationCase.objects.get(pk=case.pk)
    right = {"on": "2023-11-17", "done_at": "11:00", "reason": "写错了"}
    mended = DayForm(right, case=case, row=event, user=mediator)
    assert mended.is_valid(), mended.errors
    correct(case, mended.act, by=None, reason="写错了")
    assert not clock_of(case, "med.platform_due").is_late
    plain = make.mediation(county, None, date(2023, 11, 16))
    assert "done_at" not in MediationWithdrawalForm(case=plain, user=mediator).fields


def test_a_hearing_gives_no_new_time_for_a_counterclaim(
    taken: Callable[..., Dispute], arbitration_head: User, today: Any
) -> None:
    case = taken()
    make.served(case, arbitration_head, "申请书副本", roles=("respondent",))
    moves.move(case, "send", by=None, data={"deliveries": []})
    today.move_to("2023-11-20T09:00:00+08:00")
    for code in ("served", "hear"):
        moves.move(case, code, by=None)
    assert clock_of(case, "arb.counterclaim").state == "cancelled"
    moves.move(case, "counterclaim", by=None, data={"claims_text": "返还工具"})
    with pytest.raises(MoveRefused, match="另行申请仲裁"):
        moves.move(case, "accept_counterclaim", by=None)


def test_changed_claims_give_a_time_to_answer_and_a_late_counterclaim_goes_its_own_way(
    taken: Callable[..., Dispute], arbitration_head: User, today: Any
) -> None:
    case = taken()
    make.served(case, arbitration_head, "申请书副本", roles=("respondent",))
    assert clock_of(case, "arb.counterclaim").due_on == date(2023, 11, 15)
    today.move_to("2023-11-20T09:00:00+08:00")
    make.served(case, arbitration_head, "变更请求通知书", roles=("respondent",))
    assert clock_of(case, "arb.answer").due_on == date(2023, 12, 4)
    assert clock_of(case, "arb.counterclaim").due_on == date(2023, 11, 15)
    moves.move(case, "counterclaim", by=None, data={"claims_text": "返还工具"})
    with pytest.raises(MoveRefused, match="另行申请仲裁"):
        moves.move(case, "accept_counterclaim", by=None)


@pytest.mark.parametrize(
    ("held", "last"), [("2023-11-10", "2023-11-03"), ("2023-11-16", "2023-11-09")]
)
def test_the_right_day_of_a_hearing_tells_whether_its_notice_came_in_time(
    taken: Callable[..., Dispute], arbitration_head: User, county: County, today: Any,
    held: str, last: str,
) -> None:  # fmt: skip
    case = taken()
    moves.move(case, "send", by=None, data={"deliveries": []})
    make.served(case, arbitration_head, "申请书副本", roles=("respondent",))
    starts = datetime.fromisoformat("2023-11-22T09:00+08:00")
    hearing = {"room": make.room(county), "starts_at": starts, "hearing_on": starts.date()}
    moves.move(case, "schedule", by=None, data={**hearing, "ends_at": starts + timedelta(hours=2)})
    today.move_to("2023-11-07T09:00:00+08:00")
    make.served(case, arbitration_head, "开庭通知书")
    assert clock_of(case, "arb.hearing_notice").due_on == date(2023, 11, 15)
    moves.move(case, "served", by=None)
    today.move_to("2023-11-22T18:00:00+08:00")
    moves.move(case, "hear", by=None)
    story = corrected.events(Dispute.objects.get(pk=case.pk))
    event = next(one for one in story if one.move == "hear")
    given = {"on": held, "reason": "开庭日期录错"}
    form = DayForm(given, case=Dispute.objects.get(pk=case.pk), row=event, user=arbitration_head)
    assert form.is_valid(), form.errors
    fresh = Dispute.objects.get(pk=case.pk)
    correct(fresh, form.act, by=arbitration_head, reason="开庭日期录错")
    clock = clock_of(case, "arb.hearing_notice")
    assert (clock.due_on, clock.met_on) == (date.fromisoformat(last), date(2023, 11, 7))
