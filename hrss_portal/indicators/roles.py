"""Who reads figures, and who may set a task or an as-reported value beside them.

The window and 法制审核 have no part in figures, whatever cases they read.
"""

from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF, Role

OUTSIDE = frozenset({"WIN", "LEG"})

roles = [
    *(
        Role(post=code, area="indicators", can=frozenset({"*.view"}), scope="bureau")
        for code in (*STAFF, "SYS", "AUD")
        if code not in OUTSIDE
    ),
    *(
        Role(
            post=code,
            area="indicators",
            can=frozenset({"figure.override", "figure.export", "target.edit"}),
            scope="bureau",
        )
        for code in dict.fromkeys((*CHIEFS, *LEADERS))
        if code not in OUTSIDE
    ),
]
