"""The entry of a mediation: no source is chosen beforehand, bodies are sorted by their numbers."""

from collections.abc import Callable
from typing import Any

import pytest

from arbitration.forms.bodies import standing_bodies
from arbitration.forms.mediation import MediationForm
from hrss_portal.access.models import User
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.django_db


def test_the_source_is_chosen_and_a_township_begins_with_its_own(
    county: County, mediator: User, town_officer: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    court = MediationForm(user=mediator, unit=make.court(county))
    assert court.fields["channel"].choices[0] == ("", "—")
    assert court["channel"].value() is None
    town = MediationForm(user=town_officer, unit=county.town("城关镇"))
    assert town["channel"].value() == "town"


def test_numbered_bodies_stand_in_the_order_of_their_numbers(
    county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    names = ["示例10调委会", "示例1调委会", "示例2调委会", "别处调委会", "示例19调委会"]
    for name in names:
        make.mediation_body(county, name=name)
    found = [body.name for body in standing_bodies(make.court(county)) if "示例" in body.name]
    assert found == ["示例1调委会", "示例2调委会", "示例10调委会", "示例19调委会"]
