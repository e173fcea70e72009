"""Units, users, what they hold, and the changes that need two people."""

from hrss_portal.access.models.grants import Absence, Delegation, Grant
from hrss_portal.access.models.modules import ModuleSwitch
from hrss_portal.access.models.proposals import Proposal
from hrss_portal.access.models.units import Unit
from hrss_portal.access.models.users import User

__all__ = ["Absence", "Delegation", "Grant", "ModuleSwitch", "Proposal", "Unit", "User"]
