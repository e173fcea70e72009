"""X16 调解案件台账: mediation of every channel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from django.utils import timezone

from arbitration.forms.bodies import ONLY_OWN, ONLY_OWN_BODY, bodies_of, towns_of_entry
from arbitration.imports.columns import SIDES
from arbitration.imports.mediation_columns import COLUMNS
from arbitration.models import MediationCase, MediationOrganisation
from arbitration.models.choices import MediationResult, MediationSource
from arbitration.models.mediation import NO_HOUR
from hrss_portal.access.models import Unit
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
NEEDS_ACCEPTANCE = {
    MediationResult.AGREED,
    MediationResult.FAILED,
    MediationResult.ENDED,
    MediationResult.TO_ARBITRATION,
    MediationResult.TO_INSPECTION,
}


@dataclass(frozen=True)
class Known:
    """The registered bodies by name; the towns whose cases the sender enters (None: all) and the
    names of their bodies."""

    bodies: Mapping[str, MediationOrganisation]
    towns: Sequence[Unit] | None = None
    own: frozenset[str] = frozenset()


class MediationLedger(Ledger):
    """What the columns of X16 mean for a mediation case."""

    model = MediationCase
    roles = SIDES
    number, number_field = "platform_no", "external_no"
    headcount = "people"
    alike = ("channel",)
    filters = {**Ledger.filters, "cause": "cause__in"}
    related = (*Ledger.related, "organisation")

    def values(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        received = datetime.combine(cleaned["received_on"], NO_HOUR)
        return {
            "channel": cleaned["channel"],
            "cause": cleaned["cause"],
            "opened_on": cleaned["received_on"],
            "received_at": timezone.make_aware(received),
            "people": cleaned["people"],
            "amount": cleaned["amount"],
            "town": cleaned["town"],
            "mediator_as_recorded": cleaned["mediator"] or "",
            "consent": cleaned["consent"] or "",
            "performed": cleaned["performed"] or "",
            "review": cleaned["review"] or MediationCase.Review.NO,
            "process": cleaned["process"] or "",
            "remark": cleaned["remark"] or "",
        }

    def merged(self, told: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        """Another result takes along what only an agreement, or only an acceptance, has."""
        gone: set[str] = set()
        if told["result"] and told["result"] != MediationResult.AGREED:
            gone = {"agreed_amount", "perform_by", "performed", "review"}
        if told["result"] == MediationResult.REFUSED:
            gone |= {"accepted_on", "consent"}
        return super().merged(told, {**stored, **dict.fromkeys(gone)})

    def found(self, cleaned: Mapping[str, Any], known: Known) -> dict[str, Any]:
        """The registered mediation body; None where it is not (any more) registered."""
        return {"organisation": known.bodies.get(cleaned["organisation"])}

    def lookups(self, rows: Sequence[Any], user: Any) -> Known:
        """The registered mediation bodies, and what the sender may enter."""
        towns = towns_of_entry(user)
        found = MediationOrganisation.objects.filter(voided_at=None)
        own = found.filter(bodies_of(towns)).values_list("name", flat=True) if towns else ()
        return Known({body.name: body for body in found}, towns, frozenset(own))

    def problems(self, cleaned: Mapping[str, Any], known: Known) -> Iterable[tuple[str, str]]:
        name, bodies = cleaned["organisation"], known.bodies
        if name not in bodies:
            near = get_close_matches(str(name), list(bodies), n=1)
            hint = f"是不是“{near[0]}”？不是的" if near else ""
            yield "organisation", f"没有登记过调解组织“{name}”，{hint}先在调解组织里登记"
        elif known.towns is not None and name not in known.own:
            yield "organisation", ONLY_OWN_BODY
        town = cleaned.get("town")
        if known.towns is not None and town is not None and town not in known.towns:
            yield "town", ONLY_OWN

    def new(self, cleaned: Mapping[str, Any], context: Any, known: Known) -> MediationCase:
        values = self.values(cleaned)
        values["consent"] = values["consent"] or (Consent.YES if _was_accepted(cleaned) else "")
        if values["town"] is None and known.towns is not None and len(known.towns) == 1:
            values["town"] = known.towns[0]
        return MediationCase(
            unit=context.unit,
            **self.found(cleaned, known),
            **self.numbered(cleaned["platform_no"]),
            **values,
        )

    def numbered(self, number: str) -> dict[str, Any]:
        """The platform's own number, and whose it is."""
        return {"external_no": number, "external_system": "互联网+调解" if number else ""}

    def hands(self, cleaned: Mapping[str, Any]) -> Iterable[str]:
        return split_names(cleaned["mediator"] or "")[0]

    def past_moves(self, cleaned: Mapping[str, Any]) -> list[PastMove]:
        return past_moves(cleaned)

    def check(self, cleaned: dict[str, Any]) -> Iterable[tuple[str, str]]:
        return tidy(cleaned)

    def row_of(self, case: MediationCase) -> Mapping[str, Any]:
        """The cells of one mediation case."""
        return {
            "platform_no": case.external_no,
            "channel": channel_words(case),
            "applicants": names_cell(case, "applicant"),
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
    if cleaned.get("channel") == MediationSource.PLATFORM and not cleaned.get("platform_no"):
        yield "platform_no", "来源是平台的，填写平台编号"
    yield from _fits_the_result(cleaned)


def _fits_the_result(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    result, accepted = cleaned.get("result"), cleaned.get("accepted_on")
    if result in NEEDS_ACCEPTANCE and not accepted:
        yield "accepted_on", "已有调解结果的要填受理日期"
    if cleaned.get("consent") == Consent.NO and result in NEEDS_ACCEPTANCE:
        yield "consent", "对方不同意调解的，结果填“不受理”"
    if accepted and result == MediationResult.REFUSED:
        yield "accepted_on", "结果是不受理的，没有受理日期"
    for name in ("agreed_amount", "perform_by", "performed", "review"):
        told = cleaned.get(name) not in (None, "", MediationCase.Review.NO)
        if told and result != MediationResult.AGREED:
            yield name, "达成协议的才填"


def tidy(cleaned: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Count the named applicants, take the 0 of an agreement that was none for empty, then check.

    A row stands for as many people as it says, and never for fewer than it names.
    """
    named = split_names(cleaned.get("applicants") or "")[1]
    cleaned["people"] = max(cleaned.get("people") or 0, named)
    if cleaned.get("result") != MediationResult.AGREED and not cleaned.get("agreed_amount"):
        cleaned["agreed_amount"] = None
    yield from check(cleaned)


ledger = MediationLedger()
X16 = Sheet(
    code="X16",
    title="调解案件台账",
    policy="arbitration.sheet.X16",
    ledger="arbitration.imports.mediations.ledger",
    columns=COLUMNS,
    named_by=("platform_no", "applicants", "respondents"),
    dated_by="opened_on",
)
