"""办案量: every number opens to as many rows as it says, as far as the reader sees them."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.models import BudgetLine, Dispute, StaffMember
from arbitration.models.dispute import TribunalMember
from hrss_portal.access.models import User
from hrss_portal.casework import door
from hrss_portal.indicators.figures import value
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
LINK = re.compile(r'<a href="([^"]+)"\s+data-test="(rows|people|lines)">([\d,.]+)</a>')
TOTAL = re.compile(r'data-test="total">共 ([\d,]+) 条(?:，您可见 ([\d,]+) 条)?')


def browser_of(user: User) -> Client:
    """A browser in which the user is logged in."""
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def two(county: County, clerk: User, acting: Callable[..., Any]) -> list[Any]:
    """Two arbitrators.  The first sits on an open, a closed and a voided case and has left one;
    the second sits on the open one as well.  The court's funds are in the budget."""
    acting("test")
    members = [make.staff(county), make.staff(county, name="仲裁员乙", cert_no="T-2")]
    make.staff(county, name="新来的", cert_no="T-4", started_on=date(2024, 1, 1))
    cases = [make.dispute(county, clerk, date(2023, 11, day)) for day in (1, 2, 3, 6)]
    for case in cases:
        TribunalMember.objects.create(dispute=case, member=members[0], role="sole")
    TribunalMember.objects.create(dispute=cases[0], member=members[1], role="member")
    TribunalMember.objects.filter(dispute=cases[3]).update(left_on=date(2023, 11, 8))
    with door.opened():
        rows = Dispute.objects.filter(pk__in=[case.pk for case in cases])
        rows.update(accepted_on=date(2023, 11, 7))
        rows.filter(pk=cases[1].pk).update(closed_on=date(2023, 11, 15))
        rows.filter(pk=cases[2].pk).update(voided_at=timezone.now(), void_reason="重复")
    BudgetLine.objects.create(
        unit=make.court(county), year=2023, item="办案经费", amount=1800, state="in_budget"
    )
    return members


def opened(browser: Client) -> dict[str, tuple[int, int, int]]:
    """Every link of the page: what it says, what its page says there is, how many rows it has."""
    page = browser.get(reverse("arbitration:workload")).content.decode()
    found = {}
    for url, kind, said in LINK.findall(page):
        target = browser.get(html.unescape(url))
        assert target.status_code == 200, url
        text = target.content.decode()
        total = TOTAL.search(text)
        assert total is not None, url
        listed = len(re.findall(r"<tr[ >]", text.split("<tbody>")[1])) if "<tbody>" in text else 0
        found[f"{kind} {html.unescape(url)}"] = (plain(said), plain(total.group(1)), listed)
    return found


def plain(text: str) -> int:
    """A printed number without its decimals."""
    return int(text.replace(",", "").split(".")[0])


def test_every_number_opens_to_as_many_rows_as_it_says(
    two: list[Any], arbitration_head: User
) -> None:
    found = opened(browser_of(arbitration_head))
    cases = [said for link, said in found.items() if link.startswith("rows")]
    assert sorted(cases) == [(0, 0, 0)] + [(1, 1, 1)] * 6 + [(2, 2, 2)]
    for link, (said, total, listed) in found.items():
        if not link.startswith("lines"):
            assert said == total == listed, link
    assert {total for link, (_, total, _) in found.items() if link.startswith("lines")} == {1}
    assert len([link for link in found if link.startswith("people")]) >= 2


def test_rows_outside_the_scope_are_held_back_and_counted(
    two: list[Any], arbitrator: User, mediator: User
) -> None:
    url = reverse("arbitration:workload_rows", args=[two[0].pk, 2023, "accepted"])
    for reader in (arbitrator, mediator):
        page = browser_of(reader).get(url).content.decode()
        assert "共 2 条，您可见 0 条" in page
        assert 'data-test="cases"' not in page


def test_what_is_no_number_of_the_page_is_not_found(two: list[Any], arbitration_head: User) -> None:
    browser = browser_of(arbitration_head)
    for args in ([two[0].pk, 2023, "secret"], [two[0].pk, 1999, "open"], [9_999_999, 2023, "open"]):
        assert browser.get(reverse("arbitration:workload_rows", args=args)).status_code == 404


def test_who_leaves_later_is_still_counted_and_who_has_not_begun_is_not(
    two: list[Any], director: User
) -> None:
    leaving = StaffMember.objects.filter(pk=two[0].pk)
    later, gone = date(2030, 1, 1), date(2023, 1, 1)
    leaving.update(ended_on=later)
    StaffMember.objects.filter(pk=two[1].pk).update(ended_on=gone)
    page = browser_of(director).get(reverse("arbitration:workload"))
    assert [member.pk for member, _ in page.context["members"]] == [two[0].pk]


def test_every_accepted_case_stands_in_the_table_and_the_court_is_as_on_its_board(
    accepted: Dispute,
    county: County,
    arbitration_head: User,
    clerk: User,
    acting: Callable[..., Any],
    today: Any,
) -> None:
    acting("test")
    today.move_to("2023-11-16T09:00:00+08:00")
    unseated = make.dispute(county, clerk, date(2023, 11, 2))
    unread = make.dispute(county, clerk, date(2023, 11, 3))  # received, not accepted: in no column
    with door.opened():
        Dispute.objects.filter(pk=unseated.pk).update(accepted_on=date(2023, 11, 8))
    browser = Client()
    browser.force_login(arbitration_head)
    page = browser.get(reverse("arbitration:workload"))
    soup = BeautifulSoup(page.content, "html.parser")
    nobody = [cell.get_text(strip=True) for cell in soup.select("[data-test=nobody] td.num")]
    assert nobody == ["1", "1", "0"]
    rows = browser.get(soup.select_one("[data-test=nobody] a")["href"]).content.decode()
    assert (unseated.reference in rows, unread.reference in rows) == (True, False)
    for cell, code in zip(
        soup.select("[data-test=court] td.num"),
        ("arb.monthly", "arb.accepted", "arb.closed"),
        strict=True,
    ):
        found = value(code, frm=date(2023, 1, 1), to=timezone.localdate())
        assert int(cell.get_text(strip=True)) == found.value
        if found.value:
            assert f"共 {found.value} 条" in browser.get(cell.a["href"]).content.decode()
