"""延期开庭: days ahead only, no paper without its time, the old notice no longer counts."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from arbitration.forms import PostponeForm, RefusePostponementForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import CasePaper, Clock
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
START = datetime.fromisoformat("2023-12-14T09:00+08:00")


@pytest.fixture
def planned(
    county: County,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Callable[..., Any],
) -> Dispute:
    """An accepted dispute with a hearing on 14 December."""
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 16))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "simple"}
    moves.move(case, "propose", by=clerk, data=proposal)
    acting(arbitration_head)
    decision = {"procedure": "simple", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    times = {"starts_at": START, "ends_at": START + timedelta(hours=2)}
    day = {"room": make.room(county), "hearing_on": START.date()}
    moves.move(case, "schedule", by=arbitration_head, data=times | day)
    return Dispute.objects.get(pk=case.pk)


def filled(case: Dispute, user: User, **given: str) -> PostponeForm:
    """The form as somebody fills it."""
    hearing = str(case.hearings.get(state="planned").pk)
    plain = {"on": "2023-11-16", "hearing": hearing, "reason": "申请人有病"}
    return PostponeForm({**plain, "minutes": "120", **given}, case=case, user=user)


def notices(case: Dispute) -> list[str]:
    """The states of the notices of hearings, oldest first."""
    rows = case.papers.filter(kind="arb.hearing").order_by("pk")
    return list(rows.values_list("state", flat=True))


def test_a_hearing_is_not_moved_to_a_day_that_is_over(
    planned: Dispute, arbitration_head: User
) -> None:
    room = str(planned.hearings.get().room_id)
    hour = {"start": "0900", "room": room}
    late = filled(planned, arbitration_head, day="2023-11-15", **hour)
    assert not late.is_valid()
    assert late.errors["day"] == ["开庭日期不能早于今天"]
    assert filled(planned, arbitration_head, day="2023-12-20", **hour).is_valid()


def test_without_a_new_day_no_notice_is_called_for_and_the_waiting_one_is_dropped(
    planned: Dispute, arbitration_head: User
) -> None:
    form = filled(planned, arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(planned, "postpone", by=arbitration_head, data=form.move_data())
    assert notices(planned) == ["dropped"]
    assert planned.papers.get(kind="arb.hearing").drop_reason == "原定开庭已延期"


def test_the_issued_notice_of_the_old_day_is_void_and_the_new_one_has_its_time(
    planned: Dispute, arbitration_head: User
) -> None:
    make.issued(planned, "开庭通知书", arbitration_head)
    hour = {"start": "0930", "room": str(planned.hearings.get().room_id)}
    form = filled(planned, arbitration_head, day="2023-12-20", **hour)
    assert form.is_valid(), form.errors
    moves.move(planned, "postpone", by=arbitration_head, data=form.move_data())
    old, new = planned.papers.filter(kind="arb.hearing").order_by("pk")
    assert old.paper is not None
    assert old.paper.void_reason == "原定开庭已延期"
    assert new.state == CasePaper.State.WAITING
    assert papers.context_of(new)["hearing_at"] == "2023年12月20日9时30分"


@pytest.mark.parametrize(
    "days",
    [("2023-12-20", "2023-12-27"), ("2023-12-14", "2023-12-14"), ("2023-12-20", "2023-12-14")],
)
def test_after_two_postponements_one_notice_waits_and_it_is_of_the_hearing_that_stands(
    days: tuple[str, str], planned: Dispute, arbitration_head: User, county: County
) -> None:
    rooms = [make.room(county, name) for name in ("第二仲裁庭", "第三仲裁庭")]
    for day, room in zip(days, rooms, strict=True):
        form = filled(planned, arbitration_head, day=day, start="0900", room=str(room.pk))
        assert form.is_valid(), form.errors
        moves.move(planned, "postpone", by=arbitration_head, data=form.move_data())
    assert notices(planned) == ["dropped", "dropped", "waiting"]
    new = planned.papers.get(kind="arb.hearing", state="waiting")
    said = papers.context_of(new)
    assert (said["hearing_room"], said["hearing_at"][:4]) == ("第三仲裁庭", "2023")


def test_a_notice_without_time_and_place_is_not_issued(
    planned: Dispute, arbitration_head: User
) -> None:
    waiting = planned.papers.get(kind="arb.hearing")
    planned.hearings.get().bookings.all().delete()
    planned.hearings.all().update(state="cancelled")
    with pytest.raises(ValidationError) as refused:
        papers.issue(waiting, by=arbitration_head)
    words = "开庭通知书还缺开庭时间、开庭地点，补齐后再制发；不需要的注明理由去掉"
    assert refused.value.messages == [words]
    waiting.refresh_from_db()
    assert waiting.state == CasePaper.State.WAITING


def test_a_suspended_case_announces_no_hearing(planned: Dispute) -> None:
    data = {"suspend_cause": "appraisal", "note": "等待工伤认定"}
    moves.move(planned, "suspend", by=None, data=data)
    assert notices(planned) == ["dropped"]


@pytest.mark.parametrize(
    ("asked_on", "state", "met_on"),
    [("", "cancelled", None), ("2023-11-15", "met", date(2023, 11, 15))],
)
def test_the_right_to_ask_is_used_only_by_who_asked(
    asked_on: str, state: str, met_on: date | None, planned: Dispute, arbitration_head: User
) -> None:
    form = filled(planned, arbitration_head, asked_on=asked_on)
    assert form.is_valid(), form.errors
    moves.move(planned, "postpone", by=arbitration_head, data=form.move_data())
    clock = Clock.objects.get(case=planned.pk, term="arb.ask_postponement")
    assert (clock.state, clock.met_on) == (state, met_on)


def test_a_refused_request_to_put_off_is_kept_and_meets_the_right_to_ask(
    planned: Dispute, arbitration_head: User
) -> None:
    party = planned.parties.get(role="applicant")
    given = {"on": "2023-11-16", "party": str(party.pk), "asked_on": "2023-11-15"}
    given |= {"reason": "要出差", "note": "不是正当理由"}
    form = RefusePostponementForm(given, case=planned, user=arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(planned, "refuse_postponement", by=arbitration_head, data=form.move_data())
    assert planned.hearings.get().state == "planned"
    clock = Clock.objects.get(case=planned.pk, term="arb.ask_postponement")
    assert (clock.state, clock.met_on) == ("met", date(2023, 11, 15))
    early = given | {"on": "2023-11-14"}
    form = RefusePostponementForm(early, case=planned, user=arbitration_head)
    assert "决定日期不能早于请求日期" in str(form.errors["on"])


def test_without_a_hearing_there_is_nothing_to_refuse(
    planned: Dispute, arbitration_head: User
) -> None:
    codes = {move.code for move in moves.available(planned, arbitration_head)}
    assert "refuse_postponement" in codes
    planned.hearings.update(state="postponed", postponed_because="申请人有病")
    fresh = Dispute.objects.get(pk=planned.pk)
    codes = {move.code for move in moves.available(fresh, arbitration_head)}
    assert "refuse_postponement" not in codes
