"""One party's way to a court takes nothing from another's term (调解仲裁法 Articles 48 to 50)."""

from datetime import date
from typing import Any

import pytest

from arbitration.deadlines.enforcement import has_no_effect
from arbitration.forms import ClosingApprovalForm, ClosingForm, FollowUpForm
from arbitration.imports.disputes import ledger
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.factories import arbitration as make
from tests.factories.deciding import LATER, WAGES, part_form

pytestmark = pytest.mark.usefixtures("rules")
FINAL = {"outcome": "final_award", "finality": "final", "paper": "终局裁决书"}
OPEN = {"outcome": "award", "finality": "not_final", "paper": "裁决书"}


def decide(case: Dispute, head: User, *, outcome: str, finality: str, paper: str) -> Dispute:
    """An award of 20 November that reached both sides on that day."""
    said = {"outcome": outcome, "finality": finality, "result": "支付工资。", "awarded": "9000"}
    moves.move(case, "award", by=head, data=said | {"signer": head})
    make.served(case, head, paper)
    return Dispute.objects.get(pk=case.pk)


def side(case: Dispute, role: str) -> Any:
    """The party in a role."""
    return case.parties.get(role=role)


def states(case: Dispute, term: str) -> dict[str, str]:
    """The state of each clock of a term, by whom it is of."""
    rows = Clock.objects.filter(case=case.pk, term=term).select_related("started_by")
    return {row.started_by.data["party"]["text"]: row.state for row in rows if row.started_by}


def close(case: Dispute, **data: Any) -> None:
    """The closing, without the form."""
    moves.move(case, "ask_close", by=None, data=data)
    moves.move(case, "close", by=None, data=data)


def test_an_application_to_set_aside_leaves_the_worker_his_fifteen_days(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    worker, firm = side(case, "applicant"), side(case, "respondent")
    with pytest.raises(MoveRefused, match=f"{worker.name} 的起诉期限 2023-12-05 才届满"):
        close(case, follow_up="set_aside", party=firm)
    today.move_to("2023-12-06T09:00:00+08:00")
    close(case, follow_up="set_aside", party=firm)
    assert states(case, "arb.set_aside") == {firm.name: "met"}


def test_who_sues_ends_his_own_term_alone(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **OPEN)
    worker, firm = side(case, "applicant"), side(case, "respondent")
    with pytest.raises(MoveRefused) as refused:
        close(case, follow_up="sued", party=worker)
    assert [text.split(" ")[0] for text in refused.value.messages] == [firm.name]
    data = {"follow_up": "sued", "party": worker}
    moves.move(case, "follow_up", by=arbitration_head, data=data)
    assert states(case, "arb.sue") == {worker.name: "met", firm.name: "running"}
    today.move_to("2023-12-06T09:00:00+08:00")
    close(case, follow_up="sued", party=worker)


def test_a_worker_who_sues_leaves_the_employer_his_thirty_days(
    deliberating: Dispute, arbitration_head: User
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    worker, firm = side(case, "applicant"), side(case, "respondent")
    close(case, follow_up="sued", party=worker)
    assert states(case, "arb.worker_sues") == {worker.name: "met"}
    assert states(case, "arb.set_aside") == {firm.name: "running"}


def test_that_nobody_sued_says_nothing_of_the_longer_term_to_apply(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    with pytest.raises(MoveRefused, match="不能登记未起诉"):
        moves.move(case, "follow_up", by=arbitration_head, data={"follow_up": "none"})
    today.move_to("2023-12-06T09:00:00+08:00")
    close(case, follow_up="none")
    assert set(states(case, "arb.worker_sues").values()) == {"met"}
    assert set(states(case, "arb.set_aside").values()) == {"running"}


@pytest.mark.parametrize("form", [ClosingForm, FollowUpForm])
def test_who_went_to_a_court_is_named(
    form: Any, deliberating: Dispute, arbitration_head: User
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    given = {"on": str(date(2023, 11, 20)), "follow_up": "set_aside", "note": "拟结案"}
    silent = form(given, case=case, user=arbitration_head)
    assert silent.errors["party"] == ["选起诉（申请撤销）的当事人"]
    wrong = form(given | {"party": side(case, "applicant").pk}, case=case, user=arbitration_head)
    assert "终局裁决由用人单位申请撤销" in str(wrong.errors["party"])
    sued = given | {"follow_up": "sued", "party": side(case, "respondent").pk}
    assert "终局裁决用人单位不能起诉" in str(
        form(sued, case=case, user=arbitration_head).errors["party"]
    )
    assert form(
        given | {"party": side(case, "respondent").pk}, case=case, user=arbitration_head
    ).is_valid()


def test_an_award_that_is_not_final_is_not_set_aside(
    deliberating: Dispute, arbitration_head: User
) -> None:
    case = decide(deliberating, arbitration_head, **OPEN)
    given = {"on": "2023-11-20", "follow_up": "set_aside", "party": side(case, "respondent").pk}
    form = FollowUpForm(given, case=case, user=arbitration_head)
    assert "非终局裁决不能申请撤销" in str(form.errors["follow_up"])


@pytest.mark.parametrize(
    ("award", "role", "went", "since"),
    [
        (FINAL, "applicant", "sued", ""),
        (FINAL, "respondent", "set_aside", "2023-12-31"),
        (OPEN, "respondent", "sued", ""),
    ],
)
def test_an_award_without_effect_is_not_enforced(
    award: Any, role: str, went: str, since: str, deliberating: Dispute, arbitration_head: User,
    today: Any,
) -> None:  # fmt: skip
    case = decide(deliberating, arbitration_head, **award)
    today.move_to("2023-12-06T09:00:00+08:00")
    close(case, follow_up=went, party=side(case, role), perform_by=date(2023, 12, 31))
    found = Clock.objects.filter(case=case.pk, term="arb.enforcement")
    assert "".join(str(clock.started_on) for clock in found) == since


def test_a_suit_after_the_closing_ends_enforcement_until_it_is_taken_back(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    today.move_to("2023-12-06T09:00:00+08:00")
    close(case, follow_up="none")
    worker, firm = side(case, "applicant"), side(case, "respondent")
    for went, party, states in (
        ("set_aside", firm, ["running"]),
        ("sued", worker, ["cancelled"]),
        ("unknown", worker, ["cancelled", "running"]),
    ):
        data = {"follow_up": went, "party": party}
        moves.move(case, "follow_up", by=arbitration_head, data=data)
        found = Clock.objects.filter(case=case.pk, term="arb.enforcement").order_by("pk")
        assert [clock.state for clock in found] == states
        assert {clock.started_on for clock in found} == {date(2023, 11, 20)}


def test_who_of_several_workers_did_not_sue_may_enforce(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    first = side(deliberating, "applicant")
    second = deliberating.parties.create(role="applicant", seq=2, name="王乙", person=None)
    case = decide(deliberating, arbitration_head, **FINAL)
    for party, known in ((first, False), (second, True)):
        data = {"follow_up": "sued", "party": party}
        moves.move(case, "follow_up", by=arbitration_head, data=data)
        assert has_no_effect(Dispute.objects.get(pk=case.pk), "final") is known


def test_no_day_of_the_closing_lies_before_the_award(
    deliberating: Dispute, arbitration_head: User
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    given = {"on": "2023-11-20", "follow_up": "none", "note": "拟结案"}
    early = dict.fromkeys(("served_on", "perform_by"), "2023-11-19")
    form = ClosingForm(given | early, case=case, user=arbitration_head)
    assert set(form.errors) == {"served_on", "perform_by"}
    ruling = {"court_result": "set_aside", "ruling_on": "2023-11-19", "follow_up": "set_aside"}
    party = {"party": side(case, "respondent").pk}
    late = FollowUpForm(given | ruling | party, case=case, user=arbitration_head)
    assert late.errors["ruling_on"] == ["不能早于裁决日期 2023-11-20"]


def test_a_ruling_told_at_the_closing_starts_the_term_to_sue(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    today.move_to("2024-02-16T09:00:00+08:00")
    said = {
        "on": "2024-02-16",
        "follow_up": "set_aside",
        "party": side(case, "respondent").pk,
        "court_result": "set_aside",
        "note": "拟结案",
    }
    silent = ClosingForm(said, case=case, user=arbitration_head)
    assert silent.errors == {"ruling_on": ["裁决被撤销的，填写收到撤销裁定书的日期"]}
    form = ClosingForm(said | {"ruling_on": "2024-02-05"}, case=case, user=arbitration_head)
    assert form.is_valid(), form.errors
    moves.move(case, "ask_close", by=None, data=form.move_data())
    case = Dispute.objects.get(pk=case.pk)
    approval = ClosingApprovalForm(
        {"on": "2024-02-16", "note": "同意"}, case=case, user=arbitration_head
    )
    assert approval.is_valid(), approval.errors
    moves.move(case, "close", by=None, data=approval.move_data())
    clock = Clock.objects.get(case=case.pk, term="arb.sue_after_set_aside")
    assert (clock.due_on, clock.state) == (date(2024, 2, 20), "running")


RULING = {"follow_up": "set_aside", "court_result": "set_aside", "ruling_on": "2024-02-05"}


def told(case: Dispute, head: User, *sayings: tuple[str, dict[str, str]]) -> list[str]:
    """What is registered of the parties in these roles, one after the other; then the states of the
    clocks of the term to sue after the ruling."""
    for role, said in sayings:
        case = Dispute.objects.get(pk=case.pk)
        given = {"on": "2024-02-16", "party": side(case, role).pk, **said}
        form = FollowUpForm(given, case=case, user=head)
        assert form.is_valid(), form.errors
        moves.move(case, "follow_up", by=head, data=form.move_data())
    clocks = Clock.objects.filter(case=case.pk, term="arb.sue_after_set_aside").order_by("pk")
    return list(clocks.values_list("state", flat=True))


@pytest.mark.parametrize(
    ("sayings", "states_then"),
    [
        ((("respondent", RULING), ("applicant", {"follow_up": "unknown"})), ["running"]),
        ((("respondent", RULING), ("respondent", {"follow_up": "unknown"})), ["cancelled"]),
        (
            (
                ("respondent", RULING),
                ("respondent", {"follow_up": "unknown"}),
                ("respondent", RULING),
            ),
            ["cancelled", "running"],
        ),
        (
            (("respondent", RULING), ("respondent", RULING | {"ruling_on": "2024-02-06"})),
            ["cancelled", "running"],
        ),
        ((("respondent", RULING), ("respondent", {"follow_up": "sued"})), ["met"]),
        (
            (
                ("respondent", RULING),
                ("applicant", {"follow_up": "sued"}),
                ("applicant", {"follow_up": "unknown"}),
            ),
            ["running"],
        ),
    ],
)
def test_the_term_after_a_ruling_follows_what_is_registered(
    sayings: Any, states_then: list[str], deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    today.move_to("2024-02-16T09:00:00+08:00")
    mistaken = ("applicant", {"follow_up": "sued"})
    assert told(case, arbitration_head, mistaken, *sayings) == states_then


def test_a_suit_told_at_the_closing_meets_the_term_after_a_ruling(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    today.move_to("2024-02-16T09:00:00+08:00")
    assert told(case, arbitration_head, ("respondent", RULING)) == ["running"]
    close(case, follow_up="sued", party=side(case, "respondent"))
    assert told(case, arbitration_head) == ["met"]


def test_a_part_award_comes_after_its_hearing(
    deliberating: Dispute, arbitration_head: User
) -> None:
    form = part_form(deliberating, arbitration_head, WAGES, LATER)
    form.data = {**form.data, "on": "2023-11-19"}
    assert form.errors["on"] == ["不能早于开庭日期 2023-11-20"]


def test_the_employer_sues_after_the_court_set_the_final_award_aside(
    deliberating: Dispute, arbitration_head: User, today: Any
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    firm = side(case, "respondent")
    today.move_to("2023-12-06T09:00:00+08:00")
    close(case, follow_up="set_aside", party=firm)
    today.move_to("2024-02-16T09:00:00+08:00")
    ruling = {"court_result": "set_aside", "ruling_on": "2024-02-05"}
    sues = {"follow_up": "sued"}
    for given, works in (
        (sues, False),
        ({"follow_up": "set_aside", **ruling}, True),
        (sues, True),
        (sues | {"court_result": "changed"}, True),
        (sues, True),
        ({"follow_up": "unknown"}, True),
        (sues, False),
    ):
        case = Dispute.objects.get(pk=case.pk)
        posted = {"on": "2024-02-16", "party": firm.pk, **given}
        form = FollowUpForm(posted, case=case, user=arbitration_head)
        assert form.is_valid() is works, (given, form.errors)
        if works:
            moves.move(case, "follow_up", by=arbitration_head, data=form.move_data())
            case = Dispute.objects.get(pk=case.pk)
            assert has_no_effect(case, "final") is (given["follow_up"] != "unknown")


def test_a_suit_leaves_that_the_final_award_was_set_aside(
    deliberating: Dispute, arbitration_head: User
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    firm = side(case, "respondent")
    for went, result in (("set_aside", "set_aside"), ("sued", "")):
        data = {"follow_up": went, "party": firm, "court_result": result}
        moves.move(case, "follow_up", by=arbitration_head, data=data)
    case = Dispute.objects.get(pk=case.pk)
    assert (case.employer_went, case.employer_result) == ("sued", "set_aside")
    assert ledger.row_of(case)["suits"] == "用人单位起诉；用人单位申请撤销"


def test_a_third_person_is_no_worker_who_did_not_sue(
    deliberating: Dispute, arbitration_head: User
) -> None:
    deliberating.parties.create(role="third", seq=1, name="包工头丙", person=None)
    case = decide(deliberating, arbitration_head, **FINAL)
    data = {"follow_up": "sued", "party": side(case, "applicant")}
    moves.move(case, "follow_up", by=arbitration_head, data=data)
    assert has_no_effect(Dispute.objects.get(pk=case.pk), "final")
