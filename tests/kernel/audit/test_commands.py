"""The envelope: who reads standard error finds one JSON object there and nothing else."""

import json
import sys
from typing import Any

import pytest
from django.core.management import call_command

from hrss_portal.audit.commands import PortalCommand


class Broken(PortalCommand):
    """Fails in a way that nobody foresaw."""

    def run(self, **options: Any) -> None:
        raise KeyError("unforeseen")


def ended(command: PortalCommand, *words: str) -> int:
    """The exit status of a command as the command line runs it."""
    with pytest.raises(SystemExit) as end:
        command.run_from_argv(["manage.py", "broken", *words])
    return int(end.value.code or 0)


def test_a_fault_is_told_in_the_envelope_alone(capfd: Any) -> None:
    assert ended(Broken(), "--json") == 1
    answer = json.loads(capfd.readouterr().err)
    assert (answer["ok"], answer["error"]["code"]) == (False, "fault")
    assert "unforeseen" in answer["error"]["message"]
    assert "--json" in answer["error"]["hint"]


def test_a_fault_without_json_shows_where(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SystemExit):
        call_command(Broken())
    assert "unforeseen" in caplog.text
    assert "Traceback" in caplog.text


def test_wrong_arguments_are_told_in_the_envelope_too(
    capfd: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["manage.py", "broken", "--nothing", "--json"])
    assert ended(Broken(), "--nothing", "--json") == 2
    answer = json.loads(capfd.readouterr().err)
    assert (answer["ok"], answer["error"]["code"]) == (False, "bad_argument")
    assert "--nothing" in answer["error"]["message"]


def test_wrong_arguments_without_json_show_the_usage(capfd: Any) -> None:
    assert ended(Broken(), "--nothing") == 2
    assert "usage:" in capfd.readouterr().err
