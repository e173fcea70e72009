"""Who keeps and reads the shared registers, and who gives and signs off tasks.

Visits, talks, leaflets, posts and classes are one log of the whole bureau, so that no office acts
alone: every office reads all of them and keeps its own.  A task is seen by the unit that has to do
it, by whoever handles or follows it, by the leaders and by 办公室.  A round of returns, with what
all towns reported, is seen by the office that asks, never by a town.
"""

from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF, Reach, Role

AREA = "activities"
REGISTERS = (
    "campaign",
    "visit",
    "meeting",
    "handout",
    "publicitypost",
    "trainingclass",
    "commendation",
    "survey",
    "draw",
)
OFFICES = tuple(post for post in STAFF if post not in {*LEADERS, "TOWN"})


def _can(nouns: tuple[str, ...], *verbs: str) -> set[str]:
    return {f"{noun}.{verb}" for noun in nouns for verb in verbs}


READ = frozenset(_can(REGISTERS, "view", "search", "print"))
KEEP = frozenset(_can(REGISTERS, "add", "edit") | {"sheet.X19"})
DO = frozenset(_can(("task",), "view", "search", "print", "edit", "attach", "paper", "receipt"))
GIVE = frozenset({"task.open"})
OWN = frozenset(_can(("task",), "view", "edit", "attach") | _can(REGISTERS, "edit", "void"))
HEAD = frozenset(
    _can(REGISTERS, "void")
    | {"task.open", "task.assign", "task.void"}
    | _can(("round",), "add", "edit", "void")
)
ASKED = frozenset({"round.view", "round.search", "round.print"})


def _role(post: str, can: frozenset[str], scope: Reach) -> Role:
    return Role(post=post, area=AREA, can=can, scope=scope)


roles = [
    *(_role(post, READ, "bureau") for post in STAFF),
    *(_role(post, KEEP | DO | GIVE | ASKED, "unit") for post in OFFICES),
    _role("TOWN", KEEP | DO | GIVE, "town"),
    *(_role(post, OWN, "own") for post in STAFF),
    *(_role(post, HEAD, "unit") for post in CHIEFS),
    *(_role(post, GIVE, "bureau") for post in CHIEFS if post != "OFF"),
    *(_role(post, frozenset({"*.*"}), "bureau") for post in (*LEADERS, "OFF")),
]
