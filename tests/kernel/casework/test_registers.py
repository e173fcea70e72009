"""The form of a register: a row that something rests on stays, and the record with it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from hrss_portal.access.models import User
from hrss_portal.activities.forms import CampaignForm
from hrss_portal.activities.models import Campaign, ChecklistItem
from hrss_portal.casework.registers import RecordForm
from tests.cast import County
from tests.factories import activities as make
from tests.factories.deadlines import shipped_rules


@pytest.fixture
def campaign(county: County, acting: Callable[..., Any]) -> Campaign:
    """三送一检 with its four items."""
    shipped_rules()
    acting("test")
    make.tags(county)
    return make.campaign("three_deliveries")


def form_of(campaign: Campaign, by: User, **changes: str) -> RecordForm:
    """The form as the browser sends it."""
    items = list(campaign.checklist.order_by("pk"))
    data = {"name": campaign.name, "pairs-TOTAL_FORMS": "0", "pairs-INITIAL_FORMS": "0"}
    data |= {"checklist-TOTAL_FORMS": str(len(items)), "checklist-INITIAL_FORMS": str(len(items))}
    for number, item in enumerate(items):
        data |= {
            f"checklist-{number}-kind": item.kind,
            f"checklist-{number}-label": item.label,
            f"checklist-{number}-is_active": "on",
        }
    return CampaignForm(data | changes, None, user=by, unit=campaign.unit, instance=campaign)


def test_rows_are_renamed_and_crossed_out_in_place(
    campaign: Campaign, arbitration_head: User
) -> None:
    first = campaign.checklist.order_by("pk")[0]
    changes = {"checklist-0-label": "送政策", "checklist-3-DELETE": "on"}
    form = form_of(campaign, arbitration_head, **changes)
    assert form.is_valid(), form.row_errors()
    form.store()
    labels = campaign.checklist.order_by("pk").values_list("label", flat=True)
    assert list(labels) == ["送政策", "第二送", "第三送"]
    assert ChecklistItem.objects.get(label="送政策").pk == first.pk


def test_a_row_that_visits_refer_to_is_not_crossed_out(
    county: County, campaign: Campaign, arbitration_head: User
) -> None:
    visit = make.visit(county, campaign.created_at.date(), campaigns=("three_deliveries",))
    visit.checklist.create(item=campaign.checklist.order_by("pk")[0], is_done=True)
    form = form_of(campaign, arbitration_head, **{"checklist-0-DELETE": "on"})
    assert form.is_valid()
    with pytest.raises(ValidationError, match="已有登记引用，不能去掉"):
        form.store()
