"""定格: what stands between a draft and its final version, the freeze, and then against now."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit import context
from hrss_portal.indicators import catalogue, snapshots
from hrss_portal.indicators.figures import Reader
from hrss_portal.reports import writing
from hrss_portal.reports.composed import Composed, NotReady, Use
from hrss_portal.reports.models import Report, ReportFigure, Section

State = Section.State


def obstacles(report: Report, composed: Composed) -> list[str]:
    """What stands between a draft and its final version, a line per section, in words.

    A section that is 本期不编入 stands in nobody's way, but one section must be written.
    """
    missing = Counter(found["section"] for found in composed.missing)
    found = [f"开头：待填 {missing['']} 处"] if missing[""] else []
    sections = writing.sections_of(report)
    for section in sections:
        words = [f"待填 {missing[section.code]} 处"] if missing[section.code] else []
        if section.state == State.LOCKED:
            if changed := writing.changed_since_check(section, composed):
                words.append(f"锁定之后{changed}")
        elif section.state != State.OMITTED and writing.has_text(section):
            words.append("已核，未锁定" if section.state == State.CHECKED else "未核数")
        if words:
            found.append(f"{section}：{'，'.join(words)}")
    if all(section.state == State.OMITTED for section in sections if writing.has_text(section)):
        found.append("各节都不编入，没有可以定格的内容")
    return found


def omitted(report: Report) -> list[Section]:
    """The sections that this period's report leaves out, in order."""
    return [section for section in writing.sections_of(report) if section.state == State.OMITTED]


@transaction.atomic
def freeze(report: Report, *, by: User) -> Report:
    """定格: the text and every figure with its rows are kept; nothing is computed afterwards.

    Raises ``NotReady`` with every obstacle, and when a figure changes while its rows are read.
    """
    locked = writing.locked(report.pk)
    writing.require_draft(locked)
    composed = writing.composed_of(locked)
    if found := obstacles(locked, composed):
        raise NotReady("；".join(found))
    _keep(locked, composed.uses, by)
    if _exact(writing.composed_of(locked)) != _exact(composed):
        raise NotReady("定格的时候有人改了数据，报告没有定格，请再办一次")
    locked.state = Report.State.FROZEN
    locked.composed = composed.as_json()
    locked.frozen_by, locked.frozen_at = by, timezone.now()
    locked.version += 1
    locked.save()
    return locked


def _keep(report: Report, uses: list[Use], by: User) -> None:
    """Each figure with its rows, read as the report and kept under the name of who locks it."""
    asks = writing.questions_of(uses)
    with acting_as_system("report"), context.actor(by.pk, by.name, "report"):
        reader = Reader()
        reader.prepare([(use.code, asks[use.id]) for use in uses])
        for use in uses:
            kept = snapshots.freeze(reader.figure(use.code, asks[use.id]), asks[use.id])
            ReportFigure.objects.create(report=report, use=use.id, snapshot=kept)


def _exact(composed: Composed) -> list[tuple[Any, ...]]:
    """The text and the exact values of a report, without the moment of reading."""
    values = [
        (use.code, use.printed, use.value, use.numerator, use.denominator) for use in composed.uses
    ]
    return [*values, *((line.kind, line.text) for line in composed.paragraphs)]


def differences(report: Report) -> list[tuple[ReportFigure, snapshots.Difference]]:
    """Then and now: every frozen figure that would be printed or counted differently today.

    A figure that no area declares any more cannot be compared and says so.
    """
    found = []
    with acting_as_system("report"):
        reader = Reader()
        figures = list(
            report.figures.select_related("snapshot__org")
            .prefetch_related("snapshot__parts")
            .order_by("pk")
        )
        declared = [one.snapshot for one in figures if one.snapshot.code in catalogue.indicators()]
        reader.prepare([(kept.code, snapshots.question_of(kept)) for kept in declared])
        for figure in figures:
            if figure.snapshot not in declared:
                found.append((figure, snapshots.retired(figure.snapshot)))
                continue
            now = snapshots.difference(figure.snapshot, reader)
            if now.changed or now.redefined or any(not part.same for part in now.parts):
                found.append((figure, now))
    return found
