"""What a ledger told was done by nobody here: no page says that who entered it did it."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from arbitration.documents.closing import closing_values
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework.models import Event
from tests.cast import County, person
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
HEAD = (
    "案号,申请人,被申请人,案由,仲裁员,标的额,收案日期,立案日期,开庭日期,结案日期,结案方式,是否终局"
)
WHO = "{number},张示例,某某有限公司,劳动报酬,{who},5000"
ROW = f"{WHO},2021-09-01,2021-09-03,2021-09-20,2021-10-11,裁决,终局"
REFUSED = f"{WHO},2023-09-01,,,2023-09-28,不予受理,"
OPEN = f"{WHO},2023-09-01,2023-09-03,,,,"
GONE = {"is_active": False, "disabled_at": datetime.fromisoformat("2022-01-01T09:00+08:00")}


@pytest.fixture
def land(clerk: User, acting: Callable[..., Any], tmp_path: Path) -> Callable[..., Dispute]:
    """Import one row of X10 whose arbitrator is so called."""
    acting("test")

    def one(who: str, row: str = ROW) -> Dispute:
        book = tmp_path / "台账.csv"
        year = 2021 if row is ROW else 2023
        number = f"霍劳人仲案〔{year}〕{Dispute.objects.count() + 1}号"
        book.write_text(f"{HEAD}\n{row.format(number=number, who=who)}\n", encoding="utf-8")
        call_command("import_sheet", "X10", str(book), "--user", clerk.staff_no, "--commit")
        return Dispute.objects.get(number=number)

    return one


def page_of(user: User, url: str) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.get(url).content.decode()


def test_no_past_step_is_said_to_be_done_by_who_entered_the_ledger(
    land: Callable[..., Dispute], clerk: User, arbitration_head: User
) -> None:
    case = land("孙正")
    told = Event.objects.filter(case=case.pk)
    assert {(event.by_id, event.by_name, event.told_by) for event in told} == {
        (None, "", clerk.name)
    }
    words = f"由台账导入（{clerk.name}，2023-11-16 录入）"
    for name in ("dispute_detail", "dispute_print"):
        html = page_of(arbitration_head, reverse(f"arbitration:{name}", args=[case.pk]))
        assert html.count(words) >= (told.count() if name == "dispute_detail" else 0)
        assert f"· {clerk.name}</div>" not in html
    assert closing_values(case)["approver"] == closing_values(case)["closing_maker"] == ""


def test_a_refusal_that_a_ledger_tells_ended_its_term_by_itself(
    land: Callable[..., Dispute],
) -> None:
    clock = land("孙正", REFUSED).clocks.get(term="arb.accept")
    assert (clock.state, clock.met_on) == ("met", date(2023, 9, 28))


def test_what_is_done_here_afterwards_names_who_did_it(
    land: Callable[..., Dispute], clerk: User
) -> None:
    case = land("孙正", OPEN)
    assert case.is_live
    assert {event.doer for event in Event.objects.filter(case=case.pk)} == {
        f"由台账导入（{clerk.name}，2023-11-16 录入）"
    }


@pytest.mark.parametrize(
    ("active", "row"),
    [(True, ROW), (False, ROW), (True, OPEN)],
    ids=["closed", "closed, has left", "open"],
)
def test_the_one_who_bears_the_name_handles_the_case_also_who_has_left(
    county: County, land: Callable[..., Dispute], *, active: bool, row: str
) -> None:
    user = person("7701", "孙正", make.court(county), "ARB")
    if not active:
        User._base_manager.filter(pk=user.pk).update(**GONE)
    assert land("孙　正", row).handler == user


def test_who_has_left_does_not_handle_a_case_that_goes_on(
    county: County, land: Callable[..., Dispute]
) -> None:
    user = person("7701", "孙正", make.court(county), "ARB")
    User._base_manager.filter(pk=user.pk).update(**GONE)
    assert land("孙正", OPEN).handler is None


def test_the_account_of_a_registered_arbitrator_counts(
    county: County, land: Callable[..., Dispute]
) -> None:
    user = person("7701", "孙某", make.court(county), "ARB")
    make.staff(county, name="孙正", user=user, ended_on=date(2022, 1, 1))
    assert land("孙正").handler == user


@pytest.mark.parametrize("who", ["孙正", "孙正、李示例"], ids=["namesakes", "two names"])
def test_between_two_of_one_name_or_two_names_nobody_chooses_and_the_name_is_shown(
    county: County, land: Callable[..., Dispute], arbitration_head: User, who: str
) -> None:
    for number in ("7701", "7702"):
        person(number, "孙正", make.court(county), "ARB")
    case = land(who)
    assert (case.handler, case.handler_words) == (None, f"{who}（台账所记）")
    html = page_of(arbitration_head, reverse("arbitration:dispute_detail", args=[case.pk]))
    assert f"承办 {who}（台账所记）" in html
    assert f"（{who}）" in page_of(arbitration_head, reverse("arbitration:dispute_list"))
