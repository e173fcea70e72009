"""The test sheet, declared only here, and its bare table."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from hrss_portal.access.scope import acting_as
from hrss_portal.imports import registry
from tests.kernel.imports.doors import make_table
from tests.kernel.imports.sheets import PEOPLE


@pytest.fixture
def people_sheet(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(registry, "sheets", lambda: (PEOPLE,))
    make_table()
    return PEOPLE


@pytest.fixture
def as_clerk(people_sheet: Any, employment_clerk: Any) -> Iterator[Any]:
    scope: AbstractContextManager[Any] = acting_as(employment_clerk, "test")
    with scope:
        yield employment_clerk
