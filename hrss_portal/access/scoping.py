"""How a model says whose row a row is."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which fields of a model say whose row it is.  A model carries one as attribute ``scope``.

    ``unit`` and ``town`` name foreign keys to Unit, ``own`` foreign keys to User; dotted through
    single-valued relations with ``__`` ("case__unit").  ``noun`` and ``area`` name the matter.  A
    model of many matters names instead in ``kind`` the field that holds "<area>.<noun>".  A model
    with neither unit, town nor own fields is common to all: who may act, may on every row.
    """

    area: str = ""
    noun: str = ""
    kind: str = ""
    unit: str = ""
    town: str = ""
    own: tuple[str, ...] = ()

    @property
    def is_common(self) -> bool:
        """Whether rows belong to nobody in particular."""
        return not (self.unit or self.town or self.own)
