"""Health probes, answered before anything else runs: no session, no host check, no log-in."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

Check = Callable[[], str]
_migrated: list[bool] = []


def database() -> str:
    """The primary answers a query.  Raises ``DatabaseError`` when it does not."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def broker() -> str:
    """The Redis-protocol server answers within a second.  Raises ``ConnectionError`` when not.

    The client is loaded by the first probe: commands that ask nothing start without it.
    """
    redis = import_module("redis")
    link = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"], socket_timeout=1)
    try:
        link.ping()
    except redis.RedisError as error:
        raise ConnectionError(type(error).__name__) from error
    finally:
        link.close()
    return "ok"


def migrations() -> str:
    """Every migration of this code is applied.  Asked until it is so, then remembered."""
    if not _migrated:
        executor = MigrationExecutor(connections["default"])
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            raise LookupError(f"{len(waiting)} migrations are not applied")
        _migrated.append(True)
    return "ok"


def replica() -> str:
    """How many seconds the replica lags behind; "none" where no replica is configured."""
    if "replica" not in settings.DATABASES:
        return "none"
    with connections["replica"].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0)"
        )
        (seconds,) = cursor.fetchone()
    return f"{seconds:.0f} s behind"


# A lost broker loses nothing (jobs are rows), and without the replica the primary answers:
# both are told, neither takes the web process out of service.
_CHECKS: dict[str, tuple[Check, bool]] = {
    "database": (database, True),
    "migrations": (migrations, True),
    "broker": (broker, False),
    "replica": (replica, False),
}


def readiness() -> tuple[bool, dict[str, str]]:
    """Whether requests can be served, and what each check found."""
    found: dict[str, str] = {}
    ready = True
    for name, (check, needed) in _CHECKS.items():
        try:
            found[name] = check()
        except (DatabaseError, LookupError, OSError) as error:
            # The kind of the failure only: the text may hold an address.
            found[name] = f"failed: {type(error).__name__}"
            ready = ready and not needed
    return ready, found


class HealthMiddleware:
    """``/healthz``: this process lives, and which run it belongs to.  ``/readyz``: it can work."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return _answer(200, {"status": "ok", "run": settings.RUN_TOKEN})
        if request.path_info == "/readyz":
            ready, found = readiness()
            return _answer(
                200 if ready else 503, {"status": "ok" if ready else "failed", "checks": found}
            )
        return self.get_response(request)


def _answer(status: int, body: dict[str, object]) -> HttpResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response
