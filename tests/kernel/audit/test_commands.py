"""The envelope: who reads standard error finds one JSON object there and nothing else."""

import errno
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError

from hrss_portal.audit.arguments import whole
from hrss_portal.audit.command_line import execute
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


def test_a_fault_without_json_shows_where(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call_command(Broken())
    assert "unforeseen" in caplog.text
    assert "Traceback" in caplog.text
    assert "--json" not in capsys.readouterr().err


class Meets(PortalCommand):
    """Meets what a user can put right."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def run(self, **options: Any) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/etc/x"), 2, "没有读写 /etc/x 的权限"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/nope/x"), 2, "找不到 /nope/x"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "磁盘已满"),
        (OperationalError("connection to server failed: refused"), 1, "核对 DATABASE_URL"),
    ],
)
def test_what_a_user_can_put_right_is_told_without_a_traceback(
    error: Exception, code: int, words: str, caplog: Any, capsys: Any
) -> None:
    with pytest.raises(SystemExit) as end:
        call_command(Meets(error))
    assert end.value.code == code
    assert words in capsys.readouterr().err
    assert caplog.text == ""


class Asks(PortalCommand):
    """Takes one argument of each kind."""

    def arguments(self, parser: Any) -> None:
        parser.add_argument("code")
        parser.add_argument("--limit", type=whole())
        parser.add_argument("--number", type=int)
        parser.add_argument("--part", choices=["num", "den"])
        parser.add_argument("--out", required=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "缺少参数：code, --out"),
        (("x", "--out", "y", "--limit", "-1"), "--limit 要写 1 以上的整数，现在写的是 '-1'"),
        (("x", "--out", "y", "--limit", "x"), "--limit 要写 1 以上的整数，现在写的是 'x'"),
        (("x", "--out", "y", "--number", "x"), "--number 要写整数，现在写的是 'x'"),
        (("x", "--out", "y", "--part", "foo"), "--part 不能写 'foo'，可以写："),
        (("x", "--out"), "--out 后面要写一个值"),
        (("x", "--out", "y", "z"), "没有这样的参数：z"),
        (("x", "--out", "y", "--json=1"), "--json 后面不写值，现在写的是 '1'"),
    ],
)
def test_wrong_arguments_are_told_in_chinese(words: tuple[str, ...], told: str, capfd: Any) -> None:
    assert ended(Asks(), *words) == 2
    assert capfd.readouterr().err.startswith(told)


def test_an_unknown_command_is_bad_input(capsys: Any) -> None:
    for more in ((), ("--json",)):
        with pytest.raises(SystemExit) as end:
            execute(["manage.py", "nosuchcommand", *more])
        said = capsys.readouterr().err
        assert end.value.code == 2
        assert "没有这个命令：nosuchcommand" in said
    assert json.loads(said)["error"]["code"] == "unknown_command"


def test_a_database_of_another_kind_is_told_in_words() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo_logins", "--json"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": "mysql://a/b"},
        capture_output=True,
        text=True,
        check=False,
    )
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["code"]) == (2, "bad_setting")
    assert "数据库只能是 PostgreSQL" in error["message"]


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
    said = capfd.readouterr().err
    assert "没有这样的参数：--nothing" in said
    assert said.endswith("用法：manage broken [--json]\n")
    assert "usage" not in said
