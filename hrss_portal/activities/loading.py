"""The shipped topics and campaigns: loaded as often as one likes, never overwriting the bureau's.

Which three things are delivered and what is checked is the bureau's to say: the shipped checklist
holds numbered places that it renames.
"""

import csv
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.activities.models import Campaign, ChecklistItem, Topic
from hrss_portal.audit import context

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Loaded:
    """How many topics and campaigns a load made."""

    topics: int
    campaigns: int


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _words(text: str) -> list[str]:
    return [word for word in text.split("|") if word]


def load_campaigns() -> Loaded:
    """Topics for the portal, campaigns for every bureau that has none of that code; idempotent.

    A campaign that the bureau renamed, or voided, keeps its code and is not made again.
    """
    scope = nullcontext() if context.current() else acting_as_system("migration")
    with scope, transaction.atomic():
        topics = sum(_load_topic(row) for row in _rows("topics.csv"))
        roots = Unit.objects.filter(parent=None, kind=Unit.Kind.BUREAU).order_by("pk")
        return Loaded(topics, sum(_load_bureau(root) for root in roots))


def _load_topic(row: dict[str, str]) -> bool:
    values = {"name": row["name"], "aliases": _words(row["aliases"])}
    return Topic.objects.get_or_create(code=row["code"], defaults=values)[1]


def _load_bureau(root: Unit) -> int:
    known = set(
        Campaign._base_manager.filter(unit__path__startswith=root.path)
        .exclude(code="")
        .values_list("code", flat=True)
    )
    missing = [row for row in _rows("campaigns.csv") if row["code"] not in known]
    for row in missing:
        _make(root, row)
    return len(missing)


def _make(root: Unit, row: dict[str, str]) -> None:
    office = Unit.objects.filter(parent=root, name=row["office"]).first()
    campaign = Campaign(
        unit=office or root, code=row["code"], name=row["name"], aliases=_words(row["aliases"])
    )
    campaign.save()
    campaign.topics.set(Topic.objects.filter(code__in=_words(row["topics"])))
    for seq, item in enumerate(_words(row["checklist"]), start=1):
        kind, _, label = item.partition(":")
        ChecklistItem.objects.create(campaign=campaign, seq=seq, kind=kind, label=label)
