"""The county report to its end: drafted, checked, frozen, printed; then a case is entered late, and
the frozen numbers and their rows stand."""

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.management import call_command
from docx.oxml.ns import qn
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
FRM, TO = "2023-01-01", "2023-11-16"
TEXTS = {
    "measures": "《测试县创优营商环境对标提升举措》",
    "lead_employer": "测试钢结构有限公司",
    "uniform": "本期没有登记开庭",
}
REASON = "业务尚未在本系统登记，由责任股室另行报送"
LATE = (
    "平台编号,来源,申请人,被申请人,争议类型,乡镇,调解组织,收到日期,受理日期,结束日期,结果\n"
    "PT20239999,“互联网+调解”平台,补录示例,霍邱县补录示例有限公司,劳动报酬,城关镇,"
    "霍邱县劳动人事争议调解中心,2023-06-01,2023-06-01,2023-06-01,达成协议\n"
)


def press(button: Locator) -> None:
    """Press a button that posts, and go on with the page that answers: nothing is counted on the
    page before, and no post overtakes another."""
    with button.page.expect_navigation():
        button.click()


def draft(office: Page) -> str:
    """办公室 drafts the report of the period and fills in its texts; returns its address."""
    office.goto("/reports/")
    office.fill("#id_frm", FRM)
    office.fill("#id_to", TO)
    office.select_option("#id_narrative", "county-2023")
    office.click("[data-test=start]")
    office.wait_for_url(re.compile(r"/reports/\d+/$"))
    for name, words in TEXTS.items():
        office.fill(f"#id_{name}", words)
    press(office.locator("text=保存文字"))
    return re.sub(r"^https?://[^/]+", "", office.url)


def settle(office: Page) -> None:
    """Sections without data are left out with the reason; the court's is checked and locked."""
    omits = "details:has(form[action$='/omit/'])"
    while office.locator(omits).count() > 1:
        fold = office.locator(f"section:not([data-section=disputes]) {omits}").first
        fold.locator("summary").click()
        fold.locator("input[name=reason]").fill(REASON)
        press(fold.locator("button"))
    own = office.locator("[data-section=disputes]")
    press(own.locator("text=核数无误"))
    press(own.locator("text=锁定本节"))
    expect(own.locator("[data-test=section-state]")).to_contain_text("锁定")
    assert office.locator("[data-test=obstacles]").all_inner_texts() == []


def print_final(demo: Any, office: Page, address: str) -> Any:
    """The final Word file, made by a job."""
    office.goto(address)
    office.click("[data-test=export-final]")
    demo.work()
    office.reload()
    with office.expect_download() as waiting:
        office.click(".files a[href*='/files/']")
    return docx.Document(io.BytesIO(waiting.value.path().read_bytes()))


def numbers_of(word: Any) -> list[tuple[str, str]]:
    """The words and the path of every link of the file, in order."""
    return [
        (
            "".join(text.text for text in link.iter(qn("w:t"))),
            re.sub(r"^https?://[^/]+", "", word.part.rels[link.get(qn("r:id"))].target_ref),
        )
        for link in word.element.body.iter(qn("w:hyperlink"))
    ]


def rows_behind(page: Page, path: str) -> int:
    """How many rows the page behind a number says that there are."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    words = page.locator("[data-test=total]").inner_text()
    found = re.fullmatch(r"(?:分子|本期)?明细 ([\d,]+) 行|共 ([\d,]+)，您可见 [\d,]+", words)
    assert found, words
    return int((found[1] or found[2]).replace(",", ""))


def test_a_frozen_report_keeps_its_numbers_and_their_rows(demo: Any, tmp_path: Path) -> None:
    office, director = demo.enter("1101"), demo.enter("1001")
    address = draft(office)
    settle(office)
    director.goto(f"{address}freeze/")
    expect(director.locator("[data-test=omitted] li")).to_have_count(10)
    director.click("[data-test=freeze]")
    expect(director.locator("[data-test=summary]")).to_contain_text("已定格")

    word = print_final(demo, office, address)
    assert sum(REASON in line.text for line in word.paragraphs) == 10
    assert "待填" not in "".join(line.text for line in word.paragraphs)
    numbers = numbers_of(word)
    assert len(numbers) == 12
    for reader in (office, director, demo.enter("2001")):
        for words, path in numbers:
            count = rows_behind(reader, path)
            if digits := re.fullmatch(r"(\d+)\D", words):
                assert count == int(digits[1]), words
    before = dict(numbers)

    late = tmp_path / "补录.csv"
    late.write_text(LATE, encoding="utf-8")
    call_command("import_sheet", "X16", str(late), "--user", "2004", "--commit")

    assert rows_behind(office, before["29件"]) == 29
    assert office.locator("[data-test=rows] >> text=PT20239999").count() == 0
    office.click("[data-test=frozen] a")
    line = office.locator("[data-test=differences] tr", has_text="29件")
    expect(line).to_contain_text("30件")
    expect(line).to_contain_text("定格 29 行，现在 30 行")
    expect(line).to_contain_text("增 1 行")
    again = print_final(demo, office, address)
    assert numbers_of(again) == numbers
