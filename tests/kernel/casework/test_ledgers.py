"""Rows without a number find their case by day, parties and what else they share, in one look."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arbitration.imports.columns import COLUMNS
from arbitration.imports.disputes import ledger
from arbitration.models import Dispute
from hrss_portal.access.models import User
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def context(county: County, clerk: User, acting: Any) -> SimpleNamespace:
    """What the pipeline tells the sheet: who lands it, for which unit, in which batch."""
    acting("test")
    return SimpleNamespace(
        user=clerk, unit=make.court(county), batch=SimpleNamespace(pk=1), trial=False
    )


def row(place: int, /, **told: Any) -> SimpleNamespace:
    """A clean row of X10 without a case number: one worker against one firm."""
    cleaned: dict[str, Any] = dict.fromkeys(column.name for column in COLUMNS)
    cleaned |= {
        "number": "",
        "applicants": f"张示例{place}",
        "respondents": "甲示例公司",
        "cause": "pay",
        "received_on": date(2023, 1, 1) + timedelta(days=place % 7),
        "arbitrators": "",
        "clerk": "",
        "offline_step": "",
        "remark": "",
    }
    return SimpleNamespace(number=place, cleaned=cleaned | told)


def actions(rows: list[SimpleNamespace], context: Any) -> list[str]:
    """What becomes of the rows, in order."""
    return [answer["action"] for answer in ledger.commit(rows, context=context)]


def test_looking_for_the_cases_costs_the_same_for_five_rows_and_for_fifty(
    context: SimpleNamespace, county: County
) -> None:
    rows = [row(number, town=county.town("城关镇")) for number in range(1, 51)]
    assert actions(rows, context) == ["created"] * 50
    asked = []
    for size in (5, 50):
        with CaptureQueriesContext(connection) as seen:
            assert actions(rows[:size], context) == ["unchanged"] * size
        asked.append(len(seen))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "other",
    [
        {"received_on": date(2023, 1, 3)},
        {"cause": "insurance"},
        {"applicants": "张示例1、李示例"},
        {"applicants": "李示例", "respondents": "张示例1"},
        {"respondents": "乙示例公司"},
    ],
    ids="+".join,
)
def test_a_row_that_differs_in_one_of_them_is_another_case(
    context: SimpleNamespace, other: dict[str, Any]
) -> None:
    assert actions([row(1)], context) == ["created"]
    second = SimpleNamespace(number=2, cleaned=row(1).cleaned | other)
    assert actions([row(1), second], context) == ["unchanged", "created"]


def test_the_oldest_of_two_alike_is_meant(context: SimpleNamespace) -> None:
    twins = [SimpleNamespace(number=number, cleaned=row(1).cleaned) for number in (1, 2)]
    assert actions(twins, context) == ["created", "created"]
    oldest = Dispute.objects.order_by("pk")[0]
    assert [one["pk"] for one in ledger.commit(twins, context=context)] == [oldest.pk] * 2


@pytest.mark.parametrize("number", ["", "霍劳人仲案〔2023〕第1号"])
def test_the_second_row_of_a_case_meets_it_as_the_first_one_left_it(
    context: SimpleNamespace, number: str
) -> None:
    assert actions([row(1, number=number)], context) == ["created"]
    told = {**row(1, number=number).cleaned, "filed_on": date(2023, 1, 5), "remark": "已立案"}
    rows = [SimpleNamespace(number=place, cleaned=told) for place in (1, 2)]
    assert actions(rows, context) == ["updated", "unchanged"]
    assert Dispute.objects.get().events.filter(move="accept").count() == 1
