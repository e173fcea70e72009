"""A paper and a series that exist in these tests only, and the values of one paper."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hrss_portal.documents.kinds import NumberSeries, PaperKind, number_series, paper_kinds

NOTICE = PaperKind(
    code="test.notice",
    label="受理通知书",
    template="tests/kernel/documents/notice.txt",
    context="tests.kernel.documents.conftest.context_of",
    series="test.notice",
    tags={
        "party.name": "当事人",
        "other": "对方当事人",
        "accepted_on": "受理日期",
        "amount": "请求金额",
        "note": "备注",
        "claims[].text": "请求事项",
        "claims[].amount": "金额",
    },
)
SERIES = NumberSeries(code="test.notice", label="受理通知书", prefix="{place}劳人仲通")


def context_of(subject: Any) -> dict[str, Any]:
    """The values that the declaring app would give."""
    return {
        "party": {"name": "张某某"},
        "other": "测试县甲公司",
        "accepted_on": date(2023, 11, 6),
        "amount": Decimal("12345.60"),
        "note": "",
        "claims": [
            {"text": "工资", "amount": Decimal("10000")},
            {"text": "经济补偿", "amount": Decimal("2345.6")},
        ],
    }


@pytest.fixture
def notice() -> Iterator[PaperKind]:
    """The paper, declared with its series for one test."""
    paper_kinds()[NOTICE.code] = NOTICE
    number_series()[SERIES.code] = SERIES
    yield NOTICE
    paper_kinds.cache_clear()
    number_series.cache_clear()


@pytest.fixture
def values() -> dict[str, Any]:
    """Complete values of the paper."""
    return context_of(None)
