"""Who works on batches.  What a sheet itself needs is the policy of its declaration."""

from hrss_portal.access.roles import STAFF, Role

BATCH = frozenset({"batch.view", "batch.add", "batch.edit", "batch.undo", "sheet.view"})

roles = [
    Role(post=post, area="imports", can=BATCH, scope=scope)
    for post in (*STAFF, "SYS")
    for scope in ("unit", "own")
]
