"""What is entered later says so, and no approval makes a term that is over run again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.forms import ClaimsChangeForm, WithdrawalForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock, Event
from hrss_portal.casework.moves import MoveRefused
from tests.arbitration.test_mending import page, send

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]
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
    accepted: Dispute, director: User, acting: Acting, today: Any
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
    accepted: Dispute, director: User, acting: Acting, today: Any
) -> None:
    acting(director)
    today.move_to("2023-11-23T09:00:00+08:00")
    suspend(accepted, director, date(2023, 11, 21))
    words = "2023-11-23 登记"
    assert words in text_of(director, "arbitration:dispute_detail", accepted.pk)
    assert words in text_of(director, "casework:clock", term_of_trial(accepted).pk)


@pytest.mark.parametrize(("entered", "runs_anew"), [("2023-12-15", True), ("2024-02-20", False)])
def test_a_term_that_ran_out_unnoticed_does_not_begin_anew(
    accepted: Dispute, clerk: User, acting: Acting, today: Any,
    entered: str, runs_anew: bool,
) -> None:  # fmt: skip
    acting(clerk)
    last = term_of_trial(accepted).due_on
    assert last == date(2023, 12, 18)
    today.move_to(f"{entered}T09:00:00+08:00")
    rows = {"claims-TOTAL_FORMS": "1", "claims-INITIAL_FORMS": "0", "claims-0-text": "支付工资"}
    given = {"on": "2023-12-14", **rows, "claims-0-amount": "9000"}
    form = ClaimsChangeForm(given, case=Dispute.objects.get(pk=accepted.pk), user=clerk)
    assert form.is_valid(), form.errors
    fresh = Dispute.objects.get(pk=accepted.pk)
    data = form.move_data()
    moves.move(fresh, "change_claims", by=None, on=date(2023, 12, 14), data=data)
    assert (term_of_trial(accepted).due_on != last) is runs_anew


def test_a_withdrawal_is_granted_to_whoever_asked(
    accepted: Dispute, arbitrator: User, acting: Acting
) -> None:
    acting(arbitrator)
    given = {"on": "2023-11-01", "outcome": "withdrawn", "note": "同意"}
    form = WithdrawalForm(given, case=accepted, user=arbitrator)
    assert "还没有登记撤回申请" in str(form.errors["outcome"])
    asked = {"asked_in": "written"}
    moves.move(accepted, "ask_withdrawal", by=None, data=asked, note="自行和解")
    fresh = Dispute.objects.get(pk=accepted.pk)
    assert WithdrawalForm(given, case=fresh, user=arbitrator).is_valid()


def test_on_its_last_day_a_term_is_still_suspended_from_a_day_before(
    accepted: Dispute, director: User, acting: Acting, today: Any
) -> None:
    acting(director)
    last = term_of_trial(accepted).due_on
    assert last is not None
    today.move_to(f"{last}T09:00:00+08:00")
    suspend(accepted, director, last - timedelta(days=3))
    assert term_of_trial(accepted).state == "paused"


def corrected_day(case: Dispute, by: User, move: str, on: str) -> Any:
    """What the page answers that puts the day of a step right, sent again where it asks to."""
    browser = Client()
    browser.force_login(by)
    fresh = Dispute.objects.get(pk=case.pk)
    step = Event._base_manager.get(case=case.pk, move=move)
    first, again = send(browser, page(fresh, "day", step), fresh, on=on)
    return again or first


def test_a_suspension_of_a_term_that_was_over_is_not_put_back_into_it(
    accepted: Dispute, director: User, arbitration_head: User, acting: Acting, today: Any
) -> None:
    """Entered on 20 December, when the term was over on the 18th: no correction revives it."""
    acting(director)
    today.move_to("2023-12-20T09:00:00+08:00")
    suspend(accepted, director, date(2023, 12, 20))
    refused = corrected_day(accepted, arbitration_head, "suspend", "2023-12-15")
    assert "使已经届满的期限不再届满" in refused.content.decode()
    stored = corrected_day(accepted, arbitration_head, "suspend", "2023-12-19")
    assert stored.status_code == 302
    assert term_of_trial(accepted).pauses == [["2023-12-19", ""]]


def test_a_suspension_entered_while_the_term_ran_is_put_right(
    accepted: Dispute, director: User, arbitration_head: User, acting: Acting, today: Any
) -> None:
    acting(director)
    today.move_to("2023-12-18T09:00:00+08:00")
    suspend(accepted, director, date(2023, 12, 18))
    today.move_to("2023-12-28T09:00:00+08:00")
    moves.move(Dispute.objects.get(pk=accepted.pk), "resume", by=None, on=date(2023, 12, 22))
    stored = corrected_day(accepted, arbitration_head, "suspend", "2023-12-14")
    assert stored.status_code == 302
    assert term_of_trial(accepted).pauses == [["2023-12-14", "2023-12-22"]]


def test_a_suspension_does_not_go_on_after_its_end_was_entered(
    accepted: Dispute, director: User, arbitration_head: User, acting: Acting, today: Any
) -> None:
    """Resumed on 12 December and over on the 20th; that it went on to the 28th is not believed."""
    acting(director)
    today.move_to("2023-12-12T09:00:00+08:00")
    suspend(accepted, director, date(2023, 12, 8))
    moves.move(Dispute.objects.get(pk=accepted.pk), "resume", by=None, on=date(2023, 12, 12))
    today.move_to("2023-12-29T09:00:00+08:00")
    assert term_of_trial(accepted).due_on == date(2023, 12, 20)
    refused = corrected_day(accepted, arbitration_head, "resume", "2023-12-28")
    assert "不能更正" in refused.content.decode()
    assert term_of_trial(accepted).due_on == date(2023, 12, 20)
