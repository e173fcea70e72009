"""Records, cases and everything that hangs on a case."""

from hrss_portal.casework.models.archive import (
    LegalHold,
    ReplayCheck,
    RetentionRule,
    Sharing,
    Tombstone,
)
from hrss_portal.casework.models.clocks import Clock, ClockStep, Reminder
from hrss_portal.casework.models.events import Event
from hrss_portal.casework.models.informants import Informant
from hrss_portal.casework.models.links import CaseLink, CaseParty
from hrss_portal.casework.models.papers import Attachment, CasePaper, Delivery
from hrss_portal.casework.models.personal import Draft, Follow, IdempotencyKey
from hrss_portal.casework.models.progress import ProgressCode
from hrss_portal.casework.models.records import Case, CaseManager, CaseQuerySet, Record

__all__ = [
    "Attachment",
    "Case",
    "CaseLink",
    "CaseManager",
    "CasePaper",
    "CaseParty",
    "CaseQuerySet",
    "Clock",
    "ClockStep",
    "Delivery",
    "Draft",
    "Event",
    "Follow",
    "IdempotencyKey",
    "Informant",
    "LegalHold",
    "ProgressCode",
    "Record",
    "Reminder",
    "ReplayCheck",
    "RetentionRule",
    "Sharing",
    "Tombstone",
]
