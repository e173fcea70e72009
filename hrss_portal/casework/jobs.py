"""The periodic work of cases."""

from hrss_portal.areas import JobKind

HERE = "hrss_portal.casework"
REMIND = {"purpose": "reminders"}

jobs = (
    JobKind(
        code="casework.reminders",
        label="期限提醒",
        run=f"{HERE}.reminders.run",
        queue="reminders",
        every=60,
        lease_seconds=120,
        options={**REMIND, "atomic": False},
    ),
    JobKind(
        code="casework.replay_check",
        label="检查日历与规则变动",
        run=f"{HERE}.law_changes.check",
        every=300,
        lease_seconds=300,
        options={**REMIND, "atomic": False},
    ),
    JobKind(
        code="casework.expiring",
        label="证书到期提醒",
        run=f"{HERE}.watch.expiring",
        queue="reminders",
        at="07:30",
        options=REMIND,
    ),
    JobKind(
        code="casework.calendar",
        label="放假安排提醒",
        run=f"{HERE}.watch.calendar",
        queue="reminders",
        at="07:40",
        options=REMIND,
    ),
    JobKind(
        code="casework.forget_keys",
        label="清理防重复提交记录",
        run=f"{HERE}.idempotency.run",
        at="03:50",
    ),
    JobKind(
        code="casework.drafts",
        label="清理旧草稿",
        run=f"{HERE}.watch.drop_drafts",
        at="03:30",
    ),
)
