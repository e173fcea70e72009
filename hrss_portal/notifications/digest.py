"""The morning digest, and telling people about work that stopped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal import areas
from hrss_portal.access.models import User
from hrss_portal.access.policy import holders
from hrss_portal.access.scope import acting_as
from hrss_portal.jobs.models import Job
from hrss_portal.notifications.inbox import notify, unread_notices

MANAGE_JOBS = "jobs.system.manage"


@dataclass(frozen=True)
class DigestLine:
    """One line of a person's morning: what, how many, where to look."""

    text: str
    count: int
    url: str = ""


Provider = Callable[[User, date], "list[DigestLine]"]


def providers() -> Iterator[Provider]:
    """What apps contribute: an app config names functions in ``digest`` as dotted paths."""
    for config in areas.portal_apps():
        for path in getattr(config, "digest", ()):
            yield import_string(path)


def unread_lines(user: User, on: date) -> list[DigestLine]:
    """The notices that were left unread."""
    count = unread_notices(user).exclude(kind="digest").count()
    return [DigestLine("未读消息", count, reverse("notifications:inbox"))] if count else []


def morning(job: Job) -> dict[str, int]:
    """Tell each person in one line what waits today.

    The day is that of the due moment, not of the clock: a digest that runs late or twice is the
    same digest, and nobody gets it twice.
    """
    due = datetime.fromisoformat(job.payload["due"]) if "due" in job.payload else timezone.now()
    on = timezone.localtime(due).date()
    sources = list(providers())
    told = 0
    people = User.objects.filter(is_active=True).select_related("unit").order_by("pk")
    for number, user in enumerate(people, start=1):
        with acting_as(user, "reminders"):
            lines = [line for source in sources for line in source(user, on) if line.count]
        if lines:
            told += notify(
                [user],
                title="今日提醒：" + "、".join(f"{line.text} {line.count} 项" for line in lines),
                url=next((line.url for line in lines if line.url), ""),
                kind="digest",
                key=f"digest-{on.isoformat()}",
            )
        job.progress(number, len(people))
    return {"told": told}


def tell_of_stopped_jobs(job: Job) -> dict[str, int]:
    """Tell the administrators, and whoever asked, about jobs that stopped on errors.

    Administrators hear of their own bureau's jobs, and of those that nobody asked for.
    """
    managers = list(holders(MANAGE_JOBS).select_related("unit"))
    told = 0
    stopped = Job.objects.filter(state=Job.State.DEAD).exclude(message="已取消")
    for dead in stopped.select_related("requested_by__unit").order_by("pk"):
        asked = dead.requested_by
        people = [
            user for user in managers if asked is None or user.unit.root_id == asked.unit.root_id
        ]
        people += [asked] if asked else []
        told += notify(
            people,
            title=f"作业停止：{dead.label}",
            body=dead.message,
            url=reverse("jobs:job", args=[dead.pk]),
            kind="job",
            key=f"job-stopped-{dead.pk}-{dead.lease_no}",
        )
    return {"told": told}
