"""import_sheet, export_sheet, sheet_template: the documented shapes and exit codes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from hrss_portal.imports.models import Batch
from tests.factories.imports import made_up_people, people_book, workbook
from tests.kernel.imports.doors import people

pytestmark = pytest.mark.usefixtures("people_sheet", "county")


def run(capsys: Any, *words: str) -> tuple[int, dict[str, Any]]:
    code = 0
    try:
        call_command(*words, "--json")
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, json.loads(out or err)


def put(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def test_dry_run_writes_nothing_and_needs_no_user(capsys: Any, tmp_path: Path) -> None:
    content = people_book(made_up_people(2))
    code, answer = run(capsys, "import_sheet", "T01", put(tmp_path / "a.xlsx", content))
    assert (code, answer["ok"]) == (0, True)
    assert answer["data"] == {
        "sheet": "T01",
        "file_sha256": hashlib.sha256(content).hexdigest(),
        "batch": answer["data"]["batch"],
        "dry_run": True,
        "read": 2,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "errors": [],
    }
    assert people() == []


def test_commit_needs_a_user(capsys: Any, tmp_path: Path) -> None:
    path = put(tmp_path / "a.xlsx", people_book(made_up_people(1)))
    code, answer = run(capsys, "import_sheet", "T01", path, "--commit")
    assert (code, answer["error"]["code"]) == (2, "user_required")
    code, answer = run(capsys, "import_sheet", "T01", path, "--commit", "--user", "0")
    assert (code, answer["error"]["code"]) == (2, "unknown_user")


def test_commit_with_rejected_rows_exits_3(
    capsys: Any, tmp_path: Path, employment_clerk: Any
) -> None:
    rows = made_up_people(2)
    rows[1][0] = "城关"
    path = put(tmp_path / "a.xlsx", people_book(rows))
    words = ("import_sheet", "T01", path, "--commit", "--user", employment_clerk.staff_no)
    code, answer = run(capsys, *words)
    data = answer["data"]
    assert (code, data["dry_run"], data["created"], data["rejected"]) == (3, False, 1, 1)
    assert data["errors"] == [
        {
            "sheet": "台账",
            "row": 4,
            "column": "A",
            "heading": "乡镇",
            "value_masked": "城关",
            "code": "invalid_choice",
            "message": data["errors"][0]["message"],
            "level": "wrong",
        }
    ]
    assert len(people()) == 1


def test_without_json_a_receipt_in_chinese(capsys: Any, tmp_path: Path) -> None:
    rows = made_up_people(1)
    rows[0][0] = "城关"
    path = put(tmp_path / "a.xlsx", people_book(rows))
    with pytest.raises(SystemExit):
        call_command("import_sheet", "T01", path)
    out = capsys.readouterr().out
    assert "读入 1 = 新增 0 + 更新 0 + 未变 0 + 未导入 1" in out
    assert "■ A3 乡镇 城关" in out


@pytest.mark.parametrize(
    ("sheet", "content", "code"),
    [
        ("X99", b"", "unknown_sheet"),
        ("T01", b"%PDF", "not_a_sheet"),
        ("T01", workbook([["甲", "乙"]]), "no_header"),
        ("T01", workbook([["姓名", "联系电话"], ["甲甲", "1"]]), "headings"),
    ],
    ids=["no such sheet", "no table", "no heading", "other headings"],  # a workbook has its time
)
def test_unusable_input_exits_2(
    capsys: Any, tmp_path: Path, sheet: str, content: bytes, code: str
) -> None:
    status, answer = run(capsys, "import_sheet", sheet, put(tmp_path / "a.xlsx", content))
    assert (status, answer["error"]["code"]) == (2, code)


def test_a_user_without_the_right_exits_2(capsys: Any, tmp_path: Path, auditor: Any) -> None:
    path = put(tmp_path / "a.xlsx", people_book(made_up_people(1)))
    code, answer = run(capsys, "import_sheet", "T01", path, "--user", auditor.staff_no)
    assert (code, answer["error"]["code"]) == (2, "not_allowed")
    assert not Batch._base_manager.exists()


def test_missing_file(capsys: Any, tmp_path: Path) -> None:
    code, answer = run(capsys, "import_sheet", "T01", str(tmp_path / "none.xlsx"))
    assert (code, answer["error"]["code"]) == (2, "no_file")


def test_a_file_of_another_kind_or_in_no_folder_is_bad_input(capsys: Any, tmp_path: Path) -> None:
    for command, name, code, words in (
        ("export_sheet", "x.foo", "bad_path", "要以 .xlsx 或 .csv 结尾"),
        ("sheet_template", "x.csv", "bad_path", "要以 .xlsx 结尾"),
        ("export_sheet", "nope/x.xlsx", "no_file", "找不到"),
        ("import_sheet", "nope.xlsx", "no_file", "找不到"),
    ):
        status, answer = run(capsys, command, "T01", str(tmp_path / name))
        assert (status, answer["error"]["code"]) == (2, code)
        assert words in answer["error"]["message"]
        assert answer["error"]["hint"]
    assert list(tmp_path.iterdir()) == []


def test_export_and_template(capsys: Any, tmp_path: Path, employment_clerk: Any) -> None:
    path = put(tmp_path / "a.xlsx", people_book(made_up_people(2)))
    run(capsys, "import_sheet", "T01", path, "--commit", "--user", employment_clerk.staff_no)
    target = str(tmp_path / "out.xlsx")
    assert run(capsys, "export_sheet", "T01", target)[1]["data"]["rows"] == 2
    words = ("export_sheet", "T01", str(tmp_path / "out.csv"), "--filter", "town=周集镇")
    assert run(capsys, *words)[1]["data"]["rows"] == 0
    assert run(capsys, "import_sheet", "T01", target)[1]["data"]["unchanged"] == 2
    code, answer = run(capsys, "sheet_template", "T01", str(tmp_path / "t.xlsx"))
    assert (code, answer["data"]["headings"][1]) == (0, "姓名")
    code, answer = run(capsys, "export_sheet", "T01", target, "--filter", "color=x")
    assert (code, answer["error"]["code"]) == (2, "unknown_filter")
    code, answer = run(capsys, "sheet_template", "X99", target)
    assert (code, answer["error"]["code"]) == (2, "unknown_sheet")
