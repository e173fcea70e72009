"""Number series and papers of disputes and mediation cases.

Every paper of a dispute is filled from one set of values (``arbitration.documents.values``), every
one of a mediation case from another, so a bureau that replaces a template finds the same tags in
each.  Layout sources stand in ``papers/``.
"""

from collections.abc import Mapping

from arbitration.documents.mediation import MEDIATION_TAGS
from arbitration.documents.values import TAGS
from hrss_portal.casework import progress
from hrss_portal.documents.kinds import NumberSeries, PaperKind

#: Without these the paper says nothing (调解仲裁法 Articles 32, 35, 46).
HEARING = {
    "hearing_at": "开庭时间",
    "hearing_room": "开庭地点",
    "seats_filled": "准许回避后重新组成的仲裁庭",
}
SEATS = {"tribunal": "仲裁庭组成"}
RESULT = {"result": "裁决（调解）主文"}
TERMS = {"agreed_terms": "协议内容"}


def _dispute_paper(
    code: str,
    label: str,
    series: str = "",
    data_class: str = "",
    needs: Mapping[str, str] | None = None,
    *,
    with_code: bool = False,
    inner: bool = False,
) -> PaperKind:
    """``with_code``: it prints the code with which its receiver asks how far the case is.
    ``inner``: parties and agents do not read it (副卷, 办案规则 Article 24).
    """
    return PaperKind(
        code=code,
        label=label,
        template=f"arbitration/papers/{code.removeprefix('arb.')}.txt",
        context="arbitration.documents.values.dispute_values",
        tags=TAGS | progress.CODE_TAGS if with_code else TAGS,
        once=tuple(progress.CODE_TAGS) if with_code else (),
        once_from=progress.MAKE if with_code else "",
        series=series,
        policy="arbitration.dispute.paper",
        title=label,
        data_class=data_class,
        inner=inner,
        needs=needs or {},
    )


def _mediation_paper(
    code: str, label: str, series: str = "", needs: Mapping[str, str] | None = None
) -> PaperKind:
    return PaperKind(
        code=code,
        label=label,
        template=f"arbitration/papers/{code.replace('med.', 'mediation_')}.txt",
        context="arbitration.documents.mediation.mediation_values",
        tags=MEDIATION_TAGS,
        series=series,
        policy="arbitration.mediationcase.paper",
        title=label,
        needs=needs or {},
    )


documents = [
    NumberSeries(code="arb.intake", label="仲裁收件号", prefix="{place}劳人仲收"),
    NumberSeries(code="arb.case", label="仲裁案号", prefix="{place}劳人仲案"),
    NumberSeries(code="arb.award", label="裁决书文号", prefix="{place}劳人仲裁字"),
    NumberSeries(code="arb.mediated", label="调解书文号", prefix="{place}劳人仲调字"),
    NumberSeries(code="arb.refused", label="不予受理文号", prefix="{place}劳人仲不字"),
    NumberSeries(code="arb.withdrawn", label="撤回决定文号", prefix="{place}劳人仲撤字"),
    NumberSeries(code="med.intake", label="调解登记号", prefix="{place}劳人调"),
    _dispute_paper("arb.receipt", "收件回执", with_code=True),
    _dispute_paper("arb.correction", "补正告知书"),
    _dispute_paper("arb.mediation_advice", "调解建议书"),
    _dispute_paper("arb.jurisdiction", "管辖告知书"),
    _dispute_paper("arb.approval", "立案（组庭）审批表", inner=True),
    _dispute_paper("arb.acceptance", "受理通知书"),
    _dispute_paper("arb.rejection", "不予受理通知书", series="arb.refused"),
    _dispute_paper("arb.response", "应诉通知书"),
    _dispute_paper("arb.evidence", "举证通知书"),
    _dispute_paper("arb.tribunal", "组庭通知书", needs=SEATS),
    _dispute_paper("arb.hearing", "开庭通知书", needs=HEARING),
    _dispute_paper("arb.recusal", "回避决定书"),
    _dispute_paper("arb.extension", "延期审理通知书"),
    _dispute_paper("arb.extension_approval", "延期审理审批表", inner=True),
    _dispute_paper("arb.suspension_approval", "中止审理审批表", inner=True),
    _dispute_paper("arb.notice", "送达公告"),
    _dispute_paper("arb.address", "送达地址确认书"),
    _dispute_paper("arb.record", "庭审笔录"),
    _dispute_paper("arb.deliberation", "评议笔录", data_class="P3", inner=True),
    _dispute_paper("arb.suspension", "中止审理通知书"),
    _dispute_paper("arb.resumption", "恢复审理通知书"),
    _dispute_paper("arb.settlement", "仲裁调解书", series="arb.mediated", needs=RESULT),
    _dispute_paper("arb.award_final", "仲裁裁决书（终局）", series="arb.award", needs=RESULT),
    _dispute_paper("arb.award", "仲裁裁决书（非终局）", series="arb.award", needs=RESULT),
    _dispute_paper("arb.part_award", "仲裁裁决书（先行裁决）", series="arb.award", needs=RESULT),
    _dispute_paper("arb.enforce_ahead", "仲裁裁决书（先予执行）", series="arb.award"),
    _dispute_paper("arb.enforcement_letter", "先予执行移送函"),
    _dispute_paper("arb.rectification", "补正决定书"),
    _dispute_paper("arb.take_over", "接受移送通知书"),
    _dispute_paper("arb.overdue_acceptance", "逾期未作出受理决定告知书"),
    _dispute_paper("arb.overdue_award", "逾期未作出裁决告知书"),
    _dispute_paper("arb.withdrawal", "撤回仲裁申请决定书", series="arb.withdrawn"),
    _dispute_paper("arb.part_withdrawal", "部分撤回决定书", series="arb.withdrawn"),
    _dispute_paper("arb.revocation", "撤销案件决定书"),
    _dispute_paper("arb.termination", "终止审理决定书"),
    _dispute_paper("arb.closing", "结案审批表", inner=True),
    _dispute_paper("arb.delivery", "送达回证"),
    _dispute_paper("arb.cover", "案卷封面"),
    _dispute_paper("arb.prehearing", "庭前程序日期表"),
    _mediation_paper("med.application", "调解申请书（口头申请笔录）"),
    _mediation_paper("med.acceptance", "调解受理登记表"),
    _mediation_paper("med.record", "调解记录"),
    _mediation_paper("med.refusal", "不予受理告知书（调解）"),
    _mediation_paper("med.agreement", "调解协议书", needs=TERMS),
    _mediation_paper("med.ended", "终止调解告知书"),
    _mediation_paper("med.review", "仲裁审查申请书"),
    _mediation_paper("med.review_acceptance", "仲裁审查受理通知书"),
    _mediation_paper("med.review_refusal", "仲裁审查不予受理通知书"),
    _mediation_paper("med.default", "逾期未履行告知书"),
    _mediation_paper("med.confirmation", "仲裁调解书（仲裁审查）", "arb.mediated", needs=TERMS),
    _mediation_paper("med.not_confirmed", "不予制作调解书通知"),
]
