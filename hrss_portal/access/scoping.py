"""How a model says whose row a row is."""

from dataclasses import dataclass, replace
from typing import Any, Self

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which fields of a model say whose row it is.  A model carries one as attribute ``scope``.

    ``unit`` and ``town`` name foreign keys to Unit, ``own`` foreign keys to User, ``team`` an array
    of users' ids; dotted through single-valued relations with ``__`` ("case__unit").  ``noun`` and
    ``area`` name the matter.  A model of many matters names instead in ``kind`` the field that
    holds "<area>.<noun>".  A model with none of unit, town, own and team is common to all: who may
    act, may on every row.

    ``within`` names a single-valued relation to a model with a scope of its own.  A row that has
    such a record is reached exactly as that record is, besides the role's own word on the noun:
    with the record's ``view`` to be seen, with its verb named like this noun for all else (a paper
    of a case is voided by who may ``<area>.<case>.paper``).  A row without one keeps this scope.
    """

    area: str = ""
    noun: str = ""
    kind: str = ""
    unit: str = ""
    town: str = ""
    own: tuple[str, ...] = ()
    team: str = ""
    within: str = ""

    @property
    def is_common(self) -> bool:
        """Whether rows belong to nobody in particular."""
        return not (self.unit or self.town or self.own or self.team)

    def through(self, relation: str) -> Self:
        """The scope of a model that belongs, by a foreign key of this name, to one with mine."""
        names = {
            name: f"{relation}__{found}"
            for name in ("kind", "unit", "town", "team", "within")
            if (found := getattr(self, name))
        }
        return replace(self, **names, own=tuple(f"{relation}__{name}" for name in self.own))


def scope_of(model: type[Model]) -> Scope:
    """The ``scope`` that a model declares."""
    found = getattr(model, "scope", None)
    if not isinstance(found, Scope):
        raise AttributeError(f"{model._meta.label} declares no scope")
    return found


def outer_scope(model: type[Model], scope: Scope) -> Scope | None:
    """The scope of the records that rows of a model may belong to (``Scope.within``), seen from
    the row; None for a model whose rows stand alone."""
    if not scope.within:
        return None
    outer: Any = model
    for step in scope.within.split("__"):
        outer = outer._meta.get_field(step).related_model
    return scope_of(outer).through(scope.within)


def outer_verb(scope: Scope, verb: str) -> str:
    """What a verb on a row asks of the record that the row belongs to."""
    return "view" if verb == "view" else scope.noun


def outer_of(obj: Any, scope: Scope) -> Any:
    """The record that a row belongs to by ``Scope.within``; None for a row that stands alone."""
    if not scope.within:
        return None
    try:
        for step in scope.within.split("__"):
            obj = obj and getattr(obj, step)
    except ObjectDoesNotExist:
        return None
    return obj
