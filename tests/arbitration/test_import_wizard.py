"""Steps 3 and 4 of an import name their rows, say causes, and lead with what is in question."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.imports import batches
from hrss_portal.imports.fixing import in_common
from hrss_portal.imports.models import Batch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county", "rules", "today")]
HEAD = "案号,申请人,被申请人,案由,收案日期,立案日期,结案日期,结案方式,标的额,是否终局"
ROW = (
    "霍劳人仲案〔2021〕{n}号,{who},某某有限公司,劳动报酬,{day},2021-09-03,2021-10-11,裁决,5000,终局"
)


def tried(clerk: User, *rows: str, commit: bool = False) -> Batch:
    """A batch of such rows, read and checked."""
    content = "\n".join([HEAD, *rows]).encode("utf-8")
    with acting_as(clerk):
        found = batches.dry_run("X10", content, name="台账.csv", by=clerk)
        return batches.commit(found, by=clerk) if commit else found


@pytest.fixture
def page(clerk: User) -> Callable[..., BeautifulSoup]:
    """A page of the wizard as the clerk sees it."""
    browser = Client()
    browser.force_login(clerk)

    def read(batch: Batch, step: str) -> BeautifulSoup:
        return BeautifulSoup(browser.get(f"/imports/{batch.pk}/{step}/").content, "html.parser")

    return read


def row_of(who: str, n: int, day: str = "2021-09-01") -> str:
    return ROW.format(n=n, who=who, day=day)


def test_step_3_leads_with_row_message_and_the_cells_in_question(
    clerk: User, page: Callable[..., BeautifulSoup]
) -> None:
    batch = tried(clerk, row_of("张一", 1), row_of("李二", 2, "2021-13-45"))
    table = page(batch, "fix").find("form", {"data-test": "rows"}).table
    heads = [one.get_text(strip=True) for one in table.find_all("th", scope="col")]
    assert heads == ["选择", "行", "问题", "有问题的栏", "其余各栏"]
    (line,) = table.tbody.find_all("tr")
    assert "第 3 行 霍劳人仲案〔2021〕2号 · 李二 · 某某有限公司" in " ".join(
        line.th.get_text(" ").split()
    )
    cells = line.find_all("td")
    assert "没有 2021 年 13 月 45 日" in cells[1].get_text()
    boxes = cells[2].find_all("input", {"class": "i"})
    assert [box["name"] for box in boxes] == ["cell:3:received_on"]
    assert "立案日期" in cells[3].details.get_text()


def test_a_group_says_the_cause_not_the_words_of_its_first_row(
    clerk: User, page: Callable[..., BeautifulSoup]
) -> None:
    tried(clerk, row_of("张一", 1), row_of("李二", 2), commit=True)
    batch = tried(clerk, row_of("王三", 1), row_of("赵四", 2))
    causes = page(batch, "fix").find("table", {"data-test": "causes"})
    words = [" ".join(one.get_text(" ").split()) for one in causes.tbody.find_all("tr")]
    assert words == [
        "■ 申请人 当事人与系统里的不同，请核对编号；当事人写错的，在案件页更正 2",
    ]


def test_step_4_names_its_rows(clerk: User, page: Callable[..., BeautifulSoup]) -> None:
    sample = page(tried(clerk, row_of("张一", 1)), "confirm").find("table", {"data-test": "sample"})
    words = " ".join(sample.tbody.get_text(" ").split())
    assert words == "第 2 行 霍劳人仲案〔2021〕1号 · 张一 · 某某有限公司 新增"


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("填写姓名", "填写姓名", "填写姓名"),
        ("不同，请核对：甲", "不同，请核对：乙", "不同，请核对"),
        ("甲早于乙", "没有结案方式", "各行不同，例如：甲早于乙"),
    ],
)
def test_what_messages_have_in_common(one: str, other: str, words: str) -> None:
    assert in_common(one, other) == words


def test_no_table_of_step_3_is_wider_than_its_screen(
    clerk: User, page: Callable[..., BeautifulSoup]
) -> None:
    """Every row is a card on a narrow screen: each cell has its label."""
    found: Any = page(tried(clerk, row_of("李二", 2, "2021-13-45")), "fix")
    table = found.find("form", {"data-test": "rows"}).table
    assert {"cards", "fix-rows"} <= set(table["class"])
    cells = table.tbody.select("td:not(.tick)")
    assert cells
    assert all(one.get("data-label") for one in cells)
