"""``./portal doctor``: what is wrong with this machine and with the running portal, in words."""

import importlib.util
import json
import os
import resource
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from tools import browser, embedded, manage_command, ports, processes, running
from tools.console import Fault, say
from tools.places import Places
from tools.postgres import find_programs

_ENOUGH_DISK = 2 * 1024**3
_ENOUGH_MEMORY = 1024**3
_ENOUGH_FILES = 256
# Worker and scheduler give a sign each minute: right after a start there may be none.
_MINUTELY, _FIRST_SIGNS = {"worker", "beat"}, timedelta(minutes=2)
_ADDRESSES = ("DATABASE_URL", "REDIS_URL")

# Whether it is fine (None: it is waited for), what was found, what to do.
Finding = tuple[bool | None, str, str]
_MARKS = {True: "✓", None: "！", False: "✗"}
_LEVELS: dict[str, bool | None] = {"good": True, "waiting": None, "bad": False}


def _python(places: Places, environ: Mapping[str, str]) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield True, f"Python {version}（{sys.executable}）", ""
    uv = shutil.which("uv", path=environ.get("PATH"))
    pip = importlib.util.find_spec("pip") or importlib.util.find_spec("ensurepip")
    yield (
        bool(uv or pip or places.python.exists()),
        "安装工具：" + ("uv" if uv else "pip" if pip else "无"),
        ("apt install python3-venv python3-pip，或安装 uv"),
    )
    npm = shutil.which("npm", path=environ.get("PATH"))
    yield True, f"npm：{npm or '无，将使用 Python 组件里的 Node.js'}", ""


def _machine(places: Places, environ: Mapping[str, str]) -> Iterator[Finding]:
    free = shutil.disk_usage(places.var).free
    yield (
        free > _ENOUGH_DISK,
        f"磁盘剩余 {free / 1024**3:.1f} GB（{places.var}）",
        "清理磁盘，至少留 2 GB",
    )
    memory = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield (
        memory > _ENOUGH_MEMORY,
        f"空闲内存 {memory / 1024**3:.1f} GB",
        "门户约需 0.5 GB，建议空闲 1 GB",
    )
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield soft >= _ENOUGH_FILES, f"可打开文件数 {soft}", "ulimit -n 1024"
    yield (
        os.access(places.root, os.W_OK),
        f"代码目录可写：{places.root}",
        "安装组件要写 .venv 与 node_modules",
    )
    yield (
        len(os.fsencode(places.run)) < 80,
        f"套接字目录 {places.run}",
        "路径过长：设置较短的 TMPDIR",
    )


def _servers(places: Places, environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get("DATABASE_URL"):
        yield True, "数据库：由 DATABASE_URL 指定", ""
    elif places.python.exists():
        programs = find_programs(places, environ)
        where = embedded.home(places, environ)
        done = processes.call([programs / "postgres", "--version"], environ=where.environ)
        yield (
            not done.returncode,
            f"{done.stdout.strip() or done.stderr.strip()}（{programs}）",
            "重新执行 ./portal run",
        )
        control = programs.parent / "share" / "extension" / "btree_gist.control"
        shared = programs.parent / "share" / "postgresql" / "extension" / "btree_gist.control"
        yield control.exists() or shared.exists(), "扩展 btree_gist", "换用带 contrib 的 PostgreSQL"
    else:
        yield True, "数据库：尚未安装，首次 ./portal run 时安装", ""
    yield (
        True,
        "缓存与队列：" + ("由 REDIS_URL 指定" if environ.get("REDIS_URL") else "内置 Valkey"),
        "",
    )


def _running(places: Places, environ: Mapping[str, str]) -> Iterator[Finding]:
    state = running.read_state(places)
    if state is not None:
        code, _ = running.probe(state.host, state.port, "/readyz")
        yield (
            code == 200,
            f"正在运行：{state.url}，/readyz 返回 {code or '无应答'}",
            f"日志：{places.logs}",
        )
        yield from _parts(places, environ, state)
    elif ports.is_free("127.0.0.1", ports.DEFAULT):
        yield True, f"端口 {ports.DEFAULT} 空闲", ""
    else:
        held = ports.holder(ports.DEFAULT) or "另一个程序"
        yield True, f"端口 {ports.DEFAULT} 被 {held} 占用，将用下一个", ""
    if not places.secrets.exists():
        yield True, "密钥：首次运行时生成", ""
    else:
        facts = places.secrets.stat()
        ours = os.access(places.secrets, os.R_OK)
        yield (
            ours and not facts.st_mode & 0o077,
            f"密钥文件 {places.secrets}",
            f"chown {os.geteuid()} {places.secrets}; chmod 600 {places.secrets}",
        )
    found = browser.find(places, environ)
    yield True, f"测试用浏览器：{found or '无，./portal test 会安装'}", ""


def _parts(places: Places, environ: Mapping[str, str], state: running.State) -> Iterator[Finding]:
    """What the running portal says about each of its parts (``manage running_state``)."""
    missing = [name for name in _ADDRESSES if name not in {*state.addresses, *environ}]
    if missing:
        yield None, "各部分的状态没有查看", f"给出启动时用的 {'、'.join(missing)} 再执行"
        return
    status, said = manage_command.quiet(places, environ, ["running_state", "--json"])
    try:
        checks = json.loads(said.splitlines()[-1])["data"]["checks"]
    except (IndexError, KeyError, TypeError, ValueError):
        yield (
            False,
            f"各部分的状态看不到（{status}）：{said.strip()[-300:]}",
            f"日志：{places.logs}",
        )
        return
    age = datetime.now().astimezone() - datetime.fromisoformat(state.started_at)
    early = _MINUTELY if age < _FIRST_SIGNS else set()
    for check in checks:
        level = _LEVELS[check["level"]]
        if level is False and check["code"] in early:
            level = None
        yield level, f"{check['label']}：{check['words']}", check["remedy"]


_CHECKS: tuple[Callable[[Places, Mapping[str, str]], Iterator[Finding]], ...] = (
    _python,
    _machine,
    _servers,
    _running,
)


def run(places: Places, environ: Mapping[str, str]) -> int:
    """Print every finding; 0 when nothing is wrong, else 1."""
    wrong = 0
    for check in _CHECKS:
        try:
            for fine, text, remedy in check(places, environ):
                told = f"\n    → {remedy}" if remedy and not fine else ""
                say(f"{_MARKS[fine]} {text}{told}")
                wrong += fine is False
        except Fault as fault:
            say(f"✗ {fault.message}\n    → {fault.hint}")
            wrong += 1
    say("没有发现问题" if not wrong else f"发现 {wrong} 个问题")
    return 1 if wrong else 0
