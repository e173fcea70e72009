"""Directories: where the state lies, and that nobody else can enter the sockets' one."""

import os
from pathlib import Path

import pytest

from tools import places
from tools.console import Fault


def test_state_directory_of_root_user_and_wish() -> None:
    root = Path("/srv/某县 portal")
    assert places.var_directory(root, {}, 1000) == root / "var"
    assert places.var_directory(root, {"PORTAL_VAR": "/data/x"}, 1000) == Path("/data/x")
    chosen = places.var_directory(root, {}, 0)
    assert chosen.parent == Path("/var/lib")
    assert chosen != places.var_directory(Path("/srv/other"), {}, 0)


def test_socket_directory_only_where_it_is_ours(tmp_path: Path) -> None:
    uid = os.getuid()
    assert places.run_base({"XDG_RUNTIME_DIR": str(tmp_path)}, uid + 1) != tmp_path
    if uid:
        assert places.run_base({"XDG_RUNTIME_DIR": str(tmp_path)}, uid) == tmp_path


def test_socket_path_fits_into_its_limit(tmp_path: Path) -> None:
    deep = tmp_path / ("很长的目录名" * 12)
    deep.mkdir()
    base = places.run_base({"XDG_RUNTIME_DIR": str(deep)}, os.getuid())
    longest = f"{base}/hrss-{os.getuid()}-12345678{'/pg/.s.PGSQL.5432.lock'}"
    assert len(os.fsencode(longest)) <= places.SOCKET_LIMIT


def test_private_directory_is_closed_and_not_a_link(tmp_path: Path) -> None:
    path = places.private_directory(tmp_path / "run")
    assert path.stat().st_mode & 0o777 == 0o700
    path.chmod(0o777)
    assert places.private_directory(path).stat().st_mode & 0o777 == 0o700
    link = tmp_path / "link"
    link.symlink_to(path)
    with pytest.raises(Fault):
        places.private_directory(link)
