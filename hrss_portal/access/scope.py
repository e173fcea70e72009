"""Querysets that refuse to run for nobody, and that show each person only their rows.

A model opts in with ``objects = ScopedManager()`` and ``scope = Scope(…)``.  A queryset may be
built anywhere; when SQL is made from it (list, count, exists, aggregate, update, delete, iterator,
subquery alike) the visibility of the acting user is added, or ``ScopeMissing`` is raised.  Under a
system purpose nothing is filtered.  Following a foreign key uses Django's plain base manager: who
sees a case may read the name of its employer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from django.db import models
from django.db.models import sql
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import ROW_COUNT
from django.db.models.sql.datastructures import BaseTable

from hrss_portal.access import acting
from hrss_portal.access.acting import PURPOSES, Acting, current
from hrss_portal.access.models import User
from hrss_portal.access.policy import visible
from hrss_portal.access.scoping import Scope
from hrss_portal.audit import context

__all__ = [
    "PURPOSES",
    "ChecksWholeTable",
    "Scope",
    "ScopeMissing",
    "ScopedManager",
    "ScopedQuerySet",
    "acting_as",
    "acting_as_public",
    "acting_as_system",
    "current",
]


class ScopeMissing(RuntimeError):
    """A scoped queryset was evaluated for nobody: a missing ``acting_as`` is a bug, not a right."""


@contextmanager
def acting_as(user: User, purpose: str = "request") -> Iterator[Acting]:
    """Everything inside runs with the rights, and under the name, of a user."""
    state = Acting(user, purpose)
    token = acting._current.set(state)
    try:
        with context.actor(user.pk, user.name, purpose):
            yield state
    finally:
        acting._current.reset(token)


@contextmanager
def acting_as_system(purpose: str) -> Iterator[Acting]:
    """Everything inside runs unfiltered under the name of the system.

    ``purpose`` is one of ``PURPOSES``; raises ``ValueError`` for another.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose!r} is not a purpose: {', '.join(sorted(PURPOSES))}")
    state = Acting(None, purpose)
    token = acting._current.set(state)
    try:
        with context.actor(None, "系统", purpose):
            yield state
    finally:
        acting._current.reset(token)


@contextmanager
def acting_as_public(sees: Mapping[type[models.Model], models.Q]) -> Iterator[Acting]:
    """Everything inside reads the named rows and no other; nobody acts.

    Reading a scoped model that is not named raises ``ScopeMissing``: a page says what it shows.
    """
    state = Acting(None, "public", sees=dict(sees))
    token = acting._current.set(state)
    try:
        with context.actor(None, "公开页面", "public"):
            yield state
    finally:
        acting._current.reset(token)


class ScopedSql:
    """What the scoped query classes add to Django's: the filter, at the moment SQL is made."""

    scope_applied = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        """The compiler of this query with the acting user's visibility added."""
        query = self if self.scope_applied else self._with_scope()
        return super(ScopedSql, query).get_compiler(*args, **kwargs)  # type: ignore[misc]

    def _with_scope(self) -> Any:
        state = current()
        model = self.model  # type: ignore[attr-defined]
        if self.is_empty():  # type: ignore[attr-defined]
            return self
        if state is None:
            raise ScopeMissing(f"{model._meta.label} was read outside acting_as()")
        if state.is_system or self.combinator or self._is_trimmed():  # type: ignore[attr-defined]
            return self
        rows = visible(state.user, model) if state.sees is None else _named(state.sees, model)
        if not rows:
            return self
        scoped = self.clone()  # type: ignore[attr-defined]
        scoped.scope_applied = True
        scoped.add_q(rows)
        return scoped

    def _is_trimmed(self) -> bool:
        """Whether this is the inside of an ``exclude()`` over a to-many relation.

        Django starts such a subquery at the related table, so the model's own columns are not in
        it; the rows around it are filtered by the query it belongs to.
        """
        table = self.get_meta().db_table  # type: ignore[attr-defined]
        return any(
            isinstance(join, BaseTable) and join.table_name != table
            for alias, join in self.alias_map.items()  # type: ignore[attr-defined]
            if self.alias_refcount.get(alias)  # type: ignore[attr-defined]
        )

    def chain(self, klass: Any = None) -> Any:
        """Django changes a query's class for updates and deletes: keeps it a scoped class."""
        return super().chain(SCOPED.get(klass, klass))  # type: ignore[misc]


def _named(sees: Mapping[type, models.Q], model: type[models.Model]) -> models.Q:
    """The rows of a model that a public page names."""
    if model not in sees:
        raise ScopeMissing(f"this public page does not name {model._meta.label}")
    return sees[model]


class ScopedQuery(ScopedSql, sql.Query):
    """A SELECT, COUNT, EXISTS or subquery."""


class ScopedUpdateQuery(ScopedSql, sql.UpdateQuery):
    """An UPDATE of a queryset."""


class ScopedDeleteQuery(ScopedSql, sql.DeleteQuery):
    """A DELETE of a queryset."""


SCOPED = {
    sql.Query: ScopedQuery,
    sql.UpdateQuery: ScopedUpdateQuery,
    sql.DeleteQuery: ScopedDeleteQuery,
}


class ScopedQuerySet(models.QuerySet):
    """A queryset that can be evaluated only inside ``acting_as`` or ``acting_as_system``."""

    def __init__(
        self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None
    ) -> None:
        super().__init__(model, ScopedQuery(model) if query is None else query, using, hints)

    def _raw_delete(self, using: str | None) -> int:
        query = self.query.chain(sql.DeleteQuery)
        return query.get_compiler(using).execute_sql(ROW_COUNT) or 0

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        """Refused: what is written in SQL no scope can narrow."""
        raise ScopeMissing(f"{self.model._meta.label}.raw() cannot be narrowed to a scope")

    def may(self, verb: str) -> Self:
        """Only the rows on which the acting user may do ``verb`` (all under a system purpose)."""
        state = current()
        if state is None:
            raise ScopeMissing(f"{self.model._meta.label}.may() outside acting_as()")
        if state.is_system:
            return self.all()
        if state.sees is not None:
            raise ScopeMissing(
                f"{self.model._meta.label}.may() on a public page: nobody has rights"
            )
        return self.filter(visible(state.user, self.model, verb))


class ChecksWholeTable(models.Model):
    """Lets a scoped model's forms see that a unique value is taken by a row out of sight."""

    class Meta:
        abstract = True

    def validate_unique(self, exclude: Any = None) -> None:
        """Compares with all rows, not only the visible ones."""
        with acting_as_system("matching"):
            super().validate_unique(exclude)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Compares with all rows, not only the visible ones."""
        with acting_as_system("matching"):
            super().validate_constraints(exclude)


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """The manager of models with a ``scope``.  Derive with
    ``ScopedManager.from_queryset(YourScopedQuerySet)``."""
