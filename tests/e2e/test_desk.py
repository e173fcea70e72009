"""What the scripts of the desk do in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import door
from hrss_portal.casework.models import Case, Event
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules
from tests.factories.parties import EmployerFactory

LIST = "/arbitration/disputes/"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def disputes(
    transactional_db: None, settings: Any, county: County, acting: Callable[..., Any]
) -> list[Dispute]:
    """Twenty-three disputes of the last days, on the routes of the desk's own tests."""
    settings.ROOT_URLCONF = "tests.kernel.desk.urls"
    shipped_rules()
    acting("test")
    today = timezone.localdate()
    return [make.dispute(county, None, today - timedelta(days=n % 5)) for n in range(23)]


def focused(page: Page) -> str:
    """The id of the element that has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def test_entry_by_keyboard_and_a_draft_that_survives(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute]
) -> None:
    """A26: Enter while composing does nothing; A27: nothing is said before the 18th digit; A28: X,
    spaces and full width; A30: a closed tab has left its draft; A36: 11.16."""
    page = enter(arbitration_head)
    page.goto(f"{LIST}new/")
    page.focus("#id_opened_on")
    page.keyboard.press("Enter")
    assert focused(page) == "id_channel"
    page.keyboard.press("Shift+Enter")
    assert focused(page) == "id_opened_on"

    name = "id_applicants-0-name"
    page.focus(f"#{name}")
    devtools = page.context.new_cdp_session(page)
    text = {"text": "zhang", "selectionStart": 5, "selectionEnd": 5}
    devtools.send("Input.imeSetComposition", text)
    page.keyboard.press("Enter")
    assert focused(page) == name
    devtools.send("Input.insertText", {"text": "张敏"})
    page.wait_for_timeout(50)
    page.keyboard.press("Enter")
    assert focused(page) != name

    number = page.locator("#id_applicants-0-id_number")
    number.press_sequentially("34152219900307123")
    assert page.locator("#id_applicants-0-id_number_echo").inner_text() == ""
    right = page.evaluate(
        "[...'0123456789X'].find((c) => !portal.readId('34152219900307123' + c).wrong)"
    )
    number.press_sequentially("0" if right != "0" else "1")
    wrong = page.locator("#id_applicants-0-id_number_echo").inner_text()
    assert wrong == "身份证号末位校验不对，请对照证件检查"
    number.fill(f"３４１５２２ 19900307123{right.lower()}")
    assert "1990-03-07" in page.locator("#id_applicants-0-id_number_echo").inner_text()

    page.fill("#id_dispute_on", "11.16")
    page.keyboard.press("Tab")
    assert page.input_value("#id_dispute_on") == f"{timezone.localdate().year}-11-16"
    page.fill("#id_claims-0-amount", "31270")
    echo = page.locator("#id_claims-0-amount_echo").inner_text()
    assert echo == "= 31,270.00 元（3.13 万元） 叁万壹仟贰佰柒拾元整"
    page.fill("#id_claims-0-amount", "3.5万")
    expect(page.locator("#id_claims-0-amount_echo")).to_contain_text("= 35,000.00 元")
    page.fill("#id_claims-0-amount", "31270")
    page.click("[data-add-row=claims]")
    assert page.input_value("[name=claims-TOTAL_FORMS]") == "2"
    page.fill("#id_facts", "拖欠工资三个月")
    expect(page.locator(".draft-state")).to_contain_text("已存", timeout=9000)
    page.close(run_before_unload=False)

    again = enter(arbitration_head)
    again.goto(f"{LIST}new/")
    again.click("text=用草稿继续")
    assert again.input_value("#id_facts") == "拖欠工资三个月"
    assert again.input_value("[name=claims-TOTAL_FORMS]") == "2"


@pytest.mark.parametrize(
    ("address", "first"),
    [
        (f"{LIST}new/", "id_applicants-0-id_number"),
        ("/employers/add/", "id_uscc"),
        ("/intake/", "id_id_number"),
        ("/organisation/units/", ""),
        ("/organisation/absences/", ""),
        (LIST, ""),
    ],
)
def test_a_form_opens_in_its_first_empty_field_and_a_list_at_its_top(
    enter: Callable[..., Page],
    arbitration_head: User,
    disputes: list[Dispute],
    settings: Any,
    address: str,
    first: str,
) -> None:
    settings.ROOT_URLCONF = "hrss_portal.urls"
    page = enter(arbitration_head)
    page.goto(address)
    assert focused(page) == first


def test_a_file_is_chosen_with_our_words_by_mouse_and_keyboard(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute], settings: Any
) -> None:
    """The button of a file box speaks Chinese in every browser, and Tab reaches the box."""
    settings.ROOT_URLCONF = "hrss_portal.urls"
    page = enter(arbitration_head, locale="en-US")
    page.on("filechooser", lambda chooser: None)  # the browser asks us, not the screen, from here
    page.goto(f"{LIST}{disputes[0].pk}/files/new/")
    box = page.locator(".file-pick:has(#id_uploads)")
    expect(box).to_contain_text("选择文件")
    expect(box).to_contain_text("没有选文件")
    page.locator("#id_uploads").focus()
    assert focused(page) == "id_uploads"
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files(
        [{"name": "证.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}]
    )
    expect(box).to_contain_text("已选 1 个文件")


def test_a_figure_is_put_where_the_cursor_stands(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute], settings: Any
) -> None:
    """The button of the list of figures writes into the text of a section."""
    settings.ROOT_URLCONF = "hrss_portal.urls"
    page = enter(arbitration_head)
    page.goto(f"{LIST}new/")
    page.evaluate(
        """() => {
          const button = document.createElement("button");
          button.type = "button";
          button.dataset.insert = "{当期结案}";
          button.dataset.into = "id_facts";
          document.querySelector("main").append(button);
          const text = document.getElementById("id_facts");
          text.value = "共，其中";
          text.setSelectionRange(1, 1);
          button.click();
        }"""
    )
    assert page.input_value("#id_facts") == "共{当期结案}，其中"
    assert focused(page) == "id_facts"


def test_a_suggested_employer_is_chosen_by_the_keyboard(
    enter: Callable[..., Page],
    county: County,
    arbitration_head: User,
    disputes: list[Dispute],
    settings: Any,
) -> None:
    """Typed, its line marked with the arrow, taken with Enter: in the quick intake and in
    a party of the full form, whose credit code comes along."""
    settings.ROOT_URLCONF = "hrss_portal.urls"
    known = EmployerFactory(unit=make.court(county), name="霍邱县键盘甲示例厂")
    page = enter(arbitration_head)
    for address, box in (("/intake/", "employer"), (f"{LIST}new/", "respondents-0-name")):
        page.goto(address)
        page.locator(f"#id_{box}").press_sequentially("霍邱县键盘甲")
        expect(page.locator("[data-dup] li")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(page.locator("[data-dup] li.at")).to_contain_text(known.name)
        page.keyboard.press("Enter")
        expect(page.locator(f"#id_{box}")).to_have_value(known.name)
        expect(page.locator("[data-dup]")).to_have_count(0)
        assert focused(page) != f"id_{box}"
    expect(page.locator("#id_respondents-0-uscc")).to_have_value(known.uscc)


def test_a_wrong_number_is_told_once(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute]
) -> None:
    page = enter(arbitration_head)
    page.goto(f"{LIST}new/")
    page.fill("#id_applicants-0-id_number", "341522199003071231")
    page.click("[data-test=submit]")
    page.wait_for_selector("#errors")
    field = page.locator("[data-field=applicants-0-id_number]")
    assert field.inner_text().count("对照证件检查") == 1


def test_a_double_click_has_one_effect_and_errors_take_the_focus(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute]
) -> None:
    """A32, A33: on the page of a move."""
    page = enter(arbitration_head)
    case = disputes[0]
    page.goto(f"{LIST}{case.pk}/move/withdraw_early/")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#errors")
    assert focused(page) == "errors"
    page.click("#errors a")
    assert focused(page).startswith("id_")
    page.fill("main textarea", "当事人撤回")
    twice = "[1, 2].forEach(() => document.querySelector('[data-test=submit]').click())"
    page.evaluate(twice)
    page.wait_for_url(f"**{LIST}{case.pk}/")
    assert Event._base_manager.filter(case=case.pk, move="withdraw_early").count() == 1


def test_ticks_survive_paging_and_the_place_survives_a_visit(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute]
) -> None:
    """A18: the place in the list."""
    page = enter(arbitration_head)
    page.goto(f"{LIST}?size=20&sort=opened_on")
    page.locator("[data-tick]").nth(0).check()
    page.locator("[data-tick]").nth(1).check()
    page.click("a[rel=next]")
    page.locator("[data-tick]").nth(0).check()
    assert page.locator("[data-ticked]").inner_text() == "已选 3（跨页）"
    page.click("[data-tick-all]")
    assert page.locator("[data-ticked]").inner_text() == "已选 23（全部）"
    page.click("[data-tick-none]")
    assert page.locator("[data-bulk]").is_hidden()
    page.goto(f"{LIST}?size=20&sort=opened_on")
    down = page.evaluate("document.querySelector('.table-wrap').scrollTop = 100")
    page.locator("a[data-open]").nth(12).click()
    page.wait_for_url("**/disputes/*/")
    page.go_back()
    assert abs(page.evaluate("document.querySelector('.table-wrap').scrollTop") - down) <= 50


def test_an_expired_session_logs_in_on_top_and_sends_once(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute], acting: Any
) -> None:
    """A31: log-in in place, nothing typed again, one event."""
    acting("test")
    arbitration_head.set_password("correct horse battery 9")
    arbitration_head.save()
    page = enter(arbitration_head)
    case = disputes[1]
    page.clock.install()
    page.goto(f"{LIST}{case.pk}/move/withdraw_early/")
    page.fill("main textarea", "当事人撤回")
    page.context.clear_cookies(name="sessionid")
    page.clock.fast_forward("06:00")
    page.click("[data-test=submit]")
    page.fill("#again-name", arbitration_head.staff_no)
    page.fill("#again-word", "correct horse battery 9")
    page.click("text=登录并提交")
    page.wait_for_url(f"**{LIST}{case.pk}/")
    assert Event._base_manager.filter(case=case.pk, move="withdraw_early").count() == 1


def test_locking_hides_the_page_and_the_password_brings_it_back(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute], acting: Any
) -> None:
    acting("test")
    arbitration_head.set_password("correct horse battery 9")
    arbitration_head.save()
    page = enter(arbitration_head)
    page.goto(f"{LIST}{disputes[2].pk}/")
    page.click("[data-lock-form] button")
    assert page.locator("h1").is_hidden()
    page.fill("#lock-password", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".lock-screen .echo")).to_have_text("密码不对，再试一次")
    page.fill("#lock-password", "correct horse battery 9")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lock-screen", state="detached")
    assert page.locator("h1").is_visible()


def test_no_page_is_wider_than_the_screen(
    enter: Callable[..., Page], arbitration_head: User, disputes: list[Dispute]
) -> None:
    """A01, A02: the pages of the desk, opened at each width; the term has the longest name."""
    with door.opened():
        Case._base_manager.filter(pk=disputes[0].pk).update(
            due_term="arb.collective_notice", is_paused=True
        )
    page = enter(arbitration_head)
    tail = f"{LIST}{disputes[0].pk}/"
    urls = ["/", "/todo/", "/search/?q=x", "/intake/", LIST, f"{LIST}new/", tail, f"{tail}edit/"]
    urls.append(f"{tail}move/propose/")
    wide = "document.documentElement.scrollWidth > innerWidth"
    found = []
    for url in urls:
        for width in (360, 768, 1366, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(url)
            if page.evaluate(wide):
                found.append((url, width))
        page.set_viewport_size({"width": 1366, "height": 768})
        page.evaluate("document.documentElement.style.fontSize = '28px'")
        if page.evaluate(wide):
            found.append((url, "200 %"))
    assert found == []
