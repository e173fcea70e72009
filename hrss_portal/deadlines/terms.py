"""Terms: how a work area binds a legal rule to the moves of its cases; and when a clock warns.

Areas declare ``deadlines = [Term(...)]`` (beside ``conditions.RuleSet``); ``casework`` starts and
stops the clocks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hrss_portal.areas import declared
from hrss_portal.deadlines.calendar import Calendar
from hrss_portal.deadlines.spec import Moment, day_of

NO_MOVES: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Term:
    """One statutory clock of one kind of case.

    ``rule`` is the code of the legal rule, ``of`` the case kind (``"<area>.<noun>"``).  The
    sets name moves: those that start the clock, meet it, cancel it, pause and resume it, extend it,
    restart it.  A move that takes another one back (``Move.undoes``) sets every clock going again
    which that one met or cancelled: it runs on as it stood, its due day unchanged, unless the term
    ``stays_ended``.  ``dated_by`` is ``"on"``
    (the day of the move) or a field of the case that holds the trigger date, or
    ``dated_by(case, event)`` finds it; a list of days opens a clock for each.
    ``extends_once``: a live move of ``extended_by`` is refused where the term was extended already
    or is over on the day of the move; so is the move that asks for it.
    ``given_by`` names the field with the date that a paper states, for rules that count nothing.
    ``target``: a policy goal that is shown beside the statutory clock and
    never replaces it.  ``owner``: ``bureau`` where the duty is ours, ``party`` where we only watch.
    ``applies(case, event)`` narrows which events start it, ``matches(case, event, clock)`` which of
    the meeting moves really meet a clock, ``resumes(case, event, clock)`` which of the resuming
    ones really resume it, ``restarts(case, event, clock)`` which of the restarting ones really
    restart it, ``cancels(case, event, clock)`` which of the cancelling ones really cancel it;
    ``met_on`` names the date of the move that counts as done, ``done_on(case, event,
    clock)`` finds it where several acts make up the duty (None: ``met_on``); ``about(event)`` says,
    from the Event that started it, which of several clocks of the term one is, on the case's page.
    ``runs_again(case, event, clock)`` says which clock that was met runs on as it stood, because
    the event takes back what had met it.
    ``repeats``: a further start opens another clock instead of restarting the running one.  A
    restart keeps a pause that goes on, unless the move resumes as well.
    """

    code: str
    label: str
    rule: str
    of: str
    starts: frozenset[str]
    dated_by: str | Callable[[Any, Any], date | list[date] | None] = "on"
    given_by: str = ""
    met_by: frozenset[str] = NO_MOVES
    cancelled_by: frozenset[str] = NO_MOVES
    paused_by: frozenset[str] = NO_MOVES
    resumed_by: frozenset[str] = NO_MOVES
    extended_by: frozenset[str] = NO_MOVES
    restarted_by: frozenset[str] = NO_MOVES
    applies: Callable[[Any, Any], bool] | None = None
    matches: Callable[[Any, Any, Any], bool] | None = None
    resumes: Callable[[Any, Any, Any], bool] | None = None
    restarts: Callable[[Any, Any, Any], bool] | None = None
    cancels: Callable[[Any, Any, Any], bool] | None = None
    met_on: str = ""
    done_on: Callable[[Any, Any, Any], date | None] | None = None
    extends_once: bool = False
    repeats: bool = False
    stays_ended: bool = False
    target: bool = False
    owner: str = "bureau"
    about: Callable[[Any], str] | None = None
    runs_again: Callable[[Any, Any, Any], bool] | None = None

    def wakes(self, case: Any, event: Any, clock: Any) -> bool:
        """Whether this event takes back what met the clock (``runs_again``)."""
        again = self.runs_again
        return clock.state == "met" and again is not None and again(case, event, clock)

    def applies_to(self, case: Any, event: Any) -> bool:
        """Whether this event of a case starts the term."""
        return self.applies is None or self.applies(case, event)

    def is_met_by(self, case: Any, event: Any, clock: Any) -> bool:
        """Whether a meeting move of a case meets this very clock."""
        return self.matches is None or self.matches(case, event, clock)

    def is_cancelled_by(self, case: Any, event: Any, clock: Any) -> bool:
        """Whether a cancelling move of a case cancels this very clock."""
        return self.cancels is None or self.cancels(case, event, clock)

    def is_resumed_by(self, case: Any, event: Any, clock: Any) -> bool:
        """Whether a resuming move of a case resumes this very clock."""
        return self.resumes is None or self.resumes(case, event, clock)

    def is_restarted_by(self, case: Any, event: Any, clock: Any) -> bool:
        """Whether a restarting move of a case restarts this very clock."""
        return self.restarts is None or self.restarts(case, event, clock)


def terms() -> tuple[Term, ...]:
    """The terms of all apps; their lists hold rule sets as well."""
    return tuple(one for one in declared("deadlines") if isinstance(one, Term))


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word of the rule table
    """One step of ``warn_before``: its text (``3cd``) and the day from which it holds."""

    stage: str
    on: date


def warn_dates(warn_before: str, internal_due: Moment, calendar: Calendar) -> tuple[Warning, ...]:
    """The days on which warnings begin, earliest first; they run on the internal date.

    ``warn_before`` is text such as ``15cd;7cd;2wd`` (calendar or working days); empty gives none.
    Raises ``ValueError`` for anything else.
    """
    last = day_of(internal_due)
    found = []
    for stage in filter(None, (part.strip() for part in warn_before.split(";"))):
        number, unit = int(stage[:-2]), stage[-2:]
        if number < 0 or unit not in {"cd", "wd"}:
            raise ValueError(f"not a warning step: {stage!r}")
        on = (
            last - timedelta(days=number)
            if unit == "cd"
            else calendar.on_or_before(last)
            if number == 0
            else calendar.add_working(last, -number)
        )
        found.append(Warning(stage, on))
    return tuple(sorted(found, key=lambda one: one.on))
