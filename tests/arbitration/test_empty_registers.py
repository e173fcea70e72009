"""The first day: with empty registers a form says what to register, and asks for no seat."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.forms import AcceptForm, MediationForm, TribunalForm
from arbitration.forms.trial import HearingForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
UNTOUCHED = {
    "tribunal-TOTAL_FORMS": "1",
    "tribunal-INITIAL_FORMS": "0",
    "tribunal-0-member": "",
    "tribunal-0-role": "sole",
}


@pytest.fixture
def case(county: County, clerk: User, acting: Callable[..., Any]) -> Dispute:
    """A dispute that waits for the decision on acceptance."""
    acting("test")
    one = make.dispute(county, clerk, date(2023, 11, 14))
    moves.move(one, "propose", by=clerk, data={"procedure": "ordinary"})
    return one


def accepting(case: Dispute, by: User, **more: Any) -> AcceptForm:
    """The form of 批准立案 as it is sent with nothing touched but the people."""
    given = {"on": "2023-11-15", "procedure": "ordinary", "handler": by.pk, "deputy": by.pk}
    return AcceptForm(given | UNTOUCHED | more, case=case, user=by)


def test_an_untouched_seat_is_no_seat(
    case: Dispute, county: County, arbitrator: User, arbitration_head: User
) -> None:
    make.staff(county)
    assert len(AcceptForm(case=case, user=arbitration_head).rows["tribunal"].forms) == 1
    form = accepting(case, arbitrator)
    assert form.is_valid(), form.row_errors()
    assert form.row_data("tribunal") == []


def test_a_seat_with_its_member_is_one(case: Dispute, county: County, arbitrator: User) -> None:
    member = make.staff(county)
    form = accepting(case, arbitrator, **{"tribunal-0-member": member.pk})
    assert form.is_valid(), form.row_errors()
    assert [(one["member"], one["role"]) for one in form.row_data("tribunal")] == [(member, "sole")]


def test_with_no_arbitrator_registered_no_seat_is_shown_and_the_register_is_named(
    case: Dispute, arbitrator: User, arbitration_head: User
) -> None:
    browser = Client()
    browser.force_login(arbitration_head)
    page = browser.get(reverse("arbitration:dispute_move", args=[case.pk, "accept"]))
    text = page.content.decode()
    assert 'name="tribunal-0-member"' not in text
    assert "还没有登记在职的仲裁员" in text
    assert f'href="{reverse("arbitration:staffmember_list")}"' in text
    assert accepting(case, arbitrator).is_valid()
    seats = TribunalForm(case=case, user=arbitration_head).rows["tribunal"]
    assert (list(seats.forms), "机构人员" in seats.hint) == ([], True)


def test_with_no_room_registered_the_hearing_names_the_register(
    case: Dispute, county: County, arbitration_head: User
) -> None:
    link = f'href="{reverse("arbitration:room_list")}"'
    assert link in HearingForm(case=case, user=arbitration_head).fields["room"].help_text
    make.room(county)
    assert link not in HearingForm(case=case, user=arbitration_head).fields["room"].help_text


def test_with_no_body_registered_the_intake_of_a_mediation_names_the_register(
    county: County, mediator: User, acting: Callable[..., Any]
) -> None:
    acting(mediator)
    body = MediationForm(user=mediator, unit=make.court(county)).fields["organisation"]
    assert f'href="{reverse("arbitration:mediationorganisation_list")}"' in body.help_text
