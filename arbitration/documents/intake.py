"""What was handed in, and who put forward and decided the acceptance (form A02): tags, values."""

from typing import Any

from arbitration.models import Dispute
from arbitration.models.choices import ApplyMode, CloseMode
from hrss_portal.casework import corrected
from hrss_portal.casework.models import CasePaper, Event

INTAKE_TAGS = {
    "opinion_maker": "承办人意见由谁填写（报立案审批的人）",
    "opinion_on": "承办人意见的日期",
    "acceptance": "立案审批意见",
    "acceptance_by": "立案审批人",
    "acceptance_on": "立案审批日期",
    "reject_label": "理由栏的名称：不予受理、移送、撤销案件、终止审理理由",
    "materials[].name": "收到的材料名称",
    "materials[].source": "材料来源（谁提交）",
    "materials[].copies": "份数",
    "materials[].pages": "页数",
}
DECISIONS = {"accept": "同意立案", "reject": "不予受理", "transfer": "移送"}
REASONS: dict[str, str] = {
    CloseMode.TRANSFERRED: "移送理由",
    CloseMode.REVOKED: "撤销案件理由",
    CloseMode.TERMINATED: "终止审理理由",
}
APPLICATION = "仲裁申请书"
TAKEN_DOWN = "口头申请笔录"


def intake_values(case: Dispute) -> dict[str, Any]:
    """The values of ``INTAKE_TAGS``."""
    materials = [*_application(case), *_attached(case), *_evidence(case)]
    return {
        **acceptance_values(case),
        "reject_label": REASONS.get(case.outcome, "不予受理理由"),
        "materials": materials,
    }


def acceptance_values(case: Dispute) -> dict[str, Any]:
    """Who put the acceptance forward and who decided on it, and how.

    What a ledger told was not written here and names nobody.
    """
    made, decided = corrected.last(case, "propose"), _decision(case)
    if made is not None and not made.is_live:
        made = None
    return {
        "opinion_maker": made.by_name if made else "",
        "opinion_on": made.on if made else None,
        "acceptance": _opinion(decided) if decided else "",
        "acceptance_by": decided.by_name if decided else "",
        "acceptance_on": decided.on if decided else None,
    }


def _decision(case: Dispute) -> Event | None:
    """The live Event that decided on acceptance, the last one where one was taken back."""
    found = [corrected.last(case, move) for move in DECISIONS]
    rows = [event for event in found if event is not None and event.is_live]
    return max(rows, key=lambda event: event.pk, default=None)


def _opinion(event: Event) -> str:
    """What was decided, with what the approver wrote."""
    return "：".join(part for part in (DECISIONS[event.move], event.note) if part)


def _application(case: Dispute) -> list[dict[str, Any]]:
    """The application itself, which no list of evidence names."""
    name = TAKEN_DOWN if case.apply_mode == ApplyMode.ORAL else APPLICATION
    return [_line(name, "申请人", copies=case.copies)]


def _attached(case: Dispute) -> list[dict[str, Any]]:
    """What was attached as material, not what the court itself made; the application once."""
    made = CasePaper.objects.filter(case=case.pk, paper__isnull=False).values("paper__file")
    rows = case.attachments.filter(removed_at__isnull=True, part="main").exclude(file__in=made)
    return [
        _line(row.kind, "", pages=row.pages)
        for row in rows.order_by("seq", "pk")
        if "申请书" not in row.kind
    ]


def _evidence(case: Dispute) -> list[dict[str, Any]]:
    return [_line(row.name, row.source, pages=row.pages) for row in case.evidence.all()]


def _line(name: str, source: str, *, copies: Any = None, pages: Any = None) -> dict[str, Any]:
    return {"name": name, "source": source, "copies": copies or "", "pages": pages or ""}
