"""Files without a row, and the command that builds the shipped templates."""

import io
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from hrss_portal.documents.kinds import paper_kinds
from hrss_portal.documents.upkeep import sweep_orphans
from hrss_portal.jobs.models import Job
from tests.factories.documents import FileFactory


def age(path, days):
    then = time.time() - days * 86400
    os.utime(path, (then, then))


def test_file_without_a_row_is_moved_aside_and_later_deleted(db, settings):
    kept = FileFactory()
    known = Path(kept.content.path)
    lost, fresh = known.parent / "lost.pdf", known.parent / "fresh.pdf"
    for path in (lost, fresh):
        path.write_bytes(b"x")
    age(known, 2)
    age(lost, 2)
    assert sweep_orphans(Job()) == {"moved": 1, "deleted": 0}
    aside = Path(settings.MEDIA_ROOT) / "orphans" / "lost.pdf"
    assert (known.exists(), fresh.exists(), lost.exists(), aside.exists()) == (
        True,
        True,
        False,
        True,
    )
    age(aside, 31)
    assert sweep_orphans(Job()) == {"moved": 0, "deleted": 1}


def build(*words):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("build_paper_templates", *words, "--json", stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads((out.getvalue() or err.getvalue()).strip())


def test_templates_are_written_into_a_folder(notice, tmp_path):
    code, answer = build(str(tmp_path / "papers"))
    assert (code, answer["ok"]) == (0, True)
    assert len(list((tmp_path / "papers").glob("*.docx"))) == len(answer["data"])
    assert "test.notice" in {row["code"] for row in answer["data"]}


@pytest.mark.parametrize(
    "change", [{"tags": {}}, {"template": "tests/kernel/documents/absent.txt"}]
)
def test_unusable_source_is_a_fault(notice, change):
    paper_kinds()[notice.code] = replace(notice, **change)
    code, answer = build()
    assert (code, answer["error"]["code"]) == (1, "bad_template")
