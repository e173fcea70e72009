"""Disputes, hearings, mediation and the registers of the arbitration court."""

from arbitration.models.dispute import (
    Agent,
    Claim,
    Dispute,
    Evidence,
    TribunalMember,
    Witness,
)
from arbitration.models.hearing import Booking, Hearing, Room
from arbitration.models.mediation import MediationCase, PlatformLook
from arbitration.models.recusal import Recusal
from arbitration.models.registers import (
    BudgetLine,
    Conflict,
    Equipment,
    EquipmentCheck,
    JointNotice,
    JointNoticeReply,
    MediationOrganisation,
    StaffMember,
)
from arbitration.models.upkeep import MissedCheck, SystemCheck, UpperSystem

__all__ = [
    "Agent",
    "Booking",
    "BudgetLine",
    "Claim",
    "Conflict",
    "Dispute",
    "Equipment",
    "EquipmentCheck",
    "Evidence",
    "Hearing",
    "JointNotice",
    "JointNoticeReply",
    "MediationCase",
    "MediationOrganisation",
    "MissedCheck",
    "PlatformLook",
    "Recusal",
    "Room",
    "StaffMember",
    "SystemCheck",
    "TribunalMember",
    "UpperSystem",
    "Witness",
]
