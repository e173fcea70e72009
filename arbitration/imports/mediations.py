"""X16 调解案件台账: mediation of every channel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from arbitration.imports import ledger
from arbitration.imports.mediation_columns import COLUMNS
from arbitration.models import MediationCase, MediationOrganisation
from arbitration.models.choices import MediationResult, MediationSource
from hrss_portal.areas import Sheet
from hrss_portal.casework.bulk import CaseRow, PastMove

Consent = MediationCase.Consent
ENDS = {
    MediationResult.AGREED: "agree",
    MediationResult.FAILED: "fail",
    MediationResult.ENDED: "fail",
    MediationResult.TO_ARBITRATION: "fail",
    MediationResult.TO_INSPECTION: "fail",
    MediationResult.WITHDRAWN: "withdraw",
    MediationResult.REFUSED: "refuse",
}
COMPARED = (
    "cause",
    "opened_on",
    "people",
    "amount",
    "town",
    "mediator_as_recorded",
    "consent",
    "performed",
    "review",
    "remark",
    "process",
)


def commit(rows: Sequence[Any], *, context: Any) -> list[ledger.Answer]:
    """Land the rows: new cases with their past moves, changed ones updated."""
    landing = ledger.Landing(context)
    bodies = {body.name: body for body in MediationOrganisation.objects.filter(voided_at=None)}
    for row in rows:
        body = bodies.get(row.cleaned["organisation"])
        if body is None:
            landing.refuse(
                row,
                "organisation",
                [f"没有登记过调解组织“{row.cleaned['organisation']}”，先在调解组织里登记"],
            )
            continue
        case = _same(row.cleaned)
        later = past_moves(row.cleaned)
        if case is None:
            landing.create(row, _case_row(row.cleaned, body, later, context))
            continue
        known = {event.move for event in case.events.all()}
        landing.update(
            row, case, _changes(case, row.cleaned), [m for m in later if m.code not in known]
        )
    return landing.finish()


def _same(cleaned: Mapping[str, Any]) -> MediationCase | None:
    """By the platform's number; else by day, source, applicants and respondents."""
    found = MediationCase.objects.valid().prefetch_related("events", "parties").order_by("pk")
    if cleaned["platform_no"]:
        return found.filter(external_no=cleaned["platform_no"]).first()
    applicants, _ = ledger.split_names(cleaned["applicants"])
    respondents, _ = ledger.split_names(cleaned["respondents"])
    same_day = found.filter(opened_on=cleaned["received_on"], channel=cleaned["source"])
    for case in same_day.filter(parties__name=applicants[0]):
        names = [
            [party.name for party in case.parties.all() if party.role == role]
            for role in ("applicant", "respondent")
        ]
        if names == [applicants, respondents]:
            return case
    return None


def _values(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    people = ledger.split_names(cleaned["applicants"])[1]
    return {
        "cause": cleaned["cause"],
        "opened_on": cleaned["received_on"],
        "people": max(cleaned["people"] or 0, people),
        "amount": cleaned["amount"],
        "town": cleaned["town"],
        "mediator_as_recorded": cleaned["mediator"],
        "consent": cleaned["consent"] or (Consent.YES if _was_accepted(cleaned) else ""),
        "performed": cleaned["performed"] or "",
        "review": cleaned["review"] or MediationCase.Review.NO,
        "process": cleaned["process"],
        "remark": cleaned["remark"],
    }


def _was_accepted(cleaned: Mapping[str, Any]) -> bool:
    return bool(cleaned["accepted_on"]) and cleaned["result"] != MediationResult.REFUSED


def _changes(case: MediationCase, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger says differently; an empty cell changes nothing."""
    values = _values(cleaned)
    said = [name for name in COMPARED if name not in {"consent", "review"} or cleaned[name]]
    return {
        name: values[name]
        for name in said
        if values[name] not in (None, "") and getattr(case, name) != values[name]
    }


def _case_row(
    cleaned: Mapping[str, Any],
    body: MediationOrganisation,
    later: list[PastMove],
    context: Any,
) -> CaseRow:
    received = datetime.combine(cleaned["received_on"], time.min)
    case = MediationCase(
        unit=context.unit,
        channel=cleaned["source"],
        organisation=body,
        external_no=cleaned["platform_no"],
        external_system="互联网+调解" if cleaned["platform_no"] else "",
        received_at=timezone.make_aware(received.replace(hour=9)),
        **_values(cleaned),
    )
    return CaseRow(case=case, parties=ledger.parties_of(cleaned), moves=later)


def past_moves(cleaned: Mapping[str, Any]) -> list[PastMove]:
    """The moves that a row tells, in order."""
    found = []
    result, closed = cleaned["result"], cleaned["closed_on"]
    if _was_accepted(cleaned):
        consent = {"consent": cleaned["consent"] or Consent.YES}
        found.append(PastMove(code="accept", on=cleaned["accepted_on"], data=consent))
    if result and closed:
        data: dict[str, Any] = {"outcome": result}
        if result == MediationResult.AGREED:
            data |= {
                "agreed_amount": cleaned["agreed_amount"],
                "agreed_on": closed,
                "perform_by": cleaned["perform_by"],
            }
        found.append(PastMove(code=ENDS[result], on=closed, data=data))
    return found


def check(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Dates in order; a result has its day; a platform case has its number."""
    received, accepted = cleaned.get("received_on"), cleaned.get("accepted_on")
    closed, result = cleaned.get("closed_on"), cleaned.get("result")
    if received and accepted and accepted < received:
        yield "accepted_on", "受理日期早于收到日期"
    if closed and (accepted or received) and closed < (accepted or received):
        yield "closed_on", "结束日期早于受理日期"
    if result and not closed:
        yield "closed_on", "有结果，没有结束日期"
    if closed and not result:
        yield "result", "有结束日期，没有结果"
    needs_acceptance = {
        MediationResult.AGREED,
        MediationResult.FAILED,
        MediationResult.ENDED,
        MediationResult.TO_ARBITRATION,
        MediationResult.TO_INSPECTION,
    }
    if result in needs_acceptance and not accepted:
        yield "accepted_on", "已有调解结果的要填受理日期"
    if cleaned.get("consent") == Consent.NO and result in needs_acceptance:
        yield "consent", "对方不同意调解的，结果填“不受理”"
    agreed = result == MediationResult.AGREED
    for name in ("performed", "review"):
        if cleaned.get(name) not in (None, "", MediationCase.Review.NO) and not agreed:
            yield name, "达成协议的才填"
    if cleaned.get("source") == MediationSource.PLATFORM and not cleaned.get("platform_no"):
        yield "platform_no", "来源是平台的，填写平台编号"


def export(filters: Mapping[str, list[str]]) -> QuerySet:
    """The mediation cases of a filter that the user may see."""
    return ledger.export_queryset(MediationCase.objects.select_related("organisation"), filters)


def row_of(case: MediationCase) -> Mapping[str, Any]:
    """The cells of one mediation case."""
    return {
        "platform_no": case.external_no,
        "source": dict(MediationSource.choices).get(case.channel, ""),
        "applicants": ledger.party_text(case, "applicant"),
        "respondents": ledger.party_text(case, "respondent"),
        "cause": case.get_cause_display(),
        "people": case.people,
        "amount": case.amount,
        "town": case.town.name if case.town else "",
        "organisation": case.organisation.name,
        "mediator": case.mediator_as_recorded or (case.handler.name if case.handler else ""),
        "consent": case.get_consent_display(),
        "received_on": case.opened_on,
        "accepted_on": case.accepted_on,
        "closed_on": case.closed_on,
        "result": dict(MediationResult.choices).get(case.outcome, ""),
        "agreed_amount": case.agreed_amount,
        "perform_by": case.perform_by,
        "performed": case.get_performed_display(),
        "review": case.get_review_display(),
        "process": case.process,
        "remark": case.remark,
    }


X16 = Sheet(
    code="X16",
    title="调解案件台账",
    policy="arbitration.sheet.X16",
    commit="arbitration.imports.mediations.commit",
    check="arbitration.imports.mediations.check",
    export="arbitration.imports.mediations.export",
    row_of="arbitration.imports.mediations.row_of",
    undo="arbitration.imports.ledger.undo",
    columns=COLUMNS,
)
