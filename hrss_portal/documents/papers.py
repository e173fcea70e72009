"""Papers: preview, issue, take what was made by hand, void."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from hrss_portal.documents.kinds import PaperKind, paper_kind
from hrss_portal.documents.models import File, Paper
from hrss_portal.documents.numbers import (
    Number,
    last_number,
    move_past,
    next_number,
    parse_number,
    wording,
)
from hrss_portal.documents.preview import Block, blocks_of
from hrss_portal.documents.rendering import fill, snapshot
from hrss_portal.documents.templates import template_for
from hrss_portal.documents.uploads import attach, store_bytes, store_upload
from hrss_portal.documents.wording import date_hanzi, date_zh

if TYPE_CHECKING:
    from hrss_portal.access.models import Unit, User

#: How far ahead of the series a number given by hand may be; a slip would leave a gap for ever.
FURTHEST = 50
#: What a preview prints where the number will stand.
NO_NUMBER_YET = "（签发时编号）"
#: What stands for a value of ``PaperKind.once`` in a preview, and in what is kept of a paper.
NOT_MADE_YET, NOT_KEPT = "（制发时生成）", "（不留存）"


def render(
    kind: PaperKind | str, context: Mapping[str, Any], *, unit: "Unit | None" = None
) -> bytes:
    """The docx of a paper from complete values, with the template in force at ``unit``'s bureau.

    Raises ``PaperError``: a value is missing or the template is not allowed.
    """
    found = paper_kind(kind)
    return fill(template_for(found, unit).content, found, context)


def preview(
    kind: PaperKind | str,
    context: Mapping[str, Any],
    *,
    unit: "Unit",
    by: "User | None" = None,
    on: date | None = None,
) -> list[Block]:
    """What the paper would say, as blocks for the page.  Takes no number and keeps nothing."""
    found = paper_kind(kind)
    number = NO_NUMBER_YET if found.series else context.get("number", "")
    values = dict.fromkeys(found.once, NOT_MADE_YET) | _complete(context, number, unit, by, on)
    return blocks_of(render(found, values, unit=unit))


def issue_paper(
    kind: PaperKind | str,
    *,
    context: Mapping[str, Any],
    unit: "Unit",
    by: "User | None",
    year: int | None = None,
    on: date | None = None,
    owner: Model | None = None,
    owner_action: str = "",
    once: Mapping[str, Any] | None = None,
) -> Paper:
    """Number, print and freeze a paper.

    ``on``: the date it carries (today unless given); ``year`` of its number, the year of ``on``
    unless given.  ``owner``: the record whose readers may open the file, with the action they need.
    ``once``: the values of the kind's ``once``, printed and not kept beside the paper.
    One transaction: either number, file and row exist, or none.  Raises ``PaperError``.
    """
    found = paper_kind(kind)
    on = on or timezone.localdate()
    year = year or on.year
    with transaction.atomic():
        template = template_for(found, unit)
        number = next_number(found.series, unit_root=unit, year=year) if found.series else None
        text = number.text if number else str(context.get("number") or "")
        values = _complete(context, text, unit, by, on)
        content = fill(template.content, found, values | dict(once or {}))
        title = found.title or found.label
        file = _stored(content, f"{title}{text}.docx", found, by=by, unit=unit)
        if owner is not None:
            attach(file, owner, action=owner_action)
        return Paper.objects.create(
            kind=found.code,
            title=title,
            series=found.series,
            number=text,
            year=year,
            n=number.n if number else None,
            unit=unit,
            file=file,
            sha256=hashlib.sha256(content).hexdigest(),
            template_sha256=template.sha256,
            context_text=snapshot(values | dict.fromkeys(once or (), NOT_KEPT)),
            issued_on=on,
            issued_by=by,
        )


def take_paper(
    kind: PaperKind | str,
    scan: UploadedFile,
    *,
    number: str,
    on: date,
    reason: str,
    unit: "Unit",
    by: "User | None",
) -> Paper:
    """Register a paper that was made and signed outside the portal, by its scan.

    ``number``: as printed on it, ``on``: the day that it carries.  A number of our own series is
    never given again.  Raises ``ValidationError``: no reason, a day ahead, a number that the kind
    needs and that is missing, unreadable or used, a file that is refused.
    """
    found = paper_kind(kind)
    if not reason.strip():
        raise ValidationError("写明没有在系统里制发的原因", code="reason")
    if on > timezone.localdate():
        raise ValidationError("制作日期不能晚于今天", code="on")
    with transaction.atomic():
        own = _own_number(found, number, unit)
        file = store_upload(
            scan, by=by, unit=unit, kind=File.Kind.PAPER, data_class=found.data_class
        )
        return Paper.objects.create(
            kind=found.code,
            title=found.title or found.label,
            series=found.series if own else "",
            number=own.text if own else number.strip(),
            year=own.year if own else on.year,
            n=own.n if own else None,
            unit=unit,
            file=file,
            sha256=file.sha256,
            outside_because=reason.strip()[:200],
            issued_on=on,
            issued_by=by,
        )


def _own_number(kind: PaperKind, text: str, unit: "Unit") -> Number | None:
    """The number of a paper made by hand, which the series is moved past; None without a series."""
    if not kind.series:
        return None
    if not text.strip():
        raise ValidationError("填写文书上的编号", code="number")
    number, ours = parse_number(text), wording(kind.series, unit)[0]
    if number.prefix != ours:
        raise ValidationError(
            f"本局这种文书的代字是“{ours}”，“{number.prefix}”不是；"
            "别的单位的文书作为材料上传，不登记在这里",
            code="number",
        )
    last = last_number(kind.series, unit_root=unit.root, year=number.year)
    if number.n > last + FURTHEST:
        raise ValidationError(
            f"{number.year} 年这一系列现在到 {last} 号，{number.n} 号隔得太远，核对编号",
            code="number",
        )
    move_past(kind.series, unit_root=unit.root, year=number.year, n=number.n)
    used = Paper._base_manager.filter(
        unit__path__startswith=unit.root_path, series=kind.series, year=number.year, n=number.n
    )
    if used.exists():
        raise ValidationError(f"{number.text} 已经用过", code="number")
    return number


def _stored(content: bytes, name: str, kind: PaperKind, *, by: "User | None", unit: "Unit") -> File:
    """The file of a paper, of the class that its kind declares."""
    return store_bytes(
        content, name, by=by, unit=unit, kind=File.Kind.PAPER, data_class=kind.data_class
    )


def _complete(
    context: Mapping[str, Any],
    number: str,
    unit: "Unit",
    by: "User | None",
    on: date | None,
) -> dict[str, Any]:
    day = on or timezone.localdate()
    return {
        "unit": unit.name,
        "bureau": unit.root.name,
        "issued_on": date_zh(day),
        "issued_on_hanzi": date_hanzi(day),
        "issued_by": by.name if by is not None else "",
        **context,
        "number": number,
    }


def void_paper(paper: Paper, *, by: "User | None", reason: str) -> Paper:
    """Declare an issued paper void; its number is never given again.

    Raises ``ValidationError`` without a reason or for a paper that is void already.
    """
    if not reason.strip():
        raise ValidationError("请写明作废原因", code="reason")
    with transaction.atomic():
        rows = Paper.objects.select_for_update(of=("self",))
        locked = rows.get(pk=paper.pk)
        if locked.state == Paper.State.VOIDED:
            raise ValidationError("这份文书已经作废", code="voided")
        locked.state, locked.void_reason = Paper.State.VOIDED, reason.strip()[:200]
        locked.voided_at, locked.voided_by = timezone.now(), by
        locked.save(update_fields=["state", "void_reason", "voided_at", "voided_by"])
    return locked


def is_intact(paper: Paper) -> bool:
    """Whether the file on disk still is what was issued."""
    with paper.file.content.open("rb") as stored:
        return hashlib.sha256(stored.read()).hexdigest() == paper.sha256
