"""本人案件回避: nobody works on a case in which he is himself a party, in whatever part."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from arbitration.models import Agent, Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, moves, namesakes, papers
from hrss_portal.casework.models import Event
from hrss_portal.casework.moves import PartyIn
from hrss_portal.parties import staff
from hrss_portal.parties.models import Person, StaffPerson
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import PersonFactory

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
RECEIVED = date(2023, 11, 1)
ARTICLE = "《劳动争议调解仲裁法》第三十三条"


@pytest.fixture
def case(county: County, arbitration_head: User, clerk: User, acting: Acting) -> Dispute:
    """A dispute in nobody's hands yet, received by the clerk."""
    acting(arbitration_head)
    return make.dispute(county, clerk, RECEIVED)


def applicant(case: Dispute) -> Person:
    """The natural person who applied."""
    return case.parties.get(role="applicant").person


def is_applicant(user: User, case: Dispute) -> None:
    """The user's number is that of the applicant."""
    staff.note_number(user, applicant(case).id_number, by=None)


def own(user: User) -> list[str]:
    """What is said to a member of staff who is a party."""
    return [f"{user.name} 是本案当事人，应当回避（{ARTICLE}）"]


def same_name(user: User) -> list[str]:
    """What is said while nobody has answered whether it is the same person."""
    return [f"{user.name} 与当事人同名，由负责人确认不是同一人（{ARTICLE}）"]


def refusal(act: Callable[[], object]) -> list[str]:
    """The sentences with which the act is refused."""
    with pytest.raises(ValidationError) as refused:
        act()
    return refused.value.messages


def test_nobody_opens_a_case_of_his_own(county: County, clerk: User, acting: Acting) -> None:
    acting("test")
    parties = make.worker_and_firm(county)
    staff.note_number(clerk, parties[0].person.id_number, by=None)
    case = Dispute(unit=make.court(county), apply_mode="written", cause="pay", people=1)
    said = refusal(lambda: moves.open_case(case, by=clerk, on=RECEIVED, parties=parties))
    assert said == own(clerk)
    assert not Dispute._base_manager.exists()


@pytest.mark.parametrize("blank", [" ", "\u3000"])
def test_a_blank_in_the_name_hides_nobody(
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    acting: Acting,
    blank: str,
) -> None:
    acting(arbitration_head)
    worker, firm = make.worker_and_firm(county)
    worker = replace(worker, name=blank.join(arbitrator.name), person=None)
    case = Dispute(unit=make.court(county), apply_mode="written", cause="pay", people=1)
    case = moves.open_case(case, by=clerk, on=RECEIVED, parties=[worker, firm])
    said = refusal(lambda: moves.assign(case, by=arbitration_head, handler=arbitrator))
    assert said == same_name(arbitrator)


def test_nobody_handles_assists_moves_edits_or_corrects_a_case_of_his_own(
    case: Dispute, arbitration_head: User, arbitrator: User, clerk: User, acting: Acting
) -> None:
    is_applicant(arbitrator, case)
    for hands in ({"handler": arbitrator}, {"handler": arbitration_head, "deputy": arbitrator}):
        assert refusal(lambda h=hands: moves.assign(case, by=arbitration_head, **h)) == own(
            arbitrator
        )
    moves.assign(case, by=arbitration_head, handler=arbitration_head, deputy=clerk)
    StaffPerson.objects.all().delete()
    is_applicant(clerk, case)
    case = Dispute._base_manager.get(pk=case.pk)
    acting(clerk)
    assert moves.available(case, clerk) == []
    opinion = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    tried = (
        lambda: moves.move(case, "propose", by=clerk, data=opinion),
        lambda: moves.amend(case, by=clerk, changes={"facts": "改写"}, reason="更正"),
        lambda: correcting.correct(case, never, by=clerk, reason="写错了"),
        lambda: papers.issue(case.papers.first(), by=clerk),
    )
    for act in tried:
        assert own(clerk)[0] in refusal(act)


def never(case: Dispute) -> Any:
    """What is not reached."""
    raise AssertionError(case)


def test_the_head_approves_assigns_and_voids_nothing_in_a_case_of_his_own(
    case: Dispute, arbitration_head: User, arbitrator: User, clerk: User
) -> None:
    opinion = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.assign(case, by=arbitration_head, handler=arbitrator)
    moves.move(case, "propose", by=arbitrator, data=opinion)
    is_applicant(arbitration_head, case)
    data = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    tried = (
        lambda: moves.move(case, "accept", by=arbitration_head, data=data),
        lambda: moves.assign(case, by=arbitration_head, handler=arbitrator, deputy=clerk),
        lambda: moves.void(case, by=arbitration_head, reason="重复登记"),
    )
    for act in tried:
        assert refusal(act) == own(arbitration_head)


def test_nobody_sits_in_a_case_of_his_own(
    accepted: Dispute, county: County, arbitration_head: User, arbitrator: User
) -> None:
    other = accepted.tribunal.get(left_on=None).member
    assert other.user == arbitrator
    is_applicant(arbitrator, accepted)
    seats = [{"member": other, "role": "sole"}]
    said = refusal(
        lambda: moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})
    )
    assert said == own(arbitrator)


def test_a_person_that_was_merged_is_the_one_it_was_merged_into(
    case: Dispute, county: County, arbitration_head: User, arbitrator: User
) -> None:
    doubled = PersonFactory(unit=make.court(county))
    staff.note_number(arbitrator, doubled.id_number, by=None)
    doubled.state, doubled.merged_into = "merged", applicant(case)
    doubled.save()
    said = refusal(lambda: moves.assign(case, by=arbitration_head, handler=arbitrator))
    assert said == own(arbitrator)


def test_another_number_under_the_same_name_keeps_nobody_away(
    case: Dispute, county: County, arbitration_head: User, arbitrator: User
) -> None:
    case.parties.filter(role="applicant").update(name=arbitrator.name)
    staff.note_number(arbitrator, PersonFactory(unit=make.court(county)).id_number, by=None)
    moves.assign(case, by=arbitration_head, handler=arbitrator)


def test_a_namesake_waits_until_the_head_has_said_that_it_is_not_the_same_person(
    case: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    case.parties.filter(role="applicant").update(name=arbitrator.name)
    assign = lambda: moves.assign(case, by=arbitration_head, handler=arbitrator)  # noqa: E731
    assert refusal(assign) == same_name(arbitrator)
    with pytest.raises(PermissionDenied):
        namesakes.answer(case, arbitrator, same=False, by=arbitrator, reason="不是我")
    namesakes.answer(case, arbitrator, same=False, by=arbitration_head, reason="核对过证件")
    told = Event.objects.filter(case=case.pk).latest("pk")
    assert (told.kind, told.note) == ("amend", "核对过证件")
    assert told.label == f"确认不是同一人：{arbitrator.name}"
    assign()
    namesakes.answer(case, arbitrator, same=True, by=arbitration_head, reason="是本人")
    fresh = Dispute._base_manager.get(pk=case.pk)
    assert moves.available(fresh, arbitrator) == []
    assert refusal(
        lambda: moves.amend(fresh, by=arbitrator, changes={"facts": "改写"}, reason="更正")
    ) == own(arbitrator)


def test_an_agent_of_the_same_name_is_asked_for_as_well_and_a_firm_is_not(
    case: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    case.parties.filter(role="respondent").update(name=arbitrator.name)
    moves.assign(case, by=arbitration_head, handler=arbitrator)
    Agent.objects.create(dispute=case, name=arbitrator.name, kind="律师", power="general")
    fresh = Dispute._base_manager.get(pk=case.pk)
    said = refusal(lambda: moves.amend(fresh, by=arbitrator, changes={"facts": "x"}, reason="y"))
    assert said == same_name(arbitrator)


def test_the_head_answers_on_a_page_once(
    case: Dispute, arbitration_head: User, arbitrator: User, client: Client
) -> None:
    case.parties.filter(role="applicant").update(name=arbitrator.name)
    client.force_login(arbitration_head, backend="django.contrib.auth.backends.ModelBackend")
    where = f"/case/{case.pk}/namesake/"
    page = client.get(f"/arbitration/disputes/{case.pk}/")
    assert where in page.text
    assert "与当事人同名" in page.text
    assert client.get(where).status_code == 200
    sent = {"_key": "a", "who": arbitrator.pk, "answer": "other", "reason": "核对过证件"}
    for _ in range(2):
        assert client.post(where, sent).status_code == 302
    assert Event.objects.filter(case=case.pk, move=namesakes.TOPIC).count() == 1
    assert where not in client.get(f"/arbitration/disputes/{case.pk}/").text


def test_who_is_a_party_reads_on_the_page_why_there_is_nothing_to_do(
    case: Dispute, arbitration_head: User, client: Client
) -> None:
    is_applicant(arbitration_head, case)
    client.force_login(arbitration_head, backend="django.contrib.auth.backends.ModelBackend")
    assert own(arbitration_head)[0] in client.get(f"/arbitration/disputes/{case.pk}/").text


def test_parties_without_a_person_and_members_without_a_number_are_no_obstacle(
    county: County, clerk: User, acting: Acting
) -> None:
    acting("test")
    case = Dispute(unit=make.court(county), apply_mode="written", cause="pay", people=1)
    parties = [PartyIn(role="applicant", name="张某"), make.worker_and_firm(county)[1]]
    assert moves.open_case(case, by=clerk, on=RECEIVED, parties=parties).pk


def test_nobody_opens_a_case_of_a_person_who_was_merged_into_him(
    county: County, clerk: User, acting: Acting
) -> None:
    acting("test")
    parties = make.worker_and_firm(county)
    stands, doubled = PersonFactory(unit=make.court(county)), parties[0].person
    staff.note_number(clerk, stands.id_number, by=None)
    assert doubled is not None
    doubled.state, doubled.merged_into = "merged", stands
    doubled.save()
    case = Dispute(unit=make.court(county), apply_mode="written", cause="pay", people=1)
    said = refusal(lambda: moves.open_case(case, by=clerk, on=RECEIVED, parties=parties))
    assert said == own(clerk)
