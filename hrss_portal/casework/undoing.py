"""Taking a move back: the Event that it undoes, and the clocks that this Event had ended.

A move with ``undoes`` names the earlier move.  Nothing is erased: both Events stay, and a clock
goes on as it stood, with its first day, its pauses and its extension.
"""

from hrss_portal.casework.models import Case, ClockStep, Event
from hrss_portal.casework.models.clocks import StepKind
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import Move


def undone_by(step: Move, case: Case) -> Event | None:
    """The newest Event that counts of the move that ``step`` takes back; None where none does."""
    if not step.undoes:
        return None
    made = case.events.filter(kind=EventKind.MOVE, move=step.undoes, counts_on__isnull=False)
    return made.order_by("-pk").first()


def ended_by(event: Event | None) -> frozenset[int]:
    """The keys of the clocks that an Event met or cancelled; none for no Event."""
    if event is None:
        return frozenset()
    ends = ClockStep._base_manager.filter(event=event.pk, kind__in=(StepKind.MET, StepKind.CANCEL))
    return frozenset(ends.values_list("clock", flat=True))
