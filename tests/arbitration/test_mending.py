"""What was entered wrongly after intake is put right; the clocks follow from what really was."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.forms import modelform_factory
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.casework import door, moves, papers
from hrss_portal.casework.amend_form import AmendForm
from hrss_portal.casework.forms import portal_field
from hrss_portal.casework.models import Clock, Delivery, Event
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.parties import EmployerFactory

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]
DAY = date.fromisoformat


@pytest.fixture
def case(county: County, clerk: User, arbitrator: User, acting: Acting, today: Any) -> Dispute:
    """Accepted on Wednesday 1 November 2023, handled by the arbitrator; today is 16 November."""
    today.move_to("2023-11-01T09:00:00+08:00")
    acting(arbitrator)
    made = make.dispute(county, clerk, DAY("2023-11-01"))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(made, "propose", by=None, data=proposal)
    seats = [{"member": make.staff(county), "role": "sole"}]
    given = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, "tribunal": seats}
    moves.move(made, "accept", by=None, data=given)
    today.move_to("2023-11-16T09:00:00+08:00")
    return Dispute._base_manager.get(pk=made.pk)


def serve(case: Dispute, by: User, *days: str) -> list[Delivery]:
    """The copy of the application reaches the respondent on each of these days, as typed."""
    for day in days:
        make.served(case, by, "申请书副本", roles=("respondent",), on=DAY(day))
    return list(case.deliveries.order_by("pk"))


def clocks(case: Dispute, *terms: str) -> list[tuple[str, str, str]]:
    """Term, state and due day of the clocks of these terms, as they were started."""
    rows = Clock._base_manager.filter(case=case.pk, term__in=terms).order_by("pk")
    return [(row.term, row.state, str(row.due_on)) for row in rows]


def page(case: Dispute, what: str, row: Any) -> str:
    """The address of the page that puts an entry right."""
    return reverse("arbitration:dispute_correct", args=[case.pk, what, row.pk])


def send(
    browser: Client, url: str, case: Dispute, *, sure: bool = True, **values: Any
) -> tuple[Any, Any]:
    """What the page answers when it is first sent, and when it is sent again as it came back."""
    shown = browser.get(url).context
    form = shown["form"]
    typed = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    given = {**typed, "reason": "录错了", **values}
    data = {name: "" if value is None else str(value) for name, value in given.items()}
    data |= {"_key": shown["key"], "_version": str(shown["version"])}
    first = browser.post(url, data)
    if not sure or first.status_code != 200:
        return first, None
    return first, browser.post(url, {**data, "_seen": first.context["seen"]})


@pytest.fixture
def browser(arbitrator: User) -> Client:
    """The handler at work."""
    client = Client()
    client.force_login(arbitrator)
    return client


def test_a_delivery_recorded_twice_is_voided_and_its_clocks_with_it(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    wrong, right = serve(case, arbitrator, "2023-11-04", "2023-11-14")
    assert clocks(case, "arb.answer", "arb.send_copy") == [
        ("arb.send_copy", "met", "2023-11-08"),
        ("arb.answer", "running", "2023-11-17"),
        ("arb.answer", "running", "2023-11-28"),
    ]
    assert Clock._base_manager.get(case=case.pk, term="arb.send_copy").met_on == DAY("2023-11-04")
    tried, stored = send(browser, page(case, "delivery", wrong), case, how="void")
    assert "被申请人提交答辩书" in tried.content.decode()
    assert stored.status_code == 302
    assert clocks(case, "arb.answer", "arb.counterclaim") == [
        ("arb.answer", "cancelled", "None"),
        ("arb.counterclaim", "cancelled", "None"),
        ("arb.answer", "running", "2023-11-28"),
        ("arb.counterclaim", "running", "2023-11-28"),
    ]
    copy = Clock._base_manager.get(case=case.pk, term="arb.send_copy")
    assert (copy.state, copy.met_on, copy.due_on) == ("met", DAY("2023-11-14"), DAY("2023-11-08"))
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.state, right.state) == ("void", "served")
    event = Event._base_manager.get(case=case.pk, move="correct")
    assert event.data["values"] == {"状态": ["已送达", "作废"]}
    assert event.note == "录错了"


def test_what_a_correction_moves_is_shown_before_anything_is_stored(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    (row,) = serve(case, arbitrator, "2023-11-04")
    before = clocks(case, "arb.answer", "arb.send_copy", "arb.counterclaim")
    url = page(case, "delivery", row)
    first, _ = send(browser, url, case, sure=False, signed_on="2023-11-14")
    words = first.content.decode()
    assert "到期日由 2023-11-17 改为 2023-11-28" in words
    assert "已完成（2023-11-04） 改为 已完成（2023-11-14）" in words
    row.refresh_from_db()
    assert row.signed_on == DAY("2023-11-04")
    assert clocks(case, "arb.answer", "arb.send_copy", "arb.counterclaim") == before
    assert not Event._base_manager.filter(case=case.pk, move="correct").exists()


def test_a_mistyped_day_of_service_moves_the_same_clocks_and_starts_none(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    (row,) = serve(case, arbitrator, "2023-11-04")
    number = Clock._base_manager.filter(case=case.pk).count()
    _, stored = send(browser, page(case, "delivery", row), case, signed_on="2023-11-14")
    assert stored.status_code == 302
    assert Clock._base_manager.filter(case=case.pk).count() == number
    answer = Clock._base_manager.get(case=case.pk, term="arb.answer")
    assert (answer.started_on, answer.due_on) == (DAY("2023-11-14"), DAY("2023-11-28"))
    step = answer.steps.get(kind="correct")
    assert (step.old_due_on, step.new_due_on) == (DAY("2023-11-17"), DAY("2023-11-28"))
    assert step.reason.startswith("录错了")
    shown = browser.get(reverse("arbitration:dispute_detail", args=[case.pk])).content.decode()
    assert "签收日期：2023-11-04 → 2023-11-14" in shown
    # the answer that comes now meets the clock as corrected
    moves.move(case, "answer", by=arbitrator, data={"party": row.party})
    answer.refresh_from_db()
    assert answer.state == "met"


def test_a_result_typed_for_the_wrong_delivery_is_taken_back(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    make.issued(case, "应诉通知书", arbitrator, on=DAY("2023-11-02"))
    party = case.parties.get(role="respondent")
    sent = {"party": party, "doc_name": "申请书副本", "mode": "mail", "mail_no": "E1"}
    rows = [{**sent, "address": "某路", "recipient": party.name}]
    moves.move(case, "send", by=arbitrator, on=DAY("2023-11-02"), data={"deliveries": rows})
    row = case.deliveries.get()
    result = {"delivery": row, "signed_on": DAY("2023-11-06"), "signed_by": "收发室"}
    told = {"served_role": "respondent", "served_paper": "copy", "served_on": DAY("2023-11-06")}
    moves.move(case, "record_delivery", by=arbitrator, data={**result, **told})
    assert clocks(case, "arb.send_copy") == [("arb.send_copy", "met", "2023-11-08")]
    _, stored = send(browser, page(case, "delivery", row), case, how="unserve")
    assert stored.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.signed_on, row.deemed_on) == ("sent", None, None)
    assert clocks(case, "arb.send_copy", "arb.answer") == [
        ("arb.send_copy", "running", "2023-11-08"),
        ("arb.answer", "cancelled", "None"),
    ]
    assert Dispute._base_manager.get(pk=case.pk).due_on == DAY("2023-11-08")


def test_who_may_correct_and_when(
    case: Dispute, arbitrator: User, clerk: User, arbitration_head: User, today: Any
) -> None:
    (row,) = serve(case, arbitrator, "2023-11-14")
    url = page(case, "delivery", row)
    for user, allowed in ((clerk, False), (arbitration_head, True), (arbitrator, True)):
        client = Client()
        client.force_login(user)
        first, _ = send(client, url, case, sure=False, signed_by="本人（改）")
        assert first.status_code == (200 if allowed else 422), user
    client = Client()
    client.force_login(arbitrator)
    shown = client.get(url).context
    stale = {"how": "void", "reason": "录错了", "_key": "k1", "_version": "1"}
    given = {**{name: str(value or "") for name, value in shown["form"].initial.items()}, **stale}
    assert client.post(url, given).status_code == 409
    assert client.get(page(case, "delivery", case)).status_code == 404
    row.refresh_from_db()
    assert row.state == "served"


def test_a_voided_delivery_is_told_by_no_paper_and_offered_for_none(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    wrong, _ = serve(case, arbitrator, "2023-11-04", "2023-11-14")
    send(browser, page(case, "delivery", wrong), case, how="void")
    listed = browser.get(reverse("arbitration:dispute_edit", args=[case.pk]))
    (group,) = [one for one in listed.context["groups"] if one.label == "送达登记"]
    assert [entry.row for entry in group.entries] != [wrong.pk]
    assert len(group.entries) == 1
    dates = browser.get(reverse("arbitration:prehearing", args=[case.pk])).content.decode()
    assert "2023-11-14" in dates
    assert [row.pk for row in papers.CasePaper._base_manager.filter(deliveries=wrong)] == []


# --- days of the receipt and of moves -------------------------------------------------------------


def told(case: Dispute, move: str) -> Event:
    """The Event of a move."""
    return Event._base_manager.get(case=case.pk, move=move)


def test_a_wrong_day_of_receipt_moves_what_counts_from_it(case: Dispute, browser: Client) -> None:
    assert clocks(case, "arb.accept") == [("arb.accept", "met", "2023-11-08")]
    _, stored = send(browser, page(case, "day", told(case, "open")), case, on="2023-10-25")
    assert stored.status_code == 302
    fresh = Dispute._base_manager.get(pk=case.pk)
    assert (fresh.opened_on, fresh.accepted_on) == (DAY("2023-10-25"), DAY("2023-11-01"))
    assert clocks(case, "arb.accept", "arb.award") == [
        ("arb.accept", "met", "2023-11-01"),
        ("arb.award", "running", "2023-12-18"),
    ]
    assert told(case, "correct").data["values"] == {"收到日期": ["2023-11-01", "2023-10-25"]}


def test_a_wrong_day_of_acceptance_moves_the_term_of_trial_and_restarts_nothing(
    case: Dispute, arbitrator: User, arbitration_head: User, browser: Client
) -> None:
    url = page(case, "day", told(case, "accept"))
    refused, _ = send(browser, url, case, on="2023-11-06")
    assert refused.status_code == 422  # the head of the court accepted it
    head = Client()
    head.force_login(arbitration_head)
    early, _ = send(head, url, case, on="2023-10-31")
    assert "报立案审批，日期不能比它早" in early.content.decode() or early.status_code == 422
    _, stored = send(head, url, case, on="2023-11-06")
    assert stored.status_code == 302
    assert clocks(case, "arb.award", "arb.send_copy") == [
        ("arb.send_copy", "running", "2023-11-13"),
        ("arb.award", "running", "2023-12-21"),
    ]
    fresh = Dispute._base_manager.get(pk=case.pk)
    assert (fresh.accepted_on, fresh.state_on) == (DAY("2023-11-06"), DAY("2023-11-06"))
    assert fresh.due_on == DAY("2023-11-13")
    assert case.tribunal.get().appointed_on == DAY("2023-11-06")
    award = Clock._base_manager.get(case=case.pk, term="arb.award")
    assert [step.kind for step in award.steps.order_by("pk")] == ["start", "correct"]


def test_a_clock_that_a_correction_moved_goes_on_from_there(
    case: Dispute, arbitration_head: User
) -> None:
    head = Client()
    head.force_login(arbitration_head)
    send(head, page(case, "day", told(case, "accept")), case, on="2023-11-06")
    moves.move(case, "extend", by=None, data={"days": 10, "reason": "案情复杂"})
    assert clocks(case, "arb.award") == [("arb.award", "running", "2024-01-02")]


def test_nothing_comes_before_the_receipt_and_archived_files_are_closed(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    url = page(case, "day", told(case, "open"))
    late, _ = send(browser, url, case, on="2023-11-02")
    assert late.status_code == 422
    assert "2023-11-01 已报立案审批，日期不能比它晚" in late.content.decode()
    same, _ = send(browser, url, case)
    assert (same.status_code, "没有改动" in same.content.decode()) == (422, True)
    filed = Dispute._base_manager.get(pk=case.pk)
    with door.opened():
        filed.archived_on = DAY("2023-11-10")
        filed.save()
    closed, _ = send(browser, url, case, on="2023-10-25")
    assert (closed.status_code, "撤销归档" in closed.content.decode()) == (422, True)


def test_the_same_correction_sent_twice_is_made_once(case: Dispute, browser: Client) -> None:
    url = page(case, "day", told(case, "open"))
    shown = browser.get(url).context
    data = {"on": "2023-10-25", "reason": "录错了", "_key": shown["key"]}
    data["_version"] = str(shown["version"])
    data["_seen"] = browser.post(url, data).context["seen"]
    assert [browser.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert Event._base_manager.filter(case=case.pk, move="correct").count() == 1


# --- claims ---------------------------------------------------------------------------------------


def test_a_slip_in_a_claim_is_put_right_without_a_new_term_of_trial(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    make.issued(case, "受理通知书", arbitrator)
    claim = case.claims.get()
    before = clocks(case, "arb.award", "arb.send_copy")
    url = page(case, "claim", claim)
    _, stored = send(browser, url, case, text="支付2023年8月工资", amount="3217.00")
    assert stored.status_code == 302
    claim.refresh_from_db()
    assert (claim.text, str(claim.amount)) == ("支付2023年8月工资", "3217.00")
    assert str(Dispute._base_manager.get(pk=case.pk).amount) == "3217.00"
    assert clocks(case, "arb.award", "arb.send_copy") == before
    assert told(case, "correct").data["values"] == {
        "请求": ["支付工资", "支付2023年8月工资"],
        "金额（元）": ["3127.00", "3217.00"],
        "涉及金额（元）": ["3127.00", "3217.00"],
    }


def test_the_page_names_the_issued_papers_that_show_the_old_value(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    make.issued(case, "应诉通知书", arbitrator)
    shown = [row.paper for row in case.papers.filter(state="issued").select_related("paper")]
    named = [paper for paper in shown if "支付工资" in paper.context_text]
    assert named
    first, _ = send(browser, page(case, "claim", case.claims.get()), case, text="支付加班工资")
    assert first.context["tried"]["papers"] == named
    assert "已制发的文书不随更正改动" in first.content.decode()


def test_a_claim_is_not_corrected_below_what_was_awarded(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    case.claims.update(awarded="3000.00")
    refused, _ = send(browser, page(case, "claim", case.claims.get()), case, amount="2999.00")
    assert (refused.status_code, "3,000.00" in refused.content.decode()) == (422, True)


# --- parties --------------------------------------------------------------------------------------


def test_a_party_typed_wrongly_is_put_right_with_title_search_and_deliveries(
    case: Dispute, arbitrator: User, browser: Client
) -> None:
    (sent,) = serve(case, arbitrator, "2023-11-14")
    party, before = sent.party, clocks(case, "arb.award", "arb.answer")
    given = {
        "name": "霍邱县改正示例有限公司",
        "address": "霍邱县改正路1号",
        "phone": "0564-6031234",
    }
    first, stored = send(browser, page(case, "party", party), case, **given)
    assert stored.status_code == 302, first.content.decode()
    party.refresh_from_db()
    sent.refresh_from_db()
    assert (party.name, party.address) == (given["name"], given["address"])
    assert sent.recipient == given["name"]
    assert clocks(case, "arb.award", "arb.answer") == before
    fresh = Dispute._base_manager.get(pk=case.pk)
    assert "改正" in fresh.grams or "改正" in fresh.title
    values = told(case, "correct").data["values"]
    assert values["送达地址"] == ["霍邱县示例路", "霍邱县改正路1号"]
    assert "6031234" not in str(values)


def test_the_wrong_employer_chosen_gives_way_to_the_right_one(
    case: Dispute, county: County, browser: Client
) -> None:
    party = case.parties.get(role="respondent")
    wrong, right = party.employer, EmployerFactory(unit=case.unit)
    given = {"name": right.name, "uscc": right.uscc}
    first, stored = send(browser, page(case, "party", party), case, **given)
    assert stored.status_code == 302, first.content.decode()
    party.refresh_from_db()
    assert (party.employer_id, party.name) == (right.pk, right.name)
    wrong.refresh_from_db()
    assert wrong.name != right.name
    values = told(case, "correct").data["values"]
    assert values["对应的单位"] == [f"{wrong}（{wrong.pk}号）", f"{right}（{right.pk}号）"]


def test_every_kind_of_case_offers_its_parties_and_days(case: Dispute, browser: Client) -> None:
    listed = browser.get(reverse("arbitration:dispute_edit", args=[case.pk])).context["groups"]
    assert [group.label for group in listed] == ["办理日期", "当事人", "仲裁请求"]
    assert listed[1].entries[0].words.startswith("申请人 ")


def test_the_channel_is_put_right_from_its_list(county: County, clerk: User) -> None:
    with acting_as(clerk):
        case = make.dispute(county, clerk, DAY("2023-11-10"), channel="window")
        made = modelform_factory(
            Dispute, form=AmendForm, fields=["channel"], formfield_callback=portal_field
        )
        wrong = made({"channel": "幻想", "reason": "录错"}, instance=case)
        assert "channel" in wrong.errors
        assert not made({"channel": "", "reason": "录错"}, instance=case).is_valid()
        assert made({"channel": "mail", "reason": "录错"}, instance=case).is_valid()
