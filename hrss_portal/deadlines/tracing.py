"""The proof of a due date: each day, whether it counts, the count so far, and why (Chinese).

The proof walks day by day and does not use the arithmetic of ``counting``; tests hold the two
against each other.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from hrss_portal.deadlines.calendar import ONE_DAY, WEEKDAYS
from hrss_portal.deadlines.counting import MONTHS, Ends, Run, paused_days
from hrss_portal.deadlines.spec import Counting, TraceDay, Unit, add_months, day_of


def trace_of(run: Run, ends: Ends) -> tuple[TraceDay, ...]:
    """The days behind ``ends``, the trigger first."""
    return tuple(TRACE_OF.get(run.spec.counting, _single)(run, ends))


def _first(run: Run) -> Iterator[TraceDay]:
    """The trigger's own line; where the first day counts, the walk itself begins with it."""
    if not run.counts_first_day:
        event = run.spec.trigger_event or "起算事由发生之日"
        yield TraceDay(run.trigger, False, 0, f"{event}：当日不计入")


def _working(run: Run, ends: Ends) -> Iterator[TraceDay]:
    yield from _first(run)
    n, day = 0, run.base
    while day < day_of(ends.due):
        day += ONE_DAY
        pause = run.paused(day)
        counts = pause is None and run.calendar.is_working(day)
        n += counts
        yield TraceDay(day, counts, n, _words(run, day, f"第{n}个工作日" if counts else ""))


def _words(run: Run, day: date, counted: str) -> str:
    """``counted``（what day it is）, or why it does not count."""
    why = run.calendar.why(day)
    if counted:
        return f"{counted}（{why}）"
    pause = run.paused(day)
    return f"{pause.why}，不计入" if pause else f"{why}，不计入"


def _calendar(run: Run, ends: Ends) -> Iterator[TraceDay]:
    yield from _first(run)
    n, day = 0, run.base
    while day < day_of(ends.unrolled):
        day += ONE_DAY
        pause = run.paused(day)
        n += pause is None
        why = f"{pause.why}，不计入" if pause else f"第{n}日（周{WEEKDAYS[day.weekday()]}）"
        yield TraceDay(day, pause is None, n, why + _moves_on(run, ends, day))
    yield from _rolled(run, ends, n)


def _moves_on(run: Run, ends: Ends, day: date) -> str:
    """What to add to the last counted day when it cannot be the end."""
    if day != day_of(ends.unrolled) or ends.unrolled == ends.due:
        return ""
    return f"，末日逢休（{run.calendar.why(day)}），{_direction(ends)}"


def _direction(ends: Ends) -> str:
    return "顺延" if day_of(ends.due) > day_of(ends.unrolled) else "提前"


def _rolled(run: Run, ends: Ends, n: int) -> Iterator[TraceDay]:
    """The days after the last counted one, up to the working day where it comes to rest."""
    day, due = day_of(ends.unrolled), day_of(ends.due)
    if due == day:
        return
    step, moved = (ONE_DAY if due > day else -ONE_DAY), _direction(ends)
    while (day := day + step) != due:
        yield TraceDay(day, False, n, f"{_words(run, day, '')}，{moved}")
    yield TraceDay(due, False, n, f"{moved}至此工作日（{run.calendar.why(due)}）")


def _corresponding(run: Run, ends: Ends) -> Iterator[TraceDay]:
    yield from _first(run)
    plain = add_months(run.base, run.length * MONTHS[Unit(run.spec.unit)])
    unit = Unit(run.spec.unit).label
    for pause in run.pauses:
        if pause.end > run.base and pause.start <= day_of(ends.unrolled):
            days = (pause.end - max(pause.start, run.base + ONE_DAY)).days
            until = f"{pause.end:%Y-%m-%d}恢复"
            yield TraceDay(pause.start, False, 0, f"{pause.why}，{until}，扣除{days}日")
    same = plain.day == run.base.day
    why = f"满{run.length}{unit}的{'对应日' if same else '月份无对应日，取月末日'}"
    last = day_of(ends.unrolled)
    if plain != last:
        yield TraceDay(plain, False, run.length, why)
        why = f"扣除中止{paused_days(run, last)}日后届满"
    yield TraceDay(last, True, run.length, why + _moves_on(run, ends, last))
    yield from _rolled(run, ends, run.length)


def _before_working(run: Run, ends: Ends) -> Iterator[TraceDay]:
    yield from _first(run)
    n, day = 0, run.day
    while day > day_of(ends.due):
        day -= ONE_DAY
        counts = run.calendar.is_working(day)
        n += counts
        yield TraceDay(day, counts, n, _words(run, day, f"往前第{n}个工作日" if counts else ""))


def _before_calendar(run: Run, ends: Ends) -> Iterator[TraceDay]:
    yield from _first(run)
    for n in range(1, run.length + 1):
        day = run.day - timedelta(days=n)
        why = f"往前第{n}日（周{WEEKDAYS[day.weekday()]}）"
        yield TraceDay(day, True, n, why + _moves_on(run, ends, day))
    yield from _rolled(run, ends, run.length)


def _hours(run: Run, ends: Ends) -> Iterator[TraceDay]:
    missing = "" if isinstance(run.trigger, datetime) else "（未录时刻，按当日0时）"
    yield TraceDay(run.trigger, False, 0, f"自该时刻起算{missing}，不因休息日顺延")
    for pause in run.pauses:
        yield TraceDay(pause.start, False, 0, f"{pause.why}，{pause.end:%Y-%m-%d}恢复")
    yield TraceDay(ends.due, True, run.length, f"满{run.length}小时")


def _single(run: Run, ends: Ends) -> Iterator[TraceDay]:
    """Rules that name a date instead of counting to it."""
    event, reason = run.spec.trigger_event or "起算事由发生之日", _reason(run)
    if ends.due == run.trigger:
        yield TraceDay(ends.due, True, 1, f"{event}：{reason}（{run.calendar.why(run.day)}）")
        return
    yield TraceDay(run.trigger, False, 0, f"{event}（{run.calendar.why(run.day)}）")
    if run.spec.counting in {Counting.ROLL_BACK, Counting.SAME_DAY}:
        moved = Ends(run.day, ends.due)
        yield from list(_rolled(run, moved, 0))[:-1]
    yield TraceDay(ends.due, True, 1, f"{reason}（{run.calendar.why(day_of(ends.due))}）")


def _reason(run: Run) -> str:
    office = run.options.office
    morning = f"上午受理当日{office.closes:%H:%M}前，下午受理次一工作日{office.noon:%H:%M}前"
    return {
        Counting.ROLL_BACK: "应当支付的日期，逢休息日在其之前支付",
        Counting.SAME_DAY: "当日办结，休息日到达的在下一工作日",
        Counting.HALF_DAY: f"4个办公小时：{morning}",
        Counting.PERIODIC: "本期的固定日期，不顺延",
        Counting.FIXED_WINDOW: "政策窗口的最后一日，不顺延",
        Counting.LOOK_BACK: f"往前回溯{run.length}{Unit(run.spec.unit).label}的起始日",
        Counting.PER_DOCUMENT: "文书载明的日期",
        Counting.PER_ITEM: "事项清单载明的日期",
    }[Counting(run.spec.counting)]


def _given(run: Run, ends: Ends) -> Iterator[TraceDay]:
    """A date on a paper is one line; a number of days is walked like any other."""
    if isinstance(run.given, date):
        return _single(run, ends)
    walk = _working if run.spec.unit == Unit.WORKING_DAY else _calendar
    return walk(run, ends)


TRACE_OF: dict[str, Callable[[Run, Ends], Iterator[TraceDay]]] = {
    Counting.NEXT_DAY_WD: _working,
    Counting.MIN_PERIOD_WD: _working,
    Counting.NEXT_DAY_ROLL: _calendar,
    Counting.MIN_PERIOD_CD: _calendar,
    Counting.MONTH_ROLL: _corresponding,
    Counting.YEAR_ROLL: _corresponding,
    Counting.MIN_PERIOD: _corresponding,
    Counting.TERM_EXACT: _corresponding,
    Counting.MAX_TERM: _corresponding,
    Counting.BEFORE_WD: _before_working,
    Counting.BEFORE_CD: _before_calendar,
    Counting.HOURS: _hours,
    Counting.PER_DOCUMENT: _given,
    Counting.PER_ITEM: _given,
}
