"""Work that the tests of the queue run; it leaves its marks in rows and counters."""

import os
import threading
import time

from django.core.exceptions import ValidationError
from django.db.models import F

from hrss_portal.jobs.models import Job

ran: list[int] = []
gate = threading.Event()
inside = threading.Event()


def note(job: Job) -> dict[str, int]:
    """Remember that it ran."""
    ran.append(job.pk)
    return {"ran": len(ran)}


def leave_mark(job: Job) -> None:
    """An effect in the database: a row whose message counts the effects."""
    Job.objects.filter(pk=job.payload["mark"]).update(attempts=F("attempts") + 1)


def fail(job: Job) -> None:
    """A fault of ours."""
    raise RuntimeError("out of paper")


def refuse(job: Job) -> None:
    """A mistake of the person who asked."""
    raise ValidationError("第3行的日期不对")


def mark_then_fail(job: Job) -> None:
    """An effect that must not survive the failure after it."""
    leave_mark(job)
    raise RuntimeError("too late")


def wait_inside(job: Job) -> None:
    """Stand still in the middle until the test opens the gate, then leave the effect."""
    inside.set()
    gate.wait(10)
    leave_mark(job)


def tell(job: Job) -> None:
    """Tell the progress and stay until the test has seen it."""
    job.progress(3, 10, "第3个")
    inside.set()
    gate.wait(10)


def steps(job: Job) -> dict[str, int]:
    """Ten steps with a checkpoint each; the first attempt dies at the step named in the payload,
    or stands still ``pause`` seconds after each step."""
    done = job.checkpoint.get("done", 0)
    while done < 10:
        if done == job.payload.get("die_at") and job.attempts == 1:
            os._exit(137)
        done += 1
        job.save_checkpoint({"done": done})
        job.progress(done, 10)
        if job.attempts == 1:
            time.sleep(job.payload.get("pause", 0))
    return {"done": done}
