"""A page of figures says whether it counts the bureau's cases or only those of the viewer."""

import pytest
from django.test import Client
from django.urls import reverse

from hrss_portal.access.models import User

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.mark.parametrize(
    ("route", "code"),
    [("board", "arb.board"), ("figure", "arb.accepted"), ("rows", "arb.accepted")],
)
def test_pages_say_whose_cases_they_count(
    route: str, code: str, director: User, clerk: User, arbitrator: User
) -> None:
    browser = Client()
    for user, words in (
        (director, "全局"),
        (clerk, "按您可见的办件统计"),
        (arbitrator, "按您可见的办件统计"),
    ):
        browser.force_login(user)
        page = browser.get(reverse(f"indicators:{route}", args=[code]))
        assert f'<span data-test="reach">{words}</span>' in page.content.decode(), user
