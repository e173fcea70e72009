"""Leases, outcomes, retries, sweeps: each job's effect exactly once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from hrss_portal.access.scope import acting_as_system
from hrss_portal.jobs import runner
from hrss_portal.jobs.models import Job, LeaseLost
from hrss_portal.jobs.queue import enqueue
from tests.kernel.jobs import work

threads = pytest.mark.django_db(transaction=True)


def in_threads(*calls):
    """Run the calls side by side, each on its own connection, and wait for all."""
    errors = []

    def guarded(call):
        try:
            call()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    started = [threading.Thread(target=guarded, args=(call,)) for call in calls]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(30)
    return errors


def expire(job):
    """Make the worker of this job look dead."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_run_job_records_the_outcome(db, kind):
    kind("note")
    job = enqueue("test.note")
    assert runner.run_job(job.pk) == "done"
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts) == ("done", {"ran": 1}, 1)
    assert job.percent == 100


def test_the_job_of_a_disabled_user_is_not_run(db, kind, clerk):
    kind("note")
    job = enqueue("test.note", by=clerk)
    with acting_as_system("test"):
        clerk.is_active = False
        clerk.save()
    assert runner.run_job(job.pk) == "dead"
    job.refresh_from_db()
    assert (work.ran, job.message) == ([], "申请人的账号已停用")


def test_run_job_a_second_time_does_nothing(db, kind):
    kind("note")
    job = enqueue("test.note")
    runner.run_job(job.pk)
    assert runner.run_job(job.pk) == "skipped"
    assert work.ran == [job.pk]


def test_failure_waits_longer_each_time_and_ends_as_dead_letter(db, kind):
    kind("fail", attempts=3)
    job = enqueue("test.fail")
    waits = []
    for _ in range(3):
        Job.objects.filter(pk=job.pk).update(run_at=Now())
        runner.run_job(job.pk)
        job.refresh_from_db()
        waits.append(round((job.run_at - job.started_at).total_seconds()))
    assert (job.state, waits) == ("dead", [10, 20, 40])
    assert job.error == "RuntimeError: out of paper"


def test_mistake_of_the_asker_is_not_tried_again(db, kind):
    kind("refuse")
    job = enqueue("test.refuse")
    assert runner.run_job(job.pk) == "dead"
    job.refresh_from_db()
    assert job.message == "第3行的日期不对"


def test_effect_and_failure_are_one_transaction(db, kind):
    kind("note")
    kind("mark_then_fail")
    mark = enqueue("test.note")
    runner.run_job(enqueue("test.mark_then_fail", {"mark": mark.pk}).pk)
    mark.refresh_from_db()
    assert mark.attempts == 0


def test_job_of_a_kind_that_no_longer_exists_is_buried(db, kind):
    kind("note")
    job = enqueue("test.note")
    Job.objects.filter(pk=job.pk).update(kind="gone.kind")
    assert runner.run_job(job.pk) == "dead"


def test_abandoned_job_is_given_back_and_loses_its_old_lease(db, kind, sent):
    kind("note")
    job = enqueue("test.note")
    taken = runner.lease(job.pk)
    expire(job)
    assert runner.sweep() == 1
    assert sent == [(job.pk, "default")]
    with pytest.raises(LeaseLost):
        taken.save_checkpoint({"late": True})
    assert runner.run_job(job.pk) == "done"


def test_job_whose_workers_all_die_is_buried(db, kind):
    kind("note", attempts=2)
    job = enqueue("test.note")
    for _ in range(2):
        assert runner.lease(job.pk) is not None
        expire(job)
        runner.requeue_abandoned()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("dead", 2)


def test_sweep_hints_again_only_after_a_while(db, kind, sent):
    kind("note")
    job = enqueue("test.note")
    assert (runner.sweep(), runner.sweep()) == (1, 0)
    late = Now() - timedelta(seconds=runner.REHINT_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(hinted_at=late)
    assert runner.sweep() == 1


@threads
def test_four_sweepers_run_each_job_once(kind):
    kind("note")
    jobs = [enqueue("test.note").pk for _ in range(40)]
    assert in_threads(*[runner.run_due] * 4) == []
    assert sorted(work.ran) == sorted(jobs)


@threads
def test_without_the_lease_four_sweepers_would_double_the_work(kind, monkeypatch):
    """Negative control: the test above can fail."""
    kind("note")
    jobs = [enqueue("test.note").pk for _ in range(40)]

    def lease_blindly(job_id):
        Job.objects.filter(pk=job_id).update(state="running", lease_no=1, lease_until=Now())
        return Job.objects.get(pk=job_id)

    monkeypatch.setattr(runner, "lease", lease_blindly)
    start = threading.Barrier(4)

    def run_all():
        start.wait()
        for job_id in jobs:
            runner.run_job(job_id)

    in_threads(*[run_all] * 4)
    assert len(work.ran) > len(jobs)


@threads
def test_frozen_worker_cannot_write_late(kind):
    """The first worker freezes, the job is taken over; the effect lands once."""
    kind("note")
    kind("wait_inside")
    mark = enqueue("test.note")
    job = enqueue("test.wait_inside", {"mark": mark.pk})
    states = []

    def frozen():
        states.append(runner.run_job(job.pk))

    def taken_over():
        work.inside.wait(10)
        Job.objects.filter(pk=job.pk).update(
            lease_no=100, lease_until=Now() + timedelta(seconds=30)
        )
        work.gate.set()

    assert in_threads(frozen, taken_over) == []
    mark.refresh_from_db()
    assert (states, mark.attempts) == (["lost"], 0)


@threads
def test_progress_is_seen_while_the_work_is_still_going_on(kind):
    kind("tell")
    job = enqueue("test.tell")
    seen = []

    def watch():
        work.inside.wait(10)
        for _ in range(50):
            now = Job.objects.get(pk=job.pk)
            if now.progress_done:
                seen.append((now.progress_done, now.progress_total, now.message, now.percent))
                break
            threading.Event().wait(0.1)
        work.gate.set()

    assert in_threads(lambda: runner.run_job(job.pk), watch) == []
    assert seen == [(3, 10, "第3个", 30)]


def test_checkpoint_is_kept_for_the_next_attempt(db, kind):
    kind("steps", options={"atomic": False})
    job = enqueue("test.steps")
    Job.objects.filter(pk=job.pk).update(checkpoint={"done": 7})
    assert runner.run_job(job.pk) == "done"
    job.refresh_from_db()
    assert (job.checkpoint, job.progress_done) == ({"done": 10}, 10)


def test_periodic_kind_never_runs_beside_itself(db, kind):
    kind("note", every=60)
    first, second = enqueue("test.note"), enqueue("test.note")
    assert runner.lease(first.pk) is not None
    assert runner.run_job(second.pk) == "skipped"
    expire(first)
    assert runner.run_job(second.pk) == "done"
