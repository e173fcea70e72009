"""回避: who has declared a tie to a party handles, assists and hears the case nowhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from arbitration.models import Conflict, Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import assignment, moves, workflow
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.desk.filing import AssignForm
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import EmployerFactory, PersonFactory

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
RECEIVED = date(2023, 11, 1)
WORDS = "魏某 应当回避：近亲属。请分派给别人"


@pytest.fixture
def case(county: County, arbitration_head: User, acting: Acting) -> Dispute:
    """A dispute in nobody's hands yet."""
    acting(arbitration_head)
    return make.dispute(county, arbitration_head, RECEIVED)


def declare(county: County, user: User, **about: Any) -> Conflict:
    """A member of the court declares a tie."""
    member = make.staff(county, role="officer", name="魏某", cert_no="", user=user)
    plain = {"reason": "近亲属", "from_on": date(2020, 1, 1)}
    return Conflict.objects.create(member=member, **(plain | about))


def test_a_case_is_not_assigned_to_who_is_tied_to_a_party(
    case: Dispute, county: County, arbitration_head: User, arbitrator: User, clerk: User
) -> None:
    declare(county, arbitrator, person=case.parties.get(role="applicant").person)
    for hands in ({"handler": arbitrator}, {"handler": arbitration_head, "deputy": arbitrator}):
        with pytest.raises(MoveRefused) as refused:
            moves.assign(case, by=arbitration_head, **hands)
        assert refused.value.messages == [WORDS]
    assert Dispute._base_manager.get(pk=case.pk).handler is None
    moves.assign(case, by=arbitration_head, handler=arbitration_head)


def test_a_tie_to_the_firm_counts_also_where_the_firm_was_merged(
    case: Dispute, county: County, arbitration_head: User, arbitrator: User
) -> None:
    firm = case.parties.get(role="respondent").employer
    doubled = EmployerFactory(unit=make.court(county))
    declare(county, arbitrator, employer=doubled)
    moves.assign(case, by=arbitration_head, handler=arbitrator)
    moves.amend(case, by=None, changes={"handler": None}, reason="退回", topic="assign")
    doubled.merged_into = firm
    doubled.save()
    with pytest.raises(MoveRefused):
        moves.assign(case, by=arbitration_head, handler=arbitrator)


@pytest.mark.parametrize(
    "about", [{"to_on": date(2023, 11, 15)}, {"from_on": date(2023, 11, 17)}, {"other": True}]
)
def test_a_tie_that_is_over_or_of_others_keeps_nobody_away(
    about: dict[str, Any], case: Dispute, county: County, arbitration_head: User, arbitrator: User
) -> None:
    person = case.parties.get(role="applicant").person
    if about.pop("other", False):
        person = PersonFactory(unit=make.court(county))
    declare(county, arbitrator, person=person, **about)
    moves.assign(case, by=arbitration_head, handler=arbitrator)
    assert Dispute._base_manager.get(pk=case.pk).handler == arbitrator


def test_a_leavers_queue_is_not_handed_to_who_is_tied_to_a_party(
    case: Dispute, county: County, arbitration_head: User, arbitrator: User, clerk: User
) -> None:
    moves.assign(case, by=arbitration_head, handler=arbitration_head)
    declare(county, arbitrator, person=case.parties.get(role="applicant").person)
    with pytest.raises(MoveRefused):
        assignment.hand_over(arbitration_head, to=arbitrator, by=arbitration_head, reason="调离")
    assert Dispute._base_manager.get(pk=case.pk).handler == arbitration_head


def test_acceptance_names_nobody_who_is_tied_to_a_party(
    case: Dispute, county: County, arbitration_head: User, arbitrator: User, clerk: User
) -> None:
    declare(county, clerk, person=case.parties.get(role="applicant").person)
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=arbitration_head, data=proposal)
    data = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    with pytest.raises(MoveRefused, match="应当回避"):
        moves.move(case, "accept", by=None, data=data)
    assert Dispute._base_manager.get(pk=case.pk).state == "pending"


def test_a_mediator_tied_to_a_party_does_not_take_the_case(
    county: County, arbitration_head: User, mediator: User, acting: Acting
) -> None:
    acting(arbitration_head)
    case = make.mediation(county, arbitration_head, RECEIVED)
    declare(county, mediator, person=case.parties.get(role="applicant").person)
    with pytest.raises(MoveRefused, match="应当回避"):
        moves.move(
            case, "accept", by=arbitration_head, data={"consent": "yes", "handler": mediator}
        )


def test_a_clerk_assists_and_only_an_arbitrator_handles(
    case: Dispute, arbitration_head: User, arbitrator: User, clerk: User
) -> None:
    form: Any = AssignForm(case=case)
    assert {arbitration_head, arbitrator} <= set(form.fields["handler"].queryset)
    assert clerk not in form.fields["handler"].queryset
    assert clerk in form.fields["deputy"].queryset
    with pytest.raises(MoveRefused, match="苏书 不在承办的岗位上，这类办件由"):
        moves.assign(case, by=arbitration_head, handler=clerk)
    moves.assign(case, by=arbitration_head, handler=arbitrator, deputy=clerk)
    with pytest.raises(MoveRefused, match="不在承办的岗位上"):
        assignment.hand_over(arbitrator, to=clerk, by=arbitration_head, reason="调离")
    found = Dispute._base_manager.get(pk=case.pk)
    assert (found.handler, found.deputy) == (arbitrator, clerk)


def test_who_is_barred_gives_the_case_to_nobody_and_does_not_void_it(
    case: Dispute, arbitration_head: User, arbitrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a recusal that was granted: what is forbidden is every step, amendments included."""
    kinds = {one.of: one for one in workflow.workflows()}
    barred = replace(kinds[case.kind], barred=lambda case, user: ["已准许回避本案"])
    monkeypatch.setattr(workflow, "_by_kind", lambda: kinds | {barred.of: barred})
    with pytest.raises(MoveRefused, match="已准许回避本案"):
        moves.assign(case, by=arbitration_head, handler=arbitrator)
    with pytest.raises(MoveRefused, match="已准许回避本案"):
        moves.void(case, by=arbitration_head, reason="录错")
