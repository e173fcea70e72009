"""The periodic work of ``casework``: reminders of clocks, and forgetting the keys of sent forms."""

from hrss_portal.areas import JobKind

jobs = (
    JobKind(
        code="casework.reminders",
        label="期限提醒",
        run="hrss_portal.casework.reminders.run",
        every=300,
        options={"purpose": "reminders", "atomic": False},
    ),
    JobKind(
        code="casework.forget_keys",
        label="清理防重复提交记录",
        run="hrss_portal.casework.idempotency.run",
        at="03:50",
    ),
)
