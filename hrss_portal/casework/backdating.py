"""An approval that would take effect in the past, where that would undo what has become of a term.

Who approves decides when he presses the button.  A suspension dated back into days that still ran
would make a term that is over run again, and a case that is late look as if it were in time.
"""

from collections.abc import Iterable
from datetime import date

from hrss_portal.casework.clocks import terms_of
from hrss_portal.casework.models import Case, Clock
from hrss_portal.casework.models.clocks import ClockState
from hrss_portal.casework.workflow import Move


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
