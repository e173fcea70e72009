"""What may happen to a report: drafted, edited, checked, locked, reopened, handed over.

Every figure is read under the system purpose ``report``: whoever writes the report sees its totals
without seeing the rows.  After the freeze nothing is read any more.
"""

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
from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.orgs import find_org, of_unit
from hrss_portal.indicators.periods import Period
from hrss_portal.reports import narrative as plan
from hrss_portal.reports import refreshing, writers
from hrss_portal.reports.compose import Composer
from hrss_portal.reports.composed import Composed, NotReady, SectionText, Use
from hrss_portal.reports.models import Handover, Report, Section
from hrss_portal.reports.workbook import Check

State = Section.State
WHOLE_TEXT = "text"
MOST_REASON = 200
NOT_CHECKED: dict[str, Any] = {"checked_by": None, "checked_at": None, "checked_words": {}}
NOT_OMITTED: dict[str, Any] = {"omitted_by": None, "omitted_at": None, "omitted_reason": ""}


class Stale(ValueError):
    """Somebody else changed the section or the texts since they were opened."""


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
    """The draft for a narrative, organisation and period; the existing one, brought up to date.

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
        refreshing.refresh(existing)
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


def question_of_use(use: Use) -> Ask:
    """The question that a printed figure answers."""
    return questions_of([use])[use.id]


def questions_of(uses: list[Use]) -> dict[str, Ask]:
    """The questions that printed figures answer, by the id of the use; each unit is read once."""
    orgs = {spec: find_org(spec) for spec in {use.org_spec for use in uses}}
    return {
        use.id: Ask(
            period=Period(
                date.fromisoformat(use.frm) if use.frm else None, date.fromisoformat(use.to)
            ),
            org=orgs[use.org_spec],
            filters=filter_text.parse(use.filters),
        )
        for use in uses
    }


def sections_of(report: Report) -> list[Section]:
    """The sections in order."""
    people = ("edited_by", "checked_by", "locked_by", "omitted_by")
    return list(report.sections.select_related(*people).order_by("seq"))


def composed_of(report: Report, tell: Callable[[int, int], None] | None = None) -> Composed:
    """The report's text: as frozen, or with the figures of now."""
    if report.composed is not None:
        return Composed.from_json(report.composed)
    texts = [text_of(section) for section in sections_of(report)]
    with acting_as_system("report"):
        composer = Composer(plan.load(report.narrative), question_of(report), report.texts)
        return composer.compose(texts, tell)


def text_of(section: Section) -> SectionText:
    """A section as the composer takes it."""
    return SectionText(
        code=section.code,
        number=section.number,
        heading=section.heading,
        level=section.level,
        body=section.body,
        awaiting=tuple(section.awaiting),
        omitted=section.omitted_reason,
    )


def words_of(composed: Composed, code: str) -> dict[str, str]:
    """What one section prints: each figure by place and code, and its whole text."""
    uses = [use for use in composed.uses if use.section == code]
    found = {f"{number}:{use.code}": use.printed for number, use in enumerate(uses, start=1)}
    lines = [line.text for line in composed.paragraphs if line.section == code]
    return found | {WHOLE_TEXT: "\n".join(lines)}


def changed_since_check(section: Section, composed: Composed) -> str:
    """What became other than it was checked, in words; empty when nothing did."""
    checked, now = section.checked_words, words_of(composed, section.code)
    if checked == now:
        return ""
    figures = {place for place in checked.keys() | now.keys() if place != WHOLE_TEXT}
    return "有数变了" if any(checked.get(at) != now.get(at) for at in figures) else "文字变了"


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
        for section in sections_of(report)
    }


def headings_of(report: Report) -> dict[str, str]:
    """The headings by section code."""
    return {section.code: str(section) for section in sections_of(report)}


@transaction.atomic
def fill_texts(report: Report, texts: dict[str, str], *, version: int) -> Report:
    """The texts that staff fill in, by name.  Raises ``NotReady`` when frozen, ``Stale``."""
    require_draft(locked(report.pk))
    changed = Report.objects.filter(pk=report.pk, version=version).update(
        texts=texts, version=F("version") + 1
    )
    if not changed:
        raise Stale(str(report))
    report.refresh_from_db()
    return report


def edit(
    section: Section, *, body: str, awaiting: list[str], version: int, by: User | None
) -> Section:
    """New text for a section, which goes back to 待填, also from 本期不编入; ``by`` None is the
    system.

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
        **NOT_CHECKED,
        **NOT_OMITTED,
    )
    return section


@transaction.atomic
def _update(section: Section, version: int, **values: Any) -> None:
    """Writes a section of a draft; the report is locked, as a freeze locks it.

    Raises ``NotReady`` for a report frozen in the meantime, ``Stale``.
    """
    require_draft(locked(section.report_id))
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
    require_draft(section.report)
    if section.state == State.OMITTED:
        raise NotReady("本节本期不编入，要编入先改正文")
    composed = composed_of(section.report)
    missing = [found["label"] for found in composed.missing if found["section"] == section.code]
    if missing:
        raise NotReady(f"本节还有待填：{'、'.join(missing)}")
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
    """已核 → 锁定.  Raises ``NotReady`` when not checked or when something changed since."""
    require_draft(section.report)
    if section.state != State.CHECKED:
        raise NotReady("先核数再锁定")
    if changed := changed_since_check(section, composed_of(section.report)):
        raise NotReady(f"核数之后{changed}，请重新核数")
    _update(section, version, state=State.LOCKED, locked_by=by, locked_at=timezone.now())
    return section


def reopen(section: Section, *, reason: str, version: int) -> Section:
    """锁定, 已核 or 本期不编入 → 待填, with a reason.

    Raises ``ValidationError``, ``NotReady``, ``Stale``.
    """
    require_draft(section.report)
    reason = _reason(reason, "填写重开理由")
    _update(
        section,
        version,
        state=State.BLANK,
        locked_by=None,
        locked_at=None,
        reopened_reason=reason,
        **NOT_CHECKED,
        **NOT_OMITTED,
    )
    return section


@transaction.atomic
def omit(section: Section, *, reason: str, by: User, version: int) -> Section:
    """待填 or 已核 → 本期不编入: the report prints the heading and the reason, no figure.

    The head of the office that owns the section is told.  Raises ``ValidationError`` without a
    reason, ``NotReady`` for a locked section, ``Stale``.
    """
    require_draft(section.report)
    if section.state == State.LOCKED or not has_text(section):
        raise NotReady("已锁定的章节和只有标题的章节不能标为不编入")
    reason = _reason(reason, "填写不编入的原因")
    _update(
        section,
        version,
        state=State.OMITTED,
        omitted_by=by,
        omitted_at=timezone.now(),
        omitted_reason=reason,
        **NOT_CHECKED,
    )
    writers.tell_of_omission(section, by)
    return section


def has_text(section: Section) -> bool:
    """Whether a section says something, and is no mere heading over others."""
    return section.level > 1 or bool(section.body or section.awaiting)


def _reason(given: str, empty: str) -> str:
    reason = given.strip().rstrip("。；")
    if not reason:
        raise ValidationError(empty)
    if len(reason) > MOST_REASON:
        raise ValidationError(f"理由最多 {MOST_REASON} 字")
    return reason


def locked(pk: int) -> Report:
    """The report as stored, locked for the rest of the transaction: one writer at a time."""
    found: Report = Report.objects.select_for_update(of=("self",)).get(pk=pk)
    return found


def require_draft(report: Report) -> None:
    """Raises ``NotReady`` for a report that is frozen."""
    if report.state != Report.State.DRAFT:
        raise NotReady("报告已定格，不再修改")


@transaction.atomic
def hand_over(report: Report, *, sent_to: str, sent_on: date, by: User) -> Handover:
    """A frozen report goes to the level above; once for the same receiver and day, else the
    earlier hand-over is given back.  Raises ``NotReady`` for a draft.
    """
    stored = locked(report.pk)
    if stored.state == Report.State.DRAFT:
        raise NotReady("定格之后才能报送")
    earlier = stored.handovers.filter(sent_to=sent_to, sent_on=sent_on).first()
    if earlier is not None:
        return earlier
    stored.state = Report.State.SENT
    stored.version += 1
    stored.save(update_fields=["state", "version"])
    return Handover.objects.create(report=stored, sent_to=sent_to, sent_on=sent_on, by=by)
