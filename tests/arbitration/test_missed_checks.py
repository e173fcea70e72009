"""每个工作日一次检查: the days without one are rows that a list shows and a figure counts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.jobs.daily import list_missed
from arbitration.models import MissedCheck, SystemCheck, UpperSystem
from hrss_portal.access.models import User
from hrss_portal.deadlines.models import CalendarDay
from hrss_portal.indicators.figures import value
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
NOVEMBER = {"frm": date(2023, 11, 1), "to": date(2023, 11, 30)}


@pytest.fixture
def system(county: County, clerk: User, acting: Acting) -> UpperSystem:
    """A system in use since Wednesday 8 November 2023, kept by the clerk."""
    acting("test")
    return UpperSystem.objects.create(
        unit=make.court(county),
        name="省办案系统",
        level="省",
        keeper=clerk,
        used_from=date(2023, 11, 8),
    )


def days() -> list[int]:
    """The days of November that are on the list, oldest first."""
    found = MissedCheck._base_manager.order_by("on")
    return [day.day for day in found.values_list("on", flat=True)]


def page_of(user: User, url: str) -> str:
    """The text of a page as the user sees it."""
    browser = Client()
    browser.force_login(user)
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def check(system: UpperSystem, day: int) -> SystemCheck:
    """The registered check of a day of November."""
    return SystemCheck.objects.create(unit=system.unit, system=system, on=date(2023, 11, day))


def test_working_days_of_use_until_yesterday_are_listed(system: UpperSystem) -> None:
    assert days() == [8, 9, 10, 13, 14, 15]
    assert value("arb.checks_missed", **NOVEMBER).value == 6
    system.used_until = date(2023, 11, 10)
    system.save()
    assert days() == [8, 9]


def test_a_check_takes_its_day_off_the_list_and_voided_puts_it_back(system: UpperSystem) -> None:
    done = check(system, 9)
    assert 9 not in days()
    other = UpperSystem.objects.create(
        unit=system.unit, name="部系统", keeper=system.keeper, used_from=date(2023, 11, 9)
    )
    done.system = other
    done.save()
    assert list(MissedCheck.objects.filter(on=date(2023, 11, 9))) == list(system.missed.filter(
        on=date(2023, 11, 9)
    ))  # fmt: skip
    done.voided_at, done.void_reason = done.created_at, "登错"
    done.save()
    assert MissedCheck.objects.filter(on=date(2023, 11, 9)).count() == 2


def test_the_night_adds_yesterday_and_follows_the_calendar(system: UpperSystem, today: Any) -> None:
    today.move_to("2023-11-18T00:20:00+08:00")
    CalendarDay.objects.create(
        region="霍邱县", year_id=2023, date=date(2023, 11, 14), kind="closed", name="停电"
    )
    assert list_missed() == {"changed": 3}
    assert days() == [8, 9, 10, 13, 15, 16, 17]
    assert list_missed() == {"changed": 0}


def test_the_list_is_filtered_and_opens_the_form_of_that_day(
    system: UpperSystem, clerk: User, director: User
) -> None:
    url = reverse("arbitration:missedcheck_list")
    page = page_of(clerk, f"{url}?system={system.pk}&on_from=2023-11-13&on_to=2023-11-14")
    assert ("2023-11-13" in page, "2023-11-10" in page, "共 2 条" in page) == (True, False, True)
    form = f"{reverse('arbitration:systemcheck_add')}?system={system.pk}&amp;on=2023-11-13"
    assert form in page
    assert form not in page_of(director, url)
    assert 'value="2023-11-13"' in page_of(clerk, form.replace("&amp;", "&"))


def test_a_check_registered_later_says_so(system: UpperSystem, clerk: User) -> None:
    check(system, 13)
    url = reverse("arbitration:systemcheck_list")
    assert "补登" in page_of(clerk, url)
    SystemCheck.objects.update(on=date(2023, 11, 16))
    assert "补登" not in page_of(clerk, url)


def test_the_workbench_reminds_the_keeper_and_whoever_looks(
    system: UpperSystem, clerk: User, mediator: User, arbitrator: User, today: Any
) -> None:
    page = page_of(clerk, "/")
    assert "省办案系统：今天还没有登记检查" in page
    assert "省办案系统：有 6 个工作日没有登记检查" in page
    assert "平台：今天还没有登记查看" in page_of(mediator, "/")
    assert "省办案系统" not in page_of(arbitrator, "/")
    for day in (8, 9, 10, 13, 14, 15, 16):
        check(system, day)
    assert "省办案系统" not in page_of(clerk, "/")
    today.move_to("2023-11-18T09:00:00+08:00")  # Saturday
    assert "没有登记查看" not in page_of(mediator, "/")


def test_a_number_of_the_board_opens_to_the_days(
    system: UpperSystem, arbitration_head: User
) -> None:
    board = page_of(arbitration_head, reverse("indicators:board", args=["arb.board"]))
    assert "上级系统没有登记检查" in board
    url = reverse("indicators:rows", args=["arb.checks_missed"])
    rows = page_of(arbitration_head, f"{url}?from=2023-11-01&to=2023-11-30")
    assert rows.count("省办案系统") >= 6
    first = MissedCheck._base_manager.earliest("on")
    assert "共 1 条" in page_of(arbitration_head, first.get_absolute_url())
