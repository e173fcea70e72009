"""Where things lie: the checkout, the state directory, the short directory of the sockets."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.console import Fault

ROOT = Path(__file__).resolve().parent.parent
NAME = "hrss-portal"
SOCKET_LIMIT = 107  # bytes that Linux gives a unix socket's path, without the final zero
_LITTLE = 100 * 1024**2  # bytes: with less the servers refuse to write
LONGEST_SOCKET = len("/pg/.s.PGSQL.5432.lock")


def digest(*parts: object) -> str:
    """Eight hex digits that tell one checkout (and state directory) from another."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:8]


def var_directory(root: Path, environ: Mapping[str, str], uid: int) -> Path:
    """The state directory: ``PORTAL_VAR``, else under /var/lib for root, else ``var/`` here."""
    if environ.get("PORTAL_VAR"):
        return Path(environ["PORTAL_VAR"]).absolute()
    if uid == 0:
        return Path(f"/var/lib/{NAME}-{digest(root)}")
    return root / "var"


def run_base(environ: Mapping[str, str], uid: int) -> Path:
    """The directory in which the socket directory is made; short, local, and ours."""
    candidate = "/run" if uid == 0 else environ.get("XDG_RUNTIME_DIR", "")
    if candidate and len(os.fsencode(candidate)) <= SOCKET_LIMIT - LONGEST_SOCKET - 32:
        with suppress(OSError):
            facts = os.stat(candidate)
            # A ``su`` session may have inherited another user's directory.
            ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == uid
            if ours and os.access(candidate, os.W_OK):
                return Path(candidate)
    temporary = tempfile.gettempdir()
    if len(os.fsencode(temporary)) > SOCKET_LIMIT - LONGEST_SOCKET - 32:
        temporary = "/tmp"  # noqa: S108 - the directory made in it is private and verified
    return Path(temporary)


def private_directory(path: Path, mode: int = 0o700) -> Path:
    """Make ``path`` or verify that the existing one is ours and closed to others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.mkdir(path, mode)
        os.chmod(path, mode)
    except FileExistsError:
        facts = os.lstat(path)
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
            raise Fault(
                f"目录 {path} 不属于当前用户", "删除它，或设置 PORTAL_VAR / TMPDIR"
            ) from None
        if stat.S_IMODE(facts.st_mode) != mode:
            os.chmod(path, mode)
    return path


def full_disk(path: Path) -> str:
    """What to do first where the disk of a directory is full; empty while there is room."""
    free = shutil.disk_usage(path).free
    if free > _LITTLE:
        return ""
    return f"磁盘已满（{path} 只剩 {free / 1024**2:.0f} MB），先腾出空间再执行 ./portal run。"


@dataclass(frozen=True)
class Places:
    """The directories of one installation."""

    root: Path
    var: Path
    run: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets.env"

    @property
    def state(self) -> Path:
        return self.var / "run.json"

    @property
    def vendor(self) -> Path:
        return self.var / "vendor"


def find_places(environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Places:
    """The directories, made where missing.  Root's socket directory lets the database user pass."""
    uid = os.geteuid()
    var = var_directory(root, environ, uid)
    try:
        var.mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise Fault(
            f"无法建立数据目录 {var}：{error.strerror}", "用 PORTAL_VAR 指定一个可写目录"
        ) from None
    if not os.access(var, os.W_OK | os.X_OK):
        hint = "把它交给运行门户的账号（chown、chmod u+rwx），或用 PORTAL_VAR 指定另一个目录"
        raise Fault(f"数据目录 {var} 不能写入", hint)
    name = (
        f"hrss-{digest(root, var.resolve())}"
        if uid == 0
        else f"hrss-{uid}-{digest(root, var.resolve())}"
    )
    run = private_directory(run_base(environ, uid) / name, 0o711 if uid == 0 else 0o700)
    places = Places(root, var, run)
    private_directory(places.logs)
    return places
