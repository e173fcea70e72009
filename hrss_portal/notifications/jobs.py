"""Work of the notifications outside requests."""

from hrss_portal.areas import JobKind
from hrss_portal.notifications.outbox import ATTEMPTS, DELIVER

jobs = (
    JobKind(
        code=DELIVER,
        label="发送外发消息",
        run="hrss_portal.notifications.outbox.deliver",
        queue="reminders",
        attempts=ATTEMPTS,
        options={"atomic": False},
    ),
    JobKind(
        code="notifications.digest",
        label="每日提醒",
        run="hrss_portal.notifications.digest.morning",
        queue="reminders",
        at="08:00",
        options={"purpose": "reminders"},
    ),
    JobKind(
        code="notifications.stopped_jobs",
        label="作业停止提醒",
        run="hrss_portal.notifications.digest.tell_of_stopped_jobs",
        every=120,
    ),
)
