"""Extensions that a rule grants once, and only while its days still run (``Term.extends_once``).

The move that extends and the move that asks for it (``Move.asks``) are refused alike.  A restart
takes the earlier extension away, so the term that began anew may be extended again.
"""

from collections.abc import Iterable
from datetime import date

from hrss_portal.casework.clocks import terms_of
from hrss_portal.casework.models import Case, Clock
from hrss_portal.casework.models.clocks import ClockState
from hrss_portal.casework.workflow import Move
from hrss_portal.deadlines.terms import Term

#: An approval is given here and counts from the day it is given (the door asks about today).
TOO_LATE = (
    "批准以在本系统办理的当天为准，以前线下的批准不能补录；有报请的退回，尽快办结并按规定告知当事人"
)


def extension_problems(case: Case, step: Move, on: date) -> Iterable[str]:
    """The sentences that refuse a move of that day because it extends what it may not."""
    for term in terms_of(case.kind):
        if term.extends_once and term.extended_by & {step.code, step.asks}:
            clock = Clock._base_manager.filter(case=case.pk, term=term.code).order_by("-pk").first()
            if clock is not None:
                yield from _refusals(term, clock, on, approves=step.approval)


def _refusals(term: Term, clock: Clock, on: date, *, approves: bool) -> Iterable[str]:
    if clock.extension:
        yield f"“{term.label}”的期限已经延长过一次，不能再延长"
    is_over = clock.state == ClockState.RUNNING and clock.due_on is not None and clock.due_on < on
    if is_over:
        words = f"“{term.label}”的期限已于 {clock.due_on:%Y-%m-%d} 届满，届满后不能再延长"
        yield f"{words}。{TOO_LATE}" if approves else words
