"""What of a case's file asks for a data class, and who has it.

A paper asks for the class that its kind declares (``PaperKind.data_class``: 评议笔录 is P3).  All
that lies in the file of a case heard in private (``Case.is_sealed``) asks for P4 besides.
"""

from collections.abc import Iterable
from typing import Any

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.policy import Decision, Refused
from hrss_portal.casework.models import Attachment, Case
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.documents.kinds import class_of

INNER_CLASS = "P3"
NOT_CLEARED = Decision(False, "data-class", "此件不公开或属副卷，由有权查阅的岗位办理")


def sees_inner(user: User, case: Case) -> bool:
    """Whether the user may know what lies in the inner part (副卷): class P3 of this case."""
    return sees_file(user, case) and policy.sees_class(user, case, INNER_CLASS)


def sees_file(user: User, case: Case) -> bool:
    """Whether the user may know what lies in the file: P4 where the case is heard in private."""
    return not case.file_class or policy.sees_class(user, case, case.file_class)


def sees_paper(user: User, case: Case, kind: str) -> bool:
    """Whether the user may know a paper of this kind of the case."""
    needed = class_of(kind)
    return sees_file(user, case) and (not needed or policy.sees_class(user, case, needed))


def makes(user: User, case: Case, kind: str) -> bool:
    """Whether the user may make a paper of this kind of the case: any with the verb ``paper``; with
    ``receipt``, as at the window, those that are handed out when it is taken in."""
    if policy.can(user, f"{case.kind}.paper", case):
        return True
    handed_out = kind in workflow_of(case).open_papers
    return handed_out and policy.can(user, f"{case.kind}.receipt", case)


def require_making(user: User, case: Case, kind: str) -> None:
    """Raises ``Refused`` for who may not make a paper of this kind (``makes``)."""
    if not makes(user, case, kind):
        policy.require(user, f"{case.kind}.paper", case)


def require_paper(user: User, case: Case, kind: str) -> None:
    """Raises ``Refused`` for a paper whose class the user does not have."""
    if not sees_paper(user, case, kind):
        raise Refused(f"{case.kind}.paper", NOT_CLEARED, case)


def materials_seen(user: User, case: Case, rows: Iterable[Attachment]) -> list[Attachment]:
    """Those of a case's materials that the user may know of."""
    found = list(rows)
    if not found or not sees_file(user, case):
        return []
    if all(row.part != Attachment.Part.INNER for row in found) or sees_inner(user, case):
        return found
    return [row for row in found if row.part != Attachment.Part.INNER]


def papers_seen(user: User, case: Case, rows: Iterable[Any]) -> list[Any]:
    """Those of a case's papers (made or waiting) that the user may know of."""
    found = list(rows)
    kinds = {row.kind for row in found}
    seen = {kind for kind in kinds if sees_paper(user, case, kind)}
    return [row for row in found if row.kind in seen]
