"""快速受理: who, about what, against whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk import twins
from hrss_portal.desk.links import case_url, url_of
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


def test_after_a_quick_intake_the_receipt_and_the_rest_of_the_application_come_first(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    person = PersonFactory(unit=make.court(county))
    firm = EmployerFactory(unit=make.court(county))
    answer = post(clerk, id_number=person.id_number, employer=firm.uscc)
    browser = Client()
    browser.force_login(clerk)
    page = BeautifulSoup(browser.get(answer["Location"]).content.decode(), "html.parser")
    first = page.select_one("[data-test=steps] a.main-act")
    assert first is not None
    assert first.get_text() == "补录申请书内容"
    form = page.select_one("[data-test=receipt]")
    assert form is not None
    assert form.button.get_text(strip=True) == "打印收件回执"
    sent = {"_key": form.find("input", {"name": "_key"})["value"], "do": "print"}
    printed = browser.post(form["action"], sent, follow=True)
    assert "data-print-now" in printed.content.decode()
    acting("test")
    case = Dispute.objects.get()
    made = case.papers.get(kind="arb.receipt")
    assert (made.state, made.paper.issued_by) == ("issued", clerk)
    assert printed.redirect_chain[-1][0] == f"{url_of('documents:paper', made.paper_id)}?print=1"
    again = BeautifulSoup(browser.get(case_url(case)).content.decode(), "html.parser")
    assert again.select_one("[data-test=receipt]") is None


def test_a_whole_application_asks_for_no_more(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 1))
    workflow = workflow_of(case)
    assert workflow.move("complete").leads(case) is False
    case.facts = ""
    assert workflow.move("complete").leads(case) is True


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
    assert "有名称相近的单位" in answer.content.decode()


def test_a_piece_of_a_name_binds_nobody_unasked(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    person = PersonFactory(unit=make.court(county))
    firm = EmployerFactory(unit=make.court(county), name="霍邱县玉志汽修有限公司")
    asked = post(clerk, id_number=person.id_number, employer="玉志汽修")
    assert asked.status_code == 422
    assert firm.name in asked.content.decode()
    assert post(clerk, id_number=person.id_number, employer="玉志汽修", which="typed")
    acting("test")
    written = Dispute.objects.get().parties.get(role="respondent")
    assert (written.name, written.employer == firm) == ("玉志汽修", False)
    post(clerk, id_number=person.id_number, employer="玉志汽修有限", which=str(firm.pk))
    acting("test")
    assert firm.case_roles.count() == 1


def test_an_employer_is_suggested_by_name_code_and_initials(county: County, clerk: User) -> None:
    firm = EmployerFactory(unit=make.court(county), name="霍邱县玉志汽修有限公司")
    browser = Client()
    browser.force_login(clerk)
    page = browser.get(reverse("desk:intake"))
    assert f'data-lookup="{reverse("parties:employer_lookup")}"' in page.content.decode()
    for part in ("玉志", firm.uscc, "yzqx"):
        found = browser.post(reverse("parties:employer_lookup"), {"part": part}).json()
        assert [row["name"] for row in found["candidates"]] == [firm.name], part


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


def test_the_same_person_and_employer_are_taken_in_twice_only_after_a_tick(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    person = PersonFactory(unit=make.court(county))
    firm = EmployerFactory(unit=make.court(county))
    assert post(clerk, id_number=person.id_number, employer=firm.uscc).status_code == 302
    acting("test")
    first = Dispute.objects.get()
    again = post(clerk, id_number=person.id_number, employer=firm.name)
    body = again.content.decode()
    assert again.status_code == 422
    assert all(words in body for words in (first.reference, clerk.name, "仍要登记", "已有在办案件"))
    assert f'href="{case_url(first)}"' in body
    other = EmployerFactory(unit=make.court(county))
    assert post(clerk, id_number=person.id_number, employer=other.uscc).status_code == 302
    ticked = post(clerk, id_number=person.id_number, employer=firm.name, again="on")
    assert ticked.status_code == 302
    acting("test")
    assert Dispute.objects.count() == 3


def test_a_second_case_is_looked_for_on_the_sides_that_the_workflow_names(
    county: County, clerk: User, acting: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    acting("test")
    case = make.dispute(county, clerk, timezone.localdate())
    person = case.parties.get(role="applicant").person
    firm = case.parties.get(role="respondent").employer

    def found() -> list[str]:
        asked = {"people": [person.pk], "firms": [firm.name]}
        rows = twins.open_cases_of(case.kind, clerk, case.unit, **asked)
        return [row.number for row in rows]

    assert found() == [case.reference]
    other = replace(workflow_of(case), sides=("agent", "respondent"))
    monkeypatch.setattr(twins, "workflow_of", lambda kind: other)
    assert found() == []
