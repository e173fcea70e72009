"""Notices and reminders of a case go only to people who may see it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import Grant, User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import moves, reminders
from hrss_portal.casework.models import Follow
from hrss_portal.notifications.models import Notice
from tests.cast import County, person
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def case(county: County, arbitration_head: User, arbitrator: User, acting: Any) -> Dispute:
    """A dispute that the arbitrator handles."""
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 14))
    moves.assign(case, by=arbitration_head, handler=arbitrator)
    return case


def titles(user: User) -> list[str]:
    """What the user was told, oldest first."""
    rows = Notice._base_manager.filter(user=user).order_by("pk")
    return list(rows.values_list("title", flat=True))


def test_a_follower_who_lost_sight_of_a_case_hears_no_more_of_it(
    case: Dispute, arbitrator: User, county: County, arbitration_head: User
) -> None:
    colleague = person("1705", "新仲", make.court(county), "ARB")
    Follow.objects.create(user=arbitrator, case_id=case.pk)
    browser = Client()
    browser.force_login(arbitrator)
    assert case.reference in browser.get(reverse("desk:home")).content.decode()
    moves.assign(case, by=arbitration_head, handler=colleague)
    before = len(titles(arbitrator)), len(titles(colleague))
    moves.amend(case, by=arbitration_head, changes={"facts": "另有案情"}, reason="补充")
    assert (len(titles(arbitrator)), len(titles(colleague))) == (before[0], before[1] + 1)
    page = browser.get(reverse("desk:home")).context
    assert page["followed"] == []


def test_a_handler_without_rights_is_not_reminded_and_the_head_is(
    case: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    with acting_as_system("test"):
        Grant.objects.filter(user=arbitrator).delete()
        before = len(titles(arbitrator)), len(titles(arbitration_head))
        assert reminders.take_steps(date(2023, 11, 21)) > 0
        assert reminders.tell_people() > 0
    assert len(titles(arbitrator)) == before[0]
    assert len(titles(arbitration_head)) > before[1]
