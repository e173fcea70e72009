"""Who hears about a change of a case: written in its transaction, sent on commit.

An app above adds the dotted path of ``listener(case, event)`` to ``listeners`` in its
``AppConfig.ready``; it is called in the same transaction.
"""

from collections.abc import Collection

from django.utils.module_loading import import_string

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework.models import Case, Event, Follow
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import Move, workflow_of
from hrss_portal.notifications.inbox import notify

listeners: list[str] = []


def after(case: Case, event: Event, *, by: User | None) -> None:
    """Notify whoever has the next step, the handler and the followers; never the actor.

    An imported past move tells nobody, and nobody hears of a case that he may no longer see.
    """
    if not case.is_live:
        return
    ids = {*_next_people(case, event), *_watchers(case)}
    if by is not None:
        ids.discard(by.pk)
    users = User.objects.filter(pk__in=ids, is_active=True).order_by("pk")
    people = [user for user in users if seen_by(user, {case.pk})]
    if people:
        notify(
            people,
            title=f"{case.reference} {event.label}",
            body=case.title,
            url=case.get_absolute_url(),
            kind="case",
            key=f"event:{event.pk}",
        )
    for path in listeners:
        import_string(path)(case, event)


def seen_by(user: User, cases: Collection[int]) -> set[int]:
    """Those of the cases, by id, that the user may see now."""
    rows = Case._base_manager.filter(policy.visible(user, Case), pk__in=cases)
    return set(rows.values_list("pk", flat=True))


def _next_people(case: Case, event: Event) -> set[int]:
    """The handler; where the next main step needs a second person, those who may take it; those
    who decide on what was asked for (报请)."""
    people = {pk for pk in (case.handler_id, case.deputy_id) if pk is not None}
    workflow = workflow_of(case)
    asked = [one.asks for one in workflow.moves if one.asks and one.code == event.move]
    for code in asked if event.kind == EventKind.MOVE else ():
        people |= _deciders(case, workflow.move(code))
    if event.to_state != event.from_state and case.is_open:
        for move in workflow.moves:
            if move.approval and move.main and move.to and case.state in move.source:
                people |= _deciders(case, move)
    return people


def _deciders(case: Case, move: Move) -> set[int]:
    return {user.pk for user in policy.deciders(move.by, f"{case.kind}.{move.code}", case.unit)}


def _watchers(case: Case) -> set[int]:
    return set(Follow.objects.filter(case_id=case.pk).values_list("user_id", flat=True))
