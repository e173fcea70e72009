"""Disputes and mediation cases: what their lists and pages show beyond the common anatomy."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arbitration.indicators.conditions import overdue_on_platform
from arbitration.models import Dispute, MediationCase, MediationOrganisation
from arbitration.models.choices import CloseMode, Handling, Procedure, SuspendCause
from arbitration.models.dispute import UNRECORDED
from arbitration.views.tracks import BY_TRACK
from arbitration.workflows import tracks
from arbitration.workflows.deliveries import is_of_void_paper
from arbitration.workflows.parts import effect_words, part_awards
from arbitration.workflows.posts import PARTY_ROLES
from arbitration.workflows.suits import result_words, went_words
from hrss_portal.access.models import User
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.casework.models import Clock
from hrss_portal.casework.workflow import channel_words, outcome_words
from hrss_portal.deadlines.lookup import NotFound
from hrss_portal.desk.anatomy import Fact, Facts
from hrss_portal.desk.cases import CASE_COLUMNS, CaseDetail, CaseList, side_col
from hrss_portal.desk.columns import Col, Filter
from hrss_portal.desk.gathering import Child
from hrss_portal.desk.wording import money
from hrss_portal.parties.dictionaries import words_of


def suspended_because(case: Any) -> str:
    """Why the trial was suspended last; the pauses themselves stand in the timeline."""
    return str(dict(SuspendCause.choices).get(case.suspend_cause, ""))


def handling_words(case: Any) -> str:
    """办理方式; 未知 for a case whose ledger did not say."""
    return case.get_handling_display() or "未知"


def came_by(case: Any) -> str:
    """来源渠道; 未登记 for a case of which nobody recorded it."""
    return channel_words(case) or UNRECORDED


def sealed_words(case: Any) -> str:
    """That the file is closed to all but class P4; nothing for an open one."""
    return "不公开" if case.is_sealed else ""


def by_handling(rows: Any, value: str) -> Any:
    """Disputes handled on line from end to end, with a step off line, or nobody knows."""
    wanted = {"yes": Handling.ONLINE, "no": Handling.OFFLINE}.get(value, "")
    return rows.filter(handling=wanted)


def by_procedure(rows: Any, value: str) -> Any:
    """Disputes of one procedure, or the accepted ones whose procedure nobody recorded."""
    if value == "unknown":
        return rows.filter(procedure="", accepted_on__isnull=False)
    return rows.filter(procedure=value)


PARTY_COLUMNS = (
    side_col("applicant", "申请人", kind="person"),
    side_col("respondent", "被申请人"),
)


def with_parties(columns: Any) -> tuple[Col, ...]:
    """The common columns with the parties after the first, and the cause in one line."""
    first, *rest = columns
    cause = Col(name="title", label="案由", kind="tag")
    return (first, *PARTY_COLUMNS, *(cause if col.name == "title" else col for col in rest))


class DisputeList(CaseList):
    """仲裁案件."""

    columns = (
        *with_parties(CASE_COLUMNS),
        Col(
            name="procedure",
            label="程序",
            value=lambda d: d.procedure_words,
            shown=False,
        ),
        Col(name="awarded", label="支持金额", unit="元", kind="money", shown=False),
        Col(name="channel", label="来源渠道", value=came_by, shown=False),
        Col(
            name="outcome",
            label="结案方式",
            value=outcome_words,
            shown=False,
        ),
    )
    more_filters = (
        Filter(
            name="cause", label="案由", choices=lambda: words_of(Dispute, "cause"), further=True
        ),
        Filter(
            name="procedure",
            label="程序",
            choices=lambda: [*Procedure.choices, ("unknown", UNRECORDED)],
            apply=by_procedure,
            further=True,
        ),
        BY_TRACK,
        Filter(name="outcome", label="结案方式", choices=lambda: CloseMode.choices, further=True),
        Filter(
            name="online",
            label="办理方式",
            choices=lambda: [
                ("yes", Handling.ONLINE.label),
                ("no", Handling.OFFLINE.label),
                ("unknown", "未知"),
            ],
            apply=by_handling,
            further=True,
        ),
    )
    import_sheet = "X10"
    export_sheet = "X10"
    search_hint = "案号、当事人"
    prefetch = ("parties",)


class DisputeDetail(CaseDetail):
    """仲裁案件."""

    children = (
        Child("claims"),
        Child("tribunal", ("member",)),
        Child("hearings", ("room",)),
        Child("evidence"),
        Child("recusals", ("member", "user")),
        Child("agents"),
        Child("witnesses"),
    )
    facts = (
        Facts(
            title="争议",
            rows=(
                Fact(label="案由", value="cause"),
                Fact(label="程序", value=lambda d: d.procedure_words),
                Fact(label="标的总额（元）", value="amount"),
                Fact(label="涉及人数", value="people"),
                Fact(label="来源渠道", value=came_by),
                Fact(label="申请方式", value="apply_mode"),
                Fact(label="农民工工资", value="is_migrant_wage"),
                Fact(label="同意先行调解", value="mediation_ok"),
                Fact(label="入职时间", value="hired_on"),
                Fact(label="离职（争议发生）时间", value="dispute_on"),
                Fact(label="岗位", value="post"),
                Fact(label="月工资（元）", value="monthly_wage"),
                Fact(label="劳动者职业", value="occupation"),
                Fact(label="劳动者工作单位", value="work_unit"),
                Fact(label="户口性质", value="hukou_kind"),
                Fact(label="材料份数", value="copies"),
                Fact(label="申请人签名日期", value="signed_on"),
                Fact(label="办理方式", value=handling_words),
                Fact(label="案卷", value=sealed_words, seldom=True),
                Fact(label="线下办理的环节", value="offline_step", seldom=True),
                Fact(label="事实与理由", value="facts", wide=True),
                Fact(label="需补正事项", value="to_correct", wide=True, seldom=True),
            ),
        ),
        Facts(
            title="立案审批",
            rows=(
                Fact(label="案情摘要", value="summary", wide=True),
                Fact(label="承办人意见", value="handler_opinion", wide=True),
                Fact(label="举证期限届满日", value="evidence_due_on", seldom=True),
                Fact(label="中止事由", value=suspended_because, seldom=True),
                Fact(
                    label="不予受理（移送、撤销、终止）理由",
                    value="reject_reason",
                    wide=True,
                    seldom=True,
                ),
            ),
        ),
        Facts(
            title="结案",
            rows=(
                Fact(
                    label="结案方式",
                    value=outcome_words,
                ),
                Fact(label="是否终局", value="finality"),
                Fact(label="支持金额（元）", value="awarded"),
                Fact(label="签发人", value="signer"),
                Fact(label="送达完成日", value="served_on"),
                Fact(label="起诉/申请撤销", value=went_words, seldom=True),
                Fact(label="法院结果", value=result_words, seldom=True),
                Fact(label="卷宗页数", value="file_pages"),
                Fact(label="保存至", value="keep_until"),
                Fact(label="移送的仲裁委员会", value="transferred_from", seldom=True),
                Fact(label="接受移送之日", value="transferred_in_on", seldom=True),
                Fact(label="台账所记仲裁员", value="arbitrators_as_recorded", seldom=True),
                Fact(label="台账所记书记员", value="clerk_as_recorded", seldom=True),
                Fact(label="主文", value="result", wide=True),
                Fact(label="备注", value="remark", wide=True, seldom=True),
            ),
        ),
    )

    def more(self, case: Any, user: User) -> dict[str, Any]:
        """Claims, tribunal, hearings, deliveries, evidence: the tables of a dispute."""
        found = [
            _panel("仲裁请求", "claims", rows=_claims(case)),
            _panel("仲裁庭", "tribunal", rows=list(case.tribunal.all())),
            _panel("开庭", "hearings", rows=list(case.hearings.all())),
            _panel("送达", "deliveries", rows=_deliveries(case), receipts=True),
            _panel("证据", "evidence", rows=list(case.evidence.all())),
            _panel("回避", "recusals", rows=list(case.recusals.all())),
            _panel("代理人、证人", "people", rows=[*case.agents.all(), *case.witnesses.all()]),
        ]
        shown = [panel for panel in found if panel["rows"]]
        if case.procedure in tracks.RULE_SETS:
            shown.insert(0, _conditions(case))
        return {"panels": [*shown, _panel("程序日期", "dates", rows=[])]}


def _conditions(case: Dispute) -> dict[str, Any]:
    """Whether the case meets the conditions of its track, one by one with the reason."""
    panel = _panel("适用程序的条件", "track", rows=[])
    try:
        return {**panel, "verdict": tracks.verdict(case, case.procedure), "refused": ""}
    except NotFound as error:
        return {**panel, "verdict": None, "refused": str(error)}


def _deliveries(case: Dispute) -> list[Any]:
    """The deliveries, each knowing whether its paper is void, so that it counts for nothing."""
    rows: list[Any] = list(case.deliveries.all())
    for row in rows:
        row.is_of_void_paper = is_of_void_paper(case, row)
    return rows


def _claims(case: Dispute) -> list[dict[str, Any]]:
    """The claims, those that a part award decided with whether it binds today."""
    today = timezone.localdate()
    parts = part_awards(case)
    words = {seq: effect_words(case, part, today) for part in parts for seq in part.seqs}
    return [{"claim": row, "effect": words.get(row.seq, "")} for row in case.claims.all()]


def _panel(title: str, name: str, rows: list[Any], *, receipts: bool = False) -> dict[str, Any]:
    """``receipts``: a 送达回证 may be made of a row."""
    template = f"arbitration/_{name}.html"
    return {"title": title, "template": template, "rows": rows, "receipts": receipts}


def by_platform(rows: Any, value: str) -> Any:
    """Cases that the platform counts as overdue, finished late or still open."""
    return rows.filter(overdue_on_platform(None, timezone.localdate()))


def overdue_word(case: Any) -> str:
    """平台是否超期 of form B01: only a case of the internet platform has an answer."""
    if not case.on_platform:
        return ""
    late = overdue_on_platform(None, timezone.localdate())
    return "超期" if MediationCase.objects.filter(late, pk=case.pk).exists() else "未超期"


def bodies() -> list[tuple[str, str]]:
    """The mediation bodies that the user sees, for a filter."""
    rows = MediationOrganisation.objects.filter(voided_at__isnull=True).order_by("level", "name")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


class MediationList(CaseList):
    """调解案件."""

    columns = (
        *with_parties(CASE_COLUMNS),
        Col(
            name="channel",
            label="来源渠道",
            value=lambda case: channel_words(case).removesuffix("平台").strip("“”"),
        ),
        Col(name="organisation.name", label="调解组织", shown=False),
        Col(
            name="outcome",
            label="结果",
            value=outcome_words,
            shown=False,
        ),
    )
    related = (*CaseList.related, "organisation")
    more_filters = (
        Filter(name="cause", label="争议类型", choices=lambda: words_of(MediationCase, "cause")),
        Filter(
            name="outcome",
            label="结果",
            choices=lambda: MediationCase.Result.choices,
            further=True,
        ),
        Filter(
            name="organisation",
            label="调解组织",
            choices=bodies,
            lookup="organisation_id",
            further=True,
        ),
        Filter(
            name="platform",
            label="平台超期",
            choices=lambda: [("late", "平台超期的")],
            apply=by_platform,
            further=True,
        ),
    )
    import_sheet = "X16"
    export_sheet = "X16"
    search_hint = "登记号、平台编号、当事人"
    prefetch = ("parties",)


class MediationDetail(CaseDetail):
    """调解案件."""

    facts = (
        Facts(
            title="登记",
            rows=(
                Fact(
                    label="来源渠道",
                    value=channel_words,
                ),
                Fact(label="收到时间", value="received"),
                Fact(label="平台编号", value="external_no", seldom=True),
                Fact(label="平台规定的到期时间", value="platform_due_at", seldom=True),
                Fact(label="平台是否超期", value=overdue_word, seldom=True),
                Fact(label="争议类型", value="cause"),
                Fact(label="涉及人数", value="people"),
                Fact(label="涉及金额（元）", value="amount"),
                Fact(label="调解组织", value="organisation"),
                Fact(label="台账所记调解员", value="mediator_as_recorded", seldom=True),
                Fact(label="对方是否同意调解", value="consent"),
            ),
        ),
        Facts(
            title="结果",
            rows=(
                Fact(
                    label="结果",
                    value=outcome_words,
                ),
                Fact(label="协议金额（元）", value="agreed_amount"),
                Fact(label="协议生效日期", value="agreed_on"),
                Fact(label="履行期限", value="perform_by"),
                Fact(label="履行情况", value="performed"),
                Fact(label="仲裁审查、司法确认", value="review"),
                Fact(label="不受理理由", value="refuse_reason", wide=True, seldom=True),
                Fact(label="未达成后的去向", value="next_step", seldom=True),
                Fact(label="协议内容", value="agreed_terms", wide=True),
                Fact(label="调解经过", value="process", wide=True),
                Fact(label="备注", value="remark", wide=True, seldom=True),
            ),
        ),
    )

    def more(self, case: Any, user: User) -> dict[str, Any]:
        """To whom and how the 调解书 of a reviewed agreement was served."""
        rows = list(case.deliveries.all())
        return {"panels": [_panel("送达", "deliveries", rows=rows)] if rows else []}


@policy("arbitration.dispute.view")
def prehearing(request: HttpRequest, pk: int) -> HttpResponse:
    """庭前程序日期表: every procedural date of a dispute, due and done, with its article."""
    rows = Dispute.objects.select_related("unit", "handler", "deputy")
    case = get_visible_or_404(rows, pk=pk)
    clocks = Clock.objects.filter(case=case.pk).select_related("rule").order_by("started_on", "pk")
    present = case.parties.filter(left_on__isnull=True).order_by("seq")
    return render(
        request,
        "arbitration/prehearing.html",
        {
            "case": case,
            "clocks": clocks,
            "hearings": case.hearings.select_related("room"),
            "deliveries": case.deliveries.exclude(state="void").order_by("sent_on", "pk"),
            "parties": [
                (label, list(people))
                for role, label in PARTY_ROLES.items()
                if (people := present.filter(role=role))
            ],
            "amount": money(case.amount),
            "printed_at": timezone.localtime(),
        },
    )
