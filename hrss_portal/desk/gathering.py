"""Reads a case with everything that hangs on it, without asking for what is not there.

Most cases have no witnesses, no recusals, no linked cases.  The query of the case itself says which
of its child tables have rows; only those are read, each once, joined with what the page names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, Prefetch, QuerySet, prefetch_related_objects


@dataclass(frozen=True)
class Child:
    """Rows that hang on a case: the name of the relation, and what is joined to them."""

    name: str
    related: tuple[str, ...] = ()


def marked(rows: QuerySet[Any], names: Iterable[str]) -> QuerySet[Any]:
    """The rows, each knowing by ``has_<name>`` whether any row hangs on it under that relation.

    The marks read plain tables: they say whether to ask, and the asking is filtered by rights.
    """
    return rows.annotate(**{f"has_{name}": _any(rows.model, name) for name in names})


def _any(model: type[Model], name: str) -> Exists:
    relation: Any = model._meta.get_field(name)
    rows = relation.related_model._base_manager
    return Exists(rows.filter(**{relation.field.name: OuterRef("pk")}))


def gather(case: Any, children: Iterable[Child]) -> None:
    """Reads the children of a marked case, so that ``case.<name>.all()`` costs nothing more."""
    prefetch_related_objects([case], *(_wanted(case, child) for child in children))


def _wanted(case: Any, child: Child) -> Prefetch:
    model = case._meta.get_field(child.name).related_model
    rows = model._default_manager.all()
    if not getattr(case, f"has_{child.name}", True):
        return Prefetch(child.name, rows.none())
    return Prefetch(child.name, rows.select_related(*child.related) if child.related else rows)
