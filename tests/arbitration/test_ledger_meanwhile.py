"""A case that people put right between the reading of a ledger and its landing, or taking back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbitration.imports import disputes
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import ledgers, moves
from hrss_portal.casework.file_index import put_in
from hrss_portal.casework.models import Event
from tests.arbitration.test_corrected_ledgers import AWARD, Desk
from tests.arbitration.test_page_and_ledger import by_page
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.documents import FileFactory

pytestmark = pytest.mark.usefixtures("rules", "today")
NEEDED = {n: AWARD[n] for n in ("number", "applicants", "respondents", "cause", "received_on")}


@pytest.fixture
def x10(county: County, clerk: User, acting: Callable[..., Any]) -> Desk:
    """The desk where X10 lands."""
    acting("test")
    return Desk(disputes.ledger, disputes.X10.columns, clerk, make.court(county))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Lets something happen once, after the ledger has read the stored cases of a batch."""

    def arrange(happens: Callable[[], Any]) -> None:
        read, left = disputes.ledger.lookups, [happens]

        def lookups(rows: Any, user: Any) -> Any:
            while left:
                left.pop()()
            return read(rows, user)

        monkeypatch.setattr(disputes.ledger, "lookups", lookups)

    return arrange


def amend(by: User, **changes: Any) -> None:
    """Somebody corrects fields of the one case."""
    moves.amend(Dispute.objects.get(), by=by, changes=changes, reason="笔误")


def test_what_the_row_does_not_tell_otherwise_stays_as_people_put_it_right(
    x10: Desk, clerk: User, arbitration_head: User, meanwhile: Any
) -> None:
    x10.land(AWARD)

    def happens() -> None:
        amend(clerk, amount=Decimal(12345))
        by_page(arbitration_head, "accept", "2022-03-07")

    meanwhile(happens)
    answers = x10.land(NEEDED | {"remark": "二"})
    assert [one["action"] for one in answers] == ["updated"]
    case = Dispute.objects.get()
    assert (case.remark, case.amount) == ("二", Decimal(12345))
    assert case.accepted_on == date(2022, 3, 7)
    told = Event.objects.filter(case=case, move="correct").latest("pk")
    assert told.data["sheet"] == "X10"
    assert set(told.data["fields"]) - {"updated_by", "version"} == {"remark"}
    assert x10.take_back(answers) == [(True, "")]
    case.refresh_from_db()
    assert (case.remark, case.amount) == ("一", Decimal(12345))
    assert case.accepted_on == date(2022, 3, 7)


def test_a_cell_put_right_meanwhile_keeps_the_row_out_and_is_named_with_who_did_it(
    x10: Desk, clerk: User, arbitration_head: User, meanwhile: Any
) -> None:
    x10.land(AWARD)

    def happens() -> None:
        by_page(arbitration_head, "open", "2022-02-28")
        amend(clerk, amount=Decimal(12345))

    meanwhile(happens)
    (answer,) = x10.land(AWARD | {"remark": "二"})
    assert answer["action"] == "rejected"
    words = dict(answer["messages"])
    assert set(words) == {"received_on", "amount"}
    for who in (clerk, arbitration_head):
        assert who.name in words["amount"]
    assert "系统里是“2022-02-28”，表里是“2022-03-01”" in words["received_on"]
    case = Dispute.objects.get()
    assert (case.remark, case.amount) == ("一", Decimal(12345))
    assert case.opened_on == date(2022, 2, 28)


def test_a_cell_that_another_ledger_told_meanwhile_keeps_the_row_out(
    x10: Desk, clerk: User, meanwhile: Any
) -> None:
    x10.land(AWARD)
    meanwhile(lambda: x10.land(AWARD | {"amount": "12345"}))
    (answer,) = x10.land(AWARD | {"amount": "9500", "remark": "二"})
    assert (answer["action"], set(dict(answer["messages"]))) == ("rejected", {"amount"})
    assert clerk.name in dict(answer["messages"])["amount"]
    case = Dispute.objects.get()
    assert (case.remark, case.amount) == ("一", Decimal(12345))


def test_a_row_that_people_anticipated_changes_nothing(
    x10: Desk, clerk: User, meanwhile: Any
) -> None:
    x10.land(AWARD)
    meanwhile(lambda: amend(clerk, remark="二"))
    assert x10.action(AWARD | {"remark": "二"}) == ["unchanged"]


def test_a_case_voided_meanwhile_is_refused(x10: Desk, clerk: User, meanwhile: Any) -> None:
    x10.land(AWARD)
    meanwhile(lambda: moves.void(Dispute.objects.get(), by=clerk, reason="重复", checked=True))
    (answer,) = x10.land(AWARD | {"remark": "二"})
    assert answer["action"] == "rejected"
    assert Dispute._base_manager.get().remark == "一"


@pytest.mark.parametrize("first", [True, False], ids=["created", "updated"])
def test_what_is_put_right_while_a_batch_is_taken_back_stays_and_is_named(
    x10: Desk, clerk: User, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    answers = x10.land(AWARD)
    if not first:
        answers = x10.land(AWARD | {"remark": "二"})
    kept = Dispute.objects.get().remark
    made = ledgers.TakingBack

    def taking(*args: Any, **named: Any) -> Any:
        amend(clerk, amount=Decimal(12345))
        return made(*args, **named)

    monkeypatch.setattr(ledgers, "TakingBack", taking)
    ((undone, message),) = x10.take_back(answers)
    assert not undone
    assert "导入后又改过" in message
    assert clerk.name in message
    case = Dispute.objects.get()
    assert (case.remark, case.amount) == (kept, Decimal(12345))


def test_a_case_into_whose_file_somebody_put_something_stays(x10: Desk, clerk: User) -> None:
    answers = x10.land(AWARD)
    case = Dispute.objects.get()
    scan = FileFactory(unit=case.unit)
    put_in(case, scan, label="送达地址确认书", by=clerk)
    assert x10.take_back(answers) == [(False, f"{case.reference} 导入后又加了材料，没有撤销")]
    case.refresh_from_db()
    assert not case.is_void
