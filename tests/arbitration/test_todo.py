"""待办: for whom a case waits, from the day it came in to the day it is filed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from arbitration.models import Dispute, Recusal
from hrss_portal.access.models import Delegation, User
from hrss_portal.casework import assignment, corrected, door, moves
from hrss_portal.casework.changing import write_event
from hrss_portal.casework.models import Case, Clock
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.casework.requests import open_request
from hrss_portal.desk import badges
from hrss_portal.notifications.models import Notice
from hrss_portal.parties.identifiers import mask_name
from tests.cast import County, person
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
DAY = date(2023, 11, 15)
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}


@pytest.fixture
def received(county: County, clerk: User, acting: Any) -> Dispute:
    """A dispute that the clerk took in; nobody handles it yet."""
    acting("test")
    return make.dispute(county, clerk, DAY)


@pytest.fixture
def accepted(
    received: Dispute, county: County, clerk: User, arbitration_head: User, arbitrator: User
) -> Dispute:
    """The same, accepted and given to the arbitrator, who sits in it with the clerk beside."""
    moves.move(received, "propose", by=clerk, data=PROPOSAL)
    seats = [{"member": make.staff(county, user=arbitrator), "role": "sole"}]
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, "tribunal": seats}
    moves.move(received, "accept", by=arbitration_head, data=decision)
    return now(received)


@pytest.fixture
def deliberating(accepted: Dispute, arbitrator: User) -> Dispute:
    """The same, heard: its award is to be written."""
    with door.opened():
        Case._base_manager.filter(pk=accepted.pk).update(state="deliberating")
    return now(accepted)


def now(case: Dispute) -> Dispute:
    """The case as it is stored."""
    return Dispute.objects.get(pk=case.pk)


def waits(case: Any, *people: User) -> list[bool]:
    """Whether the case is in the 待办 of each of the people."""
    return [badges.todo(user).filter(pk=case.pk).exists() for user in people]


def told(user: User, case: Any) -> list[str]:
    """What the user was told about the case, oldest first."""
    rows = Notice._base_manager.filter(user=user, url=case.get_absolute_url()).order_by("pk")
    return [title.rpartition(" ")[2] for title in rows.values_list("title", flat=True)]


def given(case: Dispute, head: User) -> None:
    """The award is signed."""
    award = {"outcome": "award", "finality": "not_final", "result": "付款。", "awarded": Decimal(9)}
    moves.move(case, "award", by=head, data=award)


def test_what_nobody_handles_waits_for_who_took_it_in_and_for_the_head(
    received: Dispute,
    county: County,
    clerk: User,
    arbitration_head: User,
    arbitrator: User,
    director: User,
    inspection_head: User,
    stranger: User,
) -> None:
    colleague = person("7604", "同书", make.court(county), "CLK")
    assert waits(received, clerk, arbitration_head) == [True, True]
    assert (
        waits(received, arbitrator, colleague, director, inspection_head, stranger) == [False] * 5
    )
    moves.assign(received, by=arbitration_head, handler=arbitrator)
    assert waits(received, arbitrator) == [True]
    assert waits(received, clerk, arbitration_head) == [False, False]


def test_what_is_proposed_waits_for_who_approves_it(
    received: Dispute, clerk: User, arbitration_head: User, arbitrator: User, director: User
) -> None:
    moves.assign(received, by=arbitration_head, handler=arbitrator)
    assert waits(received, arbitration_head) == [False]
    moves.move(received, "propose", by=clerk, data=PROPOSAL)
    assert waits(received, arbitration_head, director) == [True, False]
    moves.move(received, "send_back", by=arbitration_head, data={"reason": "请补充"})
    assert waits(received, arbitration_head) == [False]


def test_a_case_in_trial_waits_for_its_people_alone(
    accepted: Dispute, clerk: User, arbitration_head: User, arbitrator: User, director: User
) -> None:
    for state in ("accepted", "serving", "scheduled", "hearing", "deliberating", "suspended"):
        with door.opened():
            Case._base_manager.filter(pk=accepted.pk).update(state=state)
        assert waits(accepted, arbitrator, clerk) == [True, True], state
        assert waits(accepted, arbitration_head, director) == [False, False], state


def test_an_award_waits_from_the_request_to_the_file(
    deliberating: Dispute, clerk: User, arbitration_head: User, arbitrator: User, director: User
) -> None:
    moves.move(deliberating, "ask_award", by=arbitrator)
    assert waits(deliberating, arbitration_head, director) == [True, False]
    assert told(arbitration_head, deliberating)[-1] == "报请签发裁决书"
    moves.move(deliberating, "return_draft", by=arbitration_head, data={"reason": "补充理由"})
    assert waits(deliberating, arbitration_head, arbitrator) == [False, True]
    moves.move(deliberating, "ask_award", by=arbitrator)
    given(deliberating, arbitration_head)
    assert now(deliberating).closed_on is not None
    assert waits(deliberating, arbitrator, clerk) == [True, True]
    assert waits(deliberating, arbitration_head) == [False]
    assert deliberating.pk in set(assignment.queue_of(arbitrator).values_list("pk", flat=True))
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(deliberating, "ask_close", by=clerk)
    make.served(deliberating, clerk, "裁决书")
    with pytest.raises(MoveRefused, match="期满后才能结案"):
        moves.move(deliberating, "ask_close", by=clerk)
    Clock.objects.filter(case=deliberating.pk).update(due_on=date(2023, 11, 1))
    moves.move(deliberating, "ask_close", by=clerk)
    assert waits(deliberating, arbitration_head, arbitrator) == [True, True]
    for state, still in (("closed", True), ("archived", False)):
        with door.opened():
            Case._base_manager.filter(pk=deliberating.pk).update(state=state)
        assert waits(deliberating, arbitrator, clerk) == [still, still]
        assert waits(deliberating, arbitration_head) == [False]
        assert assignment.queue_of(arbitrator).filter(pk=deliberating.pk).exists() == still


def test_the_unserved_award_of_a_leaver_goes_to_the_colleague(
    deliberating: Dispute, county: County, arbitration_head: User, arbitrator: User
) -> None:
    colleague = person("7602", "新仲", make.court(county), "ARB")
    given(deliberating, arbitration_head)
    assert dict(assignment.loaded(county.bureau.path))[arbitrator] == 1
    moved = assignment.hand_over(arbitrator, to=colleague, by=arbitration_head, reason="调离")
    assert [case.pk for case in moved] == [deliberating.pk]
    assert waits(deliberating, arbitrator, colleague) == [False, True]


def test_what_a_ledger_told_as_ended_waits_for_nobody(
    deliberating: Dispute, arbitration_head: User, arbitrator: User
) -> None:
    given(deliberating, arbitration_head)
    with door.opened():
        Case._base_manager.filter(pk=deliberating.pk).update(is_live=False)
    assert waits(deliberating, arbitrator) == [False]
    assert assignment.queue_of(arbitrator).count() == 0


def ask_recusal(case: Dispute, member: Any, by: User) -> Recusal:
    """A party asks that the member stand aside."""
    request = {"member": member, "asked_by": "申请人", "reason": "系近亲属"}
    moves.move(case, "ask_recusal", by=by, data=request)
    return case.recusals.latest("pk")


def test_each_recusal_request_waits_for_the_director_and_tells_him(
    accepted: Dispute, county: County, clerk: User, director: User, arbitration_head: User
) -> None:
    judge = accepted.tribunal.get().member
    keeper = make.staff(county, name="书记", cert_no="T-2", user=clerk)
    first = ask_recusal(accepted, judge, clerk)
    second = ask_recusal(accepted, keeper, arbitration_head)
    assert waits(accepted, director, arbitration_head) == [True, False]
    assert told(director, accepted) == ["登记回避申请"] * 2
    for one, still in ((second, True), (first, False)):
        decision = {"recusal": one, "member": one.member, "granted": False}
        moves.move(accepted, "decide_recusal", by=director, data=decision)
        assert waits(accepted, director) == [still]


def test_a_request_that_a_correction_voids_waits_for_nobody(
    accepted: Dispute, clerk: User, director: User
) -> None:
    moves.move(accepted, "ask_extension", by=clerk, data={"days": 5, "reason": "证据多"})
    asked = open_request(accepted, "extend")
    assert asked is not None
    assert waits(accepted, director) == [True]
    wrong = {"events": [{"id": asked.pk, "on": None, "data": {}, "is_void": True}]}
    with door.opened():
        write_event(
            accepted,
            kind=EventKind.AMEND,
            move=corrected.TOPIC,
            label="更正",
            by=clerk,
            on=DAY,
            data=wrong,
        )
        corrected.count_anew(accepted)
    assert open_request(accepted, "extend") is None
    assert waits(accepted, director) == [False]


def test_who_holds_the_delegation_gets_what_the_director_decides(
    accepted: Dispute, clerk: User, director: User, arbitration_head: User
) -> None:
    Delegation.objects.create(
        giver=director,
        taker=arbitration_head,
        area="arbitration",
        moves=["decide_recusal"],
        from_on=DAY,
        to_on=DAY + timedelta(days=30),
        file_ref="授权〔2023〕1号",
        reason="出差",
    )
    moves.move(accepted, "ask_extension", by=clerk, data={"days": 5, "reason": "证据多"})
    assert waits(accepted, arbitration_head, director) == [False, True]
    ask_recusal(accepted, accepted.tribunal.get().member, clerk)
    assert waits(accepted, arbitration_head, director) == [True, True]
    assert told(arbitration_head, accepted)[-1] == "登记回避申请"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("counterclaim", "refuse_counterclaim"),
        ("object_jurisdiction", "dismiss_objection"),
    ],
)
def test_what_the_head_decides_waits_for_him(
    accepted: Dispute, clerk: User, arbitration_head: User, asked: str, answer: str
) -> None:
    assert waits(accepted, arbitration_head) == [False]
    moves.move(accepted, asked, by=clerk)
    assert waits(accepted, arbitration_head) == [True]
    moves.move(accepted, answer, by=arbitration_head, data={"reason": "不成立"})
    assert waits(accepted, arbitration_head) == [False]


def test_a_review_asked_for_waits_for_the_head(
    county: County, mediator: User, arbitration_head: User, acting: Any
) -> None:
    acting("test")
    case: Any = make.mediation(county, mediator, DAY)
    moves.assign(case, by=arbitration_head, handler=mediator)
    moves.move(case, "accept", by=mediator, data={"consent": "yes", "handler": mediator})
    agreed = {"outcome": "agreed", "process": "已达成", "agreed_on": DAY}
    moves.move(case, "agree", by=mediator, data=agreed)
    assert waits(case, mediator, arbitration_head) == [True, False]
    moves.move(case, "review", by=mediator, data={"review": "arbitration"})
    assert waits(case, mediator, arbitration_head) == [True, True]
    assert told(arbitration_head, case)[-1] == "转仲裁审查"
    moves.move(case, "refuse_review", by=arbitration_head, data={"reason": "超出范围"})
    assert waits(case, mediator, arbitration_head) == [True, False]


def test_the_badge_is_the_length_of_the_list(
    deliberating: Dispute, clerk: User, arbitration_head: User
) -> None:
    given(deliberating, arbitration_head)
    for user in (clerk, arbitration_head):
        browser = Client()
        browser.force_login(user)
        rows = browser.get("/todo/").context["table"]
        assert browser.get("/desk/badge/").json()["todo"] == len(rows)
        assert len(rows) == int(user == clerk)


def test_the_queue_is_read_by_its_index() -> None:
    with connection.cursor() as cursor:
        names = connection.introspection.get_constraints(cursor, Case._meta.db_table)
    assert names["casework_case_unfinished"]["columns"] == ["kind", "state"]


def test_the_title_names_the_sides_with_persons_masked(
    county: County, clerk: User, arbitration_head: User, acting: Any
) -> None:
    acting("test")
    case = make.dispute(county, clerk, DAY, workers=11, people=11)
    names = [party.name for party in case.parties.filter(role="applicant").order_by("seq")]
    firm = case.parties.get(role="respondent").name
    shown = f"{mask_name(names[0])}、{mask_name(names[1])}等11人"
    browser = Client()
    browser.force_login(arbitration_head)
    for url in ("/", "/todo/"):
        page = browser.get(url).content.decode()
        assert f"{case.title}（{shown}，{firm}）" in page
        assert names[0] not in page
    assert shown in browser.get("/arbitration/disputes/").content.decode()
