"""The clocks of service, of the platform and of the parties run by what happened, not by typing."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from arbitration.forms import DeliveryForm
from arbitration.models import Dispute, MediationCase
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]


@pytest.fixture
def taken(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Acting,
    today: Any,
) -> Callable[..., Dispute]:
    """Makes a dispute that was accepted on Wednesday 1 November 2023."""

    def take(*, workers: int = 1, procedure: str = "ordinary") -> Dispute:
        today.move_to("2023-11-01T09:00:00+08:00")
        acting("test")
        case = make.dispute(county, clerk, date(2023, 11, 1), workers=workers)
        proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": procedure}
        moves.move(case, "propose", by=None, data=proposal)
        count = 3 if procedure == "collective" else 1
        roles = ["presiding", "member", "member"] if count == 3 else ["sole"]
        seats = [
            {"member": make.staff(county, name=f"仲裁员{n}", cert_no=f"T-{n}"), "role": role}
            for n, role in enumerate(roles)
        ]
        given = {"procedure": procedure, "handler": arbitrator, "deputy": clerk, "tribunal": seats}
        moves.move(case, "accept", by=None, data=given)
        return Dispute.objects.get(pk=case.pk)

    return take


def clock_of(case: Any, term: str) -> Clock:
    """The last clock of a term."""
    return Clock._base_manager.filter(case=case.pk, term=term).latest("pk")


def reached(case: Dispute, by: User, party: Any, doc_name: str, day: str, **more: Any) -> None:
    """A delivery to one party, typed today."""
    proof = {"proof": SimpleUploadedFile("a.txt", b"x", content_type="text/plain")}
    given = {"mode": "direct", "address": "某路", "sent_on": day, "signed_on": day, **more}
    form = DeliveryForm(
        {**given, "on": str(timezone.localdate()), "party": party.pk, "doc_name": doc_name},
        proof,
        case=case,
        user=by,
    )
    assert form.is_valid(), form.errors
    moves.move(case, "record_delivery", by=None, data=form.move_data())


def test_a_platform_case_with_a_due_time_has_that_clock_and_the_fifteen_days(
    county: County, acting: Acting, today: Any
) -> None:
    acting("test")
    due = datetime.fromisoformat("2023-11-21T07:00+08:00")
    given = {"channel": "platform", "external_no": "PT-1", "external_system": "互联网+调解"}
    case = make.mediation(county, None, date(2023, 11, 16), platform_due_at=due, **given)
    clock = clock_of(case, "med.platform_due")
    assert (clock.due_on, clock.is_target) == (date(2023, 11, 21), False)
    assert MediationCase.objects.get(pk=case.pk).due_on == date(2023, 11, 21)
    moves.move(case, "accept", by=None, data={"consent": "yes"})
    assert clock_of(case, "med.end").due_on == date(2023, 12, 1)
    later = {"platform_due_at": datetime.fromisoformat("2023-11-24T07:00+08:00")}
    moves.amend(case, by=None, changes=later, reason="平台改期")
    assert clock_of(case, "med.platform_due").due_on == date(2023, 11, 24)
    moves.move(case, "fail", by=None, data={"outcome": "failed"})
    assert clock_of(case, "med.platform_due").state == "met"
