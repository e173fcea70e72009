"""docs/settings.md lists exactly what is read from the environment."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READ = re.compile(r'env(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]+)"')
LISTED = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)
TOOLS = "## Read by `./portal` itself"


def document() -> str:
    """The document of the settings."""
    return (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_the_document_lists_exactly_the_names_that_the_settings_read() -> None:
    settings = (ROOT / "hrss_portal" / "settings.py").read_text(encoding="utf-8")
    listed = LISTED.findall(document())
    assert sorted(listed) == sorted(set(READ.findall(settings)))


def test_the_names_of_the_tools_are_read_there() -> None:
    sources = [*(ROOT / "tools").glob("*.py"), ROOT / "portal"]
    source = "".join(path.read_text(encoding="utf-8") for path in sources)
    named = re.findall(r"\b([A-Z][A-Z_]{6,})\b", document().partition(TOOLS)[2])
    assert [name for name in named if name not in source] == []
