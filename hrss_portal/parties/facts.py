"""Facts about employers: what one area knows and others may read, such as the headcount."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.parties.models import Employer, EmployerFact


def record_facts(rows: Iterable[Mapping[str, Any]], *, source: str, by: User | None = None) -> int:
    """Record many facts at once; the same employer, name, period and source is replaced.

    A row holds ``employer`` (or ``employer_id``), ``name``, ``value``, ``period`` and optionally
    ``measure``.  Returns how many rows were written.
    """
    facts = [
        EmployerFact(
            employer_id=row["employer_id"] if "employer_id" in row else row["employer"].standing_id,
            name=row["name"],
            value=Decimal(str(row["value"])),
            measure=row.get("measure", ""),
            period=str(row["period"]),
            source=source,
            recorded_by=by,
        )
        for row in rows
    ]
    EmployerFact._base_manager.bulk_create(
        facts,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["employer", "name", "period", "source"],
        update_fields=["value", "measure", "recorded_at", "recorded_by"],
    )
    return len(facts)


def record_fact(
    employer: Employer,
    name: str,
    value: Decimal | int,
    *,
    period: str,
    source: str,
    measure: str = "",
    by: User | None = None,
) -> None:
    """Record one fact about an employer."""
    row = {"employer": employer, "name": name, "value": value, "period": period}
    record_facts([{**row, "measure": measure}], source=source, by=by)


def facts_of(employer: Employer, name: str = "") -> QuerySet[EmployerFact]:
    """The facts of an employer and of the rows merged into it, newest period first."""
    standing = employer.standing_id
    rows = EmployerFact.objects.filter(
        Q(employer_id=standing) | Q(employer__merged_into_id=standing)
    )
    return (rows.filter(name=name) if name else rows).order_by("name", "-period", "-recorded_at")


def latest_value(employer: Employer, name: str, *, upto: str = "9999") -> Decimal | None:
    """The newest value of a fact whose period is not after ``upto``; None if nobody left one."""
    with acting_as_system("matching"):
        fact = facts_of(employer, name).filter(period__lte=upto).first()
        return fact.value if fact else None


def newest_value(name: str, on: date, *, employer: str = "pk") -> Subquery:
    """The same for many rows, as an expression of the database: the newest value of a fact whose
    period has begun by a day, NULL if nobody left one.

    ``employer`` is the path from a row to its standing employer.
    """
    outer = OuterRef(OuterRef(employer))
    merged = Employer._base_manager.filter(Q(pk=outer) | Q(merged_into=outer))
    told = EmployerFact._base_manager.filter(
        employer__in=merged.values("pk"), name=name, period__lte=on.isoformat()
    )
    return Subquery(told.order_by("-period", "-recorded_at").values("value")[:1])
