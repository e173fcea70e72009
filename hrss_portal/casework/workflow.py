"""What an area declares about its cases: states, moves, who may make them.

A workflow is data: a table of states and moves beside the model.  ``casework.moves`` executes it.
The system checks at the end of this module stop start-up when a move names an unknown state.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.apps import apps
from django.core.checks import Error, register
from django.utils.module_loading import import_string

from hrss_portal.areas import declared
from hrss_portal.casework import own_case
from hrss_portal.casework.models import Case

BACK = "<back>"  # the state that the last remembering move left

Check = Callable[[Any, Mapping[str, Any]], Iterable[str]]
Effect = Callable[[Any, Mapping[str, Any], Any], object]


@dataclass(frozen=True, kw_only=True)
class State:
    """A state of a case.  ``phase`` is what lists and boards group by.

    ``intake`` (received, not yet accepted) · ``work`` · ``waiting`` (for somebody outside, or
    suspended) · ``ended`` (decided, papers and filing go on) · ``filed`` (read-only).
    ``dropped``: ended without being done (withdrawn, handed over): no ✓ in the column 时限.
    """

    code: str
    label: str
    phase: str = "work"
    dropped: bool = False


@dataclass(frozen=True, kw_only=True)
class Move:
    """One way a case may go on.

    ``source`` is the set of states it starts from, ``to`` the state it leads to (None: the state
    stays).  ``by`` holds the posts that may make it.  ``form`` is the dotted path of the Django
    form that asks what the move needs; the fields named in ``sets`` are stored on the case, all of
    it in the Event.  ``check`` functions return sentences that refuse the move; in what they read
    the day of the move stands as ``on``.  Those in ``live_only`` are not asked of an imported past
    move.  Those in ``only_when`` are about the case alone, whatever the form holds: they refuse the
    move, and keep its button away, where nothing done first would help (told once already, nothing
    to decide on); what can be mended first belongs in ``live_only``, whose words say how.
    ``offered(case)`` says whether the case as it stands lets the move succeed at all: where
    not, its button is not shown, and the checks refuse it all the same; it reads ``all()`` of what
    the page has read.  ``leads(case)`` says in the same way whether the case as it stands asks for
    this move before any other: its button comes first.  ``effect`` writes the move's child rows.
    ``papers`` are the kinds of paper that the move calls for.  ``approval`` means a second person:
    not the handler, also not one whom the move itself makes the handler, not whoever entered the
    case, and not whoever made the move that ``proposes`` it.  ``outward`` moves get a confirmation
    page.  A case waits for whoever approves once a move that ``proposes`` led it to its state.
    ``past_source``: states from which a ledger's past move may start as well, because a ledger does
    not tell the steps between; a live move never does.
    ``asks`` names the move by which somebody else decides on this one (报请) without a change of
    state: the case waits for whoever may make it, who is told, until it is made, or a move whose
    ``answers`` holds this code; each answers one request (``casework.requests``).
    ``remembers`` keeps the state it leaves, so that a later move with ``to=BACK`` returns there.
    ``undoes`` names the earlier move that this one takes back (反悔, 撤回): with ``to=BACK`` the
    case returns to the state which that move left, and the clocks it ended run on, except those
    whose term ``stays_ended``.  ``reopens`` takes the closing date away.
    ``mends`` names values of the form that may be put right later with the day (更正); ``dates``
    are the rows of the case in which the day of the move stands (``tribunal.appointed_on``): the
    right day goes there as well; ``redated(case, event, on)`` sees to what no column says.
    """

    code: str
    label: str
    source: frozenset[str]
    to: str | None = None
    by: frozenset[str] = frozenset()
    form: str = ""
    sets: tuple[str, ...] = ()
    check: tuple[Check, ...] = ()
    live_only: tuple[Check, ...] = ()
    only_when: tuple[Check, ...] = ()
    offered: Callable[[Any], bool] | None = None
    leads: Callable[[Any], bool] | None = None
    effect: Effect | None = None
    papers: tuple[str, ...] = ()
    proposes: bool = False
    asks: str = ""
    answers: frozenset[str] = frozenset()
    approval: bool = False
    outward: bool = False
    closes: bool = False
    reopens: bool = False
    undoes: str = ""
    accepts: bool = False
    archives: bool = False
    numbers: str = ""
    main: bool = True
    remembers: bool = False
    hint: str = ""
    basis: str = ""
    past_source: frozenset[str] = frozenset()
    mends: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    redated: Callable[[Any, Any, date], object] | None = None

    def form_class(self) -> type[Any] | None:
        """The form that the move asks, or None."""
        return import_string(self.form) if self.form else None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the 办理清单: done when ``done(case)``, or what is still missing."""

    label: str
    done: Callable[[Any], bool]
    missing: Callable[[Any], str] = field(default=lambda case: "")
    applies: Callable[[Any], bool] = field(default=lambda case: True)
    move: str = ""


@dataclass(frozen=True, kw_only=True)
class Quick:
    """What a window needs to take a matter in at once: who, against whom, about what.

    ``choices()`` gives (code, words) of the matters, ``open`` the dotted path of
    ``open(choice, *, unit, by, parties, note) -> Case``; the rest of the form is filled in later.
    """

    choices: Callable[[], Iterable[tuple[str, str]]]
    open: str


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """The states and moves of one kind of case (``of`` is "app_label.model").

    ``stands_aside``: given a case and ids of users, the sentences that keep one of them from
    handling or assisting it (回避); assignment and every move that names people ask it.
    ``handled_by``: the posts whose holders may handle a case; empty: any colleague.
    ``barred``: given a case and the id of a user, why that user takes no part in it now, whatever
    the post; every move, the list of moves, corrections and papers ask it.
    ``withheld``: given a case, a user and the code of a move (``amend`` for a correction of its
    fields), why that step is not this user's to make, whatever the post: what one side asked for
    and signs off is not the other's to say.
    ``agents``: the names of those who act for a party; who is a party or acts for one himself is
    kept away in every area (``own_case``), and ``own_basis`` is the article that says so.
    ``members``: those without an account who may take part in a case, asked about by their name.
    ``extra_papers``: kinds of paper that no move calls for and a clerk may ask for, each with the
    states in which it makes sense.
    ``again_checks``: given a case and a paper of it that is void or was dropped, why it is not made
    again (``casework.papers``): what it told of no longer stands.
    ``corrections``: the rows of a case that may be put right after intake, by a code for the
    address: dotted paths of forms over ``casework.corrections.CorrectForm``.
    ``amend_checks``: what must hold of the case after a correction of its fields (更正); a sentence
    that was true of it before does not hinder another correction.
    ``informants``: what those are called who told of a matter and must stay unknown (举报人), in a
    kind of case that may have some; they are kept apart from its parties (``casework.informants``).
    ``sides``: the roles of the person who comes and of the employer whom the matter is about: quick
    intake records them so, and a second open case of the same two is warned of.
    """

    of: str
    label: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    initial: str
    open_by: frozenset[str]
    intake_series: str
    form: str = ""
    open_papers: tuple[str, ...] = ()
    open_checks: tuple[Check, ...] = ()
    open_label: str = "收件登记"
    open_effect: Effect | None = None
    tasks: tuple[Task, ...] = ()
    party_roles: Mapping[str, str] = field(default_factory=dict)
    amend_checks: tuple[Check, ...] = ()
    informants: str = ""
    sides: tuple[str, str] = ("applicant", "respondent")
    channels: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    title: Callable[[Any], str] | None = None
    quick: "Quick | None" = None
    stands_aside: Callable[[Any, Iterable[int]], Iterable[str]] | None = None
    handled_by: frozenset[str] = frozenset()
    barred: Callable[[Any, int], Iterable[str]] | None = None
    withheld: Callable[[Any, Any, str], Iterable[str]] | None = None
    agents: Callable[[Any], Iterable[str]] | None = None
    members: Callable[[Any], Iterable[own_case.Member]] | None = None
    own_basis: str = "《公务员法》第七十六条"
    extra_papers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    again_checks: tuple[Callable[[Any, Any], Iterable[str]], ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)

    @property
    def model(self) -> type[Case]:
        """The area's case class."""
        return apps.get_model(self.of)

    def state(self, code: str) -> State:
        """The state with that code; LookupError when there is none."""
        for state in self.states:
            if state.code == code:
                return state
        raise LookupError(f"{self.of} has no state {code!r}")

    def move(self, code: str) -> Move:
        """The move with that code; LookupError when there is none."""
        for move in self.moves:
            if move.code == code:
                return move
        raise LookupError(f"{self.of} has no move {code!r}")

    @cached_property
    def unfinished(self) -> frozenset[str]:
        """The states in which something is left to do: not filed, and some move leads on."""
        left = {state for move in self.moves if move.to for state in move.source}
        return frozenset(
            state.code for state in self.states if state.phase != "filed" and state.code in left
        )

    def states_in(self, *phases: str) -> frozenset[str]:
        """The codes of the states in these phases."""
        return frozenset(state.code for state in self.states if state.phase in phases)


@lru_cache(maxsize=1)
def _by_kind() -> dict[str, Workflow]:
    return {workflow.of: workflow for workflow in declared("workflows")}


def workflows() -> tuple[Workflow, ...]:
    """Every declared workflow."""
    return tuple(_by_kind().values())


def workflow_of(case: Case | type[Case] | str) -> Workflow:
    """The workflow of a case, a case class or a kind; LookupError when it has none."""
    if isinstance(case, str):
        kind = case
    elif isinstance(case, type):
        kind = case._meta.label_lower
    else:
        kind = case.kind or case._meta.label_lower
    try:
        return _by_kind()[kind]
    except KeyError:
        raise LookupError(f"no workflow is declared for {kind!r}") from None


def barred_from(case: Case, user: Any) -> list[str]:
    """Why the user takes no part in the case now; the system itself (None) is never barred."""
    if not user:
        return []
    barred = workflow_of(case).barred
    return [*(barred(case, user.pk) if barred else ()), *own_case_of(case, [user])]


def withheld_from(case: Case, user: Any, code: str) -> list[str]:
    """Why a move, or a correction (``amend``), is not this user's; the system itself (None) may."""
    withheld = workflow_of(case).withheld
    return [*withheld(case, user, code)] if user and withheld else []


def kept_from(case: Case, user: Any, code: str) -> list[str]:
    """Why the user does not make a move or correction: the whole case is barred, or the step."""
    return [*barred_from(case, user), *withheld_from(case, user, code)]


def own_case_of(case: Case, people: Sequence[own_case.Staff]) -> list[str]:
    """Why these people take no part in the case: it is their own, or may be (回避)."""
    if not people:
        return []
    sides = sides_of(case, people)
    return own_case.problems(case, people, sides, workflow_of(case).own_basis)


def sides_of(case: Case, people: Sequence[own_case.Staff]) -> list[own_case.Side]:
    """The parties and agents of a case who are one of these people or bear the name of one."""
    agents = workflow_of(case).agents
    return own_case.sides_of(case, people, agents(case) if agents else ())


def channel_words(case: Case) -> str:
    """By which channel a case came, in the words of its workflow."""
    return workflow_of(case).channels.get(case.channel, "")


def outcome_words(case: Case) -> str:
    """How a case ended, in the words of its workflow; nothing while it is open."""
    return workflow_of(case).outcomes.get(case.outcome, "")


@register()
def check_workflows(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Moves name known states, codes are unique, every state can be reached and be left."""
    problems: list[str] = []
    for workflow in declared("workflows"):
        problems.extend(f"{workflow.of}: {text}" for text in _problems(workflow))
    return [Error(text, id="casework.E001") for text in problems]


def _problems(workflow: Workflow) -> Iterable[str]:
    states = {state.code for state in workflow.states}
    codes = [move.code for move in workflow.moves]
    if len(states) != len(workflow.states):
        yield "two states have one code"
    if len(set(codes)) != len(codes):
        yield "two moves have one code"
    if workflow.initial not in states:
        yield f"the initial state {workflow.initial!r} is unknown"
    for move in workflow.moves:
        yield from _move_problems(move, states)
        if move.undoes and move.undoes not in codes:
            yield f"move {move.code} takes back the unknown move {move.undoes!r}"
        yield from _request_problems(move, workflow)
    reached = {workflow.initial} | {move.to for move in workflow.moves if move.to}
    for name in states - reached:
        yield f"no move leads to the state {name!r}"
    left = {name for move in workflow.moves if move.to for name in move.source}
    for state in workflow.states:
        if state.phase not in {"ended", "filed"} and state.code not in left:
            yield f"no move leaves the state {state.code!r}"


def _request_problems(move: Move, workflow: Workflow) -> Iterable[str]:
    codes = {one.code for one in workflow.moves}
    requests = {one.code for one in workflow.moves if one.asks}
    if move.asks and move.asks not in codes:
        yield f"move {move.code} asks for the unknown move {move.asks!r}"
    for name in move.answers - requests:
        yield f"move {move.code} answers {name!r}, which asks for nothing"


def _move_problems(move: Move, states: set[str]) -> Iterable[str]:
    for name in move.source - states:
        yield f"move {move.code} starts from the unknown state {name!r}"
    if move.to not in {None, BACK} and move.to not in states:
        yield f"move {move.code} leads to the unknown state {move.to!r}"
    if not move.by:
        yield f"nobody may make the move {move.code}"
