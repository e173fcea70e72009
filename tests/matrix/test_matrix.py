"""Every route × method × kind of account × place of the object, over HTTP.

The answers stand in ``expected.csv``: ``route, method, place, answers`` where ``answers`` lists
each status with the posts that get it.  A route without its lines fails.  After a reviewed change
of rights or routes write it anew: ``pytest tests/matrix --write-tables``, then read the difference.

``own`` is a row of the arbitration court and the first town, ``sibling`` one of another town,
``office`` one of another office, ``county`` one of another county, ``absent`` no row at all.
Accounts with the same abilities in the route's area stand for each other, and one stands for all
whom the route's policy shuts out.  Templates are not filled in this walk (who may see what is
decided before); that a hidden row reads exactly as an absent one is asked of the real pages.
"""

import csv
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString

from hrss_portal import areas
from hrss_portal.access import policy, routes
from hrss_portal.access.models import User
from hrss_portal.access.roles import posts
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import RefusalEntry
from tests.cast import County
from tests.factories.deadlines import shipped_rules
from tests.matrix import targets
from tests.matrix.world import ABSENT, HOMES, NEVER, PLACES, World, build, model_named

TABLE = Path(__file__).with_name("expected.csv")
METHODS = ("GET", "POST")
#: Written by whoever reads: the logs of access and refusals.
MAY_WRITE = {"audit_accessentry", "audit_refusalentry"}
WRITES = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
 WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
Line = tuple[str, str, str]
SHUT = "shut out"


def every_route() -> list[tuple[str, URLPattern]]:
    """The routes of the portal; those of the interface have tests of their own (tokens)."""
    return [
        (name, pattern)
        for name, pattern in routes.routes()
        if not str(routes.policy_of(pattern.callback)).startswith("api:")
    ]


@cache
def abilities(post: str, area: str) -> frozenset[Any]:
    """What tells the rights of two posts in one area apart, with where the post works."""
    held = frozenset(
        (role.can, role.scope, role.classes, role.hides)
        for role in areas.declared("roles")
        if role.post == post and role.area in {area, "*"}
    )
    return frozenset({held, HOMES.get(post, post if post == "TOWN" else "")})


def representatives(name: str, needed: str, world: World) -> tuple[str | None, list[str]]:
    """One post of all that the route's policy shuts out, and one of each group of equal rights."""
    area = needed.split(".", maxsplit=1)[0] if "." in needed else name.split(":", maxsplit=1)[0]
    groups: dict[Any, str] = {}
    for post in (one.code for one in posts):
        shut = "." in needed and not policy.can(world.users[post], needed)
        groups.setdefault(SHUT if shut else abilities(post, area), post)
    return groups.pop(SHUT, None), sorted(groups.values())


class Visitor:
    """Asks as any account; whatever a request did is taken back afterwards."""

    def __init__(self) -> None:
        self.cookies: dict[int, dict[str, str]] = {}
        self.writes: dict[str, int] = {}
        self.refusals = 0

    def log_in(self, user: User) -> None:
        """Remember a session of the user."""
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.cookies[user.pk] = {name: one.value for name, one in client.cookies.items()}

    def ask(self, user: User, method: str, url: str) -> Any:
        """The answer; ``writes`` and ``refusals`` say what the request left in the database."""
        client = Client(raise_request_exception=True)
        for name, value in self.cookies[user.pk].items():
            client.cookies[name] = value
        before = self._written()
        with transaction.atomic():
            answer = client.generic(method, url)
            if answer.streaming:
                b"".join(answer.streaming_content)
            self.refusals = RefusalEntry.objects.count()
            transaction.set_rollback(True)
        after = self._written()
        self.writes = {
            table: rows - before.get(table, 0)
            for table, rows in after.items()
            if rows != before.get(table, 0)
        }
        return answer

    def _written(self) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(WRITES)
            return dict(cursor.fetchall())


@pytest.fixture
def world(county: County, other_county: County) -> World:
    """Accounts, rows and rules."""
    shipped_rules()
    with acting_as_system("test"):
        return build(county, other_county)


@pytest.fixture
def _unfilled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates answer with their name: filling them is most of the time of a request."""

    def render(self: Template, context: Any = None, request: Any = None) -> SafeString:
        return SafeString(self.template.name)

    monkeypatch.setattr(Template, "render", render)


@pytest.fixture
def visitor(world: World) -> Visitor:
    """A visitor with a session of every post."""
    made = Visitor()
    for user in world.users.values():
        made.log_in(user)
    return made


def addresses(name: str, pattern: URLPattern, world: World) -> dict[str, str]:
    """Place → address of the route; a route without a row in places has ``own`` alone."""
    asked = targets.arguments(pattern)
    told = {key: value for key, value in targets.words_of(name, pattern).items() if key in asked}
    model = targets.model_of(name, pattern)
    if "pk" not in asked:
        missing = set(asked) - set(told)
        assert not missing, f"say in tests/matrix/targets.py what {missing} of {name} are"
        return {"own": reverse(name, kwargs=told)}
    assert model, f"say in tests/matrix/targets.py which model the pk of {name} names"
    kind = model_named(model) if isinstance(model, str) else model
    with acting_as_system("test"):
        keys = {place: world.row(kind, place).pk for place in PLACES}
    if len(set(keys.values())) == 1:
        keys = {"own": keys["own"]}
    keys[ABSENT] = NEVER
    return {place: reverse(name, kwargs={**told, "pk": pk}) for place, pk in keys.items()}


def body(answer: Any) -> str:
    """What a page says, without what differs between any two answers."""
    text = "" if getattr(answer, "streaming", False) else answer.content.decode(errors="replace")
    text = text.replace(answer.headers.get("X-Request-Id", "\0"), "")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|\b[0-9a-f]{32}\b', "", text)
    text = re.sub(r"E-\w{4,}", "", text)
    return re.sub(r"[/=]\d+(?=[/\"&?<]|%2F|\b)|%2F\d+", "", text)


class Found:
    """What the walk over all routes found."""

    def __init__(self) -> None:
        self.answers: dict[Line, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.faults: list[str] = []

    def lines(self) -> list[dict[str, str]]:
        """The table."""
        return [
            {
                "route": route,
                "method": method,
                "place": place,
                "answers": "; ".join(
                    f"{status} {' '.join(sorted(found))}" for status, found in sorted(by.items())
                ),
            }
            for (route, method, place), by in self.answers.items()
        ]


def walk(world: World, visitor: Visitor) -> Found:
    """Asks everything."""
    found = Found()
    for name, pattern in every_route():
        needed = str(routes.policy_of(pattern.callback))
        places = addresses(name, pattern, world)
        shut, let_in = representatives(name, needed, world)
        for method in METHODS:
            if shut:
                ask_places(found, (name, method, shut), {"own": places["own"]}, world, visitor)
            for post in let_in:
                ask_places(found, (name, method, post), places, world, visitor)
        answer = visitor.ask(world.users["ARB-C"], "DELETE", places["own"])
        if answer.status_code != 405:
            found.faults.append(f"DELETE {name}: {answer.status_code}")
    return found


def ask_places(
    found: Found, what: tuple[str, str, str], places: dict[str, str], world: World, visitor: Visitor
) -> None:
    """One account asks one route at every place."""
    name, method, post = what
    user = world.users[post]
    for place, url in places.items():
        where = f"{method} {name} as {post} at {place}"
        try:
            answer = visitor.ask(user, method, url)
        except Exception as error:
            found.faults.append(f"{where}: {type(error).__name__} {str(error)[:200]}")
            continue
        status = answer.status_code
        found.answers[name, method, place][status].append(post)
        wrote = set(visitor.writes) - MAY_WRITE
        if (method == "GET" or status in {403, 404, 405}) and wrote and name not in SESSIONS:
            found.faults.append(f"{where}: {status} wrote {sorted(wrote)}")
        if status == 403 and not visitor.refusals:
            found.faults.append(f"{where}: refused without a line in the log")
        if "no-store" not in answer.headers.get("Cache-Control", "") and name not in PUBLIC:
            found.faults.append(f"{where}: may be kept in a cache")
        if "Content-Security-Policy" not in answer.headers:
            found.faults.append(f"{where}: no content security policy")


#: These end or lock the session on purpose; a bookmark of the page may be opened too.
SESSIONS = {"access:logout", "access:lock", "access:login"}
#: Pages without anything of staff.
PUBLIC = {"notifications:answer"}


def line_of(row: dict[str, str]) -> Line:
    """What a row of the table is about."""
    return row["route"], row["method"], row["place"]


def written() -> list[dict[str, str]]:
    """The table in the repository."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.django_db
@pytest.mark.usefixtures("_unfilled")
def test_every_answer_is_the_expected_one(
    world: World, visitor: Visitor, pytestconfig: pytest.Config
):
    found = walk(world, visitor)
    lines = found.lines()
    if pytestconfig.getoption("--write-tables"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
    if found.faults:
        pytest.fail("\n".join(found.faults), pytrace=False)
    expected = written()
    known = {row["route"] for row in expected}
    assert sorted({row["route"] for row in lines} - known) == [], "routes without a line"
    wanted = {line_of(row): row["answers"] for row in expected}
    now = {line_of(row): row["answers"] for row in lines}
    changed = [
        f"{' '.join(line)}: expected {wanted.get(line, 'no line')}, got {now.get(line, 'no line')}"
        for line in {**wanted, **now}
        if wanted.get(line) != now.get(line)
    ]
    if changed:
        pytest.fail("\n".join(changed), pytrace=False)


@pytest.mark.django_db
@pytest.mark.usefixtures("_unfilled")
def test_nobody_gets_anything_but_the_way_to_the_log_in(world: World):
    open_to_all = {}
    for name, pattern in every_route():
        for url in addresses(name, pattern, world).values():
            for method in METHODS:
                with transaction.atomic():
                    answer = Client().generic(method, url)
                    transaction.set_rollback(True)
                if answer.status_code != 302 or reverse("access:login") not in answer.url:
                    open_to_all[name] = str(routes.policy_of(pattern.callback))
    assert set(open_to_all.values()) <= {"public", "task_link"}


@pytest.mark.django_db
def test_a_hidden_row_is_answered_as_an_absent_one_and_logged(world: World, visitor: Visitor):
    """The same page, word for word; only the log tells the difference."""
    found = []
    for name, pattern in every_route():
        places = addresses(name, pattern, world)
        needed = str(routes.policy_of(pattern.callback))
        hidden = [place for place in ("county", "office") if place in places]
        if not hidden:
            continue
        for post in representatives(name, needed, world)[1][:3]:
            answers = {}
            for place in (ABSENT, *hidden):
                answers[place] = visitor.ask(world.users[post], "GET", places[place])
                if place == ABSENT or answers[place].status_code != 404:
                    continue
                if body(answers[place]) != body(answers[ABSENT]):
                    found.append(f"{name} as {post}: {place} differs from {ABSENT}")
                if not visitor.refusals:
                    found.append(f"{name} as {post}: {place} is not in the log of refusals")
    assert found == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_unfilled")
def test_no_unsafe_request_passes_without_its_token(world: World):
    """Cross-site request forgery: every POST without the token is 403, whatever the rights."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["ARB-C"], backend="django.contrib.auth.backends.ModelBackend")
    passed = []
    for name, pattern in every_route():
        url = next(iter(addresses(name, pattern, world).values()))
        with transaction.atomic():
            answer = client.post(url)
            transaction.set_rollback(True)
        if answer.status_code != 403:
            passed.append(f"{name}: {answer.status_code}")
    assert passed == []
