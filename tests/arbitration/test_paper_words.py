"""What the shipped papers print."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

import arbitration
from arbitration.documents.mediation import mediation_values
from arbitration.documents.results import items, result_items
from arbitration.documents.values import dispute_values
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework.models import CasePaper, Delivery
from hrss_portal.documents.kinds import paper_kind
from hrss_portal.documents.papers import preview
from hrss_portal.documents.source import shipped_docx
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
DAY = date(2023, 11, 16)
#: What papers cannot do without, where the case has not come to it.
NEEDED = {
    "hearing_at": "2023年11月30日9时00分",
    "hearing_room": "第一仲裁庭",
    "tribunal": [{"role": "独任仲裁员", "name": "仲裁员甲"}],
    "result": ["支付工资。"],
    "agreed_terms": ["支付工资。"],
}
THIRD = {
    "name": "霍邱示例劳务有限公司",
    "sex": "",
    "birth": None,
    "id_label": "统一社会信用代码",
    "id_number": "",
    "address": "",
    "phone": "",
    "legal_rep": "",
}


@pytest.fixture
def case(county: County, arbitration_head: User, acting: Callable[..., Any], today: Any) -> Dispute:
    """A dispute that has just been received."""
    acting(arbitration_head)
    return make.dispute(county, arbitration_head, DAY, handler_opinion="拟受理此案")


def printed(case: Any, kind: str, **values: Any) -> str:
    """The words of a paper of the case, some values replaced."""
    context = mediation_values if kind.startswith("med.") else dispute_values
    paper = case.papers.first() or CasePaper(case=case.case_ptr)
    paper.kind, paper.called_on = kind, DAY
    found = context(paper)
    needed = {tag: NEEDED[tag] for tag in paper_kind(kind).needs if not found[tag]}
    return str(preview(kind, {**found, **needed, **values}, unit=case.unit, on=DAY))


def test_what_somebody_types_ends_as_a_sentence_in_running_text() -> None:
    """In cells of a form it stands as typed, and a correction quotes it letter by letter."""
    typed = re.compile(r"^[^|\n]*\{\{ (?:note|facts|line|\w+_reason) \}\}", re.MULTILINE)
    papers = Path(arbitration.__file__).parent.glob("papers/*.txt")
    bare = {source.stem for source in papers if typed.search(source.read_text("utf-8"))}
    assert bare == {"rectification"}


@pytest.mark.parametrize(
    "kind",
    [
        "arb.hearing",
        "arb.tribunal",
        "arb.evidence",
        "arb.suspension",
        "arb.resumption",
        "arb.extension",
        "arb.revocation",
        "arb.termination",
        "arb.withdrawal",
        "arb.record",
        "arb.closing",
        "arb.address",
        "arb.extension_approval",
        "arb.suspension_approval",
    ],
)
def test_a_third_party_is_named_by_every_paper_of_the_trial(case: Dispute, kind: str) -> None:
    assert THIRD["name"] in printed(case, kind, thirds=[THIRD])
    assert "第三人" not in printed(case, kind)


def test_a_day_nobody_signed_for_is_not_a_day_of_receipt(case: Dispute) -> None:
    party = case.parties.get(role="respondent")
    case.deliveries.create(
        party=party,
        doc_name="应诉通知书",
        recipient=party.name,
        mode="left",
        address="某路",
        sent_on=DAY,
        deemed_on=date(2023, 11, 21),
        refusal="当场拒收，见证人王示例",
    )
    (row,) = dispute_values(CasePaper(case=case.case_ptr, kind="arb.award"))["deliveries"]
    assert (row["signed_on"], row["deemed_on"]) == (None, date(2023, 11, 21))
    text = printed(case, "arb.delivery")
    assert "视为送达日期" in text
    assert "2023年11月21日" in text


@pytest.mark.parametrize(
    ("mode", "returned", "words"),
    [("left", None, "拒收事由"), ("posted", None, "张贴事由"), ("mail", DAY, "退回事由")],
)
def test_only_a_refusal_is_called_one(
    case: Dispute, mode: str, returned: date | None, words: str
) -> None:
    party = case.parties.get(role="respondent")
    row = Delivery(mode=mode, returned_on=returned, refusal="查无此单位", mail_no="E1")
    row.party, row.doc_name, row.recipient, row.sent_on = party, "应诉通知书", party.name, DAY
    row.case, row.address = case.case_ptr, "某路"
    row.save()
    text = printed(case, "arb.delivery")
    assert f"{words}：查无此单位" in text
    assert ("退回日期：2023年11月16日" in text) == bool(returned)
    assert row.refusal_label == words


def test_a_closing_sheet_has_its_own_opinion_and_a_number(case: Dispute) -> None:
    text = printed(case, "arb.closing")
    assert "拟受理此案" not in text
    assert f"收件号：{case.intake_no}" in text
    assert case.intake_no in printed(case, "arb.cover")
    assert "案号：霍劳人仲案〔2023〕1号" in printed(
        case, "arb.closing", case_no="霍劳人仲案〔2023〕1号"
    )


def test_a_transfer_after_acceptance_goes_to_both_sides_under_the_case_number(
    case: Dispute,
) -> None:
    respondent = case.parties.get(role="respondent").name
    early = printed(case, "arb.jurisdiction")
    late = printed(case, "arb.jurisdiction", case_no="霍劳人仲案〔2023〕1号", accepted_on=DAY)
    assert case.intake_no in early
    assert "霍劳人仲案〔2023〕1号" in late
    assert case.intake_no not in late
    assert f"、{respondent}：" in late
    assert f"、{respondent}：" not in early


def test_a_confirmed_agreement_is_signed_by_arbitrator_and_clerk(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(arbitration_head)
    text = printed(make.mediation(county, arbitration_head, DAY), "med.confirmation")
    assert "仲裁员（签名）" in text
    assert "书记员（签名）" in text


@pytest.mark.parametrize("kind", ["arb.award", "arb.award_final"])
def test_an_award_without_evidence_has_no_empty_heading(case: Dispute, kind: str) -> None:
    proof = {"name": "工资条", "source": "单位", "by": "申请人", "pages": 1}
    assert "证据'" not in printed(case, kind)
    assert "工资条" in printed(case, kind, evidence=[proof])


@pytest.mark.parametrize("kind", ["arb.award", "arb.award_final", "arb.settlement"])
def test_the_commission_stands_in_the_title_of_the_paper(case: Dispute, kind: str) -> None:
    """Two lines of title, both 2号小标宋, as the model papers of the field have them."""
    source = shipped_docx(paper_kind(kind).template)
    lines = Document(BytesIO(source)).paragraphs[:2]
    assert lines[0].text == "{{ commission }}"
    for line in lines:
        (run,) = line.runs
        fonts = run._r.rPr.rFonts
        assert (fonts.get(qn("w:eastAsia")), run.font.size.pt) == ("方正小标宋简体", 22)


@pytest.mark.parametrize("kind", ["arb.award", "arb.award_final", "arb.enforce_ahead"])
def test_a_number_has_its_name_and_an_item_one_number(case: Dispute, kind: str) -> None:
    typed = "一、支付工资9000元。\n（二）支付补偿3.5万元。\n3.5万元于三日内付清。"
    text = printed(case, kind, result=items(typed))
    assert "公民身份号码" in text
    assert "1．支付工资9000元。" in text
    assert "2．支付补偿3.5万元。" in text
    assert "3．3.5万元于三日内付清。" in text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("一、支付工资9000元。二、支付补偿3.5万元。", ["支付工资9000元。", "支付补偿3.5万元。"]),
        (
            "1．支付工资；2．补缴社保；\n3、驳回其他请求。",
            ["支付工资；", "补缴社保；", "驳回其他请求。"],
        ),
        ("一、支付下列款项：（一）工资；（二）补偿。", ["支付下列款项：（一）工资；（二）补偿。"]),
        ("支付工资，见附件二、三。3.5万元另付。", ["支付工资，见附件二、三。3.5万元另付。"]),
    ],
)
def test_items_typed_on_one_line_are_told_apart(typed: str, found: list[str]) -> None:
    assert items(typed) == found


@pytest.mark.parametrize(
    "kind",
    ["arb.award", "arb.award_final", "arb.part_award", "arb.enforce_ahead", "arb.settlement"],
)
def test_the_line_of_a_party_is_not_torn_apart(kind: str) -> None:
    shown = Document(BytesIO(shipped_docx(paper_kind(kind).template)))
    sides = [one for one in shown.paragraphs if one.text.startswith(("申请人：", "被申请人："))]
    assert len(sides) == 2
    assert {one.alignment for one in sides} == {WD_ALIGN_PARAGRAPH.LEFT}
    assert all("{{ p.id_label }}{{ p.id_number }}" in one.text for one in sides)


def test_a_firm_is_named_with_its_credit_code_and_one_without_it_with_nothing(
    case: Dispute,
) -> None:
    firm = case.parties.get(role="respondent").employer
    text = printed(case, "arb.award")
    assert firm is not None
    assert f"，统一社会信用代码{firm.uscc}，" in text
    assert "统一社会信用代码，" not in printed(case, "arb.award", thirds=[THIRD])


def test_the_closing_shows_the_operative_part_as_it_was_typed(case: Dispute) -> None:
    case.result = "一、支付工资。"
    paper = CasePaper(case=case.case_ptr, kind="arb.closing")
    assert result_items(paper, case, {}) == ["一、支付工资"]
    paper.kind = "arb.award"
    assert result_items(paper, case, {}) == ["支付工资。"]


@pytest.mark.parametrize(
    "kind", ["arb.acceptance", "arb.approval", "arb.award", "arb.notice", "arb.record"]
)
def test_a_group_is_named_with_its_representatives(case: Dispute, kind: str) -> None:
    case.parties.filter(role="applicant").update(is_representative=True)
    chosen = case.parties.get(role="applicant").name
    text = printed(case, kind)
    assert text.count(chosen) == printed(case, kind, representatives="").count(chosen) + 1


def test_a_record_says_who_came_and_who_speaks_for_an_employer(case: Dispute) -> None:
    came = "申请人到庭，被申请人中途退庭；代理人十点离开"
    text = printed(case, "arb.record", attended=came)
    assert f"到庭情况：{came}。" in text
    assert "（法定代表人（负责人）：李某 经理）" in text
    assert "结束时间：" in text
    assert "到庭情况" not in printed(case, "arb.record")


def test_one_arbitrator_deliberates_without_a_majority(case: Dispute) -> None:
    bench = [{"role": "仲裁员", "name": name} for name in ("甲", "乙", "丙")]
    alone = NEEDED["tribunal"]
    assert "多数仲裁员" not in printed(case, "arb.deliberation", tribunal=alone)
    assert "多数仲裁员" in printed(case, "arb.deliberation", tribunal=bench)
