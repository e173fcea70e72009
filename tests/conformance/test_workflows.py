"""Every declared workflow: each move from each state is permitted or refused as declared."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.areas import declared
from hrss_portal.casework import clocks, door, moves, papers, workflow
from hrss_portal.casework.corrections import forms_of
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import BACK, Move, Workflow
from hrss_portal.documents.kinds import number_series, paper_kinds
from tests.matrix.world import World, make_case

FLOWS = declared("workflows")
EACH = pytest.mark.parametrize("flow", FLOWS, ids=[flow.of for flow in FLOWS])


def bare(flow: Workflow) -> Workflow:
    """The workflow without what depends on the content of a case: states and posts remain."""
    steps = tuple(
        replace(step, only_when=(), check=(), live_only=(), effect=None, sets=(), papers=())
        for step in flow.moves
    )
    steps = tuple(replace(step, undoes="") for step in steps)
    return replace(flow, moves=steps, withheld=None)


@pytest.fixture
def only_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """The door over the bare workflows."""
    flows = {flow.of: bare(flow) for flow in FLOWS}
    monkeypatch.setattr(workflow, "_by_kind", lambda: flows)
    monkeypatch.setattr(clocks, "follow", lambda case, event, undone: [])
    monkeypatch.setattr(papers, "call", lambda case, event, kinds: [])


def outcome(case: Case, step: Move, user: User) -> str:
    """What the door says: refused by post, refused by state, or the state reached."""
    try:
        with transaction.atomic():
            moves.move(case, step.code, by=user)
            reached = type(case)._base_manager.get(pk=case.pk).state
            transaction.set_rollback(True)
    except PermissionDenied:
        return "post"
    except ValidationError as error:
        return "state" if "不能" in error.messages[0] else f"invalid: {error.messages}"
    return reached


def declared_outcome(case: Case, step: Move, user: User) -> str:
    """What the declaration says."""
    if not policy.move_allowed(user, case, step.by, action=step.code):
        return "post"
    if case.state not in step.source:
        return "state"
    return (case.back_to if step.to == BACK else step.to) or case.state


@EACH
@pytest.mark.django_db
def test_every_move_from_every_state_for_every_post(
    flow: Workflow, world: World, only_states: None
):
    """Through the door, with the rights that the posts really have."""
    with acting_as_system("test"):
        case = make_case(world, flow.model, "own")
    wrong = []
    users = [world.users[code] for code in sorted(named_posts(flow) | {"EMP", "AUD", "SYS"})]
    refused: set[tuple[int, str]] = set()  # by post: no state changes that, so one try is enough
    allowed: set[tuple[int, str]] = set()
    for state in flow.states:
        set_state(case, state.code, flow)
        for user in users:
            with acting_as(user):
                for step in flow.moves:
                    if (user.pk, step.code) in refused:
                        continue
                    said = declared_outcome(case, step, user)
                    if said == "post":
                        if state.code not in step.source:
                            continue  # tried where the post alone stands in the way
                        refused.add((user.pk, step.code))
                    else:
                        allowed.add((user.pk, step.code))
                    found = outcome(case, step, user)
                    if said != found:
                        wrong.append(f"{state.code} {step.code} {user.name}: {found}, not {said}")
    asked = {(user.pk, step.code) for user in users for step in flow.moves}
    assert refused | allowed == asked, f"{told(flow)}: moves that nobody was seen to try"
    assert wrong == [], f"{told(flow)}: state, move, post: what the door says, not as declared"


def named_posts(flow: Workflow) -> set[str]:
    """Every post that a move names."""
    return {post for step in flow.moves for post in step.by}


def set_state(case: Case, state: str, flow: Workflow) -> None:
    """Put the case into a state behind the door's back."""
    with acting_as_system("test"), door.opened():
        case.state, case.back_to = state, flow.initial
        case.save()


def told(flow: Workflow) -> str:
    """Which declaration is at fault."""
    return f"workflow {flow.of} ({flow.of.partition('.')[0]}/workflows)"


def _not_to_mend(flow: Workflow, step: Move) -> set[str]:
    """What a move mends that its form does not ask, and dates that no row of the case has."""
    form = step.form_class()
    unasked = set(step.mends) - set(form.base_fields if form else ())
    related = {one.name: one.related_model for one in flow.model._meta.related_objects}
    for path in step.dates:
        relation, column = path.split(".")
        rows = related.get(relation)
        if rows is None or column not in {field.name for field in rows._meta.fields}:
            unasked.add(path)
    return unasked


@EACH
def test_every_named_thing_exists(flow: Workflow):
    called = {code for step in flow.moves for code in step.papers} | set(flow.open_papers)
    unknown = (called | set(flow.extra_papers)) - set(paper_kinds())
    assert unknown == set(), f"{told(flow)}: papers= names what no documents.py declares"
    series = {step.numbers for step in flow.moves if step.numbers} | {flow.intake_series}
    unknown = series - set(number_series())
    assert unknown == set(), f"{told(flow)}: no documents.py declares the number series"
    unlabelled = {code for code, form in forms_of(flow).items() if not form.label}
    assert unlabelled == set(), f"{told(flow)}: corrections= names forms without a heading"
    unknown = {f"{one.code}: {name}" for one in flow.moves for name in _not_to_mend(flow, one)}
    assert unknown == set(), f"{told(flow)}: mends= or dates= names what is not there"
    fields = {field.name for field in flow.model._meta.get_fields()}
    unset = {f"{step.code}: {name}" for step in flow.moves for name in step.sets}
    unset = {one for one in unset if one.partition(": ")[2] not in fields}
    assert unset == set(), f"{told(flow)}: sets= names no field of {flow.model.__name__}"
    codes = {step.code for step in flow.moves}
    unknown = {task.move for task in flow.tasks if task.move} - codes
    assert unknown == set(), f"{told(flow)}: a Task names no move"
    assert "open" not in codes, f"{told(flow)}: the door itself is called 'open'; rename the move"


@EACH
def test_every_form_of_a_workflow_is_there(flow: Workflow):
    missing = []
    paths = [flow.form, *(step.form for step in flow.moves), flow.quick.open if flow.quick else ""]
    for path in filter(None, paths):
        try:
            import_string(path)
        except ImportError as error:
            missing.append(f"{path}: {error}")
    assert missing == [], f"{told(flow)}: form= is the dotted path of a form of the area"


@EACH
@pytest.mark.django_db
def test_every_form_builds_and_stores_only_what_it_asks(flow: Workflow, world: World):
    """Built for the post that makes the move."""
    with acting_as_system("test"):
        case: Any = make_case(world, flow.model, "own")
        for step in flow.moves:
            form_class = step.form_class()
            if form_class is None:
                assert step.sets == (), (
                    f"{told(flow)}: {step.code} stores {step.sets} and has no form that asks for it"
                )
                continue
            form = form_class(case=case, user=world.users[min(step.by)])
            assert set(form.fields) >= {"on"} or "note" in form.fields, (
                f"{told(flow)}: {step.form} asks neither the day nor a note; inherit MoveForm"
            )
            str(form)


@EACH
@pytest.mark.django_db
def test_offered_asks_the_case_alone_and_hides_the_move(
    flow: Workflow, world: World, monkeypatch: pytest.MonkeyPatch
):
    """``offered`` answers of a fresh case with a bool; where it says no, nobody sees the move."""
    with acting_as_system("test"):
        case: Any = make_case(world, flow.model, "own")
    for step in (one for one in flow.moves if one.offered):
        user = world.users[min(step.by)]
        monkeypatch.setattr(case, "state", min(step.source))
        with acting_as(user):
            answer = step.offered(case)
            shown = {one.code for one in moves.available(case, user)}
        assert isinstance(answer, bool), f"{told(flow)}: offered of {step.code} gives {answer!r}"
        assert answer or step.code not in shown, f"{told(flow)}: {step.code} is shown"


class Unasked(Mapping[str, Any]):
    """The data of a form that must not be read."""

    def __getitem__(self, name: str) -> Any:
        raise AssertionError(f"reads {name} of the form")

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("reads the form")

    def __len__(self) -> int:
        raise AssertionError("reads the form")


@EACH
@pytest.mark.django_db
def test_only_when_asks_the_case_alone_and_hides_the_move(
    flow: Workflow, world: World, monkeypatch: pytest.MonkeyPatch
):
    """What refuses a fresh case does so before the form; then nobody sees the move."""
    with acting_as_system("test"):
        case: Any = make_case(world, flow.model, "own")
    for step in (one for one in flow.moves if one.only_when):
        user = world.users[min(step.by)]
        monkeypatch.setattr(case, "state", min(step.source))
        with acting_as(user):
            refused = [text for check in step.only_when for text in check(case, Unasked())]
            shown = {one.code for one in moves.available(case, user)}
        assert not refused or step.code not in shown, f"{told(flow)}: {step.code} is shown"


@EACH
def test_every_state_can_be_left_or_is_an_end(flow: Workflow):
    """From every state a filed or ended one can be reached: no case is stuck."""
    ends = flow.states_in("ended", "filed")
    for state in flow.states:
        assert reachable(flow, {state.code}) & ends, (
            f"{told(flow)}: from the state {state.code!r} no move leads to an ended one"
        )


def reachable(flow: Workflow, start: set[str]) -> set[str]:
    """The states that can follow the given ones, those included."""
    seen, waiting = set(start), list(start)
    while waiting:
        state = waiting.pop()
        for step in flow.moves:
            to = flow.initial if step.to == BACK else step.to
            if state in step.source and to and to not in seen:
                seen.add(to)
                waiting.append(to)
    return seen


@pytest.mark.parametrize(
    "flow", [flow for flow in workflow.workflows() if flow.quick], ids=lambda flow: flow.of
)
def test_quick_intake_writes_parties_in_roles_that_the_kind_has(flow: Workflow):
    assert set(flow.sides) <= set(flow.party_roles), f"{flow.of}: say sides= of quick intake"
