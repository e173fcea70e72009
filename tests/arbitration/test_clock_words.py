"""What the page of a case says each clock rests on."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from hrss_portal.access.models import User
from hrss_portal.casework.models import Clock
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.desk.clockface import face_of
from hrss_portal.desk.history import basis_of, clocks
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")


def test_a_statutory_clock_names_its_article(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 16))
    assert [line.basis for line in clocks(case) if "第29条" in line.basis]
    assert not [line.basis for line in clocks(case) if not line.basis]


def test_clocks_that_have_ended_are_folded_away(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any, client: Any
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 16))
    client.force_login(arbitration_head)
    address = reverse("arbitration:dispute_detail", args=[case.pk])
    page = BeautifulSoup(client.get(address).content.decode(), "html.parser")
    assert page.select_one("[data-test=clocks-ended]") is None
    Clock.objects.filter(case=case, term="arb.accept").update(state="met", met_on=case.opened_on)
    page = BeautifulSoup(client.get(address).content.decode(), "html.parser")
    ended = page.select_one("[data-test=clocks-ended]")
    assert "已结束的时限 1 项" in ended.summary.get_text()
    assert "受理决定或不予受理通知" in ended.get_text()
    assert page.select_one("#clocks").get_text().count("受理决定或不予受理通知") == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ARB-15", "（政策目标）"),
        ("MED-07", "（政策目标·待确认）"),
        ("ARB-32", "（本地默认·待确认）"),
    ],
)
def test_a_clock_that_is_no_law_says_so(code: str, words: str) -> None:
    rule = LegalRule.objects.get(code=code)
    assert basis_of(Clock(rule=rule)) == f"{rule.legal_basis_zh}{words}"


@pytest.mark.parametrize(
    ("code", "state", "words"),
    [
        ("MED-05", "none", "未按日办结（本地要求）"),
        ("ARB-32", "overdue", "超期3天（本地）"),
        ("ARB-15", "overdue", "超期3天"),
    ],
)
def test_what_the_bureau_set_itself_says_so_on_its_face(code: str, state: str, words: str) -> None:
    clock = Clock(
        rule=LegalRule.objects.get(code=code), term="x", due_on=date(2023, 11, 13), state="running"
    )
    found = face_of(clock, today=date(2023, 11, 16))
    assert (found.state, found.words) == (state, words)


@pytest.mark.parametrize(
    ("day", "words"), [(13, "按期（本地要求）"), (15, "未按日办结（本地要求）")]
)
def test_a_day_that_was_kept_or_missed_is_no_matter_of_overdue(day: int, words: str) -> None:
    clock = Clock(
        rule=LegalRule.objects.get(code="MED-05"),
        term="x",
        due_on=date(2023, 11, 13),
        met_on=date(2023, 11, day),
        state="met",
    )
    found = face_of(clock, today=date(2023, 11, 16))
    assert (found.state, found.words) == ("done", words)
