"""Ledgers with past moves come in through the door's bulk twin."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework.bulk import CaseRow, PastMove, open_cases
from hrss_portal.casework.correcting import correct
from hrss_portal.casework.models import Case, CasePaper, CaseParty, Clock, Event, Reminder
from hrss_portal.casework.moves import PartyIn
from hrss_portal.casework.retelling import Telling
from hrss_portal.documents.numbers import next_number
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(db: None) -> None:
    shipped_rules()


def ledger_row(county: County, n: int, *, closed: bool = True) -> CaseRow:
    """A case of last year's ledger: received, accepted, awarded."""
    unit = make.court(county)
    case = Dispute(
        unit=unit,
        town=county.town("城关镇"),
        opened_on=date(2022, 3, 1),
        number=f"{unit.root.numbering_prefix}劳人仲案〔2022〕{n}号",
        apply_mode="written",
        cause="pay",
        amount=Decimal("1000"),
    )
    moves = [
        PastMove(code="propose", on=date(2022, 3, 3), data={"procedure": "ordinary"}),
        PastMove(code="accept", on=date(2022, 3, 4), data={"procedure": "ordinary"}),
    ]
    if closed:
        moves += [
            PastMove(
                code="settle",
                on=date(2022, 3, 30),
                data={"outcome": "mediated", "awarded": Decimal("900")},
            )
        ]
    parties = [
        PartyIn(role="applicant", name="张测试"),
        PartyIn(role="respondent", name="霍邱测试有限公司"),
    ]
    return CaseRow(case=case, parties=parties, moves=moves)


def test_rows_arrive_with_their_past_moves_clocks_and_numbers(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    rows = open_cases([ledger_row(county, n) for n in (1, 2, 7)], by=clerk, source="sheet")
    assert [row.messages for row in rows] == [[], [], []]
    case = Dispute.objects.get(number__endswith="〔2022〕7号")
    assert (case.state, case.closed_on, case.outcome) == (
        "mediated",
        date(2022, 3, 30),
        "mediated",
    )
    assert (case.is_live, case.source, case.created_by) == (False, "sheet", clerk)
    assert list(case.events.order_by("on", "pk").values_list("move", flat=True)) == [
        "open",
        "propose",
        "accept",
        "settle",
    ]
    award = Clock.objects.get(case=case, term="arb.award")
    assert (award.due_on, award.state, award.met_on) == (
        date(2022, 4, 18),
        "met",
        date(2022, 3, 30),
    )
    assert award.started_by.move == "accept"
    assert award.steps.count() == 2
    assert CaseParty.objects.filter(case=case).count() == 2
    assert CasePaper.objects.count() == 0
    assert Reminder.objects.count() == 0
    assert set(case.grams) >= {"张测", "公司"}


def test_the_series_goes_on_past_imported_numbers(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    open_cases([ledger_row(county, 41)], by=clerk, source="sheet")
    number = next_number("arb.case", unit_root=county.bureau, year=2022)
    assert number.text.endswith("〔2022〕42号")


def test_the_number_of_another_court_is_none_of_our_series(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    rows = [ledger_row(county, 9), ledger_row(county, 5)]
    rows[0].case.number = "六劳人仲案〔2022〕900号"
    open_cases(rows, by=clerk, source="sheet")
    root = make.court(county).root
    assert next_number("arb.case", unit_root=root, year=2022).n == 6


def test_a_row_whose_dates_run_backwards_is_refused_and_the_others_stay(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    bad = ledger_row(county, 2)
    bad.moves = [PastMove(code="propose", on=date(2022, 2, 1))]
    rows = open_cases([ledger_row(county, 1), bad], by=clerk, source="sheet")
    assert rows[1].messages == ["报立案审批日期 2022-02-01 早于上一步 2022-03-01"]
    assert Case.objects.count() == 1


def test_queries_do_not_grow_with_the_rows(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    counts = []
    for start, size in ((1, 2), (100, 40)):
        with CaptureQueriesContext(connection) as queries:
            open_cases(
                [ledger_row(county, start + n) for n in range(size)], by=clerk, source="sheet"
            )
        counts.append(len([q for q in queries if "access_unit" not in q["sql"]]))
    assert counts[1] <= counts[0] + 2


def test_later_moves_of_an_imported_case_are_added(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    open_cases([ledger_row(county, 5, closed=False)], by=clerk, source="sheet")
    case = Dispute.objects.get()
    settled = PastMove(
        code="settle", on=date(2022, 4, 1), data={"outcome": "mediated", "awarded": Decimal(1)}
    )
    before = ledger_row(county, 5, closed=False).moves
    told = Telling(
        values={}, old=before, new=[*before, settled], by=clerk, sheet="X10", what="台账"
    )
    correct(case, told.act, by=clerk, reason="导入批次 2", checked=True)
    case.refresh_from_db()
    assert (case.state, case.version) == ("mediated", 2)
    assert Clock.objects.get(case=case, term="arb.award").met_on == date(2022, 4, 1)
    assert Event.objects.filter(case=case, move="settle").count() == 1
