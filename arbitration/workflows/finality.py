"""Which items of an award are final: by what they are about and by the county's minimum wage.

调解仲裁法 Article 47; 劳动人事争议仲裁办案规则 Article 50: money claims are final item by item, up
to twelve months of the local minimum wage; disputes over national labour standards are final
whatever the amount; nothing else is.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from arbitration.models.choices import Cause, ClaimKind
from hrss_portal.deadlines.lookup import parameter

COUNTY_WAGE, PROVINCE_WAGES, MONTHS = "MINWAGE-COUNTY", "MINWAGE-AH", "ARB-FINAL"
UNSET = "本县最低工资标准未设，不能核对终局金额"
NOT_FINAL_WORDS = ("确认", "继续履行", "恢复", "出具", "转移")
MONEY_WORDS = (
    *("工资", "报酬", "加班", "奖金", "提成", "津贴", "补贴"),
    *("医疗费", "经济补偿", "补偿金", "赔偿金", "二倍", "双倍"),
)
STANDARD_WORDS = ("社会保险", "社保", "养老保险", "休假", "年假", "工作时间")
KIND_OF_CAUSE = {
    Cause.RELATION: ClaimKind.OTHER,
    Cause.PERSONNEL: ClaimKind.OTHER,
    Cause.PAY: ClaimKind.MONEY,
    Cause.OVERTIME: ClaimKind.MONEY,
    Cause.LEAVE_PAY: ClaimKind.MONEY,
    Cause.DOUBLE_PAY: ClaimKind.MONEY,
    Cause.COMPENSATION: ClaimKind.MONEY,
    Cause.DAMAGES: ClaimKind.MONEY,
    Cause.INSURANCE: ClaimKind.STANDARD,
}


@dataclass(frozen=True)
class FinalLimit:
    """Up to ``low`` yuan a money item is final for certain, above ``high`` for certain not.

    The two are one number where the county's own tier is set.  Until then they are the province's
    lowest and highest tier; None where not even those are known for the day.  ``words`` say it on
    the form.
    """

    low: Decimal | None
    high: Decimal | None
    words: str


def final_limit(on: date, case: Any) -> FinalLimit:
    """The limit of one final item on that day in the case's county, in yuan.

    Twelve times the county's monthly minimum wage; ``words`` name its basis and how sure it is.
    """
    region = case.unit.rules_region
    months = parameter(MONTHS, on).number
    try:
        row = parameter(COUNTY_WAGE, on, region)
        limit = months * row.number
    except (LookupError, ValueError, ArithmeticError):
        return _by_province(on, region, months)
    sure = "（待确认）" if row.is_assumed else ""
    words = f"本县月最低工资标准 {row.number} 元{sure}，十二个月 {limit} 元"
    return FinalLimit(limit, limit, words)


def _by_province(on: date, region: str, months: Decimal) -> FinalLimit:
    """What the province's tiers leave certain while the county's own is not set."""
    try:
        tiers = [Decimal(text) for text in parameter(PROVINCE_WAGES, on, region).values_list]
    except (LookupError, ValueError, ArithmeticError):
        return FinalLimit(None, None, f"{UNSET}；由本局在“费率与标准”录入（{COUNTY_WAGE}）")
    low, high = months * min(tiers), months * max(tiers)
    words = (
        f"{UNSET}；只按全省各档提示：{low} 元以下、{high} 元以上的能确定，"
        f"其间的不能。由本局在“费率与标准”录入（{COUNTY_WAGE}）"
    )
    return FinalLimit(low, high, words)


def kind_of(text: str, cause: str) -> str:
    """What a claim seems to be about, from its words, then from the cause; "" when unclear.

    A proposal for the form: the arbitrator says what it is.
    """
    if cause == Cause.PERSONNEL or any(word in text for word in NOT_FINAL_WORDS):
        return ClaimKind.OTHER
    if any(word in text for word in MONEY_WORDS):
        return ClaimKind.MONEY
    if any(word in text for word in STANDARD_WORDS):
        return ClaimKind.STANDARD
    return KIND_OF_CAUSE.get(Cause(cause), "") if cause in Cause.values else ""


def doubt(kind: str, awarded: Decimal, is_final: bool, limit: FinalLimit) -> str:
    """Why the tick 终局 or 非终局 of an item seems wrong; "" where nothing speaks against it.

    An item on which nothing was awarded has no amount to be measured.
    """
    if kind == ClaimKind.OTHER and is_final:
        return "这一类请求（确认劳动关系等）不适用终局裁决"
    if kind == ClaimKind.STANDARD and not is_final:
        return "执行国家劳动标准在工作时间、休息休假、社会保险等方面的争议，应当终局"
    if kind != ClaimKind.MONEY:
        return ""
    year = "当地月最低工资标准十二个月的金额"
    if is_final and limit.high is not None and awarded > limit.high:
        return f"支持金额 {awarded} 元超过{year}（{limit.high} 元），不能终局"
    if not is_final and limit.low is not None and 0 < awarded <= limit.low:
        return f"支持金额 {awarded} 元不超过{year}（{limit.low} 元），应当终局"
    return ""
