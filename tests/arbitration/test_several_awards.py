"""A case with several awards (先予执行, 先行裁决, 终局, 非终局): each is meant by itself."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from arbitration.documents.values import dispute_values
from arbitration.forms import DeliveryForm, FollowUpForm, RectificationForm
from arbitration.imports.disputes import ledger
from arbitration.models import Dispute
from arbitration.workflows import conditions, one_paper
from arbitration.workflows.awards import awards
from arbitration.workflows.suits import went_words
from hrss_portal.access.models import User
from hrss_portal.casework import door, file_index, moves, papers
from hrss_portal.casework.models import CasePaper, Clock
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.desk import history
from hrss_portal.documents.papers import void_paper
from hrss_portal.indicators.figures import value
from tests.factories import arbitration as make
from tests.factories.deciding import ahead, part_award

pytestmark = pytest.mark.usefixtures("rules", "today")
SPLIT = {"outcome": "split_award", "finality": "split", "awarded": Decimal(18000)}
WAYS = ("arb.sue", "arb.worker_sues", "arb.set_aside")
TEXTS = {"result_final": "支付经济补偿8000元。", "result_open": "支付赔偿金1000元。"}


def issue(case: Dispute, kind: str, by: User, number: int = 0) -> CasePaper:
    """One paper of the kind, issued today."""
    return papers.issue(case.papers.filter(kind=kind).order_by("pk")[number], by=by)


@pytest.fixture
def several(deliberating: Dispute, arbitration_head: User, today: Any) -> Dispute:
    """Three items: one ordered ahead and then decided in part on 20 November, the other two in
    separate awards on the 24th; all papers issued."""
    head = arbitration_head
    deliberating.claims.create(text="支付赔偿金", amount=Decimal(1000), seq=3)
    form = ahead(deliberating, head, on="2023-11-20")
    assert form.is_valid(), form.errors
    moves.move(deliberating, "enforce_ahead", by=head, data=form.move_data())
    part_award(deliberating, head)
    for kind in ("arb.enforce_ahead", "arb.part_award"):
        issue(deliberating, kind, head)
    today.move_to("2023-11-24T09:00:00+08:00")
    claims = [
        {"seq": 2, "awarded": Decimal(8000), "is_final": True},
        {"seq": 3, "awarded": Decimal(1000), "is_final": False},
    ]
    result = {"result": "\n".join(TEXTS.values()), **TEXTS}
    moves.move(deliberating, "award", by=head, data={**SPLIT, **result, "claims": claims})
    for kind in ("arb.award_final", "arb.award"):
        issue(deliberating, kind, head)
    return Dispute.objects.get(pk=deliberating.pk)


def rectify(case: Dispute, by: User, award: int, seq: int, amount: str) -> RectificationForm:
    """The form of a correction of the award in this place."""
    given = {
        "on": "2023-11-24",
        "award": str(awards(case)[award].paper.pk),
        "error_kind": "counting",
        "wrong": "9000元",
        "right": f"{amount}元",
        "claim": str(case.claims.get(seq=seq).pk),
        "corrected": amount,
    }
    return RectificationForm(given, case=case, user=by)


def test_the_award_that_is_corrected_is_chosen_and_named(
    several: Dispute, arbitrator: User
) -> None:
    shown = RectificationForm(case=several, user=arbitrator).fields["award"]
    assert [label for _, label in shown.choices][1:] == [str(one) for one in awards(several)]
    assert [one.name for one in awards(several)] == [
        *("先予执行裁决", "先行裁决（终局）"),
        *("终局裁决", "非终局裁决"),
    ]
    wrong = rectify(several, arbitrator, 2, 1, "8700")
    assert "没有裁决这一项请求" in str(wrong.errors["claim"])
    form = rectify(several, arbitrator, 1, 1, "8700")
    assert form.is_valid(), form.errors
    moves.move(several, "rectify", by=arbitrator, data=form.move_data())
    case = Dispute.objects.get(pk=several.pk)
    assert (case.awarded, case.claims.get(seq=1).awarded) == (Decimal(17700), Decimal(8700))
    told = dispute_values(case.papers.get(kind="arb.rectification"))
    part = awards(case)[1]
    assert (told["award_no"], told["award_on"], told["award_name"]) == (
        *(part.number, part.on),
        "先行裁决",
    )
    told = dispute_values(CasePaper(case=case.case_ptr, kind="arb.closing"))["result"]
    numbers = [one.number for one in awards(case)]
    assert told == [
        f"2023年11月20日先予执行裁决（{numbers[0]}）：先予支付工资3000元",
        f"2023年11月20日先行裁决（终局）（{numbers[1]}）：支付工资9000元",
        f"2023年11月24日终局裁决（{numbers[2]}）：支付经济补偿8000元",
        f"2023年11月24日非终局裁决（{numbers[3]}）：支付赔偿金1000元",
    ]
    issue(case, "arb.rectification", arbitrator)
    told = dispute_values(CasePaper(case=case.case_ptr, kind="arb.closing"))["result"]
    last = f"2023年11月24日补正先行裁决（终局）（{numbers[1]}）：“9000元”补正为“8700元”"
    assert (len(told), told[-1]) == (5, last)


def suit(case: Dispute, by: User, role: str, went: str, over: str) -> FollowUpForm:
    """The form of who went to a court over which award."""
    party = str(case.parties.get(role=role).pk)
    given = {"on": "2023-11-24", "follow_up": went, "party": party, "over": over}
    return FollowUpForm(given, case=Dispute.objects.get(pk=case.pk), user=by)


def test_a_side_goes_over_each_of_the_awards(several: Dispute, clerk: User) -> None:
    for name in ("终局裁决书", "非终局裁决书"):
        make.served(several, clerk, name)
    for role, went, over, field in (
        ("respondent", "sued", "", "over"),
        ("respondent", "sued", "final", "over"),
        ("respondent", "set_aside", "open", "over"),
    ):
        assert list(suit(several, clerk, role, went, over).errors) == [field]
    for went, over in (("set_aside", "final"), ("sued", "open")):
        form = suit(several, clerk, "respondent", went, over)
        assert form.is_valid(), form.errors
        moves.move(several, "follow_up", by=clerk, data=form.move_data())
    case = Dispute.objects.get(pk=several.pk)
    both = "用人单位（终局裁决）申请撤销；用人单位（非终局裁决）起诉"
    paper = CasePaper(case=case.case_ptr, kind="arb.closing")
    assert (went_words(case), dispute_values(paper)["follow_up"]) == (both, both)
    assert ledger.row_of(case)["suits"] == "用人单位起诉；用人单位申请撤销"
    day = date(2023, 11, 24)
    for code, count in (("employer_sued", 1), ("employer_set_aside", 1), ("worker_sued", 0)):
        assert value(f"arb.{code}", frm=day, to=day).value == count
    worker = suit(several, clerk, "applicant", "sued", "open")
    moves.move(several, "follow_up", by=clerk, data=worker.move_data() if worker.is_valid() else {})
    firm = case.parties.get(role="respondent").name
    labels = [line.label for line in history.clocks(case)]
    assert f"当事人不服裁决起诉（{firm}，非终局裁决书）" in labels
    assert "送达先行（先予执行）裁决书、补正决定书（2023-11-20 先行裁决）" in labels
    running = Clock.objects.filter(case=case.pk, state="running", term__in=WAYS)
    assert [clock.term for clock in running] == ["arb.worker_sues"]


def test_who_is_taken_back_has_his_term_again_and_nobody_else_loses_his_suit(
    several: Dispute, clerk: User
) -> None:
    other = several.parties.get(role="applicant")
    other.pk, other.seq, other.name = None, 2, "吴裁二"
    other.save()
    make.served(several, clerk, "终局裁决书")

    def told(name: str, went: str, **more: str) -> None:
        party = str(several.parties.get(name=name).pk)
        given = {"on": "2023-11-24", "follow_up": went, "party": party, "over": "final"} | more
        form = FollowUpForm(given, case=Dispute.objects.get(pk=several.pk), user=clerk)
        assert form.is_valid(), form.errors
        moves.move(several, "follow_up", by=clerk, data=form.move_data())

    first = several.parties.get(role="applicant", seq=1).name
    told("吴裁二", "sued", court_result="upheld")
    told(first, "sued")
    clocks = Clock.objects.filter(case=several.pk, term="arb.worker_sues").order_by("pk")
    assert {clock.state for clock in clocks} == {"met"}
    told(first, "unknown")
    case = Dispute.objects.get(pk=several.pk)
    assert (case.worker_went, case.worker_result, case.follow_up) == ("sued", "upheld", "sued")
    states = {clock.started_by.data["party"]["text"]: clock.state for clock in clocks.all()}
    assert states == {"吴裁二": "met", first: "running"}
    assert [words for words in conditions.term_to_sue_is_over(case, {}) if first in words]


def test_two_papers_of_one_name_are_served_each_by_itself(
    several: Dispute, arbitrator: User, clerk: User
) -> None:
    for award, seq in ((1, 1), (2, 2)):
        form = rectify(several, arbitrator, award, seq, "7000")
        assert form.is_valid(), form.errors
        moves.move(several, "rectify", by=arbitrator, data=form.move_data())
    first, second = (issue(several, "arb.rectification", arbitrator, n) for n in (0, 1))
    clocks = Clock.objects.filter(case=several.pk, started_by__move="rectify").order_by("pk")
    day = dict.fromkeys(("on", "sent_on", "signed_on"), "2023-11-24")
    given = {**day, "doc_name": "补正决定书", "mode": "direct", "address": "某路"}
    given |= {"signed_by": "本人", "proof_missing": "随卷"}
    for paper, states in ((first, ["met", "running"]), (second, ["met", "met"])):
        for party in several.parties.all():
            told = {**given, "party": party.pk}
            silent = DeliveryForm(told, case=several, user=clerk)
            assert list(silent.errors) == ["issued_paper"]
            form = DeliveryForm({**told, "issued_paper": paper.pk}, case=several, user=clerk)
            assert "补正决定书（先行裁决（终局） " in str(form["issued_paper"])
            assert form.is_valid(), form.errors
            moves.move(several, "record_delivery", by=clerk, data=form.move_data())
        assert [clock.state for clock in clocks.all()] == states


def test_a_decision_that_nobody_received_keeps_the_file_from_the_archive(
    several: Dispute, arbitrator: User, clerk: User
) -> None:
    form = rectify(several, arbitrator, 2, 2, "7000")
    moves.move(several, "rectify", by=arbitrator, data=form.move_data() if form.is_valid() else {})
    issue(several, "arb.rectification", arbitrator)
    with door.opened():
        Dispute.objects.filter(pk=several.pk).update(state="closed")
    case = Dispute.objects.get(pk=several.pk)
    with pytest.raises(MoveRefused, match="2023-11-24 的补正决定书还没有送达") as refused:
        moves.move(case, "archive", by=clerk, data={"file_pages": 40})
    assert "2023-11-20 的仲裁裁决书（先予执行）还没有送达" in str(refused.value)
    for name in ("先予执行裁决书", "先行裁决书（终局）"):
        make.served(case, clerk, name)
    make.served(case, clerk, "补正决定书", roles=("respondent",))
    worker = case.parties.get(role="applicant").name
    (words,) = one_paper.decisions_are_served(case, {})
    assert f"还没有送达：{worker}。" in words
    paper = case.papers.get(kind="arb.rectification").paper
    void_paper(paper, by=arbitrator, reason="写错")
    (words,) = one_paper.decisions_are_served(case, {})
    assert "2023-11-24 的补正决定书已经作废，所定的金额却还在案件里" in words
    again = papers.call_again(case.papers.get(kind="arb.rectification"), by=arbitrator)
    assert [row.pk for row in case.papers.filter(state="waiting", kind=again.kind)] == [again.pk]
    make.served(case, clerk, "补正决定书")
    assert not list(one_paper.decisions_are_served(case, {}))


def test_a_voided_correction_of_an_amount_is_corrected_back(
    several: Dispute, arbitrator: User, clerk: User
) -> None:
    for amount in ("7000", "8000"):
        form = rectify(several, arbitrator, 2, 2, amount)
        assert form.is_valid(), form.errors
        moves.move(several, "rectify", by=arbitrator, data=form.move_data())
        make.issued(several, "补正决定书", arbitrator)
    first, second = several.papers.filter(kind="arb.rectification").order_by("pk")
    void_paper(first.paper, by=arbitrator, reason="算错")
    assert not list(one_paper.no_amount_without_paper(several, {}))
    void_paper(second.paper, by=arbitrator, reason="写错")
    (words,) = one_paper.no_amount_without_paper(several, {})
    assert "补正决定书已经作废" in words


def test_separate_awards_treat_what_was_decided_before_alike(several: Dispute) -> None:
    ahead_no, part_no = (one.number for one in awards(several)[:2])
    for kind, seq in (("arb.award_final", 2), ("arb.award", 3)):
        told = dispute_values(several.papers.get(kind=kind))
        assert [row["seq"] for row in told["claims"]] == [1, 2, 3]
        earlier = f"其中第1项请求，本委已于2023年11月20日以{part_no}裁决书先行裁决。"
        assert told["part_awards"] == earlier
        amount = f"以{ahead_no}裁决书裁决就劳动报酬先予执行3000.00元。"
        assert told["ahead_awards"] == f"本委已于2023年11月20日{amount}"
        assert told["award_scope"].endswith(f"，本裁决书对第{seq}项请求作出裁决。")


def test_the_index_has_days_and_numbers_and_its_pages_are_told_after_the_archiving(
    several: Dispute, arbitrator: User, clerk: User, today: Any
) -> None:
    event, day = several.events.order_by("pk").last(), date(2023, 11, 24)
    today.move_to("2023-11-27T09:00:00+08:00")
    for kind in ("arb.rectification", "arb.cover"):
        made = {"kind": kind, "label": kind, "event": event, "called_on": day}
        papers.issue(CasePaper.objects.create(case=several.case_ptr, **made), by=clerk)
    file_index.gather(several, by=clerk)
    main = file_index.volumes(several, by=clerk)[0]
    assert "arb.cover" not in [entry.attachment.kind for entry in main.entries]
    known = {entry.paper_no: entry.on for entry in main.entries}
    assert {one.number: one.on for one in awards(several)}.items() <= known.items()
    assert main.entries[-1].on == day
    row = main.entries[0].attachment
    with pytest.raises(PermissionDenied):
        file_index.fill_pages(several, {row.pk: 3}, by=clerk)
    with door.opened():
        Dispute.objects.filter(pk=several.pk).update(state="archived", archived_on=day)
    browser = Client()
    browser.force_login(clerk)
    url = reverse("desk:case_file", args=[several.pk])
    page = browser.get(url)
    assert "归档后只能填页数" in page.content.decode()
    sent = {"_key": page.context["key"], "do": "pages", f"pages-{row.pk}": "3", "seq": "9"}
    assert browser.post(url, sent).status_code == 302
    row.refresh_from_db()
    assert (row.pages, row.seq) == (3, main.entries[0].attachment.seq)
    with pytest.raises(PermissionDenied):
        file_index.fill_pages(Dispute.objects.get(pk=several.pk), {row.pk: 4}, by=arbitrator)


def test_who_sued_over_one_award_still_has_his_term_for_the_final_one(
    several: Dispute, clerk: User
) -> None:
    for name in ("终局裁决书", "非终局裁决书"):
        make.served(several, clerk, name)
    form = suit(several, clerk, "respondent", "sued", "open")
    assert form.is_valid(), form.errors
    moves.move(several, "follow_up", by=clerk, data=form.move_data())
    own = Clock.objects.get(
        case=several.pk, term="arb.set_aside", started_by__data__served_name="终局裁决书"
    )
    assert own.state == "running"


def test_who_sued_after_the_court_set_the_final_award_aside_had_applied_for_it(
    several: Dispute, clerk: User
) -> None:
    make.served(several, clerk, "终局裁决书")
    firm = several.parties.get(role="respondent")
    aside = {"follow_up": "set_aside", "court_result": "set_aside", "ruling_on": "2023-11-24"}
    for said in (aside, {"follow_up": "sued"}):
        data = said | {"party": firm, "over": "final"}
        moves.move(several, "follow_up", by=clerk, data=data)
    day = date(2023, 11, 24)
    for code in ("employer_sued", "employer_set_aside"):
        assert value(f"arb.{code}", frm=day, to=day).value == 1
    case = Dispute.objects.get(pk=several.pk)
    assert ledger.row_of(case)["suits"] == "用人单位起诉；用人单位申请撤销"
