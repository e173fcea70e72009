"""Putting work into the queue."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from hrss_portal.areas import JobKind
from hrss_portal.celery import app as celery
from hrss_portal.jobs import queue
from hrss_portal.jobs.kinds import kinds
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.queue import enqueue


def test_enqueue_unknown_kind_is_an_error(db):
    with pytest.raises(LookupError):
        enqueue("no.such.kind")


@pytest.mark.django_db(transaction=True)
def test_enqueue_hints_on_its_own_queue_after_commit(kind, sent):
    kind("note", queue="reports")
    with transaction.atomic():
        job = enqueue("test.note", {"a": 1})
        assert sent == []
    assert sent == [(job.pk, "reports")]


@pytest.mark.django_db(transaction=True)
def test_enqueue_rolled_back_leaves_neither_row_nor_hint(kind, sent):
    kind("note")
    with transaction.atomic():
        enqueue("test.note")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_enqueue_same_key_twice_is_one_job(kind, sent):
    kind("note")
    first = enqueue("test.note", key="once")
    second = enqueue("test.note", key="once")
    assert first == second
    assert len(sent) == 1


@pytest.mark.django_db(transaction=True)
def test_enqueue_with_broker_down_never_raises_and_asks_it_once(kind, monkeypatch):
    kind("note")
    asked = []

    def refuse(job_id, name):
        asked.append(job_id)
        raise ConnectionError("broker is down")

    monkeypatch.setattr(queue, "send", refuse)
    first = enqueue("test.note")
    enqueue("test.note")
    assert asked == [first.pk]
    assert Job.objects.filter(state="waiting").count() == 2


@pytest.mark.django_db(transaction=True)
def test_enqueue_for_later_is_not_hinted(kind, sent):
    kind("note")
    enqueue("test.note", run_at=timezone.now() + timedelta(hours=1))
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_real_broker_client_gives_up_at_once(kind, monkeypatch, tmp_path):
    """With nothing listening the person waits less than a second, once; then the breaker holds."""
    kind("note")
    monkeypatch.undo()
    kinds()["test.note"] = JobKind(
        code="test.note", label="note", run="tests.kernel.jobs.work.note"
    )
    nobody = f"redis+socket://{tmp_path}/nobody.sock?virtual_host=1"
    monkeypatch.setattr(celery.conf, "broker_write_url", nobody)
    start = time.monotonic()
    jobs = [enqueue("test.note") for _ in range(20)]
    assert time.monotonic() - start < 2
    assert Job.objects.filter(state="waiting").count() == len(jobs)
