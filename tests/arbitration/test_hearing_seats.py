"""Who sits and who is a party is nowhere else at the hour of a planned hearing, and not tied."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from arbitration.models import Booking, Conflict, Dispute, StaffMember
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CaseParty
from hrss_portal.casework.moves import MoveRefused, PartyIn
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import EmployerFactory

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
START = datetime.fromisoformat("2023-12-01T09:00+08:00")
OTHER = "2023-12-01 09:00 第一仲裁庭"


@pytest.fixture
def members(county: County, arbitration_head: User, acting: Acting) -> tuple[StaffMember, ...]:
    """Two arbitrators."""
    acting(arbitration_head)
    return make.staff(county, name="孙正"), make.staff(county, name="李衡", cert_no="T-002")


@pytest.fixture
def pair(
    county: County,
    members: tuple[StaffMember, ...],
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
) -> tuple[Dispute, Dispute]:
    """Two disputes, each with its own arbitrator, room and hearing at the same hour."""
    found = []
    for member, room in zip(members, ("第一仲裁庭", "第二仲裁庭"), strict=True):
        acting(clerk)
        case = make.dispute(county, clerk, date(2023, 11, 16))
        proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
        moves.move(case, "propose", by=clerk, data=proposal)
        acting(arbitration_head)
        data = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
        seats = [{"member": member, "role": "sole"}]
        moves.move(case, "accept", by=arbitration_head, data=data | {"tribunal": seats})
        hour = {"starts_at": START, "ends_at": START + timedelta(hours=2)}
        day = {"room": make.room(county, room), "hearing_on": START.date()}
        moves.move(case, "schedule", by=arbitration_head, data=hour | day)
        found.append(Dispute.objects.get(pk=case.pk))
    return found[0], found[1]


def names(case: Dispute) -> set[str]:
    """The labels of what a case's hearings have booked."""
    rows = Booking.objects.filter(hearing__dispute=case)
    return set(rows.values_list("label", flat=True))


def join(case: Dispute, by: User, party: CaseParty | PartyIn) -> None:
    """A party of another case becomes a third person of this one."""
    if isinstance(party, CaseParty):
        party = PartyIn(role="third", name=party.name, person=party.person, employer=party.employer)
    moves.move(case, "add_party", by=by, data={"party": party, "party_name": party.name})


def test_an_arbitrator_is_not_seated_where_he_sits_elsewhere_at_that_hour(
    pair: tuple[Dispute, Dispute], members: tuple[StaffMember, ...], arbitration_head: User
) -> None:
    _, case = pair
    seats = [{"member": members[0], "role": "sole"}]
    with pytest.raises(MoveRefused) as refused:
        moves.move(case, "seat", by=arbitration_head, data={"tribunal": seats})
    words = f"孙正 这个时间已有庭：{OTHER}。先办“延期开庭”改期"
    assert refused.value.messages == [words]
    assert "李衡" in names(case)


def test_a_change_of_the_tribunal_books_who_comes_and_frees_who_leaves(
    pair: tuple[Dispute, Dispute],
    members: tuple[StaffMember, ...],
    county: County,
    arbitration_head: User,
) -> None:
    case, other = pair
    third = make.staff(county, name="周平", cert_no="T-003")
    moves.move(
        case,
        "seat",
        by=arbitration_head,
        data={"tribunal": [{"member": third, "role": "sole"}]},
    )
    assert "周平" in names(case)
    assert "孙正" not in names(case)
    seats = [{"member": members[0], "role": "sole"}]
    moves.move(other, "seat", by=arbitration_head, data={"tribunal": seats})
    assert "孙正" in names(other)


def test_a_party_is_not_added_who_is_at_another_hearing_at_that_hour(
    pair: tuple[Dispute, Dispute], arbitration_head: User
) -> None:
    case, other = pair
    busy = case.parties.get(role="respondent")
    with pytest.raises(MoveRefused, match=f"{busy.name} 这个时间已有庭：{OTHER}"):
        join(other, arbitration_head, busy)
    assert not other.parties.filter(role="third").exists()


def test_a_party_who_joins_is_booked_for_the_planned_hearing(
    pair: tuple[Dispute, Dispute], county: County, arbitration_head: User
) -> None:
    firm = EmployerFactory(unit=make.court(county))
    join(pair[0], arbitration_head, PartyIn(role="third", name=firm.name, employer=firm))
    assert firm.name in names(pair[0])


def test_who_was_recused_is_free_for_another_hearing(
    pair: tuple[Dispute, Dispute],
    members: tuple[StaffMember, ...],
    arbitration_head: User,
    director: User,
) -> None:
    case, other = pair
    asked = {"member": members[0], "asked_by": "申请人", "reason": "近亲属"}
    moves.move(case, "ask_recusal", by=arbitration_head, data=asked)
    decided = {"recusal": case.recusals.get(), "granted": True, "member": members[0]}
    moves.move(case, "decide_recusal", by=director, data=decided)
    assert "孙正" not in names(case)
    seats = [{"member": members[0], "role": "sole"}]
    moves.move(other, "seat", by=arbitration_head, data={"tribunal": seats})


def declare(member: StaffMember, firm: Any) -> None:
    """A member of the court declares a tie to an employer."""
    Conflict.objects.create(
        member=member, employer=firm, reason="近亲属任职", from_on=date(2020, 1, 1)
    )


def test_a_party_tied_to_who_sits_is_added_only_after_the_tribunal_was_changed(
    pair: tuple[Dispute, Dispute],
    members: tuple[StaffMember, ...],
    county: County,
    arbitration_head: User,
) -> None:
    firm = EmployerFactory(unit=make.court(county))
    declare(members[0], firm)
    party = PartyIn(role="third", name=firm.name, employer=firm)
    with pytest.raises(MoveRefused) as refused:
        join(pair[0], arbitration_head, party)
    words = "孙正 应当回避：近亲属任职。先由院长办“组成（变更）仲裁庭”换人"
    assert refused.value.messages == [words]
    third = make.staff(county, name="周平", cert_no="T-003")
    seats = [{"member": third, "role": "sole"}]
    moves.move(pair[0], "seat", by=arbitration_head, data={"tribunal": seats})
    join(pair[0], arbitration_head, party)


@pytest.mark.parametrize("code", ["hear", "award", "schedule"])
def test_a_tie_declared_later_keeps_the_tribunal_from_going_on(
    code: str,
    pair: tuple[Dispute, Dispute],
    members: tuple[StaffMember, ...],
    arbitration_head: User,
) -> None:
    case = pair[0]
    declare(members[0], case.parties.get(role="respondent").employer)
    state = {"hear": "scheduled", "award": "deliberating", "schedule": "accepted"}[code]
    Dispute._base_manager.filter(pk=case.pk).update(state=state)
    hour = START + timedelta(days=3)
    data = {"starts_at": hour, "ends_at": hour, "room": case.hearings.get().room}
    with pytest.raises(MoveRefused, match="孙正 应当回避"):
        moves.move(case, code, by=None, data=data if code == "schedule" else {})


def test_the_handler_who_is_tied_to_a_new_party_gives_the_case_away_first(
    pair: tuple[Dispute, Dispute], county: County, arbitration_head: User, arbitrator: User
) -> None:
    firm = EmployerFactory(unit=make.court(county))
    member = make.staff(county, "officer", name="孟仲", cert_no="", user=arbitrator)
    declare(member, firm)
    with pytest.raises(MoveRefused, match="孟仲 应当回避：近亲属任职。先由院长分派给别人"):
        join(pair[0], arbitration_head, PartyIn(role="third", name=firm.name, employer=firm))
