"""What people write wrongly beside ``./portal`` is told in words, with what to do, and exit 2."""

from pathlib import Path
from typing import Any

import pytest

from tools import commands, places, ports, secrets_file, servers
from tools.console import Fault
from tools.supervisor import Supervisor


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An installation of its own."""
    return {"PORTAL_VAR": str(tmp_path / "var"), "XDG_RUNTIME_DIR": str(tmp_path)}


@pytest.mark.parametrize(
    "words", [("--port", "99999"), ("--port", "80x"), ("--port",), ("--bogus",), ("extra",)]
)
def test_wrong_arguments_of_run(
    words: tuple[str, ...], environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(["run", *words], environ) == 2
    said = capsys.readouterr().err
    assert "用法：./portal run [--host 地址] [--port 端口] [--empty]（端口 1–65535）" in said
    assert "usage" not in said


def test_an_address_of_another_machine_is_not_a_taken_port() -> None:
    for host in ("192.0.2.7", "a..b"):
        with pytest.raises(Fault, match="不是本机的地址") as error:
            ports.choose(host, 8041)
        assert error.value.status == 2
        assert "--host" in error.value.hint


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("DATABASE_URL", "mysql://a/b", "postgres://"),
        ("REDIS_URL", "amqp://a", "unix:///"),
    ],
)
def test_servers_of_another_kind(name: str, url: str, words: str, environ: dict[str, str]) -> None:
    with pytest.raises(Fault, match=name) as error:
        servers.find_servers(places.find_places(environ), {**environ, name: url})
    assert (error.value.status, words in error.value.hint) == (2, True)


def test_a_key_value_server_that_does_not_answer(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.supervisor._PATIENCE", 0.0)
    for url in ("redis://127.0.0.1:1/0", f"unix://{tmp_path}/nobody.sock"):
        outer = {**environ, "REDIS_URL": url}
        with pytest.raises(Fault, match="REDIS_URL") as error:
            Supervisor(places.find_places(environ), outer, "127.0.0.1", None)._require_keyvalue()
        assert "去掉 REDIS_URL" in error.value.hint


def test_folders_and_keys_of_another_account(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = places.find_places(environ)

    def refused(*args: Any, **kwargs: Any) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refused)
    with pytest.raises(Fault, match="不能读取") as error:
        secrets_file.load(here.secrets, {}, data_exists=True)
    assert "chown" in error.value.hint
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(Fault, match="不能写入") as error:
        places.find_places(environ)
    assert "PORTAL_VAR" in error.value.hint
