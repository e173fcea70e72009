"""A leaver's whole queue goes to a colleague, or none of it."""

import pytest
from django.core.exceptions import PermissionDenied

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import assignment, moves
from hrss_portal.casework.models import Event
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.kernel.casework.conftest import RECEIVED


@pytest.fixture
def colleague(county: County) -> User:
    """Another arbitrator."""
    return person("1705", "新仲", county.office("劳动人事争议仲裁院"), "ARB")


@pytest.fixture
def queue(
    county: County, rules, today, arbitrator: User, clerk: User, arbitration_head: User
) -> list[Dispute]:
    """Three cases: two handled by the arbitrator (one voided), one assisted."""
    with acting_as(arbitration_head):
        cases = [make.dispute(county, clerk, RECEIVED) for _ in range(3)]
        moves.assign(cases[0], by=arbitration_head, handler=arbitrator)
        moves.assign(cases[1], by=arbitration_head, handler=arbitrator)
        moves.assign(cases[2], by=arbitration_head, handler=arbitration_head, deputy=arbitrator)
        moves.void(cases[1], by=arbitration_head, reason="重复登记")
    return cases


def test_everything_open_changes_hands_with_one_event_each(
    queue, arbitrator: User, arbitration_head: User, colleague: User
):
    with acting_as(arbitration_head):
        done = assignment.hand_over(
            arbitrator, to=colleague, by=arbitration_head, reason="调离仲裁院"
        )
        assert {case.pk for case in done} == {queue[0].pk, queue[2].pk}
        assert assignment.queue_of(arbitrator).count() == 0
        assert set(assignment.queue_of(colleague)) == set(done)
        rows = list(Event.objects.filter(label="移交承办人").order_by("case"))
    assert [(row.note, row.by) for row in rows] == [("调离仲裁院", arbitration_head)] * 2
    assert Dispute._base_manager.get(pk=queue[0].pk).handler == colleague
    last = Dispute._base_manager.get(pk=queue[2].pk)
    assert (last.handler, last.deputy) == (arbitration_head, colleague)
    assert Dispute._base_manager.get(pk=queue[1].pk).handler == arbitrator  # voided: history stays


def test_without_the_right_nothing_moves(queue, arbitrator: User, clerk: User, colleague: User):
    with acting_as(clerk), pytest.raises(PermissionDenied):
        assignment.hand_over(arbitrator, to=colleague, by=clerk, reason="调离")
    assert Dispute._base_manager.get(pk=queue[0].pk).handler == arbitrator


def test_the_workload_counts_open_cases(
    queue, arbitrator: User, arbitration_head: User, colleague: User, acting
):
    acting("test")
    counts = assignment.workload([arbitrator, arbitration_head, colleague])
    assert counts == {arbitrator.pk: 1, arbitration_head.pk: 1, colleague.pk: 0}
