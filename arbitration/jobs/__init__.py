"""The periodic work of the arbitration court."""

from hrss_portal.areas import JobKind

jobs = (
    JobKind(
        code="arbitration.notices_over",
        label="公告期满登记",
        run="arbitration.jobs.daily.end_notices",
        at="00:30",
        options={"purpose": "reminders"},
    ),
    JobKind(
        code="arbitration.missed_days",
        label="上级系统没有登记检查的工作日",
        run="arbitration.jobs.daily.list_missed",
        at="00:20",
        options={"purpose": "reminders"},
    ),
    JobKind(
        code="arbitration.missing_checks",
        label="上级系统、平台没有登记检查的提醒",
        run="arbitration.jobs.daily.missing_checks",
        at="16:30",
        options={"purpose": "reminders"},
    ),
)
