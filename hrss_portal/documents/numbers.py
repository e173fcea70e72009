"""Numbers of cases and papers: gap-free series, and reading what others wrote."""

import re
import string
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.db.transaction import TransactionManagementError

from hrss_portal.documents.kinds import number_series
from hrss_portal.documents.models import Counter, SeriesFormat

if TYPE_CHECKING:
    from hrss_portal.access.models import Unit

OPENING, CLOSING = "〔[［【(（﹝〈<〖｛{", "〕]］】)）﹞〉>〗｝}"
BRACKETS = str.maketrans(OPENING + CLOSING, "〔" * len(OPENING) + "〕" * len(CLOSING))
SHAPE = re.compile(
    r"(?P<prefix>[\u3400-\u9fffA-Za-z〇×]{1,24})〔(?P<year>(?:19|20)\d{2})〕第?(?P<n>\d{1,6})号"
)
DIGITS = 6  # of a number, as ``SHAPE`` reads them
PADDING = re.compile(r"0[1-6]d")  # as many digits as ``SHAPE`` reads
FIELDS = {"prefix", "place", "year", "n"}


@dataclass(frozen=True)
class Number:
    """A number as printed, and what it is made of."""

    text: str
    n: int
    year: int
    prefix: str

    def __str__(self) -> str:
        return self.text


def next_number(series: str, *, unit_root: "Unit", year: int) -> Number:
    """The next number of a series, gap-free: it is taken only if the caller's transaction commits.

    ``unit_root``: any unit of the bureau.  ``year``: of approval, not of drafting.  Take it last in
    the transaction, because other writers of the series wait from here to the commit.  Raises
    ``TransactionManagementError`` outside a transaction, where a failure afterwards would leave a
    gap, and ``LookupError`` for a series that nobody declares.
    """
    return next_numbers(series, unit_root=unit_root, year=year, count=1)[0]


def next_numbers(series: str, *, unit_root: "Unit", year: int, count: int) -> list[Number]:
    """``count`` numbers in a row, in one step; otherwise as ``next_number``."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("take numbers inside the transaction that uses them")
    prefix, pattern = wording(series, unit_root)
    last = _advance(series, unit_root.root_id, year, count)
    return [
        Number(pattern.format(prefix=prefix, year=year, n=n), n, year, prefix)
        for n in range(last - count + 1, last + 1)
    ]


def _advance(series: str, root_id: int, year: int, count: int) -> int:
    """Raise the counter by ``count`` under its row lock and return its new value."""
    row = Counter.objects.filter(series=series, unit_id=root_id, year=year)
    if not row.update(last=F("last") + count):
        new = Counter(series=series, unit_id=root_id, year=year)
        Counter.objects.bulk_create([new], ignore_conflicts=True)
        row.update(last=F("last") + count)
    return int(row.values_list("last", flat=True).get())


def last_number(series: str, *, unit_root: "Unit", year: int) -> int:
    """The last number that a series gave in a year; 0 before the first."""
    row = Counter.objects.filter(series=series, unit_id=unit_root.root_id, year=year)
    return row.values_list("last", flat=True).first() or 0


def move_past(series: str, *, unit_root: "Unit", year: int, n: int) -> None:
    """Make sure that the series never gives ``n`` or less: a number used outside the portal."""
    with transaction.atomic():
        root_id = unit_root.root_id
        new = Counter(series=series, unit_id=root_id, year=year, last=n)
        Counter.objects.bulk_create([new], ignore_conflicts=True)
        row = Counter.objects.filter(series=series, unit_id=root_id, year=year, last__lt=n)
        row.update(last=Greatest("last", Value(n)))


def wording(series: str, unit: "Unit") -> tuple[str, str]:
    """(prefix, pattern) with which a bureau writes a series: its own, else the shipped wording."""
    own = SeriesFormat.objects.filter(series=series, unit_id=unit.root_id).first()
    if own is not None:
        return own.prefix, own.pattern
    declared = number_series().get(series)
    if declared is None:
        raise LookupError(f"no app declares a number series {series!r}")
    return declared.prefix.format(place=unit.root.numbering_prefix), declared.pattern


def parse_number(text: str) -> Number:
    """Read a number that people or other systems wrote: 霍劳人仲案（２０２３） 123号.

    Every kind of bracket becomes 〔〕, full-width digits become half-width, blanks go; zeros in
    front of the number and 第 stay, because they were printed.  Raises ``ValidationError``.
    """
    plain = "".join(
        unicodedata.normalize("NFKC", c) if "！" <= c <= "～" else c
        for c in text.translate(BRACKETS)
    )
    tidy = re.sub(r"\s+", "", plain)
    found = SHAPE.fullmatch(tidy)
    if found is None:
        raise ValidationError(
            "编号“%(text)s”认不出来，应写成“霍劳人仲案〔2023〕123号”这样：代字、年份、序号",
            code="number",
            params={"text": text[:40]},
        )
    return Number(tidy, int(found["n"]), int(found["year"]), found["prefix"])


def same_number(text: str) -> str:
    """One spelling for every way in which a number is written (第, zeros in front, brackets), to
    compare it by; a text that is no number is itself."""
    try:
        found = parse_number(text)
    except ValidationError:
        return text
    return f"{found.prefix}〔{found.year}〕{found.n}号"


def spellings(text: str) -> set[str]:
    """The ways in which one number is written: with and without 第, with and without zeros before
    it.  A text that is no number has one."""
    try:
        found = parse_number(text)
    except ValidationError:
        return {text}
    head = f"{found.prefix}〔{found.year}〕"
    digits = [f"{found.n:0{width}d}" for width in range(1, DIGITS + 1)]
    return {text, found.text, *(f"{head}{word}{n}号" for word in ("", "第") for n in digits)}


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that would not give readable, different numbers (``ValidationError``)."""
    try:
        fields = list(string.Formatter().parse(pattern))
        names = {name for _, name, _, _ in fields if name is not None}
        if any(spec and not PADDING.fullmatch(spec) for _, _, spec, _ in fields):
            raise ValueError("a format is only for zeros in front of the number")
        sample = pattern.format(prefix="字", year=2023, n=1)
        other = pattern.format(prefix="字", year=2023, n=2)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise ValidationError(
            "格式里只能用 {prefix}、{year}、{n}，例如 {prefix}〔{year}〕{n}号", code="pattern"
        ) from error
    if not names <= FIELDS or sample == other or "{year" not in pattern:
        raise ValidationError("格式里必须有年份 {year} 和序号 {n}", code="pattern")
