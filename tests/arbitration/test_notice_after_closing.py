"""A correction of an award that comes back after the closing is served by public notice."""

from datetime import date
from typing import Any

import pytest

from arbitration.forms import DeliveryForm, NoticeOverForm, RectificationForm
from arbitration.models import Dispute
from arbitration.workflows.awards import awards
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Clock
from hrss_portal.casework.moves import MoveRefused
from tests.arbitration.test_going_to_court import FINAL, close, decide, side
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
CORRECTION = "补正决定书"


def again(case: Dispute) -> Dispute:
    return Dispute.objects.get(pk=case.pk)


@pytest.mark.parametrize("closed_first", [True, False], ids=["after closing", "runs at closing"])
def test_a_correction_is_published_and_its_notice_ends_after_closing(
    closed_first: bool,
    deliberating: Dispute,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    today: Any,
) -> None:
    case = decide(deliberating, arbitration_head, **FINAL)
    today.move_to("2023-12-06T09:00:00+08:00")
    if closed_first:
        close(case, follow_up="none")
        case = again(case)
    said = {"award": str(awards(case)[0].paper.pk), "error_kind": "writing"}
    words = {"on": date(2023, 12, 6), "wrong": "九", "right": "九千"}
    form: Any = RectificationForm({**said, **words}, case=case, user=arbitrator)
    assert form.is_valid(), form.errors
    moves.move(case, "rectify", by=arbitrator, data=form.move_data())
    make.served(case, clerk, CORRECTION, roles=("applicant",))
    today.move_to("2023-12-16T09:00:00+08:00")
    firm = side(case, "respondent")
    back = {"on": "2023-12-15", "sent_on": "2023-12-06", "returned_on": "2023-12-15"}
    mail = {"mode": "mail", "mail_no": "E9", "address": "某路", "refusal": "查无此人"}
    given = {"party": firm.pk, "doc_name": CORRECTION, **back, **mail}
    form = DeliveryForm(given, case=case, user=clerk)
    assert form.is_valid(), form.errors
    moves.move(case, "record_delivery", by=clerk, data=form.move_data())
    notice = {"party": firm, "doc_name": CORRECTION, "media": "某报"}
    case = again(case)
    moves.move(case, "publish_notice", by=arbitration_head, data=notice)
    if not closed_first:
        close(again(case), follow_up="none")
    today.move_to("2024-01-22T09:00:00+08:00")
    case = again(case)
    assert case.state == "closed"
    assert "notice_over" in {move.code for move in moves.available(case, clerk)}
    own: Any = NoticeOverForm(case=case, user=clerk)
    row = own.fields["delivery"].queryset.get()
    ended = {"on": str(own.initial["on"]), "delivery": row.pk}
    form = NoticeOverForm(ended, case=case, user=clerk)
    assert form.is_valid(), form.errors
    on = form.cleaned_data["on"]
    pages = {"on": date(2024, 1, 22), "file_pages": 40}
    with pytest.raises(MoveRefused, match="还没有送达"):
        moves.move(case, "archive", by=clerk, data=pages)
    moves.move(case, "notice_over", by=clerk, on=on, data=form.move_data())
    case = again(case)
    row.refresh_from_db()
    assert (case.state, row.state, row.deemed_on) == ("closed", "served", on)
    for waiting in case.papers.filter(state="waiting"):
        papers.issue(waiting, by=arbitration_head)
    moves.move(again(case), "archive", by=clerk, data=pages)
    case = again(case)
    assert (case.state, case.keep_until) == ("archived", date(2034, 1, 22))
    own_term = Clock.objects.get(case=case.pk, term="arb.serve_decision")
    assert (own_term.state, own_term.met_on) == ("met", on)
    assert not case.clocks.filter(state="running", owner="bureau").exists()
