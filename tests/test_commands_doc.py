"""docs/commands.md says what the commands do: names that exist, keys that come out."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands, load_command_class

from hrss_portal.access.setup import write_demo_logins
from hrss_portal.activities import drawing
from hrss_portal.audit.commands import PortalCommand
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
STABLE, _, INNER = TEXT.partition("## Commands of the house")
PARTS = re.split(r"^### ([a-z_]+)$", STABLE, flags=re.MULTILINE)[1:]
SECTIONS = dict(zip(PARTS[::2], PARTS[1::2], strict=True))
DATA = re.compile(r"^```data\n(.*?)^```", re.MULTILINE | re.DOTALL)
PERIOD = ("--from", "2023-01-01", "--to", "2023-11-16")
# They call PostgreSQL's own programs on whole databases: tests/faults runs them.
WHOLE_DATABASES = {"backup", "restore", "restore_drill", "upgrade_check"}


def keys_of(section: str) -> dict[str, list[str]]:
    """Keys by the path to the object that has them: ``""`` is the data itself."""
    found = {}
    for line in (DATA.search(section) or ["", ""])[1].splitlines():
        path, colon, names = line.rpartition(":")
        found[path] = [name.strip() for name in (names if colon else line).split(",")]
    return found


def follow(data: Any, path: str) -> Any:
    """The first object at a path such as ``trace[]`` or ``[].by[]``."""
    for step in filter(None, path.replace("[]", ".[].").split(".")):
        data = data[0] if step == "[]" else data[step]
    return data


def run(capsys: Any, *words: str) -> Any:
    """The data of a command's envelope."""
    with suppress(SystemExit):  # import_sheet with rejected rows, running_state without workers
        call_command(*words, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["ok", "data"]
    return answer["data"]


def portal_commands() -> Iterator[str]:
    """The commands that answer in the envelope."""
    ours = {config.name for config in apps.get_app_configs()}
    for name, app in get_commands().items():
        if app not in ours or not app.startswith("hrss_portal."):
            continue
        if isinstance(load_command_class(app, name), PortalCommand):
            yield name


def test_the_page_and_the_portal_have_the_same_commands() -> None:
    named = {*SECTIONS, *re.findall(r"`([a-z_]+)`", INNER)}
    assert [name for name in SECTIONS if name not in get_commands()] == []
    others = {name for name in portal_commands() if not name.startswith("load_")}
    assert sorted(others - named) == []


@pytest.fixture
def worked(county: County, acting: Callable[..., Any]) -> County:
    """A county with legal rules and one dispute."""
    shipped_rules()
    acting("demo")
    make.dispute(county, None, date(2023, 3, 1))
    return county


CALLS: dict[str, tuple[str, ...]] = {
    "deadline": ("ARB-14", "2023-08-17"),
    "figures": ("--code", "arb.received", *PERIOD, "--by", "town"),
    "figure_rows": ("arb.received", *PERIOD),
    "import_sheet": ("X17", "{folder}/x17.csv"),
    "export_sheet": ("X10", "{folder}/x10.xlsx"),
    "sheet_template": ("X10", "{folder}/empty.xlsx"),
    "report": ("county-2023", *PERIOD, "--out", "{folder}/r.docx"),
    "audit_verify": (),
    "draw_verify": ("{folder}/draw.json",),
    "running_state": (),
    "field_key_check": (),
    "field_key_export": ("--to", "{folder}/keys.txt"),
    "field_key_rotate": (),
    "backup_key_pair": ("--to", "{folder}/private.key"),
}
WRONG_SHEET = "名称,类型,状态,建立日期\n某调委会,没有的类型,已建立,2023-01-01\n"


@pytest.mark.parametrize("name", CALLS)
def test_a_real_run_answers_with_the_listed_keys(
    name: str, worked: County, tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / "x17.csv").write_text(WRONG_SHEET, encoding="utf-8")
    listed = [{"id": "甲", "label": "甲公司"}]
    (tmp_path / "draw.json").write_bytes(drawing.draw_file(listed, [], 1, "种子"))
    data = run(capsys, name, *(word.format(folder=tmp_path) for word in CALLS[name]))
    for path, names in keys_of(SECTIONS[name]).items():
        assert sorted(follow(data, path)) == sorted(names), path


def test_first_admin_and_demo_logins_answer_with_the_listed_keys(
    db: None, settings: Any, tmp_path: Path, capsys: Any
) -> None:
    settings.VAR_DIR = tmp_path
    made = run(capsys, "first_admin")
    assert sorted(made) == sorted(keys_of(SECTIONS["first_admin"])[""])
    row = {"staff_no": made["staff_no"], "name": "甲", "unit": "局", "posts": [], "password": "x"}
    write_demo_logins([row])
    logins = run(capsys, "demo_logins")
    assert sorted(logins[0]) == sorted(keys_of(SECTIONS["demo_logins"])["[]"])


def test_every_listed_shape_is_tried() -> None:
    shaped = {name for name, section in SECTIONS.items() if keys_of(section)}
    assert shaped == {*CALLS, *WHOLE_DATABASES, "first_admin", "demo_logins"}


def test_bad_input_answers_with_the_documented_error(worked: County, capsys: Any) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("deadline", "NO-99", "2023-08-17", "--json")
    error = json.loads(capsys.readouterr().err)
    assert (end.value.code, error["ok"]) == (2, False)
    assert sorted(error["error"]) == ["code", "hint", "message"]
