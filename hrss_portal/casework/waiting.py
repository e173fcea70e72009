"""待办: which cases still wait for somebody, and for whom."""

from django.db.models import Q

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.rights import Rights
from hrss_portal.casework import requests
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import Move, Workflow, workflows


def unfinished() -> Q:
    """Cases of this house with something left to do: their workflow goes on from their state.

    ``closed_on`` does not end the waiting: after an award it is served, closed and filed.  What a
    ledger told as ended (``is_live`` false) is not worked on here.
    """
    found = Q(pk__in=())
    for workflow in workflows():
        found |= Q(kind=workflow.of, state__in=sorted(workflow.unfinished))
    return Q(voided_at__isnull=True, is_live=True) & found


def waits_for(user: User) -> Q:
    """The unfinished cases that wait for this user.

    What one handles or assists; what nobody handles yet, for whoever took it in and for those of
    its office who assign; what was proposed or asked for (报请), for those who decide on it.
    """
    rights = policy.current_rights(user)
    found = Q(handler=user.pk) | Q(deputy=user.pk) | _unassigned(user)
    for workflow in workflows():
        steps = _made_by(workflow, rights)
        if states := {state for step in steps for state in _submitted(workflow, step)}:
            found |= Q(kind=workflow.of, state__in=sorted(states))
        found |= requests.waiting_for(workflow, steps)
    return unfinished() & found


def _unassigned(user: User) -> Q:
    here = Q(unit__path__startswith=user.unit.path)
    heads = here & policy.visible(user, Case, "assign")
    return Q(handler__isnull=True) & (Q(created_by=user.pk) | heads)


def _made_by(workflow: Workflow, rights: Rights) -> list[Move]:
    """The moves that a post held, or a delegation, lets somebody make."""
    area = workflow.of.partition(".")[0]
    return [
        step for step in workflow.moves if not step.by.isdisjoint(rights.posts_for(area, step.code))
    ]


def _submitted(workflow: Workflow, step: Move) -> frozenset[str]:
    """The states in which a case was put before whoever makes this approval, and nothing else.

    What an approver may decide of his own accord, in any state, makes no case wait for him.
    """
    if not step.approval or step.to is None:
        return frozenset()
    return step.source & {one.to for one in workflow.moves if one.proposes and one.to}
