"""Freezing figures when a report is locked, and what changed in the rows since.

A frozen figure keeps its value, its words, the hash of its definition, and for each part the ids
and amounts of its rows, so that "then and now" can name the rows that came, went or changed their
amount.
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Model

from hrss_portal.audit import context
from hrss_portal.indicators import catalogue
from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.figures import Figure, Reader
from hrss_portal.indicators.models import Snapshot, SnapshotPart, key_of
from hrss_portal.indicators.orgs import of_unit
from hrss_portal.indicators.periods import Period
from hrss_portal.indicators.rows import Leaf, NoRows, Part, amount_of, leaves

MOST_IDS = 200_000


@dataclass(frozen=True, kw_only=True)
class PartChange:
    """What happened to the rows of one part since the freeze; None where ids were not kept."""

    part: str
    model: str
    before: int
    now: int
    came: list[int] | None
    went: list[int] | None
    same: bool


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A frozen figure against the figure of now; ``retired`` when no area declares it any more."""

    snapshot: Snapshot
    value: Decimal | None
    printed: str
    redefined: bool
    parts: list[PartChange]
    retired: bool = False

    @property
    def changed(self) -> bool:
        """Whether the words that were reported would be others today."""
        return self.printed != self.snapshot.printed


def freeze(shown: Figure, question: Ask) -> Snapshot:
    """Store a figure as it stands, with its rows.  The acting person is the one who locks."""
    item = catalogue.get(shown.code)
    actor = context.require()
    code, from_on, to_on, org, own, filters = key_of(shown.code, question)
    measure = shown.measure
    snapshot = Snapshot.objects.create(
        code=code,
        from_on=from_on,
        to_on=to_on,
        org_id=org,
        own=own,
        filters=filters,
        kind=shown.kind,
        label=shown.label,
        definition=catalogue.definition_hash(code),
        version=item.version,
        value=measure.value,
        numerator=measure.numerator,
        denominator=measure.denominator,
        previous=measure.previous,
        printed=shown.printed,
        override=shown.override,
        as_of=shown.as_of,
        locked_by_id=actor.user_id,
        locked_by_name=actor.name,
    )
    SnapshotPart.objects.bulk_create(_part_rows(snapshot, code, question))
    return snapshot


def _part_rows(snapshot: Snapshot, code: str, question: Ask) -> list[SnapshotPart]:
    found = []
    for part in parts_of(code):
        for model, group in _by_model(leaves(code, question, part)):
            state = _row_state(group)
            found.append(
                SnapshotPart(
                    snapshot=snapshot,
                    part=part,
                    model=model._meta.label_lower,
                    count=len(state.ids),
                    total=state.total,
                    rows_hash=state.hash,
                    ids=state.ids if len(state.ids) <= MOST_IDS else None,
                    amounts=state.amounts if len(state.ids) <= MOST_IDS else None,
                )
            )
    return found


def parts_of(code: str) -> list[Part]:
    """The parts whose rows are kept: both of a rate, both periods of a change, else the rows."""
    kind = catalogue.get(code).kind
    if kind == "constant":
        return []
    wanted: dict[str, tuple[Part, ...]] = {
        "ratio": ("num", "den"),
        "yearonyear": ("num", "previous"),
    }
    return list(wanted.get(kind, ("num",)))


def _by_model(found: list[Leaf]) -> list[tuple[type[Model], list[Leaf]]]:
    ordered = sorted(found, key=lambda leaf: leaf.model._meta.label_lower)
    groups = groupby(ordered, key=lambda leaf: leaf.model._meta.label_lower)
    return [(group[0].model, group) for group in (list(leaves_) for _, leaves_ in groups)]


@dataclass(frozen=True)
class _RowState:
    ids: list[int]
    amounts: list[Decimal]
    hash: str

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, Decimal(0))


def _row_state(group: list[Leaf]) -> _RowState:
    """The ids, the amounts and the hash over both of the rows of some leaves."""
    digest, ids, amounts = hashlib.sha256(), [], []
    for leaf in group:
        for row in leaf.queryset().iterator(chunk_size=5000):
            amount = amount_of(row)
            digest.update(f"{row.pk}:{amount.normalize():f};".encode())
            ids.append(int(row.pk))
            amounts.append(amount)
    return _RowState(ids, amounts, digest.hexdigest())


def question_of(snapshot: Snapshot) -> Ask:
    """The question that a frozen figure answered."""
    unit = snapshot.org
    return Ask(
        period=Period(snapshot.from_on, snapshot.to_on),
        org=of_unit(unit, own=snapshot.own) if unit else None,
        filters=filter_text.parse(snapshot.filters),
    )


RETIRED = "指标已停用"


def retired(snapshot: Snapshot) -> Difference:
    """A frozen figure that cannot be read any more: it says so instead of a value."""
    return Difference(
        snapshot=snapshot, value=None, printed=RETIRED, redefined=False, parts=[], retired=True
    )


def difference(snapshot: Snapshot, reader: Reader | None = None) -> Difference:
    """What a frozen figure would be now, and which rows make the difference.

    Raises ``UnknownIndicator`` when no area declares the figure any more.
    """
    question = question_of(snapshot)
    now = (reader or Reader()).figure(snapshot.code, question)
    return Difference(
        snapshot=snapshot,
        value=now.value,
        printed=now.printed,
        redefined=catalogue.definition_hash(snapshot.code) != snapshot.definition,
        parts=[_changed(part, question) for part in sorted(snapshot.parts.all(), key=_pk)],
    )


def _pk(row: Model) -> Any:
    return row.pk


def _changed(kept: SnapshotPart, question: Ask) -> PartChange:
    part: Any = kept.part
    try:
        groups = {
            model._meta.label_lower: group
            for model, group in _by_model(leaves(kept.snapshot.code, question, part))
        }
    except NoRows:
        groups = {}
    state = _row_state(groups.get(kept.model, []))
    before, now = (set(kept.ids) if kept.ids is not None else None), set(state.ids)
    return PartChange(
        part=kept.part,
        model=kept.model,
        before=kept.count,
        now=len(state.ids),
        came=None if before is None else sorted(now - before),
        went=None if before is None else sorted(before - now),
        same=state.hash == kept.rows_hash,
    )
