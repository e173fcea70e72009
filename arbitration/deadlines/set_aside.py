"""A court sets a final award, or a final part award, aside: the term to sue then (Article 49)."""

from typing import Any

from arbitration.models.choices import CourtResult, FollowUp

#: The steps that tell what the parties and the court did over an award, or over a part of it.
COURT = frozenset({"follow_up", "part_follow_up"})
TOLD_BY = COURT | {"close"}


def may_set_aside_follow(case: Any, event: Any) -> bool:
    """A court set a final award aside and its ruling reached the party (Article 49); the same
    ruling registered again with what came of it starts nothing more."""
    data = event.data
    if data.get("court_result") != CourtResult.SET_ASIDE or not data.get("ruling_on"):
        return False
    told = case.events.filter(move__in=TOLD_BY, counts_on__isnull=False, pk__lt=event.pk)
    before = told.filter(data__ruling_on=data["ruling_on"])
    return all(not _same_award(one, event) for one in before)


def sued_after_set_aside(case: Any, event: Any, clock: Any) -> bool:
    """Somebody brought the dispute that the ruling of this clock left open to the court."""
    sued = event.data.get("follow_up") == FollowUp.SUED
    return sued and bool(clock.started_by) and _same_award(clock.started_by, event)


def set_aside_is_taken_back(case: Any, event: Any, clock: Any) -> bool:
    """The ruling of this clock was registered by mistake."""
    unknown = event.data.get("follow_up") == FollowUp.UNKNOWN and event.data.get("party")
    return bool(unknown and clock.started_by and _same_award(clock.started_by, event))


def _same_award(one: Any, other: Any) -> bool:
    """Whether two registrations of what a court did are about the same award, or part of it."""
    whose = [(one.data.get("part"), one.data.get("over") or "final") for one in (one, other)]
    return whose[0] == whose[1]


def which_ruling(event: Any) -> str:
    """The day on which the ruling that set an award aside was received."""
    return f"{event.data.get('ruling_on') or ''} 收到撤销裁定书"
