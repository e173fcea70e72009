"""The virtual environment: made once, filled from the hashed lock, marked ready last."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tools import indexes, processes, stamps
from tools.console import Fault, step
from tools.places import Places

_APT_HINT = "Debian/Ubuntu 上执行：apt install python3-venv python3-pip（或安装 uv）"


def ensure(places: Places, environ: Mapping[str, str], *, dev: bool = False) -> None:
    """The virtual environment holds the run-time lock, and with ``dev`` the test tools as well."""
    locks = {"run": places.root / "requirements.txt"}
    if dev:
        locks["dev"] = places.root / "requirements-dev.txt"
    for kind, lock in locks.items():
        stamp = places.venv / f".ready-{kind}"
        if stamps.holds(stamp, stamps.fingerprint([lock], _version(places))):
            continue
        if kind == "run" and not (stamp.exists() and places.python.exists()):
            with step("Python 环境"):
                create(places, environ)
        stamp.unlink(missing_ok=True)
        with step("Python 组件" if kind == "run" else "测试组件"):
            install(places, lock, environ)
        stamps.write(stamp, stamps.fingerprint([lock], _version(places)))


def _version(places: Places) -> str:
    """Which Python the environment was made from; empty when that one is gone."""
    try:
        text = (places.venv / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return ""
    return text if places.python.exists() else ""


def create(places: Places, environ: Mapping[str, str]) -> None:
    """A fresh, empty environment; one that never became ready is thrown away first."""
    shutil.rmtree(places.venv, ignore_errors=True)
    # Debian ships python3 without ensurepip: then the environment is filled from outside it.
    bare = [] if importlib.util.find_spec("ensurepip") and not _uv(environ) else ["--without-pip"]
    made = processes.call(
        [sys.executable, "-m", "venv", *bare, places.venv], environ=environ, cwd=places.root
    )
    if made.returncode and not bare:
        shutil.rmtree(places.venv, ignore_errors=True)
        made = processes.call(
            [sys.executable, "-m", "venv", "--without-pip", places.venv],
            environ=environ,
            cwd=places.root,
        )
    if made.returncode:
        raise Fault(
            f"无法建立 Python 环境：{made.stderr.strip() or made.stdout.strip()}", _APT_HINT
        )


def _uv(environ: Mapping[str, str]) -> str | None:
    return (
        None
        if environ.get("PORTAL_INSTALLER") == "pip"
        else shutil.which("uv", path=environ.get("PATH"))
    )


def install(places: Places, lock: Path, environ: Mapping[str, str]) -> None:
    """Install one lock, each file checked against its hash: by uv if there, else by pip."""
    failures = []
    uv = _uv(environ)
    if uv:
        command = [
            uv,
            "pip",
            "install",
            "--python",
            places.python,
            "--require-hashes",
            "-q",
            "-r",
            lock,
        ]
        done = processes.call(
            command, environ=indexes.uv_environment(environ), cwd=places.root, timeout=1800
        )
        if not done.returncode:
            return
        failures.append(f"uv：{_last_lines(done.stderr)}")
    pip = _pip(places, environ)
    if pip is None:
        raise Fault("没有可用的 pip 或 uv" + "".join(f"\n{text}" for text in failures), _APT_HINT)
    options = [
        "--require-hashes",
        "--no-compile",
        "--disable-pip-version-check",
        "--no-input",
        "-q",
    ]
    done = processes.call(
        [*pip, "install", *options, "-r", lock], environ=environ, cwd=places.root, timeout=1800
    )
    if done.returncode:
        failures.append(f"pip：{_last_lines(done.stderr or done.stdout)}")
        raise Fault(
            "Python 组件安装失败\n" + "\n".join(failures),
            "检查网络或镜像设置（PIP_INDEX_URL、pip.conf）",
        )


def _pip(places: Places, environ: Mapping[str, str]) -> list[str | os.PathLike[str]] | None:
    """The pip to use: the environment's own, the outer one pointed at it, or one put there now."""
    inner: list[str | os.PathLike[str]] = [places.python, "-m", "pip"]
    outer: list[str | os.PathLike[str]] = [sys.executable, "-m", "pip"]
    if not processes.call([*inner, "--version"], environ=environ).returncode:
        return inner
    if not processes.call([*outer, "--version"], environ=environ).returncode:
        return [*outer, "--python", places.python]
    if not processes.call([places.python, "-m", "ensurepip", "-q"], environ=environ).returncode:
        return inner
    return None


def _last_lines(text: str, count: int = 6) -> str:
    return "\n    ".join(text.strip().splitlines()[-count:])


def site_packages(places: Places) -> Path | None:
    """Where the environment keeps its packages; None before it exists."""
    return next(iter(sorted(places.venv.glob("lib/python3*/site-packages"))), None)
