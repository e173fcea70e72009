"""What the arithmetic of due dates takes and gives: plain values, no database.

A ``RuleSpec`` is one dated version of one legal rule; ``Due`` is the answer with its proof.  The
exceptions say in Chinese why there is no date: each carries a ``code`` that scripts read.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import TextChoices

Moment = date | datetime


class Unit(TextChoices):
    """In what a rule counts."""

    WORKING_DAY = "working_day", "工作日"
    CALENDAR_DAY = "calendar_day", "自然日"
    MONTH = "month", "个月"
    QUARTER = "quarter", "季度"
    YEAR = "year", "年"
    HOUR = "hour", "小时"


class Counting(TextChoices):
    """How a period is counted; the codes of the rule table (民法典 200–204, 民诉法 85)."""

    NEXT_DAY_WD = "NEXT_DAY_WD", "次日起算，只数工作日"
    NEXT_DAY_ROLL = "NEXT_DAY_ROLL", "次日起算，数自然日，末日逢假顺延"
    MONTH_ROLL = "MONTH_ROLL", "按月，到期月对应日，末日逢假顺延"
    YEAR_ROLL = "YEAR_ROLL", "按年，到期年对应日，末日逢假顺延"
    BEFORE_WD = "BEFORE_WD", "往前数工作日，当日不计"
    BEFORE_CD = "BEFORE_CD", "往前数自然日，逢假再提前"
    ROLL_BACK = "ROLL_BACK", "逢假提前"
    MIN_PERIOD = "MIN_PERIOD", "至少满足的期间，按对应日，不顺延"
    MIN_PERIOD_WD = "MIN_PERIOD_WD", "至少满足的工作日数"
    MIN_PERIOD_CD = "MIN_PERIOD_CD", "至少满足的自然日数"
    TERM_EXACT = "TERM_EXACT", "有效期间，按对应日届满，不顺延"
    MAX_TERM = "MAX_TERM", "最长期间，按对应日届满，不顺延"
    HOURS = "HOURS", "按小时，从该时刻起算"
    HALF_DAY = "HALF_DAY", "半个工作日（4个办公小时）"
    SAME_DAY = "SAME_DAY", "当日办结"
    PERIODIC = "PERIODIC", "定期义务"
    FIXED_WINDOW = "FIXED_WINDOW", "政策窗口期"
    LOOK_BACK = "LOOK_BACK", "往前回溯的期间"
    PER_DOCUMENT = "PER_DOCUMENT", "以文书载明日期为准"
    PER_ITEM = "PER_ITEM", "以事项清单为准"
    NO_COUNT = "NO_COUNT", "无期限天数"


class Nature(TextChoices):
    """Where a period comes from; only ``statutory`` may ever be called 法定."""

    STATUTORY = "statutory", "法律法规规章"
    POLICY = "policy", "政策文件"
    LOCAL_PRACTICE = "local_practice", "地方做法"
    INTERNAL = "internal", "内部时限"
    PER_DOCUMENT = "per_document", "以文书为准"
    PER_ITEM = "per_item", "以事项清单为准"


#: What the bureau set itself; it never passes for a statutory term.
OWN_TERMS = frozenset({Nature.LOCAL_PRACTICE, Nature.INTERNAL})


class Sureness(TextChoices):
    """How well the value is known."""

    V1 = "V1", "已核对原文"
    V2 = "V2", "二手来源载明"
    K1 = "K1", "业内通行（把握较大）"
    K2 = "K2", "待核实"
    K3 = "K3", "把握不大"
    L = "L", "无统一规定，本地自定"


ASSUMED = frozenset({Sureness.K2, Sureness.K3, Sureness.L})
ENDS_EXACTLY = frozenset({Counting.TERM_EXACT, Counting.MAX_TERM, Counting.MIN_PERIOD})
BACKWARD = frozenset(
    {Counting.BEFORE_WD, Counting.BEFORE_CD, Counting.ROLL_BACK, Counting.LOOK_BACK}
)
MINIMUM = frozenset({Counting.MIN_PERIOD, Counting.MIN_PERIOD_WD, Counting.MIN_PERIOD_CD})


def standing(nature: str, sureness: str) -> str:
    """What a screen may call a value: 法定, 本地默认, 待确认, or 本地默认·待确认.

    A value that is not statutory, or statutory but not sure, is never called 法定.
    """
    words = []
    if nature != Nature.STATUTORY:
        words.append("本地默认")
    if sureness in ASSUMED:
        words.append("待确认")
    return "·".join(words) or "法定"


class NoDate(Exception):
    """There is no due date to give.  ``code`` is for scripts, the message for people."""

    code = "no_date"


class NoClock(NoDate):
    """The rule has no clock at all (随时可以、无期限天数)."""

    code = "no_clock"


class NeedsDate(NoDate):
    """The date stands on a paper or in the list of items; somebody must type it."""

    code = "needs_date"


class BadExtension(NoDate):
    """An extension that the rule does not allow, or beyond its maximum."""

    code = "bad_extend"


class BadPause(NoDate):
    """A pause that ends before it begins, or on a clock that cannot be paused."""

    code = "bad_pause"


class OutOfRange(NoDate):
    """The result lies outside the years that a calendar can name."""

    code = "bad_date"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop of the clock: ``start`` is the first day not counted, ``end`` the day of resumption.

    ``Pause(2024-03-20, 2024-04-19)`` takes out 30 days.
    """

    start: date
    end: date
    why: str = "期限中止"

    @property
    def days(self) -> int:
        """How many calendar days it takes out."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Restart:
    """An event from whose day the whole period is counted again (办案规则 46)."""

    on: Moment
    why: str = "发生重新计算的事由"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Opening times, for clocks shorter than a day."""

    opens: time = time(8, 30)
    noon: time = time(12, 0)
    closes: time = time(17, 30)


@dataclass(frozen=True, slots=True)
class Options:
    """What the bureau may settle for itself about counting.

    ``count_first_day``: a public notice counts the day on which it is put up.
    """

    count_first_day: bool = False
    office: OfficeHours = field(default_factory=OfficeHours)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """One version of one rule, as far as arithmetic needs it.

    ``length`` is in ``unit``; ``ext_length`` in ``ext_unit`` is the longest extension that the law
    names, ``extendable`` that it allows one at all.
    """

    code: str
    length: Decimal
    unit: str
    counting: str
    name: str = ""
    trigger_event: str = ""
    nature: str = Nature.STATUTORY
    sureness: str = Sureness.V1
    region: str = "CN"
    basis: str = ""
    warn_before: str = ""
    extendable: bool = False
    ext_length: int | None = None
    ext_unit: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def standing(self) -> str:
        """法定, 本地默认, 待确认 …"""
        return standing(self.nature, self.sureness)


@dataclass(frozen=True, slots=True)
class TraceDay:
    """One day of the proof: whether it counts, the count so far, and why (Chinese)."""

    date: Moment
    counted: bool
    n: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due date and its proof.

    ``due`` is the legal last day (a ``datetime`` for clocks in hours), ``unrolled`` the day before
    any roll over rest days, ``internal_due`` the last working day on or before ``unrolled``.
    ``provisional``: a year without a published holiday notice was asked.  ``extra`` is the
    extension in the rule's unit, ``pauses`` what was taken out, both as counted.
    """

    code: str
    trigger: Moment
    due: Moment
    internal_due: Moment
    unrolled: Moment
    provisional: bool
    extra: int = 0
    pauses: tuple[Pause, ...] = ()
    trace: tuple[TraceDay, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def due_on(self) -> date:
        """The day of ``due``."""
        return day_of(self.due)


def day_of(moment: Moment) -> date:
    """The date of a date or a datetime."""
    return moment.date() if isinstance(moment, datetime) else moment


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later (earlier if negative), or that month's last day.

    民法典 202: where the month has no corresponding day, its last day ends the period.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    month_end = last_of_month(year, month0 + 1)
    return month_end.replace(day=min(day.day, month_end.day))


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(first_of_next.toordinal() - 1)


def as_date(moment: Moment) -> str:
    """``2023-11-16`` or ``2023-11-16T09:30``."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="minutes")
    return moment.isoformat()
