"""What a ledger's row tells otherwise than the stored case, cell by cell, and its words."""

from collections.abc import Hashable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from hrss_portal.areas import Sheet
from hrss_portal.audit.logs import mask_identifiers
from hrss_portal.imports.cells import as_text
from hrss_portal.imports.cleaning import build_field, masked
from hrss_portal.parties.identifiers import mask_name

Cleaned = Mapping[str, Any]
SILENT: tuple[Any, ...] = (None, "", [])
NAME_OF_A_PERSON = 4  # letters; a longer one is a firm's, or has the dot of other peoples' names
SHOWN = 60  # letters of a cell in a message


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
