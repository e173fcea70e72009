"""Who uses the shell, and who looks after the portal itself."""

from hrss_portal.access.roles import CHIEFS, GUARDS, LEADERS, STAFF, Role

AREA = "desk"


def _role(post: str, *can: str) -> Role:
    return Role(post=post, area=AREA, can=frozenset(can), scope="bureau")


roles = [
    *(_role(post, "*.view", "*.use") for post in (*STAFF, "SYS")),
    *(_role(post, "administration.open") for post in sorted({*GUARDS, *LEADERS, *CHIEFS})),
    _role("SYS", "system.manage", "dictionary.edit", "dictionary.propose", "dictionary.confirm"),
    *(_role(post, "dictionary.edit", "dictionary.propose") for post in CHIEFS),
    _role("LEG", "dictionary.confirm"),
    *(_role(post, "client.list") for post in sorted({*GUARDS, *LEADERS})),
    _role("SYS", "client.edit", "client.confirm"),
    _role("SEC", "client.confirm"),
]
