"""快速受理: who, about what, against whom."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules
from tests.factories.parties import EmployerFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(county: County) -> None:
    shipped_rules()


def post(user: User, **data: str) -> Any:
    """One quick intake as the page sends it."""
    browser = Client()
    browser.force_login(user)
    url = reverse("desk:intake")
    key = browser.get(url).context["key"]
    return browser.post(url, {"_key": key, "matter": "arbitration.dispute:pay", **data})


def test_a_window_takes_in_a_known_person_and_the_court_gets_the_case(
    county: County, window_clerk: User, acting: Callable[..., Any]
) -> None:
    person = PersonFactory(unit=make.court(county))
    firm = EmployerFactory(unit=make.court(county))
    answer = post(window_clerk, id_number=person.id_number, employer=firm.uscc)
    assert answer.status_code == 302
    acting("test")
    case = Dispute.objects.get()
    assert (case.unit, case.cause, case.created_by) == (make.court(county), "pay", window_clerk)
    assert case.parties.get(role="applicant").person == person
    assert case.parties.get(role="respondent").employer == firm


def test_an_unknown_person_needs_a_name(county: County, clerk: User) -> None:
    person = PersonFactory.build(unit=make.court(county))
    number = person.id_number
    answer = post(clerk, id_number=number, employer="霍邱县没有登记过的公司")
    assert answer.status_code == 422
    assert "库里没有这个人，填写姓名" in answer.content.decode()


def test_initials_that_mean_several_employers_are_asked(county: County, clerk: User) -> None:
    person = PersonFactory(unit=make.court(county))
    for name in ("霍邱县安顺建筑有限公司", "霍邱县安顺服饰有限公司"):
        EmployerFactory(unit=make.court(county), name=name)
    answer = post(clerk, id_number=person.id_number, employer="安顺")
    assert "有几个单位相符" in answer.content.decode()


def test_what_the_window_left_out_is_asked_before_approval(
    county: County, arbitrator: User, acting: Callable[..., Any]
) -> None:
    acting(arbitrator)
    case = make.dispute(
        county, arbitrator, date(2023, 11, 1), facts="", signed_on=None, copies=None, data={}
    )
    with pytest.raises(
        MoveRefused, match="申请书还缺：事实与理由、申请人签名日期、材料份数、仲裁请求"
    ):
        moves.move(
            case,
            "propose",
            by=arbitrator,
            data={"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"},
        )
