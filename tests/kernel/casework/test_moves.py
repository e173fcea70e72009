"""The one door: what it refuses, what it writes, and that nobody else writes it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import door, moves, papers, refusals
from hrss_portal.casework.door import WrongDoor
from hrss_portal.casework.models import Case, CaseLink, Clock, ClockStep, Event
from hrss_portal.casework.moves import MoveRefused, StaleVersion
from hrss_portal.notifications.models import Notice
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.access import AbsenceFactory, DelegationFactory
from tests.kernel.casework.conftest import OPINION, RECEIVED

Acting = Callable[..., Any]


def events(case: Case) -> list[str]:
    """The moves of a case, oldest first."""
    return list(
        Event._base_manager.filter(case=case.pk).order_by("pk").values_list("move", flat=True)
    )


# --- only the door writes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda case: case.save(),
        lambda case: Dispute.objects.filter(pk=case.pk).update(remark="x"),
        lambda case: Dispute.objects.bulk_create([Dispute()]),
        lambda case: Case.objects.filter(pk=case.pk).delete(),
        lambda case: case.delete(),
        lambda case: Event(case=case).save(),
        lambda case: Clock.objects.filter(case=case.pk).first().save(),
    ],
)
def test_nothing_else_writes_a_case_an_event_or_a_clock(received, acting: Acting, write):
    acting("test")
    with pytest.raises(WrongDoor):
        write(received)


def test_the_door_shuts_when_a_verb_fails(received, acting: Acting):
    acting("test")
    with pytest.raises(MoveRefused):
        moves.move(received, "accept", by=None)
    with pytest.raises(WrongDoor):
        door.require_open("Case")


# --- moves --------------------------------------------------------------------------------------


def test_a_move_changes_the_state_and_tells_of_it_in_one_event(pending, acting: Acting):
    acting("test")
    event = Event.objects.get(case=pending.pk, move="propose")
    assert (pending.state, pending.state_on, pending.version) == ("pending", RECEIVED, 2)
    assert (event.from_state, event.to_state, event.on) == ("received", "pending", RECEIVED)
    assert (event.by_name, event.kind, event.data["procedure"]) == ("孟仲", "move", "ordinary")


def test_a_move_from_another_state_is_refused_and_changes_nothing(received, acting: Acting):
    acting("test")
    with pytest.raises(MoveRefused) as refused:
        moves.move(received, "accept", by=None)
    assert refused.value.messages != []
    assert events(received) == ["open"]
    assert Dispute._base_manager.get(pk=received.pk).version == 1


def test_another_post_may_not_make_the_move(pending, director: User, clerk: User):
    for user in (director, clerk):
        with acting_as(user), pytest.raises(PermissionDenied, match="仲裁院院长"):
            moves.move(pending, "accept", by=user, data={"procedure": "ordinary"})


def test_four_eyes_whoever_entered_or_handles_may_not_approve(
    county: County, rules, today, arbitration_head: User, arbitrator: User
):
    second = person("1799", "副院", county.office("劳动人事争议仲裁院"), "ARB-C")
    with acting_as(arbitration_head):
        case = make.dispute(county, arbitration_head, RECEIVED)
        moves.move(case, "propose", by=arbitration_head, data=OPINION)
        case = Dispute.objects.get(pk=case.pk)
        with pytest.raises(PermissionDenied, match="另一人"):
            moves.move(case, "accept", by=arbitration_head, data={"procedure": "ordinary"})
        assert "accept" not in [step.code for step in moves.available(case, arbitration_head)]
    with acting_as(second):
        assert "accept" in [step.code for step in moves.available(case, second)]
        given = {"procedure": "ordinary", "handler": arbitrator}
        moves.move(case, "accept", by=second, data=given)
    assert Dispute._base_manager.get(pk=case.pk).state == "accepted"


def test_who_approves_does_not_name_himself_handler(
    pending: Dispute, arbitration_head: User, arbitrator: User
):
    given = {"procedure": "ordinary", "handler": arbitration_head}
    with acting_as(arbitration_head):
        with pytest.raises(MoveRefused, match="另由一名同事承办，或者由受委托的人审批"):
            moves.move(pending, "accept", by=arbitration_head, data=given)
        moves.move(pending, "accept", by=arbitration_head, data={**given, "handler": arbitrator})
    assert Dispute._base_manager.get(pk=pending.pk).handler_id == arbitrator.pk


def test_one_who_works_alone_may_approve_his_own(
    county: County, rules, today, arbitration_head: User
):
    User.objects.exclude(pk=arbitration_head.pk).update(is_active=False)
    with acting_as(arbitration_head):
        case = make.dispute(county, arbitration_head, RECEIVED)
        moves.move(case, "propose", by=arbitration_head, data=OPINION)
        data = {"procedure": "ordinary", "handler": arbitration_head}
        moves.move(case, "accept", by=arbitration_head, data=data)
    assert Dispute._base_manager.get(pk=case.pk).state == "accepted"


def test_a_stale_version_changes_nothing(pending, arbitration_head: User):
    with acting_as(arbitration_head):
        with pytest.raises(StaleVersion) as stale:
            moves.move(pending, "send_back", by=arbitration_head, version=1)
        assert (stale.value.case.version, stale.value.sent) == (2, 1)
        moves.move(pending, "send_back", by=arbitration_head, version=2, note="补材料")
    assert events(pending) == ["open", "propose", "send_back"]


@pytest.mark.parametrize("days", [1, 30])
def test_a_day_to_come_is_refused(pending, acting: Acting, days: int):
    acting("test")
    with pytest.raises(MoveRefused):
        moves.move(pending, "send_back", by=None, on=RECEIVED + timedelta(days=days))


def test_a_day_before_the_step_before_is_refused(accepted, today, acting: Acting):
    acting("test")
    today.move_to("2023-08-25T09:00:00+08:00")
    with pytest.raises(MoveRefused):
        moves.move(accepted, "send", by=None, on=date(2023, 8, 1))


def test_a_move_entered_days_later_counts_from_its_own_day(
    accepted, today, acting: Acting, arbitration_head: User
):
    acting("test")
    today.move_to("2023-08-25T09:00:00+08:00")
    handed_over = date(2023, 8, 18)
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",), on=handed_over)
    event = accepted.events.get(move="record_delivery")
    clock = Clock.objects.get(case=accepted.pk, term="arb.send_copy")
    assert (event.on, event.at.date()) == (date(2023, 8, 18), date(2023, 8, 25))
    assert (clock.state, clock.met_on) == ("met", date(2023, 8, 18))


def test_the_b_acts_for_an_absent_colleague_and_the_event_says_so(
    county: County, pending, arbitration_head: User, employment_clerk: User
):
    arbitration_head.deputy = employment_clerk
    with acting_as(arbitration_head):
        arbitration_head.save()
    with acting_as(employment_clerk), pytest.raises(PermissionDenied):
        moves.move(pending, "send_back", by=employment_clerk, note="x")
    AbsenceFactory(user=arbitration_head, from_on=RECEIVED, to_on=RECEIVED)
    with acting_as(employment_clerk):
        event = moves.move(pending, "send_back", by=employment_clerk, note="补材料")
    assert (event.by, event.on_behalf_of) == (employment_clerk, arbitration_head)


def test_a_delegated_approver_acts_for_the_giver_and_only_what_was_given(
    accepted, director: User, arbitration_head: User
):
    extend = {"days": 15, "reason": "案情复杂"}
    with acting_as(arbitration_head), pytest.raises(PermissionDenied):
        moves.move(accepted, "extend", by=arbitration_head, data=extend)
    DelegationFactory(
        giver=director,
        taker=arbitration_head,
        area="arbitration",
        moves=["extend"],
        from_on=RECEIVED,
        to_on=RECEIVED,
    )
    with acting_as(arbitration_head):
        event = moves.move(accepted, "extend", by=arbitration_head, data=extend)
    assert (event.by, event.on_behalf_of) == (arbitration_head, director)


def test_a_number_is_given_once_and_stays(accepted, acting: Acting):
    prefix = accepted.unit.root.numbering_prefix
    assert accepted.number == f"{prefix}劳人仲案〔2023〕1号"
    assert accepted.intake_no != accepted.number
    acting("test")
    assert Case.objects.get(number=accepted.number).pk == accepted.pk


# --- amend, assign, void, link ------------------------------------------------------------------


def test_a_correction_keeps_old_and_new_with_the_reason(received, arbitration_head: User):
    with acting_as(arbitration_head):
        event = moves.amend(
            received, by=arbitration_head, changes={"post": "瓦工", "people": 1}, reason="笔误"
        )
    assert event.data == {"post": ["", "瓦工"]}
    assert (event.kind, event.note) == ("amend", "笔误")
    assert Dispute._base_manager.get(pk=received.pk).version == 2


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [({"post": "瓦工"}, " ", "理由"), ({"people": 1}, "笔误", "没有改动")],
)
def test_a_correction_without_reason_or_change_is_refused(
    received, arbitration_head: User, changes, reason, words
):
    with acting_as(arbitration_head), pytest.raises(MoveRefused, match=words):
        moves.amend(received, by=arbitration_head, changes=changes, reason=reason)


def test_a_corrected_date_moves_the_clock_that_counts_from_it(
    received, arbitration_head: User, clock_of
):
    before = clock_of(received, "arb.limitation").due_on
    with acting_as(arbitration_head):
        moves.amend(
            received,
            by=arbitration_head,
            changes={"dispute_on": date(2023, 6, 1)},
            reason="劳动者更正",
        )
    after = clock_of(received, "arb.limitation")
    assert after.started_on == date(2023, 6, 1)
    assert after.due_on < before
    step = ClockStep._base_manager.filter(clock=after).order_by("-pk")[0]
    assert (step.kind, step.old_due_on, step.new_due_on) == ("restart", before, after.due_on)


def test_a_correction_by_another_office_is_refused(received, employment_clerk: User):
    with acting_as(employment_clerk), pytest.raises(PermissionDenied):
        moves.amend(received, by=employment_clerk, changes={"post": "x"}, reason="x")


def test_the_handler_hears_of_it_once_and_the_actor_does_not(
    accepted, arbitrator: User, arbitration_head: User, clerk: User
):
    key = f"event:{Event._base_manager.get(case=accepted.pk, move='accept').pk}"
    told = set(Notice.objects.filter(key=key).values_list("user_id", flat=True))
    assert told == {arbitrator.pk, clerk.pk}


def test_whoever_may_approve_hears_that_it_waits(arbitration_head: User, pending):
    key = f"event:{Event._base_manager.get(case=pending.pk, move='propose').pk}"
    assert Notice.objects.filter(key=key, user=arbitration_head).count() == 1


def test_no_paper_is_made_for_a_voided_case(accepted: Dispute, arbitration_head: User):
    with acting_as(arbitration_head):
        waiting = accepted.papers.filter(state="waiting").first()
        moves.void(accepted, by=arbitration_head, reason="重复登记")
        for make_paper in (
            lambda: papers.issue(waiting, by=arbitration_head),
            lambda: papers.drop(waiting, by=arbitration_head, reason="不需要"),
            lambda: papers.ask(accepted, "arb.delivery", by=arbitration_head),
        ):
            with pytest.raises(ValidationError, match="此件已作废"):
                make_paper()


def test_a_voided_case_offers_nothing_and_its_clocks_stop(received, arbitration_head: User):
    with acting_as(arbitration_head):
        moves.void(received, by=arbitration_head, reason="重复登记")
        case = Dispute.objects.get(pk=received.pk)
        assert case.is_void
        assert moves.available(case, arbitration_head) == []
        with pytest.raises(MoveRefused):
            moves.move(case, "propose", by=arbitration_head, data=OPINION)
        states = set(Clock.objects.filter(case=case.pk).values_list("state", flat=True))
    assert states == {"cancelled"}
    assert (case.due_on, case.is_paused) == (None, False)


def test_assignment_needs_the_right_and_tells_the_handler(
    received, arbitration_head: User, arbitrator: User, clerk: User
):
    with acting_as(clerk), pytest.raises(PermissionDenied):
        moves.assign(received, by=clerk, handler=arbitrator)
    with acting_as(arbitration_head):
        moves.assign(received, by=arbitration_head, handler=arbitrator)
    assert Dispute._base_manager.get(pk=received.pk).handler == arbitrator
    told = Notice.objects.filter(user=arbitrator, title__endswith="分派承办人")
    assert told.count() == 1


def test_cases_are_linked_once(received, pending, county: County, acting: Acting):
    acting("test")
    other = make.dispute(county, None, RECEIVED)
    for _ in range(2):
        moves.link(received, other, kind="same", by=None, reason="同一单位")
    assert CaseLink.objects.filter(earlier=received.pk, later=other.pk).count() == 1


@pytest.mark.usefixtures("rules", "today")
def test_who_proposed_is_asked_once_for_all_approvals(
    county: County, clerk: User, arbitration_head: User, monkeypatch: pytest.MonkeyPatch
):
    asked: list[int] = []
    known = refusals.proposed_by
    monkeypatch.setattr(refusals, "proposed_by", lambda *args: asked.append(1) or known(*args))
    with acting_as(clerk):
        case = make.dispute(county, clerk, RECEIVED)
        moves.move(case, "propose", by=clerk, data=OPINION)
        asked.clear()
    with acting_as(arbitration_head):
        offered = moves.available(Dispute.objects.get(pk=case.pk), arbitration_head)
    assert len([move for move in offered if move.approval]) >= 2
    assert asked == [1]


def test_a_day_between_the_intake_and_the_step_before_is_refused(
    pending: Dispute, today: Any, acting: Acting, arbitration_head: User, arbitrator: User
):
    acting("test")
    today.move_to("2023-08-25T09:00:00+08:00")
    given = {"procedure": "ordinary", "handler": arbitrator}
    moves.move(pending, "accept", by=arbitration_head, data=given)
    case = Dispute.objects.get(pk=pending.pk)
    with pytest.raises(MoveRefused, match="不能早于上一步的日期 2023-08-25"):
        moves.move(case, "send", by=None, on=date(2023, 8, 18), data={"deliveries": []})


def test_whoever_entered_it_may_not_approve_what_another_proposed(
    county: County, rules: None, today: Any, acting: Acting, arbitration_head: User,
    arbitrator: User,
):  # fmt: skip
    acting("test")
    case = make.dispute(county, arbitration_head, RECEIVED, deputy=arbitrator)
    moves.move(case, "propose", by=arbitrator, data=OPINION)
    acting(arbitration_head)
    case = Dispute.objects.get(pk=case.pk)
    given = {"procedure": "ordinary", "handler": arbitrator}
    with pytest.raises(PermissionDenied, match="另一人"):
        moves.move(case, "accept", by=arbitration_head, data=given)
    assert "accept" not in [step.code for step in moves.available(case, arbitration_head)]


def test_a_proposal_that_was_voided_is_nobody_s(
    received: Dispute, acting: Acting, arbitration_head: User, arbitrator: User
):
    acting("test")
    moves.move(received, "propose", by=arbitration_head, data=OPINION)
    moves.move(received, "send_back", by=None)
    moves.move(received, "propose", by=arbitrator, data=OPINION)
    newest = received.events.filter(move="propose").latest("pk")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_event SET counts_on = NULL WHERE id = %s", [newest.pk])
    case = Dispute.objects.get(pk=received.pk)
    assert refusals.proposed_by(case, arbitration_head)
    assert not refusals.proposed_by(case, arbitrator)
