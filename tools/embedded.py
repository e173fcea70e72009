"""What the two embedded servers share: where they live, and as whom they run."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import processes
from tools.console import Fault
from tools.places import NAME, Places, digest, private_directory

# Nothing of another database on this machine may leak into the embedded one.
_FOREIGN = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGDATABASE")
_FOREIGN += (
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGDATA",
    "PGOPTIONS",
    "PGSSLMODE",
    "PGAPPNAME",
    "LD_PRELOAD",
)


@dataclass(frozen=True)
class Home:
    """The embedded servers' surroundings: data directory, sockets, environment, user."""

    data: Path
    run: Path
    logs: Path
    environ: Mapping[str, str]
    identity: processes.Identity | None


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without another PostgreSQL's settings, in a locale that exists everywhere."""
    kept = {name: value for name, value in environ.items() if name not in _FOREIGN}
    return {**processes.SMALL_HEAP, **kept, "LC_ALL": "C", "HOME": kept.get("HOME", "/")}


def others_may_enter(path: Path) -> bool:
    """Whether a user without rights can reach ``path``: each parent lets others through."""
    resolved = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in [resolved, *resolved.parents])


def home(places: Places, environ: Mapping[str, str]) -> Home:
    """Where the servers live.  Root's run as ``nobody``, who cannot enter root's own folders."""
    identity = processes.server_identity()
    base = places.var
    if identity is not None and not others_may_enter(base):
        base = Path(f"/var/lib/{NAME}-{digest(places.root, places.var.resolve())}")
        base.mkdir(parents=True, exist_ok=True, mode=0o755)
    return Home(base, places.run, places.logs, clean(environ), identity)


def own(path: Path, identity: processes.Identity | None) -> Path:
    """A 0700 directory of the user the server runs as."""
    if identity is None:
        return private_directory(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    facts = os.lstat(path)
    if facts.st_uid not in (0, identity.uid) or path.is_symlink():
        raise Fault(f"目录 {path} 属于别的用户", "删除它后重试")
    os.chown(path, identity.uid, identity.gid)
    os.chmod(path, 0o700)
    return path


def copied(sources: Mapping[str, Path], target: Path, probe: list[str], where: Home) -> Path:
    """``sources`` copied below ``target`` for a user who cannot read the originals.

    The copy is made under another name and renamed, and must be able to run there.  Who renames
    second, when two start at once, takes the copy of the first.
    """
    if not target.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        for name, source in sources.items():
            destination = fresh / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, destination, symlinks=True)
            else:
                shutil.copy2(source, destination)
        for folder, names, files in os.walk(fresh):
            os.chmod(folder, 0o755)  # noqa: S103 - programs, which their user must reach
            for name in [*names, *files]:
                path = Path(folder, name)
                if not path.is_symlink():
                    os.chmod(path, 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            os.rename(fresh, target)
        except OSError:
            if not target.exists():
                raise
            shutil.rmtree(fresh, ignore_errors=True)
        _verify(target, probe, where)
    return target


def _verify(target: Path, probe: list[str], where: Home) -> None:
    try:
        done = processes.call(
            [target / probe[0], *probe[1:]], environ=where.environ, identity=where.identity
        )
        trouble = done.stderr.strip() if done.returncode else ""
    except Exception as error:  # subprocess wraps a refused setuid in its own class
        trouble = str(error)
    if trouble:
        shutil.rmtree(target, ignore_errors=True)
        raise Fault(
            f"不能以普通用户身份运行 {target}：{trouble}",
            "分区可能是 noexec，或容器禁止切换用户：用 PORTAL_VAR 换目录，或以普通用户运行",
        )
