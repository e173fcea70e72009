"""Which moves a case as it stands may be offered: buttons that could only be refused stay away.

The page has read what hangs on the case, so everything is looked through with ``all()``.
"""

from typing import Any

from django.utils import timezone

from arbitration.models import Hearing
from arbitration.workflows.awards import AHEAD, DECISIONS
from arbitration.workflows.deliveries import EARLY_PAPERS, MADE_HERE
from arbitration.workflows.safeguards import over_on
from hrss_portal.casework.models import Delivery

ACCEPTANCE = frozenset({"arb.accept", "arb.accept_collective"})
TRIAL = frozenset({"arb.award"})


def missing_of_application(case: Any) -> list[str]:
    """What the application must hold and does not (调解仲裁法 Article 28), in words."""
    return [
        label
        for label, value in (
            ("劳动合同履行地", case.town_id),
            ("离职（争议发生）时间", case.dispute_on),
            ("事实与理由", case.facts),
            ("申请人签名日期", case.signed_on),
            ("材料份数", case.copies),
            ("仲裁请求", case.claims.all()),
        )
        if not value
    ]


def application_is_incomplete(case: Any) -> bool:
    """Whether the application is still to be filled in, as after a quick intake."""
    return bool(missing_of_application(case))


def notice_runs(case: Any) -> bool:
    """Whether a public notice runs, which alone can come to its end."""
    return any(row.state == Delivery.State.NOTICE for row in case.deliveries.all())


def term_is_over(case: Any) -> bool:
    """Whether the term of which a notice tells the party is over: of acceptance, then of trial."""
    terms = TRIAL if case.accepted_on else ACCEPTANCE
    clocks = sorted((one for one in case.clocks.all() if one.term in terms), key=lambda one: one.pk)
    if not case.accepted_on:
        clocks = [one for one in clocks if one.state == "running"]
    return bool(clocks) and over_on(clocks[-1], timezone.localdate()) is not None


def something_to_serve(case: Any) -> bool:
    """Whether papers go out: after acceptance or the end, before it once one of those is issued."""
    if case.accepted_on or case.closed_on:
        return True
    kinds = {kind for name in EARLY_PAPERS for kind in MADE_HERE[name]}
    return any(row.kind in kinds and row.state == "issued" for row in case.papers.all())


def was_awarded(case: Any) -> bool:
    """Whether there is an award, of all, of a part or ahead of it."""
    in_part = any(claim.part_awarded_on for claim in case.claims.all())
    ahead = any(row.kind == AHEAD and row.state == "issued" for row in case.papers.all())
    return in_part or ahead or str(case.outcome).endswith("award")


def may_be_corrected(case: Any) -> bool:
    """Whether there is an award, or a decision without one that was issued and is not void."""
    made = [row for row in case.papers.all() if row.kind in DECISIONS and row.state == "issued"]
    return was_awarded(case) or any(row.paper.voided_at is None for row in made)


def has_planned_hearing(case: Any) -> bool:
    """Whether a hearing stands on the calendar that a party may ask to put off."""
    return any(row.state == Hearing.State.PLANNED for row in case.hearings.all())
