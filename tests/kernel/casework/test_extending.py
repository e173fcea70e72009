"""A term that is extended once: the approval and the request for it are refused alike."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.extending import TOO_LATE, extension_problems
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.workflow import workflow_of

ClockOf = Callable[[Dispute, str], Clock]
MORE = {"days": 15, "reason": "案情复杂"}
EXTENDING = ("extend", "ask_extension")


@pytest.fixture(autouse=True)
def _system(acting: Callable[..., Any]) -> None:
    acting("test")


def problems(case: Dispute, code: str, on: date) -> list[str]:
    """What the term says to a move of a day."""
    return list(extension_problems(case, workflow_of(case).move(code), on))


@pytest.mark.parametrize("code", EXTENDING)
def test_the_last_day_is_in_time_and_the_next_one_is_not(
    accepted: Dispute, clock_of: ClockOf, code: str
) -> None:
    due = clock_of(accepted, "arb.award").due_on
    assert due is not None
    assert problems(accepted, code, due) == []
    [words] = problems(accepted, code, date(2023, 12, 29))
    said = f"“审理期限（结案）”的期限已于 {due:%Y-%m-%d} 届满，届满后不能再延长"
    assert words == {"extend": f"{said}。{TOO_LATE}", "ask_extension": said}[code]


@pytest.mark.parametrize("code", EXTENDING)
def test_it_is_given_once_and_not_asked_for_again(
    accepted: Dispute, director: User, code: str
) -> None:
    moves.move(accepted, "extend", by=director, data=MORE)
    with pytest.raises(MoveRefused, match="“审理期限（结案）”的期限已经延长过一次，不能再延长"):
        moves.move(accepted, code, by=None, data=MORE)


def test_a_term_that_stands_still_is_not_over(
    accepted: Dispute, clock_of: ClockOf, director: User
) -> None:
    moves.move(accepted, "suspend", by=director, data={"suspend_cause": "appraisal"})
    assert clock_of(accepted, "arb.award").state == "paused"
    assert problems(accepted, "extend", date(2023, 12, 29)) == []


def test_other_moves_are_not_asked(accepted: Dispute, director: User) -> None:
    moves.move(accepted, "extend", by=director, data=MORE)
    assert problems(accepted, "suspend", date(2023, 12, 29)) == []
