"""Who writes reports: the office drafts and sends, chiefs check their sections, leaders lock."""

from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF, Role


def _role(post: str, *can: str) -> Role:
    return Role(post=post, area="reports", can=frozenset(can), scope="bureau")


roles = [
    *(_role(code, "report.view", "section.view", "section.edit") for code in STAFF),
    *(_role(code, "section.check") for code in CHIEFS),
    *(_role(code, "report.*", "section.*") for code in dict.fromkeys(("OFF", *LEADERS))),
    _role("AUD", "report.view", "section.view"),
]
