"""One case is one case however its number is written; rows without a number that agree are asked
about."""

import pytest

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.imports import batches, fixing
from hrss_portal.imports.models import Batch
from tests.cast import County

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
HEAD = "案号,申请人,被申请人,案由,收案日期,立案日期,结案日期,结案方式,标的额,是否终局"
ROW = "{n},{who},某某有限公司,劳动报酬,2021-09-01,2021-09-03,2021-10-11,裁决,{amount},终局"


def row(n: str, who: str = "张示例", amount: int = 5000) -> str:
    return ROW.format(n=n, who=who, amount=amount)


def tried(clerk: User, *rows: str) -> Batch:
    text = "\n".join([HEAD, *rows])
    with acting_as(clerk):
        return batches.dry_run("X10", text.encode(), name="台账.csv", by=clerk)


def told(batch: Batch) -> list[tuple[int, str, str]]:
    """(row, level, words) of everything that is said."""
    return [
        (row.number, item["level"], item["message"])
        for row in batch.rows.order_by("number")
        for item in row.messages
    ]


@pytest.mark.parametrize(
    "other",
    ["霍劳人仲案[2021]第502号", "霍劳人仲案（2021）0502号", "霍劳人仲案【２０２１】第００５０２号"],
)
def test_one_number_written_otherwise_is_the_same_case_in_a_file(
    county: County, clerk: User, other: str
) -> None:
    batch = tried(clerk, row("霍劳人仲案〔2021〕502号"), row(other, amount=6000))
    assert told(batch) == [
        (2, "look", "第 3 行与本行重复"),
        (3, "wrong", "与第 2 行重复（案号相同）"),
    ]
    assert (batch.created, batch.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("霍劳人仲案〔2021〕502号", "霍劳人仲案[2021]第0502号"),
        ("霍劳人仲案〔2021〕第0502号", "霍劳人仲案〔2021〕502号"),
        ("霍劳人仲案〔2021〕0502号", "霍劳人仲案〔2021〕第000502号"),
    ],
)
def test_one_number_written_otherwise_is_the_same_case_in_the_portal(
    county: County, clerk: User, stored: str, sent: str
) -> None:
    with acting_as(clerk):
        batches.commit(tried(clerk, row(stored)), by=clerk)
        again = tried(clerk, row(sent))
        assert (again.created, again.unchanged, again.rejected) == (0, 1, 0), told(again)
        assert [case.number for case in Dispute.objects.all()] == [stored]


def test_another_year_or_series_is_another_case(county: County, clerk: User) -> None:
    rows = [
        row(n) for n in ("霍劳人仲案〔2021〕5号", "霍劳人仲案〔2020〕5号", "六劳人仲案〔2021〕5号")
    ]
    batch = tried(clerk, *rows)
    assert (batch.created, told(batch)) == (3, [])


def test_rows_without_a_number_that_agree_are_looked_at_and_still_land(
    county: County, clerk: User
) -> None:
    batch = tried(clerk, row(""), row("", who="李示例"), row("", amount=7000))
    words = (
        "都没有案号，能认出是哪一件的各栏都相同，可能是同一件；是同一件的，只留一行，"
        "不是的，填上案号或者照样导入"
    )
    assert told(batch) == [
        (2, "look", f"第 4 行与本行{words}"),
        (4, "look", f"与第 2 行{words}"),
    ]
    assert (batch.created, batch.rejected) == (3, 0)


def test_a_number_typed_in_settles_the_question(county: County, clerk: User) -> None:
    batch = tried(clerk, row(""), row(""))
    with acting_as(clerk):
        fixing.edit_cells(batch, 3, {"number": "霍劳人仲案〔2021〕7号"}, version=batch.version)
        assert told(batch) == []
