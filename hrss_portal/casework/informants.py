"""举报人: who told of a matter and must stay unknown (data class P2).

《劳动保障监察条例》第九条.  Kept encrypted in a table of its own, never among the parties.  Whoever
sees the case learns that there is one; who it is, only by ``reveal``: class P2 on this case (its
handler, the head of the office, the director), with a reason, logged before the data leaves.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.audit.log import record_access
from hrss_portal.casework import door
from hrss_portal.casework.changing import write_event
from hrss_portal.casework.models import Case, Informant
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import barred_from, workflow_of
from hrss_portal.parties import reveals

DATA_CLASS = "P2"
#: The rows of an intake form that ask for them.
ROWS = "informants"
NOT_CLEARED = policy.Decision(False, "class-P2", "举报人信息只由承办人、股室负责人和局长查看")


def keep(case: Case, rows: Sequence[Mapping[str, Any]], *, by: User | None) -> None:
    """Store cleaned rows of ``forms.InformantForm``; called by the door.

    Raises ``ValueError`` for a kind of case that declares no ``Workflow.informants``.
    """
    if rows and not workflow_of(case).informants:
        raise ValueError(f"{case.kind} keeps no informants")
    for row in rows:
        told = {name: value for name, value in row.items() if value}
        text = json.dumps(told, ensure_ascii=False, default=str)
        Informant.objects.create(case_id=case.pk, told=text, made_by=by)


def sees(user: User, case: Case) -> bool:
    """Whether the user may open, with a reason, who told of the matter: nobody who takes no part in
    the case (回避), be it that the matter is about himself."""
    return policy.sees_class(user, case, DATA_CLASS) and not barred_from(case.specific, user)


def require(user: User, case: Case) -> None:
    """Raises ``Refused`` for who may not."""
    if not sees(user, case):
        raise policy.Refused(f"{case.kind}.view", NOT_CLEARED, case)


@transaction.atomic
def add(case: Case, row: Mapping[str, Any], *, by: User) -> None:
    """Store one who became known later; the timeline says that, and not who.

    Raises ``Refused`` without class P2 or the right to edit the case, ``ValidationError`` for an
    archived or void case, ``ValueError`` as ``keep``.
    """
    require(by, case)
    policy.require(by, f"{case.kind}.edit", case)
    if case.is_void or case.archived_on:
        raise ValidationError("此件已作废或者已归档，不能再补登")
    with door.opened():
        keep(case, [row], by=by)
        write_event(
            case,
            kind=EventKind.AMEND,
            move=ROWS,
            label=f"补登{workflow_of(case).informants}（信息保密）",
            by=by,
            on=timezone.localdate(),
            from_state=case.state,
            to_state=case.state,
            data={},
        )


@transaction.atomic
def reveal(case: Case, *, by: User, reason: str, note: str = "") -> list[dict[str, str]]:
    """Who told of the matter, after writing who opens it and why.

    Each row by the names of ``forms.InformantForm``; what was not given is left out.  Raises
    ``Refused`` without class P2, ``ValidationError`` without a reason or beyond the limits of
    ``parties.reveals``.
    """
    require(by, case)
    words = reveals.reason_words(reason, note)
    rows = list(Informant.objects.filter(case=case.pk))
    if not rows:
        raise ValidationError(f"没有登记{workflow_of(case).informants}")
    reveals.check_limit(by, case.kind, case.pk)
    record_access(
        "reveal",
        subject_type=case.kind,
        subject_id=case.pk,
        label=case.reference,
        reason=words,
        fields=[ROWS],
        case_id=case.pk,
    )
    return [json.loads(row.told) for row in rows if row.told]
