"""卷内目录: what a file contains, in which order, on which pages; 正卷 and 副卷 apart.

《机关档案管理规定》 and 办案规则 Article 24: two parts, numbered through, with an index in front.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework.models import Attachment, Case, CasePaper, Delivery
from hrss_portal.casework.secrecy import INNER_CLASS, sees_file, sees_inner
from hrss_portal.casework.workflow import Move, workflow_of
from hrss_portal.documents.kinds import PaperKind, paper_kinds
from hrss_portal.documents.models import File, Paper
from hrss_portal.documents.uploads import attach


@dataclass(frozen=True)
class Entry:
    """One line of the index: its number, on which pages it lies once all pages are known, its day
    and the number of its paper.

    The day is the one that a paper bears (of one made outside the portal that of its making), else
    the day on which the line was put in.
    """

    number: int
    attachment: Attachment
    pages: str
    on: date
    paper_no: str


@dataclass(frozen=True)
class Volume:
    """One part of a file."""

    code: str
    label: str
    entries: list[Entry]
    pages: int


def volumes(case: Case, *, by: User) -> list[Volume]:
    """The parts of a file that this user may see: the inner part needs class P3 of the case, all
    of it P4 where the case is heard in private."""
    found: list[Volume] = []
    if not sees_file(by, case):
        return found
    for code, label in Attachment.Part.choices:
        if code == Attachment.Part.INNER and not sees_inner(by, case):
            continue
        rows = Attachment._base_manager.filter(case=case.pk, part=code, removed_at__isnull=True)
        found.append(_volume(code, str(label), list(rows.order_by("seq", "pk"))))
    return found


def _volume(code: str, label: str, rows: list[Attachment]) -> Volume:
    entries, first, known = [], 1, True
    papers = Paper._base_manager.filter(file__in=[row.file_id for row in rows])
    known_by = {one.file_id: one for one in papers.select_related("case_paper")}
    for number, row in enumerate(rows, start=1):
        known = known and row.pages is not None
        last = first + (row.pages or 0) - 1
        words = "" if not known else f"{first}" if last <= first else f"{first}-{last}"
        paper = known_by.get(row.file_id)
        on = day_of(paper) if paper else timezone.localtime(row.added_at).date()
        entries.append(Entry(number, row, words, on, paper.number if paper else ""))
        first = last + 1
    return Volume(code, label, entries, sum(row.pages or 0 for row in rows))


def day_of(paper: Paper) -> date:
    """The day that a paper bears: of its step, of one made outside that of its making."""
    called = getattr(paper, "case_paper", None)
    return paper.issued_on if paper.outside_because or called is None else called.called_on


def last_place(case: Case, part: str) -> int:
    """The highest place taken in a part of a locked file, removed lines included; 0: none is."""
    rows = Attachment._base_manager.filter(case=case.pk, part=part)
    return rows.aggregate(last=Max("seq"))["last"] or 0


def put_in(
    case: Case,
    file: File,
    *,
    label: str,
    by: User | None,
    part: str = Attachment.Part.MAIN,
    pages: int | None = None,
) -> Attachment:
    """One more line of a locked file: who may see the case may open it, in the inner part (副卷)
    who has class P3.  A file that belongs to another record already stays with it."""
    if not file.owner_label:
        inner = part == Attachment.Part.INNER
        attach(file, case, action=f"{case.kind}.view", data_class=INNER_CLASS if inner else "")
    return Attachment.objects.create(
        case_id=case.pk,
        file=file,
        kind=label[: Attachment._meta.get_field("kind").max_length],
        part=part,
        pages=pages,
        seq=last_place(case, part) + 1,
        added_by=by,
        added_at=timezone.now(),
    )


@transaction.atomic
def gather(case: Case, *, by: User) -> int:
    """Take issued papers and proofs of service into the index; returns how many are new."""
    policy.require(by, f"{case.kind}.edit", case)
    lock_open(case)
    return take_in(case, by=by)


def take_in(case: Case, *, by: User | None) -> int:
    """``gather`` for whoever holds the lock of an open file; the move that archives it does."""
    places = {part: last_place(case, part) for part in Attachment.Part.values}
    have = set(Attachment._base_manager.filter(case=case.pk).values_list("file", flat=True))
    wanted: list[tuple[int, str]] = []
    inner: set[int] = set()
    issued = CasePaper._base_manager.filter(case=case.pk, state=CasePaper.State.ISSUED)
    if cover := cover_of(case):  # it lies on the file, not in it
        issued = issued.exclude(kind=cover.code)
    for waiting in issued.select_related("paper").order_by("called_on", "pk"):
        assert waiting.paper is not None  # noqa: S101 - issued means that there is one
        wanted.append((waiting.paper.file_id, waiting.label))
        kind = paper_kinds().get(waiting.kind)
        if kind is not None and kind.inner:
            inner.add(waiting.paper.file_id)
    proofs = Delivery._base_manager.filter(case=case.pk, proof__isnull=False)
    for one in proofs.order_by("sent_on", "pk"):
        wanted.append((one.proof_id or 0, f"送达回证（{one.doc_name}）"[:60]))
    fresh = [(file, label) for file, label in wanted if file not in have]
    inner |= _inner_files([file for file, _ in fresh])
    for part in (Attachment.Part.MAIN, Attachment.Part.INNER):
        mine = [one for one in fresh if (one[0] in inner) == (part == Attachment.Part.INNER)]
        for number, (file, label) in enumerate(mine, start=places[part] + 1):
            row = Attachment.objects.create(
                case_id=case.pk, file_id=file, kind=label, part=part, seq=number, added_by=by
            )
            if part == Attachment.Part.INNER:
                _classify(row)
    return len(fresh)


def _inner_files(files: list[int]) -> set[int]:
    """Those of some files that belong in the inner part by their class."""
    rows = File.objects.filter(pk__in=files, data_class=INNER_CLASS)
    return set(rows.values_list("pk", flat=True))


def fill(case: Case, step: Move, *, by: User | None) -> None:
    """Before a move closes the file: what was issued and served is in its index."""
    if step.archives:
        take_in(case, by=by)


def pages_counted(case: Case) -> int:
    """The pages that the lines of the index say so far."""
    rows = Attachment._base_manager.filter(case=case.pk, removed_at__isnull=True)
    return rows.aggregate(pages=Sum("pages"))["pages"] or 0


@transaction.atomic
def arrange(case: Case, rows: Mapping[int, Mapping[str, Any]], *, by: User) -> int:
    """Set order, part and pages of the lines given by key; returns how many lines changed.

    Numbers typed twice or with gaps are closed up in the order they were typed.  The file follows
    its part: in the inner part it asks for class P3.  Raises ``ValidationError`` for a line that
    the user does not see.
    """
    policy.require(by, f"{case.kind}.edit", case)
    lock_open(case)
    found = _lines(case, rows, by)
    before = {pk: (row.part, row.seq, row.pages) for pk, row in found.items()}
    for pk, values in rows.items():
        row = found[pk]
        row.part, row.seq, row.pages = values["part"], values["seq"], values["pages"]
    for part in Attachment.Part.values:
        ordered = sorted(
            (row for row in found.values() if row.part == part), key=lambda row: (row.seq, row.pk)
        )
        for number, row in enumerate(ordered, start=1):
            row.seq = number
    changed = [row for pk, row in found.items() if before[pk] != (row.part, row.seq, row.pages)]
    for row in changed:
        row.save(update_fields=["part", "seq", "pages"])
        if before[row.pk][0] != row.part:
            _classify(row)
    return len(changed)


def _lines(case: Case, keys: Collection[int], by: User) -> dict[int, Attachment]:
    """The lines of a file, locked, by key.  Raises ``ValidationError`` for a key that the user
    does not see."""
    mine = Attachment._base_manager.select_for_update(of=("self",)).select_related("file")
    found = {row.pk: row for row in mine.filter(case=case.pk, removed_at__isnull=True)}
    seen = {pk for pk, row in found.items() if row.part != Attachment.Part.INNER}
    if not sees_file(by, case):
        seen = set()
    if unknown := set(keys) - (set(found) if sees_inner(by, case) else seen):
        raise ValidationError(f"目录里没有这些材料：{sorted(unknown)}")
    return found


def may_fill_pages(case: Case, by: User) -> bool:
    """Whether the user tells the pages of an archived file: who may archive it, while it lasts.

    What is issued and served comes into the index with the archiving, so its pages are counted
    afterwards; order and part stay as they were filed.
    """
    if case.archived_on is None or case.is_void or hasattr(case, "tombstone"):
        return False
    specific: Any = case.specific
    steps = [step for step in workflow_of(case).moves if step.archives]
    return any(policy.move_allowed(by, specific, one.by, one.code).allowed for one in steps)


@transaction.atomic
def fill_pages(case: Case, pages: Mapping[int, int | None], *, by: User) -> int:
    """Set the pages of lines of an archived file; returns how many lines changed.

    Raises ``PermissionDenied`` for who may not archive it, and as ``arrange`` for other lines.
    """
    locked = Case._base_manager.select_for_update(of=("self",)).get(pk=case.pk)
    if not may_fill_pages(locked, by):
        raise PermissionDenied("归档后的页数由立卷归档的岗位填")
    found = _lines(case, pages, by)
    changed = [found[pk] for pk, number in pages.items() if found[pk].pages != number]
    for row in changed:
        row.pages = pages[row.pk]
        row.save(update_fields=["pages"])
    return len(changed)


def _classify(row: Attachment) -> None:
    """Give the file the class of the part it has been put into."""
    inner = row.part == Attachment.Part.INNER
    if inner or row.file.data_class == INNER_CLASS:
        row.file.data_class = INNER_CLASS if inner else ""
        row.file.save(update_fields=["data_class"])


def cover_of(case: Case) -> PaperKind | None:
    """The cover that the case's area declares (its code ends in ``.cover``), or None."""
    for code, kind in sorted(paper_kinds().items()):
        if code.endswith(".cover") and kind.policy.startswith(f"{case.kind}."):
            return kind
    return None


def lock_open(case: Case, *, also_archived: bool = False) -> None:
    """Keep a file open until the transaction ends, so that places are given in turn.

    Raises ``ValidationError`` for one that somebody has archived, and for a void case;
    ``also_archived``: for a void case alone, as for what the archiving itself calls for.
    """
    locked = Case._base_manager.select_for_update(of=("self",)).get(pk=case.pk)
    if locked.is_void:
        raise ValidationError("此件已作废，不能再添加材料、制发文书、改目录")
    if locked.archived_on is not None and not also_archived:
        raise ValidationError("案卷已归档，文书、目录不能再改。需要改的，先由负责人撤销归档")
