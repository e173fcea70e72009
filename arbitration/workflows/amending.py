"""What must hold of a dispute after a correction of its fields: its track, its number of people.

The procedure is chosen in 立案审批 under conditions.  A correction that breaks them is refused with
the step that lifts the procedure first.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from arbitration.models import Dispute
from arbitration.models.choices import Cause, Procedure
from arbitration.workflows.conditions import collective_has_no_simple_track
from arbitration.workflows.posts import TRIAL
from arbitration.workflows.tracks import collective, fits_its_track
from hrss_portal.casework.models import Event
from hrss_portal.deadlines.conditions import State
from hrss_portal.deadlines.lookup import NotFound

BACK_FIRST = "先由院长“退回承办人”，更正后重新报立案审批"
RENUMBER = "由院长办“更正人数并变更程序”，正确的人数填在那一步"
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
    """Ten or more are heard as a collective dispute; while the head has it, it goes back first,
    after acceptance the head changes number and procedure together."""
    if case.state == "pending":
        for reason in collective_has_no_simple_track(case, {}):
            yield f"{reason}。{BACK_FIRST}"
        return
    if not case.accepted_on or (wanted := procedure_by_number(case)) == case.procedure:
        return
    if case.state in TRIAL:
        first = RENUMBER
    elif case.state == "suspended":
        first = f"恢复审理后{RENUMBER}"
    else:
        first = "案件已按这一程序审结，不能这样更正"
    yield f"{number_words(case, wanted)}。{first}"


def procedure_by_number(case: Dispute) -> str:
    """The ordinary or the collective procedure, whichever the number of workers asks for; another
    procedure, and a dispute over a collective contract (cause 其他), as it is.

    On a day without the condition nothing is known, so it stays too.
    """
    if case.procedure not in {Procedure.ORDINARY, Procedure.COLLECTIVE}:
        return str(case.procedure)
    try:
        many = collective(case).state == State.MET
    except NotFound:
        return str(case.procedure)
    if many:
        return str(Procedure.COLLECTIVE)
    stays = case.procedure == Procedure.COLLECTIVE and case.cause == Cause.OTHER
    return str(case.procedure if stays else Procedure.ORDINARY)


def number_words(case: Dispute, wanted: str) -> str:
    """Why a number asks for another procedure, with the condition and its article."""
    asked = collective(case).findings[0].asked
    so = "符合" if wanted == Procedure.COLLECTIVE else "不符合"
    return (
        f"涉及人数 {case.people} 人，{so}集体争议“{asked.words}”（{asked.basis}），"
        f"程序应为{Procedure(wanted).label}"
    )


def number_changes_the_procedure(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Another number is mended by 更正 unless it asks for another procedure."""
    told = copy(case)
    told.people = data.get("people") or case.people
    yield from counts_whom_it_names(told, {})
    if procedure_by_number(told) == case.procedure:
        yield f"{told.people} 人没有跨过集体争议的人数，程序不变；只改人数的，办“更正”"


def renumber(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The procedure that the right number asks for; the terms go on from the acceptance."""
    case.procedure = procedure_by_number(case)
    case.save()


def counts_whom_it_names(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """No fewer people than applicants on the list."""
    named = case.parties.filter(role="applicant", left_on__isnull=True).count()
    if case.people < named:
        yield f"涉及人数不能少于已列的申请人{named}人"


CHECKS = (still_fits_its_track, still_fits_its_number, counts_whom_it_names)
