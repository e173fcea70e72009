"""Sheets going out: xlsx or csv, filters printed on the first sheet, every access logged."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.areas import Column, Sheet
from hrss_portal.audit.log import record_access
from hrss_portal.imports.cleaning import build_field, masked
from hrss_portal.imports.xlsx import Table, Writer, csv_cell, plain
from hrss_portal.parties.fields import (
    BankCardField,
    CountField,
    DateField,
    DocumentField,
    IdNumberField,
    MoneyField,
    PhoneField,
    PhonesField,
    UsccField,
)

JOB_ROWS = 5000  # more rows than this are exported by a job
ITERATOR = 2000
CODES = (IdNumberField, UsccField, DocumentField, BankCardField, PhoneField, PhonesField)
ABOUT = "导出说明"


class UnknownFilter(ValueError):
    """A filter key that the sheet does not have."""


def parse_filters(text: str) -> dict[str, list[str]]:
    """``key=value;key=a|b`` as a mapping.  Raises ``UnknownFilter`` for another shape."""
    filters: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, values = part.partition("=")
        if not equals or not name.strip():
            raise UnknownFilter(part)
        filters.setdefault(name.strip(), []).extend(values.split("|"))
    return filters


def rows_of(sheet: Sheet, filters: Mapping[str, list[str]]) -> QuerySet:
    """The rows that an export of a sheet holds.  Raises ``UnknownFilter``, ``LookupError``."""
    source = sheet.call("export")
    if source is None:
        raise LookupError(sheet.code)
    try:
        rows: QuerySet = source(dict(filters))
    except ValueError as error:
        raise UnknownFilter(str(error)) from error
    return rows


def export_rows(
    sheet: Sheet,
    queryset: QuerySet | Iterable[Any],
    stream: IO[bytes],
    *,
    by: User | None,
    filters: Sequence[tuple[str, str]] = (),
    reason: str = "",
    progress: Callable[[int], None] | None = None,
    comes_back: bool = False,
) -> int:
    """Writes rows of a sheet as xlsx; how many.  The access is logged before the first row.

    ``filters`` are (label, value) as people read them, printed on the first sheet.  Personal
    columns are masked unless ``by`` may see their class; in a table that ``comes_back`` they are
    left empty instead, which changes nothing when it is imported.  Raises ``Refused``.
    """
    columns = readable(sheet, by)
    if comes_back:
        columns = [(column, mask and (lambda value: "")) for column, mask in columns]
    record_access(
        "export",
        subject_type=f"sheet.{sheet.code}",
        subject_id="",
        label=f"{sheet.title}:{'；'.join(f'{name}={value}' for name, value in filters) or '全部'}",
        reason=reason,
        fields=[column.name for column, show in columns if show is None],
    )
    writer = Writer(stream)
    count = writer.write(
        Table(
            name=sheet.title[:28],
            headings=[column.heading for column in sheet.columns],
            rows=_counted(_cells(sheet, queryset, columns), progress),
            kinds=[kind(column) for column in sheet.columns],
            widths=[column.width for column in sheet.columns],
        )
    )
    writer.write(_about(sheet, by, filters, count))
    writer.close(first=ABOUT)
    return count


def export_csv(sheet: Sheet, queryset: Iterable[Any], stream: IO[str], *, by: User | None) -> int:
    """The same as csv (UTF-8 with its mark, formula starters defused)."""
    columns = readable(sheet, by)
    label = f"{sheet.title}:csv"
    record_access("export", subject_type=f"sheet.{sheet.code}", subject_id="", label=label)
    stream.write("\ufeff")
    lines = csv.writer(stream)
    lines.writerow([column.heading for column in sheet.columns])
    count = 0
    for row in _cells(sheet, queryset, columns):
        lines.writerow([csv_cell(value) for value in row])
        count += 1
    return count


def readable(sheet: Sheet, by: User | None) -> list[tuple[Column, Callable[[Any], str] | None]]:
    """Each column with what masks it, or None where the user may see the value."""
    classes: set[str] = set()
    if by is not None:
        policy.require(by, sheet.policy)
        found = policy.current_rights(by).matching(*policy.split(sheet.policy))
        classes = {name for one in found for name in one.classes}
    return [
        (
            column,
            None
            if by is None or not column.personal or column.personal in classes
            else _masker(column),
        )
        for column in sheet.columns
    ]


def _masker(column: Column) -> Callable[[Any], str]:
    field = build_field(column)
    return lambda value: masked(field, column, plain(value))


def _cells(
    sheet: Sheet,
    queryset: QuerySet | Iterable[Any],
    columns: list[tuple[Column, Callable[[Any], str] | None]],
) -> Iterator[list[Any]]:
    row_of = sheet.call("row_of")
    if row_of is None:
        raise LookupError(sheet.code)
    objects = queryset.iterator(ITERATOR) if isinstance(queryset, QuerySet) else queryset
    for found in objects:
        values = row_of(found)
        yield [
            mask(values.get(column.name)) if mask else values.get(column.name)
            for column, mask in columns
        ]


def _counted(
    rows: Iterator[list[Any]], progress: Callable[[int], None] | None
) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        if progress is not None and number % ITERATOR == 0:
            progress(number)
        yield row


def kind(column: Column) -> str:
    """``value`` where numbers and dates stay such, ``text`` for everything else."""
    field = build_field(column)
    if isinstance(field, CODES):
        return "text"
    name = field.__class__.__name__
    is_value = isinstance(field, (DateField, MoneyField, CountField)) or name in {
        "IntegerField",
        "DecimalField",
        "FloatField",
        "DateField",
        "DateTimeField",
    }
    return "value" if is_value else "text"


def _about(sheet: Sheet, by: User | None, filters: Sequence[tuple[str, str]], count: int) -> Table:
    """The first sheet: what this is, of when, of whom, under which conditions."""
    now = timezone.localtime()
    lines: list[tuple[str, Any]] = [
        ("表名", f"{sheet.code} {sheet.title}"),
        ("版本", sheet.version),
        ("截至", now.strftime("%Y-%m-%d %H:%M")),
        ("导出人", f"{by.name}({by.unit})" if by else "系统"),
        ("行数", count),
        *(filters or [("查询条件", "无（全部）")]),
    ]
    return Table(name=ABOUT, headings=["项目", "内容"], rows=lines, widths=[16, 60])


def csv_text(sheet: Sheet, queryset: Iterable[Any], *, by: User | None) -> str:
    """``export_csv`` as one text, for small tables."""
    stream = io.StringIO(newline="")
    export_csv(sheet, queryset, stream, by=by)
    return stream.getvalue()
