"""A sole arbitrator drawn by lot from the register: the draw of the kernel and the move 组成仲裁庭.

Neither needs anything more: who has to stand aside is left out before the list is published.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import Q

from arbitration.models import Conflict, Dispute, StaffMember
from arbitration.workflows.conditions import conflicts
from hrss_portal.access.models import User
from hrss_portal.activities import drawing, draws
from hrss_portal.activities.models import Draw
from hrss_portal.casework import moves
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
SEED = "3041.25"


@pytest.fixture
def case(
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    acting: Callable[..., Any],
    today: Any,
) -> Dispute:
    """A dispute accepted on 16 November 2023 whose tribunal is still to be formed."""
    acting("test")
    found = make.dispute(county, clerk, date(2023, 11, 16))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "simple"}
    moves.move(found, "propose", by=clerk, data=proposal)
    decision = {"procedure": "simple", "handler": arbitrator, "deputy": clerk}
    moves.move(found, "accept", by=arbitration_head, data=decision)
    return Dispute.objects.get(pk=found.pk)


@pytest.fixture
def register(case: Dispute, county: County, arbitration_head: User) -> list[StaffMember]:
    """Four arbitrators, of whom the last declared a tie to the applicant."""
    rows = [
        make.staff(county, name=f"仲裁员{name}", cert_no=f"T-00{number}")
        for number, name in enumerate("甲乙丙丁", start=1)
    ]
    Conflict.objects.create(
        member=rows[-1],
        person=case.parties.get(role="applicant").person,
        reason="是当事人的近亲属",
        from_on=date(2023, 1, 1),
    )
    return rows


def listed(case: Dispute) -> list[dict[str, str]]:
    """The register without those who have to stand aside in this case."""
    rows = StaffMember.objects.filter(ended_on__isnull=True, voided_at__isnull=True)
    able = [one for one in rows.order_by("cert_no") if not [*conflicts(case, Q(member=one))]]
    return [{"id": one.cert_no, "label": one.name} for one in able]


def published(case: Dispute, by: User) -> Draw:
    """The draw of one arbitrator, published today, with a public value of the twentieth."""
    names = listed(case)
    assert drawing.problems(names, [], 1) == []
    draw = Draw.objects.create(
        unit=case.unit,
        created_by=by,
        title=f"{case.reference} 独任仲裁员",
        k=1,
        objects_list=names,
        officers=[],
        list_sha256=drawing.list_hash(names, [], 1),
        seed_kind=Draw.SeedKind.PUBLIC,
        seed_source="上证指数收盘点位",
        seed_on=date(2023, 11, 20),
    )
    return draws.publish(draw, to_everybody=True, by=by)


def test_the_drawn_arbitrator_takes_the_seat_and_everybody_can_verify_it(
    case: Dispute, register: list[StaffMember], arbitration_head: User, today: Any
) -> None:
    draw = published(case, arbitration_head)
    assert [one["label"] for one in draw.objects_list] == ["仲裁员甲", "仲裁员乙", "仲裁员丙"]
    today.move_to("2023-11-20T16:00:00+08:00")
    draw = draws.fix_seed(draw, SEED, by=arbitration_head)
    assert drawing.faults(draw.file) == []
    member = StaffMember.objects.get(cert_no=draw.result[0]["object"])
    seat = [{"member": member, "role": "sole"}]
    note = f"抽签产生，抽取记录 {draw.pk}"
    moves.move(case, "seat", by=arbitration_head, data={"tribunal": seat}, note=note)
    assert case.tribunal.get(left_on__isnull=True).member == member
    assert case.events.get(move="seat").note == note


def test_another_seed_would_draw_each_of_them_and_never_the_one_who_stands_aside(
    case: Dispute, register: list[StaffMember]
) -> None:
    names = listed(case)
    drawn = {drawing.draw(names, [], 1, str(seed))[0]["object"] for seed in range(60)}
    assert drawn == {"T-001", "T-002", "T-003"}
