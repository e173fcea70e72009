"""A ledger that comes again with other cells: every cell is compared, corrected or refused."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from arbitration.imports import disputes, mediations
from arbitration.models import Dispute, MediationCase
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.correcting import Correction, correct
from hrss_portal.casework.ledgers import Ledger
from hrss_portal.casework.models import Clock, Event
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.imports.cleaning import build_field
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
NUMBER = "霍劳人仲案〔2022〕701号"
AWARD = {
    "number": NUMBER,
    "applicants": "张示例",
    "respondents": "霍邱县子示例厂",
    "cause": "劳动报酬",
    "received_on": "2022-03-01",
    "filed_on": "2022-03-04",
    "hearing_on": "2022-03-21",
    "closed_on": "2022-04-01",
    "close_mode": "裁决",
    "amount": "9000",
    "awarded": "8000",
    "arbitrators": "孙示例",
    "clerk": "赵示例",
    "finality": "非终局",
    "is_migrant": "是",
    "town": "城关镇",
    "remark": "一",
}
AGREED = {
    "platform_no": "PT-001",
    "channel": "“互联网+调解”平台",
    "applicants": "张示例",
    "respondents": "霍邱县子示例厂",
    "cause": "劳动报酬",
    "people": "1",
    "amount": "28033",
    "town": "城关镇",
    "organisation": "县劳动人事争议调解中心",
    "mediator": "孙示例",
    "received_on": "2022-01-12",
    "accepted_on": "2022-01-12",
    "closed_on": "2022-01-20",
    "result": "达成协议",
    "agreed_amount": "22426",
    "perform_by": "2022-02-19",
    "process": "电话调解",
}


class Desk:
    """Lands rows of one sheet as the pipeline does, batch after batch, and takes batches back."""

    def __init__(self, ledger: Ledger, columns: Any, user: User, unit: Any) -> None:
        self.ledger, self.user, self.unit, self.batch = ledger, user, unit, 0
        self.fields = {column.name: build_field(column) for column in columns}

    def _context(self, batch: int) -> SimpleNamespace:
        found = SimpleNamespace(pk=batch)
        return SimpleNamespace(user=self.user, unit=self.unit, batch=found, trial=False)

    def row(self, number: int, cells: dict[str, str]) -> SimpleNamespace:
        """A row as staging leaves it."""
        cleaned = {name: field.clean(cells.get(name, "")) for name, field in self.fields.items()}
        assert list(self.ledger.check(cleaned)) == []
        return SimpleNamespace(number=number, cleaned=cleaned, raw=cells)

    def land(self, *rows: dict[str, str]) -> list[dict[str, Any]]:
        """The answers of one batch."""
        self.batch += 1
        made = [self.row(number, cells) for number, cells in enumerate(rows, 1)]
        return self.ledger.commit(made, context=self._context(self.batch))

    def action(self, *rows: dict[str, str]) -> list[str]:
        """What became of the rows."""
        return [answer["action"] for answer in self.land(*rows)]

    def take_back(self, answers: list[dict[str, Any]]) -> list[tuple[bool, str]]:
        """Undo a batch, last row first."""
        wanted = [one for one in answers if one["action"] in {"created", "updated"}][::-1]
        done = self.ledger.undo(wanted, context=self._context(self.batch))
        return [(one["undone"], one["message"]) for one in done]


@pytest.fixture
def x10(county: County, clerk: User, acting: Callable[..., Any]) -> Desk:
    """The desk where X10 lands."""
    acting("test")
    return Desk(disputes.ledger, disputes.X10.columns, clerk, make.court(county))


@pytest.fixture
def x16(county: County, mediator: User, acting: Callable[..., Any]) -> Desk:
    """The desk where X16 lands."""
    acting("test")
    make.mediation_body(county)
    make.mediation_body(county, name="霍邱示例商会调委会")
    return Desk(mediations.ledger, mediations.X16.columns, mediator, make.court(county))


OTHERWISE = {
    "cause": ("社会保险", "cause", "insurance"),
    "received_on": ("2022-03-02", "opened_on", date(2022, 3, 2)),
    "filed_on": ("2022-03-07", "accepted_on", date(2022, 3, 7)),
    "closed_on": ("2022-04-11", "closed_on", date(2022, 4, 11)),
    "amount": ("80000", "amount", Decimal(80000)),
    "awarded": ("7000.50", "awarded", Decimal("7000.50")),
    "arbitrators": ("周示例", "arbitrators_as_recorded", "周示例"),
    "clerk": ("李示例", "clerk_as_recorded", "李示例"),
    "finality": ("终局", "finality", "final"),
    "is_migrant": ("否", "is_migrant_wage", False),
    "offline_step": ("线下开庭", "offline_step", "线下开庭"),
    "remark": ("二", "remark", "二"),
}


@pytest.mark.parametrize("column", OTHERWISE)
def test_a_corrected_cell_of_a_dispute_is_stored_and_told(x10: Desk, column: str) -> None:
    cell, field, value = OTHERWISE[column]
    assert x10.action(AWARD) == ["created"]
    assert x10.action(AWARD) == ["unchanged"]
    before = getattr(Dispute.objects.get(), field)
    answers = x10.land(AWARD | {column: cell})
    assert [one["action"] for one in answers] == ["updated"]
    case = Dispute.objects.get()
    assert getattr(case, field) == value
    told = Event.objects.filter(case=case, kind="amend", move="correct").get()
    assert (told.note, told.data["sheet"]) == ("导入批次 3", "X10")
    assert field in told.data["fields"]
    assert str(Dispute._meta.get_field(field).verbose_name) in told.data["values"]
    assert x10.action(AWARD | {column: cell}) == ["unchanged"]
    assert x10.take_back(answers) == [(True, "")]
    assert getattr(Dispute.objects.get(), field) == before
    assert x10.action(AWARD) == ["unchanged"]


def test_a_corrected_hearing_day_is_counted_once_and_on_the_right_day(x10: Desk) -> None:
    x10.land(AWARD)
    answers = x10.land(AWARD | {"hearing_on": "2022-03-24"})
    assert [one["action"] for one in answers] == ["updated"]
    heard = Event.objects.get(move="hear")
    assert (heard.on, heard.counts_on) == (date(2022, 3, 21), date(2022, 3, 24))
    assert disputes.ledger.row_of(disputes.ledger.export({}).get())["hearing_on"] == date(
        2022, 3, 24
    )
    x10.take_back(answers)
    heard.refresh_from_db()
    assert heard.counts_on == date(2022, 3, 21)


def test_the_checklist_counts_the_hearing_that_a_ledger_tells(x10: Desk) -> None:
    hearing = next(task for task in workflow_of(Dispute).tasks if task.label == "开庭")
    x10.land(AWARD | {"hearing_on": ""})
    assert not hearing.done(Dispute.objects.get())
    answers = x10.land(AWARD)
    assert [one["action"] for one in answers] == ["updated"]
    assert hearing.done(Dispute.objects.get())
    x10.take_back(answers)
    assert not hearing.done(Dispute.objects.get())


def test_another_ending_leaves_nothing_of_the_wrong_one(x10: Desk) -> None:
    x10.land(AWARD)
    settled = AWARD | {"close_mode": "调解", "finality": "", "awarded": "", "hearing_on": ""}
    answers = x10.land(settled)
    assert [one["action"] for one in answers] == ["updated"]
    case = Dispute.objects.get()
    assert (case.outcome, case.finality, case.awarded) == ("mediated", "", Decimal(8000))
    moved = Event.objects.filter(case=case, kind="move", counts_on__isnull=False)
    assert set(moved.values_list("move", flat=True)) == {"accept", "hear", "settle", "close"}
    assert x10.action(settled) == ["unchanged"]
    x10.take_back(answers)
    case.refresh_from_db()
    assert (case.outcome, case.finality, case.awarded) == ("award", "not_final", Decimal(8000))
    assert x10.action(AWARD) == ["unchanged"]


def test_clocks_of_a_corrected_past_rest_on_the_right_days(x10: Desk) -> None:
    x10.land(AWARD)
    x10.land(AWARD | {"filed_on": "2022-03-07", "closed_on": "2022-04-11"})
    clock = Clock.objects.get(term="arb.award")
    assert (clock.started_on, clock.met_on) == (date(2022, 3, 7), date(2022, 4, 11))
    steps = list(clock.steps.order_by("pk"))
    assert steps[-1].kind == "correct"
    assert steps[-1].reason.startswith("导入批次 2（起算日由 2022-03-04 改为 2022-03-07")
    assert steps[-1].old_due_on != steps[-1].new_due_on == clock.due_on


def test_an_empty_cell_changes_nothing(x10: Desk) -> None:
    x10.land(AWARD)
    needed = ("number", "applicants", "respondents", "cause", "received_on")
    assert x10.action({name: AWARD[name] for name in needed}) == ["unchanged"]
    assert Dispute.objects.get().is_migrant_wage


@pytest.mark.parametrize("side", ["applicants", "respondents"])
def test_other_parties_under_one_number_are_an_error(x10: Desk, side: str) -> None:
    x10.land(AWARD)
    (answer,) = x10.land(AWARD | {side: "王改名", "remark": "二"})
    assert answer["action"] == "rejected"
    words = dict(answer["messages"])
    assert set(words) == {side}
    assert "王*名" in words[side]
    assert "王改名" not in words[side]
    assert Dispute.objects.get().remark == "一"


def test_what_cannot_be_updated_names_each_cell_with_old_and_new(x10: Desk, clerk: User) -> None:
    x10.land(AWARD)
    moves.amend(Dispute.objects.get(), by=clerk, changes={"remark": "三"}, reason="写错")
    (answer,) = x10.land(AWARD | {"amount": "80000", "closed_on": "2022-04-11"})
    assert answer["action"] == "rejected"
    words = dict(answer["messages"])
    assert set(words) == {"remark"}
    assert "系统里是“三”，表里是“一”" in words["remark"]
    assert "不能用表格改" in words["remark"]
    assert x10.action(AWARD | {"remark": "三"}) == ["unchanged"]


def test_what_was_put_right_in_the_portal_is_not_told_otherwise(x10: Desk, clerk: User) -> None:
    x10.land(AWARD)

    def act(case: Any) -> Correction:
        case.amount = Decimal(9500)
        return Correction(what="标的额", values={"标的额": (Decimal(9000), case.amount)})

    case = Dispute.objects.get()
    with door.opened():
        Dispute.objects.filter(pk=case.pk).update(handler=clerk)
    correct(case, act, by=clerk, reason="写错")
    (answer,) = x10.land(AWARD)
    assert (answer["action"], dict(answer["messages"]).keys()) == ("rejected", {"amount"})
    assert Dispute.objects.get().amount == Decimal(9500)


def test_dates_that_run_backwards_after_the_update_are_refused(x10: Desk) -> None:
    x10.land(AWARD)
    needed = ("number", "applicants", "respondents", "cause", "received_on")
    (answer,) = x10.land({name: AWARD[name] for name in needed} | {"filed_on": "2022-04-20"})
    assert answer["action"] == "rejected"
    assert Dispute.objects.get().accepted_on == date(2022, 3, 4)


def test_a_case_changed_since_the_update_is_not_taken_back(x10: Desk, clerk: User) -> None:
    x10.land(AWARD)
    answers = x10.land(AWARD | {"amount": "80000"})
    moves.amend(Dispute.objects.get(), by=clerk, changes={"remark": "三"}, reason="写错")
    ((undone, message),) = x10.take_back(answers)
    assert not undone
    assert "导入后又改过" in message
    assert Dispute.objects.get().amount == Decimal(80000)


def test_two_corrections_in_one_batch_are_taken_back_together(x10: Desk) -> None:
    x10.land(AWARD)
    answers = x10.land(AWARD | {"amount": "80000"}, AWARD | {"amount": "90000", "remark": "二"})
    assert [one["action"] for one in answers] == ["updated", "updated"]
    assert x10.take_back(answers) == [(True, ""), (True, "")]
    assert x10.action(AWARD) == ["unchanged"]


MEDIATED = {
    "channel": ("来访", "channel", "visit"),
    "cause": ("社会保险", "cause", "insurance"),
    "people": ("3", "people", 3),
    "amount": ("30000", "amount", Decimal(30000)),
    "organisation": ("霍邱示例商会调委会", "organisation", "霍邱示例商会调委会"),
    "mediator": ("周示例", "mediator_as_recorded", "周示例"),
    "received_on": ("2022-01-11", "opened_on", date(2022, 1, 11)),
    "accepted_on": ("2022-01-13", "accepted_on", date(2022, 1, 13)),
    "closed_on": ("2022-01-25", "closed_on", date(2022, 1, 25)),
    "agreed_amount": ("99999", "agreed_amount", Decimal(99999)),
    "perform_by": ("2022-03-19", "perform_by", date(2022, 3, 19)),
    "performed": ("已履行", "performed", "full"),
    "review": ("司法确认", "review", "court"),
    "process": ("当面调解", "process", "当面调解"),
    "remark": ("二", "remark", "二"),
}


@pytest.mark.parametrize("column", MEDIATED)
def test_a_corrected_cell_of_a_mediation_is_stored_and_taken_back(x16: Desk, column: str) -> None:
    cell, field, value = MEDIATED[column]
    assert x16.action(AGREED) == ["created"]
    assert x16.action(AGREED) == ["unchanged"]
    answers = x16.land(AGREED | {column: cell})
    assert [one["action"] for one in answers] == ["updated"]
    stored = getattr(MediationCase.objects.get(), field)
    assert getattr(stored, "name", stored) == value
    assert x16.action(AGREED | {column: cell}) == ["unchanged"]
    assert x16.take_back(answers) == [(True, "")]
    assert x16.action(AGREED) == ["unchanged"]


def test_an_agreement_that_was_none_is_told_otherwise(x16: Desk) -> None:
    x16.land(AGREED)
    failed = {name: AGREED[name] for name in AGREED if name not in {"agreed_amount", "perform_by"}}
    failed |= {"result": "未达成"}
    answers = x16.land(failed)
    assert [one["action"] for one in answers] == ["updated"]
    case = MediationCase.objects.get()
    assert (case.outcome, case.state, case.agreed_amount) == ("failed", "failed", None)
    assert x16.action(failed) == ["unchanged"]
    x16.take_back(answers)
    assert x16.action(AGREED) == ["unchanged"]
