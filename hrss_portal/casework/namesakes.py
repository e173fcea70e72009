"""同名核实: the head of the office says whether a member of staff is the party of that name."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework import door, own_case, tell
from hrss_portal.casework.changing import write_event
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.moves import MoveRefused, lock
from hrss_portal.casework.own_case import TOPIC as TOPIC  # noqa: PLC0414 - part of this face
from hrss_portal.casework.workflow import sides_of, workflow_of
from hrss_portal.parties import staff


@transaction.atomic
def answer(case: Case, user: User, *, same: bool, by: User, reason: str) -> Event:
    """Write down whether ``user`` is the party (or agent) of his name in this case.

    Whoever assigns the cases answers, never of himself.  Raises ``MoveRefused`` where nobody in
    the case bears the name, ``PermissionDenied`` without the right.
    """
    case = lock(case, None)
    policy.require(by, f"{case.kind}.assign", case)
    if by.pk == user.pk:
        raise PermissionDenied("是否本人由别的负责人确认")
    sides = [side for side in sides_of(case, [user]) if side.name == user.name]
    if not sides or case.is_void:
        raise MoveRefused([f"此件没有与 {user.name} 同名的当事人、代理人"])
    label = "确认是本人，回避" if same else "确认不是同一人"
    with door.opened():
        case.updated_by = by
        case.version += 1
        case.save(update_fields=["updated_by", "version"])
        event = write_event(
            case,
            kind=EventKind.AMEND,
            move=TOPIC,
            label=f"{label}：{user.name}"[:60],
            by=by,
            on=timezone.localdate(),
            from_state=case.state,
            to_state=case.state,
            data={"user": user.pk, "same": same, "sides": {one.key: one.name for one in sides}},
            note=reason,
        )
    tell.after(case, event, by=by)
    return event


def open_ones(case: Case, by: User) -> list[User]:
    """The members of the bureau of whom ``by`` should still say whether they are a party."""
    agents = workflow_of(case).agents
    names = {side.name for side in case.parties.all() if side.employer_id is None}
    names |= set(agents(case)) if agents else set()
    if case.is_void or not names:
        return []
    staff_here = User.objects.filter(is_active=True, unit__path__startswith=case.unit.root_path)
    same = list(staff_here.filter(name__in=names).exclude(pk=by.pk).order_by("staff_no"))
    if not same:
        return []
    sides, indexes = sides_of(case, same), staff.indexes_of(same)
    asked = own_case.namesakes
    return [user for user in same if asked(case, user, indexes.get(user.pk, ""), sides)]
