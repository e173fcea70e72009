"""Lists: the address is the state, the same few queries at any size, nothing lost on the way."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.desk import paging
from hrss_portal.desk.models import ListPreference, SavedView
from tests.cast import County
from tests.factories import arbitration as make

URL = "/arbitration/disputes/"
DAY = date(2023, 11, 1)
pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def disputes(county: County, acting: Callable[..., Any]) -> list[Dispute]:
    """Seven disputes received on seven days."""
    acting("test")
    return [make.dispute(county, None, DAY + timedelta(days=n)) for n in range(7)]


def soup(response: Any) -> BeautifulSoup:
    """The parsed page."""
    return BeautifulSoup(response.content, "html.parser")


def references(response: Any) -> list[str]:
    """The numbers in the first column."""
    return [cell.get_text(strip=True) for cell in soup(response).select("tbody th[scope=row]")]


def test_the_newest_comes_first_and_a_heading_turns_the_order(
    visit: Callable[[User], Client], arbitration_head: User, disputes: list[Dispute]
) -> None:
    client = visit(arbitration_head)
    first = references(client.get(URL))
    assert first == [case.reference for case in reversed(disputes)]
    assert references(client.get(URL, {"sort": "opened_on"})) == first[::-1]
    assert references(client.get(URL, {"sort": "facts"})) == first


def test_a_list_costs_the_same_at_one_row_and_at_seven(
    visit: Callable[[User], Client], arbitration_head: User, disputes: list[Dispute]
) -> None:
    client = visit(arbitration_head)
    client.get(URL)
    counts = []
    for query in ({"clock": "overdue"}, {"q": disputes[0].reference}, {}):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(URL, query)
        own = [one["sql"] for one in queries if '"arbitration_dispute"' in one["sql"]]
        noted = sum('"audit_' in one["sql"] for one in queries)  # a search is written down
        counts.append((len(references(response)) > 1, len(queries) - noted, len(own)))
    assert len({total for _, total, _ in counts}) == 1
    assert counts[-1][2] == 1


def test_nothing_of_another_county_is_shown(
    visit: Callable[[User], Client], stranger: User, disputes: list[Dispute]
) -> None:
    response = visit(stranger).get(URL)
    assert response.status_code == 403 or references(response) == []


def test_conditions_are_chips_that_can_be_taken_out(
    visit: Callable[[User], Client], arbitration_head: User, disputes: list[Dispute]
) -> None:
    page = soup(visit(arbitration_head).get(URL, {"stage": "open", "q": "某", "sort": "opened_on"}))
    chips = {chip.get_text(strip=True): chip["href"] for chip in page.select("a.chip")}
    assert list(chips) == ["关键字=某×，去掉", "阶段=在办×，去掉"]
    assert chips["阶段=在办×，去掉"] == "?q=%E6%9F%90&sort=opened_on"


def test_a_value_that_cannot_be_read_stays_with_its_reason(
    visit: Callable[[User], Client], arbitration_head: User, disputes: list[Dispute]
) -> None:
    response = visit(arbitration_head).get(URL, {"opened_on_from": "明天"})
    page = soup(response)
    assert page.find(id="f_opened_on_from")["value"] == "明天"
    assert page.body["data-state"] == "error"
    assert len(page.select(".field-error")) == 1


def test_an_empty_list_says_what_it_holds_and_a_filter_how_to_clear_it(
    visit: Callable[[User], Client], arbitration_head: User, county: County
) -> None:
    client = visit(arbitration_head)
    assert soup(client.get(URL)).body["data-state"] == "empty"
    page = soup(client.get(URL, {"clock": "overdue"}))
    assert "没有符合条件的" in page.select_one(".empty").get_text()
    assert page.select_one(".empty a")["href"] == "?"


def test_columns_are_kept_for_the_user_and_reset(
    visit: Callable[[User], Client], arbitration_head: User, disputes: list[Dispute]
) -> None:
    client = visit(arbitration_head)
    page = soup(client.get(URL))
    code = page.find("input", {"name": "page"})["value"]
    sent = {"do": "columns", "page": code, "columns": ["state", "amount"], "back": URL}
    assert client.post("/desk/habits/", sent | {"density": "loose"}).url == URL
    page = soup(client.get(URL))
    words = [cell.get_text(strip=True).rstrip("▾▴↕") for cell in page.select("thead th:not(.tick)")]
    assert words == ["编号", "状态", "金额（元）"]
    assert "density-loose" in page.body["class"]
    client.post("/desk/habits/", {"do": "reset", "page": code, "back": URL})
    assert not ListPreference.objects.exists()
    assert len(soup(client.get(URL)).select("thead th")) > 3


def test_a_view_is_saved_shared_and_dropped_by_its_owner_only(
    visit: Callable[[User], Client],
    arbitration_head: User,
    arbitrator: User,
    disputes: list[Dispute],
) -> None:
    client = visit(arbitration_head)
    code = soup(client.get(URL)).find("input", {"name": "page"})["value"]
    sent = {"do": "save_view", "page": code, "name": "急", "query": "clock=overdue", "back": URL}
    client.post("/desk/habits/", sent | {"shared": "1"})
    other = visit(arbitrator)
    views = [link.get_text() for link in soup(other.get(URL)).select("nav.views > a")]
    assert views[-1] == "急"
    view = SavedView.objects.get()
    other.post("/desk/habits/", {"do": "drop_view", "view": view.pk, "page": code, "back": URL})
    assert SavedView.objects.exists()
    client.post("/desk/habits/", {"do": "drop_view", "view": view.pk, "page": code, "back": URL})
    assert not SavedView.objects.exists()


def test_search_finds_by_party_and_number(
    visit: Callable[[User], Client], arbitration_head: User, disputes: list[Dispute]
) -> None:
    client = visit(arbitration_head)
    case = disputes[3]
    name = case.parties.get(role="applicant").name
    assert case.reference in references(client.get(URL, {"q": name}))
    assert references(client.get(URL, {"q": case.reference})) == [case.reference]


def test_pages_follow_each_other_without_gap_or_double(
    acting: Callable[..., Any], disputes: list[Dispute]
) -> None:
    acting("test")
    rows = Dispute.objects.all()
    seen: list[int] = []
    params = QueryDict("")
    for _ in range(4):
        page = paging.read(rows, params, sort="-opened_on", size=2)
        seen += [row.pk for row in page.rows]
        params = QueryDict(page.next_url.lstrip("?"))
    assert seen == [case.pk for case in reversed(disputes)]
    assert (page.number, page.first_row, page.last_row, page.total) == (4, 7, 7, 7)


def test_a_page_number_alone_gives_the_same_rows_as_going_on(
    acting: Callable[..., Any], disputes: list[Dispute]
) -> None:
    acting("test")
    rows = Dispute.objects.all()
    first = paging.read(rows, QueryDict(""), sort="due_on", size=3)
    on = paging.read(rows, QueryDict(first.next_url.lstrip("?")), sort="due_on", size=3)
    by_number = paging.read(rows, QueryDict("page=2"), sort="due_on", size=3)
    assert [row.pk for row in on.rows] == [row.pk for row in by_number.rows]


@pytest.mark.parametrize("place", ["x", "[]", '["nonsense",3]', "[null,1]", '["2023-01-01","x"]'])
def test_a_forged_place_is_ignored(
    acting: Callable[..., Any], disputes: list[Dispute], place: str
) -> None:
    acting("test")
    params = QueryDict(mutable=True)
    params["after"] = place
    page = paging.read(Dispute.objects.all(), params, sort="-opened_on", size=3)
    assert len(page.rows) == 3


def test_a_page_beyond_the_end_is_the_first(
    acting: Callable[..., Any], disputes: list[Dispute]
) -> None:
    acting("test")
    page = paging.read(Dispute.objects.all(), QueryDict("page=99"), sort="pk", size=3)
    assert (page.number, len(page.rows)) == (1, 3)


def test_the_count_is_capped_and_exact_on_demand(
    acting: Callable[..., Any], disputes: list[Dispute], monkeypatch: pytest.MonkeyPatch
) -> None:
    acting("test")
    monkeypatch.setattr(paging, "CAP", 5)
    rows = Dispute.objects.all()
    page = paging.read(rows, QueryDict(""), sort="pk", size=2)
    assert (page.total, page.capped) == (5, True)
    exact = paging.read(rows, QueryDict("count=exact"), sort="pk", size=2)
    assert (exact.total, exact.capped) == (7, False)


def test_a_bulk_action_is_confirmed_done_once_and_names_what_failed(
    visit: Callable[[User], Client],
    arbitration_head: User,
    arbitrator: User,
    disputes: list[Dispute],
    acting: Callable[..., Any],
) -> None:
    client = visit(arbitration_head)
    ticked = {"do": "assign", "pk": [disputes[0].pk, disputes[5].pk]}
    page = soup(client.post(URL, ticked))
    assert page.h1.get_text(strip=True) == "批量分派：2 条仲裁案件"
    assert Dispute._base_manager.filter(handler=arbitrator).count() == 0
    key = page.find("input", {"name": "_key"})["value"]
    sent = ticked | {"confirm": "1", "_key": key, "handler": str(arbitrator.pk)}
    first = client.post(URL, sent)
    assert client.post(URL, sent).url == first.url
    assert Dispute._base_manager.filter(handler=arbitrator).count() == 2
    acting("test")
    moves.void(disputes[6], by=arbitration_head, reason="重复登记")
    result = soup(client.get(first.url))
    assert "已批量分派 2 条" in result.get_text()
    again = soup(client.post(URL, {"do": "assign", "all": "1"}))
    assert again.h1.get_text(strip=True) == "批量分派：7 条仲裁案件"


def test_a_bulk_action_without_ticks_says_so_and_one_without_the_right_is_refused(
    visit: Callable[[User], Client],
    arbitration_head: User,
    arbitrator: User,
    disputes: list[Dispute],
) -> None:
    client = visit(arbitration_head)
    page = soup(client.post(URL, {"do": "assign"}, follow=True))
    assert "先勾选要批量分派的仲裁案件" in page.get_text()
    other = visit(arbitrator)
    assert soup(other.get(URL)).select("[data-bulk]") == []
    assert other.post(URL, {"do": "assign", "all": "1"}).status_code == 403
