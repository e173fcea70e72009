"""A claim entered twice is taken out; a hearing held on another day is moved on the calendar."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from arbitration.documents.values import dispute_values
from arbitration.models import Booking, Claim, Dispute, Hearing
from hrss_portal.access.models import User
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import CasePaper, Clock
from tests.arbitration.test_mending import page, send, told
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import PersonFactory

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def browser(arbitrator: User) -> Client:
    """The handler at work."""
    client = Client()
    client.force_login(arbitrator)
    return client


# --- claims ---------------------------------------------------------------------------------------


def test_a_claim_entered_twice_is_taken_out_with_its_money(
    accepted: Dispute, browser: Client
) -> None:
    twice = Claim.objects.create(
        dispute=accepted, seq=3, text="支付经济补偿金", amount=Decimal(500)
    )
    with door.opened():
        Dispute._base_manager.filter(pk=accepted.pk).update(amount=Decimal(21500))
    first, stored = send(browser, page(accepted, "claim", twice), accepted, how="void")
    assert "支付经济补偿金" in first.content.decode()
    assert stored.status_code == 302
    fresh = Dispute._base_manager.get(pk=accepted.pk)
    assert [claim.seq for claim in fresh.claims.all()] == [1, 2]
    assert fresh.amount == Decimal(21000)
    paper = CasePaper._base_manager.filter(case=fresh.pk).first()
    shown = dispute_values(paper)["claims"]
    assert [claim["seq"] for claim in shown] == [1, 2]
    assert told(accepted, "correct").data["values"]["作废的请求"] == [
        "3. 支付经济补偿金，500.00 元",
        None,
    ]


def test_what_was_decided_on_or_is_all_that_is_asked_for_is_not_taken_out(
    accepted: Dispute, browser: Client
) -> None:
    claim = accepted.claims.get(seq=1)
    accepted.claims.filter(seq=1).update(awarded=0)
    refused, _ = send(browser, page(accepted, "claim", claim), accepted, how="void")
    assert (refused.status_code, "已经裁决" in refused.content.decode()) == (422, True)
    accepted.claims.filter(seq=1).update(awarded=None)
    accepted.claims.exclude(seq=1).delete()
    refused, _ = send(browser, page(accepted, "claim", claim), accepted, how="void")
    assert (refused.status_code, "只有这一项" in refused.content.decode()) == (422, True)
    assert accepted.claims.count() == 1


# --- hearings -------------------------------------------------------------------------------------


def plan(case: Dispute, county: County, by: User, day: str, room: Any) -> Hearing:
    """A hearing from nine to eleven."""
    start = datetime.fromisoformat(f"{day}T09:00+08:00")
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2), "hearing_on": start.date()}
    moves.move(case, "schedule", by=by, data={"room": room, **times})
    return Hearing._base_manager.filter(dispute=case).latest("pk")


@pytest.fixture
def heard(accepted: Dispute, county: County, clerk: User, arbitrator: User, today: Any) -> Hearing:
    """Heard on Monday 20 November 2023, from nine to eleven; today is 24 November."""
    moves.move(accepted, "send", by=clerk, data={"deliveries": []})
    make.served(accepted, clerk, "申请书副本", roles=("respondent",))
    moves.move(accepted, "served", by=arbitrator)
    hearing = plan(accepted, county, arbitrator, "2023-11-20", make.room(county))
    make.served(accepted, clerk, "开庭通知书", roles=("applicant", "respondent"))
    today.move_to("2023-11-20T17:00:00+08:00")
    on = {"hearing": hearing, "attended": "双方到庭", "uniform_worn": True}
    moves.move(accepted, "hear", by=None, data=on)
    today.move_to("2023-11-24T09:00:00+08:00")
    return Hearing._base_manager.get(pk=hearing.pk)


def on_calendar(hearing: Hearing) -> tuple[str, set[str]]:
    """When a hearing stands on the calendar, and when its bookings do."""
    hearing.refresh_from_db()
    rows = Booking.objects.filter(hearing=hearing)
    words = {f"{timezone.localtime(row.period.lower):%m-%d %H:%M}" for row in rows}
    return f"{timezone.localtime(hearing.starts_at):%m-%d %H:%M}", words


def test_a_hearing_held_on_another_day_stands_there_on_the_calendar(
    heard: Hearing, browser: Client
) -> None:
    case = heard.dispute
    assert on_calendar(heard) == ("11-20 09:00", {"11-20 09:00"})
    _, stored = send(browser, page(case, "day", told(case, "hear")), case, on="2023-11-21")
    assert stored.status_code == 302
    assert on_calendar(heard) == ("11-21 09:00", {"11-21 09:00"})
    assert str(told(case, "hear").counts_on) == "2023-11-21"


def test_a_hearing_is_not_put_where_its_room_was_taken(
    heard: Hearing, browser: Client, county: County, clerk: User, arbitrator: User, today: Any
) -> None:
    today.move_to("2023-11-16T09:00:00+08:00")
    other = make.dispute(county, clerk, date(2023, 11, 16))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(other, "propose", by=None, data=proposal)
    moves.move(other, "accept", by=None, data={"procedure": "ordinary", "handler": arbitrator})
    plan(other, county, arbitrator, "2023-11-21", heard.room)
    today.move_to("2023-11-24T09:00:00+08:00")
    case = heard.dispute
    refused, _ = send(browser, page(case, "day", told(case, "hear")), case, on="2023-11-21")
    assert refused.status_code == 422
    assert f"{heard.room} 这个时间已有庭：2023-11-21 09:00" in refused.content.decode()
    assert on_calendar(heard) == ("11-20 09:00", {"11-20 09:00"})


# --- a pause that goes on -------------------------------------------------------------------------


def test_the_day_of_a_suspension_that_goes_on_is_put_right_in_its_clocks(
    accepted: Dispute, arbitration_head: User, today: Any
) -> None:
    today.move_to("2023-11-16T09:00:00+08:00")
    given = {"suspend_cause": "appraisal", "note": "等待工伤认定结论"}
    moves.move(accepted, "suspend", by=None, on=date(2023, 11, 14), data=given)
    head = Client()
    head.force_login(arbitration_head)
    first, stored = send(
        head, page(accepted, "day", told(accepted, "suspend")), accepted, on="2023-11-10"
    )
    assert stored.status_code == 302
    assert "中止由 2023-11-14 至 今 改为 2023-11-10 至 今" in first.content.decode()
    clock = Clock._base_manager.get(case=accepted.pk, term="arb.award")
    assert clock.pauses == [["2023-11-10", ""]]
    moves.move(accepted, "resume", by=None)
    clock.refresh_from_db()
    assert (clock.pauses, clock.state) == ([["2023-11-10", "2023-11-16"]], "running")


def test_the_telephone_of_the_person_wrongly_chosen_is_not_the_right_ones(
    accepted: Dispute, browser: Client
) -> None:
    party = accepted.parties.filter(role="applicant").first()
    party.phone = "13900001111"
    party.save()
    right = PersonFactory(unit=accepted.unit)
    right.set_phones([])
    right.save()
    values = {"name": right.name, "id_number": right.id_number}
    first, stored = send(browser, page(accepted, "party", party), accepted, **values)
    assert stored.status_code == 302, first.content.decode()
    party.refresh_from_db()
    right.refresh_from_db()
    assert (party.person_id, right.phone) == (right.pk, "")


def test_the_day_on_which_an_event_counts_is_not_changed_without_a_trace(
    accepted: Dispute,
) -> None:
    event = accepted.events.order_by("pk").last()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_event SET counts_on = NULL WHERE id = %s", [event.pk])
    entry = ChangeEntry.objects.get(table="casework_event", row_id=str(event.pk))
    assert (entry.op, entry.new["counts_on"]) == ("U", None)
