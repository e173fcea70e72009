"""Members of staff as persons: whose number is known, and which person of the master file it is."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from hrss_portal.access.models import User
from hrss_portal.parties import identifiers
from hrss_portal.parties.choices import IdKind
from hrss_portal.parties.models import Person, StaffPerson
from hrss_portal.parties.models.persons import id_index

TAKEN = "这个身份证号已经登记在另一个账号上"


def note_number(user: User, number: str, *, by: User | None) -> StaffPerson | None:
    """Keep the resident number of a member of staff; empty takes it away.

    Raises ``ValidationError`` for a number that is none, or that another account has.
    """
    kept = StaffPerson.objects.filter(user=user).first()
    if not number.strip():
        if kept:
            kept.delete()
        return None
    told = identifiers.check_id_number(number).number
    index = id_index(IdKind.RESIDENT, told)
    if StaffPerson.objects.filter(id_number_index=index).exclude(user=user).exists():
        raise ValidationError(TAKEN, code="taken")
    if kept and kept.id_number_index == index:
        return kept
    kept = kept or StaffPerson(user=user)
    kept.id_number, kept.noted_by = told, by
    kept.save()
    return kept


def indexes_of(users: Iterable[User]) -> dict[int, str]:
    """The blind index of each of these users whose number is known, by id of the user."""
    rows = StaffPerson.objects.filter(user__in=[user.pk for user in users])
    return dict(rows.values_list("user_id", "id_number_index"))


def persons_of(users: Iterable[User]) -> QuerySet[Any, Any]:
    """For each of these users who is a person of the master file: ``user`` and ``stands``, the key
    that counts after merges.  A subquery for ``values("stands")``."""
    number = Person._base_manager.filter(id_number_index=OuterRef("id_number_index"))
    stands = number.annotate(stands=Coalesce(F("merged_into_id"), F("id"))).values("stands")
    rows = StaffPerson.objects.filter(user__in=[user.pk for user in users]).order_by()
    return rows.annotate(stands=Subquery(stands)).exclude(stands=None).values("user", "stands")
