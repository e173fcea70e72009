"""The door check 一处受罚，处处受限, and setting and lifting restrictions."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties.models import Employer, Person, Restriction


def active_restrictions(
    party: Person | Employer, kind: str | None = None, on: date | None = None
) -> list[Restriction]:
    """The restrictions that run on a day (today unless ``on``), of this party and of every row
    merged into it; of one ``kind`` if given.

    Read for everybody: a door must know a restriction that its user may not open.
    """
    with acting_as_system("matching"):
        rows = restrictions_of(party).filter(
            pk__in=Restriction.objects.active(on or timezone.localdate()).values("pk")
        )
        return list(rows.filter(kind=kind) if kind else rows)


def restrictions_of(party: Person | Employer) -> QuerySet[Restriction]:
    """Every restriction of a party and of the rows merged into it, newest first."""
    noun = "person" if isinstance(party, Person) else "employer"
    standing = party.standing_id
    return Restriction.objects.filter(
        Q(**{f"{noun}_id": standing}) | Q(**{f"{noun}__merged_into_id": standing})
    )


def set_restriction(
    party: Person | Employer,
    kind: str,
    *,
    basis: str,
    from_on: date,
    to_on: date | None = None,
    reference: str = "",
    by: User | None = None,
    unit_id: int | None = None,
) -> Restriction:
    """Record a restriction.  Raises ``ValidationError`` naming the field.

    ``unit_id`` is the unit that decided; the unit that keeps the party's row where unknown.
    """
    noun = "person" if isinstance(party, Person) else "employer"
    restriction = Restriction(
        **{f"{noun}_id": party.standing_id},
        kind=kind,
        basis=basis,
        reference=reference,
        from_on=from_on,
        to_on=to_on,
        unit_id=unit_id or party.unit_id,
        set_by=by,
    )
    restriction.full_clean(exclude=[noun, "unit", "set_by"])
    restriction.save()
    return restriction


def lift_restriction(restriction: Restriction, *, on: date, reason: str) -> Restriction:
    """Lift a restriction from a day on.  Raises ``ValidationError`` if it is lifted already."""
    if restriction.lifted_on:
        raise ValidationError(f"这条限制已于 {restriction.lifted_on} 解除")
    if not reason.strip():
        raise ValidationError("填写解除原因")
    restriction.lifted_on, restriction.lifted_reason = on, reason.strip()
    restriction.save(update_fields=["lifted_on", "lifted_reason"])
    return restriction
