"""Half-typed forms, kept on the server every few seconds and offered again."""

import json
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.casework.models import Draft
from hrss_portal.desk.reachable import still_seen

LONGEST = 200_000


def key_of(request: HttpRequest) -> str:
    """What the draft of a page is kept under: its address without the query."""
    return request.path[:120]


def save(user: User, key: str, *, label: str, body: str) -> None:
    """Keep what was typed.  Raises ``ValueError`` for something that no form of ours sends."""
    values = json.loads(body)
    if len(body) > LONGEST or not isinstance(values, dict):
        raise ValueError("not a draft")
    Draft.objects.update_or_create(
        user=user,
        form=key[:120],
        defaults={
            "label": label[:120],
            "url": key[:300],
            "body": body,
            "saved_at": timezone.now(),
        },
    )


def seen(user: User) -> list[Draft]:
    """The user's drafts, newest first, without those of records that went out of sight."""
    kept = list(Draft.objects.filter(user=user).order_by("-saved_at"))
    urls = still_seen(draft.url for draft in kept)
    return [draft for draft in kept if draft.url in urls]


def find(user: User, key: str) -> Draft | None:
    """The draft of a page, if there is one."""
    return Draft.objects.filter(user=user, form=key).first()


def data(user: User, key: str) -> QueryDict | None:
    """What a draft holds, as a form takes it."""
    draft = find(user, key)
    if draft is None:
        return None
    values: dict[str, Any] = json.loads(draft.body)
    found = QueryDict(mutable=True)
    for name, given in values.items():
        found.setlist(
            name, [str(one) for one in given] if isinstance(given, list) else [str(given)]
        )
    return found


def drop(user: User, key: str) -> None:
    """Throw a draft away."""
    Draft.objects.filter(user=user, form=key).delete()
