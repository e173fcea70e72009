"""Whether a dispute was handled on line from end to end (figure F026): what the record shows.

A step off line is known from what is recorded; that there was none, only the handler can say,
when the case is closed.  Until somebody says it nobody knows.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute
from arbitration.models.choices import Handling
from hrss_portal.casework.models import Event


def note_offline(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Say that the case had a step off line as soon as one is on record."""
    if case.handling != Handling.OFFLINE and case.offline_steps():
        case.handling = Handling.OFFLINE
        case.save()


def nothing_was_offline(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A case with a step off line on record was not handled on line from end to end."""
    steps = case.offline_steps() if data.get("handling") == Handling.ONLINE else ()
    if steps:
        yield f"本案已登记线下环节（{'、'.join(steps)}），不能选全程线上"
