"""Workflows are data, and a wrong one stops the start."""

from dataclasses import replace

import pytest

from arbitration.models import Dispute
from hrss_portal.casework import workflow as flows
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import BACK, Move, State, Workflow, workflow_of

MOVE = Move(code="go", label="走", source=frozenset({"a"}), to="b", by=frozenset({"ARB"}))
FLOW = Workflow(
    of="casework.case",
    label="试验",
    states=(State(code="a", label="甲"), State(code="b", label="乙", phase="ended")),
    moves=(MOVE,),
    initial="a",
    open_by=frozenset({"ARB"}),
    intake_series="arb.intake",
)


def problems(monkeypatch: pytest.MonkeyPatch, flow: Workflow) -> list[str]:
    """What the start-up check says of one workflow."""
    monkeypatch.setattr(flows, "declared", lambda kind: (flow,))
    return [error.msg.removeprefix("casework.case: ") for error in flows.check_workflows(None)]


def test_a_whole_workflow_passes(monkeypatch):
    assert problems(monkeypatch, FLOW) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"initial": "z"}, "the initial state 'z' is unknown"),
        ({"moves": (MOVE, MOVE)}, "two moves have one code"),
        ({"states": (*FLOW.states, FLOW.states[0])}, "two states have one code"),
        ({"states": (*FLOW.states, State(code="c", label="丙", phase="filed"))}, "leads to the"),
        ({"moves": (replace(MOVE, to="z"),)}, "move go leads to the unknown state 'z'"),
        ({"moves": (replace(MOVE, by=frozenset()),)}, "nobody may make the move go"),
        ({"moves": (replace(MOVE, source=frozenset({"z"})),)}, "unknown state 'z'"),
        ({"moves": (replace(MOVE, undoes="z"),)}, "move go takes back the unknown move 'z'"),
        ({"moves": (replace(MOVE, asks="z"),)}, "move go asks for the unknown move 'z'"),
    ],
)
def test_a_wrong_workflow_is_told(monkeypatch, change, words):
    assert any(words in text for text in problems(monkeypatch, replace(FLOW, **change)))


def test_a_state_that_nothing_leaves_is_told(monkeypatch):
    dead = replace(FLOW, states=(FLOW.states[0], State(code="b", label="乙", phase="work")))
    assert problems(monkeypatch, dead) == ["no move leaves the state 'b'"]


def test_going_back_is_no_unknown_state(monkeypatch):
    back = replace(MOVE, code="back", source=frozenset({"b"}), to=BACK)
    assert problems(monkeypatch, replace(FLOW, moves=(MOVE, back))) == []


def test_a_workflow_is_found_by_class_kind_and_case():
    flow = workflow_of("arbitration.dispute")
    assert workflow_of(Dispute) is flow
    assert workflow_of(Dispute(kind="arbitration.dispute")) is flow
    assert flow.model is Dispute
    with pytest.raises(LookupError, match="no workflow"):
        workflow_of(Case)
    with pytest.raises(LookupError, match="no move"):
        flow.move("fly")
    with pytest.raises(LookupError, match="no state"):
        flow.state("flown")
    assert flow.states_in("filed") == {"archived"}


def test_what_is_filed_or_leads_nowhere_is_finished():
    assert FLOW.unfinished == {"a"}
    filed = replace(FLOW, states=(replace(FLOW.states[0], phase="filed"), FLOW.states[1]))
    assert filed.unfinished == frozenset()
    dispute = workflow_of(Dispute)
    assert {state.code for state in dispute.states} - dispute.unfinished == {"archived"}
    mediation = workflow_of("arbitration.mediationcase")
    assert {"agreed", "reviewing", "confirmed", "failed"} <= mediation.unfinished
    assert mediation.unfinished.isdisjoint({"refused", "withdrawn", "performed", "guided"})
