"""一处受罚，处处受限: the door check by day, kind and merged row."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from hrss_portal.parties import merging
from hrss_portal.parties.restrictions import (
    active_restrictions,
    lift_restriction,
    set_restriction,
)
from tests.factories.parties import EmployerFactory, PersonFactory, RestrictionFactory


@pytest.mark.parametrize(
    ("on", "runs"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_first_and_last_day_count(db, on, runs):
    restriction = RestrictionFactory(to_on=date(2026, 6, 30))
    assert bool(active_restrictions(restriction.employer, on=on)) is runs


def test_the_day_of_lifting_is_free(db, acting):
    acting("test")
    restriction = RestrictionFactory()
    lift_restriction(restriction, on=date(2026, 3, 1), reason="整改完毕")
    assert active_restrictions(restriction.employer, on=date(2026, 2, 28)) == [restriction]
    assert active_restrictions(restriction.employer, on=date(2026, 3, 1)) == []
    with pytest.raises(ValidationError, match="已于 2026-03-01 解除"):
        lift_restriction(restriction, on=date(2026, 3, 2), reason="再解除")


def test_a_door_may_ask_for_one_kind(db):
    restriction = RestrictionFactory(kind="no_loan")
    on = date(2026, 5, 1)
    assert active_restrictions(restriction.employer, "no_loan", on) == [restriction]
    assert active_restrictions(restriction.employer, "no_refund", on) == []


def test_a_restriction_follows_a_merge_both_ways(db, acting):
    acting("test")
    stands = EmployerFactory()
    went = EmployerFactory(uscc=None, no_uscc_reason="旧台账")
    restriction = RestrictionFactory(employer=went)
    merging.merge("employer", stands_id=stands.pk, goes_id=went.pk, reason="同一家", by=None)
    went.refresh_from_db()
    for party in (stands, went):
        assert active_restrictions(party, on=date(2026, 5, 1)) == [restriction]


def test_a_town_officers_door_knows_restrictions_of_the_whole_bureau(county, town_officer, acting):
    person = PersonFactory(unit=county.office("就业股"))
    acting("test")
    set_restriction(person, "no_subsidy", basis="骗取补贴", from_on=date(2026, 1, 1))
    acting(town_officer)
    assert len(active_restrictions(person, on=date(2026, 5, 1))) == 1


def test_dates_in_the_wrong_order_are_refused(db, acting):
    acting("test")
    with pytest.raises(ValidationError, match="截止日期不能早于起始日期"):
        set_restriction(
            EmployerFactory(),
            "other",
            basis="依据",
            from_on=date(2026, 2, 1),
            to_on=date(2026, 1, 1),
        )
