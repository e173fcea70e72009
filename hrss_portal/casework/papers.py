"""Papers of a case: called for by a move, made and frozen by a clerk, registered by their scan
where they were made by hand, or dropped with a reason; what is void or was dropped is called for
again where the move that asked for it still stands.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework.file_index import lock_open
from hrss_portal.casework.models import Case, CasePaper, Delivery, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.secrecy import require_making, require_paper, sees_paper
from hrss_portal.casework.workflow import barred_from, workflow_of
from hrss_portal.documents.kinds import paper_kind
from hrss_portal.documents.models import Paper
from hrss_portal.documents.papers import issue_paper, take_paper


def call(case: Case, event: Event, kinds: Iterable[str]) -> list[CasePaper]:
    """Put the papers that a move calls for on the list of papers to make."""
    return CasePaper.objects.bulk_create(
        CasePaper(
            case_id=case.pk,
            kind=code,
            label=paper_kind(code).label,
            event=event,
            called_on=event.on,
        )
        for code in kinds
    )


def extra_kinds(case: Case, user: User) -> list[tuple[str, str]]:
    """(code, label) of the papers that the user may ask for in the case's present state."""
    extra = workflow_of(case).extra_papers
    return [
        (code, paper_kind(code).label)
        for code, states in extra.items()
        if case.state in states and sees_paper(user, case, code)
    ]


@transaction.atomic
def ask(case: Case, kind: str, *, by: User, delivery: Delivery | None = None) -> CasePaper:
    """Put a paper that no move calls for on the list; with ``delivery``, its 送达回证.

    Raises ``ValidationError`` for a kind that is not allowed now and ``Refused`` without the right.
    """
    policy.require(by, f"{case.kind}.paper", case)
    lock_open(case)
    _require_no_bar(case, by)
    require_paper(by, case, kind)
    if kind not in dict(extra_kinds(case, by)):
        raise ValidationError("此件现在的状态不能制作这种文书")
    made = CasePaper.objects.create(
        case_id=case.pk,
        kind=kind,
        label=paper_kind(kind).label,
        event=case.events.order_by("-pk").first(),
        called_on=timezone.localdate(),
    )
    if delivery is not None:
        delivery.case_paper = made
        delivery.save()
    return made


def _require_no_bar(case: Case, by: User) -> None:
    """Raise ``ValidationError`` for who takes no part in the case now (回避)."""
    specific: Any = case.specific
    if problems := barred_from(specific, by):
        raise ValidationError(problems)


def context_of(waiting: CasePaper) -> Mapping[str, Any]:
    """What the paper's template is filled with, as the area's context function gives it."""
    return paper_kind(waiting.kind).build_context(waiting)


@transaction.atomic
def issue(waiting: CasePaper, *, by: User, on: date | None = None) -> CasePaper:
    """Number, render and freeze a paper that waits to be made, under the date ``on`` (today).

    Raises ``ValidationError`` when it was made already and ``Refused`` without the right.
    """
    waiting = _to_make(waiting, by)
    kind = paper_kind(waiting.kind)
    paper = issue_paper(
        kind,
        context=context_of(waiting),
        unit=waiting.case.unit,
        by=by,
        on=on,
        once=kind.make_once(waiting),
    )
    return _made(waiting, paper)


@transaction.atomic
def take(
    waiting: CasePaper, scan: UploadedFile, *, by: User, on: date, number: str, reason: str
) -> CasePaper:
    """Register that a paper was made and signed outside the portal (``documents.take_paper``)."""
    waiting = _to_make(waiting, by)
    if on < waiting.case.opened_on:
        raise ValidationError(f"制作日期不能早于收到日期 {waiting.case.opened_on:%Y-%m-%d}")
    unit = waiting.case.unit
    made = take_paper(waiting.kind, scan, number=number, on=on, reason=reason, unit=unit, by=by)
    return _made(waiting, made)


def _to_make(waiting: CasePaper, by: User) -> CasePaper:
    """The paper, locked, if it still waits and the user may make it."""
    locked: CasePaper = CasePaper._base_manager.select_for_update(of=("self",)).get(pk=waiting.pk)
    require_making(by, locked.case, locked.kind)
    lock_open(locked.case, also_archived=_called_by_archiving(locked))
    _require_no_bar(locked.case, by)
    require_paper(by, locked.case, locked.kind)
    if locked.state != CasePaper.State.WAITING:
        raise ValidationError("这份文书已经制发或已注明不需要")
    return locked


def _called_by_archiving(waiting: CasePaper) -> bool:
    """Whether the move that archived the file called for the paper: its cover."""
    if waiting.event is None or not waiting.event.move:
        return False
    return any(
        step.archives and step.code == waiting.event.move
        for step in workflow_of(waiting.case).moves
    )


def _made(waiting: CasePaper, paper: Paper) -> CasePaper:
    waiting.paper, waiting.state = paper, CasePaper.State.ISSUED
    waiting.save()
    return waiting


@transaction.atomic
def drop(waiting: CasePaper, *, by: User, reason: str) -> CasePaper:
    """Say that a paper is not needed, and why."""
    waiting = _to_make(waiting, by)
    waiting.state, waiting.drop_reason = CasePaper.State.DROPPED, reason.strip()
    waiting.full_clean(exclude=["event", "paper"])
    waiting.save()
    return waiting


def is_spent(row: CasePaper) -> bool:
    """Whether a paper no longer counts: it was made and is void, or was said not to be needed."""
    is_void = row.paper is not None and row.paper.voided_at is not None
    return is_void or row.state == CasePaper.State.DROPPED


def not_again(row: CasePaper, rows: Iterable[CasePaper]) -> list[str]:
    """Why a paper is not called for again, among all ``rows`` of its case; nothing where it is.

    Of one kind and Event the newest row is the one that counts, so each is called for again once.
    """
    if not is_spent(row):
        return ["这份文书没有作废，也没有注明不需要，不用重新制发"]
    same = [one for one in rows if (one.kind, one.event_id) == (row.kind, row.event_id)]
    if any(one.pk > row.pk for one in same):
        return ["这份文书已经重新列入待制发"]
    told = row.event
    if told and told.kind in {EventKind.OPEN, EventKind.MOVE} and told.counts_on is None:
        return ["要制发这份文书的那一步已经更正作废，不用重新制发"]
    specific: Any = row.case.specific
    checks = workflow_of(specific).again_checks
    return [words for check in checks for words in check(specific, row)]


@transaction.atomic
def call_again(spent: CasePaper, *, by: User) -> CasePaper:
    """Put a paper that is void, or was dropped, back on the list of papers to make.

    It belongs to the same Event, so it says what the first one had to say; its number is a new one.
    Raises ``ValidationError`` where it may not be made again and ``Refused`` without the right.
    """
    case = spent.case
    require_making(by, case, spent.kind)
    lock_open(case, also_archived=_called_by_archiving(spent))
    _require_no_bar(case, by)
    require_paper(by, case, spent.kind)
    rows = case.papers.select_related("paper", "event")
    if problems := not_again(rows.get(pk=spent.pk), rows):
        raise ValidationError(problems)
    made = CasePaper.objects.create(
        case_id=case.pk,
        kind=spent.kind,
        label=spent.label,
        event=spent.event,
        called_on=timezone.localdate(),
    )
    for delivery in spent.deliveries.all():
        delivery.case_paper = made
        delivery.save()
    return made
