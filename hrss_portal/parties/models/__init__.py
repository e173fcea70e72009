"""One person and one employer for all areas, and what is known and decided about them."""

from hrss_portal.parties.models.aliases import Alias
from hrss_portal.parties.models.employers import Employer, EmployerFact
from hrss_portal.parties.models.entries import ListEntry
from hrss_portal.parties.models.keys import KeyCanary
from hrss_portal.parties.models.merges import Merge
from hrss_portal.parties.models.party import Party, PartyManager
from hrss_portal.parties.models.persons import Person
from hrss_portal.parties.models.restrictions import Restriction
from hrss_portal.parties.models.staff import StaffPerson

__all__ = [
    "Alias",
    "Employer",
    "EmployerFact",
    "KeyCanary",
    "ListEntry",
    "Merge",
    "Party",
    "PartyManager",
    "Person",
    "Restriction",
    "StaffPerson",
]
