"""A large group some of whom left the case: its number, its procedure, its representatives.

Ten or more are heard as a collective dispute and choose three to five representatives (办案规则
Articles 62 and 63).  When some of them withdraw, number and representatives may no longer fit: the
list of what is to be done says so, with the step that mends it.
"""

from typing import Any

from arbitration.models.choices import Procedure
from arbitration.workflows.amending import RENUMBER, number_words, procedure_by_number
from arbitration.workflows.conditions import representatives_are_three_to_five
from arbitration.workflows.posts import TRIAL

FEWER = "不足十人的共同申请人不设代表人，在“更正”里去掉代表人的勾选"
CHOOSE = "由其余申请人推举，在“更正”里勾选代表人"


def present_applicants(case: Any) -> list[Any]:
    """Those who still apply."""
    return [row for row in case.parties.all() if row.role == "applicant" and row.left_on is None]


def representatives(case: Any) -> str:
    """The names of the representatives whom the applicants chose; nothing where they chose none."""
    return "、".join(row.name for row in present_applicants(case) if row.is_representative)


def number_is_another(case: Any) -> bool:
    """Whether applicants left and the number of the others asks for another procedure."""
    if case.state not in TRIAL | {"suspended"} or not some_left(case):
        return False
    return procedure_by_number(case) != case.procedure


def some_left(case: Any) -> bool:
    """Whether applicants left the case."""
    return any(row.role == "applicant" and row.left_on for row in case.parties.all())


def fits(case: Any) -> bool:
    """Whether number and representatives fit the group that is left; once the case ended nobody
    mends them."""
    return case.state not in TRIAL | {"suspended"} or not say_group(case)


def say_group(case: Any) -> str:
    """What no longer fits, each with the step that mends it; nothing where all does."""
    found = []
    if number_is_another(case):
        first = "恢复审理后" if case.state == "suspended" else ""
        found.append(f"{number_words(case, procedure_by_number(case))}。{first}{RENUMBER}")
    reasons = representatives_are_three_to_five(case, {"parties": present_applicants(case)})
    many = case.procedure == Procedure.COLLECTIVE and not number_is_another(case)
    found += [f"{reason}（办案规则第六十三条）。{CHOOSE if many else FEWER}" for reason in reasons]
    return "；".join(found)
