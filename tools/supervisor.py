"""``./portal run``: everything started in order, watched, and stopped in the opposite order."""

import os
import secrets
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType

from tools import keeper, ports, processes, programs, running, secrets_file
from tools.console import Fault, say, step, tail
from tools.places import Places, full_disk
from tools.postgres import programs_for_clients
from tools.preloaded import Forked, Preloaded
from tools.servers import Servers, answering, find_servers

_RESTARTS, _WITHIN, _LATER = 3, 60.0, 60.0
_WARM, _HURRIED = 30.0, 3.0
_PATIENCE = 5.0  # seconds for a key-value server of others


class Stopped(BaseException):
    """Somebody asked us to end."""


@dataclass
class Watched:
    """A program under the supervisor's eyes."""

    program: programs.Program
    child: Forked
    ended: list[float] = field(default_factory=list)
    again_at: float | None = None


class Supervisor:
    """One run of the portal."""

    def __init__(
        self, places: Places, environ: Mapping[str, str], host: str, port: int | None
    ) -> None:
        self.places = places
        self.outer = dict(environ)
        self.host = host
        self.wanted_port = port
        self.port = 0
        self.token = secrets.token_urlsafe(18)
        self.lock = running.Lock(places, "run")
        self.owner = running.Lock(places, "servers")
        self.environ: dict[str, str] = {}
        self.servers = Servers(None, None)
        self.preloaded: Preloaded | None = None
        self.watched: dict[str, Watched] = {}
        self.server_ends: dict[str, list[float]] = {}
        self.cache_again_at: float | None = None
        self.asked = 0
        self.waiting = True

    def run(self, *, empty: bool, started: float) -> int:
        """Start, watch until asked to end, stop.  0 after an ordinary end; raises ``Fault``."""
        # Somebody who asks for the status holds the lock for a moment.
        if not processes.wait_until(self.lock.take, 0.5):
            state = running.read_state(self.places)
            say(running.already(state))
            return 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_end)
        fault = None
        try:
            self._start(empty=empty, started=started)
            self._watch()
        except Stopped:
            pass
        except Fault as error:
            fault = error
        self.waiting = False
        self._stop()
        if fault is not None:
            raise fault
        return 0

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        """The first request ends the waiting; the second one the patience."""
        self.asked += 1
        if self.waiting:
            self.waiting = False
            raise Stopped

    def _start(self, *, empty: bool, started: float) -> None:
        self._tell_others()
        self.port = ports.choose(self.host, self.wanted_port)
        self.owner = keeper.own_servers(self.places)
        self.servers = find_servers(self.places, self.outer)
        self._require_keyvalue()
        data = self.servers.postgres is not None and self.servers.postgres.data.exists()
        keys = secrets_file.load(self.places.secrets, self.outer, data_exists=data)
        with step("数据库与缓存"):
            self.servers.start()
        hosts = self.outer.get("ALLOWED_HOSTS") or ",".join(ports.addresses(self.host))
        self.environ = programs.environment(
            self.places,
            self.outer,
            **keys,
            **programs_for_clients(self.places, self.outer),
            **self.servers.environment(),
            PORTAL_RUN_TOKEN=self.token,
            ALLOWED_HOSTS=hosts,
            PORTAL_URL=self.outer.get("PORTAL_URL") or self.url,
        )
        with step("装载程序"):
            self._loaded()
        log_ins = self._prepare(empty=empty)
        with step("网页服务"):
            self._launch(programs.web(self.places, self.outer, self.host, self.port))
            self._first_answer()
        self._announce(log_ins, started)
        self._launch(programs.worker())
        self._launch(programs.beat(self.places))

    def _require_keyvalue(self) -> None:
        """A key-value server of others may come up later than we do, and may be mistyped."""
        url = self.outer.get("REDIS_URL", "")
        if url and not processes.wait_until(lambda: answering(url), _PATIENCE, 0.2):
            raise Fault(
                "REDIS_URL 指的缓存与队列服务没有应答",
                "启动那个服务、核对地址；或者去掉 REDIS_URL，用内置的",
            )

    def _loaded(self) -> Preloaded:
        """The fork server, started again when it was lost (its programs ended with it)."""
        if self.preloaded is not None and not self.preloaded.lives():
            self.preloaded.close()
            self.preloaded = None
        if self.preloaded is None:
            self.preloaded = Preloaded(self.places, self.environ)
            self.preloaded.wait_ready()
        return self.preloaded

    def _prepare(self, *, empty: bool) -> str:
        """Tables, rules, demo county and static files; gives the demo log-ins."""
        output = self.places.run / f"prepare.{os.getpid()}"
        output.unlink(missing_ok=True)
        child = self._loaded().launch(programs.prepare(empty=empty), stdout=output)
        try:
            while child.poll() is None:
                self._loaded().listen(0.2)
            if child.returncode:
                raise Fault("数据准备失败（原因见上）", "修正后重新执行 ./portal run")
            return output.read_text(encoding="utf-8", errors="replace").rstrip()
        finally:
            child.end_group()
            output.unlink(missing_ok=True)

    def _launch(self, program: programs.Program) -> None:
        log = self.places.logs / f"{program.name}.log"
        processes.bound_log(log)
        child = self._loaded().launch(program, stdout=log, stderr=log)
        known = self.watched.get(program.name)
        if known is None:
            self.watched[program.name] = Watched(program, child)
        else:
            known.child, known.again_at = child, None

    def _first_answer(self) -> None:
        """The health page answers with our token: another portal's page would not be ours."""
        web = self.watched["web"]
        log = self.places.logs / "web.log"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if web.child.poll() is not None:
                raise Fault(f"网页服务没有启动\n{tail(log)}", f"完整日志：{log}")
            status, body = running.probe(self.host, self.port)
            if status == 200 and body.get("run") == self.token:
                return
            if status and body.get("run") != self.token:
                raise Fault(
                    f"端口 {self.port} 上应答的是别的程序：{ports.holder(self.port) or '未知'}",
                    "先停止它，或用 --port 换一个端口",
                )
            time.sleep(0.05)
        raise Fault(f"网页服务 60 秒内没有应答\n{tail(log)}", f"完整日志：{log}")

    @property
    def url(self) -> str:
        """Where the portal is opened on this machine."""
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://[{shown}]:{self.port}/" if ":" in shown else f"http://{shown}:{self.port}/"

    def _announce(self, log_ins: str, started: float) -> None:
        self._tell_others(self.url)
        say(f"\n门户已就绪：{self.url}   （{time.monotonic() - started:.1f} 秒）\n")
        if log_ins:
            say(f"{log_ins}\n")
        say(f"数据目录 {self.places.var}；按 Ctrl-C 停止")

    def _tell_others(self, url: str = "") -> None:
        """Who we are; the address only once it answers."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        addresses = self.servers.environment()
        state = running.State(os.getpid(), url, self.token, now, self.host, self.port, addresses)
        running.write_state(self.places, state)

    def _watch(self) -> None:
        """Look after everything until asked to end; tell the memory once all are warm."""
        measure_at: float | None = time.monotonic() + 12
        bound_at = time.monotonic() + 60
        while True:
            time.sleep(0.25)
            now = time.monotonic()
            for name, child in self.servers.children.items():
                if child.poll() is not None:
                    self._server_ended(name)
                    break
            if self.cache_again_at is not None and now > self.cache_again_at:
                self.cache_again_at = None
                self._start_server("valkey")
            for watched in self.watched.values():
                self._look_after(watched, now)
            if measure_at is not None and now > measure_at:
                measure_at = None
                pids = processes.tree(os.getpid())
                say(f"内存 {processes.memory_mb(pids):.0f} MB（{len(pids)} 个进程，PSS）")
            if now > bound_at:
                bound_at = now + 60
                for log in self.places.logs.glob("*.log"):
                    processes.bound_log(log)

    def _look_after(self, watched: Watched, now: float) -> None:
        name = watched.program.name
        label = f"{watched.program.label}（{name}）"
        if watched.again_at is not None:
            if now >= watched.again_at:
                self._launch(watched.program)
            return
        if watched.child.poll() is None:
            return
        watched.child.end_group()
        watched.ended = [when for when in watched.ended if now - when < _WITHIN] + [now]
        log = self.places.logs / f"{name}.log"
        if len(watched.ended) > _RESTARTS:
            often = f"{label} 一分钟内退出了 {len(watched.ended)} 次"
            hint = f"{full_disk(self.places.var)}完整日志：{log}"
            if name == "web":
                raise Fault(f"{often}，全部停止\n{tail(log)}", hint)
            # The work is in the database: without the clock it waits, and people go on working.
            watched.ended, watched.again_at = [], now + _LATER
            say(f"{often}，{_LATER:.0f} 秒后再试；网页照常办件，提醒、导入等它恢复。{hint}")
            return
        pause = 2.0 ** (len(watched.ended) - 1)
        watched.again_at = now + pause
        say(f"{label} 退出，代码 {watched.child.returncode}；{pause:.0f} 秒后重启")

    def _server_ended(self, name: str) -> None:
        """A server that is gone is started again; without the cache the web goes on meanwhile."""
        child = self.servers.children.pop(name)
        processes.end_group(child)
        now = time.monotonic()
        ends = [when for when in self.server_ends.get(name, []) if now - when < _WITHIN] + [now]
        self.server_ends[name] = ends
        if len(ends) <= _RESTARTS:
            say(f"{name} 退出，代码 {child.returncode}；立即重启")
            self._start_server(name)
            return
        log = self.places.logs / f"{name}.log"
        hint = f"{full_disk(self.places.var)}完整日志：{log}"
        if name != "valkey":
            raise Fault(f"{name} 反复退出，全部停止\n{tail(log)}", hint)
        self._cache_later(f"{name} 反复退出", hint)

    def _start_server(self, name: str) -> None:
        server = {"postgresql": self.servers.postgres, "valkey": self.servers.keyvalue}[name]
        assert server is not None  # noqa: S101 - only what we started ends here
        try:
            self.servers.children[name] = server.start()
        except Fault as error:
            if name != "valkey":
                raise
            self._cache_later(str(error), full_disk(self.places.var))

    def _cache_later(self, why: str, hint: str) -> None:
        """The work is in the database: pages are slower without the cache, reminders wait."""
        self.server_ends["valkey"], self.cache_again_at = [], time.monotonic() + _LATER
        say(f"{why}，{_LATER:.0f} 秒后再试；网页照常办件，提醒、导入等它恢复。{hint}")

    def _stop(self) -> None:
        """Beat, web and worker end warm; then Valkey; PostgreSQL last."""
        if self.watched:
            say("\n正在停止 …")
        order = [self.watched[name] for name in ("beat", "web", "worker") if name in self.watched]
        for watched in order:
            if watched.child.poll() is None:
                watched.child.send_signal(watched.program.stop_signal)
        begun = time.monotonic()
        asked = self.asked
        while any(watched.child.poll() is None for watched in order):
            patience = _WARM if self.asked <= asked else _HURRIED
            if time.monotonic() - begun > patience:
                break
            time.sleep(0.05)
        for watched in order:
            watched.child.end_group()
        if self.preloaded is not None:
            self.preloaded.close()
        self.servers.stop()
        self.places.state.unlink(missing_ok=True)
        self.owner.drop()
        self.lock.drop()
        say("已停止")
