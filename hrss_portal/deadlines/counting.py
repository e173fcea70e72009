"""Where each counting rule ends: one function per way of counting, all pure.

Every function takes a ``Run`` and returns ``Ends``.  Days that lie in a pause are never counted,
an extension is counted on from the same beginning (never from a rolled date), and a roll never
stops on a day on which the clock stands still.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hrss_portal.deadlines.calendar import ONE_DAY, Calendar
from hrss_portal.deadlines.spec import (
    Counting,
    Moment,
    NeedsDate,
    NoClock,
    Options,
    Pause,
    RuleSpec,
    Unit,
    add_months,
    day_of,
    last_of_month,
)

MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
MONTH_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One computation: the rule, the effective trigger, merged pauses, the extension in units."""

    spec: RuleSpec
    trigger: Moment
    calendar: Calendar
    pauses: tuple[Pause, ...] = ()
    extra: int = 0
    given: date | int | None = None
    options: Options

    @property
    def length(self) -> int:
        """How many units are counted, the extension included."""
        if isinstance(self.given, int):
            return self.given + self.extra
        return int(self.spec.length) + self.extra

    @property
    def day(self) -> date:
        """The day of the trigger."""
        return day_of(self.trigger)

    @property
    def base(self) -> date:
        """The last day that is not counted: the trigger, or the day before where it counts."""
        return self.day - ONE_DAY if self.counts_first_day else self.day

    @property
    def counts_first_day(self) -> bool:
        """Public notices may count the day on which they are put up (a setting)."""
        notice = self.spec.counting in {Counting.MIN_PERIOD_WD, Counting.MIN_PERIOD_CD}
        return notice and self.options.count_first_day

    def paused(self, day: date) -> Pause | None:
        """The pause in which a day lies, if any."""
        return next((pause for pause in self.pauses if pause.start <= day < pause.end), None)


@dataclass(frozen=True, slots=True)
class Ends:
    """The last day before and after any roll; ``internal`` where the usual rule makes no sense."""

    unrolled: Moment
    due: Moment
    internal: Moment | None = None


def merged(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Pauses in order, overlapping ones joined, so that no day is taken out twice."""
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: (one.start, one.end)):
        if result and pause.start <= result[-1].end:
            last = result.pop()
            why = last.why if pause.why in last.why else f"{last.why}；{pause.why}"
            pause = Pause(last.start, max(last.end, pause.end), why)  # noqa: PLW2901 - joined
        result.append(pause)
    return tuple(result)


def stretch(step: Callable[[int], date], length: int, taken: Callable[[date], int]) -> date:
    """The first end that ``length`` counted days reach when ``taken(end)`` days do not count.

    Grows from the end without pauses; each round only adds days, so the first end that stays is
    the earliest one.
    """
    end = step(length)
    while (further := step(length + taken(end))) != end:
        end = further
    return end


def paused_days(run: Run, until: date) -> int:
    """How many calendar days of the pauses lie after the base and not after ``until``."""
    return sum(
        max(0, (min(until, pause.end - ONE_DAY) - max(run.base, pause.start - ONE_DAY)).days)
        for pause in run.pauses
    )


def paused_working_days(run: Run, until: date) -> int:
    """The same in working days."""
    return sum(
        run.calendar.working_between(
            max(run.base, pause.start - ONE_DAY), min(until, pause.end - ONE_DAY)
        )
        for pause in run.pauses
    )


def roll(run: Run, day: date) -> date:
    """The first working day on or after ``day`` on which the clock runs (民法典 203)."""
    day = run.calendar.on_or_after(day)
    while pause := run.paused(day):
        day = run.calendar.on_or_after(pause.end)
    return day


def working_end(run: Run) -> date:
    """The last of ``length`` working days after the base."""
    return stretch(
        lambda count: run.calendar.add_working(run.base, count),
        run.length,
        lambda until: paused_working_days(run, until),
    )


def calendar_end(run: Run) -> date:
    """The last of ``length`` calendar days after the base."""
    return stretch(
        lambda count: run.base + timedelta(days=count),
        run.length,
        lambda until: paused_days(run, until),
    )


def corresponding_end(run: Run) -> date:
    """The corresponding day months or years later, moved by the paused days."""
    plain = add_months(run.base, run.length * MONTHS[Unit(run.spec.unit)])
    return stretch(
        lambda count: plain + timedelta(days=count), 0, lambda until: paused_days(run, until)
    )


def next_working(run: Run) -> Ends:
    """NEXT_DAY_WD: a working day by construction."""
    end = working_end(run)
    return Ends(end, end)


def next_rolled(run: Run) -> Ends:
    """NEXT_DAY_ROLL: calendar days, the last one rolls forward."""
    end = calendar_end(run)
    return Ends(end, roll(run, end))


def corresponding_rolled(run: Run) -> Ends:
    """MONTH_ROLL, YEAR_ROLL."""
    end = corresponding_end(run)
    return Ends(end, roll(run, end))


def corresponding_exact(run: Run) -> Ends:
    """TERM_EXACT, MAX_TERM: a term ends on its day, rest day or not."""
    end = corresponding_end(run)
    return Ends(end, end)


def minimum_corresponding(run: Run) -> Ends:
    """MIN_PERIOD: finishing earlier is invalid, so there is no earlier internal date."""
    end = corresponding_end(run)
    return Ends(end, end, end)


def minimum_working(run: Run) -> Ends:
    """MIN_PERIOD_WD."""
    end = working_end(run)
    return Ends(end, end, end)


def minimum_calendar(run: Run) -> Ends:
    """MIN_PERIOD_CD."""
    end = calendar_end(run)
    return Ends(end, end, end)


def before_working(run: Run) -> Ends:
    """BEFORE_WD: backwards, the day of the event not counted."""
    end = run.calendar.add_working(run.day, -run.length)
    return Ends(end, end)


def before_calendar(run: Run) -> Ends:
    """BEFORE_CD: backwards; a rest day moves it earlier still."""
    end = run.day - timedelta(days=run.length)
    return Ends(end, run.calendar.on_or_before(end))


def roll_back(run: Run) -> Ends:
    """ROLL_BACK: wages due on a rest day are paid before it (保障农民工工资支付条例 14)."""
    return Ends(run.day, run.calendar.on_or_before(run.day))


def look_back(run: Run) -> Ends:
    """LOOK_BACK: the first day of a window that ends with the event."""
    start = add_months(run.day, -run.length * MONTHS[Unit(run.spec.unit)])
    return Ends(start, start, start)


def hours(run: Run) -> Ends:
    """HOURS: clock time from the moment itself (民法典 201); a bare date begins at midnight."""
    start = (
        run.trigger if isinstance(run.trigger, datetime) else datetime.combine(run.trigger, time())
    )
    plain = start + timedelta(hours=run.length)
    end_day = stretch(
        lambda count: plain.date() + timedelta(days=count), 0, lambda until: paused_days(run, until)
    )
    end = datetime.combine(end_day, plain.time())
    return Ends(end, end, end)


def half_day(run: Run) -> Ends:
    """HALF_DAY: four office hours.

    Received before noon: due when the office closes; after noon: noon of the next working day;
    outside office hours: as if received the next working morning.  A bare date: that working day.
    """
    office, day = run.options.office, run.calendar.on_or_after(run.day)
    if not isinstance(run.trigger, datetime):
        return Ends(day, day, day)
    end = datetime.combine(day, office.closes)
    if day == run.day and run.trigger.time() >= office.noon:
        late = run.trigger.time() >= office.closes
        following = run.calendar.add_working(day, 1)
        end = datetime.combine(following, office.closes if late else office.noon)
    return Ends(end, end, end)


def same_day(run: Run) -> Ends:
    """SAME_DAY: the day itself, or the first working day after it."""
    end = run.calendar.on_or_after(run.day)
    return Ends(end, end, end)


def periodic(run: Run) -> Ends:
    """PERIODIC: the next fixed date that is not before the trigger; fixed dates do not roll."""
    end = _period_end(run)
    return Ends(end, end)


def _period_end(run: Run) -> date:
    if run.spec.unit == Unit.QUARTER:
        return last_of_month(run.day.year, (run.day.month + 2) // 3 * 3)
    found = MONTH_DAY.search(run.spec.trigger_event)
    if found:
        month, day = int(found[1]), int(found[2])
    elif "一季度" in run.spec.trigger_event:
        month, day = 3, 31
    else:
        raise NeedsDate(f"{run.spec.code} 的规则没有写明每期的日期，请录入。")
    this_year = date(run.day.year, month, day)
    return this_year if this_year >= run.day else date(run.day.year + 1, month, day)


def fixed_window(run: Run) -> Ends:
    """FIXED_WINDOW: the last day of the policy's window, whenever the question is asked."""
    if run.spec.valid_to is None:
        raise NeedsDate(f"{run.spec.code} 的政策没有写明截止日，请按通知录入。")
    return Ends(run.spec.valid_to, run.spec.valid_to)


def as_given(run: Run) -> Ends:
    """PER_DOCUMENT, PER_ITEM: the date on the paper, or the item's own number of days."""
    if run.given is None:
        where = "事项清单" if run.spec.counting == Counting.PER_ITEM else "文书"
        raise NeedsDate(f"{run.spec.code} 以{where}载明的期限为准，请录入到期日期。")
    if isinstance(run.given, date):
        return Ends(run.given, run.given)
    return next_working(run) if run.spec.unit == Unit.WORKING_DAY else next_rolled(run)


def no_count(run: Run) -> Ends:
    """NO_COUNT: there is nothing to count."""
    raise NoClock(f"{run.spec.code} 没有期限天数，不计算到期日。")


END_OF: dict[str, Callable[[Run], Ends]] = {
    Counting.NEXT_DAY_WD: next_working,
    Counting.NEXT_DAY_ROLL: next_rolled,
    Counting.MONTH_ROLL: corresponding_rolled,
    Counting.YEAR_ROLL: corresponding_rolled,
    Counting.BEFORE_WD: before_working,
    Counting.BEFORE_CD: before_calendar,
    Counting.ROLL_BACK: roll_back,
    Counting.MIN_PERIOD: minimum_corresponding,
    Counting.MIN_PERIOD_WD: minimum_working,
    Counting.MIN_PERIOD_CD: minimum_calendar,
    Counting.TERM_EXACT: corresponding_exact,
    Counting.MAX_TERM: corresponding_exact,
    Counting.HOURS: hours,
    Counting.HALF_DAY: half_day,
    Counting.SAME_DAY: same_day,
    Counting.PERIODIC: periodic,
    Counting.FIXED_WINDOW: fixed_window,
    Counting.LOOK_BACK: look_back,
    Counting.PER_DOCUMENT: as_given,
    Counting.PER_ITEM: as_given,
    Counting.NO_COUNT: no_count,
}
