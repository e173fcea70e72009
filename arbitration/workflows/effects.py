"""The rows that a move writes beside the case: the tribunal, parties, claims, recusals.

Each effect runs inside the move's transaction, after its Event was written.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from django.db.models import F, Max, Q
from django.utils import timezone

from arbitration.models import (
    Agent,
    Claim,
    Dispute,
    Evidence,
    Hearing,
    Recusal,
    TribunalMember,
    Witness,
)
from arbitration.models.choices import ApplyMode, CloseMode, DisputeSource, Procedure
from arbitration.workflows import conditions, parts
from arbitration.workflows.deliveries import REJECTION, served_by
from arbitration.workflows.hearings import cancel_hearings, rebook
from arbitration.workflows.online import note_offline
from arbitration.workflows.posts import HEAD
from hrss_portal.access.accounts import users_in_posts
from hrss_portal.casework import moves, papers
from hrss_portal.casework.changing import PartyIn, party_rows
from hrss_portal.casework.models import CaseParty, Event
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.deadlines.compute import compute
from hrss_portal.deadlines.lookup import calendar_for, rule_for
from hrss_portal.notifications.inbox import notify

AWARDS = {CloseMode.FINAL_AWARD, CloseMode.AWARD, CloseMode.SPLIT_AWARD}
#: What is added to the number of a claim while others take the numbers before it.
ASIDE = 10_000


def store_application(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The child tables of the application form: claims, evidence, witnesses, agents."""
    children: tuple[tuple[Any, str], ...] = (
        (Evidence, "evidence"),
        (Witness, "witnesses"),
        (Agent, "agents"),
    )
    for model, name in children:
        rows = list(data.get(name, ()))
        if model is Evidence:
            rows = [{**row, "seq": seq} for seq, row in enumerate(rows, next_evidence(case))]
        model.objects.bulk_create(model(dispute=case, **row) for row in rows)
    Claim.objects.bulk_create(
        Claim(dispute=case, seq=seq, **row) for seq, row in enumerate(data.get("claims", ()), 1)
    )


def next_evidence(case: Dispute) -> int:
    """The number of the next piece of evidence in the case's list."""
    return (case.evidence.aggregate(last=Max("seq"))["last"] or 0) + 1


def add_evidence(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What either side hands in after the application joins the list of evidence."""
    rows = enumerate(data.get("evidence", ()), next_evidence(case))
    Evidence.objects.bulk_create(
        Evidence(dispute=case, seq=seq, side=data["side"], **row) for seq, row in rows
    )


def open_quickly(choice: str, *, unit: Any, by: Any, parties: list[PartyIn], note: str) -> Dispute:
    """Take a dispute in at a window: who against whom and about what; the rest follows."""
    town = next((row.person.town for row in parties if row.person and row.person.town), None)
    case = Dispute(
        unit=unit,
        town=town,
        apply_mode=ApplyMode.WRITTEN,
        cause=choice,
        people=sum(row.role == "applicant" for row in parties),
        opened_on=timezone.localdate(),
    )
    return moves.open_case(case, by=by, parties=parties, note=note)  # type: ignore[return-value]


def complete_application(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The rest of the application: claims, evidence, witnesses, agents, addresses for service."""
    if data.get("claims"):
        case.claims.all().delete()
    store_application(case, data, event)
    for party in case.parties.all():
        address = data.get(f"address_{party.pk}")
        rep = data.get(f"legal_rep_{party.pk}", "")
        if address or rep:
            party.address = address or party.address
            party.legal_rep = rep or party.legal_rep
            party.save()


def seat_tribunal(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Seat the tribunal; whoever is no longer in it leaves today.

    Who sits sees the case as an own one.  Raises ``MoveRefused`` when a member has declared a
    reason to stand aside.
    """
    seats = data.get("tribunal") or []
    if not seats:
        return
    members = [seat["member"] for seat in seats]
    problems = list(conditions.conflicts(case, Q(member__in=members), members=members))
    if problems := [*problems, *conditions.own_case_of_staff(case, members)]:
        raise MoveRefused(problems)
    case.tribunal.filter(left_on__isnull=True).exclude(member__in=members).update(left_on=event.on)
    for seat in seats:
        TribunalMember.objects.update_or_create(
            dispute=case,
            member=seat["member"],
            left_on=None,
            defaults={"role": seat["role"], "appointed_on": event.on},
        )
    share_with_tribunal(case)
    rebook(case)


def share_with_tribunal(case: Dispute) -> None:
    """Writes who sits now into ``Case.team``: the case is theirs as it is its handler's.

    Members without an account leave no trace there.  Call it whenever a seat or an account changes.
    """
    seated = case.tribunal.filter(left_on__isnull=True, member__user__isnull=False)
    moves.share(case, seated.values_list("member__user", flat=True))


def end_by_withdrawal(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Who came on the day of the hearing, where the case is deemed withdrawn for it; then no
    hearing is planned any more."""
    hearing = case.hearings.filter(state=Hearing.State.PLANNED).order_by("period").last()
    if hearing and data.get("outcome") == CloseMode.DEEMED_WITHDRAWN and data.get("attended"):
        hearing.attended, hearing.updated_by = data["attended"], event.by
        hearing.save()
    end_undecided(case, data, event)


def end_undecided(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What is still open ends without a decision: no hearing is planned any more, and what part
    awards granted is the amount of the case."""
    cancel_hearings(case, data, event)
    if parts.was_decided_in_part(case):
        case.awarded = parts.granted_in_part(case)
        case.save()


def record_recusal(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """A request to stand aside; until it is decided whoever is challenged takes no part."""
    Recusal.objects.create(
        dispute=case,
        member=data.get("member"),
        user=data.get("user"),
        name=data.get("name", ""),
        part=data.get("part", ""),
        asked_by=data["asked_by"],
        asked_on=event.on,
        reason=data["reason"],
    )


def decide_recusal(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Decide one request; a granted one empties the seat.

    Who handled or assisted the case does so no longer: the head assigns it anew.
    """
    recusal = data["recusal"]
    recusal.granted = data["granted"]
    recusal.decided_on, recusal.decided_by = event.on, event.by
    recusal.save()
    if recusal.granted:
        leaver = recusal.account
        seats = Q(pk__in=()) if leaver is None else Q(member__user=leaver)
        if recusal.member is not None:
            seats |= Q(member=recusal.member)
        case.tribunal.filter(seats, left_on__isnull=True).update(left_on=event.on)
        if leaver is not None and leaver in {case.handler_id, case.deputy_id}:
            case.handler = None if case.handler_id == leaver else case.handler
            case.deputy = None if case.deputy_id == leaver else case.deputy
            case.save()
        share_with_tribunal(case)
        rebook(case)
        notify(
            users_in_posts(case.unit, *HEAD),
            title=f"{case.reference} {recusal.who}已准许回避",
            body="重新组成仲裁庭、指定承办人和书记员",
            url=case.get_absolute_url(),
            kind="case",
            key=f"recused:{recusal.pk}",
        )


def change_claims(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The claims as they stand after the change; what a part award decided stays as it is.

    A claim that goes on keeps its key, by which an order ahead knows it, also under other words.
    """
    decided = set(case.claims.exclude(part_awarded_on=None).values_list("seq", flat=True))
    meant = _claims_meant(case, data["claims"])
    stay = [claim.pk for claim in meant if claim.pk]
    case.claims.filter(part_awarded_on=None).exclude(pk__in=stay).delete()
    numbers = (seq for seq in count(1) if seq not in decided)
    numbered = list(zip(numbers, meant, data["claims"], strict=False))
    moved = [claim.pk for seq, claim, _ in numbered if claim.seq != seq]
    case.claims.filter(pk__in=moved).update(seq=F("seq") + ASIDE)  # no number twice on the way
    for seq, claim, row in numbered:
        claim.seq, claim.text, claim.amount = seq, row["text"], row.get("amount")
        claim.save()


def _claims_meant(case: Dispute, rows: Iterable[Mapping[str, Any]]) -> list[Claim]:
    """The open claim that each row was: the one whose number it names, else one of the same words;
    a new one where it was none."""
    left = {claim.seq: claim for claim in case.claims.filter(part_awarded_on=None)}
    named = [(row, left.pop(row.get("was") or 0, None)) for row in rows]
    meant = []
    for row, claim in named:
        alike = next((seq for seq, one in left.items() if one.text == row["text"]), 0)
        meant.append(claim or left.pop(alike, None) or Claim(dispute=case))
    return meant


def add_party(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """A party or third person joins the case.

    Raises ``MoveRefused`` when somebody who works on the case is tied to the party, or the party
    or somebody of the tribunal is at another hearing at the hour of a planned one.
    """
    party: PartyIn = data["party"]
    last = case.parties.filter(role=party.role).order_by("-seq").values_list("seq", flat=True)
    row = party_rows(case, [party])[0]
    row.seq = (last.first() or 0) + 1
    row.save()
    if problems := list(conditions.nobody_must_stand_aside(case, data)):
        raise MoveRefused(problems)
    rebook(case)


def to_ordinary(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """From the simple or fast track to the ordinary (or collective) procedure."""
    case.procedure = Procedure.COLLECTIVE if case.is_collective else Procedure.ORDINARY
    case.save()


def decide_claims(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What was awarded item by item, and the papers: final and not final are separate documents."""
    for row in data.get("claims", ()):
        case.claims.filter(seq=row["seq"]).update(
            awarded=row.get("awarded"),
            is_final=row.get("is_final"),
            kind=row.get("kind", ""),
            final_reason=row.get("final_reason", ""),
        )
    kinds: tuple[str, ...] = {
        str(CloseMode.FINAL_AWARD): ("arb.award_final",),
        str(CloseMode.AWARD): ("arb.award",),
        str(CloseMode.SPLIT_AWARD): ("arb.award_final", "arb.award"),
    }.get(case.outcome, ())
    papers.call(case, event, kinds)
    cancel_hearings(case, data, event)


def file_rejection(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What the head decided is not asked again: the day on which the last applicant had the notice
    goes onto the sheet (form A04), as the handler enters it for any other end."""
    note_offline(case, data, event)
    case.served_on = served_by(case, {REJECTION}, {"applicant"}) or case.served_on
    case.save()


def keep_until(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The end of retention: ten years for awards and part awards, else five (办案规则 24)."""
    awarded = case.outcome in AWARDS or case.claims.exclude(part_awarded_on=None).exists()
    code = "ARB-30" if awarded else "ARB-31"
    region = case.unit.rules_region
    rule = rule_for(code, event.on, region)
    due = compute(rule, event.on, calendar=calendar_for(region), trace=False)
    case.keep_until = due.due_on
    case.save()


def refer_to_arbitration(case: Any, data: Mapping[str, Any], event: Event) -> None:
    """Open the dispute that follows a failed mediation, where the applicant asks for it."""
    if not data.get("open_dispute"):
        return
    parties = [
        PartyIn(
            role=row.role,
            name=row.name,
            person=row.person,
            employer=row.employer,
            phone=row.phone,
            address=row.address,
        )
        for row in CaseParty.objects.filter(case=case).select_related("person", "employer")
    ]
    dispute = Dispute(
        unit=case.unit,
        town=case.town,
        opened_on=event.on,
        channel=DisputeSource.MEDIATION,
        apply_mode="written",
        cause=case.cause,
        amount=case.amount,
        people=case.people,
        is_migrant_wage=False,
    )
    opened = moves.open_case(
        dispute, by=event.by, parties=parties, note=f"由 {case.reference} 转来"
    )
    moves.link(case, opened, kind="follows", by=event.by, reason="调解不成转仲裁")
