"""Figures read the years that are asked, however many years the tables hold."""

from datetime import date
from typing import Any

import pytest
from django.db.models import Q

from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.boards import lines_of
from hrss_portal.indicators.breakdown import trend_asks
from hrss_portal.indicators.engine import Ask, ask
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.monthly import table
from tests import plans
from tests.cast import County
from tests.factories import arbitration as factory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
YEAR = ask(frm=date(2023, 1, 1), to=date(2023, 11, 16))
FIRST_ASKED = date(2022, 1, 1)  # the year before is compared
DAYS = 20 * 365
LAST = "date '2023-11-16'"


@pytest.fixture
def twenty_years(county: County, acting: Any) -> None:
    """One dispute for every sixth day of twenty years: accepted, heard, closed, every other one
    in time; and a move of another kind on each of those days."""
    acting("test")
    case = factory.dispute(county, None, date(2023, 11, 1))
    day = f"({LAST} - {DAYS} + n * 6)"  # the oldest first, as they arrive
    plans.copied_cases(
        case,
        DAYS // 6,
        opened_on=day,
        accepted_on=f"least({day} + 2, {LAST})",
        closed_on=f"least({day} + 40, {LAST})",
        outcome="'award'",
    )
    clock = Clock._base_manager.filter(case=case.pk).earliest("pk")
    plans.copies(
        clock,
        DAYS // 6,
        case_id=f"{plans.FIRST} + n",
        term="'arb.award'",
        state="'met'",
        due_on=f"{day} + 40",
        met_on=f"{day} + 40 + n %% 2",
    )
    event = Event._base_manager.filter(case=case.pk).earliest("pk")
    for move in ("hear", "assign"):
        heard = {"on": day, "counts_on": f"{day} + 20", "move": f"'{move}'"}
        plans.copies(event, DAYS // 6, case_id=f"{plans.FIRST} + n", **heard)


def questions() -> list[tuple[str, Ask]]:
    """What the court's board asks about the year."""
    codes = [line.code for line in lines_of(catalogue.boards()["arb.board"])]
    return [(code, YEAR) for code in codes if code in catalogue.indicators()]


def of_the_years() -> int:
    """How many disputes the year and the one before it touch."""
    since = Q(opened_on__gte=FIRST_ASKED) | Q(closed_on__gte=FIRST_ASKED)
    return int(Case.objects.filter(since | Q(closed_on__isnull=True)).count())


def test_the_board_reads_the_two_years_that_it_compares(twenty_years: None) -> None:
    reader, wanted = Reader(), questions()
    trends = [pair for code, one in wanted for pair in trend_asks(code, one)]
    sent = plans.asked(lambda: reader.prepare(wanted, compare=True, besides=trends))
    most = of_the_years()
    assert 0 < most < DAYS // 6 / 8
    assert max(plans.fewest_read_of("casework_case", sql) for sql in sent) <= most
    for code, question in [*wanted, *trends]:
        together = reader.measure(code, question)
        assert together == Reader().measure(code, question), code
    assert reader.measure("arb.in_time_rate", YEAR).value not in (None, 0, 1)


def test_the_terms_are_asked_once_for_all_periods(twenty_years: None) -> None:
    wanted = [("arb.in_time_rate", YEAR)]
    trends = trend_asks(*wanted[0])
    sent = plans.asked(lambda: Reader().prepare(wanted, compare=True, besides=trends))
    assert sum(sql.count('FROM "casework_clock"') for sql in sent) == 1
    for sql in sent:
        assert plans.read_of("casework_clock", sql, *plans.ONE_BY_ONE) <= of_the_years()


def test_the_monthly_table_reads_the_two_years_that_it_compares(twenty_years: None) -> None:
    [sql] = plans.asked(lambda: table("arb.monthly", YEAR))
    assert plans.fewest_read_of("casework_case", sql) <= of_the_years()


def test_hearings_are_found_by_their_move_and_day(twenty_years: None) -> None:
    wanted = [("arb.hearings", YEAR)]
    sent = plans.asked(lambda: Reader().prepare(wanted, compare=True))
    heard = Event.objects.filter(move="hear", counts_on__gte=FIRST_ASKED).count()
    assert heard > 100
    assert max(plans.read_of("casework_event", sql) for sql in sent) <= heard
