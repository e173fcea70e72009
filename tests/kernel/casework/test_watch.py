"""Reminders without a clock come once a week; old drafts go."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.casework import watch
from hrss_portal.casework.models import Draft
from hrss_portal.deadlines.models import CalendarYear
from hrss_portal.jobs.kinds import kinds
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make


@pytest.fixture(autouse=True)
def _day(time_machine: Any, acting: Callable[..., Any], db: None) -> None:
    time_machine.move_to("2023-11-16T09:00:00+08:00")
    acting("test")


def test_the_office_hears_once_a_week_of_what_expires(
    county: County, arbitration_head: User, stranger: User, time_machine: Any
) -> None:
    make.staff(county, name="仲裁员乙", expires_on=date(2023, 12, 1))
    make.staff(county, name="仲裁员丙", cert_no="T-2", expires_on=date(2024, 6, 1))
    for _ in range(2):
        watch.expiring()
    notice = Notice.objects.get(user=arbitration_head, kind="expiry")
    assert "1 条将在一个月内到期" in notice.title
    assert "12-01" in notice.body
    time_machine.move_to("2023-11-23T09:00:00+08:00")
    watch.expiring()
    assert Notice.objects.filter(user=arbitration_head, kind="expiry").count() == 2
    assert not Notice.objects.filter(user=stranger).exists()


def test_a_year_without_notice_is_asked_for_from_november(
    administrator: User, time_machine: Any
) -> None:
    CalendarYear.objects.create(year=2023, status="published", notice_title="通知", notice_url="")
    time_machine.move_to("2023-10-31T09:00:00+08:00")
    watch.calendar()
    assert not Notice.objects.filter(user=administrator).exists()
    time_machine.move_to("2023-11-01T09:00:00+08:00")
    for _ in range(2):
        watch.calendar()
    assert Notice.objects.get(user=administrator).title == "2024 年的放假安排还没有载入"


def test_old_drafts_go_and_young_ones_stay(clerk: User) -> None:
    for name, age in (("old", 100), ("young", 3)):
        at = timezone.now() - timedelta(days=age)
        Draft.objects.create(user=clerk, form=name, body="{}", saved_at=at)
    assert watch.drop_drafts() == {"drafts": 1}
    assert list(Draft.objects.values_list("form", flat=True)) == ["young"]


def test_the_reminders_run_every_minute_under_their_purpose() -> None:
    kind = kinds()["casework.reminders"]
    assert (kind.every, kind.options["purpose"]) == (60, "reminders")
