"""A ledger with a row of sums under 序号 and cells merged over two rows: both are told."""

import pytest

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.imports import batches, fixing, landing
from hrss_portal.imports.models import Batch
from tests.cast import County
from tests.factories.imports import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
HEAD = ["序号", "案号", "申请人", "被申请人", "案由", "收案日期", "标的额", "备注"]
NUMBER, FIRM = "霍劳人仲案〔2021〕5号", "某某有限公司"
MERGED = [
    (2, 2, 3, 2, NUMBER),
    (2, 4, 3, 4, FIRM),
    (2, 8, 3, 8, "同一件"),
]


def tried(clerk: User) -> Batch:
    rows: list[list[object]] = [
        list(HEAD),
        [1, NUMBER, "张示例", FIRM, "劳动报酬", "2021-09-01", 5000, "同一件"],
        [2, None, "李示例", None, "劳动报酬", "2021-09-01", 6000, None],
        ["合计", "2件", None, None, None, None, 11000, None],
    ]
    with acting_as(clerk):
        book = workbook(rows, merged=MERGED)
        return batches.dry_run("X10", book, name="台账.xlsx", by=clerk)


def told(batch: Batch) -> list[tuple[str, str, str]]:
    """(column, level, words) of what is said of the second row."""
    row = batch.rows.get(number=3)
    return [(item["column"], item["level"], item["message"]) for item in row.messages]


def test_sums_under_a_column_that_is_not_imported_are_no_row(county: County, clerk: User) -> None:
    batch = tried(clerk)
    assert (batch.read, list(map(tuple, batch.left_out))) == (2, [(4, "total", "合计")])


def test_cells_merged_over_rows_are_named_and_not_filled_in(county: County, clerk: User) -> None:
    batch = tried(clerk)
    assert (batch.created, batch.rejected) == (1, 1)
    one_case = (
        f"B2:B3 是合并单元格，“{NUMBER}”只算在第 2 行；"
        "同一件的并到第 2 行（几个人的名字用、隔开），跳过本行；不是的，填本行的"
    )
    filling = "本行也是的，填上；不是的，填本行的"
    assert told(batch) == [
        ("number", "wrong", one_case),
        ("respondents", "wrong", f"D2:D3 是合并单元格，“{FIRM}”只算在第 2 行；{filling}"),
        ("remark", "look", f"H2:H3 是合并单元格，“同一件”只算在第 2 行；{filling}"),
    ]


def test_a_cell_that_was_filled_in_is_settled_and_the_others_stay_told(
    county: County, clerk: User
) -> None:
    batch = tried(clerk)
    with acting_as(clerk):
        fixing.edit_cells(batch, 3, {"respondents": FIRM}, version=batch.version)
        batch.refresh_from_db()
        assert [(name, level) for name, level, _ in told(batch)] == [
            ("number", "wrong"),
            ("remark", "look"),
        ]
        number = "霍劳人仲案〔2021〕6号"
        fixing.edit_cells(batch, 3, {"number": number}, version=batch.version)
        batch.refresh_from_db()
        tried_again = landing.try_out(batch, by=clerk)
        assert (tried_again.created, tried_again.rejected) == (2, 0)
        batches.commit(tried_again, by=clerk)
        assert Dispute.objects.get(number=number).amount == 6000
