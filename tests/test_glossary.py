"""docs/glossary.md: one identifier per term, in order, each in the file that is named."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| `([^`]+)` \|", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))


def test_identifiers_stand_in_order_and_once() -> None:
    names = [name for name, _, _ in ROWS]
    assert names == sorted(set(names), key=lambda name: (name.lower(), name))


def test_terms_stand_once() -> None:
    terms = [term for _, term, _ in ROWS]
    assert [term for term in terms if terms.count(term) > 1] == []


def test_every_identifier_stands_in_its_file() -> None:
    missing = [
        f"{name}: {place}"
        for name, _, place in ROWS
        if not (ROOT / place).is_file()
        or not re.search(rf"\b{name}\b", (ROOT / place).read_text(encoding="utf-8"))
    ]
    assert missing == []
