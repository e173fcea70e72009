"""A party sues over a part award while the rest is tried; whether the part award binds shows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.documents.values import dispute_values
from arbitration.forms import PartFollowUpForm
from arbitration.models import Dispute
from arbitration.workflows.parts import effect_words, part_awards
from hrss_portal.access.models import User
from hrss_portal.casework import correcting, moves
from hrss_portal.casework.correct_days import DayForm
from hrss_portal.casework.models import CasePaper, Clock
from hrss_portal.casework.moves import MoveRefused
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
COURT = "霍邱县人民法院"


def decide(case: Dispute, head: User, *, seq: int, final: bool) -> None:
    """One item is decided ahead of the others."""
    row = {"seq": seq, "awarded": Decimal(9000), "is_final": final, "kind": "money"}
    data = {"claims": [row], "is_final": final, "result": "支付。", "reasons": "属实。"}
    moves.move(case, "part_award", by=head, data=data)


def follow_up(case: Dispute, by: User, part: int = 0, **given: Any) -> PartFollowUpForm:
    """The form as posted today about one of the part awards."""
    known = part_awards(Dispute.objects.get(pk=case.pk))[part]
    on = given.pop("on", "2023-11-20")
    return PartFollowUpForm({"on": on, "part": known.key, **given}, case=case, user=by)


def words(case: Dispute, on: date, part: int = 0) -> str:
    """What the page says of a part award on a day."""
    fresh = Dispute.objects.get(pk=case.pk)
    return effect_words(fresh, part_awards(fresh)[part], on)


def test_an_open_part_award_binds_when_the_term_to_sue_is_over(
    deliberating: Dispute, arbitration_head: User, clerk: User, today: Any
) -> None:
    decide(deliberating, arbitration_head, seq=1, final=False)
    assert words(deliberating, date(2023, 11, 20)).startswith("还没有送达：")
    make.served(deliberating, clerk, "先行裁决书（非终局）")
    last = date(2023, 12, 5)
    assert words(deliberating, last) == "起诉期限到 2023-12-05，期满不起诉的发生法律效力"
    assert (
        words(deliberating, date(2023, 12, 6)) == "起诉期限 2023-12-05 已经届满，还没有登记是否起诉"
    )
    early = follow_up(deliberating, clerk, follow_up="none")
    assert "起诉期限2023-12-05 才届满" in str(early.errors["follow_up"])
    today.move_to("2023-12-06T09:00:00+08:00")
    form = follow_up(deliberating, clerk, follow_up="none", on="2023-12-06")
    assert form.is_valid(), form.errors
    moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
    assert words(deliberating, last) != words(deliberating, date(2023, 12, 6))
    assert words(deliberating, date(2023, 12, 6)) == "没有人起诉，2023-12-06 起发生法律效力"
    clocks = Clock.objects.filter(case=deliberating.pk, term="arb.sue")
    assert {clock.state for clock in clocks} == {"met"}
    assert "没有人起诉，2023-12-06 起发生法律效力" in make.page_of(deliberating, clerk)


def test_who_sues_over_a_part_award_keeps_it_from_binding_while_the_rest_is_tried(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    decide(deliberating, arbitration_head, seq=1, final=False)
    make.served(deliberating, clerk, "先行裁决书（非终局）")
    firm = deliberating.parties.get(role="respondent")
    silent = follow_up(deliberating, clerk, follow_up="sued")
    assert {"party", "sued_on", "court_name"} == set(silent.errors)
    given = {"party": firm.pk, "sued_on": "2023-11-20", "court_name": COURT}
    early = follow_up(deliberating, clerk, follow_up="sued", on="2023-11-19", **given)
    assert "不能早于起诉（申请撤销）日期" in str(early.errors["on"])
    form = follow_up(deliberating, clerk, follow_up="sued", **given)
    assert form.is_valid(), form.errors
    moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
    case = Dispute.objects.get(pk=deliberating.pk)
    assert (case.state, case.follow_up) == ("deliberating", "unknown")
    said = f"2023-11-20 向{COURT}起诉，不发生法律效力"
    assert words(case, date(2024, 1, 1)) == said
    first, second = case.claims.order_by("seq")
    assert (first.follow_up, first.sued_on, first.court_name) == ("sued", date(2023, 11, 20), COURT)
    assert (second.follow_up, second.sued_on) == ("unknown", None)
    assert Clock.objects.get(case=case.pk, term="arb.award").state == "running"
    Dispute._base_manager.filter(pk=case.pk).update(outcome="withdrawn")
    ended = Dispute.objects.get(pk=case.pk).case_ptr
    sheet = dispute_values(CasePaper(case=ended, kind="arb.closing"))
    went = f"2023-11-20 向{COURT}起诉"
    assert sheet["follow_up"] == f"先行裁决 2023-11-20 非终局（第1项）：{went}"


def test_each_part_award_has_its_own_way_to_the_court(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    deliberating.claims.create(text="支付赔偿金", amount=Decimal(1000), seq=3)
    decide(deliberating, arbitration_head, seq=1, final=True)
    decide(deliberating, arbitration_head, seq=2, final=False)
    make.served(deliberating, clerk, "先行裁决书（终局）")
    make.served(deliberating, clerk, "先行裁决书（非终局）")
    worker = deliberating.parties.get(role="applicant")
    firm = deliberating.parties.get(role="respondent")
    went = {"sued_on": "2023-11-20", "court_name": COURT}
    wrong = follow_up(deliberating, clerk, 0, follow_up="set_aside", party=firm.pk, **went)
    assert "非终局裁决不能申请撤销" in str(wrong.errors["follow_up"])
    wrong = follow_up(deliberating, clerk, 1, follow_up="sued", party=firm.pk, **went)
    assert "终局裁决用人单位不能起诉" in str(wrong.errors["party"])
    wrong = follow_up(deliberating, clerk, 1, follow_up="set_aside", party=worker.pk, **went)
    assert "终局裁决由用人单位申请撤销" in str(wrong.errors["party"])
    form = follow_up(deliberating, clerk, 1, follow_up="set_aside", party=firm.pk, **went)
    assert form.is_valid(), form.errors
    moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
    final = words(deliberating, date(2023, 11, 20), 1)
    assert final == f"2023-11-20 作出之日起发生法律效力；2023-11-20 向{COURT}申请撤销"
    states = dict(Clock.objects.filter(case=deliberating.pk).values_list("term", "state"))
    assert [states[f"arb.{term}"] for term in ("set_aside", "worker_sues", "sue")] == [
        "met",
        "running",
        "running",
    ]


def test_of_two_of_one_day_each_has_its_own_suit(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    deliberating.claims.create(text="支付赔偿金", amount=Decimal(1000), seq=3)
    for seq in (1, 2):
        decide(deliberating, arbitration_head, seq=seq, final=True)
    make.issued(deliberating, "先行裁决书（终局）", clerk)
    for paper in deliberating.papers.filter(kind="arb.part_award").order_by("pk"):
        make.served(deliberating, clerk, "先行裁决书（终局）", issued_paper=paper.pk)
    firm = deliberating.parties.get(role="respondent")
    went = {"party": firm.pk, "sued_on": "2023-11-20", "court_name": COURT}
    form = follow_up(deliberating, clerk, 0, follow_up="set_aside", **went)
    assert form.is_valid(), form.errors
    moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
    known = deliberating.claims.order_by("seq").values_list("follow_up", flat=True)
    assert list(known) == ["set_aside", "unknown", "unknown"]
    clocks = Clock.objects.filter(case=deliberating.pk, term="arb.set_aside").order_by("pk")
    assert [clock.state for clock in clocks] == ["met", "running"]


def test_a_suit_registered_by_mistake_is_taken_back(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    decide(deliberating, arbitration_head, seq=1, final=False)
    make.served(deliberating, clerk, "先行裁决书（非终局）")
    worker, firm = (deliberating.parties.get(role=role) for role in ("applicant", "respondent"))
    nothing = follow_up(deliberating, clerk, follow_up="unknown", party=firm.pk)
    assert "没有登记过" in str(nothing.errors["party"])
    for party, result in ((worker, "withdrawn"), (firm, "")):
        given = {"party": party.pk, "sued_on": "2023-11-20", "court_name": COURT}
        form = follow_up(deliberating, clerk, follow_up="sued", court_result=result, **given)
        assert form.is_valid(), form.errors
        moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
    assert "选撤下谁的登记" in str(
        follow_up(deliberating, clerk, follow_up="unknown").errors["party"]
    )
    for party, left, states in (
        (firm, f"2023-11-20 向{COURT}起诉，法院结果：撤诉，不发生法律效力", ["met", "running"]),
        (worker, "起诉期限到 2023-12-05，期满不起诉的发生法律效力", ["running", "running"]),
    ):
        form = follow_up(deliberating, clerk, follow_up="unknown", party=party.pk)
        assert form.is_valid(), form.errors
        moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
        assert words(deliberating, date(2023, 11, 20)) == left
        clocks = Clock.objects.filter(case=deliberating.pk, term="arb.sue").order_by("pk")
        assert [clock.state for clock in clocks] == states
    claim = deliberating.claims.get(seq=1)
    assert (claim.follow_up, claim.sued_on, claim.court_name) == ("unknown", None, "")


def test_the_day_of_one_part_award_is_put_right_alone(
    deliberating: Dispute, arbitration_head: User, clerk: User, today: Any
) -> None:
    deliberating.claims.create(text="支付赔偿金", amount=Decimal(1000), seq=3)
    for seq in (1, 2):
        decide(deliberating, arbitration_head, seq=seq, final=False)
    worker = deliberating.parties.get(role="applicant")
    went = {"party": worker.pk, "sued_on": "2023-11-21", "court_name": COURT}
    today.move_to("2023-11-22T09:00:00+08:00")
    for part in (0, 1):
        given = {"follow_up": "sued", "on": "2023-11-22", **went}
        form = follow_up(deliberating, clerk, part, **given)
        assert form.is_valid(), form.errors
        moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
    second = deliberating.events.filter(move="part_award").latest("pk")
    page = reverse("arbitration:dispute_correct", args=[deliberating.pk, "day", second.pk])
    browser = Client()
    browser.force_login(arbitration_head)

    def post(on: str) -> str:
        case = Dispute._base_manager.get(pk=deliberating.pk)
        given = {"on": on, "reason": "日期录错", "_key": on, "_version": case.version}
        return browser.post(page, given).content.decode()

    assert "2023-11-21 已登记起诉（申请撤销），先行裁决日期不能比它晚" in post("2023-11-22")
    tried = post("2023-11-21")
    assert "第 2 项请求的先行裁决日期" in tried
    assert "第 1 项请求的先行裁决日期" not in tried
    case = Dispute._base_manager.get(pk=deliberating.pk)
    form = DayForm({"on": "2023-11-21", "reason": "录错"}, case=case, row=second,
                   user=arbitration_head)  # fmt: skip
    assert form.is_valid(), form.errors
    correcting.correct(case, form.act, by=arbitration_head, reason="录错")
    days = case.claims.order_by("seq").values_list("part_awarded_on", "follow_up")
    assert list(days) == [
        (date(2023, 11, 20), "sued"),
        (date(2023, 11, 21), "sued"),
        (None, "unknown"),
    ]
    for part in (0, 1):
        said = words(case, date(2023, 11, 22), part)
        assert said == f"2023-11-21 向{COURT}起诉，不发生法律效力"


def test_without_a_part_award_nobody_sues_over_one(deliberating: Dispute, clerk: User) -> None:
    assert "part_follow_up" not in {move.code for move in moves.available(deliberating, clerk)}
    with pytest.raises(MoveRefused, match="没有先行裁决"):
        moves.move(deliberating, "part_follow_up", by=clerk, data={})


def test_the_employer_sues_after_the_court_set_the_final_part_award_aside(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    decide(deliberating, arbitration_head, seq=1, final=True)
    make.served(deliberating, clerk, "先行裁决书（终局）")
    firm = deliberating.parties.get(role="respondent")
    given = {"party": firm.pk, "sued_on": "2023-11-20", "court_name": COURT}
    early = follow_up(deliberating, clerk, follow_up="sued", **given)
    assert "终局裁决用人单位不能起诉" in str(early.errors["party"])
    set_aside = {"follow_up": "set_aside", "court_result": "set_aside"}
    silent = follow_up(deliberating, clerk, **set_aside, **given)
    assert silent.errors == {"ruling_on": ["裁决被撤销的，填写收到撤销裁定书的日期"]}
    ruling = {"ruling_on": "2023-11-20"}
    for went, result, state in (
        ("set_aside", "set_aside", "running"),
        ("set_aside", "set_aside", "running"),  # registered again: still one term
        ("sued", "", "met"),
        ("sued", "changed", "met"),
    ):
        said = {"follow_up": went, "court_result": result, **ruling}
        form = follow_up(deliberating, clerk, **said, **given)
        assert form.is_valid(), form.errors
        moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
        clock = Clock.objects.get(case=deliberating.pk, term="arb.sue_after_set_aside")
        assert (clock.due_on, clock.state) == (date(2023, 12, 5), state)
        said_now = words(deliberating, date(2024, 1, 5))
        assert said_now.endswith("；已被法院撤销，不发生法律效力")
        assert "作出之日起发生法律效力" not in said_now


def test_a_ruling_registered_by_mistake_is_taken_back_with_its_term(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    decide(deliberating, arbitration_head, seq=1, final=True)
    make.served(deliberating, clerk, "先行裁决书（终局）")
    firm = deliberating.parties.get(role="respondent")
    given = {"party": firm.pk, "sued_on": "2023-11-20", "court_name": COURT}
    ruling = {"court_result": "set_aside", "ruling_on": "2023-11-20"}
    for said in ({"follow_up": "set_aside", **ruling}, {"follow_up": "unknown"}):
        form = follow_up(deliberating, clerk, **said, **given)
        assert form.is_valid(), form.errors
        moves.move(deliberating, "part_follow_up", by=clerk, data=form.move_data())
    clock = Clock.objects.get(case=deliberating.pk, term="arb.sue_after_set_aside")
    assert clock.state == "cancelled"
    assert "作出之日起发生法律效力" in words(deliberating, date(2024, 1, 5))


def register(case: Dispute, by: User, part: int = 0, **given: Any) -> None:
    """What the form about one of the part awards says is registered."""
    form = follow_up(case, by, part, **given)
    assert form.is_valid(), form.errors
    moves.move(case, "part_follow_up", by=by, data=form.move_data(), on=form.cleaned_data["on"])


def states(case: Dispute, term: str = "arb.sue") -> list[str]:
    """The states of the clocks of a term, in the order of service."""
    clocks = Clock.objects.filter(case=case.pk, term=term).order_by("pk")
    return list(clocks.values_list("state", flat=True))


def test_of_two_of_one_day_a_suit_that_is_taken_back_opens_its_own_term_alone(
    deliberating: Dispute, arbitration_head: User, clerk: User
) -> None:
    deliberating.claims.create(text="支付赔偿金", amount=Decimal(1000), seq=3)
    for seq in (1, 2):
        decide(deliberating, arbitration_head, seq=seq, final=False)
    make.issued(deliberating, "先行裁决书（非终局）", clerk)
    for paper in deliberating.papers.filter(kind="arb.part_award").order_by("pk"):
        make.served(deliberating, clerk, "先行裁决书（非终局）", issued_paper=paper.pk)
    worker, firm = (deliberating.parties.get(role=role) for role in ("applicant", "respondent"))
    went = {"follow_up": "sued", "sued_on": "2023-11-20", "court_name": COURT}
    for part, party in ((0, firm), (1, firm), (1, worker)):
        register(deliberating, clerk, part, party=party.pk, **went)
    assert states(deliberating) == ["running", "met", "met", "met"]
    register(deliberating, clerk, 1, follow_up="unknown", party=firm.pk)
    assert states(deliberating) == ["running", "met", "met", "running"]
    last = date(2023, 12, 5)
    assert words(deliberating, last, 0) == words(deliberating, last, 1)
    register(deliberating, clerk, 1, follow_up="unknown", party=worker.pk)
    assert states(deliberating) == ["running", "met", "running", "running"]
    assert words(deliberating, last, 0) == f"2023-11-20 向{COURT}起诉，不发生法律效力"
    assert words(deliberating, last, 1) == "起诉期限到 2023-12-05，期满不起诉的发生法律效力"
    known = deliberating.claims.order_by("seq").values_list("follow_up", flat=True)
    assert list(known) == ["sued", "unknown", "unknown"]


def test_a_suit_that_is_taken_back_leaves_that_nobody_sued(
    deliberating: Dispute, arbitration_head: User, clerk: User, today: Any
) -> None:
    decide(deliberating, arbitration_head, seq=1, final=False)
    make.served(deliberating, clerk, "先行裁决书（非终局）")
    firm = deliberating.parties.get(role="respondent")
    today.move_to("2023-12-06T09:00:00+08:00")
    register(deliberating, clerk, follow_up="none", on="2023-12-06")
    went = {"party": firm.pk, "sued_on": "2023-12-01", "court_name": COURT}
    register(deliberating, clerk, follow_up="sued", on="2023-12-06", **went)
    register(deliberating, clerk, follow_up="unknown", on="2023-12-06", party=firm.pk)
    said = "没有人起诉，2023-12-06 起发生法律效力"
    assert words(deliberating, date(2023, 12, 6)) == said
    assert states(deliberating) == ["met", "met"]


def test_the_longer_term_to_set_aside_runs_again_though_nobody_sued(
    deliberating: Dispute, arbitration_head: User, clerk: User, today: Any
) -> None:
    decide(deliberating, arbitration_head, seq=1, final=True)
    make.served(deliberating, clerk, "先行裁决书（终局）")
    firm = deliberating.parties.get(role="respondent")
    today.move_to("2023-12-06T09:00:00+08:00")
    register(deliberating, clerk, follow_up="none", on="2023-12-06")
    assert states(deliberating, "arb.set_aside") == ["running"]
    went = {"party": firm.pk, "sued_on": "2023-12-01", "court_name": COURT}
    register(deliberating, clerk, follow_up="set_aside", on="2023-12-06", **went)
    assert states(deliberating, "arb.set_aside") == ["met"]
    register(deliberating, clerk, follow_up="unknown", on="2023-12-06", party=firm.pk)
    assert states(deliberating, "arb.set_aside") == ["running"]
    assert states(deliberating, "arb.worker_sues") == ["met"]
