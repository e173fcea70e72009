"""``upgrade_check``: where it starts from.  A whole rehearsal is in tests/faults."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from hrss_portal.audit.commands import BadInput
from hrss_portal.desk.backups import rehearsal


def test_an_upgrade_starts_where_one_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, bool]] = []
    answer = {"from": "x", "hint": "", "rows": 1, "migrate_seconds": 1, "new_migrations": []}

    def upgrade_check(ref: str, *, current: bool) -> dict[str, Any]:
        asked.append((ref, current))
        return {**answer, "reversed": []}

    monkeypatch.setattr(rehearsal, "upgrade_check", upgrade_check)
    for words in ((), ("v0.1.0",), ("--from", "3b5af61"), ("--current",)):
        call_command("upgrade_check", *words)
    assert asked == [("", False), ("v0.1.0", False), ("3b5af61", False), ("", True)]
    for words in (("--from", "3b5af61", "--current"), ("v0.1.0", "--from", "3b5af61")):
        with pytest.raises(SystemExit):
            call_command("upgrade_check", *words)
        assert "只能写一个" in capsys.readouterr().err
    assert len(asked) == 4


def test_the_code_of_any_commit_is_taken_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.BASE_DIR = tmp_path
    who = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    (tmp_path / "a.txt").write_text("first", encoding="utf-8")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "a.txt").write_text("now", encoding="utf-8")
    with rehearsal._released("HEAD") as root:
        assert (root / "a.txt").read_text(encoding="utf-8") == "first"
    assert not root.exists()
    assert rehearsal.last_release() == ""
    with pytest.raises(BadInput, match="取不到版本") as error, rehearsal._released("v9.9.9"):
        pass
    assert "--current" in error.value.hint
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rehearsal.last_release() == ""
    with pytest.raises(BadInput, match="没有 git"), rehearsal._released("HEAD"):
        pass
