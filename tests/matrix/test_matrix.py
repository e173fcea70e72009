"""Every page × method × kind of account × place of the row, over HTTP, with real templates.

The answers stand in ``expected.csv`` (``table.py`` says how to read it).  After a reviewed change
of rights or routes write it anew, ``pytest tests/matrix --write-tables``, and read the difference.

The account holds its post at its own unit.  ``own`` is a row of that unit (for the deputy director:
of the court, which he leads) in the account's own hands, ``colleague`` one of the same unit in
other hands (for the town: a row of the court that concerns the town), ``sibling`` one of another
town, ``office`` one of another office, ``county`` one of another county, ``absent`` no row at all.
"""

import pytest
from django.core.cache import cache

from tests.matrix import table, targets
from tests.matrix.accounts import groups
from tests.matrix.routing import addresses, pages, policy_of
from tests.matrix.table import ANYWHERE, METHODS, Answers
from tests.matrix.visiting import Answer, Visitor
from tests.matrix.world import ABSENT, World

#: These end or lock the session on purpose; a bookmark of the page may be opened too.
SESSIONS = frozenset({"access:logout", "access:lock", "access:login"})
#: The key of a form is claimed before the row is looked for, and given back with the refusal.
CLAIMED = frozenset({"casework_idempotencykey"})
#: Nothing is there although the row is: a draft has no difference, no kind of file is asked for,
#: the text has no figure, no seed is there yet; a public page tells nobody what it does not name.
NOT_THERE = frozenset(
    {
        "reports:difference",
        "reports:export",
        "reports:figure",
        "activities:draw_file",
        "activities:draw_public",
        "activities:draw_public_file",
    }
)
#: Open without a session: nothing of staff on them.
SHOWN = frozenset({"application/json", "application/problem+json", "application/javascript"})
OPEN = frozenset({"public", "entry"})


def faults_of(name: str, method: str, answer: Answer) -> list[str]:
    """What is wrong with an answer whatever its status."""
    found = []
    headers = answer.response.headers
    changes_nothing = method == "GET" or answer.status in {403, 404, 405}
    wrote = answer.wrote - (CLAIMED if method == "POST" else frozenset())
    if changes_nothing and wrote and name not in SESSIONS:
        found.append(f"{answer.status} wrote {sorted(wrote)}")
    if answer.status == 403 and not answer.is_logged:
        found.append("refused without a line in the log")
    if "no-store" not in headers.get("Cache-Control", "") and policy_of(pages()[name]) not in OPEN:
        found.append("may be kept in a cache")
    if "Content-Security-Policy" not in headers:
        found.append("no content security policy")
    if ">---------<" in answer.page:
        found.append("shows Django's empty choice")
    kind = headers.get("Content-Type", "").partition(";")[0]
    if kind not in SHOWN and kind.startswith("application/"):
        name = headers.get("Content-Disposition", "")
        if "filename" not in name:
            found.append(f"saves {kind} without a file name")
    if answer.status >= 500 and answer.status != 503:
        found.append(f"breaks with {answer.status}")
    return found


class Walk:
    """All questions of one route."""

    def __init__(self, name: str, world: World, visitor: Visitor) -> None:
        self.name = name
        self.world = world
        self.visitor = visitor
        self.answers = Answers(name, policy_of(pages()[name]))
        self.faults: list[str] = []

    def run(self) -> None:
        """Ask everything."""
        shut_out, let_in = groups(self.answers.policy, self.world)
        asking = [*shut_out[:1], *(group[0] for group in let_in)]
        places = {post: addresses(self.name, post, self.world) for post in asking}
        self.visitor.settle()
        for post in shut_out[:1]:
            self.refused(post, places[post])
        for group in let_in:
            for method in METHODS:
                self.group(method, group, places[group[0]])
        url = next(iter(places[let_in[0][0]].values()))
        answer = self.ask("DELETE", let_in[0][0], ABSENT, url)
        if answer and answer.status != 405:
            self.faults.append(f"DELETE: {answer.status}")

    def refused(self, post: str, places: dict[str, str]) -> None:
        """The policy shuts the post out wherever the row is."""
        place, url = next(iter(places.items()))
        for method in METHODS:
            answer = self.ask(method, post, place, url, filled=method == "GET")
            if answer and answer.status != 403:
                self.faults.append(f"{method} as {post}, shut out: {answer.status}")

    def group(self, method: str, group: list[str], places: dict[str, str]) -> None:
        """One account asks at every place.

        A method that the page does not know is refused before any row is looked for.  The first
        page that opens is filled, for the others it is enough to know that they open.
        """
        post = group[0]
        cache.clear()  # nobody is slowed down by what the others asked
        absent = self.ask(method, post, ABSENT, places[ABSENT]) if ABSENT in places else None
        if absent and absent.status == 405:
            self.answers.add(method, ANYWHERE, 405, group)
            return
        if absent:
            self.answers.add(method, ABSENT, absent.status, group)
        hidden: dict[str, Answer] = {}
        for place in (place for place in places if place != ABSENT):
            filled = method == "GET" and place == next(iter(places))
            answer = self.ask(method, post, place, places[place], filled=filled)
            if answer is None:
                continue
            self.answers.add(method, place, answer.status, group)
            if absent and answer.status == absent.status == 404 and self.name not in NOT_THERE:
                hidden[place] = answer
        self.hidden(f"{method} as {post}", hidden)
        if hidden and method == "GET":
            self.reads_like_absent(post, next(iter(hidden)), places)

    def hidden(self, where: str, hidden: dict[str, Answer]) -> None:
        """Each attempt at a hidden row is in the log."""
        for place, answer in hidden.items():
            if not answer.is_logged:
                self.faults.append(f"{where} at {place}: hidden without a line in the log")

    def reads_like_absent(self, post: str, place: str, places: dict[str, str]) -> None:
        """A hidden row is answered word for word as one that is not there."""
        hidden, absent = (
            self.ask("GET", post, where, places[where], filled=True) for where in (place, ABSENT)
        )
        if hidden and absent and hidden.page != absent.page:
            self.faults.append(f"GET as {post} at {place}: hidden reads unlike absent")

    def ask(
        self, method: str, post: str, place: str, url: str, *, filled: bool = False
    ) -> Answer | None:
        """One answer, looked over; None if there is none."""
        where = f"{method} as {post} at {place}"
        try:
            user, form = self.world.users[post], targets.form_of(self.name)
            answer = self.visitor.ask(user, method, url, filled=filled, form=form)
        except (Exception, pytest.fail.Exception) as error:
            self.faults.append(f"{where}: {type(error).__name__} {str(error)[:300]}")
            self.visitor.settle()
            return None
        self.faults += [f"{where}: {words}" for words in faults_of(self.name, method, answer)]
        return answer


@pytest.mark.parametrize("name", pages())
def test_everybody_gets_the_expected_answer(
    name: str,
    world: World,
    visitor: Visitor,
    found: dict[str, list[table.Row]],
    pytestconfig: pytest.Config,
):
    walk = Walk(name, world, visitor)
    walk.run()
    found[name] = walk.answers.rows()
    if walk.faults:
        pytest.fail("\n".join(walk.faults), pytrace=False)
    if not pytestconfig.getoption("--write-tables"):
        assert name in table.expected(), "a route without a row: pytest tests/matrix --write-tables"
        assert found[name] == table.expected()[name]


def test_no_row_stands_for_a_route_that_is_gone(pytestconfig: pytest.Config):
    if not pytestconfig.getoption("--write-tables"):
        assert sorted(set(table.expected()) - set(pages())) == []
