"""A minimum period says before when something must not be done; its clock is never late."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import clocks, moves, own_days, progress, reminders
from hrss_portal.casework.models import Clock, Event
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.deadlines.terms import Term
from hrss_portal.desk.cases import by_clock
from hrss_portal.desk.clockface import face_of
from hrss_portal.indicators.terms import met_in_time
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make
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
