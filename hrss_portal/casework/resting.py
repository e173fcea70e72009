"""Clocks that rest: their term is of a module that the bureau does not have today (业务模块).

A clock that ran when its module was switched off is met and cancelled as ever, but nobody can act
on it: it makes no case overdue, stands in no list of what is to be done and reminds nobody, until
the bureau has the module again.
"""

from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from hrss_portal.access import modules
from hrss_portal.access.models import Unit
from hrss_portal.casework import clocks, door
from hrss_portal.casework.models import Case, Clock
from hrss_portal.casework.models.clocks import ClockState
from hrss_portal.deadlines.spec import MINIMUM
from hrss_portal.deadlines.terms import terms


def silent(on: date) -> list[tuple[int, str]]:
    """Bureau (its key, as a path begins) and term: of modules that it does not have on a day."""
    named = _named()
    return [
        (root, code)
        for root, lacks in (modules.lacking(on) if named else {}).items()
        for code in named
        if any(one.names("terms", code) for one in lacks)
    ]


def _named() -> list[str]:
    """The terms that belong to some module; mostly there is none, and nothing is asked."""
    return [item.code for item in terms() if modules.is_named("terms", item.code)]


def counting(rows: QuerySet[Clock], on: date) -> QuerySet[Clock]:
    """These clocks without those that rest on a day."""
    for root, code in silent(on):
        rows = rows.exclude(term=code, case__unit__path__startswith=Unit.path_of_root(root))
    return rows


def sum_up_again() -> int:
    """Tell the cases whose next statutory day is of a clock that rests, or misses one that counts
    again, what it is now; returns how many.  Nothing is changed but what lists sort by.
    """
    today, found = timezone.localdate(), set[int]()
    for root, code in silent(today):
        here = Case._base_manager.filter(unit__path__startswith=Unit.path_of_root(root))
        shown = here.filter(due_term=code)
        found.update(shown.values_list("pk", flat=True))
    if named := _named():
        running = Clock._base_manager.filter(
            state=ClockState.RUNNING, owner="bureau", is_target=False, term__in=named
        ).exclude(rule__counting_rule__in=MINIMUM)
        later = Q(case__due_on__isnull=True) | Q(case__due_on__gt=F("due_on"))
        found.update(counting(running, today).filter(later).values_list("case", flat=True))
    for pk in sorted(found):
        with transaction.atomic(), door.opened():
            case = Case._base_manager.select_for_update(of=("self",)).get(pk=pk)
            clocks.summarise(case, clocks.of_case(case))
    return len(found)
