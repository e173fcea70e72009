"""The portal in one line: a clerk logs in, types a case, it is decided, the ledger comes in, and
the county report is printed with numbers that open to their cases."""

import io
import re
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from hrss_portal.casework.models import Clock, Event
from hrss_portal.parties.models import Employer, Person
from tests.factories import ledger

pytestmark = pytest.mark.browser
MOVES = [
    *("complete", "propose", "accept", "send", "record_delivery", "served"),
    *("schedule", "record_delivery", "record_delivery", "hear", "end_hearing", "award"),
]
SUMMARY = (
    "申请人主张被申请人拖欠三个月劳动报酬九千元，提交了考勤记录、工资流水和工友证言；"
    "双方对工资标准和欠付期间有争议，属于本委受理范围，建议立案。"
)


class Typist:
    """Types on a page and counts the strokes; a chord is one stroke."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def type(self, text: str) -> None:
        """Character by character."""
        self.page.keyboard.type(text)
        self.strokes += len(text)

    def press(self, key: str) -> None:
        """One key, or a chord."""
        self.page.keyboard.press(key)
        self.strokes += 1


def log_in(demo: Any, staff_no: str) -> Page:
    """Through the form, as people do."""
    page = demo.enter(None)
    page.goto("/login/")
    page.fill("#id_username", staff_no)
    page.fill("#id_password", demo.passwords[staff_no])
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    expect(page.locator("h1")).to_have_text("工作台")
    return page


def issue_all(page: Page, url: str) -> None:
    """Every paper that waits to be made is issued: only what was made is sent."""
    page.goto(url)
    waiting = page.locator("[data-test=papers] a", has_text="制发")
    while waiting.count():
        waiting.first.click()
        page.click("[data-test=issue] button[value=issue]")
        page.wait_for_url(f"**{url}**")


def announce(page: Page, url: str) -> None:
    """The notice of the hearing is issued; both sides sign for it today."""
    today = f"{timezone.localdate():%Y%m%d}"
    page.goto(url)
    waiting = page.locator("[data-test=papers] li", has_text="开庭通知书")
    waiting.locator("a", has_text="制发").click()
    page.click("[data-test=issue] button[value=issue]")
    page.wait_for_url(f"**{url}**")
    for place in (1, 2):
        page.goto(f"{url}move/record_delivery/")
        page.select_option("#id_party", index=place)
        page.select_option("#id_doc_name", label="开庭通知书")
        page.select_option("#id_mode", "direct")
        page.fill("#id_address", "霍邱县城关镇示例路1号")
        for name in ("sent_on", "signed_on"):
            page.fill(f"#id_{name}", today)
        page.fill("#id_signed_by", "本人")
        page.fill("#id_proof_missing", "回证原件随卷")
        page.click("[data-test=submit]")
        page.wait_for_url(f"**{url}")


def move(page: Page, url: str, code: str, *, stay: bool = False, **fields: str) -> None:
    """One move through its page: fields by id, then the button; ``stay``: it is open already."""
    if not stay:
        page.goto(f"{url}move/{code}/")
    for name, value in fields.items():
        box = page.locator(f"[name='{name}']")
        if box.evaluate("e => e.tagName") == "SELECT":
            box.select_option(label=value)
        else:
            box.fill(value)
    page.click("[data-test=submit]")
    page.wait_for_url(f"**{url}")


def quick_intake(page: Page, person: Person, initials: str) -> int:
    """From the page of quick intake to the case, by the keyboard alone; returns the strokes."""
    page.goto("/intake/")
    hands = Typist(page)
    hands.type(str(person.id_number))
    page.wait_for_selector("[data-dup]", timeout=3000)
    hands.press("Enter")
    hands.type("ldbc")
    hands.press("Enter")
    hands.type(initials)
    hands.press("Control+Enter")
    page.wait_for_url(re.compile(r"/arbitration/disputes/\d+/$"))
    return hands.strokes


def one_of_a_kind() -> str:
    """Four initials, the county's name left out, that mean one employer alone."""
    all_initials = list(Employer._base_manager.order_by("pk").values_list("initials", flat=True))
    return next(
        wanted
        for wanted in (one[3:7] for one in all_initials)
        if sum(wanted in other for other in all_initials) == 1
    )


def complete(page: Page, url: str) -> None:
    """What the window left out."""
    page.goto(f"{url}move/complete/")
    today = timezone.localdate()
    page.select_option("#id_channel", "window")
    page.fill("#id_signed_on", f"{today:%m-%d}")
    page.fill("#id_copies", "2")
    page.fill("#id_dispute_on", f"{today - timedelta(days=60):%Y%m%d}")
    page.fill("#id_facts", "在示例厂做工，三个月工资未付。")
    for box in page.locator("input[name^=address_]").all():
        box.fill("霍邱县城关镇示例路1号")
    for box in page.locator("input[name^=legal_rep_]").all():
        box.fill("李某 经理")
    page.fill("#id_claims-0-text", "支付拖欠的工资")
    page.fill("#id_claims-0-amount", "9000")
    page.click("[data-test=submit]")
    page.wait_for_url(f"**{url}")


def test_from_the_first_key_to_the_report_of_the_county(demo: Any) -> None:
    """A24: a known person in at most 30 keys; A39: one item of the timeline for each move."""
    person = Person._base_manager.order_by("pk")[20]
    clerk = log_in(demo, "2003")
    strokes = quick_intake(clerk, person, one_of_a_kind())
    assert strokes <= 30
    url = re.sub(r"^https?://[^/]+", "", clerk.url)
    pk = int(url.rstrip("/").rsplit("/", 1)[1])
    expect(clerk.locator("#clocks")).to_contain_text("受理决定或不予受理通知")
    expect(clerk.locator("#clocks [data-deadline=ok]").first).to_be_visible()
    decide(demo, clerk, url)
    assert Clock._base_manager.get(case=pk, term="arb.award").state == "met"
    made = Event._base_manager.filter(case=pk, kind="move").order_by("pk")
    assert list(made.values_list("move", flat=True)) == MOVES
    expect(clerk.locator(".timeline > li")).to_have_count(1 + len(MOVES))

    import_ledger(demo, clerk)
    open_the_board(demo)
    print_the_report(demo)


def decide(demo: Any, clerk: Page, url: str) -> None:
    """From the application to the award, each step by whoever makes it."""
    head = demo.enter("2001")
    judge = demo.enter("2002")
    complete(clerk, url)
    move(clerk, url, "propose", summary=SUMMARY, handler_opinion="拟受理")
    head.goto("/todo/")
    head.click(f"a[href='{url}']")
    expect(head.locator("[data-test=steps] .main-act")).to_have_text("批准立案")
    move(
        head,
        url,
        "accept",
        handler=option(head, f"{url}move/accept/", "handler", "孙正"),
        deputy=option(head, f"{url}move/accept/", "deputy", "赵晓燕"),
        **{"tribunal-0-member": "孙正", "tribunal-0-role": "独任仲裁员"},
    )
    issue_all(judge, url)
    judge.goto(f"{url}move/send/")
    for box in judge.locator("select[name$='-mode']:visible").all():
        box.select_option("direct")
    for box in judge.locator("input[name$='-address']:visible").all():
        box.fill("霍邱县城关镇示例路1号")
    judge.click("[data-test=submit]")
    judge.wait_for_url(f"**{url}")
    judge.goto(f"{url}move/record_delivery/")
    copy = judge.locator("#id_delivery option", has_text="申请书副本").get_attribute("value")
    judge.select_option("#id_delivery", copy)
    judge.fill("#id_signed_on", f"{timezone.localdate():%Y%m%d}")
    judge.fill("#id_signed_by", "李某 本人")
    judge.fill("#id_proof_missing", "回证原件随卷")
    judge.click("[data-test=submit]")
    judge.wait_for_url(f"**{url}")
    move(judge, url, "served")
    today = f"{timezone.localdate():%Y%m%d}"
    room = option(judge, f"{url}move/schedule/", "room", "速裁庭")
    early = {"day": today, "start": "00:00", "minutes": "60", "room": room}
    judge.goto(f"{url}move/schedule/")
    judge.check("#id_agreed_early")
    judge.fill("#id_off_hours_because", "双方当天都在场")
    move(judge, url, "schedule", stay=True, **early)
    announce(judge, url)
    planned = option(judge, f"{url}move/hear/", "hearing", "速裁庭")
    move(judge, url, "hear", hearing=planned, applicant_came="到庭", respondent_came="到庭")
    move(judge, url, "end_hearing")
    move(
        head,
        url,
        "award",
        reasons="申请人三个月工资九千元未付，有工资流水为证，本委予以支持。",
        result="被申请人于本裁决生效之日起十日内支付申请人工资九千元。",
        **{"claims-0-awarded": "9000", "claims-0-is_final": "终局"},
    )
    clerk.goto(url)
    expect(clerk.locator("[data-test=state]")).to_have_text("已裁决")


def option(page: Page, url: str, name: str, words: str) -> str:
    """The words of the option that contains ``words``."""
    page.goto(url)
    found = page.locator(f"select[name='{name}'] option", has_text=words).first
    return str(found.inner_text()).strip()


def import_ledger(demo: Any, clerk: Page) -> None:
    """Last year's ledger through the five steps; one row has a town that nobody knows."""
    year = timezone.localdate().year - 1
    clerk.goto("/imports/")
    clerk.click("a:has-text('仲裁案件台账') >> nth=0")
    book = ledger.dirty(year, 30)
    sent = {"name": "去年台账.xlsx", "mimeType": "application/octet-stream", "buffer": book}
    clerk.set_input_files("#file", files=[sent])
    clerk.click("[data-test=next]")
    expect(clerk.locator("[data-test=found]")).to_contain_text("第 3–4 行合并表头")
    clerk.click("[data-test=columns] [data-test=next]")
    demo.work()
    expect(clerk.locator("[data-test=wrong]")).to_have_text("1")
    clerk.click("[data-test=next-form] [data-test=next]")
    expect(clerk.locator("[data-test=consequences]")).to_contain_text("读入 30 行")
    clerk.click("[data-test=land]")
    expect(clerk.locator("[data-test=created]")).to_have_text("29")
    expect(clerk.locator("[data-test=rejected]")).to_have_text("1")


def open_the_board(demo: Any) -> None:
    """The board; its number of accepted cases opens as many rows."""
    head = demo.enter("2001")
    head.goto("/boards/")
    head.click("a:has-text('仲裁院看板')")
    line = head.locator("[data-test=board] tr", has_text="立案受理案件").first
    number = line.locator("td.num a").first
    printed = int(re.sub(r"\D", "", number.inner_text()))
    number.click()
    expect(head.locator("[data-test=total]")).to_contain_text(f"{printed:,} 行")


def print_the_report(demo: Any) -> None:
    """The report as Word, with the numbers of its page; a number's link opens as many rows."""
    office = demo.enter("1101")
    office.goto("/reports/")
    today = timezone.localdate()
    office.fill("#id_frm", f"{today.year}-01-01")
    office.fill("#id_to", f"{today:%Y%m%d}")
    office.select_option("#id_narrative", "county-2023")
    office.click("[data-test=start]")
    office.wait_for_url(re.compile(r"/reports/\d+/$"))
    office.click("[data-test=export-draft]")
    demo.work()
    office.reload()
    with office.expect_download() as waiting:
        office.click(".files a[href*='/files/']")
    word = docx.Document(io.BytesIO(waiting.value.path().read_bytes()))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    link = office.locator("[data-section=disputes] a[href*='/rows/']").first
    printed = link.evaluate("e => e.firstChild.textContent.trim()")
    assert printed in text
    head = demo.enter("2001")
    head.goto(link.get_attribute("href"))
    number = int(re.sub(r"\D", "", printed))
    expect(head.locator("[data-test=total]")).to_contain_text(f"{number:,} 行")
