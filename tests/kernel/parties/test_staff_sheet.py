"""USERS: the number of a member of staff, and taking a batch back with what it proposed."""

from types import SimpleNamespace
from typing import Any

import pytest

from hrss_portal.access import proposals
from hrss_portal.access.imports import USERS
from hrss_portal.access.models import Proposal, User
from hrss_portal.imports.cleaning import build_field
from hrss_portal.parties.models import StaffPerson
from tests.cast import County

NUMBER, OTHER = "341522200102034211", "34152220010203457X"
ROW = {"staff_no": "N88", "name": "新人", "unit": "就业股"}


@pytest.fixture
def sheet(administrator: User, acting: Any) -> Any:
    """Lands rows of the sheet as the administrator, and takes answers back."""
    acting(administrator)
    batch = SimpleNamespace(pk=7)
    context = SimpleNamespace(user=administrator, unit=administrator.unit, batch=batch, trial=False)

    class Desk:
        def land(self, *rows: dict[str, str]) -> list[dict[str, Any]]:
            made = []
            for number, row in enumerate(rows, 2):
                cells = {
                    column.name: build_field(column).clean(row.get(column.name, ""))
                    for column in USERS.columns
                }
                made.append(SimpleNamespace(number=number, cleaned=cells, raw=row))
            return USERS.call("commit")(made, context=context)

        def undo(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return USERS.call("undo")(answers[::-1], context=context)

    return Desk()


def number_of(staff_no: str) -> str:
    """The stored number of an account."""
    return str(StaffPerson.objects.get(user__staff_no=staff_no).id_number)


def test_a_number_is_kept_shown_masked_and_may_be_left_out(sheet: Any, county: County) -> None:
    [made] = sheet.land(ROW | {"id_number": NUMBER})
    assert (made["action"], number_of("N88")) == ("created", NUMBER)
    [user] = USERS.call("export")({}).filter(staff_no="N88")
    cells = USERS.call("row_of")(user)
    assert cells["id_number"] == "**************4211"
    assert set(cells) == {column.name for column in USERS.columns}
    for told in ("", cells["id_number"], NUMBER):
        [again] = sheet.land(ROW | {"id_number": told})
        assert (again["action"], number_of("N88")) == ("unchanged", NUMBER)


def test_a_number_that_another_account_has_keeps_the_row_out(sheet: Any, county: County) -> None:
    sheet.land(ROW | {"id_number": NUMBER})
    [refused] = sheet.land({**ROW, "staff_no": "N89", "id_number": NUMBER})
    assert (refused["action"], refused["messages"][0][0]) == ("rejected", "id_number")
    assert not User.objects.filter(staff_no="N89").exists()


def test_a_changed_number_is_taken_back_unless_somebody_changed_it_since(
    sheet: Any, county: County, clerk: User
) -> None:
    sheet.land(ROW)
    first = sheet.land(ROW | {"id_number": NUMBER})
    second = sheet.land(ROW | {"id_number": OTHER})
    assert [one["action"] for one in first + second] == ["updated"] * 2
    assert [one["undone"] for one in sheet.undo(second)] == [True]
    assert number_of("N88") == NUMBER
    third = sheet.land(ROW | {"id_number": OTHER})
    kept = StaffPerson.objects.get()
    kept.id_number = "341522199001011018"
    kept.save()
    [stays] = sheet.undo(third)
    assert (stays["undone"], "又改过" in stays["message"]) == (False, True)
    assert number_of("N88") == "341522199001011018"


def waiting() -> list[str]:
    """What still waits for a second person."""
    rows = Proposal.objects.filter(state="waiting").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_what_a_batch_proposed_for_a_known_account_is_withdrawn_with_it(
    sheet: Any, county: County, clerk: User
) -> None:
    sheet.land(ROW)
    more = ROW | {"posts": "就业经办", "deputy": clerk.staff_no, "phone": "1"}
    answers = sheet.land(more)
    assert waiting() == ["access.deputy", "access.grant"]
    assert [one["action"] for one in sheet.land(more)] == ["unchanged"]
    assert [one["undone"] for one in sheet.undo(answers)] == [True]
    assert waiting() == []
    assert User.objects.get(staff_no="N88").phone == ""
    again = sheet.land(ROW | {"posts": "就业经办"})
    assert [one["action"] for one in again] == ["updated"]
    assert waiting() == ["access.grant"]
    assert [one["undone"] for one in sheet.undo(again)] == [True]
    assert waiting() == []


def test_a_post_that_was_confirmed_meanwhile_stays_and_is_named(
    sheet: Any, county: County, security_admin: User
) -> None:
    sheet.land(ROW)
    answers = sheet.land(ROW | {"posts": "就业经办"})
    proposals.confirm(Proposal.objects.get(), by=security_admin)
    [stays] = sheet.undo(answers)
    assert (stays["undone"], "已复核生效" in stays["message"]) == (False, True)
    assert User.objects.get(staff_no="N88").grants.in_force().exists()
