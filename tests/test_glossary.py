"""docs/glossary.md: one identifier per term, in order, each in the file that is named.

Two areas may use one identifier for two terms (a move called ``settle``): each has its row.
"""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| `([^`]+)` \|", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))


def test_identifiers_stand_in_order_and_once() -> None:
    names = [name for name, _, _ in ROWS]
    assert names == sorted(names, key=lambda name: (name.lower(), name))
    homes = [(name, place.partition("/")[0]) for name, _, place in ROWS]
    assert [one for one in homes if homes.count(one) > 1] == [], "one row in each area"


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


# --- how sure an article is -----------------------------------------------------------------------

DATA = ROOT / "hrss_portal" / "deadlines" / "data"
READ = ("V1", "V2")  # sureness of rows whose wording somebody has read
LAWS = {
    "劳动争议调解仲裁法": "调解仲裁法",
    "劳动人事争议仲裁办案规则": "办案规则",
    "企业劳动争议协商调解规定": "协商调解规定",
    "民事诉讼法": "民事诉讼法",
}
LINE = re.compile(r"^\| `(\w+)` \| [^|]+ \| `[^`]+` \| (.*) \|$", re.MULTILINE)
CITED = re.compile(r"(调解仲裁法|办案规则|协商调解规定|民事诉讼法) ((?:\d+(?:–\d+)?(?:, )?)+)")
BASIS = re.compile(r"《?([^《》；、第]+)》?(?:（[^）]*）)?第([\d、]+)条")
UNREAD = " · K1"


def read_articles() -> set[tuple[str, int]]:
    """The articles on which a dated rule rests that somebody has read."""
    found = set()
    for name, column in (("deadlines", "legal_basis_zh"), ("rates_and_limits", "legal_basis")):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            bases = [row[column] for row in csv.DictReader(file) if row["sureness"] in READ]
        for basis in bases:
            for law, numbers in BASIS.findall(basis):
                found |= {(LAWS.get(law, law), int(one)) for one in numbers.split("、")}
    return found


def cited(meaning: str) -> set[tuple[str, int]]:
    """The articles that a row of the glossary names."""
    found = set()
    for law, numbers in CITED.findall(meaning):
        for part in numbers.removesuffix(", ").split(", "):
            first, _, last = part.partition("–")
            found |= {(law, one) for one in range(int(first), int(last or first) + 1)}
    return found


def test_articles_that_nobody_has_read_are_marked() -> None:
    read = read_articles()
    rows = LINE.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    unread = {name for name, meaning in rows if cited(meaning) - read}
    marked = {name for name, meaning in rows if meaning.endswith(UNREAD)}
    assert len(unread) > 20
    assert unread == marked
