"""An approval that would take effect in the past, where that would undo what has become of a term.

Who approves decides when he presses the button.  A suspension dated back into days that still ran
would make a term that is over run again, and a case that is late look as if it were in time; the
same holds when the day of a suspension, or of its end, is put right afterwards (更正).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from hrss_portal.casework.clocks import terms_of
from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.casework.models.clocks import ClockState
from hrss_portal.casework.workflow import Move, workflow_of


def revival_problems(case: Case, step: Move, on: date, today: date) -> Iterable[str]:
    """The sentences that refuse an approved suspension of a day before the term was over, given
    when it is over."""
    if not step.approval:
        return
    codes = [term.code for term in terms_of(case.kind) if step.code in term.paused_by]
    over = Clock._base_manager.filter(
        case=case.pk, term__in=codes, state=ClockState.RUNNING, due_on__gte=on, due_on__lt=today
    )
    for clock in over.order_by("due_on", "pk"):
        yield (
            f"“{clock.label}”已于 {clock.due_on:%Y-%m-%d} 届满，不能补登届满以前的{step.label}。"
            "批准以在本系统办理的当天为准，生效日期填届满以后的日期；以前线下作出的决定附卷，"
            "期限仍按已届满计算"
        )


def corrected_problems(
    case: Case,
    redated: Iterable[tuple[Event, date]],
    before: Mapping[Any, Clock],
    after: Mapping[Any, Clock],
) -> Iterable[str]:
    """The sentences that refuse new days of Events because a term that was over would be in time.

    ``before`` and ``after`` are two counts of the case by the same keys (``recount``).  Measured is
    what the first entry would have been measured by, on the day of the entry: a suspension that was
    approved while the term ran, and an end that lay behind, are put right like any other day.
    """
    moves = {move.code: move for move in workflow_of(case).moves}
    terms = {term.code: term for term in terms_of(case.kind)}
    for key, was in before.items():
        due = was.due_on
        if due is None or not _is_over(was) or key not in after or _is_over(after[key]):
            continue
        for event, on in redated:
            entered = timezone.localtime(event.at).date()
            step, term = moves.get(event.move), terms[was.term]
            late = step and step.approval and event.move in term.paused_by and entered > due
            ahead = event.move in term.resumed_by and on > entered
            if event.is_live and (late or ahead):
                yield (
                    f"“{was.label}”已于 {due:%Y-%m-%d} 届满，“{event.label}”是 {entered:%Y-%m-%d} "
                    f"登记的，不能更正到 {on:%Y-%m-%d}，使已经届满的期限不再届满。"
                    "以前线下作出的决定附卷，期限仍按已届满计算"
                )


def _is_over(clock: Clock) -> bool:
    """Whether a term ran out: before today, before it was met, or before the pause that goes on."""
    if clock.due_on is None:
        return False
    until = clock.met_on or timezone.localdate()
    if clock.pauses and not clock.pauses[-1][1]:
        until = min(until, date.fromisoformat(clock.pauses[-1][0]))
    return clock.due_on < until
