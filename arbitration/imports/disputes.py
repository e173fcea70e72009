"""X10 仲裁案件台账: a year's disputes with their outcome."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from arbitration.imports import ledger
from arbitration.imports.columns import AWARD, COLUMNS
from arbitration.models import Dispute
from arbitration.models.choices import CloseMode, Finality, Procedure
from hrss_portal.areas import Sheet
from hrss_portal.casework.bulk import CaseRow, PastMove

ENDS = {
    CloseMode.FINAL_AWARD: "award",
    CloseMode.AWARD: "award",
    CloseMode.SPLIT_AWARD: "award",
    CloseMode.MEDIATED: "settle",
    CloseMode.WITHDRAWN: "withdraw",
    CloseMode.DEEMED_WITHDRAWN: "withdraw",
    CloseMode.REJECTED: "reject",
    CloseMode.REVOKED: "revoke",
    CloseMode.TERMINATED: "terminate",
    CloseMode.TRANSFERRED: "transfer",
}
FINALITY = {
    CloseMode.FINAL_AWARD: Finality.FINAL,
    CloseMode.AWARD: Finality.NOT_FINAL,
    CloseMode.SPLIT_AWARD: Finality.SPLIT,
}
BEFORE_ACCEPTANCE = {CloseMode.REJECTED, CloseMode.TRANSFERRED}
COMPARED = (
    "cause",
    "opened_on",
    "amount",
    "people",
    "is_migrant_wage",
    "arbitrators_as_recorded",
    "clerk_as_recorded",
    "remark",
    "town",
)


def commit(rows: Sequence[Any], *, context: Any) -> list[ledger.Answer]:
    """Land the rows: new disputes with their past moves, changed ones updated."""
    landing = ledger.Landing(context)
    numbers = [row.cleaned["number"] for row in rows if row.cleaned["number"]]
    stored = {case.number: case for case in _stored(context).filter(number__in=numbers)}
    for row in rows:
        case = stored.get(row.cleaned["number"]) or _same_without_number(row.cleaned, context)
        later = past_moves(row.cleaned)
        if case is None:
            landing.create(row, _case_row(row.cleaned, later, context))
            continue
        known = {event.move for event in case.events.all()}
        landing.update(
            row, case, _changes(case, row.cleaned), [m for m in later if m.code not in known]
        )
    return landing.finish()


def _stored(context: Any) -> QuerySet:
    return Dispute.objects.valid().prefetch_related("events", "parties")


def _same_without_number(cleaned: Mapping[str, Any], context: Any) -> Dispute | None:
    """A row without a number is the same case when day, applicants and respondents agree."""
    if cleaned["number"]:
        return None
    applicants, _ = ledger.split_names(cleaned["applicants"])
    respondents, _ = ledger.split_names(cleaned["respondents"])
    found = _stored(context).filter(opened_on=cleaned["received_on"], cause=cleaned["cause"])
    for case in found.filter(parties__name=applicants[0]).order_by("pk"):
        names = [
            [party.name for party in case.parties.all() if party.role == role]
            for role in ("applicant", "respondent")
        ]
        if names == [applicants, respondents]:
            return case
    return None


def _values(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cause": cleaned["cause"],
        "opened_on": cleaned["received_on"],
        "amount": cleaned["amount"],
        "people": ledger.split_names(cleaned["applicants"])[1],
        "is_migrant_wage": bool(cleaned["is_migrant"]),
        "arbitrators_as_recorded": cleaned["arbitrators"],
        "clerk_as_recorded": cleaned["clerk"],
        "remark": cleaned["remark"],
        "town": cleaned.get("town"),
    }


def _changes(case: Dispute, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger says differently; an empty cell changes nothing."""
    values = _values(cleaned)
    return {
        name: values[name]
        for name in COMPARED
        if values[name] not in (None, "") and getattr(case, name) != values[name]
    }


def _case_row(cleaned: Mapping[str, Any], later: list[PastMove], context: Any) -> CaseRow:
    case = Dispute(
        unit=context.unit,
        number=cleaned["number"] or None,
        apply_mode="written",
        procedure="",
        **_values(cleaned),
    )
    return CaseRow(case=case, parties=ledger.parties_of(cleaned), moves=later)


def past_moves(cleaned: Mapping[str, Any]) -> list[PastMove]:
    """The moves that a row tells, in order; nothing between them is made up."""
    found = []
    mode = cleaned["close_mode"]
    if cleaned["filed_on"] and mode not in BEFORE_ACCEPTANCE:
        found.append(
            PastMove(code="accept", on=cleaned["filed_on"], data={"procedure": _procedure(cleaned)})
        )
        if cleaned["hearing_on"]:
            found.append(PastMove(code="hear", on=cleaned["hearing_on"]))
    if mode and cleaned["closed_on"]:
        data = {"outcome": mode, "awarded": cleaned["awarded"], "finality": FINALITY.get(mode, "")}
        found.append(PastMove(code=ENDS[mode], on=cleaned["closed_on"], data=data))
        found.append(PastMove(code="close", on=cleaned["closed_on"]))
    return found


def _procedure(cleaned: Mapping[str, Any]) -> str:
    """A ledger has no column for it: ten people make a collective dispute, else the ordinary."""
    _, people = ledger.split_names(cleaned["applicants"])
    return Procedure.COLLECTIVE if people >= 10 else Procedure.ORDINARY


def check(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Dates in order; a closed case says when and how; an award says whether it is final."""
    received, filed = cleaned.get("received_on"), cleaned.get("filed_on")
    heard, closed = cleaned.get("hearing_on"), cleaned.get("closed_on")
    mode = cleaned.get("close_mode")
    if received and filed and filed < received:
        yield "filed_on", "立案日期早于收案日期"
    if heard and (filed or received) and heard < (filed or received):
        yield "hearing_on", "开庭日期早于立案日期"
    if closed and max(day for day in (received, filed, heard, closed) if day) > closed:
        yield "closed_on", "结案日期早于前面的日期"
    if closed and not mode:
        yield "close_mode", "有结案日期，没有结案方式"
    if mode and not closed:
        yield "closed_on", "有结案方式，没有结案日期"
    if mode and mode not in BEFORE_ACCEPTANCE and not filed:
        yield "filed_on", "已结案的案件要有立案日期"


def tidy(cleaned: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Settle an award by the column 是否终局, then check the row."""
    if cleaned.get("close_mode") == AWARD:
        final = cleaned.get("finality")
        modes = {value: key for key, value in FINALITY.items()}
        if final:
            cleaned["close_mode"] = modes[final]
        else:
            cleaned["close_mode"] = None
            yield "finality", "裁决结案的要填是否终局：终局、非终局或分别制作"
            return
    yield from check(cleaned)


def export(filters: Mapping[str, list[str]]) -> QuerySet:
    """The disputes of a filter that the user may see."""
    return ledger.export_queryset(Dispute.objects.select_related("unit"), filters)


def row_of(case: Dispute) -> Mapping[str, Any]:
    """The cells of one dispute."""
    seats = [seat.member.name for seat in case.tribunal.select_related("member")]
    return {
        "number": case.number or "",
        "applicants": ledger.party_text(case, "applicant"),
        "respondents": ledger.party_text(case, "respondent"),
        "cause": case.get_cause_display(),
        "received_on": case.opened_on,
        "filed_on": case.accepted_on,
        "hearing_on": ledger.day_of(case, "hear"),
        "closed_on": case.closed_on,
        "close_mode": dict(CloseMode.choices).get(case.outcome, ""),
        "amount": case.amount,
        "awarded": case.awarded,
        "arbitrators": case.arbitrators_as_recorded or "、".join(seats),
        "clerk": case.clerk_as_recorded or (case.deputy.name if case.deputy else ""),
        "finality": case.get_finality_display(),
        "is_migrant": "是" if case.is_migrant_wage else "否",
        "town": case.town.name if case.town else "",
        "remark": case.remark,
    }


X10 = Sheet(
    code="X10",
    title="仲裁案件台账",
    policy="arbitration.sheet.X10",
    commit="arbitration.imports.disputes.commit",
    check="arbitration.imports.disputes.tidy",
    export="arbitration.imports.disputes.export",
    row_of="arbitration.imports.disputes.row_of",
    undo="arbitration.imports.ledger.undo",
    notes=(
        "案号写作 霍劳人仲案〔2023〕123号，各种括号都认得。",
        "已办结的案件带着过去的日期进来，不发文书、不提醒。",
        "同一案号再次导入：没有变化的不动，变化的更新；已在系统里办理的案件不能用表格改。",
    ),
    columns=COLUMNS,
)
