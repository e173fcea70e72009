"""The cells of a ledger: names in one cell, what a row tells otherwise than stored, its words."""

import re
from collections.abc import Hashable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from hrss_portal.areas import Sheet
from hrss_portal.audit.logs import mask_identifiers
from hrss_portal.casework.models import Case
from hrss_portal.imports.cells import as_text
from hrss_portal.imports.cleaning import build_field, masked
from hrss_portal.parties.identifiers import mask_name
from hrss_portal.parties.names import PARTING

Cleaned = Mapping[str, Any]
SILENT: tuple[Any, ...] = (None, "", [])
NAME_OF_A_PERSON = 4  # letters; a longer one is a firm's, or has the dot of other peoples' names
SHOWN = 60  # letters of a cell in a message
NAME_LENGTH = 120  # of a party
MORE = re.compile(r"等\s*(\d+)\s*[人名]?$")


class Cells:
    """Cells of stored cases, read as the sheet's own fields read those of a row; a text is read
    once however many cases share it."""

    def __init__(self, sheet: Sheet) -> None:
        self.columns = {column.name: column for column in sheet.columns}
        self.fields = {column.name: build_field(column) for column in sheet.columns}
        self._read: dict[tuple[str, type, Hashable], Any] = {}

    def read(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """The cleaned value of every column; None for a cell that its field does not take."""
        return {name: self._value(name, cells.get(name)) for name in self.fields}

    def _value(self, name: str, cell: Any) -> Any:
        place = (name, type(cell), cell)
        if place not in self._read:
            try:
                self._read[place] = self.fields[name].clean("" if cell is None else cell)
            except ValidationError:
                self._read[place] = None
        return self._read[place]

    def words(self, name: str, cell: Any, *, names: bool) -> str:
        """A cell as a message shows it: numbers of persons masked, and ``names`` of parties."""
        text = as_text(cell)
        if names:
            return "、".join(_masked_name(one) for one in text.split("、"))[:SHOWN]
        return masked(self.fields[name], self.columns[name], mask_identifiers(text))[:SHOWN]


def _masked_name(name: str) -> str:
    return mask_name(name) if len(name) <= NAME_OF_A_PERSON or "·" in name else name


def differing(told: Cleaned, stored: Cleaned) -> list[str]:
    """The columns that a row fills otherwise than they are stored; an empty cell tells nothing."""
    return [name for name, value in told.items() if value not in SILENT and value != stored[name]]


def split_names(text: str) -> tuple[list[str], int]:
    """The names of a cell and how many people it stands for: ``张三、李四等12人`` is ([…], 12)."""
    found = MORE.search(text)
    names = [name.strip() for name in PARTING.split(MORE.sub("", text)) if name.strip()]
    return names, max(int(found[1]) if found else 0, len(names))


def names_cell(case: Case, role: str, *, people: int = 0) -> str:
    """The names of a role's parties in one cell, as ``split_names`` reads it; ``people``: how many
    they stand for."""
    names = party_names(case, role)
    more = f"等{people}人" if people > len(names) else ""
    return "、".join(names) + more


def party_names(case: Case, role: str) -> list[str]:
    """The names of a role's parties in order, from parties already fetched where they are."""
    sides = [party for party in case.parties.all() if party.role == role]
    return [party.name for party in sorted(sides, key=lambda party: party.seq)]


def people_of(cell: str) -> tuple[list[str], int]:
    """The names of a cell in whatever order, and how many people it stands for."""
    names, count = split_names(cell)
    return sorted(name[:NAME_LENGTH] for name in names), count
