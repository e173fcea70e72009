"""Who reads figures, and who may set a task or an as-reported value beside them."""

from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF, Role

roles = [
    *(
        Role(post=code, area="indicators", can=frozenset({"*.view"}), scope="bureau")
        for code in (*STAFF, "SYS", "AUD")
    ),
    *(
        Role(
            post=code,
            area="indicators",
            can=frozenset({"figure.override", "figure.export", "target.edit"}),
            scope="bureau",
        )
        for code in dict.fromkeys((*CHIEFS, *LEADERS))
        if code != "LEG"  # 法制审核 has no part in figures and reports, whatever cases it reads
    ),
]
