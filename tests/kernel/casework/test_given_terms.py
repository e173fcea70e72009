"""A term whose rule counts nothing takes the day that the paper states."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hrss_portal.casework import clocks, door, moves, replay
from hrss_portal.casework.models import Clock
from hrss_portal.deadlines.terms import Term
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules

KIND = "arbitration.mediationcase"
DAY = date(2023, 11, 1)


@pytest.fixture
def slip(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Mediation cases whose end is written on a slip, in place of the court's own terms."""
    shipped_rules()
    term = Term(
        code="test.slip",
        label="交办期限",
        rule="ACT-01",
        of=KIND,
        starts=frozenset({"open"}),
        given_by="perform_by",
        restarted_by=frozenset({"again"}),
    )
    monkeypatch.setattr(clocks, "terms_of", lambda kind: (term,) if kind == KIND else ())


@pytest.mark.usefixtures("slip")
def test_the_day_on_the_paper_is_the_due_day(
    county: County, acting: Callable[..., Any], time_machine: Any
) -> None:
    time_machine.move_to("2023-11-16T09:00:00+08:00")
    acting("test")
    case = make.mediation(county, None, DAY, perform_by=date(2023, 11, 18))
    clock = Clock.objects.get(case=case.pk)
    assert (clock.started_on, clock.due_on) == (DAY, date(2023, 11, 18))
    assert clock.internal_due_on == date(2023, 11, 17)  # the 18th is a Saturday
    assert case.due_on == date(2023, 11, 18)
    assert replay.replay_preview([clock]) == []


@pytest.mark.usefixtures("slip")
def test_a_corrected_paper_moves_the_day_and_a_new_paper_replaces_it(
    county: County, acting: Callable[..., Any], time_machine: Any
) -> None:
    time_machine.move_to("2023-11-16T09:00:00+08:00")
    acting("test")
    case = make.mediation(county, None, DAY, perform_by=date(2023, 11, 18))
    event = moves.amend(case, by=None, changes={"perform_by": date(2023, 11, 30)}, reason="写错")
    clock = Clock.objects.get(case=case.pk)
    assert (clock.started_on, clock.due_on) == (DAY, date(2023, 11, 30))
    event.move, event.data = "again", {"perform_by": "2023-12-05"}
    with door.opened():
        clocks.follow(event.case, event)
    clock.refresh_from_db()
    assert (clock.given_on, clock.due_on) == (date(2023, 12, 5), date(2023, 12, 5))
    steps = clock.steps.order_by("pk").values_list("old_due_on", "new_due_on")
    assert list(steps) == [
        (None, date(2023, 11, 18)),
        (date(2023, 11, 18), date(2023, 11, 30)),
        (date(2023, 11, 30), date(2023, 12, 5)),
    ]


@pytest.mark.usefixtures("slip")
def test_a_paper_that_states_no_day_gives_a_clock_without_one(
    county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    case = make.mediation(county, None, DAY)
    clock = Clock.objects.get(case=case.pk)
    assert (clock.due_on, clock.soon_on, case.due_on) == (None, None, None)
