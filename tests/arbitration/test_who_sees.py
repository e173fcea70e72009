"""Arbitrators and clerks work on their own disputes; of the others they see the taken time only."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.forms.approval import AcceptForm
from arbitration.forms.mediation import MediationForm
from arbitration.models import Dispute, Hearing, StaffMember
from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock, Event
from tests.cast import County, person
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
RECEIVED = date(2023, 11, 1)
NINE = datetime.fromisoformat("2023-11-30T09:00+08:00")
ELEVEN = datetime.fromisoformat("2023-11-30T11:00+08:00")


@pytest.fixture
def case(county: County, arbitration_head: User, acting: Acting) -> Dispute:
    """A dispute that the head took in and nobody has yet."""
    acting(arbitration_head)
    return make.dispute(county, arbitration_head, RECEIVED)


def seen_by(user: User) -> list[int]:
    """The disputes in the user's list."""
    with acting_as(user):
        return list(Dispute.objects.order_by("pk").values_list("pk", flat=True))


def accept(case: Dispute, head: User, **data: Any) -> None:
    """Propose and sign, both by ways the law has."""
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=head, data=proposal)
    moves.move(case, "accept", by=None, data={"procedure": "ordinary", **data})


def browser_of(user: User) -> Client:
    """A browser in which the user is logged in."""
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_case_of_the_court_is_not_everybodys(
    case: Dispute, arbitrator: User, clerk: User, arbitration_head: User
) -> None:
    assert (seen_by(arbitrator), seen_by(clerk)) == ([], [])
    assert seen_by(arbitration_head) == [case.pk]
    for user in (arbitrator, clerk):
        page = browser_of(user).get(reverse("arbitration:dispute_detail", args=[case.pk]))
        assert page.status_code == 404
        assert not policy.move_allowed(user, case, {"ARB", "CLK"}, "propose")
        with acting_as(user):
            assert not Event.objects.exists()
            assert not Clock.objects.exists()


def test_handler_and_deputy_see_what_is_given_to_them(
    case: Dispute, arbitrator: User, clerk: User, arbitration_head: User
) -> None:
    moves.assign(case, by=arbitration_head, handler=arbitrator, deputy=clerk)
    assert seen_by(arbitrator) == seen_by(clerk) == [case.pk]


def test_who_entered_a_case_goes_on_seeing_it(
    county: County, clerk: User, arbitrator: User, window_clerk: User, acting: Acting
) -> None:
    acting(clerk)
    by_clerk = make.dispute(county, clerk, RECEIVED)
    acting(window_clerk)
    by_window = make.dispute(county, window_clerk, RECEIVED)
    assert (seen_by(clerk), seen_by(window_clerk)) == ([by_clerk.pk], [by_window.pk])
    assert seen_by(arbitrator) == []


def test_who_sits_in_the_tribunal_sees_the_case_until_leaving_it(
    case: Dispute, county: County, arbitrator: User, clerk: User, arbitration_head: User
) -> None:
    second = person("1712", "魏仲", make.court(county), "ARB")
    presiding = make.staff(county, name="首席", user=arbitration_head)
    seats = [{"member": presiding, "role": "presiding"}]
    for number, user in enumerate((arbitrator, second)):
        member = make.staff(county, name=f"仲裁员{number}", cert_no=f"T-{number}", user=user)
        seats.append({"member": member, "role": "member"})
    accept(case, arbitration_head, handler=arbitration_head, deputy=clerk, tribunal=seats)
    assert seen_by(arbitrator) == seen_by(second) == [case.pk]
    with acting_as(second):
        assert set(Event.objects.values_list("case", flat=True)) == {case.pk}
    other = make.staff(county, name="仲裁员丙", cert_no="T-9")
    seats[2] = {"member": other, "role": "member"}
    moves.move(case, "seat", by=arbitration_head, data={"tribunal": seats})
    assert (seen_by(arbitrator), seen_by(second)) == ([case.pk], [])


def test_an_account_joined_to_a_sitting_arbitrator_opens_the_case(
    case: Dispute, county: County, arbitrator: User, clerk: User, arbitration_head: User
) -> None:
    member = make.staff(county)
    accept(
        case,
        arbitration_head,
        handler=arbitration_head,
        deputy=clerk,
        tribunal=[{"member": member, "role": "sole"}],
    )
    assert seen_by(arbitrator) == []
    url = reverse("arbitration:staffmember_edit", args=[member.pk])
    for user, expected in ((clerk, []), (arbitration_head, [case.pk])):
        browser = browser_of(user)
        page = browser.get(url)
        data = {
            "_key": page.context["key"],
            "_version": str(StaffMember._base_manager.get(pk=member.pk).version),
            "name": member.name,
            "role": "full_time",
            "cert_no": member.cert_no,
            "started_on": "2020-01-01",
            "user": str(arbitrator.pk),
            "conflicts-TOTAL_FORMS": "0",
            "conflicts-INITIAL_FORMS": "0",
        }
        assert browser.post(url, data).status_code == 302
        assert seen_by(arbitrator) == expected


def test_the_calendar_shows_a_colleagues_time_and_nothing_of_the_case(
    case: Dispute, county: County, arbitrator: User, clerk: User, arbitration_head: User
) -> None:
    member = make.staff(county)
    tribunal = [{"member": member, "role": "sole"}]
    accept(case, arbitration_head, handler=arbitration_head, deputy=clerk, tribunal=tribunal)
    data = {"room": make.room(county), "starts_at": NINE, "ends_at": ELEVEN}
    moves.move(case, "schedule", by=arbitration_head, data={**data, "hearing_on": NINE.date()})
    case.refresh_from_db()
    url = reverse("arbitration:calendar") + "?month=2023-11"
    pages = {
        user.name: browser_of(user).get(url).content.decode()
        for user in (arbitrator, clerk, arbitration_head)
    }
    assert case.number in pages[clerk.name]
    assert case.number in pages[arbitration_head.name]
    other = pages[arbitrator.name]
    assert "第一仲裁庭 已占用" in other
    assert "09:00–11:00" in other
    assert member.name in other
    hidden = [case.number, str(case.pk) + "/", *case.parties.values_list("name", flat=True)]
    assert [word for word in hidden if word in other] == []
    with acting_as(arbitrator):
        assert not Hearing.objects.exists()


def test_two_courts_do_not_see_each_others_calendar(
    case: Dispute, county: County, clerk: User, arbitration_head: User, stranger: User
) -> None:
    accept(case, arbitration_head, handler=arbitration_head, deputy=clerk)
    data = {"room": make.room(county), "starts_at": NINE, "ends_at": ELEVEN}
    moves.move(case, "schedule", by=arbitration_head, data={**data, "hearing_on": NINE.date()})
    url = reverse("arbitration:calendar") + "?month=2023-11"
    assert "第一仲裁庭" not in browser_of(stranger).get(url).content.decode()


def test_choices_of_people_and_bodies_end_at_the_bureau(
    case: Dispute, county: County, other_county: County, arbitration_head: User, acting: Acting
) -> None:
    abroad = person("8702", "邻仲", other_county.office("劳动人事争议仲裁院"), "ARB")
    left = person("1719", "去仲", make.court(county), "ARB")
    acting("test")
    left.grants.update(valid_until=date(2020, 1, 1))
    here = make.mediation_body(county)
    there = make.mediation_body(other_county)
    form = AcceptForm(case=case, user=arbitration_head)
    offered = set(form.fields["handler"].queryset)
    assert arbitration_head in offered
    assert offered.isdisjoint({abroad, left})
    intake = MediationForm(user=arbitration_head, unit=make.court(county))
    bodies = set(intake.fields["organisation"].queryset)
    assert (here in bodies, there in bodies) == (True, False)
