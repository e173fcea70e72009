"""回避 of whoever may be challenged: arbitrators, the clerk, and those who help a hearing.

办案规则 Articles 11, 12: arbitrators and 记录人员 are decided on by the same person.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from docx import Document

from arbitration.forms import RecusalDecisionForm, RecusalForm, TribunalForm
from arbitration.models import Dispute, StaffMember
from arbitration.workflows.deliveries import not_issued
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make

DAY = "2023-11-01"


def asking(case: Dispute, by: User, whom: str, **more: Any) -> RecusalForm:
    """The request, filled in."""
    filled = {"on": DAY, "whom": whom, "asked_by": "被申请人", "reason": "与申请人是亲属"}
    return RecusalForm(filled | more, case=case, user=by)


def ask(case: Dispute, by: User, whom: str, **more: Any) -> Any:
    """Register a request and return the stored one."""
    form = asking(case, by, whom, **more)
    assert form.is_valid(), form.errors
    moves.move(case, "ask_recusal", by=by, on=date(2023, 11, 1), data=form.move_data())
    return case.recusals.latest("pk")


def decide(case: Dispute, by: User, recusal: Any, granted: str) -> None:
    """The decision on one request, by its form."""
    filled = {"on": DAY, "recusal": recusal.pk, "granted": granted, "note": "查明属实"}
    form = RecusalDecisionForm(filled, case=case, user=by)
    assert form.is_valid(), form.errors
    told = {"data": form.move_data(), "note": form.cleaned_data["note"]}
    moves.move(case, "decide_recusal", by=by, on=date(2023, 11, 1), **told)


def offered(form: RecusalForm) -> dict[str, str]:
    """Whom the form offers, the groups taken apart."""
    found: dict[str, str] = {}
    for value, label in form.fields["whom"].choices:
        rows = label if isinstance(label, list | tuple) else [(value, label)]
        found.update({str(key): str(words) for key, words in rows})
    return found


def test_the_clerk_without_a_place_in_the_register_is_challenged_by_name(
    accepted: Dispute, clerk: User, arbitrator: User
) -> None:
    choices = offered(asking(accepted, arbitrator, ""))
    member = accepted.tribunal.get().member
    assert choices[f"user:{clerk.pk}"] == f"{clerk.name}（书记员）"
    assert choices[f"member:{member.pk}"].startswith(member.name)
    assert [key for key in choices if key.startswith("user:")] == [f"user:{clerk.pk}"]


def test_the_clerk_in_the_register_stands_in_the_list_once(
    accepted: Dispute, county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    row = make.staff(county, role="officer", name="苏书", cert_no="", user=clerk)
    choices = offered(asking(accepted, clerk, ""))
    assert choices[f"member:{row.pk}"] == "苏书（书记员）"
    assert f"user:{clerk.pk}" not in choices


def test_a_challenged_clerk_waits_and_a_recused_one_never_assists_again(
    accepted: Dispute,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    director: User,
    today: Any,
) -> None:
    recusal = ask(accepted, arbitrator, f"user:{clerk.pk}")
    assert (recusal.member, recusal.user, recusal.who) == (None, clerk, clerk.name)
    assert moves.available(accepted, clerk) == []
    with pytest.raises(MoveRefused, match=f"{clerk.name} 的回避申请还没有决定"):
        moves.move(accepted, "send", by=clerk, data={"deliveries": []})
    with pytest.raises(MoveRefused, match=f"{clerk.name} 的回避申请还没有决定"):
        moves.move(accepted, "settle", by=arbitration_head, data={"outcome": "mediated"})
    decide(accepted, director, recusal, "1")
    accepted.refresh_from_db()
    assert (accepted.handler, accepted.deputy) == (arbitrator, None)
    assert Clock.objects.get(case=accepted.pk, term="arb.recusal").state == "met"
    with pytest.raises(MoveRefused, match=f"{clerk.name} 已准许回避本案"):
        moves.assign(accepted, by=arbitration_head, handler=arbitrator, deputy=clerk)
    with pytest.raises((MoveRefused, PermissionError, ValidationError), match="已准许回避"):
        moves.amend(accepted, by=clerk, changes={"facts": "另写"}, reason="更正")


def test_who_was_recused_as_clerk_does_not_sit_in_the_tribunal_either(
    accepted: Dispute,
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    director: User,
    acting: Callable[..., Any],
) -> None:
    decide(accepted, director, ask(accepted, arbitrator, f"user:{clerk.pk}"), "1")
    acting("test")
    row = make.staff(county, name="苏书", cert_no="T-9", user=clerk)
    seats = [{"member": row, "role": "sole"}]
    with pytest.raises(MoveRefused, match="已准许回避本案"):
        moves.move(accepted, "seat", by=arbitration_head, data={"tribunal": seats})


def test_a_refused_request_leaves_the_clerk_where_he_was(
    accepted: Dispute, clerk: User, arbitrator: User, director: User
) -> None:
    decide(accepted, director, ask(accepted, arbitrator, f"user:{clerk.pk}"), "0")
    accepted.refresh_from_db()
    assert accepted.deputy == clerk
    moves.move(accepted, "send", by=clerk, data={"deliveries": []})


def test_an_interpreter_is_challenged_by_name_and_keeps_the_hearing_waiting(
    accepted: Dispute, clerk: User, arbitration_head: User, director: User
) -> None:
    nameless = asking(accepted, clerk, "interpreter")
    assert not nameless.is_valid()
    assert nameless.errors["name"] == ["写明被申请回避人员的姓名"]
    recusal = ask(accepted, clerk, "interpreter", name="何译")
    assert (recusal.who, recusal.get_part_display()) == ("何译", "翻译人员")
    with pytest.raises(MoveRefused, match="何译 的回避申请还没有决定"):
        moves.move(accepted, "settle", by=arbitration_head, data={"outcome": "mediated"})
    decide(accepted, director, recusal, "1")
    assert accepted.recusals.get().granted is True


def test_each_decision_meets_the_clock_of_its_own_request(
    accepted: Dispute, clerk: User, director: User
) -> None:
    member = accepted.tribunal.get().member
    of_member = ask(accepted, clerk, f"member:{member.pk}")
    of_expert = ask(accepted, clerk, "appraiser", name="甄鉴")
    decide(accepted, director, of_expert, "0")
    states = Clock.objects.filter(case=accepted.pk, term="arb.recusal").order_by("pk")
    assert [clock.state for clock in states] == ["running", "met"]
    decide(accepted, director, of_member, "0")
    assert {clock.state for clock in states.all()} == {"met"}


def test_an_arbitrator_whose_account_the_register_does_not_know_is_one_person(
    accepted: Dispute, clerk: User, arbitrator: User, arbitration_head: User, director: User
) -> None:
    seat = accepted.tribunal.get()
    StaffMember.objects.filter(pk=seat.member_id).update(user=None, name=arbitrator.name)
    choices = offered(asking(accepted, clerk, ""))
    assert [key for key, words in choices.items() if arbitrator.name in words] == [
        f"member:{seat.member_id}"
    ]
    recusal = ask(accepted, clerk, f"member:{seat.member_id}")
    assert recusal.account == arbitrator.pk
    form = RecusalDecisionForm(case=accepted, user=director)
    assert "被申请人申请，与申请人是亲属" in str(form["recusal"])
    decide(accepted, director, recusal, "1")
    case = Dispute.objects.get(pk=accepted.pk)
    assert (case.handler, case.tribunal.filter(left_on__isnull=True).exists()) == (None, False)
    with pytest.raises(MoveRefused, match="还没有重新组成仲裁庭"):
        moves.move(case, "schedule", by=arbitration_head, data={})
    told = Notice.objects.get(user=arbitration_head, title__contains="已准许回避")
    assert told.body == "重新组成仲裁庭、指定承办人和书记员"
    seat_again = {"on": DAY, "tribunal-TOTAL_FORMS": "1", "tribunal-INITIAL_FORMS": "0"}
    seat_again |= {"tribunal-0-member": str(seat.member_id), "tribunal-0-role": "sole"}
    form = TribunalForm(seat_again, case=case, user=arbitration_head)
    assert form.is_valid(), form.errors
    with pytest.raises(MoveRefused, match="已准许回避本案"):
        moves.move(case, "seat", by=arbitration_head, data=form.move_data())


@pytest.mark.parametrize(("granted", "words"), [("1", "准许被申请人的"), ("0", "驳回被申请人的")])
def test_the_decision_is_a_paper_that_says_who_asked_why_and_what_was_decided(
    accepted: Dispute, clerk: User, arbitrator: User, director: User, granted: str, words: str
) -> None:
    decide(accepted, director, ask(accepted, arbitrator, f"user:{clerk.pk}"), granted)
    paper = papers.issue(accepted.papers.get(kind="arb.recusal"), by=arbitrator).paper
    lines = [line.text for line in Document(paper.file.content.path).paragraphs]
    text = "\n".join(lines)
    assert f"申请书记员{clerk.name}回避，理由：与申请人是亲属" in text
    assert "回避，理由：与申请人是亲属。" in text
    assert "经审查，查明属实。" in text
    assert not_issued(accepted, "回避决定书", date(2023, 11, 1)) == ""
    assert words in text


def test_the_seats_that_stand_are_taken_over_unchanged(
    accepted: Dispute, arbitration_head: User
) -> None:
    seat = accepted.tribunal.get()
    same = {"on": DAY, "tribunal-TOTAL_FORMS": "1", "tribunal-INITIAL_FORMS": "1"}
    same |= {"tribunal-0-member": str(seat.member_id), "tribunal-0-role": seat.role}
    form = TribunalForm(same, case=accepted, user=arbitration_head)
    assert form.is_valid(), (form.errors, form.row_errors())
    assert [row["member"] for row in form.move_data()["tribunal"]] == [seat.member]
