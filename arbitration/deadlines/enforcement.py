"""From which day an award or a settlement may be enforced, and who keeps it from taking effect.

A settlement binds when the last party has it (调解仲裁法 Article 42), a final award from the day it
was made (Article 47), any other award the day after the last term to sue, if nobody sued (Article
50).  Who sues, over all of its items or some, keeps an award from taking effect, a final one that
its worker sued over as well; of several workers those alone who sued (法释〔2020〕26号 Articles 16,
17, K1: not compared with the text).  An application to set a final award aside leaves it in effect
until the court sets it aside.  Of separate awards each stands for itself.
"""

from datetime import date, timedelta
from typing import Any

from django.utils.dateparse import parse_date

from arbitration.models.choices import CloseMode, CourtResult, FollowUp
from arbitration.workflows.deliveries import SETTLEMENT, is_over, served_by
from arbitration.workflows.posts import PARTY_ROLES
from arbitration.workflows.suits import OVER, stands_for, went_over, workers_who_did_not_sue

#: The awards of each outcome: as ``went_over`` names them, and whether each is final.
AWARDS_OF: dict[str, dict[str, bool]] = {
    CloseMode.FINAL_AWARD: {"final": True},
    CloseMode.AWARD: {"final": False},
    CloseMode.SPLIT_AWARD: {"final": True, "open": False},
}
TERM = "arb.enforcement"


def enforceable_from(case: Any, event: Any) -> date | None:
    """The last day for performance that the closing states, else the day the paper took effect.

    None while the paper has no effect.
    """
    closed = case.events.filter(move="close").order_by("pk").last()
    closing = event if event.move == "close" or closed is None else closed
    said = parse_date(str(closing.data.get("perform_by") or ""))
    if case.outcome == CloseMode.MEDIATED:
        return said or served_by(case, SETTLEMENT, set(PARTY_ROLES), since=case.closed_on)
    if case.outcome not in AWARDS_OF:
        return said
    standing = {
        over: is_final
        for over, is_final in AWARDS_OF[case.outcome].items()
        if not has_no_effect(case, over)
    }
    days = [_binds_from(case, over, is_final) for over, is_final in standing.items()]
    known = min((day for day in days if day), default=None)
    return (said or known) if standing else None


def for_whom(event: Any) -> str:
    """Of several workers those for whom the award may be enforced although others sued."""
    if event.data.get("follow_up") != FollowUp.SUED:
        return ""
    case = event.case.specific
    names = {stands_for(case, over) for over in AWARDS_OF.get(case.outcome, {})} - {""}
    return f"没有起诉的{'；'.join(sorted(names))}" if names else ""


def has_no_effect(case: Any, over: str) -> bool:
    """Whether an award is known to be without effect: sued over, or set aside by the court."""
    went = {side: how for (one, side), how in went_over(case).items() if one == over}
    if any(result == CourtResult.SET_ASIDE for _, result in went.values()):
        return True
    sued = {side for side, (how, _) in went.items() if how == FollowUp.SUED}
    if sued == {"worker"}:
        return not workers_who_did_not_sue(case, over)
    unnamed = case.follow_up == FollowUp.SUED and not went_over(case)
    return bool(sued) or unnamed


def _binds_from(case: Any, over: str, is_final: bool) -> date | None:
    """The day from which an award binds over which nobody, or not every worker, sued."""
    if is_final:
        day: date | None = case.closed_on
        return day
    if case.follow_up == FollowUp.UNKNOWN:
        return None
    name = over if case.outcome == CloseMode.SPLIT_AWARD else ""
    clocks = case.clocks.filter(term="arb.sue").select_related("started_by")
    days = [clock.due_on for clock in clocks if clock.due_on and is_over(name, clock)]
    return max(days) + timedelta(days=1) if days else None


def may_be_enforced(case: Any, event: Any) -> bool:
    """The paper has, or will have, effect from a known day: at the closing, or later again, when a
    suit that had been registered by mistake is taken back."""
    if event.move == "follow_up":
        taken_back = event.data.get("follow_up") == FollowUp.UNKNOWN
        was_closed = event.from_state in {"closed", "archived"}
        runs = case.clocks.filter(term=TERM, state="running").exists()
        if not (taken_back and was_closed) or runs:
            return False
    return enforceable_from(case, event) is not None


def lost_its_effect(case: Any, event: Any, clock: Any) -> bool:
    """What was registered after the closing keeps the award from taking effect."""
    return any(has_no_effect(case, over) for over in OVER) and enforceable_from(case, event) is None
