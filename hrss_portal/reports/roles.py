"""Who writes reports: the office drafts and sends, chiefs check their sections, leaders lock.

The window and 法制审核 have no part in reports: they neither write a section nor read a draft.
"""

from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF, Role


def _role(post: str, *can: str) -> Role:
    return Role(post=post, area="reports", can=frozenset(can), scope="bureau")


WRITERS = tuple(code for code in STAFF if code not in {"WIN", "LEG"})

roles = [
    *(_role(code, "report.view", "section.view", "section.edit") for code in WRITERS),
    *(_role(code, "section.check") for code in CHIEFS if code in WRITERS),
    *(_role(code, "report.*", "section.*") for code in dict.fromkeys(("OFF", *LEADERS))),
    _role("AUD", "report.view", "section.view"),
]
