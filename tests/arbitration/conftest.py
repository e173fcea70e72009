"""What the tests of the arbitration court share: rules, a fixed day, a case of two items."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules
from tests.factories.deciding import CLAIMS, accept


@pytest.fixture
def rules(db: None) -> None:
    """The legal rules and the calendar."""
    shipped_rules()


@pytest.fixture
def today() -> Iterator[Any]:
    """Thursday 16 November 2023, nine in the morning; the test may travel on."""
    with time_machine.travel("2023-11-16T09:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def accepted(
    rules: None,
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Callable[..., Any],
    today: Any,
) -> Dispute:
    """A dispute over two items, accepted on 1 November 2023, with its tribunal."""
    today.move_to("2023-11-01T09:00:00+08:00")
    acting("test")
    case = make.dispute(
        county, clerk, date(2023, 11, 1), amount=Decimal(21000), data={"claims": CLAIMS}
    )
    return accept(case, county, clerk, arbitration_head, arbitrator)


@pytest.fixture
def deliberating(accepted: Dispute, clerk: User, arbitrator: User, today: Any) -> Dispute:
    """The same, heard on 20 November."""
    moves.move(accepted, "send", by=clerk, data={"deliveries": []})
    make.served(accepted, clerk, "申请书副本", roles=("respondent",))
    today.move_to("2023-11-20T09:00:00+08:00")
    for code in ("served", "hear", "end_hearing"):
        moves.move(accepted, code, by=arbitrator)
    return Dispute.objects.get(pk=accepted.pk)
