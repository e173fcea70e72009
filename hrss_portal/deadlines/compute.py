"""Due dates: ``compute(rule, trigger, …) -> Due``, with the proof of every day.

``compute`` is pure: the rule and the calendar come in as values, so the same answer can be given
for any past version of either.  ``rule_for`` and ``calendar_for`` read them from the database.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from django.utils import timezone

from hrss_portal.deadlines.calendar import Calendar
from hrss_portal.deadlines.counting import END_OF, Ends, Run, merged
from hrss_portal.deadlines.lookup import calendar_for, options_for, rule_for
from hrss_portal.deadlines.spec import (
    BACKWARD,
    BadExtension,
    BadPause,
    Counting,
    Due,
    Moment,
    NoDate,
    Options,
    OutOfRange,
    Pause,
    Restart,
    RuleSpec,
    TraceDay,
    Unit,
    day_of,
)
from hrss_portal.deadlines.tracing import trace_of

YEARS = range(1900, 2200)
UNSTOPPABLE = BACKWARD | {
    Counting.HALF_DAY,
    Counting.SAME_DAY,
    Counting.PERIODIC,
    Counting.FIXED_WINDOW,
}
Extend = int | Literal["max"] | None


class HasSpec(Protocol):
    """A stored rule, which knows itself as plain values."""

    @property
    def spec(self) -> RuleSpec:
        """The rule as plain values."""


def compute(
    rule: RuleSpec | HasSpec,
    trigger: Moment,
    *,
    pauses: Sequence[Pause] = (),
    extend: Extend = None,
    restarts: Sequence[Restart] = (),
    given: date | int | None = None,
    calendar: Calendar,
    options: Options | None = None,
    trace: bool = True,
) -> Due:
    """The due date of one rule, and why.

    ``trigger`` is the day of the event (a local ``datetime`` for clocks in hours); ``extend`` a
    number in the rule's own unit or ``"max"``; a later restart takes the trigger's place; ``given``
    is the date, or the number of days, that a paper or the list of items states.  A pause that
    ends on its first day takes no day out.

    Raises ``NoDate``: ``NoClock``, ``NeedsDate``, ``BadExtension``, ``BadPause``, ``OutOfRange``.
    """
    spec = rule if isinstance(rule, RuleSpec) else rule.spec
    start, history = _begin(_local(trigger), restarts)
    run = Run(
        spec=spec,
        trigger=start,
        calendar=calendar,
        pauses=_pauses(spec, pauses),
        extra=_extension(spec, extend),
        given=given,
        options=options or Options(),
    )
    _check_years(run)
    ends = END_OF[spec.counting](run)
    internal = (
        calendar.on_or_before(day_of(ends.unrolled)) if ends.internal is None else ends.internal
    )
    provisional = _provisional(run, ends, internal)
    return Due(
        code=spec.code,
        trigger=start,
        due=ends.due,
        internal_due=internal,
        unrolled=ends.unrolled,
        provisional=provisional,
        extra=run.extra,
        pauses=run.pauses,
        trace=(*history, *trace_of(run, ends)) if trace else (),
        notes=_notes(run, internal, provisional),
    )


def _local(moment: Moment) -> Moment:
    """Local clock time without zone: law counts on the wall clock."""
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment).replace(tzinfo=None)
    return moment


def _begin(trigger: Moment, restarts: Sequence[Restart]) -> tuple[Moment, tuple[TraceDay, ...]]:
    """The moment from which the clock runs, and the lines about the beginnings before it."""
    later = sorted(
        (one for one in restarts if day_of(_local(one.on)) >= day_of(trigger)),
        key=lambda one: day_of(_local(one.on)),
    )
    if not later:
        return trigger, ()
    first = TraceDay(trigger, False, 0, "原起算日，其后期限重新计算")
    lines = (TraceDay(_local(one.on), False, 0, f"{one.why}，自该日重新计算") for one in later)
    return _local(later[-1].on), (first, *lines)


def _pauses(spec: RuleSpec, pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    if pauses and spec.counting in UNSTOPPABLE:
        raise BadPause(f"{spec.code} 不是持续进行的期限，不能中止。")
    for pause in pauses:
        if pause.end < pause.start:
            raise BadPause(f"恢复日 {pause.end} 早于中止日 {pause.start}。")
    return merged([pause for pause in pauses if pause.end > pause.start])


def _extension(spec: RuleSpec, extend: Extend) -> int:
    """The extension in the rule's unit, held to what the rule allows."""
    if extend is None:
        return 0
    if not spec.extendable or spec.counting in UNSTOPPABLE:
        raise BadExtension(f"{spec.code} 没有延长的规定。")
    if extend == "max":
        if spec.ext_length is None:
            raise BadExtension(f"{spec.code} 的规定没有写明延长上限，请写明延长多少。")
        return spec.ext_length
    if extend < 1:
        raise BadExtension("延长的数量应为正整数。")
    if spec.ext_length is not None and extend > spec.ext_length:
        unit = Unit(spec.ext_unit or spec.unit).label
        raise BadExtension(f"{spec.code} 最多延长 {spec.ext_length} {unit}，不能延长 {extend}。")
    return extend


def _check_years(run: Run) -> None:
    days = [run.day, *(day for pause in run.pauses for day in (pause.start, pause.end))]
    if any(day.year not in YEARS for day in days):
        raise OutOfRange(f"日期应在 {YEARS[0]} 年至 {YEARS[-1]} 年之间。")


def _provisional(run: Run, ends: Ends, internal: Moment) -> bool:
    """Whether the answer rests on a year without a published notice.

    Working-day counts look at every day on the way; the others only at the days around the end.
    """
    if run.spec.counting in {Counting.HOURS, Counting.LOOK_BACK}:
        return False
    days = [day_of(ends.unrolled), day_of(ends.due), day_of(internal)]
    if run.spec.unit == Unit.WORKING_DAY and not isinstance(run.given, date):
        step = -1 if run.spec.counting in BACKWARD else 1
        days.append(date.fromordinal(run.base.toordinal() + step))
    years = range(min(days).year, max(days).year + 1)
    return any(year not in run.calendar.published for year in years)


def _notes(run: Run, internal: Moment, provisional: bool) -> tuple[str, ...]:
    """What a reader of the date must know besides it."""
    notes = []
    if provisional:
        notes.append("暂定，待放假通知")
    if run.spec.standing != "法定":
        notes.append(f"{run.spec.standing}，不是法定期限")
    if day_of(internal) < run.day and run.spec.counting not in BACKWARD:
        notes.append("内部到期日早于起算日，须即办")
    return tuple(notes)


__all__ = [
    "Due",
    "Extend",
    "NoDate",
    "Options",
    "Pause",
    "Restart",
    "RuleSpec",
    "calendar_for",
    "compute",
    "options_for",
    "rule_for",
]
