"""Without a log-in, without the form's token, without the program's token: nothing opens."""

import re

from django.core.cache import cache
from django.urls import reverse

from tests.matrix.routing import addresses, interface, pages, policy_of
from tests.matrix.table import METHODS
from tests.matrix.visiting import Answer, Visitor
from tests.matrix.world import World

OPEN = frozenset({"public", "entry"})
ASKS = "ARB-C"
CSP = "Content-Security-Policy"
#: What the arguments of the interface's routes stand for.
WORDS = {"code": "arb.accepted", "pk": 1, "system": "province", "external_no": "1"}


def one_address(name: str, world: World) -> str:
    """The first address of a page."""
    return next(iter(addresses(name, ASKS, world).values()))


def test_nobody_gets_anything_but_the_way_to_the_log_in(world: World, visitor: Visitor):
    log_in, opened = reverse("access:login"), []
    for name, pattern in pages().items():
        if policy_of(pattern) in OPEN:
            continue
        for method in METHODS:
            answer = visitor.ask(None, method, one_address(name, world))
            if answer.status != 302 or not answer.response.url.startswith(log_in):
                opened.append(f"{method} {name}: {answer.status}")
    assert opened == []


def test_no_form_of_another_site_passes_and_each_is_logged(world: World, visitor: Visitor):
    """Cross-site request forgery: every POST without the token is 403, whatever the rights."""
    user, found = world.users[ASKS], []
    for name, pattern in pages().items():
        if policy_of(pattern) == "public":  # no session gives its forms any power
            continue
        url = one_address(name, world)
        visitor.settle()
        answer = visitor.ask(user, "POST", url, client=visitor.guarded)
        if (answer.status, answer.is_logged, answer.wrote) != (403, True, frozenset()):
            found.append(f"{name}: {answer.status}, logged {answer.is_logged}, {answer.wrote}")
    assert found == []


def test_a_public_page_is_the_same_for_everybody_and_leaves_nothing_behind(
    world: World, visitor: Visitor
):
    """Nobody, staff and a form without a token get the same page: no cookie, script or log-in."""
    found = []
    for name, pattern in pages().items():
        if policy_of(pattern) != "public":
            continue
        for method in METHODS:
            cache.clear()
            url = one_address(name, world)
            visitor.settle()
            nobody = visitor.ask(None, method, url, client=visitor.guarded)
            staff = visitor.ask(world.users[ASKS], method, url)
            found += [f"{method} {name}: {words}" for words in faults_of_public(nobody, staff)]
    assert found == []


def faults_of_public(nobody: Answer, staff: Answer) -> list[str]:
    """What is wrong with the answers of a public page."""
    headers, text = nobody.response.headers, nobody.response.content.decode()
    told = {
        "another page for staff": (nobody.status, keyless(nobody))
        != (staff.status, keyless(staff)),
        "a cookie": bool(nobody.response.cookies or staff.response.cookies),
        "a script": "<script" in text or "script-src 'none'" not in headers[CSP],
        "another host": bool(re.search(r"""(src|href|action)=["']?(https?:)?//""", text)),
        "its address to others": headers.get("Referrer-Policy") != "no-referrer",
        "kept without saying so": "Cache-Control" not in headers,
        "another frame": "base_public.html" not in [one.name for one in nobody.response.templates],
        "written to": nobody.status != 200 and bool(nobody.wrote),
    }
    return [words for words, is_so in told.items() if is_so]


def keyless(answer: Answer) -> str:
    """The page without the hidden key of its form."""
    return re.sub(r'name="_key" value="[^"]+"', "", answer.page)


def test_the_interface_opens_to_no_log_in_of_staff(world: World, visitor: Visitor):
    """Its own tests say what a token opens; a session of the portal is none."""
    found = []
    visitor.settle()
    for name, pattern in interface().items():
        asked = {key: WORDS[key] for key in pattern.pattern.converters if key != "code"}
        if "code" in pattern.pattern.converters:
            asked["code"] = "accept" if "move" in name else WORDS["code"]
        url = "/api/nowhere" if name == "api:nowhere" else reverse(name, kwargs=asked)
        for user in (None, world.users[ASKS]):
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                answer = visitor.ask(user, method, url)
                if answer.status != 401 or answer.wrote:
                    found.append(f"{method} {name}: {answer.status} {sorted(answer.wrote)}")
    assert found == []
