"""What is entered later says so, and no approval makes a term that is over run again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused

pytestmark = pytest.mark.usefixtures("rules")
CAUSE = {"suspend_cause": "appraisal"}


def suspend(case: Dispute, by: User, on: date) -> None:
    """Suspends the trial from that day on."""
    moves.move(Dispute.objects.get(pk=case.pk), "suspend", by=by, on=on, data=CAUSE, note="待鉴定")


def term_of_trial(case: Dispute) -> Clock:
    """The 45 days."""
    return Clock._base_manager.get(case=case.pk, term="arb.award")


def text_of(user: User, name: str, pk: int) -> str:
    """A page as that user reads it."""
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse(name, args=[pk])).content.decode()


def test_a_term_that_is_over_is_not_suspended_from_a_day_when_it_ran(
    accepted: Dispute, director: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(director)
    last = term_of_trial(accepted).due_on
    assert last is not None
    today.move_to("2024-02-20T09:00:00+08:00")
    with pytest.raises(MoveRefused, match="不能补登届满以前的中止审理"):
        suspend(accepted, director, last)
    suspend(accepted, director, date(2024, 2, 20))
    today.move_to("2024-03-01T09:00:00+08:00")
    moves.move(Dispute.objects.get(pk=accepted.pk), "resume", by=None)
    clock = term_of_trial(accepted)
    assert (clock.state, clock.due_on) == ("running", last)


def test_a_suspension_entered_while_the_term_runs_says_on_which_day(
    accepted: Dispute, director: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(director)
    today.move_to("2023-11-23T09:00:00+08:00")
    suspend(accepted, director, date(2023, 11, 21))
    words = "2023-11-23 登记"
    assert words in text_of(director, "arbitration:dispute_detail", accepted.pk)
    assert words in text_of(director, "casework:clock", term_of_trial(accepted).pk)
