"""What is sent to browsers of 2021: small, and without words that they do not know."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]
STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
DENIED = (
    r":has\(",
    r"@container",
    r"@layer",
    r"color-mix\(",
    r"oklch\(",
    r"\binert\b",
    r"\d[dls]vh\b",
    r"subgrid",
    r"^\s*&",
    r"@import",
    r"https?://(?!www\.w3\.org)",
)
DENIED_JS = (
    r"\.at\(-?\d",
    r"structuredClone",
    r"Object\.hasOwn",
    r"\beval\(",
    r"new Function",
    r"localStorage",
    r"https?://",
)


def size(files: list[Path]) -> int:
    """Bytes over the wire."""
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_style_sheets_keep_to_what_old_cores_know() -> None:
    found = [
        (file.name, pattern)
        for file in STATIC.glob("css/*.css")
        for pattern in DENIED
        if re.search(pattern, file.read_text(), re.MULTILINE)
    ]
    assert found == []


def test_scripts_keep_to_what_old_cores_know() -> None:
    found = [
        (file.name, pattern)
        for file in STATIC.glob("js/*.js")
        for pattern in DENIED_JS
        if re.search(pattern, file.read_text())
    ]
    assert found == []


def test_own_assets_stay_small() -> None:
    assert size(list(STATIC.glob("css/*.css"))) <= 25_000
    assert size(list(STATIC.glob("js/*.js"))) <= 60_000


def test_no_template_has_inline_script_or_style() -> None:
    found = [
        file.name
        for file in TEMPLATES.rglob("*.html")
        if re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", file.read_text())
    ]
    assert found == []


def test_every_page_asks_for_the_modern_core() -> None:
    roots = [
        file for file in TEMPLATES.rglob("*.html") if "<!doctype html>" in file.read_text().lower()
    ]
    wanted = '<meta name="renderer" content="webkit"'
    assert [file.name for file in roots if wanted not in file.read_text()] == []
    assert len(roots) >= 3


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to parse")
def test_scripts_parse() -> None:
    for file in STATIC.glob("js/*.js"):
        done = subprocess.run(["node", "--check", str(file)], capture_output=True, check=False)
        assert done.stderr == b""


def test_the_card_of_a_known_party_names_its_keys() -> None:
    scripts = {
        name: (ROOT / "static" / "js" / name).read_text() for name in ("entry.js", "keyboard.js")
    }
    for key in ("F2", "F4"):
        assert f"（{key}）" in scripts["entry.js"]
        assert f'event.key === "{key}"' in scripts["keyboard.js"]
