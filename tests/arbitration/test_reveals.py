"""A case justifies a reveal only where the user sees it and the person stands in it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hrss_portal.access.models import User
from hrss_portal.audit.models import AccessEntry
from hrss_portal.parties.reveals import REASONS
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")


def test_only_the_persons_own_visible_case_is_taken(
    county: County, arbitration_head: User, acting: Any
) -> None:
    acting(arbitration_head)
    mine, other = (make.dispute(county, arbitration_head, date(2023, 11, 14)) for _ in range(2))
    person = mine.parties.get(person__isnull=False).person
    browser = Client()
    browser.force_login(arbitration_head)
    url = reverse("parties:person_reveal", args=[person.pk])
    sent = {"field": "id_number", "reason": REASONS[0][0]}
    answers = [
        browser.post(url, sent | {"case": str(case)}).status_code
        for case in (other.pk, 987654, "9" * 18, "9" * 30, "x", mine.pk, "")
    ]
    assert answers == [400, 400, 400, 400, 400, 200, 200]
    noted = AccessEntry.objects.filter(kind="reveal").order_by("pk")
    assert list(noted.values_list("case_id", flat=True)) == [mine.pk, None]
