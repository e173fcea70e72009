"""The reminder ladder: every step exactly once, whoever looks and however late."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import moves, reminders
from hrss_portal.casework.models import Clock, Reminder
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make
from tests.kernel.casework.conftest import RECEIVED
from tests.racing import together

RUNNERS = 4


def system() -> Any:
    """The scope of the periodic job."""
    return acting_as_system("reminders")


def stages(clock: Clock) -> list[str]:
    """The steps taken for a clock, in order."""
    rows = Reminder.objects.filter(clock=clock).order_by("pk")
    return list(rows.values_list("stage", flat=True))


@pytest.fixture
def award(accepted: Dispute) -> Clock:
    """The award clock of a case; the other clocks are out of the way."""
    others = Clock._base_manager.filter(case=accepted.pk, state="running")
    with acting_as_system("test"):
        others.exclude(term="arb.award").update(state="cancelled")
    return Clock._base_manager.get(case=accepted.pk, term="arb.award")


def test_the_ladder_is_climbed_step_by_step(award: Clock, acting: Callable[..., Any]):
    acting("reminders")
    for day in (
        award.soon_on - timedelta(days=1),
        award.soon_on,
        award.last_call_on,
        award.due_on,
        award.due_on + timedelta(days=1),
        award.escalate_on,
        award.escalate_on + timedelta(days=30),
    ):
        reminders.take_steps(day)
    expected = ["soon", "last", "today", "overdue", "escalate"]
    if award.last_call_on in {award.soon_on, award.due_on}:
        expected.remove("last")
    assert stages(award) == expected


@pytest.mark.parametrize("late", [1, 2, 40])
def test_a_scan_that_comes_late_takes_the_step_on_which_the_clock_stands(
    award: Clock, acting: Callable[..., Any], late: int
):
    """Chosen by state, never by equality with today: a night without a portal loses nothing."""
    acting("reminders")
    day = award.due_on + timedelta(days=late)
    reminders.take_steps(day)
    assert stages(award) == ["escalate" if day >= award.escalate_on else "overdue"]


def test_an_extension_gives_a_new_ladder(award: Clock, director: User, acting, today):
    acting("reminders")
    reminders.take_steps(award.soon_on)
    case = Dispute._base_manager.get(pk=award.case_id)
    moves.move(case, "extend", by=director, data={"days": 15, "reason": "案情复杂"})
    award.refresh_from_db()
    reminders.take_steps(award.soon_on)
    rows = Reminder.objects.filter(clock=award).order_by("pk")
    assert [row.stage for row in rows] == ["soon", "soon"]
    assert rows[0].due_on < rows[1].due_on == award.due_on


@pytest.mark.parametrize(
    "change", [{"state": "paused"}, {"is_live": False}, {"owner": "party"}, {"due_on": None}]
)
def test_what_does_not_run_reminds_nobody(award: Clock, acting, change):
    acting("reminders")
    day = award.escalate_on
    Clock._base_manager.filter(pk=award.pk).update(**change)
    assert reminders.take_steps(day) == 0


def test_handler_and_deputy_are_told_and_the_head_when_it_escalates(
    award: Clock, arbitrator: User, clerk: User, arbitration_head: User, acting
):
    acting("reminders")
    reminders.take_steps(award.due_on)
    reminders.tell_people()
    assert Reminder.objects.get(clock=award).sent_to == sorted([arbitrator.pk, clerk.pk])
    reminders.take_steps(award.escalate_on)
    reminders.tell_people()
    assert arbitration_head.pk in Reminder.objects.get(clock=award, stage="escalate").sent_to
    told = Notice.objects.filter(kind="deadline", user=arbitrator)
    assert [notice.title[:4] for notice in told.order_by("pk")] == ["今天到期", "超期上报"]
    assert reminders.tell_people() == 0


def test_a_case_of_nobody_reminds_whoever_may_take_it(
    county: County, arbitration_head: User, rules, today, acting
):
    acting("reminders")
    case = make.dispute(county, None, RECEIVED)
    clock = Clock.objects.get(case=case.pk, term="arb.accept")
    reminders.take_steps(clock.due_on)
    reminders.tell_people()
    assert Notice.objects.filter(kind="deadline", user=arbitration_head).count() >= 1


def test_who_decides_elsewhere_is_told_when_it_escalates(
    award: Clock, director: User, acting: Callable[..., Any]
):
    """The director's post is not in the court nor above it; his right reaches it."""
    acting("reminders")
    reminders.take_steps(award.escalate_on)
    reminders.tell_people()
    assert director.pk in Reminder.objects.get(clock=award, stage="escalate").sent_to


def test_a_term_of_the_bureaus_own_is_not_called_overdue(
    county: County, mediator: User, rules, today, acting: Callable[..., Any]
):
    acting("reminders")
    case = make.mediation(county, mediator, RECEIVED, channel="platform", handler=mediator)
    clock = Clock.objects.get(case=case.pk, term="med.same_day")
    for days, stage in ((1, "overdue"), (30, "escalate")):
        reminders.take_steps(clock.due_on + timedelta(days=days))
        reminders.tell_people()
        notice = Notice.objects.filter(title__contains=clock.label).latest("pk")
        assert notice.title.startswith("超过本局当日办结要求：")
        assert "超期" not in notice.title
        assert Reminder.objects.filter(clock=clock, stage=stage).exists()


def test_the_periodic_job_takes_and_tells(award: Clock, acting, today):
    acting("reminders")
    today.move_to(f"{award.due_on.isoformat()}T09:00:00+08:00")
    assert reminders.run() == {"taken": 1, "told": 1}
    assert reminders.run() == {"taken": 0, "told": 0}


# --- races --------------------------------------------------------------------------------------


def many_clocks(county: County, count: int) -> date:
    """``count`` running clocks of one case, all due on the returned day."""
    with acting_as_system("test"):
        case = make.dispute(county, None, RECEIVED)
        first = Clock.objects.get(case=case.pk, term="arb.accept")
        Clock.objects.filter(case=case.pk).exclude(pk=first.pk).update(state="cancelled")
        names = [
            field.column
            for field in Clock._meta.concrete_fields
            if field.column not in {"id", "term"}
        ]
        columns = ", ".join(f'"{name}"' for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO casework_clock (term, {columns}) SELECT 'copy ' || n, {columns}"  # noqa: S608
                " FROM casework_clock, generate_series(2, %s) n WHERE id = %s",
                [count, first.pk],
            )
    return first.due_on


@pytest.mark.django_db(transaction=True)
def test_four_runners_at_once_take_and_tell_every_step_once(
    county: County, arbitration_head: User, rules, today
):
    due = many_clocks(county, 300)
    today.move_to(f"{due.isoformat()}T09:00:00+08:00")
    results = together(RUNNERS, lambda number: reminders.run(), scope=system)
    assert sum(one["taken"] for one in results) == 300
    assert sum(one["told"] for one in results) == 300
    assert Reminder.objects.count() == 300
    assert Notice.objects.filter(kind="deadline", user=arbitration_head).count() == 300


@pytest.mark.django_db(transaction=True)
def test_without_the_unique_key_the_same_race_doubles(
    county: County, rules, today, monkeypatch: pytest.MonkeyPatch
):
    """Negative control: the key is what holds, not luck."""
    due = many_clocks(county, 300)
    key = next(one for one in Reminder._meta.constraints if one.name == "casework_reminder_once")
    loose = reminders.TAKE_STEPS.replace("(clock_id, stage, due_on) ", "")
    monkeypatch.setattr(reminders, "TAKE_STEPS", loose)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Reminder, key)
    try:
        together(RUNNERS, lambda number: reminders.take_steps(due), scope=system)
        assert Reminder.objects.count() > 300
    finally:
        Reminder.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Reminder, key)


def test_what_was_done_between_the_scan_and_the_telling_is_not_told(
    award: Clock, arbitrator: User, acting: Callable[..., Any]
):
    acting("reminders")
    reminders.take_steps(award.due_on)
    Clock._base_manager.filter(pk=award.pk).update(state="met", met_on=award.due_on)
    assert reminders.tell_people() == 1
    assert not Notice.objects.filter(kind="deadline", user=arbitrator).exists()
    assert Reminder.objects.get(clock=award).told_at is not None
