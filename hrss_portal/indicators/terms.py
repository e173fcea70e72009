"""Conditions on the clocks of a case, for the ``where`` of a figure."""

from django.db.models import Exists, F, OuterRef, Q

from hrss_portal.casework.models import Clock
from hrss_portal.deadlines.spec import MINIMUM


def met_in_time(term: str) -> Q:
    """Cases whose clock of this term was met on its due day or before, pauses and extensions
    counted (``where=met_in_time("arb.award") & Q(accepted_on__isnull=False)``); by its moment where
    the term ends at one and that of the act is known.

    A minimum period was kept if it was over when the clock was met.
    """
    mine = Clock._base_manager.filter(case=OuterRef("pk"), term=term)
    minimum = Q(rule__counting_rule__in=MINIMUM)
    after_hours = Q(met_on=F("due_on"), met_at__gt=F("due_at"))
    in_time = Q(~minimum, met_on__lte=F("due_on")) & ~after_hours
    kept = in_time | Q(minimum, met_on__gt=F("due_on"))
    return Q(Exists(mine.filter(kept, state="met")))
