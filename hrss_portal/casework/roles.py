"""Who does what around cases that no area decides: drafts, assignment, archive, data reports."""

from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF, Reach, Role

AREA = "casework"


def _role(post: str, *can: str, scope: Reach = "bureau") -> Role:
    return Role(post=post, area=AREA, can=frozenset(can), scope=scope)


roles = [
    *(_role(post, "draft.*", "follow.*", scope="own") for post in STAFF),
    *(_role(post, "*.view", "attachment.*", "delivery.*", scope="unit") for post in STAFF),
    *(_role(post, "*.assign", "*.replay") for post in (*LEADERS, *CHIEFS)),
    # The archive: heads propose, 法制 and leaders agree; a hold is set by any of them.
    *(
        _role(post, "archive.run", "retention.propose", "disposal.propose", "hold.set")
        for post in CHIEFS
    ),
    *(_role(post, "archive.run", "hold.set", "disposal.confirm") for post in LEADERS),
    *(_role(post, "retention.confirm", "disposal.confirm") for post in ("LEG", "DIR")),
    # A person's own data: asked for at 办公室 or 法制, or by the leader.
    *(_role(post, "subject.report", "sharing.add") for post in ("OFF", "LEG", "DIR")),
    # Accounts are ended by the administrator, who may hand open items over but not read them.
    _role("SYS", "queue.hand_over"),
    *(_role(post, "queue.hand_over") for post in (*LEADERS, *CHIEFS)),
]
