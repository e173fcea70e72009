"""Staff against what is asked, funds in the budget, the platform's overdue cases, who looked."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.jobs.daily import missing_checks
from arbitration.models import BudgetLine, PlatformLook
from arbitration.views.workload import required, staffing
from hrss_portal.access.models import User
from hrss_portal.deadlines.models import Parameter
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import closing

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]


def page_of(user: User, url: str) -> str:
    """The text of a page as the user sees it."""
    browser = Client()
    browser.force_login(user)
    response = browser.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_staff_is_counted_by_role_and_compared_once_a_requirement_is_entered(
    county: County, arbitration_head: User, acting: Acting
) -> None:
    acting(arbitration_head)
    make.staff(county)
    make.staff(county, name="离任", cert_no="T-2", ended_on=date(2023, 11, 16))
    make.staff(county, role="officer", name="工作人员甲", cert_no="")
    unit, day = make.court(county), timezone.localdate()
    rows = {row["label"]: row for row in staffing(day, unit)}
    assert (rows["专职仲裁员"]["count"], rows["专职仲裁员"]["asked"]) == (1, None)
    assert "未登记" in page_of(arbitration_head, reverse("arbitration:workload"))
    acting("test")
    Parameter.objects.filter(code="ARB-STAFF", name="专职仲裁员").update(value="3")
    acting(arbitration_head)
    assert required("专职仲裁员", day, unit) == 3
    rows = {row["label"]: row for row in staffing(day, unit)}
    assert (rows["专职仲裁员"]["missing"], rows["兼职仲裁员"]["missing"]) == (2, None)


def test_funds_are_in_the_budget_once_a_line_is(
    county: County, arbitration_head: User, acting: Acting
) -> None:
    acting(arbitration_head)
    url = reverse("arbitration:workload")
    line = BudgetLine.objects.create(
        unit=make.court(county), year=2023, item="办案经费", amount=Decimal(180000)
    )
    assert "否：没有已列入预算" in page_of(arbitration_head, url)
    line.state = BudgetLine.State.IN_BUDGET
    line.save()
    assert "是：预算" in (page := page_of(arbitration_head, url))
    assert "180,000" in page


def test_a_case_late_on_the_platform_says_so_and_is_found(
    county: County, mediator: User, arbitration_head: User, acting: Acting
) -> None:
    acting("test")
    body = make.mediation_body(county)
    moments = {"PT-1": "2023-11-10T17:00+08:00", "PT-2": "2023-11-20T17:00+08:00"}
    cases = [
        make.mediation(
            county,
            None,
            date(2023, 11, 8),
            channel="platform",
            external_no=number,
            external_system="互联网+调解",
            platform_due_at=datetime.fromisoformat(due),
            organisation=body,
        )
        for number, due in moments.items()
    ]
    pages = [
        page_of(mediator, reverse("arbitration:mediationcase_detail", args=[case.pk]))
        for case in cases
    ]
    assert ("未超期" in pages[0], "未超期" in pages[1]) == (False, True)
    found = page_of(arbitration_head, reverse("arbitration:mediationcase_list") + "?platform=late")
    assert (cases[0].reference in found, cases[1].reference in found) == (True, False)
    other = reverse("arbitration:mediationcase_list") + f"?organisation={body.pk}"
    assert cases[0].reference in page_of(mediator, other)


def test_each_bureau_is_told_that_nobody_looked(
    county: County, mediator: User, stranger: User, acting: Acting
) -> None:
    acting("test")
    PlatformLook.objects.create(unit=make.court(county), on=timezone.localdate())
    assert missing_checks() == {"told": 1}
    assert list(Notice.objects.values_list("user", flat=True)) == [stranger.pk]
    assert missing_checks() == {"told": 0}


def test_nobody_is_told_where_the_offices_of_the_county_are_closed(
    county: County, mediator: User, stranger: User, acting: Acting
) -> None:
    acting("test")
    closing(timezone.localdate())
    assert missing_checks() == {"told": 1}
    assert list(Notice.objects.values_list("user", flat=True)) == [stranger.pk]
