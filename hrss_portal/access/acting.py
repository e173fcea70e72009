"""For whom the current code runs.  Only holds the answer; ``access.scope`` sets it."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hrss_portal.access.models import User
    from hrss_portal.access.rights import Rights

PURPOSES = frozenset(
    {
        "job",
        "import",
        "matching",
        "numbering",
        "reminders",
        "report",
        "migration",
        "command",
        "test",
        "api",
        "audit",
        "demo",
        "public",
        "login",
    }
)


@dataclass
class Acting:
    """A user with a purpose, or (``user`` None) the system with one of ``PURPOSES``.

    ``rights`` are read from the database once per entry, that is once per request.  ``sees``: on a
    public page nobody acts, and only these rows of these models can be read (``Q`` by model).
    """

    user: "User | None"
    purpose: str
    rights: "Rights | None" = field(default=None, repr=False)
    sees: Mapping[type, Any] | None = field(default=None, repr=False)

    @property
    def is_system(self) -> bool:
        """Whether nothing is filtered: the system, for a named purpose."""
        return self.user is None and self.sees is None


_current: ContextVar[Acting | None] = ContextVar("access_acting", default=None)


def current() -> Acting | None:
    """For whom the current code runs, or None outside every scope."""
    return _current.get()


def forget_rights() -> None:
    """Reads the rights anew at next use; called when a grant changes inside a scope."""
    if acting := _current.get():
        acting.rights = None
