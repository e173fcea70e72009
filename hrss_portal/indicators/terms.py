"""Conditions on the clocks of a case, for the ``where`` of a figure."""

from django.db.models import Exists, F, OuterRef, Q

from hrss_portal.casework.models import Clock


def met_in_time(term: str) -> Q:
    """Cases whose clock of this term was met on its due day or before, pauses and extensions
    counted (``where=met_in_time("arb.award") & Q(accepted_on__isnull=False)``)."""
    mine = Clock._base_manager.filter(case=OuterRef("pk"), term=term)
    return Q(Exists(mine.filter(state="met", met_on__lte=F("due_on"))))
