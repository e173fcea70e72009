"""In whose hands a case may be: posts that handle its kind, and who keeps away from it (回避)."""

from django.db.models import QuerySet

from hrss_portal.access.accounts import users_in_posts
from hrss_portal.access.models import Unit, User
from hrss_portal.access.roles import POST_LABELS
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import Workflow, own_case_of, workflow_of

Hands = set[tuple[str, int]]


def hands_of(case: Case) -> Hands:
    """The part (handler, deputy) and the id of each user in whose hands the case is."""
    parts = (("handler", case.handler_id), ("deputy", case.deputy_id))
    return {(part, pk) for part, pk in parts if pk is not None}


def staff_of(unit: Unit) -> QuerySet[User]:
    """The active users of an office and what is below it, for a choice of colleagues."""
    return User.objects.filter(is_active=True, unit__path__startswith=unit.path).order_by(
        "staff_no"
    )


def handlers_for(workflow: Workflow, unit: Unit) -> QuerySet[User]:
    """The colleagues in an office who may handle a case of this kind."""
    found = staff_of(unit)
    if workflow.handled_by:
        found = found.filter(pk__in=_in_posts(workflow, unit).values("pk"))
    return found


def problems(case: Case, before: Hands) -> list[str]:
    """What keeps those from the case who were not in that part ``before``."""
    new, workflow = hands_of(case) - before, workflow_of(case)
    people = sorted({pk for _, pk in new})
    found = list(workflow.stands_aside(case, people)) if people and workflow.stands_aside else []
    found += own_case_of(case, list(User.objects.filter(pk__in=people))) if people else []
    handler = case.handler
    if handler and ("handler", handler.pk) in new and not _may_handle(workflow, case, handler):
        wanted = "、".join(POST_LABELS[code] for code in sorted(workflow.handled_by))
        found.append(f"{handler.name} 不在承办的岗位上，这类办件由{wanted}承办")
    return found


def _may_handle(workflow: Workflow, case: Case, user: User) -> bool:
    holders = _in_posts(workflow, case.unit).filter(pk=user.pk)
    return not workflow.handled_by or holders.exists()


def _in_posts(workflow: Workflow, unit: Unit) -> QuerySet[User]:
    return users_in_posts(unit, *sorted(workflow.handled_by))
