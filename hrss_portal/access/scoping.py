"""How a model says whose row a row is."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which fields of a model say whose row it is.  A model carries one as attribute ``scope``.

    ``unit`` and ``town`` name foreign keys to Unit, ``own`` foreign keys to User, ``team`` an array
    of users' ids; dotted through single-valued relations with ``__`` ("case__unit").  ``noun`` and
    ``area`` name the matter.  A model of many matters names instead in ``kind`` the field that
    holds "<area>.<noun>".  A model with none of unit, town, own and team is common to all: who may
    act, may on every row.
    """

    area: str = ""
    noun: str = ""
    kind: str = ""
    unit: str = ""
    town: str = ""
    own: tuple[str, ...] = ()
    team: str = ""

    @property
    def is_common(self) -> bool:
        """Whether rows belong to nobody in particular."""
        return not (self.unit or self.town or self.own or self.team)

    def through(self, relation: str) -> Self:
        """The scope of a model that belongs, by a foreign key of this name, to one with mine."""
        names = {
            name: f"{relation}__{found}"
            for name in ("kind", "unit", "town", "team")
            if (found := getattr(self, name))
        }
        return replace(self, **names, own=tuple(f"{relation}__{name}" for name in self.own))
