"""Which events start a term, and which of the meeting moves really meet a clock."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from arbitration.models.choices import Finality, FollowUp, MediationSource, Procedure
from arbitration.workflows.deliveries import (
    AT_ONCE,
    COPY,
    RESPONSE,
    REVOCATION,
    SEATED,
    SERVED_AS,
    award_papers,
    first_sent,
    is_of_void_paper,
    is_over,
    part_award_papers,
    refusal_paper,
    served_by,
    unserved,
)
from arbitration.workflows.one_paper import own_event
from arbitration.workflows.parts import (
    delivery_told,
    is_of_this_award,
    nobody_sued_on,
    was_decided_in_part,
)
from arbitration.workflows.posts import PARTY_ROLES
from arbitration.workflows.safeguards import over_on


def is_single(case: Any, event: Any) -> bool:
    """Fewer than ten workers."""
    return not case.is_collective


def is_collective(case: Any, event: Any) -> bool:
    """Ten or more workers with one claim."""
    return bool(case.is_collective)


def names_last_day_to_correct(case: Any, event: Any) -> bool:
    """The notice says until when to correct; what a ledger tells of the past reminds nobody."""
    return bool(event.is_live and event.data.get("correct_by"))


def acceptance_is_told(case: Any, event: Any, clock: Any) -> bool:
    """Accepted or taken back; who is refused is told in writing (调解仲裁法 Article 29).

    The decision alone tells nobody; a ledger knows no deliveries, there it ends the term.
    """
    if event.move in {"reject", "transfer"}:
        return not event.is_live
    if event.move in {"accept", "withdraw_early"}:
        return True
    paper = refusal_paper(case)
    return bool(paper) and not unserved(case, {paper}, {"applicant"}, known=True)


def refusal_went_out(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the notice of a refusal that reached the applicant had gone out.

    办案规则 Article 31: it is made out (出具) within the term; the days on the way are not counted,
    what was posted in time is in time (民事诉讼法 Article 85).
    """
    told = event.move not in {"accept", "withdraw_early", "reject", "transfer"}
    return first_sent(case, refusal_paper(case), {"applicant"}) if told else None


def is_fast(case: Any, event: Any) -> bool:
    """On the fast track for migrant workers' pay."""
    return bool(case.is_fast)


def served(event: Any, *papers: str) -> bool:
    """One of the papers reached a party: the delivery says which, to whom and when."""
    return event.data.get("served_paper") in papers and bool(event.data.get("served_on"))


def served_on_respondent(case: Any, event: Any) -> bool:
    """The copy of the application reached a respondent."""
    return served(event, "copy") and event.data.get("served_role") == "respondent"


def gives_time_to_answer(case: Any, event: Any) -> bool:
    """The application, or claims that were added or changed (办案规则 Article 44), came to him."""
    return served(event, "copy", "claims") and event.data.get("served_role") == "respondent"


def served_open_award(case: Any, event: Any) -> bool:
    """An award that is not final reached a party; separate documents are told apart."""
    return served(event, "award_open") or (
        served(event, "award") and case.finality != Finality.FINAL
    )


def served_final(case: Any, event: Any) -> bool:
    """A final award reached a party."""
    return served(event, "award_final") or (
        served(event, "award") and case.finality in {Finality.FINAL, Finality.SPLIT}
    )


def served_final_on_worker(case: Any, event: Any) -> bool:
    """A final award reached the worker, on whichever side of the case he stands."""
    return served_final(case, event) and event.data.get("served_side") == "worker"


def served_final_on_employer(case: Any, event: Any) -> bool:
    """A final award reached an employer, also one who applied or is a third party."""
    return served_final(case, event) and event.data.get("served_side") == "employer"


def happened_here(case: Any, event: Any) -> bool:
    """Not told by a ledger: an old file lies in the paper archive already."""
    return bool(event.is_live)


def is_awarded(case: Any, event: Any) -> bool:
    """Closed by an award, or decided in part before it was closed otherwise (办案规则 24)."""
    return str(case.outcome).endswith("award") or was_decided_in_part(case)


def is_not_awarded(case: Any, event: Any) -> bool:
    """Closed without any award."""
    return not is_awarded(case, event)


def on_platform(case: Any, event: Any) -> bool:
    """Came through the internet-mediation platform, which gave no due time of its own."""
    return case.channel == MediationSource.PLATFORM and case.platform_due_at is None


def on_any_platform(case: Any, event: Any) -> bool:
    """Came through the internet-mediation platform."""
    return bool(case.channel == MediationSource.PLATFORM)


def is_enterprise(case: Any, event: Any) -> bool:
    """Brought to a committee inside an enterprise (规定 Article 22), by channel or by body."""
    return bool(
        case.channel == MediationSource.ENTERPRISE or case.organisation.level == "enterprise"
    )


def answer_came(case: Any, event: Any, clock: Any) -> bool:
    """The answer of the respondent whose service started this clock (one respondent: any)."""
    asked = clock.started_by.data.get("party") if clock.started_by else None
    given = event.data.get("party")
    return not asked or not given or asked == given


def in_collective_procedure(case: Any, event: Any) -> bool:
    """Heard by the collective procedure (办案规则 Article 62); unrecorded, the workers' number."""
    return case.procedure == Procedure.COLLECTIVE or (not case.procedure and case.is_collective)


def in_single_procedure(case: Any, event: Any) -> bool:
    """Heard by any other procedure."""
    return not in_collective_procedure(case, event)


def everybody_knows_the_tribunal(case: Any, event: Any, clock: Any) -> bool:
    """The notice of the tribunal reached every party; seating it alone notifies nobody."""
    return not unserved(case, SEATED, set(PARTY_ROLES), known=True)


def tribunal_notice_done(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the last party received the notice of the tribunal."""
    return served_by(case, SEATED, set(PARTY_ROLES))


def everybody_knows_everything(case: Any, event: Any, clock: Any) -> bool:
    """Tribunal, time of evidence and hearing reached every party, the answer the respondents."""
    everybody = set(PARTY_ROLES)
    missing = [unserved(case, papers, everybody, known=True) for papers in AT_ONCE]
    return not any([*missing, unserved(case, RESPONSE, {"respondent"}, known=True)])


def collective_notice_done(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the last of these papers reached the last party."""
    days = [served_by(case, papers, set(PARTY_ROLES)) for papers in AT_ONCE]
    days.append(served_by(case, RESPONSE, {"respondent"}))
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def trial_counts_from(case: Any, event: Any) -> date | None:
    """Of a case that another commission handed over, the day it was taken over.

    办案规则 Article 46; None: the day of the move.
    """
    day: date | None = case.transferred_in_on if event.move == "accept" else None
    return day


def trial_begins_anew(case: Any, event: Any, clock: Any) -> bool:
    """The term of trial had not run out, and a counterclaim is tried together with the claim.

    办案规则 Articles 36, 46: what comes after the term is over gives no new one.  Of a step made
    here the day of its entry counts, so that none is dated back to before the end.
    """
    if event.move == "accept_counterclaim" and not event.data.get("is_merged"):
        return False
    entered = timezone.localtime(event.at).date() if event.is_live else event.on
    return over_on(clock, max(event.on, entered)) is None


def respondents_have_copies(case: Any, event: Any, clock: Any) -> bool:
    """The copy of the application has reached every respondent; sending alone is not service."""
    return not unserved(case, COPY, {"respondent"}, known=True)


def copies_done(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the last respondent received the copy, whichever record came last."""
    return served_by(case, COPY, {"respondent"})


def _since(clock: Any) -> date | None:
    """The day of the event that started a clock."""
    return clock.started_by.on if clock.started_by else None


def everybody_has_the_award(case: Any, event: Any, clock: Any) -> bool:
    """The award, of separate ones each, has reached every party, or the file was closed."""
    missing = [unserved(case, one, set(PARTY_ROLES), known=True) for one in award_papers(case)]
    return event.move == "close" or not any(missing)


def award_service_done(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the last party received the award, of separate ones the last."""
    days = [served_by(case, one, set(PARTY_ROLES)) for one in award_papers(case)]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _decision_names(clock: Any) -> frozenset[str]:
    """By which names the decision that started a clock is served."""
    made = clock.started_by
    if made.move == "part_award":
        return part_award_papers(made.data.get("is_final"))
    return SERVED_AS[made.move]


def everybody_has_the_decision(case: Any, event: Any, clock: Any) -> bool:
    """The part award, the order to enforce ahead or the correction reached every party."""
    names, made = _decision_names(clock), clock.started_by
    own = own_event(case, names, made)
    return not unserved(case, names, set(PARTY_ROLES), since=_since(clock), known=True, planned=own)


def decision_service_done(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the last party received it."""
    names, made = _decision_names(clock), clock.started_by
    own = own_event(case, names, made)
    return served_by(case, names, set(PARTY_ROLES), since=_since(clock), planned=own)


def forwarded(case: Any, event: Any, clock: Any) -> bool:
    """The copy of the answer was handed on, or its delivery was registered."""
    return event.move == "forward_answer" or served(event, "answer")


def told_of_revocation(case: Any, event: Any, clock: Any) -> bool:
    """The decision reached every party (办案规则 Article 32); closing the file tells nobody.

    A ledger knows no deliveries: there the closing ends the duty.
    """
    if event.move == "close":
        return not event.is_live
    return not unserved(case, REVOCATION, set(PARTY_ROLES), known=True)


def revocation_service_done(case: Any, event: Any, clock: Any) -> date | None:
    """The day on which the last party received the decision."""
    return served_by(case, REVOCATION, set(PARTY_ROLES))


def is_decided_for(case: Any, event: Any, clock: Any) -> bool:
    """The decision is about the one against whom this very request was made."""
    asked = _challenged(clock.started_by.data) if clock.started_by else ()
    decided = _challenged(event.data)
    return not asked or not decided or asked == decided


def _challenged(said: Mapping[str, Any]) -> tuple[str, Any] | tuple[()]:
    """Who is challenged: a row of the register, an account, a name; or nothing is told."""
    for kind in ("member", "user"):
        if one := said.get(kind):
            return kind, one.get("id")
    return ("name", said["name"]) if said.get("name") else ()


def served_paper_is_void(case: Any, event: Any, clock: Any) -> bool:
    """What the service that started a clock brought is void: the term counts from the new paper."""
    row = delivery_told(case, clock.started_by)
    return row is not None and is_of_void_paper(case, row)


def has_sued_or_not(case: Any, event: Any, clock: Any) -> bool:
    """It is known whether the party of this clock sued; of a part award, over this very one."""
    said = event.data.get("follow_up")
    known = said == FollowUp.NONE or (said == FollowUp.SUED and _went_himself(event, clock))
    return known and (event.move != "part_follow_up" or is_of_this_award(case, event, clock))


def has_applied_or_not(case: Any, event: Any, clock: Any) -> bool:
    """It is known whether this employer asked the court to set the award, or this part, aside.

    That nobody sued says nothing about it while the longer term to apply still runs.
    """
    said = event.data.get("follow_up")
    over = clock.due_on is not None and clock.due_on < event.on
    known = (said == FollowUp.NONE and over) or (
        said == FollowUp.SET_ASIDE and _went_himself(event, clock)
    )
    return known and (event.move != "part_follow_up" or is_of_this_award(case, event, clock))


def _went_himself(event: Any, clock: Any) -> bool:
    """Whether the party who went to the court is the one whose service started the clock.

    Where either is not named, as in a ledger, the event is about every clock.  Who went over one
    of several awards still has the term of another.
    """
    went = event.data.get("party") or {}
    own = (clock.started_by.data.get("party") if clock.started_by else None) or {}
    if not went or not own:
        return True
    in_part = event.move == "part_follow_up"
    return went.get("id") == own.get("id") and (
        in_part or is_over(event.data.get("over") or "", clock)
    )


def suit_is_taken_back(case: Any, event: Any, clock: Any) -> bool:
    """What was registered by mistake that this party did is taken back: its term runs on, unless it
    was over already when it was registered that nobody had sued."""
    taken_back = event.data.get("follow_up") == FollowUp.UNKNOWN and event.data.get("party")
    if not taken_back or not _went_himself(event, clock):
        return False
    if event.move == "part_follow_up":
        silent = nobody_sued_on(case, event.data["part"])
        over = clock.due_on and any(clock.due_on < on for on in silent)
        return not over and is_of_this_award(case, event, clock)
    return bool(event.move == "follow_up")


def no_notice_runs(case: Any, event: Any, clock: Any) -> bool:
    """Of several public notices the last one ends the time that is not counted."""
    return event.move != "notice_over" or not case.deliveries.filter(state="notice").exists()


def which_award(event: Any) -> str:
    """Of which party the term to go to the court is, and over which award."""
    party = (event.data.get("party") or {}).get("text") or ""
    return "，".join(filter(None, (party, event.data.get("served_name") or "")))


def which_decision(event: Any) -> str:
    """Which decision is served, and of which day."""
    return f"{event.on:%Y-%m-%d} {event.label}"
