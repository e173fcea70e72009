"""A case put right by page and by ledger in turns: one story, one count, one way back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbitration.imports import disputes
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import corrected
from hrss_portal.casework.correcting import correct
from hrss_portal.casework.corrections import forms_of
from hrss_portal.casework.models import Clock, Event
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk import history
from hrss_portal.documents.numbers import next_number
from hrss_portal.indicators import engine, figures
from tests.arbitration.test_corrected_ledgers import AWARD, Desk
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
CELLS = {name: cell for name, cell in AWARD.items() if name != "hearing_on"}


@pytest.fixture
def x10(county: County, clerk: User, acting: Callable[..., Any]) -> Desk:
    """The desk where X10 lands."""
    acting("test")
    return Desk(disputes.ledger, disputes.X10.columns, clerk, make.court(county))


def by_page(by: User, move: str, on: str) -> None:
    """The head of the court gives a step its right day on the correction page."""
    case = Dispute.objects.get()
    (event,) = [one for one in corrected.events(case) if one.move == move]
    form_class = forms_of(workflow_of(case))["day"]
    data: dict[str, Any] = {"on": on, "reason": "笔误"}
    form = form_class(data, case=case, row=event, user=by)
    assert form.is_valid(), form.errors
    correct(case, form.act, by=by, reason="笔误")


def story() -> list[tuple[str, str]]:
    """What happened, as corrected, in order."""
    return [(one.move, str(one.on)) for one in corrected.events(Dispute.objects.get())]


def counted(on: date) -> Any:
    """How many hearings the figure counts on a day."""
    return figures.figure("arb.hearings", engine.ask(frm=on, to=on)).value


def test_page_then_ledger_then_page(x10: Desk, arbitration_head: User) -> None:
    x10.land(AWARD)
    by_page(arbitration_head, "hear", "2022-03-22")
    row = AWARD | {"hearing_on": "2022-03-22", "filed_on": "2022-03-07", "amount": "9100"}
    assert x10.action(row) == ["updated"]
    by_page(arbitration_head, "accept", "2022-03-08")
    assert story() == [
        ("open", "2022-03-01"),
        ("accept", "2022-03-08"),
        ("hear", "2022-03-22"),
        ("award", "2022-04-01"),
        ("close", "2022-04-01"),
    ]
    case = Dispute.objects.get()
    assert (case.accepted_on, case.amount) == (date(2022, 3, 8), Decimal(9100))
    assert Clock.objects.get(term="arb.award").started_on == date(2022, 3, 8)
    assert x10.action(row | {"filed_on": "2022-03-08"}) == ["unchanged"]
    corrections = Event.objects.filter(move="correct").order_by("pk")
    assert [one.data["sheet"] for one in corrections] == ["", "X10", ""]
    assert not Event.objects.filter(kind="amend").exclude(move="correct").exists()


def test_a_figure_counts_a_hearing_on_its_corrected_day_whoever_corrected_it(
    x10: Desk, arbitration_head: User
) -> None:
    x10.land(AWARD)
    wrong, right = date(2022, 3, 21), date(2022, 3, 24)
    assert (counted(wrong), counted(right)) == (1, 0)
    by_page(arbitration_head, "hear", "2022-03-24")
    assert (counted(wrong), counted(right)) == (0, 1)


def test_what_a_page_put_right_comes_back_from_the_exported_ledger_unchanged(
    x10: Desk, arbitration_head: User
) -> None:
    x10.land(AWARD)
    by_page(arbitration_head, "hear", "2022-03-22")
    by_page(arbitration_head, "accept", "2022-03-07")
    cells = disputes.ledger.row_of(disputes.ledger.export({}).get())
    exported = {name: "" if cell is None else str(cell) for name, cell in cells.items()}
    assert exported["hearing_on"] == "2022-03-22"
    assert x10.action(exported) == ["unchanged"]


def test_the_old_ledger_does_not_take_back_what_a_page_put_right(
    x10: Desk, arbitration_head: User
) -> None:
    x10.land(AWARD)
    by_page(arbitration_head, "hear", "2022-03-22")
    (answer,) = x10.land(AWARD | {"amount": "9100"})
    assert answer["action"] == "rejected"
    words = dict(answer["messages"])
    assert set(words) == {"hearing_on"}
    assert "更正过" in words["hearing_on"]
    assert x10.action(AWARD | {"amount": "9100", "hearing_on": ""}) == ["updated"]
    assert story()[2] == ("hear", "2022-03-22")


def test_taking_back_a_batch_keeps_what_a_page_put_right_since_and_names_it(
    x10: Desk, arbitration_head: User
) -> None:
    x10.land(AWARD)
    answers = x10.land(AWARD | {"amount": "9100"})
    by_page(arbitration_head, "hear", "2022-03-22")
    ((undone, message),) = x10.take_back(answers)
    assert not undone
    assert "导入后又改过（更正“开庭审理”）" in message
    assert (Dispute.objects.get().amount, story()[2]) == (Decimal(9100), ("hear", "2022-03-22"))


def test_a_step_told_later_stands_where_it_belongs(x10: Desk) -> None:
    x10.land(CELLS)
    answers = x10.land(AWARD)
    assert [code for code, _ in story()] == ["open", "accept", "hear", "award", "close"]
    assert counted(date(2022, 3, 21)) == 1
    lines = history.timeline(Dispute.objects.get(), workflow_of(Dispute))
    (told,) = [item for item in lines if item.title == "更正（仲裁案件台账）"]
    assert list(told.details) == ["开庭审理日期：— → 2022-03-21"]
    assert x10.take_back(answers) == [(True, "")]
    assert [code for code, _ in story()] == ["open", "accept", "award", "close"]
    assert counted(date(2022, 3, 21)) == 0
    lines = history.timeline(Dispute.objects.get(), workflow_of(Dispute))
    assert "开庭审理（已更正，不作数）" in [item.title for item in lines]


def test_an_ending_told_by_a_ledger_leaves_no_clock_that_reminds(x10: Desk) -> None:
    ending = {"hearing_on", "closed_on", "close_mode", "finality", "awarded"}
    x10.land({name: cell for name, cell in AWARD.items() if name not in ending})
    assert Clock.objects.filter(is_live=True, state="running").exists()
    answers = x10.land(AWARD)
    assert not Dispute.objects.get().is_live
    assert not Clock.objects.filter(is_live=True).exists()
    assert x10.take_back(answers) == [(True, "")]
    assert Clock.objects.get(term="arb.award").state == "running"
    assert Clock.objects.get(term="arb.award").is_live


# --- a number that comes later than the case ------------------------------------------------------

UNNUMBERED = AWARD | {"number": ""}


def test_a_row_that_comes_again_with_its_number_is_the_case_that_had_none(x10: Desk) -> None:
    x10.land(UNNUMBERED)
    answers = x10.land(AWARD)
    assert [one["action"] for one in answers] == ["updated"]
    assert Dispute.objects.get().number == AWARD["number"]
    assert x10.action(AWARD) == ["unchanged"]
    assert x10.action(UNNUMBERED) == ["unchanged"]
    given = next_number("arb.case", unit_root=Dispute.objects.get().unit.root, year=2022)
    assert given.n == 702
    assert x10.take_back(answers) == [(True, "")]
    assert Dispute.objects.get().number is None


def test_a_late_number_may_bring_other_cells_along(x10: Desk) -> None:
    x10.land(UNNUMBERED)
    assert x10.action(AWARD | {"amount": "9100"}) == ["updated"]
    case = Dispute.objects.get()
    assert (case.number, case.amount) == (AWARD["number"], Decimal(9100))


def test_twins_without_a_number_get_theirs_one_after_the_other(x10: Desk) -> None:
    x10.land(UNNUMBERED, UNNUMBERED)
    second = AWARD | {"number": "霍劳人仲案〔2022〕702号"}
    assert x10.action(AWARD, second) == ["updated", "updated"]
    assert set(Dispute.objects.values_list("number", flat=True)) == {
        AWARD["number"],
        second["number"],
    }


def test_a_probable_double_is_asked_about_and_never_lands_silently(x10: Desk) -> None:
    x10.land(UNNUMBERED)
    other = AWARD | {"number": "霍劳人仲案〔2022〕702号", "cause": "社会保险"}
    (answer,) = x10.land(other)
    assert answer["action"] == "rejected"
    ((column, words),) = answer["messages"]
    assert column == "number"
    assert "可能是同一件" in words
    assert Dispute.objects.count() == 1
    # with the row of the stored case beside it the other is another case
    assert x10.action(AWARD, other) == ["updated", "created"]


def test_a_case_of_the_window_without_a_number_gets_none_from_a_sheet(
    x10: Desk, county: County, clerk: User
) -> None:
    case = make.dispute(county, clerk, date(2023, 11, 1))
    sides = {party.role: party.name for party in case.parties.all()}
    row = {
        "number": "霍劳人仲案〔2023〕9号",
        "applicants": sides["applicant"],
        "respondents": sides["respondent"],
        "cause": "劳动报酬",
        "received_on": "2023-11-01",
    }
    (answer,) = x10.land(row)
    assert (answer["action"], dict(answer["messages"]).keys()) == ("rejected", {"number"})
    assert Dispute.objects.get().number is None
