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
from hrss_portal.casework.own_case import Staff, told
from hrss_portal.casework.workflow import sides_of, workflow_of
from hrss_portal.parties import staff


@transaction.atomic
def answer(case: Case, who: Staff, *, same: bool, by: User, reason: str) -> Event:
    """Write down whether ``who`` is the party (or agent) of his name in this case.

    Whoever assigns the cases answers, never of himself.  Raises ``MoveRefused`` where nobody in
    the case bears the name, ``PermissionDenied`` without the right.
    """
    case = lock(case, None)
    policy.require(by, f"{case.kind}.assign", case)
    if who == by:
        raise PermissionDenied("是否本人由别的负责人确认")
    sides = [side for side in sides_of(case, [who]) if side.name == who.name]
    if not sides or case.is_void:
        raise MoveRefused([f"此件没有与 {who.name} 同名的当事人、代理人"])
    label = "确认是本人，回避" if same else "确认不是同一人"
    with door.opened():
        case.updated_by = by
        case.version += 1
        case.save(update_fields=["updated_by", "version"])
        event = write_event(
            case,
            kind=EventKind.AMEND,
            move=TOPIC,
            label=f"{label}：{who.name}"[:60],
            by=by,
            on=timezone.localdate(),
            from_state=case.state,
            to_state=case.state,
            data=told(who) | {"same": same, "sides": {one.key: one.name for one in sides}},
            note=reason,
        )
    tell.after(case, event, by=by)
    return event


def open_ones(case: Case, by: User) -> list[Staff]:
    """The members of the bureau of whom ``by`` should still say whether they are a party: those
    with an account, then those of the area's register without one."""
    agents, members = workflow_of(case).agents, workflow_of(case).members
    names = {side.name for side in case.parties.all() if side.employer_id is None}
    names |= set(agents(case)) if agents else set()
    if case.is_void or not names:
        return []
    staff_here = User.objects.filter(is_active=True, unit__path__startswith=case.unit.root_path)
    users = list(staff_here.filter(name__in=names).exclude(pk=by.pk).order_by("staff_no"))
    others = [one for one in members(case) if one.name in names] if members else []
    same: list[Staff] = [*users, *others]
    if not same:
        return []
    sides, indexes = sides_of(case, same), staff.indexes_of(users)
    return [
        one
        for one in same
        if own_case.namesakes(
            case, one, indexes.get(one.pk, "") if isinstance(one, User) else "", sides
        )
    ]


def choice_of(who: Staff) -> tuple[str, str]:
    """How a form names somebody of whom the head is asked: a value, and the words."""
    if isinstance(who, User):
        return str(who.pk), f"{who.name}（{who.staff_no}）"
    return who.key, f"{who.name}（没有账号）"
