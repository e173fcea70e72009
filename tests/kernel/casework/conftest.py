"""Cases at two points of their way, on a fixed day, with all shipped rules."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules

RECEIVED = date(2023, 8, 16)  # a Wednesday
OPINION = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}


@pytest.fixture
def rules(db: None) -> None:
    """The legal rules and the calendar."""
    shipped_rules()


@pytest.fixture
def today() -> Iterator[Any]:
    """Wednesday 16 August 2023, nine in the morning; the test may travel on."""
    with time_machine.travel("2023-08-16T09:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def received(rules: None, today: Any, county: County, clerk: User, arbitrator: User) -> Dispute:
    """A dispute received today by the clerk, with the arbitrator beside."""
    with acting_as_system("test"):
        return make.dispute(county, clerk, RECEIVED, deputy=arbitrator)


@pytest.fixture
def pending(received: Dispute, arbitrator: User) -> Dispute:
    """The same, proposed for acceptance by the arbitrator."""
    with acting_as_system("test"):
        moves.move(received, "propose", by=arbitrator, data=OPINION)
    return Dispute._base_manager.get(pk=received.pk)


@pytest.fixture
def accepted(pending: Dispute, arbitration_head: User, arbitrator: User, clerk: User) -> Dispute:
    """The same, accepted today by the head; the arbitrator handles it."""
    with acting_as_system("test"):
        data = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
        moves.move(pending, "accept", by=arbitration_head, data=data)
    return Dispute._base_manager.get(pk=pending.pk)


@pytest.fixture
def clock_of() -> Callable[[Dispute, str], Clock]:
    """``clock_of(case, "arb.award")`` reads the clock anew."""

    def read(case: Dispute, term: str) -> Clock:
        return Clock._base_manager.get(case=case.pk, term=term)

    return read
