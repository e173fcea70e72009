"""Holding a file while its destruction is signed: the one that locks first is obeyed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from arbitration.models import Dispute
from hrss_portal.access import proposals
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import retention
from hrss_portal.casework.models import Case, Tombstone
from tests.kernel.casework.test_retention import file_away

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_hold_that_is_being_set_is_waited_for(
    received: Dispute,
    arbitration_head: User,
    deputy_director: User,
    acting: Callable[..., Any],
    time_machine: Any,
) -> None:
    acting("test")
    file_away(received)
    time_machine.move_to("2028-09-03T09:00:00+08:00")
    made = retention.propose_disposal(
        [received], received.unit.root, by=arbitration_head, reason="到期鉴定"
    )
    refused: list[str] = []

    def sign() -> None:
        try:
            with acting_as(deputy_director):
                proposals.confirm(made, by=deputy_director)
        except ValidationError as error:
            refused.extend(error.messages)
        finally:
            connection.close()

    second = threading.Thread(target=sign)
    with transaction.atomic():
        retention.hold(received, by=arbitration_head, reason="被告知起诉")
        second.start()
        second.join(1)  # long enough to reach the lock; it cannot be passed before the commit
    second.join(60)
    assert "暂缓销毁" in "".join(refused)
    assert Case._base_manager.get(pk=received.pk).on_hold
    assert not Tombstone.objects.exists()
