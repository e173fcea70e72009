"""先行裁决: a part is decided, the rest goes on; what it leaves for award and settlement."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbitration.documents.values import dispute_values
from arbitration.forms import (
    AwardForm,
    ClaimsChangeForm,
    SettlementForm,
)
from arbitration.imports.disputes import ledger
from arbitration.models import Dispute
from arbitration.workflows import conditions, effects, offers
from arbitration.workflows.deliveries import not_issued
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves, papers
from hrss_portal.casework.models import CasePaper, Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.indicators.figures import value
from tests.factories import arbitration as make
from tests.factories.deciding import LATER, WAGES, part_award, part_form, rows

pytestmark = pytest.mark.usefixtures("rules", "today")


def test_a_part_is_decided_and_the_rest_goes_on_in_its_own_time(
    deliberating: Dispute, arbitration_head: User
) -> None:
    before = Clock.objects.get(case=deliberating.pk, term="arb.award")
    part_award(deliberating, arbitration_head)
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.state, case.closed_on, case.outcome) == ("deliberating", None, "")
    clock = Clock.objects.get(case=case.pk, term="arb.award")
    assert (clock.state, clock.due_on) == ("running", before.due_on)
    decided, waiting = case.claims.order_by("seq")
    assert (decided.awarded, decided.is_final) == (Decimal(9000), True)
    assert (decided.part_awarded_on, waiting.part_awarded_on) == (date(2023, 11, 20), None)
    told = dispute_values(case.papers.get(kind="arb.part_award"))
    assert (told["is_final_part"], told["result"]) == (True, ["支付工资9000元。"])
    assert [row["text"] for row in told["claims"]] == ["支付拖欠的工资"]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (({"seq": "1"}, LATER), "勾选本次先行裁决的请求"),
        ((WAGES, {**WAGES, "seq": "2"}), "余下的请求全部裁决的"),
        (({**WAGES, "awarded": "9500"}, LATER), "多于请求的"),
    ],
)
def test_a_part_is_neither_nothing_nor_everything(
    deliberating: Dispute, arbitration_head: User, items: Any, words: str
) -> None:
    form = part_form(deliberating, arbitration_head, *items)
    assert not form.is_valid()
    assert words in str(form.errors)


def test_its_service_opens_the_way_to_the_court_and_is_needed_for_closing(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    part_award(deliberating, arbitration_head)
    goal = Clock.objects.get(case=deliberating.pk, term="arb.serve_decision")
    assert (goal.is_target, goal.due_on) == (True, date(2023, 11, 27))
    make.served(deliberating, clerk, "先行裁决书（终局）", roles=("applicant",))
    sues = Clock.objects.get(case=deliberating.pk, term="arb.worker_sues")
    assert sues.due_on == date(2023, 12, 5)
    award = {"outcome": "award", "finality": "not_final", "result": "驳回。", "awarded": "9000"}
    moves.move(deliberating, "award", by=arbitration_head, data=award)
    make.served(deliberating, clerk, "裁决书")
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(deliberating, "ask_close", by=None, data={"follow_up": "sued"})
    make.served(deliberating, clerk, "先行裁决书（终局）", roles=("respondent",))
    goal.refresh_from_db()
    assert goal.state == "met"
    assert Clock.objects.get(case=deliberating.pk, term="arb.set_aside").state == "running"
    moves.move(deliberating, "ask_close", by=None, data={"follow_up": "sued"})
    moves.move(deliberating, "close", by=None, data={"follow_up": "sued"})


def test_of_two_part_awards_each_is_served(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    third = {"text": "支付赔偿金", "amount": Decimal("1000.00"), "seq": 3}
    deliberating.claims.create(**third)
    open_part = {"seq": "2", "is_decided": "on", "awarded": "12000", "is_final": "0"}
    open_part |= {"kind": "money", "final_reason": "数额有争议"}
    for items in ((WAGES, LATER, {"seq": "3"}), (open_part, {"seq": "3"})):
        form = part_form(deliberating, arbitration_head, *items)
        assert form.is_valid(), (form.errors, [one.errors for one in form.rows["claims"].forms])
        moves.move(deliberating, "part_award", by=arbitration_head, data=form.move_data())
    final, other = deliberating.papers.filter(kind="arb.part_award").order_by("pk")
    papers.issue(final, by=arbitration_head)
    assert not not_issued(deliberating, "先行裁决书（终局）", date(2023, 11, 20))
    assert "还没有制发" in not_issued(deliberating, "先行裁决书（非终局）", date(2023, 11, 20))
    papers.issue(other, by=arbitration_head)
    make.served(deliberating, clerk, "先行裁决书（终局）")
    goals = Clock.objects.filter(case=deliberating.pk, term="arb.serve_decision").order_by("pk")
    assert [goal.state for goal in goals] == ["met", "running"]
    award = {"outcome": "award", "finality": "not_final", "result": "驳回。", "awarded": "21000"}
    moves.move(deliberating, "award", by=arbitration_head, data=award)
    make.served(deliberating, clerk, "裁决书")
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(deliberating, "ask_close", by=None, data={"follow_up": "sued"})
    make.served(deliberating, clerk, "先行裁决书（非终局）")
    moves.move(deliberating, "ask_close", by=None, data={"follow_up": "sued"})
    moves.move(deliberating, "close", by=None, data={"follow_up": "sued"})


def test_the_award_decides_what_is_left_and_counts_everything(
    deliberating: Dispute, arbitration_head: User
) -> None:
    part_award(deliberating, arbitration_head)
    item = {"seq": "2", "awarded": "8000", "is_final": "1", "kind": "money"}
    texts = {"result": "支付经济补偿8000元。", "reasons": "解除违法。"}
    given = {"on": "2023-11-20", **texts, "signer": str(arbitration_head.pk), **rows(item)}
    form = AwardForm(given, case=deliberating, user=arbitration_head)
    assert [one.initial["text"] for one in form.rows["claims"].forms] == ["支付经济补偿"]
    assert form.is_valid(), (form.errors, [one.errors for one in form.rows["claims"].forms])
    moves.move(deliberating, "award", by=arbitration_head, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.awarded, case.outcome) == (Decimal(17000), "final_award")
    told = dispute_values(case.papers.get(kind="arb.award_final"))
    assert told["part_awards"] == "其中第1项请求，本委已于2023年11月20日先行裁决。"


def settle_form(case: Dispute, user: User, awarded: str, note: str = "") -> SettlementForm:
    """The form of a settlement of today."""
    texts = {"result": "三日内付清。", "signer": str(user.pk), "note": note}
    return SettlementForm({"on": "2023-11-20", "awarded": awarded, **texts}, case=case, user=user)


def test_a_settlement_keeps_what_a_part_award_granted(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    part_award(deliberating, arbitration_head)
    form = settle_form(deliberating, arbitrator, "5000")
    assert form.is_valid(), form.errors
    moves.move(deliberating, "settle", by=arbitrator, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.awarded, case.outcome) == (Decimal(14000), "mediated")
    assert not list(conditions.something_to_correct(case, {}))
    assert offers.was_awarded(case)
    with door.opened():
        effects.keep_until(case, {}, case.events.latest("pk"))
    assert case.keep_until is not None
    assert case.keep_until.year == 2033
    own = LegalRule.objects.get(code="ARB-30", region="CN", valid_to=None)
    own.pk, own.region, own.length = None, "霍邱县", 12
    own.save()
    with door.opened():
        effects.keep_until(case, {}, case.events.latest("pk"))
    assert case.keep_until.year == 2035  # the rule of the county in which the court lies
    assert dispute_values(case.papers.get(kind="arb.settlement"))["keeping"] == "不少于十年"


def test_a_settlement_above_the_open_claims_says_why(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    assert settle_form(deliberating, arbitrator, "21000").is_valid()
    form = settle_form(deliberating, arbitrator, "21000.01")
    assert "多于请求的 21000.00 元" in str(form.errors["awarded"])
    assert settle_form(deliberating, arbitrator, "21000.01", "双方同意另付利息").is_valid()
    part_award(deliberating, arbitration_head)
    assert "多于请求的 12000.00 元" in str(
        settle_form(deliberating, arbitrator, "12001").errors["awarded"]
    )


def test_changed_claims_leave_what_was_decided(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    part_award(deliberating, arbitration_head)
    row = {"claims-0-text": "支付经济补偿", "claims-0-amount": "15000"}
    given = {"on": "2023-11-20", "claims-TOTAL_FORMS": "1", "claims-INITIAL_FORMS": "1", **row}
    form = ClaimsChangeForm(given, case=deliberating, user=arbitrator)
    assert form.is_valid(), form.errors
    moves.move(deliberating, "change_claims", by=arbitrator, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert case.amount == Decimal(24000)
    assert list(case.claims.values_list("seq", "text", "amount", "awarded")) == [
        (1, "支付拖欠的工资", Decimal(9000), Decimal(9000)),
        (2, "支付经济补偿", Decimal(15000), None),
    ]


def test_new_claims_after_the_time_for_evidence_are_a_case_of_their_own(
    accepted: Dispute, arbitrator: User
) -> None:
    accepted.evidence_due_on = date(2023, 10, 31)
    row = {"claims-0-text": "支付经济补偿", "claims-0-amount": "15000"}
    given = {"on": "2023-11-01", "claims-TOTAL_FORMS": "1", "claims-INITIAL_FORMS": "1", **row}
    form = ClaimsChangeForm(given, case=accepted, user=arbitrator)
    assert "告知另行申请仲裁" in str(form.errors["on"])
    accepted.evidence_due_on = date(2023, 11, 1)
    assert ClaimsChangeForm(given, case=accepted, user=arbitrator).is_valid()


def test_both_forms_ask_what_every_award_says_and_only_the_award_asks_the_rest(
    deliberating: Dispute, arbitration_head: User
) -> None:
    award = AwardForm(case=deliberating, user=arbitration_head)
    part = part_form(deliberating, arbitration_head, WAGES, LATER)
    assert list(part.fields) == ["on", "result", "reasons", "signer", "note"]
    more = ["on", "result", "result_open", "reasons", "defence", "signer", "note"]
    assert list(award.fields) == more


@pytest.fixture
def withdrawn(deliberating: Dispute, arbitration_head: User, clerk: User) -> Dispute:
    """The wages were decided in part, then the application was withdrawn."""
    part_award(deliberating, arbitration_head)
    make.issued(deliberating, "先行裁决书（终局）", clerk)
    make.served(deliberating, clerk, "先行裁决书（终局）")
    moves.move(deliberating, "withdraw", by=arbitration_head, data={"outcome": "withdrawn"})
    return Dispute.objects.get(pk=deliberating.pk)


def test_a_withdrawn_case_with_a_part_award_is_kept_as_an_award(
    withdrawn: Dispute, arbitration_head: User, clerk: User, today: Any
) -> None:
    make.served(withdrawn, clerk, "撤回仲裁申请决定书")
    today.move_to("2023-12-21T09:00:00+08:00")
    for code in ("ask_close", "close"):
        moves.move(withdrawn, code, by=None, data={"follow_up": "unknown"})
    for row in Dispute.objects.get(pk=withdrawn.pk).papers.filter(state="waiting"):
        row.state, row.drop_reason = "dropped", "不需要"
        row.save()
    moves.move(withdrawn, "archive", by=clerk, data={"file_pages": 40})
    kept = Clock.objects.get(case=withdrawn.pk, term__startswith="arb.keep")
    until = Dispute.objects.get(pk=withdrawn.pk).keep_until
    assert (kept.term, kept.due_on) == ("arb.keep_award", until)


def test_the_sheet_of_a_withdrawn_case_tells_the_part_award(withdrawn: Dispute) -> None:
    told = dispute_values(CasePaper(case=withdrawn.case_ptr, kind="arb.closing"))
    assert told["awarded"] == Decimal(9000)
    (said,) = told["result"]
    assert "先行裁决（终局）" in said
    assert said.endswith("：支付工资9000元")


def test_what_a_part_award_granted_counts_when_the_rest_is_withdrawn(
    withdrawn: Dispute, arbitration_head: User
) -> None:
    assert withdrawn.awarded == Decimal(9000)
    assert ledger.row_of(withdrawn)["awarded"] == Decimal(9000)
    month = {"frm": date(2023, 11, 1), "to": date(2023, 11, 30)}
    assert value("arb.awarded_amount", **month).value == Decimal(9000)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("withdraw", {"outcome": "withdrawn"}),
        ("revoke", {"outcome": "revoked", "reject_reason": "不属受案范围"}),
        ("transfer", {"outcome": "transferred", "reject_reason": "无管辖权"}),
    ],
)
def test_without_a_part_award_nothing_was_granted(
    deliberating: Dispute, arbitration_head: User, code: str, data: dict[str, str]
) -> None:
    moves.move(deliberating, code, by=arbitration_head, data=data)
    assert Dispute.objects.get(pk=deliberating.pk).awarded is None
