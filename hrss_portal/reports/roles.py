"""Who writes reports: offices write and check their own sections, the office (办公室) and leaders
all of them; leaders and 办公室 lock.

The window and 法制审核 have no part in reports: they neither write a section nor read a draft.
Townships read.
"""

from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF, Reach, Role


def _role(post: str, *can: str, scope: Reach = "bureau") -> Role:
    return Role(post=post, area="reports", can=frozenset(can), scope=scope)


READERS = tuple(code for code in STAFF if code not in {"WIN", "LEG"})
WRITERS = tuple(code for code in READERS if code != "TOWN")

roles = [
    *(_role(code, "report.view", "section.view") for code in READERS),
    *(_role(code, "section.edit", scope="unit") for code in WRITERS),
    *(_role(code, "section.check", scope="unit") for code in CHIEFS if code in WRITERS),
    *(_role(code, "report.*", "section.*") for code in dict.fromkeys(("OFF", *LEADERS))),
    _role("AUD", "report.view", "section.view"),
]
