"""Which office handles a matter, wherever it was taken in."""

from hrss_portal.access.models import Unit, User


def office_for(area: str, user: User) -> Unit:
    """The unit that a case taken in by this user belongs to.

    A township keeps what it takes in; so does an office that handles the area.  What a window or
    another office takes in goes to the bureau's office for the area; where none is named, it stays
    with the unit that took it in.
    """
    unit = user.unit
    if unit.kind in {Unit.Kind.TOWN, Unit.Kind.VILLAGE} or area in unit.areas:
        return unit
    offices = Unit.objects.filter(
        path__startswith=unit.root.path, areas__contains=[area], is_active=True
    )
    return offices.order_by("path").first() or unit
