"""X19 comes in once, goes out as it came, and is taken back."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.activities import imports
from hrss_portal.activities.imports import X19, export, problem_text, problems_of
from hrss_portal.activities.models import Visit
from hrss_portal.imports import batches
from hrss_portal.imports.exporting import export_rows
from hrss_portal.imports.models import Batch
from hrss_portal.parties.models import Employer
from tests.cast import County
from tests.factories import activities as make
from tests.factories.imports import workbook
from tests.factories.parties import EmployerFactory

HEADINGS = [column.heading for column in X19.columns]
CAMPAIGNS = "百名仲裁员服务千家企业、三送一检"


@pytest.fixture
def firm(county: County) -> Employer:
    """A known employer."""
    return EmployerFactory(unit=county.bureau, town=county.town("城关镇"))


def book(*rows: list[Any]) -> bytes:
    """A workbook of the ledger."""
    return workbook([HEADINGS, *rows])


def line(firm: Employer, **changes: Any) -> list[Any]:
    """One row of the ledger."""
    plain: dict[str, Any] = {
        "日期": "2023-09-12",
        "单位名称": firm.name,
        "统一社会信用代码": firm.uscc,
        "乡镇": "城关镇",
        "走访人员": "孟仲、苏书",
        "活动": CAMPAIGNS,
        "事由": "劳动用工法律服务、落实工时制度",
        "发现问题": "工资支付：拖欠两个月；没有考勤",
        "建议": "一个月内补发",
        "跟进日期": "2023-10-12",
    }
    return [(plain | changes)[heading] for heading in HEADINGS]


def land(content: bytes, by: User) -> Batch:
    """Import a workbook."""
    batch = batches.dry_run("X19", content, name="走访.xlsx", by=by)
    return batches.commit(batch, by=by)


def counts(batch: Batch) -> tuple[int, int, int, int]:
    """created, updated, unchanged, rejected."""
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def test_a_row_becomes_one_visit_with_all_its_tags(
    county: County, arbitrator: User, firm: Employer, acting: Callable[..., Any]
) -> None:
    assert counts(land(book(line(firm)), arbitrator)) == (1, 0, 0, 0)
    acting("test")
    visit = Visit.objects.get()
    assert (visit.employer, visit.unit, visit.on) == (firm, arbitrator.unit, date(2023, 9, 12))
    assert sorted(topic.code for topic in visit.purposes.all()) == ["labour_law", "working_time"]
    assert visit.campaigns.count() == 2
    kinds = [(row.kind, row.text) for row in visit.problems.order_by("pk")]
    assert kinds == [("pay", "拖欠两个月"), ("other", "没有考勤")]


def test_the_same_sheet_again_changes_nothing_and_goes_out_as_it_came(
    county: County, arbitrator: User, firm: Employer, acting: Callable[..., Any]
) -> None:
    content = book(line(firm), line(firm, 日期="2023-10-12", 跟进日期="", 发现问题="", 建议=""))
    land(content, arbitrator)
    assert counts(land(content, arbitrator)) == (0, 0, 2, 0)
    out = io.BytesIO()
    with acting_as(arbitrator):
        export_rows(X19, export({}), out, by=arbitrator)
    assert counts(land(out.getvalue(), arbitrator)) == (0, 0, 2, 0)
    acting("test")
    assert Visit.objects.count() == 2


def test_a_changed_row_updates_its_visit_and_can_be_taken_back(
    county: County, arbitrator: User, firm: Employer, acting: Callable[..., Any]
) -> None:
    land(book(line(firm)), arbitrator)
    batch = land(book(line(firm, 建议="已经补发", 活动="三送一检", 发现问题="")), arbitrator)
    assert counts(batch) == (0, 1, 0, 0)
    acting("test")
    visit = Visit.objects.get()
    assert (visit.advice, visit.campaigns.count(), visit.problems.count()) == ("已经补发", 1, 2)
    batches.undo(batch, by=arbitrator)
    visit.refresh_from_db()
    assert (visit.advice, visit.campaigns.count()) == ("一个月内补发", 2)


def test_taking_a_batch_back_voids_its_visits(
    county: County, arbitrator: User, firm: Employer, acting: Callable[..., Any]
) -> None:
    batch = land(book(line(firm)), arbitrator)
    undone = batches.undo(batch, by=arbitrator)
    assert undone.kept == []
    acting("test")
    visit = Visit.objects.get()
    assert (visit.is_void, visit.void_reason) == (True, f"撤销导入批次 {batch.pk}")


def test_an_unknown_campaign_and_a_follow_up_before_the_visit_are_named(
    county: County, arbitrator: User, firm: Employer
) -> None:
    batch = batches.dry_run(
        "X19",
        book(line(firm, 活动="三送二检"), line(firm, 跟进日期="2023-09-01")),
        name="走访.xlsx",
        by=arbitrator,
    )
    assert batch.rejected == 2


def test_aliases_and_an_employer_nobody_knows(
    county: County, arbitrator: User, firm: Employer, acting: Callable[..., Any]
) -> None:
    row = line(
        firm,
        单位名称="霍邱新示例有限公司",
        统一社会信用代码="",
        活动="“三送一检”服务企业活动",
        事由="带薪休假",
    )
    assert counts(land(book(row), arbitrator)) == (1, 0, 0, 0)
    assert counts(land(book(row), arbitrator)) == (0, 0, 1, 0)
    acting("test")
    visit = Visit.objects.get()
    assert [campaign.code for campaign in visit.campaigns.all()] == ["three_deliveries"]
    assert (visit.employer.name, visit.employer.no_uscc_reason) == ("霍邱新示例有限公司", "未提供")


@pytest.mark.parametrize(
    "text", ["", "没有考勤", "工资支付：拖欠两个月；没有考勤", "说法不一：待查；休息休假：未休"]
)
def test_problems_are_read_back_as_they_are_written(
    county: County, acting: Callable[..., Any], text: str
) -> None:
    acting("test")
    visit = make.visit(county, date(2023, 9, 12))
    for kind, words in problems_of(text):
        visit.problems.create(kind=kind, text=words)
    assert problem_text(visit.problems.order_by("pk")) == text


def change(by: User, **values: Any) -> None:
    """Somebody changes the one visit on its page."""
    visit = Visit._base_manager.get()
    for name, value in values.items():
        setattr(visit, name, value)
    visit.version, visit.updated_by = visit.version + 1, by
    visit.save()


@pytest.mark.parametrize("cell", ["result", "advice", "town"])
def test_what_a_page_changed_while_the_sheet_lands_stays(
    county: County,
    arbitrator: User,
    clerk: User,
    firm: Employer,
    acting: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    cell: str,
) -> None:
    land(book(line(firm)), arbitrator)
    acting("test")
    values = {
        "result": {"result": "已整改"},
        "advice": {"advice": "半个月内补发"},
        "town": {"town": county.town("周集镇")},
    }[cell]
    read = imports._stored

    def stored(*given: Any) -> Any:
        found = read(*given)
        if not Visit._base_manager.filter(**values).exists():
            change(clerk, **values)
        return found

    batch = batches.dry_run(
        "X19", book(line(firm, 建议="已经补发")), name="走访.xlsx", by=arbitrator
    )
    monkeypatch.setattr(imports, "_stored", stored)
    done = batches.commit(batch, by=arbitrator)
    visit = Visit._base_manager.get()
    if cell == "result":
        assert (counts(done), visit.advice) == ((0, 1, 0, 0), "已经补发")
        assert visit.result == "已整改"
        batches.undo(done, by=arbitrator)
        visit.refresh_from_db()
        assert (visit.advice, visit.result) == ("一个月内补发", "已整改")
    else:
        assert counts(done) == (0, 0, 0, 1)
        (message,) = done.rows.get().messages
        assert (message["column"], clerk.name in message["message"]) == (cell, True)
        assert getattr(visit, cell) == values[cell]
        assert visit.problems.count() == 2
