"""What the arbitration court reports: its figures, its monthly tables and its board."""

from typing import Literal

from django.db.models import Q

from arbitration.indicators.conditions import (
    budgeted,
    overdue_on_platform,
    visits_about,
)
from arbitration.indicators.practice import practice
from arbitration.models.choices import CloseMode, Handling, MediationResult, MediationSource
from hrss_portal.indicators.declare import (
    Basis,
    Board,
    BoardLine,
    Count,
    Distinct,
    Duration,
    MonthlyFlow,
    Ratio,
    Style,
    Sum,
    YearOnYear,
)
from hrss_portal.indicators.terms import met_in_time

MEASURES: tuple[tuple[Literal["median", "p90"], str], ...] = (
    ("median", "中位数"),
    ("p90", "九成以内"),
)
CASES = Style(unit="件")
DISPUTES = Style(unit="起")
PEOPLE = Style(unit="人")
MONEY = Style(unit="元", scale="万", decimals=2)
BY = {"cause": "cause", "procedure": "procedure", "outcome": "outcome"}
MEDIATION_BY = {
    "cause": "cause",
    "outcome": "outcome",
    "organisation": "organisation",
    "level": "organisation__level",
}
AWARDED = [CloseMode.FINAL_AWARD, CloseMode.AWARD, CloseMode.SPLIT_AWARD]


SERVICES = (
    ("served", "劳动用工法律服务", "劳动用工法律服务", ("labour_law",)),
    ("guided", "落实带薪休假、工时制度", "带薪休假或工时制度", ("paid_leave", "working_time")),
)


indicators = [
    *(
        Distinct(
            code=f"arb.employers_{code}",
            label=f"{label}企业",
            definition="“百名仲裁员服务千家企业”“三送一检”活动中，走访日期在期内、"
            f"事由含{words}的单位；一次走访可有多个事由，一家只计一次",
            of="activities.visit",
            dated_by="on",
            key="employer",
            where=visits_about(*purposes),
            style=Style(unit="家"),
        )
        for code, label, words, purposes in SERVICES
    ),
    Count(
        code="arb.received",
        label="当期收到仲裁申请",
        definition="收到日期在期内、未作废的仲裁申请，含后来不予受理、移送的",
        of="arbitration.dispute",
        dated_by="opened_on",
        style=CASES,
        dimensions=BY,
    ),
    Count(
        code="arb.accepted",
        label="当期立案受理案件",
        definition="受理日期（立案审批签批之日）在期内、未作废的仲裁案件",
        of="arbitration.dispute",
        dated_by="accepted_on",
        style=CASES,
        dimensions=BY,
    ),
    YearOnYear(code="arb.accepted_change", label="立案受理案件同比", base="arb.accepted"),
    Count(
        code="arb.closed",
        label="当期结案",
        definition="曾立案受理、结案日期在期内、未作废的仲裁案件",
        of="arbitration.dispute",
        dated_by="closed_on",
        where={"accepted_on__isnull": False},
        style=CASES,
        dimensions=BY,
    ),
    Count(
        code="arb.mediated",
        label="当期调解、撤回结案",
        definition="曾立案受理、结案方式为调解书或准许撤回的仲裁案件，按结案日期",
        of="arbitration.dispute",
        dated_by="closed_on",
        where={
            "accepted_on__isnull": False,
            "outcome__in": [CloseMode.MEDIATED, CloseMode.WITHDRAWN],
        },
        style=CASES,
        dimensions=BY,
    ),
    Ratio(
        code="arb.mediated_rate",
        label="仲裁调解成功率",
        definition="调解、撤回结案 ÷ 结案",
        num=("arb.mediated",),
        den=("arb.closed",),
        good="up",
    ),
    Count(
        code="arb.awarded",
        label="当期裁决结案",
        definition="结案方式为裁决的仲裁案件，按结案日期",
        of="arbitration.dispute",
        dated_by="closed_on",
        where={"outcome__in": AWARDED},
        style=CASES,
        dimensions=BY,
    ),
    Count(
        code="arb.closed_in_time",
        label="当期按期结案",
        definition="结案日期在期内，且审理期限（ARB-14，含批准的延长、扣除中止）没有超过的案件",
        of="arbitration.dispute",
        dated_by="closed_on",
        where=met_in_time("arb.award") & Q(accepted_on__isnull=False),
        style=CASES,
        dimensions=BY,
    ),
    Ratio(
        code="arb.in_time_rate",
        label="仲裁法定期限内结案率",
        definition="按期结案 ÷ 结案",
        num=("arb.closed_in_time",),
        den=("arb.closed",),
        good="up",
    ),
    Sum(
        code="arb.awarded_amount",
        label="当期结案支持金额",
        definition="裁决、先行裁决、调解支持的金额之和，按结案日期",
        version=2,
        of="arbitration.dispute",
        dated_by="closed_on",
        field="awarded",
        style=MONEY,
        dimensions=BY,
    ),
    Sum(
        code="arb.workers",
        label="当期受理案件涉及劳动者",
        definition="受理案件的涉及人数之和",
        of="arbitration.dispute",
        dated_by="accepted_on",
        field="people",
        style=PEOPLE,
        dimensions=BY,
    ),
    *(
        Duration(
            code=f"arb.days_{measure}",
            label=f"结案用时{words}",
            definition="受理日期到结案日期的自然日，期内结案的案件",
            of="arbitration.dispute",
            dated_by="closed_on",
            start="accepted_on",
            end="closed_on",
            measure=measure,
            dimensions=BY,
        )
        for measure, words in MEASURES
    ),
    Count(
        code="arb.online",
        label="全程线上办理的案件",
        definition="期内收到、办理方式为全程线上的仲裁案件；台账导入没有标明的是未知，不算",
        of="arbitration.dispute",
        dated_by="opened_on",
        where={"handling": Handling.ONLINE},
        style=CASES,
    ),
    Count(
        code="arb.online_unknown",
        label="办理方式未知的案件",
        definition="期内收到、没有标明是否全程线上的仲裁案件（台账导入没有这一列的）",
        of="arbitration.dispute",
        dated_by="opened_on",
        where={"handling": ""},
        style=CASES,
    ),
    Ratio(
        code="arb.online_rate",
        label="仲裁案件全程线上办理率",
        definition="全程线上办理的案件 ÷ 期内收到的全部案件，办理方式未知的留在分母里",
        num=("arb.online",),
        den=("arb.received",),
        style=Style(unit="%", decimals=2, full="全程线上办理", part="全程线上办理率{n}"),
        basis=Basis(whole=("arb.received",), full="有记录的{known}全程线上办理"),
        good="up",
    ),
    MonthlyFlow(
        code="arb.monthly",
        label="仲裁案件月度收结存",
        definition="上期结转 + 新受理 = 结案 + 未结；未立案受理的不计入",
        of="arbitration.dispute",
        received="accepted_on",
        closed="closed_on",
        where={"accepted_on__isnull": False},
        style=CASES,
    ),
    Count(
        code="arb.mediation_received",
        label="当期收到调解申请",
        definition="收到日期在期内、未作废的调解案件，各种来源",
        of="arbitration.mediationcase",
        dated_by="opened_on",
        style=CASES,
        dimensions=MEDIATION_BY,
    ),
    Count(
        code="arb.mediation_resolved",
        label="县调解中心化解劳动争议",
        definition="县劳动人事争议调解中心办理、结果为达成协议的调解案件，按结束日期",
        of="arbitration.mediationcase",
        dated_by="closed_on",
        where={
            "organisation__level": "centre",
            "outcome": MediationResult.AGREED,
        },
        style=DISPUTES,
        dimensions=MEDIATION_BY,
    ),
    Count(
        code="arb.internet_cases",
        label="“互联网+调解”平台办结案件",
        definition="来源为“互联网+调解”平台、结束日期在期内的调解案件",
        of="arbitration.mediationcase",
        dated_by="closed_on",
        where={"channel": MediationSource.PLATFORM},
        style=CASES,
        dimensions=MEDIATION_BY,
    ),
    Count(
        code="arb.internet_overdue",
        label="“互联网+调解”平台超期案件",
        definition="平台案件中期内超期办结的，或期末仍未办结且已过期的；"
        "平台给出到期时间的以平台为准（知道办结时刻的比到时刻），否则按受理、调解期限；日办结是局内要求，不作超期",
        of="arbitration.mediationcase",
        where=overdue_on_platform,
        style=Style(unit="件", zero="均无超期情况", some="其中{n}超期"),
        basis=Basis(
            whole=("arb.platform_cases",),
            known=("arb.platform_timed",),
            full="有期限记录的{known}均无超期情况",
            part="有期限记录的{known}中{n}超期",
            none="没有期限记录，是否超期待核",
        ),
        dimensions=MEDIATION_BY,
        good="down",
    ),
    MonthlyFlow(
        code="arb.mediation_monthly",
        label="调解案件月度收结存",
        definition="上期结转 + 新收 = 办结 + 未结",
        of="arbitration.mediationcase",
        received="opened_on",
        closed="closed_on",
        style=CASES,
    ),
    Count(
        code="arb.committees_enterprise",
        label="企业劳动争议调解组织",
        definition="期末已建立、未撤销的企业调解委员会",
        of="arbitration.mediationorganisation",
        dated_by="founded_on",
        until="dissolved_on",
        period="stock",
        where={"level": "enterprise"},
        style=Style(unit="家"),
    ),
    Count(
        code="arb.committees",
        label="劳动争议调解组织",
        definition="期末已建立、未撤销的各类调解组织",
        of="arbitration.mediationorganisation",
        dated_by="founded_on",
        until="dissolved_on",
        period="stock",
        style=Style(unit="家"),
        dimensions={"level": "level"},
    ),
    *(
        Count(
            code=f"arb.staff_{code}",
            label=label,
            definition=f"期末在任的{label}",
            of="arbitration.staffmember",
            dated_by="started_on",
            until="ended_on",
            period="stock",
            where={"role": role},
            style=PEOPLE,
        )
        for code, role, label in (
            ("fulltime", "full_time", "专职仲裁员"),
            ("parttime", "part_time", "兼职仲裁员"),
            ("officers", "officer", "工作人员"),
            ("assistants", "assistant", "办案辅助人员"),
        )
    ),
    Count(
        code="arb.hearings",
        label="当期开庭次数",
        definition="办理记录中的开庭审理，按开庭日期；更正过的按更正后的日期，作废的不计",
        of="casework.event",
        dated_by="counts_on",
        unit="case__unit",
        where={
            "case__kind": "arbitration.dispute",
            "move": "hear",
            "case__voided_at__isnull": True,
        },
        style=Style(unit="次"),
        dimensions={"town": "case__town"},
    ),
    Count(
        code="arb.budget_listed",
        label="列入县级财政预算的仲裁经费",
        definition="期末所在年度经费预算登记中已列入预算或已决算的项目",
        of="arbitration.budgetline",
        where=budgeted,
        style=Style(unit="项"),
    ),
    *practice,
    Board(
        code="arb.board",
        title="仲裁院看板",
        policy="arbitration.board.view",
        lines=(
            "arb.received",
            "arb.accepted",
            "arb.accepted_change",
            "arb.closed",
            "arb.in_time_rate",
            "arb.mediated_rate",
            "arb.days_median",
            "arb.days_p90",
            BoardLine(code="arb.days_median", filter="procedure=fast", label="速裁案件用时中位数"),
            "arb.awarded_amount",
            "arb.workers",
            "arb.online_rate",
            "arb.mediation_received",
            "arb.mediation_resolved",
            "arb.internet_cases",
            "arb.internet_overdue",
            "arb.committees_enterprise",
            "arb.employers_served",
            "arb.staff_fulltime",
            "arb.checks_missed",
        ),
        monthly=("arb.monthly", "arb.mediation_monthly"),
    ),
]
