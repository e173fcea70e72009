"""日查看: a look counts for the whole bureau, late ones say so, and it tells what came."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from arbitration.forms import PlatformLookForm
from arbitration.models import PlatformLook
from hrss_portal.access.models import User
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]


def row_of(user: User, day: str) -> str:
    """The line of a day on the page of looks as that user reads it."""
    browser = Client()
    browser.force_login(user)
    page = BeautifulSoup(browser.get(reverse("arbitration:looks")).content, "html.parser")
    rows = [row.get_text(" ", strip=True) for row in page.select("[data-test=looks] tbody tr")]
    return next(row for row in rows if row.startswith(day))


@pytest.fixture
def looked(county: County, clerk: User, acting: Acting) -> PlatformLook:
    """The look of Tuesday 14 November, registered on Thursday."""
    acting(clerk)
    unit = make.court(county)
    return PlatformLook.objects.create(unit=unit, on=date(2023, 11, 14), created_by=clerk)


def test_a_look_of_the_court_counts_for_a_township_too(
    looked: PlatformLook, clerk: User, town_officer: User
) -> None:
    for user in (clerk, town_officer):
        assert f"2023-11-14 {clerk.name}" in row_of(user, "2023-11-14")
        assert "补登" in row_of(user, "2023-11-14")
        assert "没有登记" in row_of(user, "2023-11-13")
        assert "今天还没有登记" in row_of(user, "2023-11-16")
    browser = Client()
    browser.force_login(town_officer)
    page = browser.get(reverse("arbitration:looks")).content.decode()
    assert reverse("arbitration:platformlook_edit", args=[looked.pk]) not in page
    assert "有 10 个工作日没有登记查看" in page


def test_a_look_tells_of_no_fewer_cases_than_came(
    county: County, clerk: User, acting: Acting
) -> None:
    acting(clerk)
    given = {"channel": "platform", "external_no": "PT-1", "external_system": "互联网+调解"}
    make.mediation(county, None, date(2023, 11, 16), **given)
    form = PlatformLookForm({"on": "2023-11-16", "new_cases": "0", "pending": "0"})
    assert "已登记平台案件 1 件" in str(form.errors["new_cases"])
    assert PlatformLookForm({"on": "2023-11-16", "new_cases": "1", "pending": "0"}).is_valid()
