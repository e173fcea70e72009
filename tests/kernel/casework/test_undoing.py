"""A move that takes another one back: the case returns, its ended clocks run on as they stood."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import bulk, moves
from hrss_portal.casework.bulk import CaseRow, PastMove
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.undoing import ended_by, undone_by
from hrss_portal.casework.workflow import workflow_of
from tests.cast import County
from tests.factories import arbitration as make

ClockOf = Callable[[Dispute, str], Clock]
SETTLED = {"outcome": "mediated", "result": "付清工资。", "awarded": "3000"}


@pytest.fixture(autouse=True)
def _system(acting: Callable[..., Any]) -> None:
    acting("test")


@pytest.fixture
def settled(accepted: Dispute, county: County, today: Any, arbitration_head: User) -> Dispute:
    """The accepted dispute, settled before its tribunal on 1 September 2023."""
    seats = [{"member": make.staff(county), "role": "sole"}]
    moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})
    today.move_to("2023-09-01T09:00:00+08:00")
    moves.move(accepted, "settle", by=arbitration_head, data=SETTLED)
    return Dispute._base_manager.get(pk=accepted.pk)


def test_a_met_clock_runs_on_as_it_stood(
    settled: Dispute, clock_of: ClockOf, today: Any, arbitrator: User
) -> None:
    met = clock_of(settled, "arb.award")
    assert (met.state, met.met_on) == ("met", date(2023, 9, 1))
    today.move_to("2023-09-11T09:00:00+08:00")
    moves.move(settled, "retract_settlement", by=arbitrator, note="用人单位来函反悔")
    again = clock_of(settled, "arb.award")
    assert (again.pk, again.state, again.met_on) == (met.pk, "running", None)
    assert (again.started_on, again.due_on) == (met.started_on, met.due_on)
    step = again.steps.last()
    assert step is not None
    assert (step.kind, step.on, step.approver) == ("reopen", date(2023, 9, 11), arbitrator)
    assert step.reason == "送达前反悔：用人单位来函反悔"
    assert (step.old_due_on, step.new_due_on) == (met.due_on, met.due_on)
    assert list(again.steps.values_list("kind", flat=True)) == ["start", "met", "reopen"]


def test_a_cancelled_clock_runs_on(
    settled: Dispute, clock_of: ClockOf, arbitration_head: User
) -> None:
    assert clock_of(settled, "arb.send_copy").state == "cancelled"
    # What may still be taken back is no file for the archive: that term begins with the closing.
    assert not Clock._base_manager.filter(case=settled.pk, term="arb.archive").exists()
    moves.move(settled, "retract_settlement", by=arbitration_head)
    assert clock_of(settled, "arb.send_copy").state == "running"
    case = Dispute._base_manager.get(pk=settled.pk)
    assert (case.state, case.closed_on, case.due_term) == ("accepted", None, "arb.send_copy")


def test_what_lost_its_object_stays_ended(
    accepted: Dispute, county: County, clock_of: ClockOf, today: Any, arbitration_head: User
) -> None:
    seats = [{"member": make.staff(county), "role": "sole"}]
    moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})
    starts = datetime.fromisoformat("2023-09-18T09:00+08:00")
    hearing = {"room": make.room(county), "starts_at": starts, "hearing_on": starts.date()}
    moves.move(
        accepted, "schedule", by=None, data={**hearing, "ends_at": starts + timedelta(hours=2)}
    )
    assert clock_of(accepted, "arb.hearing_notice").state == "running"
    today.move_to("2023-09-01T09:00:00+08:00")
    event = moves.move(accepted, "settle", by=arbitration_head, data=SETTLED)
    assert clock_of(accepted, "arb.hearing_notice").pk in ended_by(event)
    moves.move(accepted, "retract_settlement", by=arbitration_head)
    assert clock_of(accepted, "arb.hearing_notice").state == "cancelled"
    assert clock_of(accepted, "arb.award").state == "running"


def test_clocks_that_ended_before_stay_ended(
    settled: Dispute, clock_of: ClockOf, arbitration_head: User
) -> None:
    assert clock_of(settled, "arb.accept").state == "met"
    moves.move(settled, "retract_settlement", by=arbitration_head)
    assert clock_of(settled, "arb.accept").state == "met"
    event = settled.events.get(move="settle")
    assert clock_of(settled, "arb.accept").pk not in ended_by(event)
    assert ended_by(None) == frozenset()


def test_a_pause_that_was_open_goes_on_and_the_case_stands_still_again(
    accepted: Dispute,
    county: County,
    clock_of: ClockOf,
    today: Any,
    arbitration_head: User,
    director: User,
) -> None:
    seats = [{"member": make.staff(county), "role": "sole"}]
    moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})
    moves.move(accepted, "suspend", by=director, data={"suspend_cause": "appraisal"})
    today.move_to("2023-09-01T09:00:00+08:00")
    moves.move(accepted, "settle", by=arbitration_head, data=SETTLED)
    today.move_to("2023-09-04T09:00:00+08:00")
    moves.move(accepted, "retract_settlement", by=arbitration_head)
    assert Dispute._base_manager.get(pk=accepted.pk).state == "suspended"
    assert clock_of(accepted, "arb.award").state == "paused"
    moves.move(accepted, "resume", by=arbitration_head)
    assert Dispute._base_manager.get(pk=accepted.pk).state == "accepted"
    assert clock_of(accepted, "arb.award").pauses == [["2023-08-16", "2023-09-04"]]


def test_of_two_settlements_the_newest_is_taken_back(
    settled: Dispute, clock_of: ClockOf, today: Any, arbitration_head: User
) -> None:
    step = workflow_of(settled).move("retract_settlement")
    first = settled.events.get(move="settle")
    assert undone_by(step, settled) == first
    moves.move(settled, "retract_settlement", by=arbitration_head)
    today.move_to("2023-09-04T09:00:00+08:00")
    again = moves.move(settled, "settle", by=arbitration_head, data=SETTLED)
    assert again.pk > first.pk
    assert undone_by(step, Dispute._base_manager.get(pk=settled.pk)) == again
    assert clock_of(settled, "arb.award").pk in ended_by(again)


def test_only_what_was_made_can_be_taken_back(accepted: Dispute, arbitration_head: User) -> None:
    step = workflow_of(accepted).move("retract_settlement")
    assert undone_by(step, accepted) is None
    with pytest.raises(MoveRefused, match="没有办过“调解结案”"):
        moves.move(accepted, "retract_settlement", by=arbitration_head)


def test_a_ledger_takes_nothing_back(rules: None, today: Any, county: County) -> None:
    case = make.dispute(county, None, date(2023, 8, 1))
    fresh = Dispute(unit=case.unit, town=case.town, opened_on=case.opened_on)
    fresh.apply_mode, fresh.cause, fresh.people = "written", "pay", 1
    back = PastMove(code="retract_settlement", on=date(2023, 8, 2))
    row = CaseRow(case=fresh, parties=make.worker_and_firm(county), moves=[back])
    [landed] = bulk.open_cases([row], by=None, source="sheet")
    assert landed.messages == ["送达前反悔只能在本系统办理，台账里不写"]
