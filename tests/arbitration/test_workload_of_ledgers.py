"""办案量 counts imported cases by the names in the ledger, and says which count for nobody."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.models import Dispute
from arbitration.models.dispute import TribunalMember
from arbitration.views.workload import YEARS, unseated
from hrss_portal.access.models import User
from hrss_portal.casework import door
from hrss_portal.casework.models.records import Source
from tests.arbitration.test_workload import browser_of, opened
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
ACCEPTED = date(2023, 11, 7)


@pytest.fixture
def case(county: County, clerk: User, acting: Callable[..., Any]) -> Dispute:
    """A case of this year's ledger; two arbitrators are registered."""
    acting("test")
    make.staff(county, name="孙正")
    make.staff(county, name="周示例", cert_no="T-2")
    return make.dispute(county, clerk, date(2023, 11, 1))


def recorded(case: Dispute, names: str) -> None:
    """The case as a ledger brings it, with these arbitrators."""
    with door.opened():
        Dispute.objects.filter(pk=case.pk).update(
            source=Source.SHEET, accepted_on=ACCEPTED, arbitrators_as_recorded=names
        )


def told(part: str = "accepted") -> tuple[int, bool]:
    """For how many arbitrators the case counts, and whether a name of it is nobody's."""
    found = unseated(2023, "")[part]
    return sum(len(cases) for cases in found.of.values()), bool(found.open)


@pytest.mark.parametrize(
    ("names", "count", "is_open"),
    [
        ("孙正", 1, False),
        ("孙　正", 1, False),
        ("孙正、周示例", 2, False),
        ("孙正、王某", 1, True),
        ("孙正甲", 0, True),
        ("", 0, True),
    ],
)
def test_a_recorded_name_counts_where_it_is_one_registered_arbitrator(
    case: Dispute, names: str, count: int, is_open: bool
) -> None:
    recorded(case, names)
    assert told() == told("open") == (count, is_open)
    assert told("closed") == (0, False)


@pytest.mark.parametrize(
    "other",
    [{"name": "孙正"}, {"name": "孙正", "role": "part_time"}],
    ids=["of one role", "of another role"],
)
def test_between_two_of_one_name_nobody_chooses(
    case: Dispute, county: County, other: dict[str, Any]
) -> None:
    make.staff(county, cert_no="T-3", **other)
    recorded(case, "孙正")
    assert told() == (0, True)


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        ({"ended_on": ACCEPTED}, False),
        ({"ended_on": date(2023, 11, 8)}, True),
        ({"started_on": date(2023, 11, 8)}, False),
        ({"started_on": ACCEPTED}, True),
    ],
)
def test_who_was_not_in_post_on_the_day_is_not_meant(
    case: Dispute, county: County, days: dict[str, Any], counts: bool
) -> None:
    make.staff(county, name="李示例", cert_no="T-5", **days)
    recorded(case, "李示例")
    assert told() == (int(counts), not counts)


def test_a_namesake_of_another_office_is_not_meant(case: Dispute, county: County) -> None:
    member = make.staff(county, name="李示例", cert_no="T-5")
    type(member).objects.filter(pk=member.pk).update(unit=county.office("就业股"))
    recorded(case, "李示例")
    assert told() == (0, True)


def test_who_sits_counts_by_the_seat_and_not_by_name_again(case: Dispute, county: County) -> None:
    member = make.staff(county, name="李示例", cert_no="T-5")
    TribunalMember.objects.create(dispute=case, member=member, role="sole")
    recorded(case, "孙正")
    assert told() == (0, False)


def test_every_number_of_ledgers_opens_to_its_rows(
    case: Dispute, county: County, clerk: User, arbitration_head: User
) -> None:
    recorded(case, "孙正")
    second = make.dispute(county, clerk, date(2023, 11, 2))
    recorded(second, "查无此人")
    assert 2023 in YEARS
    found = opened(browser_of(arbitration_head))
    rows = [numbers for link, numbers in found.items() if link.startswith("rows")]
    assert all(said == total == listed for said, total, listed in rows)
    assert sorted(said for said, _, _ in rows) == [0, 0, 0, 0, 1, 1, 1, 1]
