"""本人案件回避 of those whom a ledger names, and of members of the court without an account."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from arbitration.imports import disputes
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves, namesakes
from hrss_portal.casework.bulk import CaseRow, open_cases
from hrss_portal.casework.models import Event
from hrss_portal.imports import batches
from hrss_portal.imports.models import StagedRow
from hrss_portal.parties import staff
from tests.arbitration.test_corrected_ledgers import AWARD, Desk
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.imports import workbook

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
ARTICLE = "《劳动争议调解仲裁法》第三十三条"
RECEIVED = date(2023, 11, 1)


def namesake(name: str) -> str:
    """What is said while nobody has answered whether it is the same person."""
    return f"{name} 与当事人同名，由负责人确认不是同一人（{ARTICLE}）"


@pytest.fixture
def x10(county: County, clerk: User, acting: Acting) -> Desk:
    """The desk where X10 lands."""
    acting("test")
    return Desk(disputes.ledger, disputes.X10.columns, clerk, make.court(county))


def test_a_ledgers_case_is_in_nobodys_hands_while_its_arbitrator_may_be_the_party(
    x10: Desk, arbitration_head: User, arbitrator: User, client: Client
) -> None:
    cells = AWARD | {"arbitrators": arbitrator.name, "applicants": arbitrator.name}
    (answer,) = x10.land(cells)
    assert (answer["action"], answer["messages"]) == (
        "created",
        [("number", namesake(arbitrator.name))],
    )
    case = Dispute.objects.get()
    assert (case.handler, case.arbitrators_as_recorded) == (None, arbitrator.name)
    client.force_login(arbitration_head, backend="django.contrib.auth.backends.ModelBackend")
    assert "与当事人同名" in client.get(f"/arbitration/disputes/{case.pk}/").text


@pytest.mark.parametrize("cell", ["arbitrators", "clerk"])
def test_a_name_without_an_account_that_the_ledger_tells_is_compared_too(
    x10: Desk, cell: str
) -> None:
    (answer,) = x10.land(AWARD | {"applicants": "周示例", cell: "周 示例"})
    assert [words for _, words in answer["messages"]] == [namesake("周 示例")]
    assert x10.land(AWARD | {"number": "霍劳人仲案〔2022〕702号"})[0]["messages"] == []


def test_what_is_told_of_a_landed_row_stands_beside_it(
    county: County, clerk: User, arbitrator: User, acting: Acting
) -> None:
    acting("test")
    heads = {column.name: column.heading for column in disputes.X10.columns}
    cells = AWARD | {"arbitrators": arbitrator.name, "applicants": arbitrator.name}
    book = workbook([[heads[name] for name in cells], list(cells.values())])
    batch = batches.commit(batches.dry_run("X10", book, name="a.xlsx", by=clerk), by=clerk)
    assert (batch.created, batch.rejected) == (1, 0)
    row = StagedRow.objects.get(batch=batch)
    assert row.level == "look"
    assert namesake(arbitrator.name) in {one["message"] for one in row.messages}


def test_a_bulk_case_whose_party_is_by_number_its_handler_or_who_enters_it_stays_out(
    county: County, clerk: User, arbitrator: User, acting: Acting
) -> None:
    acting("test")
    parties = make.worker_and_firm(county)
    for user, hands in ((clerk, {}), (arbitrator, {"handler": arbitrator})):
        staff.StaffPerson.objects.all().delete()
        staff.note_number(user, parties[0].person.id_number, by=None)
        case = Dispute(unit=make.court(county), cause="pay", opened_on=RECEIVED, **hands)
        case.apply_mode, case.people = "written", 1
        (row,) = open_cases([CaseRow(case=case, parties=parties)], by=clerk, source="sheet")
        assert row.messages == [f"{user.name} 是本案当事人，应当回避（{ARTICLE}）"]
    assert not Dispute._base_manager.exists()


def test_a_member_without_an_account_who_bears_a_partys_name_does_not_sit_until_it_is_answered(
    accepted: Dispute, county: County, arbitration_head: User, client: Client
) -> None:
    member = make.staff(county, name="周某", user=None)
    accepted.parties.filter(role="applicant").update(name="周某")
    seats = {"tribunal": [{"member": member, "role": "sole"}]}
    with pytest.raises(ValidationError) as refused:
        moves.move(accepted, "seat", by=arbitration_head, data=seats)
    assert refused.value.messages == [namesake("周某")]
    client.force_login(arbitration_head, backend="django.contrib.auth.backends.ModelBackend")
    page, where = f"/arbitration/disputes/{accepted.pk}/", f"/case/{accepted.pk}/namesake/"
    assert "周某（没有账号）" in client.get(page).text
    sent = {"_key": "a", "who": f"staff:{member.pk}", "answer": "other", "reason": "核对过证件"}
    assert client.post(where, sent).status_code == 302
    assert where not in client.get(page).text
    moves.move(accepted, "seat", by=arbitration_head, data=seats)
    told = Event.objects.get(case=accepted.pk, move=namesakes.TOPIC)
    assert told.data["member"] == f"staff:{member.pk}"
