"""Clocks follow the events of their case: nothing counts down, every day can be proved."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.casework import clocks, moves, replay
from hrss_portal.casework.models import Clock, ClockStep
from hrss_portal.deadlines.models import CalendarDay, LegalRule
from hrss_portal.deadlines.terms import Term
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import closing
from tests.kernel.casework.conftest import RECEIVED

ClockOf = Callable[[Dispute, str], Clock]


@pytest.fixture(autouse=True)
def _system(acting: Callable[..., Any]) -> None:
    acting("test")


def steps(clock: Clock) -> list[str]:
    """What happened to a clock, oldest first."""
    return list(clock.steps.order_by("pk").values_list("kind", flat=True))


def test_a_clock_starts_with_its_move_and_is_met_by_another(pending, clock_of: ClockOf):
    clock = clock_of(pending, "arb.accept")
    assert (clock.started_on, clock.due_on, clock.state) == (
        RECEIVED,
        date(2023, 8, 23),
        "running",
    )
    assert clock.started_by.move == "open"


def test_meeting_late_is_late_and_the_day_is_kept(
    accepted, clock_of: ClockOf, today, arbitration_head: User
):
    today.move_to("2023-09-20T09:00:00+08:00")
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    clock = clock_of(accepted, "arb.send_copy")
    assert (clock.state, clock.met_on, clock.is_late) == ("met", date(2023, 9, 20), True)
    assert steps(clock) == ["start", "met"]


def test_a_pause_takes_its_days_out(
    accepted, clock_of: ClockOf, today, director: User, arbitration_head: User
):
    before = clock_of(accepted, "arb.award").due_on
    today.move_to("2023-09-01T09:00:00+08:00")
    data = {"suspend_cause": "appraisal"}
    moves.move(accepted, "suspend", by=director, data=data, note="等待工伤认定")
    clock = clock_of(accepted, "arb.award")
    assert (clock.state, clock.pauses) == ("paused", [["2023-09-01", ""]])
    assert Dispute._base_manager.get(pk=accepted.pk).is_paused
    today.move_to("2023-09-21T09:00:00+08:00")
    moves.move(accepted, "resume", by=arbitration_head)
    clock = clock_of(accepted, "arb.award")
    assert (clock.state, clock.pauses) == ("running", [["2023-09-01", "2023-09-21"]])
    assert clock.due_on > before
    assert steps(clock) == ["start", "pause", "resume"]
    step = clock.steps.get(kind="resume")
    assert (step.days, step.old_due_on, step.new_due_on) == (20, before, clock.due_on)
    pause = clock.steps.get(kind="pause")
    assert (pause.reason, pause.approver) == ("等待工伤认定", director)
    assert not Dispute._base_manager.get(pk=accepted.pk).is_paused


def test_an_extension_adds_days_once_and_names_the_approver(
    accepted, clock_of: ClockOf, director: User
):
    before = clock_of(accepted, "arb.award").due_on
    data = {"days": 15, "reason": "案情复杂"}
    moves.move(accepted, "extend", by=director, data=data)
    clock = clock_of(accepted, "arb.award")
    step = clock.steps.get(kind="extend")
    assert (step.days, step.approver, step.old_due_on) == (15, director, before)
    assert (clock.due_on - before).days in range(8, 24)  # either end may roll over a holiday
    with pytest.raises(moves.MoveRefused):
        moves.move(accepted, "extend", by=director, data=data)


def test_a_corrected_application_counts_anew(received, clock_of: ClockOf, today, clerk: User):
    moves.move(received, "ask_correction", by=None, data={"to_correct": "补身份证"})
    assert clock_of(received, "arb.accept").state == "paused"
    today.move_to("2023-08-28T09:00:00+08:00")
    moves.move(received, "corrected", by=None)
    clock = clock_of(received, "arb.accept")
    assert (clock.started_on, clock.state, clock.pauses) == (date(2023, 8, 28), "running", [])
    assert steps(clock) == ["start", "pause", "restart"]
    page = Client()
    page.force_login(clerk)
    for name in ("casework:clock", "casework:clock_sheet"):
        text = page.get(reverse(name, args=[clock.pk])).content.decode()
        assert "<dt>中止</dt><dd>重新计算以后没有（以前的见“变动”）</dd>" in text
        assert "<dt>延长</dt><dd>无</dd>" in text


def test_a_clock_without_object_is_cancelled(pending, clock_of: ClockOf):
    clock = clock_of(pending, "arb.correction")
    assert (clock.state, clock.met_on, clock.is_late) == ("cancelled", None, False)


def test_a_term_of_working_days_warns_on_the_working_day_before_at_the_latest(
    county: County, rules, acting: Callable[..., Any]
):
    """Also where its rule names no warning, and never before it began."""
    case = make.dispute(county, None, RECEIVED)  # Wednesday 16 August 2023
    clock = Clock.objects.select_related("rule").get(case=case.pk, term="arb.accept")
    clock.case, law = case, clocks.Law()
    clock.rule.warn_before = ""
    clocks.recompute(clock, law)
    assert (clock.due_on, clock.soon_on) == (date(2023, 8, 23), date(2023, 8, 22))
    clock.rule.warn_before = "2wd"
    clocks.recompute(clock, law)
    assert clock.soon_on == date(2023, 8, 21)
    clock.rule.length = 1
    clocks.recompute(clock, law)
    assert (clock.due_on, clock.soon_on) == (date(2023, 8, 17), RECEIVED)


def test_a_repeating_term_opens_another_clock(accepted, today):
    today.move_to("2023-08-18T09:00:00+08:00")
    for _ in range(2):
        moves.move(accepted, "answer", by=None)
    rows = Clock.objects.filter(case=accepted.pk, term="arb.forward_answer")
    assert [clock.state for clock in rows.order_by("pk")] == ["running", "running"]


def test_a_term_that_does_not_repeat_restarts_the_running_clock(
    county: County, rules, today, monkeypatch: pytest.MonkeyPatch
):
    term = Term(
        code="t.once",
        label="试",
        rule="ARB-01",
        of="arbitration.dispute",
        starts=frozenset({"open", "to_mediation"}),
    )
    monkeypatch.setattr(clocks, "terms_of", lambda kind: (term,))
    case = make.dispute(county, None, RECEIVED, mediation_ok=True)
    today.move_to("2023-08-18T09:00:00+08:00")
    moves.move(case, "to_mediation", by=None)
    clock = Clock.objects.get(case=case.pk)
    assert (clock.started_on, steps(clock)) == (date(2023, 8, 18), ["start", "restart"])


def test_the_case_shows_the_next_statutory_day_of_the_bureau(accepted, clock_of: ClockOf):
    case = Dispute._base_manager.get(pk=accepted.pk)
    own = Clock.objects.filter(case=case.pk, state="running", owner="bureau", is_target=False)
    first = own.order_by("due_on", "pk")[0]
    assert (case.due_on, case.warn_on) == (first.due_on, first.soon_on)
    party = Clock.objects.filter(case=case.pk, owner="party", state="running")
    assert case.due_term not in set(party.values_list("term", flat=True))


def test_steps_are_never_changed(accepted):
    row = ClockStep.objects.filter(clock__case=accepted.pk).order_by("pk")[0]
    row.reason = "改"
    with pytest.raises(Exception, match="append_only"):
        row.save()


def test_a_due_day_changed_by_hand_leaves_a_name(accepted, clock_of: ClockOf):
    clock = clock_of(accepted, "arb.award")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_clock SET due_on = due_on + 30 WHERE id = %s", [clock.pk])
    entry = ChangeEntry.objects.get(table="casework_clock", row_id=str(clock.pk))
    later = clock.due_on + timedelta(days=30)
    assert (entry.actor_name, entry.old, entry.new) == (
        "系统",
        {"due_on": clock.due_on.isoformat()},
        {"due_on": later.isoformat()},
    )


def test_a_day_computed_again_is_the_day_stored(accepted):
    law = clocks.Law()
    for clock in Clock.objects.filter(case=accepted.pk).select_related("rule", "case__unit"):
        due = clocks.compute_due(clock, law)
        assert due.due_on == clock.due_on, clock.term
        assert due.trace


# --- replay -------------------------------------------------------------------------------------


def test_a_new_holiday_is_previewed_then_moves_the_clocks_and_tells(
    accepted, clock_of: ClockOf, arbitration_head: User, arbitrator: User, county: County
):
    due = clock_of(accepted, "arb.send_copy").due_on
    assert replay.replay_preview() == []
    county.bureau.refresh_from_db()
    closing(due, region="CN")
    moved = replay.replay_preview()
    mine = {one.clock.term: one for one in moved if one.clock.case_id == accepted.pk}
    assert mine["arb.send_copy"].old_due_on == due
    assert mine["arb.send_copy"].new_due_on > due
    assert clock_of(accepted, "arb.send_copy").due_on == due  # a preview stores nothing
    count = replay.replay(moved, by=arbitration_head, reason="台风停工")
    clock = clock_of(accepted, "arb.send_copy")
    step = clock.steps.get(kind="replay")
    assert (count, clock.due_on) == (len(moved), mine["arb.send_copy"].new_due_on)
    assert (step.old_due_on, step.reason, step.approver) == (due, "台风停工", arbitration_head)
    assert Notice.objects.filter(user=arbitrator, title__contains="到期日重算").count() == 1
    assert replay.replay_preview() == []
    assert replay.replay(moved, by=arbitration_head, reason="再来一次") == 0


def test_a_new_version_of_the_rule_moves_the_clocks_that_began_under_it(
    accepted, clock_of: ClockOf, arbitration_head: User
):
    clock = clock_of(accepted, "arb.send_copy")
    LegalRule.objects.filter(pk=clock.rule_id).update(length=clock.rule.length + 5)
    moved = replay.replay_preview()
    assert {one.clock.rule.code for one in moved} == {clock.rule.code}
    replay.replay(moved, by=arbitration_head, reason="规则修改")
    assert clock_of(accepted, "arb.send_copy").due_on > clock.due_on


def test_a_move_made_since_the_preview_is_not_overwritten(
    accepted, clock_of: ClockOf, arbitration_head: User
):
    closing(clock_of(accepted, "arb.send_copy").due_on, region="CN")
    moved = replay.replay_preview()
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    replay.replay(moved, by=arbitration_head, reason="台风停工")
    assert clock_of(accepted, "arb.send_copy").state == "met"


def test_finished_and_imported_clocks_stay(received, clock_of: ClockOf):
    clock = clock_of(received, "arb.accept")
    Clock.objects.filter(case=received.pk).update(is_live=False)
    closing(clock.due_on, region="CN")
    assert replay.replay_preview() == []
    assert CalendarDay.objects.filter(date=clock.due_on).exists()


def test_a_date_put_right_leaves_a_clock_that_has_ended(
    accepted: Dispute, clock_of: ClockOf, arbitration_head: User
):
    before = clock_of(accepted, "arb.limitation")
    assert before.state not in clocks.ACTIVE
    changes = {"dispute_on": date(2023, 6, 1)}
    moves.amend(accepted, by=arbitration_head, changes=changes, reason="劳动者更正")
    after = clock_of(accepted, "arb.limitation")
    assert (after.state, after.started_on, after.due_on) == (
        before.state,
        before.started_on,
        before.due_on,
    )


def test_only_a_term_of_the_bureau_makes_a_case_suspended(accepted: Dispute):
    rows = list(Clock._base_manager.filter(case=accepted.pk, state="running"))
    for clock in rows:
        clock.owner, clock.state = "party", "paused"
    clocks.summarise(accepted, rows)
    assert not Dispute._base_manager.get(pk=accepted.pk).is_paused
    rows[0].owner = "bureau"
    clocks.summarise(accepted, rows)
    assert Dispute._base_manager.get(pk=accepted.pk).is_paused
