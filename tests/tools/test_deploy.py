"""The deployment examples name what exists."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hrss_portal.jobs.schedule import QUEUES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = (ROOT / "hrss_portal" / "settings.py").read_text(encoding="utf-8")
KNOWN = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]+)"', SETTINGS))
# Names that containers, PostgreSQL's image or Python itself read.
FOREIGN = {
    "DJANGO_SETTINGS_MODULE",
    "PYTHONUTF8",
    "POSTGRES_USER",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD_FILE",
    "POSTGRES_INITDB_ARGS",
}


def example() -> dict[str, str]:
    """The names and values of the example environment."""
    lines = (DEPLOY / "portal.env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))


def test_the_example_lists_exactly_the_names_that_the_settings_read() -> None:
    assert set(example()) == KNOWN


@pytest.mark.parametrize(
    "file", ["compose/compose.yaml", "compose/Dockerfile", "helm/portal/templates/_helpers.tpl"]
)
def test_names_in_containers_exist(file: str) -> None:
    text = (DEPLOY / file).read_text(encoding="utf-8")
    named = set(re.findall(r"^\s+([A-Z][A-Z_0-9]+): ", text, re.MULTILINE))
    named |= set(re.findall(r"\b([A-Z][A-Z_0-9]+)=", text))
    named |= set(re.findall(r"name: ([A-Z][A-Z_0-9]+),", text))
    assert named - FOREIGN - KNOWN == set()


def test_readme_names_exist() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z_0-9]{4,})(?:=[^`]*)?`", text))
    assert named - {"CREATEDB"} - KNOWN == set()


def test_the_entry_keeps_to_what_nginx_of_debian_12_knows() -> None:
    """The directive ``http2`` came with 1.25.1; 1.22 refuses a file that has it."""
    text = (DEPLOY / "nginx" / "portal.conf").read_text(encoding="utf-8")
    assert not re.search(r"^\s*http2\s", text, re.MULTILINE)
    assert "listen 443 ssl http2;" in text


def test_the_workers_of_the_chart_serve_every_queue() -> None:
    text = (DEPLOY / "helm" / "portal" / "values.yaml").read_text(encoding="utf-8")
    served = {queue for line in re.findall(r'queues: "([^"]+)"', text) for queue in line.split(",")}
    assert served == set(QUEUES)


def test_the_parts_of_the_compose_file_name_each_other() -> None:
    made = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    services = made["services"]
    assert {"db", "kv", "prepare", "web", "worker", "beat"} == set(services)
    for name, service in services.items():
        assert service.get("image"), name
        assert set(service.get("depends_on", {})) <= set(services), name
        kept = {volume.partition(":")[0] for volume in service["volumes"]}
        assert kept <= set(made["volumes"]), name
        assert set(service.get("secrets", ())) <= set(made["secrets"]), name
    context, file = (services["web"]["build"][key] for key in ("context", "dockerfile"))
    assert ((DEPLOY / "compose" / context).resolve() / file).is_file()


def test_every_value_and_part_that_the_chart_names_exists() -> None:
    chart = DEPLOY / "helm" / "portal"
    values = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    assert yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))["apiVersion"] == "v2"
    files = [path.read_text(encoding="utf-8") for path in sorted((chart / "templates").iterdir())]
    for path in sorted({one for text in files for one in re.findall(r"\.Values\.([\w.]+)", text)}):
        found = values
        for step in path.split("."):
            assert step in found, path
            found = found[step]
    defined = {name for text in files for name in re.findall(r'define "([^"]+)"', text)}
    named = {name for text in files for name in re.findall(r'include "([^"]+)"', text)}
    assert named == defined
    for text in files:
        words = re.findall(r"\{\{-? *(if|range|with|define|end)\b", text)
        assert words.count("end") * 2 == len(words)


def test_management_commands_in_units_exist() -> None:
    commands = set()
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            commands |= set(re.findall(r"manage\.py,? ([a-z_]+)", file.read_text(encoding="utf-8")))
    django = {"collectstatic"}
    ours = {path.stem for path in ROOT.glob("hrss_portal/*/management/commands/*.py")}
    assert commands - django - ours == set()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_units_verify(tmp_path: Path) -> None:
    """The units as shipped, but for the interpreter, which must exist where they are verified."""
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8")
        text = text.replace("/opt/hrss-portal/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    (tmp_path / "hrss-portal-worker@imports.service").symlink_to("hrss-portal-worker@.service")
    units = sorted(str(path) for path in tmp_path.iterdir() if "@." not in path.name)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    ours = [line for line in done.stderr.splitlines() if "hrss-portal" in line]
    assert ours == []
    assert done.returncode == 0, done.stderr
