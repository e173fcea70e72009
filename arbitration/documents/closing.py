"""What was decided, who put a closing forward and who approved it (form A04): tags and values.

A rejection is approved with the 立案审批表 and filed by the clerk: there is no other approval, so
the sheet names that one (办案规则 Article 21; form A04 lists 不予受理 among the ways to close).
"""

from typing import Any

from arbitration.documents.decisions import date_words
from arbitration.documents.intake import acceptance_values
from arbitration.models import Dispute
from arbitration.models.choices import AWARDED, CloseMode
from arbitration.workflows.awards import FINAL, OPEN, Award, award_of, awards
from hrss_portal.casework import corrected
from hrss_portal.casework.paper_values import lines

CLOSING_TAGS = {
    "closing_opinion": "承办人的结案意见（不予受理的，承办人意见）",
    "closing_maker": "报结案审批（不予受理的，报立案审批）的人",
    "closing_asked_on": "报结案审批（不予受理的，报立案审批）日期",
    "approver_opinion": "结案审批（不予受理的，立案审批）意见",
    "approver": "结案审批（不予受理的，立案审批）人",
    "approved_on": "结案审批（不予受理的，立案审批）日期",
}


def closing_values(case: Dispute) -> dict[str, Any]:
    """The values of ``CLOSING_TAGS``; what a ledger told of a closing was not written here."""
    if case.outcome == CloseMode.REJECTED:
        return _as_rejected(case)
    made, given = corrected.last(case, "ask_close"), corrected.last(case, "close")
    if given is not None and not given.is_live:
        given = None
    return {
        "closing_opinion": made.note if made else "",
        "closing_maker": made.by_name if made else "",
        "closing_asked_on": made.on if made else None,
        "approver_opinion": given.note if given else "",
        "approver": given.by_name if given else "",
        "approved_on": given.on if given else None,
    }


def _as_rejected(case: Dispute) -> dict[str, Any]:
    """Who proposed the rejection and who approved it."""
    said = acceptance_values(case)
    return {
        "closing_opinion": case.handler_opinion,
        "closing_maker": said["opinion_maker"],
        "closing_asked_on": said["opinion_on"],
        "approver_opinion": said["acceptance"],
        "approver": said["acceptance_by"],
        "approved_on": said["acceptance_on"],
    }


def operative_parts(case: Dispute) -> list[str]:
    """裁决（调解）主文 of the case, an item each; of several decisions each with day and number.

    The amount granted counts what part awards granted and what corrections changed, so the sheet
    names them beside what ended the case.
    """
    found, mended = awards(case), _corrections(case)
    decided = case.outcome in AWARDED | {CloseMode.MEDIATED}
    if mended and case.outcome and not decided and not found:
        return [" ".join(filter(None, (_ended(case), case.reject_reason))), *mended]
    if len(found) + len(mended) < 2 and not (found and case.outcome not in AWARDED):
        return _items(case.result)
    parts = [_said(one, _text(case, one)) for one in found]
    if decided and not any(one.paper.kind in {FINAL, OPEN} for one in found) and case.result:
        parts.append(f"{_ended(case)}：{'；'.join(_items(case.result))}")
    return parts + mended


def _ended(case: Dispute) -> str:
    day = date_words(case.closed_on) if case.closed_on else ""
    return f"{day}{CloseMode(case.outcome).label}"


def _said(award: Award, text: str) -> str:
    number = f"（{award.number}）" if award.number else ""
    return f"{date_words(award.on)}{award.name}{number}：{'；'.join(_items(text))}"


def _text(case: Dispute, award: Award) -> str:
    """The operative part of one award, as it was typed."""
    data = award.paper.event.data if award.paper.event else {}
    own = {FINAL: "result_final", OPEN: "result_open"}.get(award.paper.kind, "result")
    if case.outcome != CloseMode.SPLIT_AWARD and own != "result":
        return case.result
    return str(data.get(own) or "")


def _corrections(case: Dispute) -> list[str]:
    """The corrections that were issued, each with its day and the award that it corrects."""
    made = case.papers.filter(kind="arb.rectification", state="issued", paper__voided_at=None)
    found = []
    for row in made.select_related("event").order_by("event_id", "pk"):
        data = row.event.data if row.event else {}
        award = award_of(case, (data.get("award") or {}).get("id"))
        number = f"（{award.number}）" if award and award.number else ""
        of = f"{award.name}{number}" if award else "裁决书"
        wrong, right = ("；".join(_items(data.get(name) or "")) for name in ("wrong", "right"))
        day = date_words(row.event.counts_on or row.event.on) if row.event else ""
        found.append(f"{day}补正{of}：“{wrong}”补正为“{right}”")
    return found


def _items(text: str) -> list[str]:
    return [line.rstrip("。；;") for line in lines(text)]
