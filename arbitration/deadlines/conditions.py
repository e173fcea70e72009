"""Which events start a term, and which of the meeting moves really meet a clock."""

from typing import Any

from arbitration.models.choices import Finality, MediationSource


def is_single(case: Any, event: Any) -> bool:
    """Fewer than ten workers."""
    return not case.is_collective


def is_collective(case: Any, event: Any) -> bool:
    """Ten or more workers with one claim."""
    return bool(case.is_collective)


def is_fast(case: Any, event: Any) -> bool:
    """On the fast track for migrant workers' pay."""
    return bool(case.is_fast)


def served_on_respondent(case: Any, event: Any) -> bool:
    """The copy of the application reached a respondent."""
    return event.data.get("served_role") == "respondent" and bool(event.data.get("served_on"))


def served_award(case: Any, event: Any) -> bool:
    """The award reached a party; the delivery form says so."""
    return event.data.get("served_paper") == "award" and bool(event.data.get("served_on"))


def served_split_or_plain(case: Any, event: Any) -> bool:
    """An award that is not final reached a party."""
    return served_award(case, event) and case.finality != Finality.FINAL


def served_final_on_worker(case: Any, event: Any) -> bool:
    """A final award reached the worker's side."""
    return (
        served_award(case, event)
        and case.finality in {Finality.FINAL, Finality.SPLIT}
        and event.data.get("served_role") == "applicant"
    )


def served_final_on_employer(case: Any, event: Any) -> bool:
    """A final award reached the employer's side."""
    return (
        served_award(case, event)
        and case.finality in {Finality.FINAL, Finality.SPLIT}
        and event.data.get("served_role") == "respondent"
    )


def happened_here(case: Any, event: Any) -> bool:
    """Not told by a ledger: an old file lies in the paper archive already."""
    return bool(event.is_live)


def is_awarded(case: Any, event: Any) -> bool:
    """Closed by an award."""
    return str(case.outcome).endswith("award")


def is_not_awarded(case: Any, event: Any) -> bool:
    """Closed otherwise than by an award."""
    return not is_awarded(case, event)


def on_platform(case: Any, event: Any) -> bool:
    """Came through the internet-mediation platform, which gave no due time of its own."""
    return case.channel == MediationSource.PLATFORM and case.platform_due_at is None


def on_any_platform(case: Any, event: Any) -> bool:
    """Came through the internet-mediation platform."""
    return bool(case.channel == MediationSource.PLATFORM)


def off_platform(case: Any, event: Any) -> bool:
    """Any other channel."""
    return not on_any_platform(case, event)


def is_enterprise(case: Any, event: Any) -> bool:
    """Brought to a committee inside an enterprise."""
    return bool(case.channel == MediationSource.ENTERPRISE)


def answer_came(case: Any, event: Any, clock: Any) -> bool:
    """The answer of the respondent whose service started this clock (one respondent: any)."""
    asked = clock.started_by.data.get("party") if clock.started_by else None
    given = event.data.get("party")
    return not asked or not given or asked == given


def is_single_without_tribunal(case: Any, event: Any) -> bool:
    """Accepted without naming the tribunal: that is still to be done and notified."""
    return is_single(case, event) and not event.data.get("tribunal")


def is_closed_or_served_award(case: Any, event: Any, clock: Any) -> bool:
    """The award reached a party, or the file was closed."""
    return event.move == "close" or served_award(case, event)
