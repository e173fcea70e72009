"""Kinds of work that exist in these tests only, and a broker that takes every hint."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hrss_portal.areas import JobKind
from hrss_portal.jobs import queue
from hrss_portal.jobs.kinds import kinds
from tests.kernel.jobs import work


@pytest.fixture
def kind() -> Iterator[Callable[..., JobKind]]:
    """Declare a kind of work for one test: ``kind("note")``."""
    known = kinds()
    before = dict(known)

    def declare(name: str, **values: Any) -> JobKind:
        defaults = {"code": f"test.{name}", "label": name, "run": f"tests.kernel.jobs.work.{name}"}
        made = JobKind(**{**defaults, **values})
        known[made.code] = made
        return made

    yield declare
    known.clear()
    known.update(before)


@pytest.fixture(autouse=True)
def marks() -> Iterator[None]:
    """Start without marks of earlier tests."""
    work.ran.clear()
    work.gate.clear()
    work.inside.clear()
    yield
    work.gate.set()


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What the broker was told, in order."""
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(queue, "_quiet_until", 0.0)
    monkeypatch.setattr(queue, "send", lambda job_id, name: told.append((job_id, name)))
    return told
