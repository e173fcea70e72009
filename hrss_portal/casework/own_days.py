"""Days that are no statutory term but have come: what the bureau set itself, or wrote in a paper.

A clock of a ``target`` never makes a case overdue, in no list and in no figure.  When its day has
come the work is to be done all the same, so pages show it (到期未办) although the statutory clock
is suspended, has ended, or has days left.  So does the end of a minimum period: what had to wait
for it may be done from the next day on (``casework.minimum``).  While such a period runs it is
shown where no statutory day is.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Least
from django.utils import timezone

from hrss_portal.casework import resting
from hrss_portal.casework.models import Clock
from hrss_portal.casework.models.clocks import ClockState
from hrss_portal.deadlines.spec import MINIMUM, Counting

#: A minimum period, of any counting.
PERIOD = Q(rule__counting_rule__in=MINIMUM)
#: What pages are told of such a clock, as JSON: the day is ``2023-08-21``.
TOLD = JSONObject(
    term=F("term"),
    label=F("label"),
    due_on=F("due_on"),
    nature=F("rule__nature"),
    is_minimum=PERIOD,
    provisional=F("provisional"),
)


def _running() -> QuerySet[Clock]:
    """The running clocks of the bureau; of two that end on one day a target stands first.

    日办结 is missed when its day is over and cannot be made good: it is none of them, nor is a
    clock that rests.
    """
    rows = Clock._base_manager.filter(state=ClockState.RUNNING, owner="bureau", is_live=True)
    return (
        resting.counting(rows, timezone.localdate())
        .exclude(rule__counting_rule=Counting.SAME_DAY)
        .order_by("due_on", "-is_target", "pk")
    )


def _has_come(today: date) -> Q:
    return Q(~PERIOD, is_target=True, due_on__lte=today) | Q(PERIOD, due_on__lt=today)


def come(today: date) -> QuerySet[Clock]:
    """The bureau's running targets whose day has come, and its minimum periods that are over."""
    return _running().filter(_has_come(today))


def runs(today: date) -> Exists:
    """Whether a minimum period of a case is not over yet, for a filter."""
    rows = _running().filter(PERIOD, due_on__gte=today)
    return Exists(rows.filter(case=OuterRef("pk")))


def _shown(today: date) -> QuerySet[Clock]:
    """Those whose day has come and the minimum periods that run, the earliest first."""
    return _running().filter(_has_come(today) | Q(PERIOD, due_on__isnull=False))


def has_come(today: date) -> Exists:
    """Whether a case has such a clock, for a filter."""
    return Exists(come(today).filter(case=OuterRef("pk")))


def named(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The cases, each knowing as ``own_day`` the earliest such clock (``TOLD``): one whose day has
    come, else a minimum period that runs.

    None where there is none.  It asks nothing more of the database.
    """
    first = _shown(timezone.localdate()).filter(case=OuterRef("pk"))
    return rows.annotate(own_day=Subquery(first.values(told=TOLD)[:1]))


def tell(cases: Iterable[Any]) -> None:
    """Notes the same on cases that were read without it: one question for all of them."""
    bare = [case for case in cases if not hasattr(case, "own_day")]
    if not bare:
        return
    rows = _shown(timezone.localdate()).filter(case__in=[case.pk for case in bare])
    found: dict[int, Any] = {}
    for case, told in rows.annotate(told=TOLD).values_list("case", "told"):
        found.setdefault(case, told)
    for case in bare:
        case.own_day = found.get(case.pk)


def is_waiting(told: Mapping[str, Any], today: date) -> bool:
    """Whether what a case was told of is a minimum period that still runs."""
    return bool(told["is_minimum"]) and date.fromisoformat(told["due_on"]) >= today


def first_to_do(today: date) -> Least:
    """What cases are sorted by: the statutory day, or an own day that has come before it."""
    return Least(
        F("due_on"), Subquery(come(today).filter(case=OuterRef("pk")).values("due_on")[:1])
    )
