"""X16 调解案件台账: mediation of every channel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from difflib import get_close_matches
from typing import Any

from django.utils import timezone

from arbitration.imports.columns import SIDES
from arbitration.imports.mediation_columns import COLUMNS
from arbitration.models import MediationCase, MediationOrganisation
from arbitration.models.choices import MediationResult, MediationSource
from hrss_portal.areas import Sheet
from hrss_portal.casework.bulk import PastMove
from hrss_portal.casework.ledgers import Ledger, names_cell, split_names
from hrss_portal.casework.workflow import channel_words, outcome_words

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


class MediationLedger(Ledger):
    """What the columns of X16 mean for a mediation case."""

    model = MediationCase
    roles = SIDES
    number, number_field = "platform_no", "external_no"
    alike = ("channel",)
    filters = {**Ledger.filters, "cause": "cause__in"}
    related = (*Ledger.related, "organisation")

    def values(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        people = split_names(cleaned["applicants"])[1]
        return {
            "cause": cleaned["cause"],
            "opened_on": cleaned["received_on"],
            "people": max(cleaned["people"] or 0, people),
            "amount": cleaned["amount"],
            "town": cleaned["town"],
            "mediator_as_recorded": cleaned["mediator"],
            "consent": cleaned["consent"] or "",
            "performed": cleaned["performed"] or "",
            "review": cleaned["review"] or "",
            "process": cleaned["process"],
            "remark": cleaned["remark"],
        }

    def lookups(self, rows: Sequence[Any]) -> dict[str, MediationOrganisation]:
        """The registered mediation bodies by name."""
        return {body.name: body for body in MediationOrganisation.objects.filter(voided_at=None)}

    def problems(self, cleaned: Mapping[str, Any], known: Any) -> Iterable[tuple[str, str]]:
        name = cleaned["organisation"]
        if name not in known:
            near = get_close_matches(str(name), list(known), n=1)
            hint = f"是不是“{near[0]}”？不是的" if near else ""
            yield "organisation", f"没有登记过调解组织“{name}”，{hint}先在调解组织里登记"

    def new(self, cleaned: Mapping[str, Any], context: Any, known: Any) -> MediationCase:
        values = self.values(cleaned)
        values["consent"] = values["consent"] or (Consent.YES if _was_accepted(cleaned) else "")
        values["review"] = values["review"] or MediationCase.Review.NO
        received = datetime.combine(cleaned["received_on"], time(9))
        return MediationCase(
            unit=context.unit,
            channel=cleaned["channel"],
            organisation=known[cleaned["organisation"]],
            external_no=cleaned["platform_no"],
            external_system="互联网+调解" if cleaned["platform_no"] else "",
            received_at=timezone.make_aware(received),
            **values,
        )

    def past_moves(self, cleaned: Mapping[str, Any]) -> list[PastMove]:
        return past_moves(cleaned)

    def check(self, cleaned: dict[str, Any]) -> Iterable[tuple[str, str]]:
        return check(cleaned)

    def row_of(self, case: MediationCase) -> Mapping[str, Any]:
        """The cells of one mediation case."""
        return {
            "platform_no": case.external_no,
            "channel": channel_words(case),
            "applicants": names_cell(case, "applicant", people=case.people),
            "respondents": names_cell(case, "respondent"),
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
            "result": outcome_words(case),
            "agreed_amount": case.agreed_amount,
            "perform_by": case.perform_by,
            "performed": case.get_performed_display(),
            "review": case.get_review_display(),
            "process": case.process,
            "remark": case.remark,
        }


def _was_accepted(cleaned: Mapping[str, Any]) -> bool:
    return bool(cleaned["accepted_on"]) and cleaned["result"] != MediationResult.REFUSED


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
    if cleaned.get("channel") == MediationSource.PLATFORM and not cleaned.get("platform_no"):
        yield "platform_no", "来源是平台的，填写平台编号"


ledger = MediationLedger()
X16 = Sheet(
    code="X16",
    title="调解案件台账",
    policy="arbitration.sheet.X16",
    ledger="arbitration.imports.mediations.ledger",
    columns=COLUMNS,
)
