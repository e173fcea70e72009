"""``decide`` against ``visible``: one answer, over random worlds in memory and over real rows."""

import random
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hrss_portal import areas
from hrss_portal.access import policy
from hrss_portal.access.models import Proposal, User
from hrss_portal.access.policy import Facts, Scope, decide_in, visible_in
from hrss_portal.access.rights import Ability, Rights, Span
from hrss_portal.access.roles import STAFF, Role
from hrss_portal.access.scope import acting_as, acting_as_system
from tests.cast import County, person
from tests.factories.access import AbsenceFactory, DelegationFactory, GrantFactory
from tests.kernel.access.trial import Matter

WORLDS, OBJECTS = 700, 30  # 21,000 triples of (rights, action, object)
UNITS, PEOPLE = range(1, 9), range(1, 6)
VERBS = ("view", "edit", "extend")
CANS = ("matter.view", "matter.edit", "matter.*", "*.view", "*.*", "other.edit", "*.extend")
SCOPES = (
    Scope(area="trial", noun="matter", unit="unit", town="town", own=("handler", "second")),
    Scope(area="trial", noun="matter", unit="unit"),
    Scope(area="trial", noun="matter", town="town"),
    Scope(area="trial", noun="matter", own=("handler",)),
    Scope(area="trial", noun="matter"),
    Scope(kind="kind", unit="unit", town="town", own=("handler",)),
    Scope(kind="kind", unit="unit", own=("handler",), team="team"),
    Scope(area="trial", noun="matter", team="team"),
)
KINDS = frozenset({"trial.matter", "trial.other", "second.matter"})


def holds(condition: Q, row: dict[str, object]) -> bool:
    """Evaluates a filter on one row in memory: ``field__in`` and ``field__overlap`` joined."""
    found = []
    for child in condition.children:
        if isinstance(child, Q):
            found.append(holds(child, row))
        else:
            name, values = child
            field, lookup = name.rsplit("__", 1)
            assert lookup in {"in", "overlap"}, name
            if lookup == "in":
                found.append(row.get(field) in values)
            else:
                found.append(not set(row[field]).isdisjoint(values))
    result = any(found) if condition.connector == Q.OR else all(found)
    return not result if condition.negated else result


ids = st.frozensets(st.sampled_from(UNITS), max_size=4)
spans = st.builds(
    Span,
    units=ids,
    towns=ids,
    people=st.frozensets(st.sampled_from(PEOPLE), max_size=2),
    everything=st.sampled_from([False] * 7 + [True]),
)
abilities = st.builds(
    Ability,
    post=st.sampled_from(STAFF),
    area=st.sampled_from(["trial", "trial", "trial", "second", "*"]),
    can=st.frozensets(st.sampled_from(CANS), min_size=1, max_size=3),
    span=spans,
    classes=st.just(frozenset()),
    source=st.just("test"),
    because=st.just("test"),
    moves=st.sampled_from([None, None, None, frozenset({"extend"}), frozenset()]),
)
worlds = st.tuples(st.lists(abilities, max_size=5), st.integers(0, 2**30), st.sampled_from(VERBS))


def a_row(chance: random.Random) -> dict[str, object]:
    """A random object."""
    place = [None, *UNITS]
    return {
        "pk": 1,
        "unit": chance.choice(place),
        "town": chance.choice(place),
        "handler": chance.choice([None, *PEOPLE]),
        "second": chance.choice([None, *PEOPLE]),
        "team": chance.sample(PEOPLE, chance.choice([0, 0, 1, 3])),
        "kind": chance.choice(sorted(KINDS)),
    }


def facts_from(row: dict[str, object], scope: Scope) -> Facts:
    """What ``facts_of`` would read of the object."""
    area, noun = str(row["kind"]).split(".") if scope.kind else (scope.area, scope.noun)
    people = frozenset(row[name] for name in scope.own if row[name] is not None)
    if scope.team:
        people |= frozenset(row["team"])
    return Facts(
        area=area,
        noun=noun,
        unit=row["unit"] if scope.unit else None,
        town=row["town"] if scope.town else None,
        people=people,
    )


def disagreements(world, decide=decide_in) -> list[tuple[Scope, dict[str, object]]]:
    """The objects of a world on which the two oracles differ."""
    held, seed, verb = world
    rights = Rights(1, tuple(held))
    chance = random.Random(seed)
    found = []
    for scope in chance.sample(SCOPES, 2):
        shown = visible_in(rights, scope, verb)
        for _ in range(OBJECTS // 2):
            row = a_row(chance)
            facts = facts_from(row, scope)
            allowed = decide(rights, (facts.area, facts.noun, verb), facts, scope).allowed
            if allowed != holds(shown, row):
                found.append((scope, row))
    return found


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds of the random worlds."""
    monkeypatch.setattr(policy, "known_kinds", lambda: KINDS)


@settings(
    max_examples=WORLDS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds)
def test_decide_and_visible_agree_everywhere(kinds, world):
    assert disagreements(world) == []


def test_what_belongs_to_a_row_has_the_same_scope_through_it():
    scope = Scope(kind="kind", unit="unit", own=("handler", "second"), team="team")
    assert scope.through("case") == Scope(
        kind="case__kind",
        unit="case__unit",
        own=("case__handler", "case__second"),
        team="case__team",
    )


@pytest.mark.parametrize("fault", ["towns ignored", "people ignored", "verb ignored", "delegation"])
def test_the_comparison_would_notice_a_fault(kinds, fault: str):
    """Negative control: an oracle with one fault disagrees with the other somewhere."""

    def broken(rights: Rights, action, facts, scope):
        if fault == "verb ignored":
            action = (*action[:2], "view")
        held = rights.abilities
        if fault == "towns ignored":
            held = tuple(replace(a, span=replace(a.span, towns=frozenset())) for a in held)
        if fault == "people ignored":
            held = tuple(replace(a, span=replace(a.span, people=frozenset())) for a in held)
        if fault == "delegation":
            held = tuple(replace(a, moves=None) for a in held)
        return decide_in(replace(rights, abilities=held), action, facts, scope)

    seen = []

    @settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate])
    @given(world=worlds)
    def look(world):
        seen.extend(disagreements(world, broken))

    look()
    assert seen


def test_the_filter_gives_the_rows_that_decide_allows(
    matters,
    county: County,
    arbitrator,
    arbitration_head,
    deputy_director,
    town_officer,
    stranger,
):
    with acting_as_system("test"):
        rows = [SimpleNamespace(pk=row.pk, row=row) for row in Matter.objects.order_by("pk")]
    for user in (arbitrator, arbitration_head, deputy_director, town_officer, stranger):
        for verb in ("view", "edit", "extend"):
            with acting_as(user):
                shown = set(Matter.objects.may(verb).values_list("pk", flat=True))
                allowed = {
                    one.pk
                    for one in rows
                    if policy.can(user, f"trial.matter.{verb}", one.row)
                    and policy.can(user, "trial.matter.view", one.row)
                }
            assert shown == allowed


@pytest.fixture
def case(matters) -> Matter:
    """The matter that the arbitrator handles."""
    with acting_as_system("test"):
        return Matter.objects.get(label="a")


def test_a_post_decides_only_where_it_reaches(case, arbitration_head, stranger, clerk):
    action = "trial.matter.edit"
    assert policy.move_allowed(arbitration_head, case, {"ARB-C"}, action)
    assert not policy.move_allowed(arbitration_head, case, {"INS-C"}, action)
    refused = policy.move_allowed(stranger, case, {"ARB-C"}, action)
    assert (refused.allowed, refused.because) == (False, "此步由仲裁院院长办理")
    assert policy.decide(clerk, action, case).rule == "no-role"
    assert policy.decide(stranger, action, case).rule == "out-of-scope"
    assert policy.decide(None, action, case).rule == "not-logged-in"


def test_the_b_works_the_queue_only_during_a_recorded_absence(case, arbitrator, clerk):
    with acting_as_system("test"):
        arbitrator.deputy = clerk
        arbitrator.save()
        assert not policy.can(clerk, "trial.matter.edit", case)
        today = timezone.localdate()
        absence = AbsenceFactory(user=arbitrator, from_on=today, to_on=today)
        decision = policy.decide(clerk, "trial.matter.edit", case)
        assert (decision.allowed, decision.on_behalf_of) == (True, arbitrator.pk)
        assert policy.move_allowed(clerk, case, {"ARB"}, "trial.matter.edit")
        absence.from_on = absence.to_on = today - timedelta(days=1)
        absence.save()
        assert not policy.can(clerk, "trial.matter.edit", case)


def test_a_delegation_allows_the_named_moves_and_nothing_else(case, deputy_director, window_clerk):
    with acting_as_system("test"):
        today = timezone.localdate()
        delegation = DelegationFactory(
            giver=deputy_director, taker=window_clerk, area="trial", from_on=today, to_on=today
        )
        assert policy.can(window_clerk, "trial.matter.extend", case)
        assert policy.can(window_clerk, "trial.matter.view", case)
        assert not policy.can(window_clerk, "trial.matter.edit", case)
        assert policy.move_allowed(window_clerk, case, {"VDIR"}, "trial.matter.extend")
        assert not policy.move_allowed(window_clerk, case, {"VDIR"}, "trial.matter.award")
        delegation.revoked_at = timezone.now()
        delegation.save()
        assert not policy.can(window_clerk, "trial.matter.extend", case)


def test_a_disabled_colleague_lends_nothing(case, deputy_director, arbitrator, window_clerk):
    with acting_as_system("test"):
        day = timezone.localdate()
        arbitrator.deputy = window_clerk
        arbitrator.save()
        AbsenceFactory(user=arbitrator, from_on=day, to_on=day)
        DelegationFactory(
            giver=deputy_director, taker=window_clerk, area="trial", from_on=day, to_on=day
        )
        lenders = {one.on_behalf_of for one in policy.rights_of(window_clerk).abilities}
        assert lenders >= {arbitrator.pk, deputy_director.pk}
        for user in (arbitrator, deputy_director):
            user.is_active = False
            user.save()
        lenders = {one.on_behalf_of for one in policy.rights_of(window_clerk).abilities}
        assert lenders == {None}


def test_a_delegation_is_not_passed_on(case, deputy_director, window_clerk, clerk):
    with acting_as_system("test"):
        today = timezone.localdate()
        for giver, taker in ((deputy_director, window_clerk), (window_clerk, clerk)):
            DelegationFactory(giver=giver, taker=taker, area="trial", from_on=today, to_on=today)
        assert not policy.can(clerk, "trial.matter.extend", case)


@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": date(2020, 1, 1)},
        {"revoked_at": timezone.now()},
        {"area": "elsewhere"},
    ],
)
def test_an_ended_grant_gives_nothing(case, arbitration_head, change):
    with acting_as_system("test"):
        assert policy.can(arbitration_head, "trial.matter.view", case)
        arbitration_head.grants.update(**change)
        policy.acting.forget_rights()
        assert not policy.can(arbitration_head, "trial.matter.view", case)


def test_data_classes_are_the_roles_below_the_grants_ceiling(case, arbitrator, arbitration_head):
    assert policy.sees_class(arbitrator, case, "P3")
    other = Matter(unit=case.unit, label="x")
    assert not policy.sees_class(arbitrator, other, "P3")
    assert policy.sees_class(arbitrator, other, "P1")
    with acting_as_system("test"):
        arbitration_head.grants.update(classes=["P1"])
    assert not policy.sees_class(arbitration_head, case, "P3")


def test_fields_are_hidden_only_if_every_role_hides_them(case, monkeypatch, window_clerk):
    real = areas.declared

    def roles(hidden: str) -> tuple[Role, ...]:
        can = frozenset({"matter.view"})
        hides = frozenset(hidden.split())
        return (Role(post="WIN", area="trial", can=can, scope="bureau", hides=hides),)

    with monkeypatch.context() as patch:
        both = roles("secret note") + roles("secret")
        patch.setattr(areas, "declared", lambda kind: both if kind == "roles" else real(kind))
        assert policy.hidden_fields(window_clerk, case) == {"secret"}


def test_holders_are_those_who_may(
    matters, county, arbitration_head, arbitrator, deputy_director, stranger
):
    court = county.office("劳动人事争议仲裁院")
    names = [user.name for user in policy.holders("trial.matter.edit", court)]
    assert names == [arbitration_head.name, arbitrator.name]
    assert [user.name for user in policy.holders("trial.matter.extend", court)] == ["邓副"]
    assert stranger in policy.holders("trial.matter.edit")
    assert policy.posts_for("trial.matter.extend") == ["VDIR"]


def test_rights_are_read_again_when_a_grant_changes_inside_a_scope(case, clerk):
    with acting_as(clerk):
        assert not policy.can(clerk, "trial.matter.view", case)
        GrantFactory(user=clerk, post="ARB", unit=clerk.unit)
        assert policy.can(clerk, "trial.matter.view", case)


def test_one_bureau_alone_is_everything_and_two_are_not(matters, county, director, other_county):
    with acting_as(director):
        assert not any(one.span.everything for one in policy.current_rights(director).abilities)
        assert "".join(row.label for row in Matter.objects.all()) == "abc"


def test_the_administrator_sees_no_business(matters, administrator, auditor):
    with acting_as(administrator):
        assert Matter.objects.count() == 0
    with acting_as(auditor):
        assert Matter.objects.count() == 3
        assert Matter.objects.may("edit").count() == 0


def test_an_action_has_three_parts():
    with pytest.raises(ValueError, match=r"area\.noun\.verb"):
        policy.split("trial.matter")


def test_a_model_without_scope_has_no_rows_to_decide_on(clerk):
    with pytest.raises(AttributeError, match="declares no scope"):
        policy.visible(clerk, Proposal)


def test_a_person_of_two_towns_reaches_both(county, town_officer: User):
    reach = {
        unit
        for one in policy.current_rights(town_officer).abilities
        if one.source.endswith(":town")
        for unit in one.span.towns
    }
    assert reach == {county.town("城关镇").pk, county.town("河口镇").pk}


def test_everything_stays_denied_to_a_disabled_account(county):
    user = person("5555", "离岗", county.office("就业股"), "SYS")
    with acting_as_system("test"):
        user.is_active = False
        user.save()
    assert not policy.can(user, "access.user.view")
