"""Minimum periods: a notice of at least five working days, a file kept for at least ten years.

Every other term says by when something must be done; a minimum says before when it must not.  Its
clock is therefore never late and makes no case overdue: its move is open from the day after its
last day, and refused before.  A ledger may tell of a past move that came too early; what happened
is kept as it was.
"""

from collections.abc import Iterable
from datetime import timedelta

from hrss_portal.casework.clocks import Change
from hrss_portal.casework.models.clocks import StepKind


def too_early(changes: Iterable[Change]) -> Iterable[str]:
    """The sentences that refuse a move which met a clock of a minimum period before it was over.

    ``changes`` are what the move did to the clocks of its case, in the transaction that a refusal
    rolls back.  A period that stands suspended is not over, whatever its stored day.
    """
    for change in changes:
        clock = change.clock
        if change.kind != StepKind.MET or not clock.rule.is_minimum:
            continue
        named = f"“{clock.label}”（{clock.rule.legal_basis_zh}）"
        if clock.pauses and not clock.pauses[-1][1]:
            yield f"{named}正在中止，恢复并且期满以后才能办理"
        elif clock.due_on and change.on <= clock.due_on:
            first = clock.due_on + timedelta(days=1)
            yield f"{named}到 {clock.due_on:%Y-%m-%d} 才满，{first:%Y-%m-%d} 起可以办理"
