"""What a window's devices type: the card reader, the code gun; and the camera of a phone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from arbitration.models import Dispute
from hrss_portal.access.models import User
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules
from tests.factories.parties import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dispute(transactional_db: None, county: County, acting: Callable[..., Any]) -> Dispute:
    """A dispute with its master records."""
    shipped_rules()
    acting("test")
    return make.dispute(county, None, date(2026, 11, 2))


def number_of(county: County) -> str:
    """A valid number of nobody that the bureau knows."""
    return str(PersonFactory.build(unit=make.court(county)).id_number)


@pytest.mark.parametrize(
    "typed",
    ["{n}\n", "欧阳测试\n{n}\n", "姓名：欧阳测试\n性别：男\n民族：汉\n公民身份号码：{n}\n"],
    ids=["number", "name first", "labelled lines"],
)
def test_the_card_reader_fills_number_and_name(
    enter: Callable[..., Page], county: County, clerk: User, dispute: Dispute, typed: str
) -> None:
    number = number_of(county)
    page = enter(clerk)
    page.goto("/intake/")
    page.focus("#id_id_number")
    for line in typed.format(n=number).split("\n")[:-1]:
        page.keyboard.insert_text(line)
        page.keyboard.press("Enter")
    expect(page.locator("#id_id_number")).to_have_value(number)
    expected = "" if typed.startswith("{n}") else "欧阳测试"
    expect(page.locator("#id_name")).to_have_value(expected)
    assert page.evaluate("document.activeElement.id") != "id_id_number"


def test_the_gun_opens_the_scanned_case(
    enter: Callable[..., Page], arbitration_head: User, dispute: Dispute
) -> None:
    page = enter(arbitration_head)
    page.goto(f"/arbitration/disputes/{dispute.pk}/print/")
    expect(page.locator(".scan figcaption")).to_have_text(f"HR-{dispute.pk}")
    page.goto("/")
    for scanned in (f"HR-{dispute.pk}", f"hr-{dispute.pk}", dispute.intake_no):
        page.focus("#find")
        page.fill("#find", "")
        page.keyboard.insert_text(scanned)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/arbitration/disputes/{dispute.pk}/")
        page.goto("/")


def test_a_phone_is_offered_its_camera(
    enter: Callable[..., Page], arbitration_head: User, dispute: Dispute
) -> None:
    page = enter(arbitration_head)
    page.goto(f"/arbitration/disputes/{dispute.pk}/files/new/")
    camera = page.locator("[data-test=camera]")
    assert camera.get_attribute("capture") == "environment"
    expect(camera).to_be_hidden()


def test_help_opens_on_the_page(
    enter: Callable[..., Page], arbitration_head: User, dispute: Dispute
) -> None:
    page = enter(arbitration_head)
    page.goto("/todo/")
    page.click("[data-test=help] summary")
    expect(page.locator(".help-body")).to_contain_text("报给你审批、决定的件")
    assert page.url.endswith("/todo/")
