"""A minimum period says before when something must not be done; its clock is never late."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import clocks, minimum, moves, own_days, progress, reminders
from hrss_portal.casework.models import Clock, Event, Follow
from hrss_portal.casework.models.clocks import StepKind
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.deadlines.terms import Term
from hrss_portal.desk.cases import by_clock
from hrss_portal.desk.clockface import face_of
from hrss_portal.desk.links import counts_working_days
from hrss_portal.indicators.terms import met_in_time
from hrss_portal.notifications.models import Notice
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.clients import Caller, client_system
from tests.factories.deadlines import rule
from tests.kernel.casework.conftest import RECEIVED

LAST = date(2023, 8, 21)  # Monday: the third working day after RECEIVED, a Wednesday


@pytest.fixture
def noticed(
    rules: None,
    today: Any,
    county: County,
    acting: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Dispute:
    """A case that must stand in public for three working days before it goes to mediation."""
    acting("test")
    rule("TST-MIN", length=Decimal(3), counting_rule="MIN_PERIOD_WD")
    term = Term(
        code="t.notice",
        label="公示",
        rule="TST-MIN",
        of="arbitration.dispute",
        starts=frozenset({"open"}),
        met_by=frozenset({"to_mediation"}),
    )
    monkeypatch.setattr(clocks, "terms_of", lambda kind: (term,))
    return make.dispute(county, None, RECEIVED, mediation_ok=True)


def clock_of(case: Dispute) -> Clock:
    """The only clock of a case."""
    return Clock.objects.select_related("rule").get(case=case.pk)


def test_what_must_wait_is_refused_with_day_and_article(noticed: Dispute, today: Any) -> None:
    today.move_to("2023-08-21T09:00:00+08:00")
    assert clock_of(noticed).due_on == LAST
    with pytest.raises(MoveRefused) as refused:
        moves.move(noticed, "to_mediation", by=None)
    assert refused.value.messages == [
        "“公示”（《试验规定》第1条）到 2023-08-21 才满，2023-08-22 起可以办理"
    ]
    assert clock_of(noticed).state == "running"
    assert not Event.objects.filter(case=noticed.pk, move="to_mediation").exists()


def test_a_move_dated_back_into_the_period_is_refused_as_well(noticed: Dispute, today: Any) -> None:
    today.move_to("2023-08-30T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="2023-08-22 起可以办理"):
        moves.move(noticed, "to_mediation", by=None, on=LAST)


def test_after_its_last_day_the_way_is_free_and_nothing_is_late(
    noticed: Dispute, today: Any
) -> None:
    today.move_to("2023-08-22T09:00:00+08:00")
    clock = clock_of(noticed)
    face = face_of(clock, today=date(2023, 8, 22))
    assert (clock.is_late, face.state, face.words) == (False, "due", "期满，可以办")
    moves.move(noticed, "to_mediation", by=None)
    clock = clock_of(noticed)
    face = face_of(clock, today=date(2023, 8, 22))
    assert (clock.state, clock.is_late, face.words) == ("met", False, "已期满")
    assert Dispute.objects.filter(met_in_time("t.notice")).exists()


def test_lists_call_the_case_to_be_done_and_never_overdue(noticed: Dispute, today: Any) -> None:
    for day, waits in (("2023-08-21", []), ("2023-09-21", [noticed.pk])):
        today.move_to(f"{day}T09:00:00+08:00")
        rows = Dispute.objects.all()
        assert [row.pk for row in by_clock(rows, "task")] == waits
        assert not by_clock(rows, "overdue").exists()
    case = own_days.named(Dispute.objects.all()).get()
    assert face_of(case, today=date(2023, 9, 21)).words == "期满，可以办"


def test_the_public_page_names_it_as_no_day_that_the_bureau_has_to_keep(noticed: Dispute) -> None:
    assert clock_of(noticed).state == "running"
    assert progress.progress_of(noticed).due_on is None


def test_its_end_is_told_once_and_is_nobody_s_failure(
    noticed: Dispute, arbitration_head: User
) -> None:
    assert reminders.take_steps(LAST) == 0
    assert (reminders.take_steps(date(2023, 8, 22)), reminders.take_steps(date(2023, 9, 22))) == (
        1,
        0,
    )
    reminders.tell_people()
    titles = set(Notice.objects.filter(kind="deadline").values_list("title", flat=True))
    assert {title.partition("：")[0] for title in titles} == {"期满，可以办理"}


def page(user: User, name: str, *args: Any, **query: str) -> str:
    """A page as that user sees it."""
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse(name, args=args), query).content.decode()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2023-08-16", "还有5天"),
        ("2023-08-21", "今天期满"),
        ("2023-08-22", "期满，可以办"),
        ("2023-09-22", "期满，可以办"),
    ],
)
def test_a_case_that_only_waits_says_how_long_on_every_page(
    day: str, words: str, noticed: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    today.move_to(f"{day}T09:00:00+08:00")
    Dispute._base_manager.filter(pk=noticed.pk).update(created_by=clerk.pk, handler=clerk.pk)
    Follow.objects.create(user=clerk, case_id=noticed.pk)
    for shown in (
        page(clerk, "arbitration:dispute_list"),
        page(clerk, "desk:todo"),
        page(clerk, "arbitration:dispute_detail", noticed.pk),
        page(clerk, "arbitration:dispute_move", noticed.pk, "to_mediation"),
        page(arbitration_head, "desk:hand_over", leaver=str(clerk.pk)),
    ):
        assert words in shown
        assert "未设时限" not in shown
    home = page(clerk, "desk:home")
    assert words in home
    assert "未设时限" not in home


def test_who_only_waits_is_in_time_until_the_way_is_free(noticed: Dispute, today: Any) -> None:
    rows = Dispute.objects.all()
    groups = ("overdue", "today", "task", "due", "ok", "paused")
    for day, expected in (("16", ["ok"]), ("21", ["ok"]), ("22", ["task"])):
        today.move_to(f"2023-08-{day}T09:00:00+08:00")
        assert [one for one in groups if by_clock(rows, one).exists()] == [*expected]


def test_a_statutory_day_stands_before_a_period_that_runs(
    noticed: Dispute, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = clock_of(noticed)
    case = own_days.named(Dispute.objects.all()).get()
    case.due_on, case.warn_on = date(2023, 8, 30), date(2023, 8, 28)
    assert face_of(case, today=RECEIVED).words == "剩14天"
    assert (clock.state, own_days.named(Dispute.objects.all()).get().due_on) == ("running", None)


def test_an_ended_case_says_how_it_ended(noticed: Dispute) -> None:
    case = own_days.named(Dispute.objects.all()).get()
    case.closed_on, case.state = RECEIVED, "archived"
    assert face_of(case, today=RECEIVED).state == "done"


def test_a_list_asks_once_for_all_that_wait(noticed: Dispute, county: County) -> None:
    others = [make.dispute(county, None, RECEIVED, mediation_ok=True) for _ in range(3)]
    bare = list(Dispute.objects.filter(pk__in=[one.pk for one in others]))
    counts_working_days("")  # read once a minute, for all pages
    with CaptureQueriesContext(connection) as asked:
        own_days.tell(bare)
        words = [face_of(one, today=RECEIVED).words for one in bare]
    assert (words, len(asked)) == (["还有5天"] * 3, 1)


def test_systems_read_what_a_case_waits_for(noticed: Dispute, county: County) -> None:
    office = county.office("劳动人事争议仲裁院")
    call = Caller(client_system(person("S001", "省平台", office, "ARB-C"), office)[1])
    told = {
        "term": "t.notice",
        "label": "公示",
        "due_on": "2023-08-21",
        "is_minimum": True,
        "has_come": False,
    }
    listed = call("GET", "/api/v1/cases/arbitration.dispute").json()["data"]
    read = call("GET", f"/api/v1/cases/arbitration.dispute/{noticed.pk}").json()["data"]
    assert [one["own_day"] for one in (*listed, read)] == [told, told]
    assert [one["is_minimum"] for one in read["clocks"]] == [True]


def test_a_period_that_stands_suspended_is_not_over(noticed: Dispute) -> None:
    clock = clock_of(noticed)
    clock.pauses = [["2023-08-17", ""]]
    long_after = date(2023, 9, 21)
    change = clocks.Change(clock=clock, kind=StepKind.MET, on=long_after)
    assert list(minimum.too_early([change])) == [
        "“公示”（《试验规定》第1条）正在中止，恢复并且期满以后才能办理"
    ]
    clock.pauses = [["2023-08-17", "2023-08-18"]]
    assert list(minimum.too_early([change])) == []
