"""What may happen to a report: drafted, edited, checked, locked, frozen, reopened, handed over.

Every figure is read under the system purpose ``report``: whoever writes the report sees its totals
without seeing the rows.  After the freeze nothing is read any more.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hrss_portal.access.models import Unit, User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit import context
from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators import snapshots
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.orgs import find_org, of_unit
from hrss_portal.indicators.periods import Period
from hrss_portal.reports import narrative as plan
from hrss_portal.reports import writers
from hrss_portal.reports.compose import Composer
from hrss_portal.reports.composed import Composed, SectionText, Use
from hrss_portal.reports.docx import NotReady
from hrss_portal.reports.models import Handover, Report, ReportFigure, Section
from hrss_portal.reports.workbook import Check

State = Section.State


class Stale(ValueError):
    """Somebody else changed the section since it was opened."""


@dataclass(frozen=True, kw_only=True)
class FigureState:
    """Whether a printed figure is checked: 待核, 已核, 有变 (changed since its check), 锁定."""

    word: str
    kind: str


UNCHECKED = FigureState(word="待核", kind="waiting")
CHECKED = FigureState(word="已核", kind="good")
CHANGED = FigureState(word="有变", kind="bad")
LOCKED = FigureState(word="锁定", kind="closed")


@transaction.atomic
def start(code: str, *, org: Unit, frm: date, to: date, by: User) -> Report:
    """The draft for a narrative, organisation and period; the existing one if there is one.

    Raises ``UnknownNarrative`` and ``ValidationError`` (period).
    """
    if frm > to:
        raise ValidationError("起始日期晚于截止日期")
    story = plan.load(code)
    Unit.objects.select_for_update().get(pk=org.pk)
    existing = Report.objects.filter(
        narrative=code, org=org, from_on=frm, to_on=to, state=Report.State.DRAFT
    ).first()
    if existing is not None:
        return existing
    report = Report.objects.create(
        narrative=code,
        title=story.title.replace("\n", "").format(org=org.name, year=to.year),
        org=org,
        from_on=frm,
        to_on=to,
        created_by=by,
        texts=_texts_of_last(code, org),
    )
    Section.objects.bulk_create(
        Section(
            report=report,
            code=section.code,
            seq=number,
            level=section.level,
            number=section.number,
            heading=section.heading,
            owner=section.owner,
            body=section.body.strip(),
            awaiting=list(section.awaiting),
        )
        for number, section in enumerate(story.sections, start=1)
    )
    return report


def _texts_of_last(code: str, org: Unit) -> dict[str, str]:
    """The filled-in texts of the last report of the same kind: wording carries over to a year."""
    last = Report.objects.filter(narrative=code, org=org).order_by("-to_on", "-pk").first()
    return dict(last.texts) if last else {}


def question_of(report: Report) -> Ask:
    """The report's own period and organisation."""
    return Ask(period=Period(report.from_on, report.to_on), org=of_unit(report.org))


def sections_of(report: Report) -> list[Section]:
    """The sections in order."""
    return list(report.sections.order_by("seq"))


def composed_of(report: Report, tell: Callable[[int, int], None] | None = None) -> Composed:
    """The report's text: as frozen, or with the figures of now."""
    if report.composed is not None:
        return Composed.from_json(report.composed)
    texts = [_text(section) for section in sections_of(report)]
    with acting_as_system("report"):
        composer = Composer(plan.load(report.narrative), question_of(report), report.texts)
        return composer.compose(texts, tell)


def _text(section: Section) -> SectionText:
    return SectionText(
        code=section.code,
        number=section.number,
        heading=section.heading,
        level=section.level,
        body=section.body,
        awaiting=tuple(section.awaiting),
    )


def words_of(composed: Composed, code: str) -> dict[str, str]:
    """What the figures of one section print, by place and code."""
    uses = [use for use in composed.uses if use.section == code]
    return {f"{number}:{use.code}": use.printed for number, use in enumerate(uses, start=1)}


def figure_states(report: Report, composed: Composed) -> dict[str, FigureState]:
    """The state of each figure by its id in the text."""
    if report.state != Report.State.DRAFT:
        return {use.id: LOCKED for use in composed.uses}
    sections = {section.code: section for section in sections_of(report)}
    counted: dict[str, int] = {}
    found = {}
    for use in composed.uses:
        counted[use.section] = counted.get(use.section, 0) + 1
        found[use.id] = _figure_state(sections.get(use.section), use, counted[use.section])
    return found


def _figure_state(section: Section | None, use: Use, number: int) -> FigureState:
    if section is None or section.state == State.BLANK:
        return UNCHECKED
    if section.checked_words.get(f"{number}:{use.code}") != use.printed:
        return CHANGED
    return LOCKED if section.state == State.LOCKED else CHECKED


def checks_of(report: Report) -> dict[str, Check]:
    """Who checked each section, for the check workbook."""
    return {
        section.code: Check(
            state=str(section.get_state_display()),
            by=section.checked_by.name if section.checked_by else "",
            at=f"{timezone.localtime(section.checked_at):%Y-%m-%d %H:%M}"
            if section.checked_at
            else "",
        )
        for section in report.sections.select_related("checked_by")
    }


def headings_of(report: Report) -> dict[str, str]:
    """The headings by section code."""
    return {section.code: str(section) for section in sections_of(report)}


def edit(
    section: Section, *, body: str, awaiting: list[str], version: int, by: User | None
) -> Section:
    """New text for a section, which goes back to 待填; ``by`` None is the system.

    Raises ``ValidationError`` with every problem of the text, figures closed to the writer among
    them, ``Stale``, and ``NotReady`` for a locked section.
    """
    if section.state == State.LOCKED or section.report.state != Report.State.DRAFT:
        raise NotReady("章节已锁定，先重开再改")
    problems = plan.problems(body)
    if by is not None and not problems:
        problems = writers.closed_figures(by, before=section.body, after=body)
    if problems:
        raise ValidationError(problems)
    _update(
        section,
        version,
        edited_by=by,
        body=body.strip().replace("\r\n", "\n"),
        awaiting=awaiting,
        state=State.BLANK,
        checked_by=None,
        checked_at=None,
        checked_words={},
    )
    return section


def _update(section: Section, version: int, **values: Any) -> None:
    changed = Section.objects.filter(pk=section.pk, version=version).update(
        version=F("version") + 1, **values
    )
    if not changed:
        raise Stale(str(section))
    section.refresh_from_db()


def check(section: Section, *, by: User, version: int) -> Section:
    """待填 → 已核: the figures as printed now are right.

    Raises ``NotReady`` while something is not filled or for who wrote the text, ``Stale``.
    """
    if writers.wrote_it_too(section, by):
        raise NotReady("本节正文是您填写的，须由另一人核数")
    composed = composed_of(section.report)
    missing = [found["label"] for found in composed.missing if found["section"] == section.code]
    if missing:
        raise NotReady(f"本节还有待填：{'、'.join(missing)}")
    _require_draft(section.report)
    _update(
        section,
        version,
        state=State.CHECKED,
        checked_by=by,
        checked_at=timezone.now(),
        checked_words=words_of(composed, section.code),
    )
    return section


def lock(section: Section, *, by: User, version: int) -> Section:
    """已核 → 锁定.  Raises ``NotReady`` when not checked or when a figure changed since."""
    _require_draft(section.report)
    if section.state != State.CHECKED:
        raise NotReady("先核数再锁定")
    if section.checked_words != words_of(composed_of(section.report), section.code):
        raise NotReady("核数之后有数变了，请重新核数")
    _update(section, version, state=State.LOCKED, locked_by=by, locked_at=timezone.now())
    return section


def reopen(section: Section, *, reason: str, version: int) -> Section:
    """锁定 or 已核 → 待填, with a reason.  Raises ``ValidationError``, ``NotReady``, ``Stale``."""
    _require_draft(section.report)
    if not reason.strip():
        raise ValidationError("填写重开理由")
    _update(
        section,
        version,
        state=State.BLANK,
        checked_by=None,
        checked_at=None,
        checked_words={},
        locked_by=None,
        locked_at=None,
        reopened_reason=reason.strip(),
    )
    return section


def _require_draft(report: Report) -> None:
    if report.state != Report.State.DRAFT:
        raise NotReady("报告已定格，不再修改")


def obstacles(report: Report, composed: Composed) -> list[str]:
    """What stands between a draft and its final version, a line per section, in words."""
    missing = Counter(found["section"] for found in composed.missing)
    found = [f"开头：待填 {missing['']} 处"] if missing[""] else []
    for section in sections_of(report):
        words = [f"待填 {missing[section.code]} 处"] if missing[section.code] else []
        if section.state == State.LOCKED:
            if section.checked_words != words_of(composed, section.code):
                words.append("锁定之后有数变了")
        elif _has_text(section):
            words.append("已核，未锁定" if section.state == State.CHECKED else "未核数")
        if words:
            found.append(f"{section}：{'，'.join(words)}")
    return found


def _has_text(section: Section) -> bool:
    return section.level > 1 or bool(section.body or section.awaiting)


@transaction.atomic
def freeze(report: Report, *, by: User) -> Report:
    """定格: the text and every figure with its rows are kept; nothing is computed afterwards.

    Raises ``NotReady`` with every obstacle.
    """
    locked = Report.objects.select_for_update().get(pk=report.pk)
    _require_draft(locked)
    composed = composed_of(locked)
    if found := obstacles(locked, composed):
        raise NotReady("；".join(found))
    for use in composed.uses:
        ReportFigure.objects.create(report=locked, use=use.id, snapshot=_frozen(use, by))
    locked.state = Report.State.FROZEN
    locked.composed = composed.as_json()
    locked.frozen_by, locked.frozen_at = by, timezone.now()
    locked.version += 1
    locked.save()
    return locked


def _frozen(use: Use, by: User) -> Any:
    """One figure with its rows, read as the report and kept under the name of who locks it."""
    with acting_as_system("report"), context.actor(by.pk, by.name, "report"):
        question = question_of_use(use)
        return snapshots.freeze(Reader().figure(use.code, question), question)


def question_of_use(use: Use) -> Ask:
    """The question that a printed figure answers."""
    frm = date.fromisoformat(use.frm) if use.frm else None
    return Ask(
        period=Period(frm, date.fromisoformat(use.to)),
        org=find_org(use.org_spec),
        filters=filter_text.parse(use.filters),
    )


def differences(report: Report) -> list[tuple[ReportFigure, snapshots.Difference]]:
    """Then and now: every frozen figure that would be printed or counted differently today."""
    found = []
    with acting_as_system("report"):
        reader = Reader()
        for figure in report.figures.select_related("snapshot").order_by("pk"):
            now = snapshots.difference(figure.snapshot, reader)
            if now.changed or now.redefined or any(not part.same for part in now.parts):
                found.append((figure, now))
    return found


@transaction.atomic
def hand_over(report: Report, *, sent_to: str, sent_on: date, by: User) -> Handover:
    """A frozen report goes to the level above.  Raises ``NotReady`` for a draft."""
    if report.state == Report.State.DRAFT:
        raise NotReady("定格之后才能报送")
    report.state = Report.State.SENT
    report.version += 1
    report.save(update_fields=["state", "version"])
    return Handover.objects.create(report=report, sent_to=sent_to, sent_on=sent_on, by=by)
