"""A matter goes to the office that handles it, wherever it was taken in."""

from hrss_portal.access.models import User
from hrss_portal.access.offices import office_for
from tests.cast import County


def test_a_window_hands_over_to_the_office_of_the_area(county: County, window_clerk: User) -> None:
    assert office_for("arbitration", window_clerk) == county.office("劳动人事争议仲裁院")


def test_a_township_keeps_what_it_takes_in(county: County, town_officer: User) -> None:
    assert office_for("arbitration", town_officer) == town_officer.unit


def test_without_a_named_office_the_matter_stays(county: County, window_clerk: User) -> None:
    assert office_for("titles", window_clerk) == window_clerk.unit


def test_another_county_is_never_chosen(
    county: County, other_county: County, stranger: User
) -> None:
    assert office_for("arbitration", stranger).root == stranger.unit.root
