"""Cases are tied and parted by hand; who may not see the other learns only that there is one."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from arbitration.models import Dispute, MediationCase
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.casework import moves
from hrss_portal.casework.models import CaseLink
from tests.cast import County
from tests.factories import arbitration as factory

DAY = date(2023, 11, 1)


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    """``enter(user)`` is a client logged in as the user."""

    def log_in(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def pair(county: County, rules: None) -> tuple[MediationCase, Dispute]:
    """A mediation case and a dispute of the same days."""
    with acting_as_system("test"):
        mediated = factory.mediation(county, None, date(2023, 10, 9))
        return mediated, factory.dispute(county, None, DAY)


def test_two_cases_are_tied_once_and_parted_with_a_reason(
    enter: Callable[[User], Client], pair: tuple[MediationCase, Dispute], arbitration_head: User
) -> None:
    mediated, dispute = pair
    client, where = enter(arbitration_head), f"/case/{dispute.pk}/link/"
    page = f"/arbitration/disputes/{dispute.pk}/"
    assert where in client.get(page).text
    sent = {"_key": "a", "number": mediated.intake_no, "kind": "same", "reason": "同一争议"}
    for key in ("a", "a", "b"):
        assert client.post(where, sent | {"_key": key}).status_code == 302
    row = CaseLink.objects.get()
    assert (row.earlier_id, row.later_id) == (mediated.pk, dispute.pk)
    assert row.made_by == arbitration_head
    assert mediated.intake_no in client.get(page).text
    part = f"{where}{row.pk}/part/"
    assert part in client.get(page).text
    assert client.post(part, {"_key": "c", "reason": "不是同一件事"}).status_code == 302
    assert not CaseLink.objects.exists()
    gone = ChangeEntry.objects.filter(table="casework_caselink", row_id=str(row.pk))
    assert "不是同一件事" in str(list(gone.values()))


@pytest.mark.parametrize(
    ("number", "words"), [("没有这个号", "没有这个编号的办件"), ("itself", "这就是本件")]
)
def test_a_wrong_number_is_said(
    enter: Callable[[User], Client],
    pair: tuple[MediationCase, Dispute],
    arbitration_head: User,
    number: str,
    words: str,
) -> None:
    dispute = pair[1]
    sent = {"_key": "a", "kind": "same", "reason": "试"}
    sent["number"] = dispute.intake_no if number == "itself" else number
    answer = enter(arbitration_head).post(f"/case/{dispute.pk}/link/", sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert not CaseLink.objects.exists()


def test_who_may_not_see_the_other_learns_only_that_there_is_one(
    enter: Callable[[User], Client],
    pair: tuple[MediationCase, Dispute],
    town_officer: User,
    county: County,
) -> None:
    with acting_as_system("test"):
        mediated = factory.mediation(county, None, DAY, town=town_officer.unit)
        moves.link(mediated, pair[1], kind="referred", by=None)
        page = mediated.get_absolute_url()
    client = enter(town_officer)
    shown = client.get(page, follow=True)
    assert shown.status_code == 200
    text = shown.text
    assert "不在您可见范围内的办件" in text
    assert pair[1].intake_no not in text
    sent = {"_key": "a", "number": pair[1].intake_no, "kind": "same", "reason": "试"}
    assert "没有这个编号的办件" in client.post(f"/case/{mediated.pk}/link/", sent).text


def test_a_link_that_a_move_made_stays(
    enter: Callable[[User], Client], pair: tuple[MediationCase, Dispute], arbitration_head: User
) -> None:
    with acting_as_system("test"):
        row = moves.link(*pair, kind="follows", by=None)
    client = enter(arbitration_head)
    where = f"/case/{pair[1].pk}/link/{row.pk}/part/"
    assert where not in client.get(f"/arbitration/disputes/{pair[1].pk}/").text
    assert client.post(where, {"_key": "a", "reason": "试"}).status_code == 422
    assert CaseLink.objects.exists()
