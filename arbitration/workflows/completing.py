"""送达完成日 of form A04: the day on which the result has reached every party."""

from datetime import date
from typing import Any

from arbitration.models.choices import CloseMode
from arbitration.workflows.deliveries import (
    PLAIN_DECISION,
    SETTLEMENT,
    award_papers,
    decision_at_the_end,
    served_by,
)
from arbitration.workflows.posts import PARTY_ROLES


def service_completed_on(case: Any) -> date | None:
    """When the last party received the last paper of the result, by the deliveries registered;
    None where they do not say it: one is missing, or nothing ends the case on paper."""
    everybody = set(PARTY_ROLES)
    if case.state == "awarded":
        days = [served_by(case, one, everybody) for one in award_papers(case)]
    elif case.state == "mediated":
        days = [served_by(case, SETTLEMENT, everybody, since=case.closed_on)]
    else:
        decision, roles = decision_at_the_end(case)
        papers = {decision, PLAIN_DECISION}
        days = [served_by(case, papers, roles, since=case.closed_on)] if decision else []
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def cannot_be_completed_on(case: Any, day: date) -> str:
    """Why service cannot have been completed on that day; "" where it can."""
    if case.accepted_on and day < case.accepted_on:
        return f"本案 {case.accepted_on:%Y-%m-%d} 受理，送达完成日不能早于这一天"
    if case.closed_on and day < case.closed_on:
        name = dict(CloseMode.choices).get(case.outcome, "处理结果")
        return f"{name}是 {case.closed_on:%Y-%m-%d} 作出的，送达完成日不能早于这一天"
    told = service_completed_on(case)
    if told and day != told:
        return f"登记的送达 {told:%Y-%m-%d} 全部完成，送达完成日填这一天；送达登记错了的，先“更正”"
    return ""
