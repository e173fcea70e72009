"""Monthly tables add up line by line, whatever the rows look like."""

import random
from datetime import date
from decimal import Decimal

import pytest

from hrss_portal.indicators.engine import ask
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.monthly import PARTS, part_rows, table
from tests.cast import County
from tests.factories import indicators as factory
from tests.factories.access import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(3))
def test_lines_reconcile_chain_and_open_to_their_rows(county: County, sample, acting, seed):
    acting("test")
    people = [UserFactory(unit=county.office("就业股")) for _ in range(2)]
    factory.jobs(people, random.Random(seed), 80)
    question = ask(frm=date(2022, 11, 1), to=date(2023, 4, 16))
    lines = table("t.flow", question)
    assert [line.label for line in lines] == [
        "2022-11", "2022-12", "2023-01", "2023-02", "2023-03", "2023-04", "合计",
    ]  # fmt: skip
    assert [line.reconciles for line in lines] == [True] * 7
    assert [line.carried for line in lines[1:-1]] == [line.pending for line in lines[:-2]]
    total = lines[-1]
    assert total.received == sum(line.received for line in lines[:-1])
    assert total.closed == sum(line.closed for line in lines[:-1])
    assert total.pending == Reader().measure("t.flow", question).value
    for line in lines:
        for part, _ in PARTS:
            assert part_rows("t.flow", line.question, part).count() == getattr(line, part)
        for part, was, change in line.last_year:
            assert part_rows("t.flow", line.question.previous(), part).count() == was
            now = getattr(line, part)
            assert (change is None) == (was == 0)
            assert change is None or round(change, 9) == round(Decimal(now - was) / was, 9)
    assert any(was for line in lines for _, was, _ in line.last_year)
