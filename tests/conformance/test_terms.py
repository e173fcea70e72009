"""Every declared term: its rule ships, its moves exist, a duty of the bureau can be fulfilled.

Every rule set asks for facts that there are.
"""

import inspect

import pytest
from django.apps import apps

from hrss_portal.casework.workflow import BACK, Workflow, workflow_of
from hrss_portal.deadlines.conditions import declared_sets
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.deadlines.terms import Term, terms
from tests.conformance.test_workflows import reachable
from tests.factories.deadlines import shipped_rules

TERMS = terms()
EACH = pytest.mark.parametrize("term", TERMS, ids=[term.code for term in TERMS])
SETS = (
    "starts",
    "met_by",
    "cancelled_by",
    "paused_by",
    "resumed_by",
    "extended_by",
    "restarted_by",
)
BY_THE_DOOR = {"open", "amend", "assign", "void"}


def flow_of(term: Term) -> Workflow:
    """The workflow whose moves a term names."""
    return workflow_of(term.of)


@EACH
def test_every_move_that_a_term_names_exists(term: Term):
    known = {step.code for step in flow_of(term).moves} | BY_THE_DOOR
    named = {move for name in SETS for move in getattr(term, name)}
    assert named - known == set(), f"{told(term)} names moves that {term.of} does not have"


def told(term: Term) -> str:
    """Which declaration is at fault."""
    return f"Term {term.code} ({term.of.partition('.')[0]}/deadlines)"


@EACH
def test_a_duty_can_be_fulfilled_from_where_it_starts(term: Term):
    """Met or cancelled by some move that can still be made; what we only watch may last."""
    if term.owner != "bureau":
        return
    flow = flow_of(term)
    closing = term.met_by | term.cancelled_by
    assert closing, f"{told(term)} is a duty that nothing ends: give met_by"
    after: set[str] = set()
    for code in term.starts:
        if code in BY_THE_DOOR:
            after.add(flow.initial)
            continue
        step = flow.move(code)
        after |= set(step.source) if step.to in {None, BACK} else {step.to}
    later = reachable(flow, after)
    for state in after:
        from_here = reachable(flow, {state})
        assert any(from_here & flow.move(code).source for code in closing), (
            f"{told(term)}: from the state {state!r} no move of met_by, cancelled_by is reached"
        )
    assert later


@EACH
def test_only_what_a_move_that_is_taken_back_ends_stays_ended(term: Term):
    taken_back = {step.undoes for step in flow_of(term).moves if step.undoes}
    if term.stays_ended:
        assert taken_back & (term.met_by | term.cancelled_by), (
            f"{told(term)}: no move that is taken back ends this term; take stays_ended away"
        )


@EACH
def test_what_is_extended_once_can_be_extended(term: Term):
    assert bool(term.extended_by) >= term.extends_once, (
        f"{told(term)} is extended once and never: give extended_by"
    )


@EACH
def test_what_pauses_also_resumes(term: Term):
    assert bool(term.paused_by) <= bool(term.resumed_by | term.restarted_by), (
        f"{told(term)} is paused and never resumed: give resumed_by or restarted_by"
    )


@EACH
def test_what_dates_a_term_is_told_by_the_case_or_by_a_move(term: Term):
    """A misspelt name would count from the day of the move without a word."""
    by_start = {name for name in (term.dated_by, term.given_by) if isinstance(name, str)}
    for names, codes in ((by_start, term.starts), ({term.met_on}, term.met_by)):
        for name in names - {"", "on"}:
            assert is_told(term, name, codes), (
                f"{told(term)}: {name!r} is no field of the case, and no form of {sorted(codes)} "
                "says it"
            )


def is_told(term: Term, name: str, codes: frozenset[str]) -> bool:
    """Whether the case has the field, or the form of one of the moves asks for it or makes it."""
    flow = flow_of(term)
    forms = [form for code in codes - BY_THE_DOOR if (form := flow.move(code).form_class())]
    return hasattr(flow.model, name) or any(
        name in form.base_fields or f'"{name}"' in inspect.getsource(inspect.getmodule(form))
        for form in forms
    )


def test_codes_are_unique_and_carry_their_areas_prefix():
    codes = [term.code for term in TERMS]
    assert len(codes) == len(set(codes))
    assert [code for code in codes if "." not in code] == []


@pytest.mark.django_db
def test_every_rule_ships():
    shipped_rules()
    known = set(LegalRule.objects.values_list("code", flat=True))
    unknown = [f"{told(term)} rule={term.rule!r}" for term in TERMS if term.rule not in known]
    assert unknown == [], "no row of hrss_portal/deadlines/data/*.csv has this code; add the row"


@pytest.mark.django_db
def test_what_no_law_sets_is_never_shown_as_law():
    """A term over a policy, local or internal rule is a target or says so by its rule's nature."""
    shipped_rules()
    nature = dict(LegalRule.objects.order_by("pk").values_list("code", "nature"))
    wrong = [term.code for term in TERMS if term.target and nature[term.rule] == "statutory"]
    assert wrong == [], "target=True over a statutory rule: it is no target, take target away"


def test_a_fact_without_a_function_names_a_field():
    missing = [
        f"{rules.code}: {fact.code}"
        for rules in declared_sets().values()
        for fact in rules.fields
        if fact.read is None and not hasattr(apps.get_model(rules.of), fact.code)
    ]
    assert missing == [], "its code is no field of the rule set's model: give read="
