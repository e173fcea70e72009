"""The worker that sends what beat would send, where a site has no beat."""

from types import SimpleNamespace
from typing import Any

import pytest
from kombu.asynchronous.timer import Timer
from kombu.exceptions import OperationalError

from hrss_portal.celery import Rhythm, app
from hrss_portal.jobs.schedule import BEAT_SCHEDULE


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[tuple[str, dict[str, Any]]]:
    """What was sent: the task with its options."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(app, "send_task", lambda task, **more: found.append((task, more)))
    settings.CELERY_BEAT_IN_WORKER = True
    return found


def waiting(timer: Timer) -> list[Any]:
    """The entries of a timer that will still be called."""
    return [one.entry for one in timer.queue if not one.entry.canceled]


def test_every_entry_of_the_schedule_is_sent_again_and_again(sent: list[Any]) -> None:
    timer = Timer()
    Rhythm().begin(SimpleNamespace(timer=timer))
    assert len(waiting(timer)) == len(BEAT_SCHEDULE)
    for entry in waiting(timer):
        entry()
    tasks = [one["task"] for one in BEAT_SCHEDULE.values()]
    assert sorted(task for task, _ in sent) == sorted(tasks)
    assert all(more["expires"] for _, more in sent)
    assert {entry.args[0] for entry in waiting(timer)} == set(BEAT_SCHEDULE)


def test_a_worker_that_found_its_broker_again_sends_no_more_often(sent: list[Any]) -> None:
    timer, rhythm = Timer(), Rhythm()
    for _ in range(3):
        rhythm.begin(SimpleNamespace(timer=timer))
    assert len(waiting(timer)) == len(BEAT_SCHEDULE)


def test_a_broker_that_is_away_ends_nothing(
    sent: list[Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(app, "send_task", refuse)
    Rhythm().send("tick")
    assert "tick is sent later" in caplog.text


def test_a_site_with_a_beat_has_no_second_one(sent: list[Any], settings: Any) -> None:
    settings.CELERY_BEAT_IN_WORKER = False
    timer = Timer()
    Rhythm().begin(SimpleNamespace(timer=timer))
    assert waiting(timer) == []
