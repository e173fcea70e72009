"""The sub-commands of ``./portal`` and how their arguments are read."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from tools import backup, bootstrap, doctor, keeper, manage_command, running, testing
from tools.console import Fault, complain, say
from tools.places import Places, find_places
from tools.supervisor import Supervisor

_RUN = "用法：./portal run [--host 地址] [--port 端口] [--empty]"
_HELP = """用法：./portal 命令 [参数]

  run [--host H] [--port P] [--empty]   安装、启动门户；首次运行带一个小的演示县，--empty 则不带
  test [pytest 参数]                    全部检查与测试；带参数时只把参数交给 pytest
  stop · status · doctor                停止 · 运行状况 · 检查本机
  manage 命令 …                         Django 管理命令（不需要先 run）
  backup 目录 · restore 文件            加密备份 · 恢复到新库、核对后切换
"""


class _Arguments(argparse.ArgumentParser):
    """Arguments of ``run``; wrong ones are a ``Fault``."""

    def error(self, message: str) -> NoReturn:
        """The words of argparse are English: the usage says what may be written."""
        raise Fault("参数不对", f"{_RUN}（端口 1–65535）", status=2)


def _port(text: str) -> int:
    """A port.  Raises ``ValueError``."""
    if not 1 <= int(text) <= 65535:
        raise ValueError(text)
    return int(text)


def _run(places: Places, environ: Mapping[str, str], rest: Sequence[str]) -> int:
    started = time.monotonic()
    parser = _Arguments(prog="./portal run", usage=_RUN)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port)
    parser.add_argument("--empty", action="store_true")
    options = parser.parse_args(rest)
    state = running.read_state(places)
    if state is not None:
        say(running.already(state))
        return 0
    bootstrap.ready(places, environ)
    supervisor = Supervisor(places, environ, options.host, options.port)
    return supervisor.run(empty=options.empty, started=started)


def _none(rest: Sequence[str], command: str) -> None:
    if rest:
        raise Fault(f"./portal {command} 没有参数", status=2)


def _stop(places: Places, environ: Mapping[str, str], rest: Sequence[str]) -> int:
    _none(rest, "stop")
    return running.stop(places)


def _status(places: Places, environ: Mapping[str, str], rest: Sequence[str]) -> int:
    _none(rest, "status")
    return running.status(places)


def _doctor(places: Places, environ: Mapping[str, str], rest: Sequence[str]) -> int:
    _none(rest, "doctor")
    return doctor.run(places, environ)


def _keep(places: Places, environ: Mapping[str, str], rest: Sequence[str]) -> int:
    return keeper.keep(places, environ)


Command = Callable[[Places, Mapping[str, str], Sequence[str]], int]
COMMANDS: dict[str, Command] = {
    "run": _run,
    "test": testing.run,
    "stop": _stop,
    "status": _status,
    "doctor": _doctor,
    "manage": manage_command.run,
    "backup": backup.backup,
    "restore": backup.restore,
    "keep-servers": _keep,  # started by ``manage``, not by people
}


def dispatch(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the named sub-command; its exit status."""
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("help", [])
    if command in {"help", "-h", "--help"}:
        say(_HELP)
        return 0 if arguments else 2
    if command not in COMMANDS:
        raise Fault(f"没有这个命令：{command}", "./portal help 列出全部命令", status=2)
    return COMMANDS[command](find_places(environ), environ, rest)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """The entry point: faults become one plain message and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        return dispatch(arguments, environ)
    except Fault as fault:
        complain(fault)
        return fault.status
    except KeyboardInterrupt:
        return 130
