"""Input that no form sends is answered with words, never with an error of the portal."""

import pytest
from django.test import Client
from django.urls import reverse

from hrss_portal.access.models import User

LONG_AGO, FAR_OFF = "0001-01-01", "9999-12-31"


@pytest.fixture
def browser(arbitration_head: User) -> Client:
    """The head of the court's browser."""
    made = Client()
    made.force_login(arbitration_head)
    return made


@pytest.mark.parametrize("route", ["desk:search", "documents:papers", "parties:persons"])
def test_a_nul_in_the_address_is_refused_in_chinese(browser: Client, route: str) -> None:
    page = browser.get(reverse(route), {"q": "甲\x00乙"})
    assert page.status_code == 400
    assert "不能显示的字符" in page.content.decode()


def test_a_nul_in_a_form_is_refused(browser: Client) -> None:
    assert browser.post(reverse("desk:draft"), {"key": "a\x00", "data": "{}"}).status_code == 400


def test_periods_of_no_century_are_refused_in_words(browser: Client) -> None:
    for url in ("/indicators/", "/boards/arb.board/"):
        for frm, to in ((LONG_AGO, FAR_OFF), ("2023-01-01", FAR_OFF), (LONG_AGO, "2023-11-16")):
            page = browser.get(url, {"from": frm, "to": to})
            assert page.status_code in {200, 400}
            assert "须在 2000 年至 2099 年之间" in page.content.decode()


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_months_of_no_century_show_this_month(browser: Client, month: str) -> None:
    for route in ("arbitration:calendar", "arbitration:looks"):
        assert browser.get(reverse(route), {"month": month}).status_code == 200
