"""A county whose disputes section has figures, told from the few kernel tables there are."""

from collections.abc import Callable
from datetime import date

import pytest

from hrss_portal.access.models import Absence
from hrss_portal.access.scope import acting_as_system
from hrss_portal.indicators.declare import Count, Ratio, Style, YearOnYear
from hrss_portal.reports import writing
from hrss_portal.reports.models import Report
from tests.cast import County
from tests.factories.access import UserFactory
from tests.kernel.indicators.conftest import OF_ABSENCE, OF_JOB, declare

__all__ = ["declare"]
FRM, TO = date(2023, 1, 1), date(2023, 11, 16)
COUNTED = {
    "arb.mediation_resolved": "起",
    "arb.committees_enterprise": "家",
    "arb.employers_served": "家",
    "arb.staff_fulltime": "人",
    "arb.staff_officers": "人",
    "arb.staff_assistants": "人",
    "arb.internet_cases": "件",
    "arb.budget_listed": "项",
    "arb.hearings_held": "次",
    "arb.attire_recorded": "次",
    "arb.hearings": "次",
    "arb.tripartite_meetings": "次",
    "arb.fast_accepted": "件",
    "arb.systems_kept": "个",
    "arb.platform_looks": "次",
}
FIGURES = (
    *(
        Count(code=code, label=code, style=Style(unit=unit), definition="测试", **OF_ABSENCE)
        for code, unit in COUNTED.items()
    ),
    Count(
        code="arb.internet_overdue",
        label="超期件数",
        style=Style(unit="件"),
        where={"user__name": "超期"},
        **OF_ABSENCE,
    ),
    Count(
        code="arb.online_unknown",
        label="办理方式未知",
        style=Style(unit="件"),
        where={"user__name": "未知"},
        **OF_ABSENCE,
    ),
    Ratio(
        code="arb.online_rate",
        label="线上办理率",
        num=("arb.mediation_resolved",),
        den=("arb.mediation_resolved",),
    ),
    Ratio(
        code="arb.uniform_rate",
        label="着装率",
        num=("arb.mediation_resolved",),
        den=("arb.mediation_resolved",),
        style=Style(unit="%", decimals=2, full="开庭统一着装"),
    ),
    YearOnYear(code="t.change", label="同比", base="arb.staff_officers"),
    Count(code="t.jobs", label="作业数", **OF_JOB),
)


@pytest.fixture
def told(county: County, declare: Callable[..., None]) -> County:
    """The figures of the disputes section, each 3."""
    declare(*FIGURES)
    with acting_as_system("test"):
        for month in (2, 3, 4):
            user = UserFactory(unit=county.town("城关镇"))
            Absence.objects.create(
                user=user, from_on=date(2023, month, 1), to_on=date(2023, month, 2)
            )
    return county


@pytest.fixture
def report(told: County, office_clerk) -> Report:
    """A draft of the county's report."""
    with acting_as_system("test"):
        return writing.start("county-2023", org=told.bureau, frm=FRM, to=TO, by=office_clerk)
