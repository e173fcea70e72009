"""A term that ends at a moment (hours, half a working day, an hour that a paper states): over at
that moment in lists, reminders and figures, not at midnight."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from arbitration.models import MediationCase
from hrss_portal.casework import clocks, moves, reminders
from hrss_portal.casework.models import Case, Clock, Reminder
from hrss_portal.deadlines.terms import Term
from hrss_portal.desk.cases import by_clock
from hrss_portal.desk.clockface import case_face, face_of
from hrss_portal.indicators.terms import met_in_time
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules

KIND = "arbitration.mediationcase"
NINE = "2023-11-15T09:00:00+08:00"  # a Wednesday


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Mediation cases that are to be answered within 24 hours of their arrival."""
    shipped_rules()
    term = Term(
        code="test.hours",
        label="初步核处反馈",
        rule="WAG-06",
        of=KIND,
        starts=frozenset({"open"}),
        dated_by="received_at",
        met_by=frozenset({"accept"}),
    )
    monkeypatch.setattr(clocks, "terms_of", lambda kind: (term,) if kind == KIND else ())


@pytest.fixture
def case(hours: None, county: County, acting: Callable[..., Any], time_machine: Any) -> Any:
    """One that came on Wednesday at nine."""
    time_machine.move_to(NINE)
    acting("test")
    received = datetime.fromisoformat(NINE)
    return make.mediation(county, None, date(2023, 11, 15), received_at=received)


def stands(case: Any) -> tuple[str, str]:
    """How lists show the case now, and under which filter it is found."""
    found = [
        name
        for name in ("overdue", "today", "due", "ok")
        if by_clock(Case.objects.filter(pk=case.pk), name).exists()
    ]
    fresh = Case.objects.get(pk=case.pk)
    return case_face(fresh, today=timezone.localdate()).words, "、".join(found)


def test_it_is_over_at_the_hour_and_found_so(case: Any, time_machine: Any) -> None:
    clock = Clock.objects.get(case=case.pk)
    assert timezone.localtime(clock.due_at).isoformat() == "2023-11-16T09:00:00+08:00"
    time_machine.move_to("2023-11-16T08:59:00+08:00")
    assert stands(case) == ("今天到期", "today、due")
    assert not Case.objects.overdue(timezone.localdate()).exists()
    time_machine.move_to("2023-11-16T10:30:00+08:00")
    assert stands(case) == ("超期2小时", "overdue")
    assert Case.objects.overdue(timezone.localdate()).exists()
    time_machine.move_to("2023-11-17T08:00:00+08:00")
    assert stands(case) == ("超期1天", "overdue")


def test_the_reminder_says_so_on_the_day(case: Any, time_machine: Any) -> None:
    for moment, stage in (("08:00", "today"), ("09:01", "overdue")):
        time_machine.move_to(f"2023-11-16T{moment}:00+08:00")
        reminders.take_steps()
        reminders.take_steps()
        assert Reminder.objects.order_by("-pk").values_list("stage", flat=True)[0] == stage
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize(
    ("moment", "words", "in_time"),
    [("2023-11-16T08:59", "按期", True), ("2023-11-16T12:30", "超期4小时", False)],
)
def test_whether_it_was_met_in_time_goes_by_the_moment(
    case: Any, time_machine: Any, moment: str, words: str, in_time: bool
) -> None:
    time_machine.move_to(f"{moment}:00+08:00")
    moves.move(case, "accept", by=None, data={"consent": "yes"})
    clock = Clock.objects.select_related("rule", "case__unit").get(case=case.pk)
    assert face_of(clock, today=timezone.localdate()).words == f"{words}（本地）"
    assert clock.is_late is not in_time
    assert MediationCase.objects.filter(met_in_time("test.hours")).exists() is in_time


def test_where_only_the_day_is_known_the_day_counts(case: Any, time_machine: Any) -> None:
    time_machine.move_to("2023-11-17T09:00:00+08:00")
    moves.move(case, "accept", by=None, on=date(2023, 11, 16), data={"consent": "yes"})
    clock = Clock.objects.select_related("rule").get(case=case.pk)
    assert (clock.met_at, clock.is_late) == (None, False)
    assert MediationCase.objects.filter(met_in_time("test.hours")).exists()


def test_an_hour_that_a_paper_states_is_kept(
    county: County, acting: Callable[..., Any], time_machine: Any
) -> None:
    shipped_rules()
    time_machine.move_to(NINE)
    acting("test")
    due = datetime.fromisoformat("2023-11-21T17:00+08:00")
    given = {"channel": "platform", "external_no": "PT-1", "external_system": "互联网+调解"}
    case = make.mediation(county, None, date(2023, 11, 15), platform_due_at=due, **given)
    assert Clock.objects.get(case=case.pk, term="med.platform_due").due_at == due
    assert Case.objects.get(pk=case.pk).due_at == due
    later = datetime.fromisoformat("2023-11-22T08:00+08:00")
    moves.amend(case, by=None, changes={"platform_due_at": later}, reason="平台改期")
    clock = Clock.objects.get(case=case.pk, term="med.platform_due")
    assert (clock.given_on, clock.due_at) == (date(2023, 11, 22), later)


def test_a_corrected_moment_of_arrival_moves_the_end(case: Any) -> None:
    later = datetime.fromisoformat("2023-11-15T11:00:00+08:00")
    moves.amend(case, by=None, changes={"received_at": later}, reason="写错")
    clock = Clock.objects.get(case=case.pk)
    assert timezone.localtime(clock.due_at).isoformat() == "2023-11-16T11:00:00+08:00"
