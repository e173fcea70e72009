"""Forms of cases: the intake form, the form of a move, and their repeated rows.

One set of rules for the page, the sheet and the API: each door hands its values to these forms.
A form here knows its case and its user, and gives the door what ``casework.moves`` takes.
"""

from hrss_portal.casework.forms.cases import MoveForm, OpenForm, TimedMoveForm
from hrss_portal.casework.forms.columns import chosen, portal_field
from hrss_portal.casework.forms.parties import InformantForm, PartyForm, party_of
from hrss_portal.casework.forms.rows import RowForm, RowsBase, RowSet, Section, WithRows

__all__ = [
    "InformantForm",
    "MoveForm",
    "OpenForm",
    "PartyForm",
    "RowForm",
    "RowSet",
    "RowsBase",
    "Section",
    "TimedMoveForm",
    "WithRows",
    "chosen",
    "party_of",
    "portal_field",
]
