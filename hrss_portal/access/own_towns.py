"""Who acts for a town is confined to it: the towns for which a person may do an action."""

from hrss_portal.access.models import Unit, User
from hrss_portal.access.policy import current_rights, split

LOCAL = {Unit.Kind.TOWN, Unit.Kind.VILLAGE}


def confined_to(user: User | None, action: str) -> list[Unit] | None:
    """The towns for which a person may do an action, by code; None where towns do not bound it.

    A village's officer acts for the town it lies in.  Whoever holds the action for an office of
    the bureau as well, or by what is one's own, is free.  One query.
    """
    spans = [one.span for one in current_rights(user).matching(*split(action))]
    ids = frozenset().union(*(one.units for one in spans))
    if not ids or any(one.everything for one in spans):
        return None
    units = list(Unit.objects.filter(pk__in=ids).select_related("parent").order_by("code", "pk"))
    if any(unit.kind not in LOCAL for unit in units):
        return None
    found = [unit if unit.kind == Unit.Kind.TOWN else unit.parent for unit in units]
    return list({unit.pk: unit for unit in found if unit is not None}.values())
