"""Writing and reading the access and refusal logs."""

from collections.abc import Iterable

from django.db.models import QuerySet

from hrss_portal.audit import context
from hrss_portal.audit.logs import hide_secrets
from hrss_portal.audit.models import AccessEntry, RefusalEntry

NOBODY = context.Actor(None, "未登录", "request")


def record_access(
    kind: str,
    *,
    subject_type: str,
    subject_id: object,
    label: str = "",
    reason: str = "",
    fields: Iterable[str] = (),
    case_id: int | None = None,
) -> AccessEntry:
    """Notes that the acting person is about to see something; call it before the data leaves.

    ``kind`` is one of ``AccessEntry.Kind``; ``subject_type`` is a model label such as
    ``"parties.person"``.  Never put an identifier in ``label`` unmasked.  Raises ``ActorMissing``,
    and ``ValueError`` for an unknown kind.
    """
    actor = context.require()
    return AccessEntry.objects.create(
        kind=AccessEntry.Kind(kind).value,
        subject_type=subject_type,
        subject_id=str(subject_id),
        label=hide_secrets(label)[:200],
        reason=reason[:200],
        fields=list(fields),
        case_id=case_id,
        **_who(actor),
    )


def record_refusal(
    *, route: str, method: str, rule: str, subject: str = "", address: str = ""
) -> RefusalEntry:
    """Notes a refusal; the actor may be nobody (not logged in).  Call it outside the transaction
    that was rolled back."""
    return RefusalEntry.objects.create(
        route=hide_secrets(route)[:100],
        method=method[:10],
        rule=rule[:60],
        subject=hide_secrets(subject)[:200],
        address=address[:45],
        **_who(context.current() or NOBODY),
    )


def viewers(subject_type: str, subject_id: object) -> QuerySet[AccessEntry]:
    """谁看过: the accesses to one subject, newest first."""
    return AccessEntry.objects.filter(subject_type=subject_type, subject_id=str(subject_id))


def _who(actor: context.Actor) -> dict[str, object]:
    return {
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "purpose": actor.purpose,
        "request_id": actor.request_id or context.request_id(),
    }
