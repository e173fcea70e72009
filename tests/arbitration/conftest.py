"""What the tests of the arbitration court share: the legal rules and a fixed day."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.factories.deadlines import shipped_rules


@pytest.fixture
def rules(db: None) -> None:
    """The legal rules and the calendar."""
    shipped_rules()


@pytest.fixture
def today() -> Iterator[Any]:
    """Thursday 16 November 2023, nine in the morning; the test may travel on."""
    with time_machine.travel("2023-11-16T09:00:00+08:00", tick=False) as traveller:
        yield traveller
