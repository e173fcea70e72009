"""What was sent, made or held before anybody entered it, and what cannot have been sent."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from arbitration.forms import HearForm, HearingForm, SendForm
from arbitration.models import Dispute, Room
from hrss_portal.access.models import User
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import CasePaper, Delivery, Event
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.documents.models import Paper
from tests.cast import County
from tests.factories import arbitration as make

PDF = b"%PDF-1.4\n%%EOF\n"


def scan() -> SimpleUploadedFile:
    """A scanned paper."""
    return SimpleUploadedFile("scan.pdf", PDF, content_type="application/pdf")


@pytest.mark.parametrize("mode", [value for value, _ in Delivery.Mode.choices])
def test_whatever_way_of_sending_the_form_takes_is_stored(
    accepted: Dispute, arbitration_head: User, mode: str
) -> None:
    party = accepted.parties.get(role="respondent")
    row = {"party": party.pk, "doc_name": "申请书副本", "mode": mode, "address": "城关镇"}
    data = {"on": "2023-11-01", "deliveries-TOTAL_FORMS": "1", "deliveries-INITIAL_FORMS": "0"}
    data |= {
        f"deliveries-0-{name}": str(value) for name, value in (row | {"mail_no": "E1"}).items()
    }
    form = SendForm(data, case=accepted, user=arbitration_head)
    if mode in {"direct", "mail", "entrusted"}:
        assert form.is_valid(), form.row_errors()
        moves.move(accepted, "send", by=arbitration_head, data=form.move_data())
        assert accepted.deliveries.get().mode == mode
    else:
        assert not form.is_valid()
        assert form.rows["deliveries"].forms[0].errors["mode"]


def test_what_only_the_database_refuses_is_said_in_the_words_of_its_rule(
    accepted: Dispute, arbitration_head: User
) -> None:
    party = accepted.parties.get(role="respondent")

    def without_number(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
        event.case.deliveries.create(
            party=party,
            recipient="甲",
            doc_name="申请书副本",
            mode="mail",
            sent_on=event.on,
            recorded_by=event.by,
        )

    with pytest.raises(MoveRefused, match="邮寄送达要填邮单号"):
        moves._bring_about(without_number, accepted, {}, accepted.events.latest("pk"))
    assert not accepted.deliveries.exists()


def sent(case: Dispute, user: User, doc_name: str, on: str) -> SendForm:
    """The form of one paper posted to the respondent."""
    party = case.parties.get(role="respondent")
    row = {"party": party.pk, "doc_name": doc_name, "mode": "direct", "address": "城关镇"}
    data = {"on": on, "deliveries-TOTAL_FORMS": "1", "deliveries-INITIAL_FORMS": "0"}
    data |= {f"deliveries-0-{name}": str(value) for name, value in row.items()}
    return SendForm(data, case=case, user=user)


def test_nothing_is_sent_that_was_not_made(accepted: Dispute, arbitration_head: User) -> None:
    form = sent(accepted, arbitration_head, "应诉通知书", "2023-11-01")
    assert not form.is_valid()
    assert "应诉通知书还没有制发" in str(form.rows["deliveries"].forms[0].errors["doc_name"])
    make.issued(accepted, "应诉通知书", arbitration_head)
    assert sent(accepted, arbitration_head, "应诉通知书", "2023-11-01").is_valid()


def test_a_paper_made_by_hand_is_registered_by_its_scan_under_its_own_day(
    accepted: Dispute, arbitration_head: User, today: Any, client: Client
) -> None:
    today.move_to("2023-11-06T09:00:00+08:00")
    waiting = accepted.papers.get(kind="arb.response")
    client.force_login(arbitration_head)
    url = f"/arbitration/disputes/{accepted.pk}/papers/{waiting.pk}/"
    form = {"do": "hand", "_key": "k1", "made_on": "2023-11-02", "number": "", "because": ""}
    refused = client.post(url, {**form, "scan": scan()})
    assert refused.status_code == 422
    assert Paper.objects.filter(case_paper=waiting).count() == 0
    done = client.post(url, {**form, "_key": "k2", "because": "系统启用前制发", "scan": scan()})
    assert done.status_code == 302
    waiting.refresh_from_db()
    paper = waiting.paper
    assert (waiting.state, paper.issued_on) == (CasePaper.State.ISSUED, date(2023, 11, 2))
    assert (paper.outside_because, paper.context) == ("系统启用前制发", {})
    page = client.get(reverse("documents:paper", args=[paper.pk])).content.decode()
    assert "系统启用前制发" in page
    assert "下载扫描件" in page
    got = client.get(reverse("documents:paper_file", args=[paper.pk]))
    assert b"".join(got.streaming_content) == PDF
    # So its service on the very day can be told.
    assert sent(accepted, arbitration_head, "应诉通知书", "2023-11-02").is_valid()
    assert not sent(accepted, arbitration_head, "应诉通知书", "2023-11-01").is_valid()


def test_the_number_of_a_paper_made_by_hand_is_never_given_again(
    accepted: Dispute, arbitration_head: User
) -> None:
    event = accepted.events.latest("pk")
    first, second, third = (papers.call(accepted, event, ["arb.withdrawal"])[0] for _ in range(3))
    given = {"by": arbitration_head, "on": date(2023, 11, 1), "reason": "停电"}
    with pytest.raises(ValidationError, match="填写文书上的编号"):
        papers.take(first, scan(), number="", **given)
    with pytest.raises(ValidationError, match="认不出来"):
        papers.take(first, scan(), number="第七号", **given)
    papers.take(first, scan(), number="霍劳人仲撤字（2023）第9号", **given)
    with pytest.raises(ValidationError, match="已经用过"):
        papers.take(second, scan(), number="霍劳人仲撤字〔2023〕9号", **given)
    made = papers.issue(second, by=arbitration_head)
    assert made.paper.number == "霍劳人仲撤字〔2023〕10号"
    # A slip would leave a gap for ever, or take a number out of sight.
    with pytest.raises(ValidationError, match="隔得太远"):
        papers.take(third, scan(), number="霍劳人仲撤字〔2023〕999号", **given)
    with pytest.raises(ValidationError, match="代字是“霍劳人仲撤字”"):
        papers.take(third, scan(), number="霍劳人仲撒字〔2023〕11号", **given)


def plan(case: Dispute, user: User, room: Room, **more: str) -> HearingForm:
    """The form of a hearing on 10 November 2023, which was held already."""
    data = {"on": "2023-11-16", "day": "2023-11-10", "start": "0900", "minutes": "120"}
    return HearingForm({**data, "room": str(room.pk), **more}, case=case, user=user)


def test_a_hearing_that_was_held_and_never_planned_is_entered_with_its_reason(
    accepted: Dispute, arbitration_head: User, county: County, today: Any
) -> None:
    moves.move(accepted, "send", by=arbitration_head, data={"deliveries": []})
    make.served(accepted, arbitration_head, "申请书副本", roles=("respondent",))
    today.move_to("2023-11-16T09:00:00+08:00")
    moves.move(accepted, "served", by=arbitration_head, on=date(2023, 11, 1))
    case, room = Dispute.objects.get(pk=accepted.pk), make.room(county)
    refused = plan(case, arbitration_head, room)
    assert "写明补登的原因" in str(refused.errors["day"])
    early = plan(case, arbitration_head, room, day="2023-10-30", late_because="停电")
    assert "2023-11-01 受理" in str(early.errors["day"])
    form = plan(case, arbitration_head, room, late_because="当天停电，没有排庭")
    assert form.is_valid(), form.errors
    event = moves.move(case, "schedule", by=arbitration_head, data=form.move_data())
    assert event.data["late_because"] == "当天停电，没有排庭"
    held = {"on": "2023-11-10", "hearing": str(case.hearings.get().pk), "attended": "双方到庭"}
    held |= {"applicant_came": "present", "respondent_came": "present"}
    hear = HearForm(held, case=case, user=arbitration_head)
    assert hear.is_valid(), hear.errors
    # It is not held unless it was announced in time, which the receipts of that time tell.
    with pytest.raises(MoveRefused, match="没有在开庭5个工作日前送达"):
        moves.move(case, "hear", by=arbitration_head, on=date(2023, 11, 10), data=hear.move_data())
