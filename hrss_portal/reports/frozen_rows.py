"""The rows that a number of a frozen report was frozen with, as they are called today.

Which rows and what each added were kept; number, name and day are read from the rows as they are
now, and a row that the figure would not count today says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Model

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.indicators import links, snapshots, wording
from hrss_portal.indicators.catalogue import UnknownIndicator
from hrss_portal.indicators.models import Snapshot, SnapshotPart
from hrss_portal.indicators.row_names import named, related
from hrss_portal.indicators.rows import Leaf, NoRows, Part, leaves
from hrss_portal.indicators.seeing import reach
from hrss_portal.indicators.views import RowLine, row_line
from hrss_portal.reports.models import Report

HELD_BACK = "不在您的数据范围内，不显示"
GONE = "这一行已经不在库里"
NO_AMOUNT = "—"
Entry = tuple[type[Model], int, Decimal | None]


class FrozenRows:
    """The rows of one part of a frozen number, in the order in which they were kept."""

    def __init__(self, snapshot: Snapshot, part: Part) -> None:
        """The ids are read now, the rows themselves when ``lines`` asks for a page."""
        self.snapshot = snapshot
        self.part = part
        self.parts: list[SnapshotPart] = list(snapshot.parts.filter(part=part).order_by("pk"))
        self.entries = [entry for kept in self.parts for entry in _entries(kept)]

    @classmethod
    def of(cls, report: Report, use: str, part: Part) -> "FrozenRows":
        """The rows behind the number at a place of the text."""
        figure = report.figures.select_related("snapshot").get(use=use)
        return cls(figure.snapshot, part)

    @property
    def count(self) -> int:
        """How many rows were counted, kept one by one or not."""
        return sum(kept.count for kept in self.parts)

    @property
    def seen(self) -> int:
        """How many of them can be listed."""
        return len(self.entries)

    def limit_to(self, user: User | None) -> None:
        """Leave the rows within the user's scope; none for None."""
        if user is None:
            self.entries = []
            return
        mine = {model: set(_reached(user, model, keys)) for model, keys in _by_model(self.entries)}
        self.entries = [entry for entry in self.entries if entry[1] in mine[entry[0]]]

    def lines(self, user: User, first: int, last: int) -> list[RowLine]:
        """The rows from ``first`` up to ``last``; without the name where it is out of scope."""
        wanted = self.entries[first:last]
        with acting_as_system("report"):
            rows = {
                (model, row.pk): row
                for model, keys in _by_model(wanted)
                for row in _named(model).filter(pk__in=keys)
            }
            behind = self._leaves()
            counted = _counted(behind, wanted)
            lines = [
                _line(entry, rows.get(entry[:2]), behind.get(entry[0]), entry[:2] in counted)
                for entry in wanted
            ]
        opened = open_to(user, list(rows.values()))
        return [
            line if entry[:2] in opened or entry[:2] not in rows else held_back(line)
            for entry, line in zip(wanted, lines, strict=True)
        ]

    def _leaves(self) -> dict[type[Model], list[Leaf]]:
        """What counts today, by model; nothing when the figure is not declared any more."""
        found: dict[type[Model], list[Leaf]] = {}
        try:
            question = snapshots.question_of(self.snapshot)
            for leaf in leaves(self.snapshot.code, question, self.part):
                found.setdefault(leaf.model, []).append(leaf)
        except (UnknownIndicator, NoRows):
            return {}
        return found


def _entries(kept: SnapshotPart) -> list[Entry]:
    """Model, key and amount of each row of a part; None where no amount was kept."""
    model = apps.get_model(kept.model)
    ids = kept.ids or []
    amounts: Sequence[Decimal | None] = kept.amounts or [None] * len(ids)
    return [(model, pk, amount) for pk, amount in zip(ids, amounts, strict=True)]


def _by_model(entries: list[Entry]) -> list[tuple[type[Model], list[int]]]:
    found: dict[type[Model], list[int]] = {}
    for model, pk, _ in entries:
        found.setdefault(model, []).append(pk)
    return list(found.items())


def _named(model: type[Model]) -> Any:
    """The rows of a table with what their names are made of."""
    return model._base_manager.select_related(*related(model))


def _counted(behind: dict[type[Model], list[Leaf]], entries: list[Entry]) -> set[Any]:
    """Which of these rows the figure would count today."""
    return {
        (model, key)
        for model, keys in _by_model(entries)
        for leaf in behind.get(model, ())
        for key in leaf.queryset().filter(pk__in=keys).values_list("pk", flat=True)
    }


def _line(entry: Entry, row: Any, behind: list[Leaf] | None, counts: bool) -> RowLine:
    amount = entry[2]
    words = NO_AMOUNT if amount is None else wording.grouped(amount)
    if row is None:
        return RowLine(key="", name=GONE, url="", on=None, amount=words, counts=False)
    if behind:
        return replace(row_line(behind[0], row), amount=words, counts=counts)
    name = named(row)
    return RowLine(
        key=name.number,
        name=name.name,
        url="",
        on=None,
        amount=words,
        counts=False,
        town=name.town,
        handler=name.handler,
    )


def held_back(line: RowLine) -> RowLine:
    """A row outside the reader's scope: only its number, day and amount."""
    return replace(line, name=HELD_BACK, url="", town="", handler="")


def numbers_of(user: User, label: str, keys: list[int], *, whole: bool) -> list[RowLine]:
    """Some rows of a table by their numbers; not ``whole``: only those in the user's scope."""
    model = apps.get_model(label)
    with acting_as_system("report"):
        rows = {row.pk: row for row in _named(model).filter(pk__in=keys)}
    opened = open_to(user, list(rows.values()))
    found = []
    for pk in keys:
        row = rows.get(pk)
        if (model, pk) in opened:
            name = named(row)
            found.append(_number(name.number or name.name, links.record_url(row)))
        elif whole:
            found.append(_number((named(row).number or HELD_BACK) if row else GONE))
    return found


def _number(key: str, url: str = "") -> RowLine:
    return RowLine(key=key, name="", url=url, on=None, amount="")


def open_to(user: User, rows: list[Any]) -> set[tuple[type[Model], int]]:
    """Which of these rows the user may open."""
    keys: dict[type[Model], list[int]] = {}
    for row in rows:
        keys.setdefault(type(row), []).append(row.pk)
    return {(model, key) for model, ids in keys.items() for key in _reached(user, model, ids)}


def _reached(user: User, model: type[Model], keys: list[int]) -> Any:
    mine = model._base_manager.filter(reach(user, model), pk__in=keys)
    return mine.values_list("pk", flat=True)
