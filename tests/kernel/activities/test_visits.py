"""One visit, however many purposes and campaigns, counts its employer once."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.activities.loading import load_campaigns
from hrss_portal.activities.models import Campaign, Topic, Visit
from hrss_portal.audit.models import ChangeEntry
from tests.cast import County
from tests.factories import activities as make
from tests.factories.parties import EmployerFactory

DAY = date(2023, 9, 12)
BOTH = ("hundred_arbitrators", "three_deliveries")


def test_a_visit_with_two_purposes_in_two_campaigns_is_one_row_of_each(
    county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    firm = EmployerFactory(unit=county.bureau)
    make.visit(county, DAY, employer=firm, purposes=("labour_law", "working_time"), campaigns=BOTH)
    make.visit(county, date(2023, 10, 12), employer=firm, campaigns=BOTH[:1])
    make.visit(county, DAY, purposes=("working_time",))
    tagged = Visit.objects.filter(purposes__code="labour_law")
    assert tagged.values("employer").distinct().count() == 1
    assert Visit.objects.filter(campaigns__code=BOTH[0]).count() == 2
    assert Visit.objects.filter(purposes__code="working_time").count() == 2
    assert Visit.objects.count() == 3


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({}, "none"),
        ({"follow_up_on": date(2023, 11, 16)}, "waiting"),
        ({"follow_up_on": date(2023, 11, 15)}, "late"),
        ({"follow_up_on": date(2023, 11, 15), "followed_up_on": date(2023, 11, 16)}, "done"),
    ],
)
def test_the_follow_up_of_a_visit_stands_by_its_dates(
    county: County, acting: Callable[..., Any], dates: dict[str, date], state: str
) -> None:
    acting("test")
    assert make.visit(county, DAY, **dates).follow_up_state == state


def test_a_follow_up_before_the_visit_is_refused(
    county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    made = make.visit(county, DAY)
    made.follow_up_on = date(2023, 9, 11)
    with pytest.raises(ValidationError, match="跟进日期不能早于走访日期"):
        made.full_clean(exclude=["created_by", "updated_by", "voided_by"])


def test_changing_a_visit_is_written_down(county: County, acting: Callable[..., Any]) -> None:
    acting("test")
    made = make.visit(county, DAY)
    made.advice = "补签劳动合同"
    made.save()
    entry = ChangeEntry.objects.get(table="activities_visit", row_id=str(made.pk))
    assert (entry.op, entry.new["advice"]) == ("U", "补签劳动合同")


def test_every_office_reads_the_visits_of_all_and_another_county_none(
    county: County,
    acting: Callable[..., Any],
    arbitrator: User,
    inspector: User,
    town_officer: User,
    stranger: User,
) -> None:
    acting("test")
    made = make.visit(county, DAY)
    for user, seen in ((arbitrator, 1), (inspector, 1), (town_officer, 1), (stranger, 0)):
        with acting_as(user):
            assert Visit.objects.filter(pk=made.pk).count() == seen
    with acting_as(arbitrator):
        assert Visit.objects.may("edit").count() == 1
    with acting_as(inspector):
        assert Visit.objects.may("edit").count() == 0


def test_shipped_tags_are_loaded_once_and_the_bureaus_words_stay(
    county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    topics, campaigns = Topic.objects.count(), Campaign.objects.count()
    item = make.campaign("three_deliveries").checklist.first()
    item.label = "送政策"
    item.save()
    loaded = load_campaigns()
    assert (loaded.topics, loaded.campaigns) == (0, 0)
    call_command("load_campaigns", stdout=StringIO())
    assert (Topic.objects.count(), Campaign.objects.count()) == (topics, campaigns)
    labels = [row.label for row in make.campaign("three_deliveries").checklist.all()]
    assert labels == ["送政策", "第二送", "第三送", "一检"]
    office = county.office("劳动人事争议仲裁院")
    assert make.campaign("hundred_arbitrators").unit == office


@pytest.mark.parametrize(
    ("dates", "standing"),
    [
        ({}, "running"),
        ({"starts_on": date(2023, 11, 17)}, "planned"),
        ({"starts_on": date(2023, 1, 1), "ends_on": date(2023, 11, 15)}, "ended"),
        ({"summarised_on": date(2023, 11, 16)}, "summarised"),
    ],
)
def test_a_campaign_stands_by_its_dates(dates: dict[str, date], standing: str) -> None:
    assert Campaign(name="春风行动", **dates).standing_on(date(2023, 11, 16)) == standing
