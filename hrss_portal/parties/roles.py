"""Which post may do what with the master files.

All offices share one person and one employer, so desks read the whole bureau; a township sees its
own.  Identifiers (class P1) open only by a reveal with a reason; disability (P5) is for the desks
of employment and injury insurance.  Merging (one proposes, another confirms), restricting and
stopping is for heads of offices: a wrong merge reaches every area.
"""

from hrss_portal.access.roles import CHIEFS, GUARDS, LEADERS, STAFF, Reach, Role

AREA = "parties"
HEALTH = frozenset({"EMP-C", "EMP", "INJ"})
READERS = (*LEADERS, "OFF", "LEG")

_NOUNS = ("person", "employer")
READ = frozenset(
    {f"{noun}.{verb}" for noun in _NOUNS for verb in ("view", "search", "reveal")}
    | {"restriction.view", "merge.view"}
)
WORK = READ | {f"{noun}.{verb}" for noun in _NOUNS for verb in ("add", "edit", "export")}
HEAD = frozenset(
    {
        "person.merge",
        "person.stop",
        "employer.merge",
        "merge.confirm",
        "merge.undo",
        "restriction.add",
        "restriction.lift",
        "employer.fact",
        "reveal.unlock",
    }
)
SHEETS = frozenset({"sheet.PERSONS", "sheet.EMPLOYERS"})


def _role(post: str, can: frozenset[str], scope: Reach = "bureau") -> Role:
    classes = {"P1", "P5"} if post in HEALTH else {"P1"}
    return Role(post=post, area=AREA, can=can, scope=scope, classes=frozenset(classes))


roles = [
    *(_role(post, READ) for post in READERS),
    *(
        _role(post, WORK | SHEETS, "town" if post == "TOWN" else "bureau")
        for post in STAFF
        if post not in READERS and post not in GUARDS
    ),
    *(_role(post, HEAD) for post in CHIEFS),
]
