"""What a word means that is written in another way than the lists have it."""

import csv
from pathlib import Path

from django.core.cache import cache

from hrss_portal.parties import names
from hrss_portal.parties.models.aliases import Alias

TABLE = Path(__file__).parent / "data" / "aliases.csv"
TOWNS = "乡镇（园区）"
CACHE, SECONDS = "parties:aliases", 60


def meaning(listed: str, word: str) -> str:
    """The word that ``word`` stands for in a list (the label of its field), or the word itself."""
    known: dict[tuple[str, str], str] | None = cache.get(CACHE)
    if known is None:
        known = {(row.list, row.key): row.means for row in Alias.objects.all()}
        cache.set(CACHE, known, SECONDS)
    key = names.match_key(word)
    return known.get((listed, key)) or known.get(("", key)) or word


def forget() -> None:
    """Read the table anew at the next question; called after it was changed."""
    cache.delete(CACHE)


def load() -> int:
    """Store the shipped rows; rows that the bureau made stay.  Returns how many are new."""
    new = 0
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            alias = Alias(**row, is_shipped=True)
            alias.key = names.match_key(alias.written)
            if not Alias.objects.filter(list=alias.list, key=alias.key).exists():
                alias.save()
                new += 1
    forget()
    return new
