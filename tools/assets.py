"""Third-party assets: ``npm ci``, then the few files that pages load are copied out."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tools import processes, python_env, stamps
from tools.console import Fault, step
from tools.places import Places

# What pages may load.  Every file that names a source map is copied with it: the manifest storage
# follows the reference and refuses a missing file.
_SOURCES = (
    "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.min.css.map",
    "htmx.org/dist/htmx.min.js",
    "tom-select/dist/js/tom-select.base.min.js",
    "tom-select/dist/js/tom-select.base.min.js.map",
    "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "tom-select/dist/css/tom-select.bootstrap5.min.css.map",
    "echarts/dist/echarts.min.js",
)
ALLOWED = {source.rsplit("/", 1)[1]: source for source in _SOURCES}


def ensure(places: Places, environ: Mapping[str, str], *, dev: bool = False) -> None:
    """``PORTAL_VAR/vendor`` holds the assets; with ``dev`` node_modules has the test tools."""
    lock = [places.root / "package.json", places.root / "package-lock.json"]
    wanted = stamps.fingerprint(lock, sorted(ALLOWED.items()))
    modules = places.root / "node_modules"
    full = modules / ".ready-dev"
    if dev and not stamps.holds(full, wanted):
        with step("前端组件与测试浏览器"):
            _npm_ci(places, environ, [])
        stamps.write(full, wanted)
    if stamps.holds(places.vendor / ".ready", wanted):
        return
    with step("前端组件"):
        if not all((modules / source).exists() for source in ALLOWED.values()) or not (
            stamps.holds(full, wanted) or stamps.holds(modules / ".ready-run", wanted)
        ):
            _npm_ci(places, environ, ["--omit=dev"])
            stamps.write(modules / ".ready-run", wanted)
        _copy(places, wanted)


def copy_allowed(modules: Path, target: Path) -> None:
    """Copy the files that pages may load from ``node_modules`` into ``target``."""
    for name, source in ALLOWED.items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, file)


def _copy(places: Places, stamp: str) -> None:
    """Fill a new directory beside the old one and change them over by renaming."""
    fresh = places.var / f"vendor.{os.getpid()}"
    old = places.var / f"vendor.old.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    copy_allowed(places.root / "node_modules", fresh)
    (fresh / ".ready").write_text(stamp)
    if places.vendor.exists():
        os.rename(places.vendor, old)
    os.rename(fresh, places.vendor)
    shutil.rmtree(old, ignore_errors=True)


def node(places: Places, environ: Mapping[str, str], name: str) -> str | None:
    """The path of ``node`` or ``npm``: the machine's, else the one in the virtual environment."""
    return shutil.which(name, path=environ.get("PATH")) or shutil.which(
        name, path=str(places.venv / "bin")
    )


def _npm_ci(places: Places, environ: Mapping[str, str], options: list[str]) -> None:
    if not (node(places, environ, "npm") and node(places, environ, "node")):
        # No Node.js on this machine: the wheel of it goes into the virtual environment.
        python_env.install(places, places.root / "tools" / "node.txt", environ)
    npm = node(places, environ, "npm")
    if npm is None:
        raise Fault("没有 node/npm", "Debian/Ubuntu 上执行：apt install nodejs npm")
    command = [
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        *options,
    ]
    path = f"{places.venv / 'bin'}{os.pathsep}{environ.get('PATH', '')}"
    last = ""
    for _attempt in range(2):  # a registry that hiccups once is common enough
        done = processes.call(
            command, environ={**environ, "PATH": path, "CI": "true"}, cwd=places.root, timeout=900
        )
        if not done.returncode:
            return
        last = "\n    ".join((done.stderr or done.stdout).strip().splitlines()[-8:])
    raise Fault(f"npm ci 失败\n    {last}", "检查网络或镜像设置（npm config get registry）")
