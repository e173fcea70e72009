"""Days that are no statutory term but have come: what the bureau set itself, or wrote in a paper.

A clock of a ``target`` never makes a case overdue, in no list and in no figure.  When its day has
come the work is to be done all the same, so pages show it (到期未办) although the statutory clock
is suspended, has ended, or has days left.  So does the end of a minimum period: what had to wait
for it may be done from the next day on (``casework.minimum``).
"""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Least
from django.utils import timezone

from hrss_portal.casework.models import Clock
from hrss_portal.casework.models.clocks import ClockState
from hrss_portal.deadlines.spec import MINIMUM, Counting


def come(today: date) -> QuerySet[Clock]:
    """The running targets of the bureau whose day has come, and its minimum periods that are over.

    日办结 is missed when its day is over and cannot be made good: it is none of them.
    """
    minimum = Q(rule__counting_rule__in=MINIMUM)
    has_come = Q(~minimum, is_target=True, due_on__lte=today) | Q(minimum, due_on__lt=today)
    return (
        Clock._base_manager.filter(has_come, state=ClockState.RUNNING, owner="bureau", is_live=True)
        .exclude(rule__counting_rule=Counting.SAME_DAY)
        .order_by("due_on", "pk")
    )


def has_come(today: date) -> Exists:
    """Whether a case has such a clock, for a filter."""
    return Exists(come(today).filter(case=OuterRef("pk")))


def named(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The cases, each knowing as ``own_day`` the earliest such clock: its term, day and nature.

    None where there is none.  It asks nothing more of the database.
    """
    first = come(timezone.localdate()).filter(case=OuterRef("pk"))
    told = JSONObject(
        term=F("term"),
        due_on=F("due_on"),
        nature=F("rule__nature"),
        rule=F("rule__counting_rule"),
    )
    return rows.annotate(own_day=Subquery(first.values(told=told)[:1]))


def first_to_do(today: date) -> Least:
    """What cases are sorted by: the statutory day, or an own day that has come before it."""
    return Least(
        F("due_on"), Subquery(come(today).filter(case=OuterRef("pk")).values("due_on")[:1])
    )
