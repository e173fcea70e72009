"""What is printed of what was handed in, of who decided, and of what was decided before."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from arbitration.documents.results import result_items
from arbitration.documents.values import dispute_values
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from hrss_portal.casework.models import CasePaper
from hrss_portal.documents.papers import preview
from tests.arbitration.test_part_awards import part_award
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
DAY = date(2023, 11, 16)


def printed(case: Any, kind: str) -> str:
    """The words of a paper of the case."""
    paper = CasePaper(case=case.case_ptr, kind=kind, called_on=DAY)
    return str(preview(kind, dispute_values(paper), unit=case.unit, on=DAY))


def test_the_approval_names_who_proposed_and_who_decided(
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    acting: Callable[..., Any],
    today: Any,
) -> None:
    acting("test")
    case = make.dispute(county, clerk, DAY)
    before = dispute_values(CasePaper(case=case.case_ptr, kind="arb.approval", called_on=DAY))
    assert (before["opinion_maker"], before["acceptance"], before["acceptance_on"]) == (
        "",
        "",
        None,
    )
    opinion = {"summary": "拖欠工资。", "handler_opinion": "拟受理此案", "procedure": "ordinary"}
    moves.move(case, "propose", by=clerk, data=opinion)
    case = Dispute.objects.get(pk=case.pk)
    words = printed(case, "arb.approval")
    assert f"承办人：{clerk.name}" in words
    assert arbitration_head.name not in words
    given = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=given, note="按期审结")
    words = printed(Dispute.objects.get(pk=case.pk), "arb.approval")
    assert f"承办人：{clerk.name}" in words
    assert "同意立案：按期审结" in words
    assert f"审批人：{arbitration_head.name}" in words
    assert words.count("2023年11月16日") >= 2
    assert "不予受理理由" in words
    gone = {"outcome": "transferred", "reject_reason": "劳动合同在示例县履行。"}
    moves.move(case, "transfer", by=arbitration_head, data=gone)
    words = printed(Dispute.objects.get(pk=case.pk), "arb.approval")
    assert "移送理由" in words
    assert "不予受理理由" not in words


@pytest.mark.parametrize(("mode", "name"), [("written", "仲裁申请书"), ("oral", "口头申请笔录")])
def test_the_receipt_lists_what_was_received(
    county: County, clerk: User, acting: Callable[..., Any], today: Any, mode: str, name: str
) -> None:
    acting(clerk)
    evidence = [{"name": "工资流水", "source": "银行", "pages": 3, "side": "applicant"}]
    case = make.dispute(county, clerk, DAY, apply_mode=mode, copies=2, data={"evidence": evidence})
    found = dispute_values(CasePaper(case=case.case_ptr, kind="arb.receipt", called_on=DAY))
    assert [(row["name"], row["copies"], row["pages"]) for row in found["materials"]] == [
        (name, 2, ""),
        ("工资流水", "", 3),
    ]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("arb.settlement", "就其余请求自愿达成"),
        ("arb.withdrawal", "准许撤回其余仲裁请求"),
        ("arb.termination", "对其余请求终止审理"),
    ],
)
def test_what_ends_the_rest_names_the_part_award(
    deliberating: Dispute, arbitration_head: User, kind: str, words: str
) -> None:
    assert "先行裁决" not in printed_of_the_rest(deliberating, kind)
    part_award(deliberating, arbitration_head)
    text = printed_of_the_rest(Dispute.objects.get(pk=deliberating.pk), kind)
    assert "其中第1项请求，本委已于2023年11月20日先行裁决。" in text
    assert words in text


def printed_of_the_rest(case: Dispute, kind: str) -> str:
    """A paper that asks for a result, with one."""
    case.result = "三日内付清。"
    paper = CasePaper(case=case.case_ptr, kind=kind, called_on=DAY)
    values = dispute_values(paper) | {"result": ["三日内付清。"]}
    return str(preview(kind, values, unit=case.unit, on=DAY))


def test_the_result_of_a_closing_has_one_mark_between_its_items(deliberating: Dispute) -> None:
    deliberating.result = "支付工资18000元。\n驳回其他请求；"
    paper = CasePaper(case=deliberating.case_ptr, kind="arb.closing")
    assert result_items(paper, deliberating, {}) == ["支付工资18000元", "驳回其他请求"]


@pytest.mark.parametrize(("is_remote", "place"), [(True, "网上开庭"), (False, "第一仲裁庭")])
def test_a_summons_to_a_hearing_on_line_says_how_to_get_there(
    accepted: Dispute, county: County, is_remote: bool, place: str
) -> None:
    starts = datetime.fromisoformat("2023-11-22T09:00+08:00")
    times = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    how = {"is_remote": is_remote, "remote_how": "云上仲裁，会议号123" if is_remote else ""}
    data = {"room": make.room(county), "hearing_on": starts.date(), **times, **how}
    moves.move(accepted, "send", by=None, data={"deliveries": []})
    moves.move(Dispute.objects.get(pk=accepted.pk), "schedule", by=None, data=data)
    paper = Dispute.objects.get(pk=accepted.pk).papers.get(kind="arb.hearing")
    words = str(preview("arb.hearing", dispute_values(paper), unit=accepted.unit, on=DAY))
    assert f"地点：{place}" in words
    assert ("进入方式：云上仲裁，会议号123" in words) is is_remote
