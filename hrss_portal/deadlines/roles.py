"""Who reads, proposes and confirms rules, rates and the calendar (期限规则、费率与标准)."""

from hrss_portal.access.roles import CHIEFS, GUARDS, STAFF, Role

AREA = "deadlines"
PROPOSERS = frozenset({*CHIEFS, "SYS"}) - {"OFF"}
CONFIRMERS = ("LEG", "SYS")


def _role(post: str, *can: str) -> Role:
    return Role(post=post, area=AREA, can=frozenset(can), scope="bureau")


roles = [
    *(_role(post, "*.view") for post in sorted({*STAFF, *GUARDS})),
    *(_role(post, "*.propose") for post in sorted(PROPOSERS)),
    *(_role(post, "*.confirm") for post in CONFIRMERS),
]
