"""A page of a list is read from an index in either direction; the workbench counts own moves."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework.models import Case, Event
from hrss_portal.desk import paging
from hrss_portal.desk.archive.files import Archive
from hrss_portal.desk.cases import worked_by
from tests import plans
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
MANY, SIZE = 600, 20
SORTS = ("accepted_on", "closed_on", "amount", "due_on", "opened_on")
#: The keys of a page, filled and empty ones; those of both in order; the page with its rows.
MOST = 5 * (SIZE + 1)


@pytest.fixture
def many(county: County, acting: Callable[..., Any]) -> None:
    """Disputes of six hundred days; of every fifth the days and the amount are empty."""
    acting("test")
    case = make.dispute(county, None, date(2023, 11, 1))
    day = f"(date '2020-01-01' + n * 7 %% {MANY} + 30)"
    empty = "CASE WHEN n %% 5 = 0 THEN NULL ELSE {} END"
    plans.copied_cases(
        case,
        MANY,
        opened_on="date '2020-01-01' + n",
        accepted_on=empty.format(f"{day} + {MANY}"),
        closed_on=empty.format(f"{day} + {MANY}"),
        due_on=empty.format(day),
        amount=empty.format("n * 7 %% 50"),
    )


def page_of(sent: list[str]) -> str:
    """The statement that reads the rows of a page, of all that were sent."""
    [found] = [sql for sql in sent if '"casework_case"."title"' in sql]
    return found


def listed(rows: Any, sort: str, query: str = "") -> list[int]:
    """The keys on a page."""
    return [row.pk for row in paging.read(rows, QueryDict(query), sort=sort, size=SIZE).rows]


def of_one_kind() -> Any:
    """The rows of the list of disputes."""
    return Dispute.objects.filter(kind="arbitration.dispute")


@pytest.mark.parametrize("way", ["", "-"])
@pytest.mark.parametrize("sort", SORTS)
def test_a_page_is_read_from_an_index_in_both_directions(
    many: None, arbitration_head: User, sort: str, way: str
) -> None:
    with acting_as(arbitration_head):
        sent = plans.asked(lambda: listed(of_one_kind(), f"{way}{sort}"))
    assert 0 < plans.read_of("casework_case", page_of(sent)) <= MOST


@pytest.mark.parametrize("way", ["", "-"])
@pytest.mark.parametrize("sort", SORTS)
def test_empty_ones_come_last_and_no_row_is_lost(many: None, sort: str, way: str) -> None:
    rows = of_one_kind().values_list("pk", sort)
    filled = sorted((value, pk) for pk, value in rows if value is not None)
    empty = sorted(pk for pk, value in rows if value is None)
    right = [pk for _, pk in (filled[::-1] if way else filled)]
    right += empty[::-1] if way else empty
    numbers = range(1, len(right) // SIZE + 2)
    found = [pk for n in numbers for pk in listed(of_one_kind(), f"{way}{sort}", f"page={n}")]
    assert found == right
    first = paging.read(of_one_kind(), QueryDict(""), sort=f"{way}{sort}", size=SIZE)
    assert listed(of_one_kind(), f"{way}{sort}", first.next_url.lstrip("?")) == right[SIZE:40]


@pytest.mark.parametrize("sort", ["-closed_on", "closed_on"])
def test_the_first_page_of_the_archive_is_read_from_an_index(many: None, sort: str) -> None:
    sent = plans.asked(lambda: listed(Archive().rows(), sort))
    assert 0 < plans.read_of("casework_case", page_of(sent)) <= MOST


def test_the_workbench_reads_the_own_moves_of_the_month(
    many: None, clerk: User, arbitration_head: User
) -> None:
    event = Event._base_manager.earliest("pk")
    first = timezone.localdate().replace(day=1)
    for day in ("date '2020-01-01' + n", f"date '{first}'"):
        by = {"by_id": str(clerk.pk), "by_name": "'经办'", "kind": "'move'"}
        plans.copies(event, MANY, case_id=f"{plans.FIRST} + n", on=day, **by)
    with acting_as(arbitration_head):
        sent = plans.asked(lambda: worked_by(Case.objects.all(), clerk, first).count())
        assert worked_by(Case.objects.all(), clerk, first).count() == MANY
    [sql] = [one for one in sent if '"casework_event"' in one]
    assert 0 < plans.read_of("casework_event", sql) <= MANY
