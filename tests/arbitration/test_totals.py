"""办公室 and leaders read the totals of what they report; rows stay those of the own scope."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags
from openpyxl import load_workbook

from hrss_portal.access.models import Unit, User
from hrss_portal.casework import door
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
YEAR = "from=2023-01-01&to=2023-11-16"
ROWS = f"/indicators/arb.received/rows/?{YEAR}"
#: A page of the board's figures and of the report's, by who reads it.
BOARD, PRINTED = "/indicators/arb.received/", "/indicators/arb.mediation_resolved/"


def browser_of(user: User) -> Client:
    """A browser in which the user is logged in."""
    browser = Client()
    browser.force_login(user)
    return browser


def text_of(user: User, url: str) -> str:
    """The words of a page as the user reads them."""
    answer = browser_of(user).get(url)
    assert answer.status_code == 200, url
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def amended(case: Any, **values: Any) -> None:
    """What the moves of a whole case would have set; their own tests make the moves."""
    with door.opened():
        type(case).objects.filter(pk=case.pk).update(**values)


@pytest.fixture
def received(
    county: County, other_county: County, clerk: User, acting: Callable[..., Any]
) -> list[Any]:
    """Three disputes of the court, one of another county's."""
    acting("test")
    elsewhere = make.dispute(county, None, date(2023, 11, 1))
    amended(elsewhere, unit=make.court(other_county), town=other_county.town("邻城镇"))
    cases = [make.dispute(county, clerk, date(2023, 11, day)) for day in (1, 2, 3)]
    for case in [*cases, elsewhere]:
        amended(case, accepted_on=date(2023, 11, 7))
    return cases


@pytest.mark.parametrize("who", ["office_clerk", "director", "auditor"])
def test_who_drafts_the_report_or_reads_the_boards_gets_the_totals(
    who: str, received: list[Any], request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    assert "3件" in text_of(user, f"{BOARD}?{YEAR}")
    assert "3件" in text_of(user, f"/boards/arb.board/?{YEAR}")
    assert "收到仲裁申请" in text_of(user, f"/indicators/?{YEAR}")
    assert "全局" in text_of(user, f"{BOARD}?{YEAR}")
    seen = "共 3 条，您可见 0 条" if who == "office_clerk" else "本期明细 3 行，合计 3"
    assert seen in text_of(user, ROWS)


def test_the_office_opens_no_row_of_a_total(received: list[Any], office_clerk: User) -> None:
    page = browser_of(office_clerk).get(ROWS).content.decode()
    assert 'data-test="rows"' not in page
    assert "没有您可见的明细" in page
    for case in received:
        assert case.reference not in page
        assert browser_of(office_clerk).get(case.get_absolute_url()).status_code in (403, 404)
    months = f"/indicators/arb.monthly/monthly-rows/?{YEAR}&part=received"
    assert "共 3 条，您可见 0 条" in text_of(office_clerk, months)


def test_an_export_of_a_total_says_how_many_rows_are_held_back(
    received: list[Any], office_clerk: User
) -> None:
    answer = browser_of(office_clerk).get(f"/indicators/arb.received/rows/export/?{YEAR}")
    sheets = load_workbook(BytesIO(answer.content))
    assert sheets["明细"].max_row == 1
    about = dict(sheets["导出说明"].iter_rows(values_only=True))
    assert (about["数值"], about["行数"]) == ("3件", "0（共 3 条，其余不可见）")


def test_a_deputy_director_reads_the_reported_total_and_the_rows_of_the_own_units(
    county: County, deputy_director: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    ended = {"outcome": "agreed", "closed_on": date(2023, 11, 10)}
    body = make.mediation_body(county)
    for _ in range(3):
        amended(make.mediation(county, None, date(2023, 11, 8), organisation=body), **ended)
    rows = f"{PRINTED}rows/?{YEAR}"
    assert "本期明细 3 行，合计 3" in text_of(deputy_director, rows)
    Unit.objects.filter(led_by=deputy_director).update(led_by=None)
    assert "3起" in text_of(deputy_director, f"{PRINTED}?{YEAR}")
    assert "共 3 条，您可见 0 条" in text_of(deputy_director, rows)
    assert "3起" not in text_of(deputy_director, f"{BOARD}?{YEAR}")


@pytest.mark.parametrize("who", ["security_admin", "employment_clerk", "window_clerk", "lawyer"])
def test_others_get_no_total(who: str, received: list[Any], request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)
    answer = browser_of(user).get(f"{BOARD}?{YEAR}")
    assert answer.status_code == 403 or "3件" not in answer.content.decode()


def test_a_total_is_of_the_own_bureau_alone(
    received: list[Any], office_clerk: User, other_county: County
) -> None:
    url = f"{BOARD}?{YEAR}&org=%23{other_county.bureau.pk}"
    assert browser_of(office_clerk).get(url).status_code == 403
