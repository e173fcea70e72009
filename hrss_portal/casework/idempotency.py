"""A form sent twice has one effect: the key, the effect and the answer are one transaction."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.casework.models import IdempotencyKey

if TYPE_CHECKING:
    from hrss_portal.jobs.models import Job

KEEP = timedelta(days=7)


class KeyReused(Exception):
    """The same key came with another body: the page was changed after it had been sent."""


@dataclass(frozen=True)
class Claim:
    """The right to act on a key.  ``earlier`` is the answer already given, if there is one."""

    row_id: int
    earlier: IdempotencyKey | None

    def answer(self, *, status: int, location: str = "", body: Any = None) -> None:
        """Remember what this key led to.  Runs in the transaction of the effect."""
        IdempotencyKey.objects.filter(pk=self.row_id).update(
            status=status, location=location, body=body
        )


def fingerprint(body: bytes) -> str:
    """The hash by which two bodies are compared."""
    return sha256(body).hexdigest()


def claim(user: User | None, route: str, key: str, body_sha256: str) -> Claim:
    """Take the key, waiting for a transaction that holds it; ``user`` None: of a public page.

    Must run inside the transaction of the effect.  Raises ``KeyReused`` when the key was used for
    another body.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO casework_idempotencykey
                      (user_id, route, key, body_sha256, location, made_at)
               VALUES (%s, %s, %s, %s, '', now()) ON CONFLICT DO NOTHING RETURNING id""",
            [user.pk if user else None, route, key, body_sha256],
        )
        row = cursor.fetchone()
    if row:
        return Claim(row[0], None)
    earlier = IdempotencyKey.objects.get(user=user, route=route, key=key)
    if earlier.body_sha256 != body_sha256:
        raise KeyReused
    return Claim(earlier.pk, earlier)


def forget_old() -> int:
    """Delete keys older than a week; returns how many."""
    return IdempotencyKey.objects.filter(made_at__lt=timezone.now() - KEEP).delete()[0]


def run(job: "Job | None" = None) -> dict[str, int]:
    """The periodic job: forget what is older than a week."""
    return {"forgotten": forget_old()}
