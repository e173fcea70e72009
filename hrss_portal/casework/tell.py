"""Who hears about a change of a case: written in its transaction, sent on commit.

An app above adds the dotted path of ``listener(case, event)`` to ``listeners`` in its
``AppConfig.ready``; it is called in the same transaction.
"""

from django.utils.module_loading import import_string

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework.models import Case, Event, Follow
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.notifications.inbox import notify

listeners: list[str] = []


def after(case: Case, event: Event, *, by: User | None) -> None:
    """Notify whoever has the next step, the handler and the followers; never the actor.

    An imported past move tells nobody.
    """
    if not case.is_live:
        return
    people = {*_next_people(case, event), *_watchers(case)}
    if by is not None:
        people.discard(by.pk)
    if people:
        notify(
            User.objects.filter(pk__in=people, is_active=True),
            title=f"{case.reference} {event.label}",
            body=case.title,
            url=case.get_absolute_url(),
            kind="case",
            key=f"event:{event.pk}",
        )
    for path in listeners:
        import_string(path)(case, event)


def _next_people(case: Case, event: Event) -> set[int]:
    """The handler; where the next main step needs a second person, those who may take it."""
    people = {pk for pk in (case.handler_id, case.deputy_id) if pk is not None}
    if event.to_state != event.from_state and case.is_open:
        for move in workflow_of(case).moves:
            if move.approval and move.main and move.to and case.state in move.source:
                people |= {user.pk for user in policy.post_holders(move.by, case.unit)}
    return people


def _watchers(case: Case) -> set[int]:
    return set(Follow.objects.filter(case_id=case.pk).values_list("user_id", flat=True))
