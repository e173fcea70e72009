"""What must hold of a dispute after a correction of its fields: its track, its number of people.

The procedure is chosen in 立案审批 under conditions.  A correction that breaks them is refused with
the step that lifts the procedure first.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows.conditions import collective_has_no_simple_track
from arbitration.workflows.posts import TRIAL
from arbitration.workflows.tracks import fits_its_track

BACK_FIRST = "先由院长“退回承办人”，更正后重新报立案审批"
ORDINARY_FIRST = "先由院长办“转为一般程序”，再更正"


def still_fits_its_track(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """The simple or fast track goes on only while its conditions hold (办案规则 56, 57, 61).

    Before the case is proposed the procedure is chosen anew anyway.
    """
    if case.state == "pending":
        first = BACK_FIRST
    elif case.state in TRIAL:
        first = ORDINARY_FIRST
    elif case.state == "suspended":
        first = f"恢复审理后{ORDINARY_FIRST}"
    elif case.accepted_on:
        first = "案件已按这一程序审结，不能这样更正"
    else:
        return
    for reason in fits_its_track(case, {}):
        yield f"{reason}。{first}"


def still_fits_its_number(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Ten or more are heard as a collective dispute; while the head has it, it goes back first."""
    if case.state == "pending":
        for reason in collective_has_no_simple_track(case, {}):
            yield f"{reason}。{BACK_FIRST}"


def counts_whom_it_names(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """No fewer people than applicants on the list."""
    named = case.parties.filter(role="applicant", left_on__isnull=True).count()
    if case.people < named:
        yield f"涉及人数不能少于已列的申请人{named}人"


CHECKS = (still_fits_its_track, still_fits_its_number, counts_whom_it_names)
