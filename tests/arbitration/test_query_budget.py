"""What a page may cost in queries, whoever looks, at one row as at fifty.

Not counted: the session, the account, BEGIN and COMMIT.  Counted: everything else, with the short
memory of the cache warm.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.casework import moves
from tests.cast import County
from tests.factories import arbitration as make

DAY = date(2023, 11, 1)
LIST, DETAIL = 6, 15
FRAME = (
    "BEGIN",
    "COMMIT",
    "SAVEPOINT",
    "RELEASE",
    'SELECT "access_user"."id", "access_user"."pass',
)
pytestmark = pytest.mark.usefixtures("rules", "today")


def cost(user: User, url: str) -> int:
    """The queries of the second visit to a page."""
    browser = Client()
    browser.force_login(user)
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(url)
    assert response.status_code == 200
    texts = [one["sql"] for one in queries]
    return sum(not (sql.startswith(FRAME) or '"django_session"' in sql) for sql in texts)


def test_a_list_costs_every_post_the_same_at_one_row_and_at_fifty(
    county: County,
    acting: Any,
    clerk: User,
    arbitration_head: User,
    director: User,
    auditor: User,
) -> None:
    acting("test")
    url = reverse("arbitration:dispute_list")
    posts = (clerk, arbitration_head, director, auditor)
    make.dispute(county, None, DAY)
    one = [cost(user, url) for user in posts]
    for n in range(49):
        make.dispute(county, None, DAY + timedelta(days=n % 14))
    fifty = [cost(user, url) for user in posts]
    assert one == fifty
    assert max(fifty) < LIST  # a further page adds the count
    make.dispute(county, None, DAY)
    assert max(cost(user, url) for user in posts) <= LIST


@pytest.mark.parametrize("name", ["parties:persons", "parties:employers", "desk:todo", "desk:home"])
def test_pages_of_everybody_cost_little(name: str, town_officer: User, clerk: User) -> None:
    # The workbench holds five lists; what is to be registered today asks six more of who keeps
    # a register: bureau, calendar (2), systems, missed days, the look.
    known = {town_officer: 8, clerk: 14} if name == "desk:home" else {}
    for user in (town_officer, clerk):
        assert cost(user, reverse(name)) <= known.get(user, LIST)


def test_a_case_with_all_its_tables_is_read_in_one_query_each(
    county: County, acting: Any, arbitrator: User, clerk: User, director: User
) -> None:
    acting("test")
    case = make.dispute(county, None, DAY, workers=3)
    hands = {"handler": arbitrator, "deputy": clerk}
    moves.amend(case, by=None, changes=hands, reason="分派")
    url = reverse("arbitration:dispute_detail", args=[case.pk])
    assert max(cost(user, url) for user in (clerk, director)) <= DETAIL


def test_what_is_taken_back_is_gone_at_the_next_request(
    county: County, acting: Any, clerk: User
) -> None:
    acting("test")
    browser = Client()
    browser.force_login(clerk)
    url = reverse("arbitration:dispute_list")
    assert browser.get(url).status_code == 200
    clerk.grants.update(revoked_at=timezone.now())
    assert browser.get(url).status_code == 403
