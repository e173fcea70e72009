"""What every paper of a case may say: the case's own facts, its parties, its office.

An area's context function begins with ``case_values`` and ``party_values`` and adds what only its
own cases have; its ``tags`` begin with ``CASE_TAGS`` in the same way.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from hrss_portal.access.models import Unit
from hrss_portal.casework.models import Case, CasePaper, CaseParty
from hrss_portal.casework.workflow import channel_words, outcome_words
from hrss_portal.parties.choices import IdKind

CASE_TAGS = {
    "case_no": "案号",
    "intake_no": "收件号",
    "channel": "来源渠道",
    "received_on": "收到日期",
    "accepted_on": "受理日期",
    "closed_on": "办结日期",
    "archived_on": "归档日期",
    "keep_until": "保存至",
    "outcome": "办理结果",
    "people": "涉及人数",
    "amount": "涉及金额",
    "handler": "承办人",
    "deputy": "协办人",
    "office": "承办单位全称",
    "bureau": "本局全称",
    "place": "县（市、区）名称",
    "event_on": "本步骤的日期",
    "note": "本步骤的说明",
}
PARTY_TAGS = {
    "name": "姓名或名称",
    "sex": "性别",
    "birth": "出生日期",
    "id_label": "证件号码的名称",
    "id_number": "证件号码或信用代码",
    "address": "住址、住所",
    "phone": "电话",
    "legal_rep": "法定代表人（负责人）及职务",
}


def case_values(paper: CasePaper) -> dict[str, Any]:
    """The values of ``CASE_TAGS``: plain text, dates and amounts."""
    case = paper.case
    return {
        "case_no": case.number or "",
        "intake_no": case.intake_no,
        "channel": channel_words(case),
        "received_on": case.opened_on,
        "accepted_on": case.accepted_on,
        "closed_on": case.closed_on,
        "archived_on": case.archived_on,
        "keep_until": case.keep_until,
        "outcome": outcome_words(case),
        "people": case.people,
        "amount": case.amount,
        "handler": case.handler.name if case.handler else "",
        "deputy": case.deputy.name if case.deputy else "",
        "office": case.unit.name,
        "bureau": case.unit.root.name,
        "place": place_name(case.unit),
        "event_on": _event_day(paper),
        "note": paper.event.note if paper.event else "",
    }


def _event_day(paper: CasePaper) -> date:
    """The day of the step that called for a paper, as corrected; else when it was asked for."""
    event = paper.event
    is_of_step = event is not None and event.on == paper.called_on
    return (event.counts_on if event and is_of_step else None) or paper.called_on


def party_tags(tag: str, label: str) -> dict[str, str]:
    """The tags of one side: ``party_tags("applicants", "申请人")``."""
    return {f"{tag}[].{key}": f"{label}{words}" for key, words in PARTY_TAGS.items()}


def party_values(case: Case, sides: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The present parties by tag; ``sides`` maps a role to its tag (applicant → applicants)."""
    rows: dict[str, list[dict[str, Any]]] = {tag: [] for tag in sides.values()}
    parties = CaseParty.objects.filter(case=case.pk, left_on__isnull=True, role__in=sides)
    for party in parties.select_related("person", "employer").order_by("role", "seq"):
        rows[sides[party.role]].append(_party(party))
    return rows


def _party(party: CaseParty) -> dict[str, Any]:
    person, employer = party.person, party.employer
    return {
        "name": party.name,
        "sex": person.get_sex_display() if person else "",
        "birth": person.birth if person else None,
        "id_label": _id_label(party),
        "id_number": person.id_number if person else (employer.uscc or "" if employer else ""),
        "address": party.address,
        "phone": party.phone,
        "legal_rep": party.legal_rep,
    }


def _id_label(party: CaseParty) -> str:
    """What a party's number is called: 公民身份号码, another document's number, a firm's code."""
    person = party.person
    if person is None:
        return "统一社会信用代码"
    if person.id_kind in {IdKind.RESIDENT, IdKind.OLD}:
        return "公民身份号码"
    return f"{person.get_id_kind_display()}号码"


def lines(text: str) -> list[str]:
    """A text as paragraphs: its lines that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def moment(at: date) -> str:
    """A moment as papers write it, ``2023年3月1日9时05分``; a day without an hour as a day."""
    if not isinstance(at, datetime):
        return f"{at.year}年{at.month}月{at.day}日"
    at = timezone.localtime(at)
    return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分"


def place_name(unit: Unit) -> str:
    """The county's name at the head of the bureau's: 霍邱县 of 霍邱县人力资源和社会保障局."""
    name = unit.root.name
    for mark in ("人力资源", "人社"):
        if mark in name:
            return name.split(mark, maxsplit=1)[0]
    return name
