"""Who is acting.  Every change carries the actor into the database, and a change without one fails.

The actor lives in a context variable.  While one is set, each statement that may write is sent
with ``SELECT set_config('app.actor', …, true)`` in front of it, in the same round trip and the same
transaction, so it also holds behind a pooler that gives each transaction another connection.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

WRITES = re.compile(r"\b(insert|update|delete|merge|copy|truncate|call|do)\b", re.IGNORECASE)
SETTING = "app.actor"


class ActorMissing(RuntimeError):
    """Something that must be attributed was attributed to nobody."""


@dataclass(frozen=True)
class Actor:
    """A person (``user_id``) or the system (None) doing something for a named purpose."""

    user_id: int | None
    name: str
    purpose: str
    request_id: str = ""

    def as_setting(self) -> str:
        """The text that the change triggers read back as jsonb."""
        return json.dumps(
            {"id": self.user_id, "name": self.name, "for": self.purpose, "req": self.request_id},
            ensure_ascii=False,
        )


_actor: ContextVar[Actor | None] = ContextVar("audit_actor", default=None)
_request_id: ContextVar[str] = ContextVar("audit_request_id", default="")


def current() -> Actor | None:
    """Who is acting now, or None."""
    return _actor.get()


def require() -> Actor:
    """Who is acting now; raises ``ActorMissing`` when nobody is."""
    found = _actor.get()
    if found is None:
        raise ActorMissing("no actor: enter acting_as(user) or acting_as_system(purpose) first")
    return found


def request_id() -> str:
    """The id of the request being answered, or an empty string outside requests."""
    return _request_id.get()


@contextmanager
def request(identifier: str) -> Iterator[None]:
    """Everything inside belongs to the request with this id."""
    token = _request_id.set(identifier)
    try:
        yield
    finally:
        _request_id.reset(token)


@contextmanager
def actor(user_id: int | None, name: str, purpose: str, request_id: str = "") -> Iterator[Actor]:
    """Everything written inside is attributed to this actor.  May be nested: the innermost counts.

    System work passes ``None`` and ``"系统"``.  On leaving inside a transaction the outer actor, or
    nobody, is put back, so that a later write of the same transaction is not attributed wrongly.
    """
    acting = Actor(user_id, name, purpose, request_id or _request_id.get())
    token = _actor.set(acting)
    try:
        with ExitStack() as stack:
            for connection in connections.all(initialized_only=False):
                if _stamp_writes not in connection.execute_wrappers:
                    stack.enter_context(connection.execute_wrapper(_stamp_writes))
            yield acting
    finally:
        _actor.reset(token)
        if _actor.get() is None:
            _forget()


def _forget() -> None:
    """Clears the setting in transactions that go on after the last actor has left."""
    for connection in connections.all(initialized_only=True):
        if _is_stamped(connection) and _goes_on(connection):
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config(%s, '', true)", [SETTING])
        _mark(connection, stamped=False)


def _goes_on(connection: Any) -> bool:
    """Whether a transaction is open and healthy; a broken one takes the setting along."""
    if not connection.in_atomic_block or connection.needs_rollback or not connection.connection:
        return False
    broken = connection.Database.extensions.TRANSACTION_STATUS_INERROR
    return bool(connection.connection.get_transaction_status() != broken)


def _mark(connection: BaseDatabaseWrapper, *, stamped: bool) -> None:
    connection.__dict__["audit_stamped"] = stamped


def _is_stamped(connection: BaseDatabaseWrapper) -> bool:
    return bool(connection.__dict__.get("audit_stamped"))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\x00", "") + "'"


def _stamp_writes(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """The execute wrapper: puts the actor in front of statements that may write."""
    acting, cursor = _actor.get(), context["cursor"]
    if acting is None or getattr(cursor, "name", None):
        return execute(sql, params, many, context)
    text = sql if isinstance(sql, str) else sql.as_string(cursor.connection)
    if not WRITES.search(text):
        return execute(sql, params, many, context)
    stamp = f"SELECT set_config('{SETTING}', {_literal(acting.as_setting())}, true); "
    if params is not None:
        stamp = stamp.replace("%", "%%")
    _mark(context["connection"], stamped=True)
    return execute(stamp + text, params, many, context)


def stamp(cursor: Any) -> None:
    """Sets the actor for the rest of the transaction: call it before ``copy_expert``.

    COPY goes past Django's cursor and therefore past the wrapper.  Raises ``ActorMissing``.
    """
    cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, require().as_setting()])
