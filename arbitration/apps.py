"""The work area ``arbitration``."""

from hrss_portal import areas

DISPUTES = "arbitration.dispute.view"
MEDIATION = "arbitration.mediationcase.view"
REGISTERS = "arbitration.register.view"
LOOK_DUTIES = "arbitration.views.upkeep.look_duties"


class Arbitration(areas.WorkArea):
    """劳动人事争议调解仲裁."""

    name = "arbitration"
    code = "arb"
    duties = ("arbitration.views.upkeep.check_duties", LOOK_DUTIES)
    verbose_name = "劳动人事争议调解仲裁"
    modules = (
        areas.Module(
            code="arb.platform_looks",
            label="“互联网+调解”平台日查看",
            about="每个工作日查看一次平台并登记（日查看、日办结）。没有接入平台的局不开展。",
            routes=frozenset({"arbitration:looks", "arbitration:platformlook_*"}),
            figures=frozenset({"arb.platform_looks"}),
            duties=frozenset({LOOK_DUTIES}),
        ),
    )
    menu = (
        areas.MenuItem(
            label="仲裁案件", url="arbitration:dispute_list", policy=DISPUTES, icon="scale"
        ),
        areas.MenuItem(
            label="开庭日历", url="arbitration:calendar", policy=DISPUTES, icon="calendar-days"
        ),
        areas.MenuItem(
            label="调解案件",
            url="arbitration:mediationcase_list",
            policy=MEDIATION,
            icon="handshake",
        ),
        areas.MenuItem(
            label="平台日查看", url="arbitration:looks", policy=MEDIATION, icon="monitor-check"
        ),
        areas.MenuItem(
            label="机构人员",
            url="arbitration:staffmember_list",
            policy=REGISTERS,
            icon="users",
        ),
        areas.MenuItem(
            label="办案量", url="arbitration:workload", policy=REGISTERS, icon="chart-column"
        ),
        areas.MenuItem(
            label="庭室", url="arbitration:room_list", policy=REGISTERS, icon="door-open"
        ),
        areas.MenuItem(
            label="调解组织",
            url="arbitration:mediationorganisation_list",
            policy="arbitration.body.view",
            icon="building-2",
        ),
        areas.MenuItem(
            label="会商通知",
            url="arbitration:jointnotice_list",
            policy=REGISTERS,
            icon="file-text",
        ),
        areas.MenuItem(
            label="装备着装", url="arbitration:equipment_list", policy=REGISTERS, icon="shirt"
        ),
        areas.MenuItem(
            label="经费预算",
            url="arbitration:budgetline_list",
            policy=REGISTERS,
            icon="wallet",
        ),
        areas.MenuItem(
            label="系统检查",
            url="arbitration:systemcheck_list",
            policy=REGISTERS,
            icon="activity",
        ),
        areas.MenuItem(
            label="上级系统", url="arbitration:uppersystem_list", policy=REGISTERS, icon="server"
        ),
    )
