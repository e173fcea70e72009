"""The pages of this area: lists, case pages, the hearing calendar, registers."""

from arbitration.views.cases import (
    DisputeDetail,
    DisputeList,
    MediationDetail,
    MediationList,
    prehearing,
)
from arbitration.views.hearings import HearingList, calendar
from arbitration.views.looks import looks
from arbitration.views.mending import MediationEdit
from arbitration.views.registers import (
    BudgetRegister,
    ChecksOfEquipment,
    EquipmentRegister,
    MediationBodies,
    NoticeRegister,
    PlatformLooks,
    RoomRegister,
    StaffRegister,
)
from arbitration.views.upkeep import MissedChecks, SystemChecks, UpperSystems
from arbitration.views.workload import workload, workload_rows

__all__ = [
    "BudgetRegister",
    "ChecksOfEquipment",
    "DisputeDetail",
    "DisputeList",
    "EquipmentRegister",
    "HearingList",
    "MediationBodies",
    "MediationDetail",
    "MediationEdit",
    "MediationList",
    "MissedChecks",
    "NoticeRegister",
    "PlatformLooks",
    "RoomRegister",
    "StaffRegister",
    "SystemChecks",
    "UpperSystems",
    "calendar",
    "looks",
    "prehearing",
    "workload",
    "workload_rows",
]
