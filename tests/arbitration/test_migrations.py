"""An existing portal is brought up: migrations over rows that are there, forwards and back."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import door
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [
    pytest.mark.alone,  # it takes tables of the database apart for a while
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rules", "today"),
]


@pytest.fixture
def at_the_newest() -> Iterator[None]:
    """Whatever happens, the tables are whole afterwards."""
    yield
    call_command("migrate", verbosity=0)


def test_existing_disputes_are_brought_up(
    county: County, clerk: User, acting: Callable[..., Any], at_the_newest: None
) -> None:
    acting("test")
    days = (date(2023, 11, 1), date(2023, 11, 2), date(2023, 11, 3))
    typed, told, unknown = (make.dispute(county, clerk, day) for day in days)
    with door.opened():
        Dispute._base_manager.filter(pk=unknown.pk).update(source="sheet")
        Dispute._base_manager.filter(pk=told.pk).update(handling="offline", offline_step="开庭")
    for _ in range(2):
        call_command("migrate", "arbitration", "0006", verbosity=0)
        call_command("migrate", verbosity=0)
    found = dict(Dispute._base_manager.values_list("pk", "handling"))
    assert (found[told.pk], found[unknown.pk]) == ("offline", "")
    assert Dispute._base_manager.get(pk=told.pk).offline_step == "开庭"
    assert typed.pk in found
