"""Figures declared for tests only, over the few kernel tables that every portal has."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hrss_portal.indicators import catalogue
from hrss_portal.indicators.declare import (
    Count,
    Distinct,
    Duration,
    MonthlyFlow,
    Ratio,
    Style,
    Sum,
    Target,
    YearOnYear,
)

OF_ABSENCE: dict[str, Any] = {
    "of": "access.absence",
    "dated_by": "from_on",
    "unit": "user__unit",
    "dimensions": {"town": "user__unit", "who": "user"},
}
OF_JOB: dict[str, Any] = {
    "of": "jobs.job",
    "dated_by": "created_at",
    "unit": "requested_by__unit",
    "dimensions": {"state": "state", "kind": "kind"},
}
SAMPLE = (
    Count(code="t.absences", label="请假次数", style=Style(unit="人次"), **OF_ABSENCE),
    Distinct(code="t.people", label="请假人数", key="user", style=Style(unit="人"), **OF_ABSENCE),
    Duration(code="t.days", label="请假天数", start="from_on", end="to_on", **OF_ABSENCE),
    Count(code="t.away", label="在假人数", period="stock", until="to_on", **OF_ABSENCE),
    YearOnYear(code="t.absences_change", label="请假次数同比", base="t.absences"),
    Ratio(code="t.per_person", label="人次与人数之比", num=("t.people",), den=("t.absences",)),
    YearOnYear(code="t.rate_change", label="比率变化", base="t.per_person"),
    Ratio(code="t.both", label="在假占比", num=("t.away",), den=("t.away", "t.absences")),
    Target(code="t.task", label="全年任务", measures="t.absences", style=Style(unit="人次")),
    Ratio(code="t.done", label="完成率", num=("t.absences",), den=("t.task",)),
    Count(code="t.jobs", label="作业数", **OF_JOB),
    Sum(code="t.steps", label="步数", field="progress_total", style=Style(unit="步"), **OF_JOB),
    Count(
        code="t.dead",
        label="停止的作业",
        where={"state": "dead"},
        style=Style(unit="件", zero="均无停止情况", some="其中{n}停止"),
        **OF_JOB,
    ),
    MonthlyFlow(
        code="t.flow",
        label="作业收办存",
        of="jobs.job",
        received="created_at",
        closed="finished_at",
        unit="requested_by__unit",
        dimensions={"kind": "kind"},
    ),
)


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """``declare(*figures)`` makes them the only declared ones for the test."""

    def use(*items: Any) -> None:
        monkeypatch.setattr(catalogue, "_declared", lambda: tuple(("test", one) for one in items))
        for cached in (catalogue.indicators, catalogue.boards, catalogue.area_of):
            cached.cache_clear()

    yield use
    for cached in (catalogue.indicators, catalogue.boards, catalogue.area_of):
        cached.cache_clear()


@pytest.fixture
def sample(declare: Callable[..., None]) -> None:
    """The sample figures."""
    declare(*SAMPLE)
