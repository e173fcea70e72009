"""A fresh checkout owned by somebody who is not root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.portals import ROOT, Portal, plain_environment
from tools.places import digest

NAME = "portal-stranger"
# Where the network and its certificates are is the machine's matter, not the user's.
_KEPT = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "LANG")


class Stranger(Portal):
    """A portal of another user; remembers what it said last."""

    last_words = ""

    def release(self, tag: str) -> None:
        """Make the checkout a repository whose present state carries a release tag."""
        who = ("-c", "user.name=test", "-c", "user.email=test@localhost")
        for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", tag), ("tag", tag)):
            done = subprocess.run(
                [*self.prefix, "git", *words],
                cwd=self.root,
                env=self.environ,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr


def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        add = ["useradd", "--system", "--create-home", "--shell", "/bin/sh", NAME]
        subprocess.run(add, check=True, capture_output=True)
        return pwd.getpwnam(NAME)


def _files() -> list[str]:
    """What a clone would hold, uncommitted work included."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = done.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


@contextmanager
def checkout(name: str) -> Iterator[Stranger]:
    """A copy of the checkout in a folder called ``name``, and a portal in it."""
    base = Path(tempfile.mkdtemp(prefix="hrss-stranger-"))
    base.chmod(0o755)
    root = base / name
    for file in _files():
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, target)
    environ = plain_environment()
    prefix: list[str] = []
    if os.geteuid() == 0:
        user = _user()
        subprocess.run(["chown", "-R", f"{user.pw_uid}:{user.pw_gid}", str(root)], check=True)
        kept = {
            name: value for name, value in os.environ.items() if name in _KEPT or "CERT" in name
        }
        environ = {
            **kept,
            "HOME": user.pw_dir,
            "USER": NAME,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        }
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    portal = Stranger(root / "var", root, environ)
    portal.prefix = prefix
    portal.output = base / "output"
    try:
        yield portal
        portal.last_words = portal.said()
    finally:
        if portal.process is not None and portal.process.poll() is None:
            portal.end()
        shutil.rmtree(base, ignore_errors=True)
        if prefix:
            sockets = f"hrss-{_user().pw_uid}-{digest(root, portal.var)}"
            shutil.rmtree(Path(tempfile.gettempdir(), sockets), ignore_errors=True)
            subprocess.run(["userdel", "--remove", NAME], check=False, capture_output=True)
