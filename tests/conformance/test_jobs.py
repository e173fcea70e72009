"""Every declared job: the periodic ones end well over a full world, and a second time."""

import re

import pytest
from django.utils.module_loading import import_string

from hrss_portal.access.scope import acting_as_system
from hrss_portal.areas import JobKind, declared
from hrss_portal.casework.models import Case
from hrss_portal.jobs import queue
from hrss_portal.jobs.kinds import periodic
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.runner import run_job
from hrss_portal.jobs.schedule import QUEUES
from tests.matrix.world import World

KINDS = declared("jobs")
PERIODIC = periodic()


@pytest.mark.parametrize("kind", KINDS, ids=[kind.code for kind in KINDS])
def test_a_job_has_words_a_function_and_a_queue_that_workers_take(kind: JobKind):
    assert re.search(r"[\u4e00-\u9fff]", kind.label)
    assert import_string(kind.run).__doc__
    assert kind.queue in {"default", "imports", "reports", "reminders"} == set(QUEUES)
    assert not (kind.every and kind.at)


@pytest.mark.parametrize("kind", PERIODIC, ids=[kind.code for kind in PERIODIC])
def test_a_periodic_job_ends_well_and_runs_again(
    kind: JobKind, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue, "send", lambda job_id, name: None)
    for flow in declared("workflows"):
        for place in ("own", "office"):
            assert isinstance(world.row(flow.model, place), Case)
    for _ in range(2):
        with acting_as_system("job"):
            job = queue.enqueue(kind.code)
        state = run_job(job.pk)
        with acting_as_system("job"):
            assert (state, Job.objects.get(pk=job.pk).error) == ("done", "")
