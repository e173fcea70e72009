"""The command that runs what is due without a broker."""

import io
import json

import pytest
from django.core.management import call_command

from hrss_portal.jobs.apps import check_kinds
from hrss_portal.jobs.queue import enqueue


def run(*words):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("jobs_run_due", *words, stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue() + err.getvalue()


def test_due_jobs_run_here(db, kind):
    kind("note")
    enqueue("test.note")
    code, answer = run("--kind", "test.note", "--json")
    assert (code, json.loads(answer)["data"]) == (0, {"done": 1})
    assert run("--kind", "test.note") == (0, "没有到期的作业\n")


def test_unknown_kind_is_bad_input(db):
    code, answer = run("--kind", "no.such", "--json")
    assert (code, json.loads(answer)["error"]["code"]) == (2, "unknown_kind")


def test_declarations_of_all_apps_are_in_order():
    assert check_kinds() == []


@pytest.mark.parametrize(
    ("change", "found"),
    [({"queue": "nowhere"}, "jobs.E002"), ({"run": "hrss_portal.no.such"}, "jobs.E003")],
)
def test_bad_declaration_stops_the_start(kind, monkeypatch, change, found):
    made = kind("note", **change)
    monkeypatch.setattr("hrss_portal.areas.declared", lambda name: (made,))
    errors = {error.id for error in check_kinds()}
    assert found in errors
