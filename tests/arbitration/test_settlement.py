"""反悔: a party goes back on a settlement before every party has it (调解仲裁法 Article 42)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from arbitration.forms import RetractionForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
SETTLED = {"outcome": "mediated", "result": "三日内付清工资。", "awarded": "3000"}


@pytest.fixture
def settled(
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    acting: Acting,
    today: Any,
) -> Dispute:
    """Accepted on 1 November 2023, heard, settled on 20 November while it waited for the award."""
    today.move_to("2023-11-01T09:00:00+08:00")
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 1))
    moves.move(case, "propose", by=clerk, data=PROPOSAL)
    seats = [{"member": make.staff(county, user=arbitrator), "role": "sole"}]
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, "tribunal": seats}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    moves.move(case, "send", by=clerk, data={"deliveries": []})
    make.served(case, clerk, "申请书副本", roles=("respondent",))
    for code in ("served", "hear", "end_hearing"):
        moves.move(case, code, by=arbitrator)
    today.move_to("2023-11-20T09:00:00+08:00")
    moves.move(case, "settle", by=arbitrator, data=SETTLED | {"signer": arbitrator})
    return Dispute.objects.get(pk=case.pk)


def retract(case: Dispute, by: User, role: str = "respondent") -> None:
    """A party goes back on the settlement today, through the form."""
    party = case.parties.get(role=role)
    given = {"on": "2023-11-22", "party": str(party.pk), "note": "单位负责人当面反悔，记入笔录"}
    form = RetractionForm(given, case=case, user=by)
    assert form.is_valid(), form.errors
    note, on = form.cleaned_data["note"], form.cleaned_data["on"]
    moves.move(case, "retract_settlement", by=by, on=on, data=form.move_data(), note=note)


def test_the_case_waits_for_its_award_again_and_the_term_is_the_old_one(
    settled: Dispute, clerk: User, today: Any
) -> None:
    before = Clock.objects.get(case=settled.pk, term="arb.award")
    assert (before.state, before.due_on) == ("met", date(2023, 12, 18))
    make.served(settled, clerk, "调解书", roles=("applicant",))
    today.move_to("2023-11-22T09:00:00+08:00")
    retract(settled, clerk)
    case = Dispute.objects.get(pk=settled.pk)
    assert (case.state, case.closed_on, case.outcome) == ("deliberating", None, "")
    assert (case.result, case.awarded, case.signer) == ("", None, None)
    clock = Clock.objects.get(case=case.pk, term="arb.award")
    assert (clock.state, clock.started_on, clock.due_on) == (
        "running",
        date(2023, 11, 1),
        date(2023, 12, 18),
    )
    told = case.events.get(move="retract_settlement")
    assert told.data["party"]["text"] == case.parties.get(role="respondent").name
    assert case.events.get(move="settle").data["result"] == "三日内付清工资。"


def test_an_award_follows_and_only_its_own_service_counts(
    settled: Dispute, clerk: User, arbitrator: User, today: Any
) -> None:
    make.served(settled, clerk, "调解书", roles=("applicant",))
    today.move_to("2023-11-22T09:00:00+08:00")
    retract(settled, clerk)
    today.move_to("2023-11-24T09:00:00+08:00")
    moves.move(settled, "settle", by=arbitrator, data=SETTLED | {"signer": arbitrator})
    make.served(settled, clerk, "调解书", roles=("respondent",))
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(settled, "ask_close", by=None, data={"follow_up": "unknown"})
    moves.move(settled, "retract_settlement", by=clerk)
    assert Dispute.objects.get(pk=settled.pk).state == "deliberating"


def test_settling_again_on_the_same_day_needs_its_own_service(
    settled: Dispute, clerk: User, arbitrator: User, today: Any
) -> None:
    make.served(settled, clerk, "调解书", roles=("applicant",))
    today.move_to("2023-11-20T10:00:00+08:00")
    moves.move(settled, "retract_settlement", by=clerk)
    today.move_to("2023-11-20T11:00:00+08:00")
    moves.move(settled, "settle", by=arbitrator, data=SETTLED | {"signer": arbitrator})
    make.served(settled, clerk, "调解书", roles=("respondent",))
    applicant = settled.parties.get(role="applicant").name
    with pytest.raises(MoveRefused, match=f"还没有送达：{applicant}"):
        moves.move(settled, "ask_close", by=None, data={"follow_up": "unknown"})
    make.served(settled, clerk, "调解书", roles=("applicant",))
    with pytest.raises(MoveRefused, match="已发生法律效力"):
        moves.move(settled, "retract_settlement", by=clerk)
    moves.move(settled, "ask_close", by=None, data={"follow_up": "unknown"})
    moves.move(settled, "close", by=None, data={"follow_up": "unknown"})


def test_a_settlement_that_every_party_has_is_in_force(settled: Dispute, clerk: User) -> None:
    make.served(settled, clerk, "调解书")
    with pytest.raises(MoveRefused, match="已发生法律效力"):
        moves.move(settled, "retract_settlement", by=clerk)


def test_its_paper_is_void_or_never_made(settled: Dispute, clerk: User, arbitrator: User) -> None:
    first = settled.papers.get(kind="arb.settlement")
    papers.issue(first, by=arbitrator)
    moves.move(settled, "retract_settlement", by=clerk)
    first.refresh_from_db()
    assert first.paper is not None
    assert first.paper.void_reason == "送达前当事人反悔，调解书不发生效力"
    moves.move(settled, "settle", by=arbitrator, data=SETTLED | {"signer": arbitrator})
    moves.move(settled, "retract_settlement", by=clerk)
    states = settled.papers.filter(kind="arb.settlement").order_by("pk")
    assert list(states.values_list("state", flat=True)) == ["issued", "dropped"]
