"""What the papers of decisions beside the award say: tags and values."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_date

from arbitration.models import Dispute
from arbitration.models.choices import AheadKind, AwardError, CloseMode
from arbitration.workflows.attendance import came_words, stayed_away
from arbitration.workflows.awards import AHEAD, award_of, decided_by
from arbitration.workflows.parts import part_awards
from hrss_portal.casework.models import CasePaper, Clock
from hrss_portal.casework.paper_values import lines

AWARD_PAPERS = ("arb.award", "arb.award_final")
DECISION_TAGS = {
    "part_awards": "已先行裁决的请求",
    "ahead_awards": "此前已裁决先予执行的金额",
    "award_scope": "终局、非终局分别制作的，本裁决书裁决哪几项请求",
    "came": "当事人到庭、缺席情况",
    "stayed_away": "视为撤回的情形",
    "is_final_part": "先行裁决是否终局",
    "asked_on": "申请先予执行日期",
    "asked_by": "申请先予执行的当事人",
    "ahead_kind": "先予执行追索的项目",
    "ahead_asked": "申请先予执行的金额（元），早先没有登记的不印",
    "ahead_amount": "裁决先予执行的金额（元）",
    "court_name": "移送执行的人民法院",
    "award_no": "被补正的裁决书（决定书）文号",
    "award_on": "被补正的裁决书（决定书）的日期",
    "award_name": "被补正的是哪一种裁决（决定）",
    "award_paper": "被补正的是裁决书还是决定书",
    "error_kind": "补正的情形",
    "wrong[]": "裁决书（决定书）原文，一段一行",
    "right[]": "补正后的文字，一段一行",
    "transferred_from": "移送的仲裁委员会",
    "transferred_in_on": "接受移送日期",
    "their_number": "移送方案号",
    "told_party": "逾期告知的当事人",
    "accept_due_on": "受理期限届满日",
    "correct_by": "补正期限届满日",
    "recusal_who": "被申请回避的人员",
    "recusal_asked_by": "回避申请人",
    "recusal_asked_on": "申请回避日期",
    "recusal_reason": "申请回避的事由",
    "recusal_granted": "是否准许回避",
    "left_applicants": "撤回申请、退出本案的申请人",
    "left_claims": "一并撤回的请求",
}


def decision_values(paper: CasePaper, case: Dispute, data: dict[str, Any]) -> dict[str, Any]:
    """The values of ``DECISION_TAGS``: plain text, dates and amounts."""
    party = (data.get("party") or {}).get("text", "")
    return {
        "part_awards": _part_awards(case),
        "ahead_awards": _ahead_awards(paper, case),
        "award_scope": _scope(paper, case),
        "came": came_words(case),
        "stayed_away": stayed_away(case),
        "is_final_part": bool(data.get("is_final")),
        "asked_on": parse_date(data.get("asked_on") or ""),
        "asked_by": party,
        "ahead_kind": dict(AheadKind.choices).get(data.get("ahead_kind", ""), ""),
        **{
            name: Decimal(data[name]) if data.get(name) else None
            for name in ("ahead_asked", "ahead_amount")
        },
        "court_name": data.get("court_name", ""),
        **_corrected_award(case, data.get("award") or {}),
        "error_kind": dict(AwardError.choices).get(data.get("error_kind", ""), ""),
        "wrong": lines(data.get("wrong") or ""),
        "right": lines(data.get("right") or ""),
        "transferred_from": case.transferred_from,
        "transferred_in_on": case.transferred_in_on,
        "their_number": data.get("their_number", ""),
        "told_party": party,
        "accept_due_on": _accept_due_on(case),
        "correct_by": parse_date(data.get("correct_by") or ""),
        **_recusal(case, data.get("recusal") or {}),
        "left_applicants": _named(data.get("who")),
        "left_claims": "；".join(row["text"] for row in data.get("claims") or () if "text" in row),
    }


def _recusal(case: Dispute, told: dict[str, Any]) -> dict[str, Any]:
    """The request that a 回避决定 was about; nothing on every other paper."""
    asked = case.recusals.filter(pk=told.get("id", 0)).select_related("member", "user").first()
    return {
        "recusal_who": f"{asked.get_part_display()}{asked.who}" if asked else "",
        "recusal_asked_by": asked.asked_by if asked else "",
        "recusal_asked_on": asked.asked_on if asked else None,
        "recusal_reason": asked.reason if asked else "",
        "recusal_granted": bool(asked and asked.granted),
    }


def _named(rows: Any) -> str:
    """The names of the parties whom a move's form named."""
    return "、".join(row["text"] for row in rows or ())


def _part_awards(case: Dispute) -> str:
    """Which claims part awards decided, when and by which paper; nothing where there was none."""
    numbers: dict[Any, list[str]] = {}
    made = case.papers.filter(kind="arb.part_award", paper__voided_at=None, state="issued")
    day = Coalesce("event__counts_on", "event__on")
    for on, number in made.order_by("pk").values_list(day, "paper__number"):
        numbers.setdefault(on, []).append(number)
    by_day: dict[Any, list[str]] = {}
    for part in part_awards(case):
        by_day.setdefault(part.on, []).extend(str(seq) for seq in part.seqs)
    return "".join(_part_award(on, seqs, numbers.get(on, [])) for on, seqs in by_day.items())


def _part_award(on: date, seqs: list[str], numbers: list[str]) -> str:
    by = f"以{'、'.join(numbers)}裁决书" if numbers else ""
    return f"其中第{'、'.join(seqs)}项请求，本委已于{date_words(on)}{by}先行裁决。"


def _ahead_awards(paper: CasePaper, case: Dispute) -> str:
    """What was ordered ahead until this paper's own step, so that its result can take it off."""
    made = case.papers.filter(kind=AHEAD, paper__voided_at=None, state="issued")
    if paper.event_id:
        made = made.filter(event__lt=paper.event_id)
    said = []
    for row in made.select_related("paper", "event").order_by("pk"):
        data = row.event.data if row.event else {}
        day = date_words(row.event.counts_on or row.event.on) if row.event else ""
        kind = dict(AheadKind.choices).get(data.get("ahead_kind", ""), "")
        amount = Decimal(data.get("ahead_amount") or 0)
        number = row.paper.number if row.paper else ""
        said.append(f"本委已于{day}以{number}裁决书裁决就{kind}先予执行{amount:.2f}元。")
    return "".join(said)


def _scope(paper: CasePaper, case: Dispute) -> str:
    """Which claims one of separate awards decides (办案规则 Article 50); each lists them all."""
    if case.outcome != CloseMode.SPLIT_AWARD or paper.kind not in AWARD_PAPERS:
        return ""
    seqs = "、".join(str(seq) for seq in decided_by(case, paper, list(case.claims.all())))
    return f"终局裁决和非终局裁决分别制作裁决书，本裁决书对第{seqs}项请求作出裁决。"


def date_words(on: date) -> str:
    """2026年3月1日."""
    return f"{on.year}年{on.month}月{on.day}日"


def _corrected_award(case: Dispute, told: dict[str, Any]) -> dict[str, Any]:
    """The award that a correction is about; where nobody said which, those that end the case."""
    one = award_of(case, told.get("id"))
    if one:
        name = one.name.partition("（")[0]
        said = {"award_no": one.number, "award_on": one.on, "award_name": name}
        return {**said, "award_paper": one.paper_name}
    made = case.papers.filter(kind__in=AWARD_PAPERS, paper__voided_at=None, state="issued")
    numbers = "、".join(made.order_by("pk").values_list("paper__number", flat=True))
    said = {"award_no": numbers, "award_on": case.closed_on, "award_name": "裁决"}
    return {**said, "award_paper": "裁决书"}


def _accept_due_on(case: Dispute) -> Any:
    """The last day for the decision on acceptance."""
    terms = ("arb.accept", "arb.accept_collective")
    clock = Clock.objects.filter(case=case.pk, term__in=terms).order_by("-pk").first()
    return clock.due_on if clock else None
