"""Entry in a browser: numbers that speak, cards that warn, posts that keep, records made once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from arbitration.models import Dispute
from hrss_portal.parties.models import Person
from hrss_portal.parties.synthetic import people
from tests.e2e.sites import CLERK, HEAD

pytestmark = pytest.mark.browser
CASE = re.compile(r"/arbitration/disputes/\d+/$")
NEW = "/arbitration/disputes/new/"


def someone(seed: int) -> Any:
    """A made-up person who is not in the portal."""
    return next(iter(people(1, seed=seed)))


def fill_dispute(page: Page, *, seed: int, name: str = "") -> None:
    """A complete application."""
    today = timezone.localdate()
    one = someone(seed)
    page.goto(NEW)
    page.evaluate("document.querySelector('#id_cause').tomselect.setValue('pay')")
    page.evaluate(
        "(() => { const t = document.querySelector('#id_town');"
        " t.tomselect.setValue([...Object.keys(t.tomselect.options)].filter(Boolean)[0]); })()"
    )
    page.fill("#id_dispute_on", f"{today - timedelta(days=30):%Y%m%d}")
    page.fill("#id_facts", "三个月工资未付。")
    page.fill("#id_applicants-0-id_number", one.id_number)
    page.fill("#id_applicants-0-name", name or one.name)
    page.fill("#id_applicants-0-phone", one.phone)
    page.fill("#id_applicants-0-address", "城关镇示例村")
    page.fill("#id_respondents-0-name", f"霍邱县新示例{seed}厂")
    page.fill("#id_respondents-0-phone", "0564-6030000")
    page.fill("#id_respondents-0-address", "城关镇示例路")
    page.fill("#id_respondents-0-legal_rep", "李某 经理")
    page.fill("#id_claims-0-text", "支付拖欠的工资")
    page.fill("#id_claims-0-amount", "9000")


def test_a_number_speaks_when_it_is_whole_and_a_known_person_is_shown_at_once(demo: Any) -> None:
    page = demo.enter(CLERK)
    page.goto(NEW)
    known = Person._base_manager.order_by("pk")[3]
    box = page.locator("#id_applicants-0-id_number")
    box.press_sequentially(known.id_number[:17])
    expect(page.locator("#id_applicants-0-id_number_echo")).to_have_text("")
    page.evaluate(
        """() => {
          window.card = new Promise((done) => {
            new MutationObserver(() => {
              if (document.querySelector("[data-dup]")) done(performance.now() - window.typed);
            }).observe(document.body, { childList: true, subtree: true });
          });
          document.querySelector("#id_applicants-0-id_number")
            .addEventListener("input", () => { window.typed = performance.now(); });
        }"""
    )
    box.press_sequentially(known.id_number[17:])
    assert page.evaluate("window.card") <= 600  # 300 ms on a machine that does nothing else
    echo = page.locator("#id_applicants-0-id_number_echo")
    expect(echo).to_contain_text(f"{known.birth:%Y-%m-%d}")
    card = page.locator("[data-dup]")
    for words in ("录入", "有效", "证件号相同"):
        expect(card).to_contain_text(words)


@pytest.mark.parametrize("name", ["古丽米热·艾比布力", "㛃𠅤", "甲" * 50])
def test_rare_names_are_kept_found_and_printed(demo: Any, name: str) -> None:
    page = demo.enter(CLERK)
    fill_dispute(page, seed=9000 + len(name), name=name)
    page.click("[data-test=submit]")
    page.wait_for_url(CASE)
    url = page.url
    expect(page.locator("main")).to_contain_text(name)
    page.goto(f"{url}print/")
    expect(page.locator("main")).to_contain_text(name)
    page.goto(f"/persons/?q={name}")
    assert page.locator("tbody tr").count() >= 1


def test_fifty_double_clicks_make_one_record(demo: Any) -> None:
    page = demo.enter(CLERK)
    fill_dispute(page, seed=501)
    before = Dispute._base_manager.count()
    page.evaluate(
        "for (let i = 0; i < 100; i += 1) document.querySelector('[data-test=submit]').click()"
    )
    page.wait_for_url(CASE)
    assert Dispute._base_manager.count() == before + 1


def test_the_same_post_sent_again_and_again_makes_one_record(demo: Any) -> None:
    page = demo.enter(CLERK)
    fill_dispute(page, seed=502)
    before = Dispute._base_manager.count()
    statuses = page.evaluate(
        """async () => {
          const form = document.querySelector("[data-test=form]");
          const data = new FormData(form);
          const send = () => fetch(location.href, { method: "POST", body: data });
          const answers = [];
          for (let i = 0; i < 10; i += 1) {
            answers.push(...(await Promise.all([send(), send(), send(), send(), send()])));
          }
          return answers.map((answer) => answer.status);
        }"""
    )
    assert max(statuses) < 500
    assert Dispute._base_manager.count() == before + 1


def test_a_failed_post_keeps_what_was_typed_and_leads_to_the_fields(demo: Any) -> None:
    page = demo.enter(CLERK)
    fill_dispute(page, seed=503)
    page.fill("#id_copies", "1")
    page.fill("#id_applicants-0-phone", "1381234567")
    page.click("[data-test=submit]")
    page.wait_for_selector("#errors")
    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.id") == "errors"
    expect(page.locator("#errors")).to_contain_text("手机号要 11 位")
    assert page.input_value("#id_facts") == "三个月工资未付。"
    assert page.input_value("#id_claims-0-amount") == "9000"
    assert page.input_value("#id_applicants-0-id_number") == someone(503).id_number
    for link in page.locator("#errors a").all():
        target = str(link.get_attribute("href")).lstrip("#")
        words = link.inner_text().rpartition("行：")[2]
        assert words in page.locator(f"#{target}_error, #{target}").first.evaluate(
            "e => (e.closest('.field') || e.parentElement).innerText"
        )


def test_every_control_is_reached_by_tab_with_a_ring(demo: Any) -> None:
    page = demo.enter(CLERK)
    page.goto("/intake/")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("main input:not([type=hidden]), main button")]
          .filter((e) => e.getClientRects().length && e.tabIndex >= 0).length"""
    )
    page.evaluate("document.querySelector('main').focus()")
    seen = 0
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => {
              const e = document.activeElement;
              const style = getComputedStyle(e.closest(".ts-control") || e);
              const ring = style.outlineStyle !== "none" || style.boxShadow !== "none";
              return [!!e.closest("main"), ring];
            }"""
        )
        if not state[0]:
            break
        assert state[1]
        seen += 1
    assert seen >= wanted


def test_without_scripts_a_case_is_taken_in_and_moved_and_a_file_is_imported(demo: Any) -> None:
    page = demo.enter(CLERK, java_script_enabled=False)
    one = someone(777)
    page.goto("/intake/")
    page.fill("#id_id_number", one.id_number)
    page.fill("#id_name", one.name)
    page.select_option("#id_matter", "arbitration.dispute:pay")
    page.fill("#id_employer", "霍邱县无脚本示例厂")
    page.click("[data-test=submit]")
    page.wait_for_url(CASE)
    page.goto(f"{page.url}move/withdraw_early/")
    page.fill("main textarea", "当事人撤回")
    page.click("[data-test=submit]")
    page.wait_for_url(CASE)
    expect(page.locator("[data-test=state]")).to_have_text("撤诉")
    page.goto("/arbitration/disputes/?q=霍邱县无脚本示例厂")
    expect(page.locator("[data-test=total]")).to_have_text("共 1 条")
    page.goto("/imports/sheets/X10/")
    row = "霍劳人仲案〔2024〕901号,甲某,某厂,劳动报酬,2024-03-01"
    book = f"案号,申请人,被申请人,案由,收案日期\n{row}\n"
    sent = {"name": "台账.csv", "mimeType": "text/csv", "buffer": book.encode()}
    page.set_input_files("#file", files=[sent])
    page.click("[data-test=next]")
    page.click("[data-test=columns] [data-test=next]")
    page.click("[data-test=land]")
    expect(page.locator("[data-test=created]")).to_have_text("1")


def test_two_clerks_on_one_case_meet_on_the_merge_page(demo: Any) -> None:
    maker = demo.enter(CLERK)
    fill_dispute(maker, seed=601)
    maker.click("[data-test=submit]")
    maker.wait_for_url(CASE)
    url = maker.url
    first, second = demo.enter(HEAD), demo.enter(CLERK)
    for page in (first, second):
        page.goto(f"{url}move/withdraw_early/")
        page.fill("main textarea", "当事人撤回")
    first.click("[data-test=submit]")
    first.wait_for_url(url)
    second.fill("main textarea", "另一个人写的话")
    answer = second.evaluate(
        """() => fetch(location.href, { method: "POST",
          body: new FormData(document.querySelector("[data-test=move]")) }).then((a) => a.status)"""
    )
    assert answer == 409
    second.click("[data-test=submit]")
    second.wait_for_load_state()
    expect(second.locator("main")).to_contain_text("另一个人写的话")


def test_looking_at_a_number_is_written_down_and_told(demo: Any) -> None:
    known = Person._base_manager.order_by("pk")[4]
    page = demo.enter(CLERK)
    page.goto(f"/persons/{known.pk}/")
    assert known.id_number not in page.content()
    page.click("a:has-text('查看（留痕）') >> nth=0")
    page.check("input[name=reason] >> nth=0")
    reason = page.locator("label:has(input[name=reason])").first.inner_text().strip()
    page.click("main button.main-act")
    expect(page.locator("main")).to_contain_text(known.id_number)
    page.goto(f"/persons/{known.pk}/")
    expect(page.locator("main")).to_contain_text(reason)


def test_moves_of_other_posts_are_neither_shown_nor_taken(demo: Any) -> None:
    case = Dispute._base_manager.filter(state="pending").order_by("pk").first()
    assert case is not None
    page = demo.enter(CLERK)
    page.goto(f"/arbitration/disputes/{case.pk}/")
    assert page.locator("a[href*='/move/accept/']").count() == 0
    token = page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value")
    answer = page.request.post(
        f"/arbitration/disputes/{case.pk}/move/accept/",
        form={"csrfmiddlewaretoken": token, "on": "2023-01-01"},
    )
    assert answer.status == 403
