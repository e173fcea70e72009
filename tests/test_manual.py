"""docs/manual: what it quotes stands on a screen, and its links lead somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
MANUAL = sorted((ROOT / "docs" / "manual").glob("*.md"))
SOURCES = ("templates", "hrss_portal", *settings.WORK_AREAS, "static/js")
KINDS = {".html", ".py", ".js", ".csv", ".toml", ".txt"}
TAGS = re.compile(r"\{[%{#].*?[%}#]\}|<[^>]+>|\s", re.DOTALL)
QUOTED = re.compile(r"“([^”]+)”")
LINKS = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@cache
def words_of_screens() -> str:
    """All the text that screens are made of, without markup and spaces."""
    found = []
    for name in SOURCES:
        files = (path for path in (ROOT / name).rglob("*") if path.suffix in KINDS)
        found += [path.read_text(encoding="utf-8") for path in files]
    text = "".join(found)
    return TAGS.sub("", text) + text


@pytest.mark.parametrize("page", MANUAL, ids=[page.stem for page in MANUAL])
def test_what_is_quoted_stands_on_a_screen(page: Path) -> None:
    quoted = QUOTED.findall(page.read_text(encoding="utf-8"))
    unknown = [word for word in quoted if word.replace(" ", "") not in words_of_screens()]
    assert unknown == [], (
        f"docs/manual/{page.name} quotes words in “…” that stand on no screen; write them as the "
        f"screen does, or without “”.  Searched: {', '.join(SOURCES)}"
    )


def test_every_link_of_the_documents_leads_to_a_file() -> None:
    pages = [*PAGES, *ROOT.glob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in LINKS.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == [], "a document links to a file that is not there (path from the page itself)"
