"""Health probes."""

import json
from typing import Any

import pytest
from django.test import Client

from hrss_portal.desk import health


def test_healthz_says_which_run_answers(client: Client, settings: Any) -> None:
    settings.RUN_TOKEN = "this-run"
    answer = client.get("/healthz", headers={"host": "anything.invalid"})
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "run": "this-run"}
    assert answer["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer


@pytest.mark.django_db
def test_readyz_names_each_check(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health._CHECKS, "broker", (lambda: "ok", False))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "broker": "ok", "replica": "none"},
    }


@pytest.mark.django_db
def test_a_lost_broker_is_told_and_work_goes_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost() -> str:
        raise OSError("redis://user:secret@host")

    monkeypatch.setitem(health._CHECKS, "broker", (lost, False))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"]["broker"] == "failed: OSError"
    assert "secret" not in json.dumps(answer.json())


@pytest.mark.django_db
def test_unapplied_migrations_take_the_process_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waiting() -> str:
        raise LookupError("2 migrations are not applied")

    monkeypatch.setitem(health._CHECKS, "migrations", (waiting, True))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failed"
