"""A fresh checkout becomes a running portal, and its release is upgraded."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.test_commands_doc import SECTIONS, keys_of

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("from nothing")]

NEW_MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.AddField("job", "trial", models.CharField(default="", max_length=1)),
    ]
"""


def upgrade_from_a_release(portal: Any) -> None:
    """The release's own code makes its demo county; today's migrations go over it and back.

    What the running portal keeps in its data folder stays as it was.
    """
    kept = [portal.var / name for name in ("demo_logins.json", "prepared.json")]
    before = [path.read_bytes() for path in kept]
    portal.release("v0.0.1")
    added = portal.root / "hrss_portal" / "jobs" / "migrations" / "0099_trial.py"
    added.write_text(NEW_MIGRATION, encoding="utf-8")
    added.chmod(0o644)
    done = portal.call("manage", "upgrade_check", "--json", seconds=300)
    assert done.returncode == 0, done.stdout
    data = json.loads(done.stdout)["data"]
    assert sorted(data) == sorted(keys_of(SECTIONS["upgrade_check"])[""])
    assert (data["from"], data["new_migrations"]) == ("v0.0.1", ["jobs.0099_trial"])
    assert data["reversed"] == ["jobs"]
    assert data["rows"] > 5000
    assert [path.read_bytes() for path in kept] == before
    added.unlink()


def test_from_nothing_in_a_chinese_path_with_spaces_as_ordinary_user(tmp_path: Path) -> None:
    """A fresh copy of the checkout; as root in the shoes of another user."""
    from tests.faults import strangers

    with strangers.checkout("县 人社局 portal") as portal:
        portal.start(seconds=300)
        assert portal.get("/readyz")[0] == 200
        assert portal.var == portal.root / "var"
        assert portal.end() == 0
        portal.start()
        upgrade_from_a_release(portal)
        assert portal.end() == 0
    assert re.search(r"（[\d.]+ 秒）", portal.last_words), portal.last_words
