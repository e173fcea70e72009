"""Of several workers the suit of one takes nothing from the others: the award binds for them.

法释〔2020〕26号 Article 17 (K1, not compared with the text).
"""

from datetime import date
from typing import Any

import pytest

from arbitration.deadlines.enforcement import for_whom
from arbitration.documents.values import dispute_values
from arbitration.forms import ClosingApprovalForm
from arbitration.models import Dispute
from arbitration.workflows.suits import result_words, some_of, went_words
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper
from tests.arbitration.test_going_to_court import FINAL, OPEN, close, side
from tests.arbitration.test_going_to_court import decide as award
from tests.arbitration.test_part_award_suits import COURT, decide, follow_up, words
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
SUED = f"2023-11-20 向{COURT}起诉"


@pytest.fixture
def two(deliberating: Dispute) -> Dispute:
    """Two workers against their employer."""
    deliberating.parties.create(role="applicant", seq=2, name="王乙", person=None)
    Dispute._base_manager.filter(pk=deliberating.pk).update(people=2)
    return Dispute.objects.get(pk=deliberating.pk)


def sues(case: Dispute, by: User, role: str) -> str:
    """The first party in the role goes to the court over the part award; its name."""
    party = case.parties.filter(role=role).order_by("seq").first()
    assert party
    given = {"party": party.pk, "sued_on": "2023-11-20", "court_name": COURT}
    form = follow_up(case, by, follow_up="sued", **given)
    assert form.is_valid(), form.errors
    moves.move(case, "part_follow_up", by=by, data=form.move_data())
    return str(party.name)


def test_an_open_part_award_binds_for_who_did_not_sue(
    two: Dispute, arbitration_head: User, clerk: User
) -> None:
    decide(two, arbitration_head, seq=1, final=False)
    make.served(two, clerk, "先行裁决书（非终局）")
    first = sues(two, clerk, "applicant")
    said = f"{first}{SUED}，对{first}不发生法律效力；对没有起诉的王乙："
    assert words(two, date(2023, 12, 5)) == (
        f"{said}起诉期限到 2023-12-05，期满不起诉的发生法律效力"
    )
    assert words(two, date(2023, 12, 6)) == (f"{said}没有登记别人起诉，2023-12-06 起发生法律效力")
    assert f"对{first}不发生法律效力；对没有起诉的王乙" in make.page_of(two, clerk)
    sheet = dispute_values(CasePaper(case=two.case_ptr, kind="arb.closing"))
    line = f"先行裁决 2023-11-20 非终局（第1项）：{first}{SUED}，对没有起诉的王乙发生法律效力"
    assert line in sheet["follow_up"]
    form = ClosingApprovalForm(case=Dispute.objects.get(pk=two.pk), user=arbitration_head)
    assert line in form["asked"].value()
    firm = sues(two, clerk, "respondent")
    assert words(two, date(2024, 1, 1)) == f"{first}{SUED}；{firm}{SUED}，不发生法律效力"


def test_who_sued_need_not_have_the_paper_for_the_others(
    two: Dispute, arbitration_head: User, clerk: User
) -> None:
    decide(two, arbitration_head, seq=1, final=False)
    first = sues(two, clerk, "applicant")
    make.issued(two, "先行裁决书（非终局）", clerk)
    assert words(two, date(2023, 12, 5)).endswith(
        f"还没有送达：王乙、{side(two, 'respondent').name}；送达后可以在起诉期限内起诉"
    )
    assert first not in words(two, date(2023, 12, 5)).partition("还没有送达")[2]


def test_a_final_part_award_binds_for_who_did_not_sue_since_it_was_made(
    two: Dispute, arbitration_head: User, clerk: User
) -> None:
    decide(two, arbitration_head, seq=1, final=True)
    first = sues(two, clerk, "applicant")
    assert words(two, date(2023, 11, 20)) == (
        f"{first}{SUED}，对{first}效力以法院裁判为准；"
        "对没有起诉的王乙：2023-11-20 作出之日起发生法律效力"
    )


@pytest.mark.parametrize("kind", [FINAL, OPEN])
def test_the_closing_of_an_award_says_for_whom_it_stands(
    kind: Any, two: Dispute, arbitration_head: User, today: Any
) -> None:
    case = award(two, arbitration_head, **kind)
    first = case.parties.filter(role="applicant").order_by("seq").first()
    assert first
    data = {"follow_up": "sued", "party": first, "court_result": "upheld"}
    moves.move(case, "follow_up", by=arbitration_head, data=data)
    today.move_to("2023-12-21T09:00:00+08:00")
    close(case, follow_up="sued", party=first, court_result="upheld")
    case = Dispute.objects.get(pk=case.pk)
    said = f"劳动者{first.name}起诉，对没有起诉的王乙发生法律效力"
    assert went_words(case) == said
    assert result_words(case) == f"劳动者：{first.name}维持"
    sheet = dispute_values(CasePaper(case=case.case_ptr, kind="arb.closing"))
    assert (sheet["follow_up"], sheet["court_result"]) == (said, f"劳动者：{first.name}维持")
    assert said in make.page_of(case, arbitration_head)
    assert "申请强制执行（没有起诉的王乙）" in make.page_of(case, arbitration_head)
    assert for_whom(case.events.get(move="close")) == "没有起诉的王乙"


def test_those_who_are_not_on_the_list_are_told_by_their_number(
    two: Dispute, arbitration_head: User
) -> None:
    Dispute._base_manager.filter(pk=two.pk).update(people=30)
    case = award(Dispute.objects.get(pk=two.pk), arbitration_head, **OPEN)
    first = case.parties.filter(role="applicant").order_by("seq").first()
    moves.move(case, "follow_up", by=None, data={"follow_up": "sued", "party": first})
    words = went_words(Dispute.objects.get(pk=case.pk))
    assert words.endswith("起诉，对没有起诉的王乙、其余28名劳动者发生法律效力")
    assert some_of([*"甲乙丙丁戊己"]) == "甲、乙、丙等6人"


def test_the_suit_of_the_employer_keeps_an_award_from_all(
    two: Dispute, arbitration_head: User
) -> None:
    case = award(two, arbitration_head, **OPEN)
    for party in case.parties.exclude(name="王乙").order_by("role"):
        moves.move(case, "follow_up", by=None, data={"follow_up": "sued", "party": party})
    assert "发生法律效力" not in went_words(Dispute.objects.get(pk=case.pk))
