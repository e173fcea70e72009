"""A court sets a final award, or a final part award, aside: the term to sue then (Article 49).

It runs from the day on which the ruling was received, once for each award, whichever step tells it.
"""

from typing import Any

from arbitration.models.choices import CourtResult, FollowUp

#: The steps that tell what the parties and the court did over an award, or over a part of it.
TOLD_BY = frozenset({"follow_up", "part_follow_up", "close"})


def may_set_aside_follow(case: Any, event: Any) -> bool:
    """A court set a final award aside and its ruling reached the party; the same ruling told again
    with what came of it starts nothing more."""
    if not _ruling(event):
        return False
    stands = None
    told = case.events.filter(move__in=TOLD_BY, counts_on__isnull=False, pk__lt=event.pk)
    for one in told.order_by("pk"):
        if _award(one) != _award(event):
            continue
        if _ruling(one):
            stands = one
        elif stands is not None and _takes_back(one, stands):
            stands = None
    return stands is None or _ruling(stands) != _ruling(event)


def sued_after_set_aside(case: Any, event: Any, clock: Any) -> bool:
    """Somebody brought the dispute that the ruling of this clock left open to the court."""
    start = clock.started_by
    sued = event.data.get("follow_up") == FollowUp.SUED
    return sued and bool(start) and _award(start) == _award(event)


def set_aside_is_taken_back(case: Any, event: Any, clock: Any) -> bool:
    """The ruling of this clock was told by mistake, or with another day."""
    start = clock.started_by
    if not start or _award(start) != _award(event):
        return False
    told_anew = bool(_ruling(event)) and _ruling(event) != _ruling(start)
    return told_anew or _takes_back(event, start)


def suit_is_taken_back(case: Any, event: Any, clock: Any) -> bool:
    """The suit that met the term was registered by mistake; the ruling of another party stands."""
    start = clock.started_by
    unknown = event.data.get("follow_up") == FollowUp.UNKNOWN and event.data.get("party")
    mine = unknown and start and _award(start) == _award(event)
    return bool(mine and not _takes_back(event, start))


def which_ruling(event: Any) -> str:
    """The day on which the ruling that set an award aside was received."""
    return f"{_ruling(event)} 收到撤销裁定书"


def _ruling(event: Any) -> str:
    """The day of the ruling that an Event tells; "" where it tells none."""
    is_set_aside = event.data.get("court_result") == CourtResult.SET_ASIDE
    return str(event.data.get("ruling_on") or "") if is_set_aside else ""


def _award(event: Any) -> tuple[str, str]:
    """Which award, or part award, an Event is about."""
    return str(event.data.get("part") or ""), str(event.data.get("over") or "final")


def _takes_back(event: Any, told: Any) -> bool:
    """Whether an Event takes back what another one told of the same party."""
    unknown = event.data.get("follow_up") == FollowUp.UNKNOWN
    party, whose = event.data.get("party") or {}, told.data.get("party") or {}
    return unknown and bool(party) and party.get("id") == whose.get("id")
