"""What is to be done for a day that no law set shows, and makes no case overdue."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves, own_days
from hrss_portal.casework.models import Clock
from hrss_portal.desk.cases import by_clock
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]
GROUPS = ("overdue", "task", "due", "ok", "paused")


@pytest.fixture
def told(county: County, clerk: User, acting: Acting, today: Any) -> Dispute:
    """A dispute told on 16 November to correct until the 20th, whose applicant does not."""
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 14), facts="")
    asked = {"to_correct": "事实与理由", "correct_by": date(2023, 11, 20)}
    moves.move(case, "ask_correction", by=clerk, data=asked)
    return Dispute.objects.get(pk=case.pk)


def page(user: User, name: str, *args: Any, **query: str) -> str:
    """A page as that user sees it."""
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse(name, args=args), query).content.decode()


def groups() -> list[str]:
    """The groups of the list in which the one case stands."""
    return [code for code in GROUPS if by_clock(Dispute.objects.all(), code).exists()]


def test_before_its_day_the_case_waits_for_the_applicant(told: Dispute, today: Any) -> None:
    assert groups() == ["paused"]
    today.move_to("2023-11-19T09:00:00+08:00")
    assert groups() == ["paused"]


def test_from_its_day_on_it_is_to_be_done_and_not_overdue(
    told: Dispute, clerk: User, today: Any
) -> None:
    today.move_to("2023-12-24T09:00:00+08:00")
    assert [clock.term for clock in own_days.come(date(2023, 12, 24))] == ["arb.correct_by"]
    assert not own_days.come(date(2023, 11, 19)).exists()
    assert groups() == ["task"]
    told.refresh_from_db()
    assert told.due_on is None
    shown = page(clerk, "arbitration:dispute_detail", told.pk)
    assert "补正期满处理 已到期34天" in shown
    assert "受理决定或不予受理通知中止" in shown
    assert "补正期满处理 已到期34天" in page(clerk, "arbitration:dispute_list")
    assert "补正期满处理 已到期34天" in page(clerk, "desk:todo", clock="task")
    home = page(clerk, "desk:home")
    assert "补正期满处理 已到期34天" in home
    assert "到期未办 1" in home
    assert "超期 1" not in home


def test_it_stands_before_what_is_due_later(
    told: Dispute, county: County, clerk: User, today: Any
) -> None:
    today.move_to("2023-11-20T09:00:00+08:00")
    later = make.dispute(county, clerk, date(2023, 11, 20))
    home = page(clerk, "desk:home")
    assert home.index(told.reference) < home.index(later.reference)
    assert "补正期满处理 今天到期" in home


def test_the_file_waits_for_the_archive_from_the_day_its_closing_was_approved(
    told: Dispute, clerk: User, arbitration_head: User, today: Any
) -> None:
    moves.move(told, "withdraw_early", by=clerk, data={"outcome": "withdrawn"})
    assert groups() == []
    today.move_to("2024-05-06T09:00:00+08:00")
    assert groups() == []
    assert not Clock.objects.filter(case=told.pk, term="arb.archive").exists()
    moves.move(told, "ask_close", by=clerk, data={"follow_up": "unknown"})
    moves.move(told, "close", by=arbitration_head, data={"follow_up": "unknown"})
    started = Clock.objects.get(case=told.pk, term="arb.archive").started_on
    assert started == date(2024, 5, 6)
    assert groups() == []
    today.move_to("2024-06-11T09:00:00+08:00")
    assert groups() == ["task"]
    assert "立卷归档 已到期" in page(clerk, "arbitration:dispute_detail", told.pk)
