"""Where the table is on the sender's sheet: title rows, heading rows, columns, what is left out.

``find_layout`` looks at the top of every visible sheet; ``Rows`` walks the data rows below, fills
merged cells down where the column says so, and leaves out totals, signatures and empty rows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any

from hrss_portal.areas import Sheet
from hrss_portal.imports.cells import Cell, as_text, key
from hrss_portal.imports.headings import (
    Heading,
    Matcher,
    Matches,
    letter,
    stated_unit,
    strange_unit,
    unit,
)
from hrss_portal.imports.reading import HEAD_ROWS, Head, RawRow
from hrss_portal.imports.refusals import FileRefused

Area = tuple[int, int, int, int]
TOTAL = re.compile(
    r"^(?:本页|本表|全[县州市镇乡])?(?:合计|总计|小计|共计|累计|总合计)"
    r"(?:[::(\d].*|人数|户数|金额)?$|^.{2,8}[^、](?:小计|合计)$"
)
SUM = re.compile(
    r"^(?:本页|本表|全[县州市镇乡])?(?:合计|总计|小计|共计|累计|总合计):?$|^.{2,8}[^、](?:小计|合计):?$"
)
SIGNATURE = re.compile(
    r"^(?:(?:单位|部门|主要|分管)?(?:负责人|领导)|(?:填|制|统计)(?:表|报)?人|填报|制表|审核|复核|"
    r"校对|经办人|联系人|报送|盖章|签字|签章|日期|(?:注|备注|说明|附注|填表说明)(?:[::]|\d|$)|以上)"
)


@dataclass
class Layout:
    """Where things are.  Kept on the batch as JSON, so that the same reading can be repeated.

    ``columns`` maps the sender's column number to (our column, how it was found).  ``headings``
    holds every heading in order; ``problems`` are open questions, ``unknown`` columns that will
    not be imported, ``missing`` our columns that no heading names.  ``given`` are columns that the
    sender's table lacks and a person filled in: the text that every row has, "" where each row
    gets its own.  ``stated_unit`` is the unit of money that stands above the table (单位：万元).
    """

    sheet_index: int
    sheet_name: str
    header_rows: list[int]
    headings: dict[int, str]
    columns: dict[int, tuple[str, int]]
    problems: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    date1904: bool = False
    given: dict[str, str] = field(default_factory=dict)
    stated_unit: str = ""

    @property
    def first_row(self) -> int:
        """The first row below the headings."""
        return self.header_rows[-1] + 1

    def as_json(self) -> dict[str, Any]:
        """For a JSON field."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Layout":
        """From a JSON field: keys are numbers again."""
        headings = {int(column): words for column, words in data["headings"].items()}
        columns = {int(column): (name, way) for column, (name, way) in data["columns"].items()}
        return cls(**{**data, "headings": headings, "columns": columns})

    def column_of(self, name: str) -> int | None:
        """The sender's column number of one of our columns."""
        return next((number for number, (own, _) in self.columns.items() if own == name), None)

    def unit_of(self, name: str) -> str:
        """The unit of money of the sender's column for one of ours, "" where nothing says it."""
        number = self.column_of(name)
        return "" if number is None else unit(self.headings[number]) or self.stated_unit


def find_layout(sheet: Sheet, heads: Sequence[tuple[int, str, Head]]) -> Layout:
    """The best heading rows over all visible sheets.

    ``heads`` are (index, name, top) of the sheets.  Raises ``FileRefused`` when no row names at
    least two of our columns (one, for a sheet of one column).
    """
    matcher = Matcher(sheet)
    needed = min(2, len(sheet.columns))
    best: tuple[int, int, str, Head, list[int]] | None = None
    for index, name, head in heads:
        score, rows = _best_rows(matcher, head)
        if score >= needed and (best is None or score > best[0]):
            best = (score, index, name, head, rows)
    if best is None:
        raise FileRefused("no_header", rows=HEAD_ROWS, title=sheet.title)
    _, index, name, head, rows = best
    headings = read_headings(head, rows)
    matches = matcher.match(headings)
    layout = Layout(
        sheet_index=index,
        sheet_name=name,
        header_rows=rows,
        headings={heading.column: heading.words for heading in headings},
        columns=matches.found,
        counts=_counts(head, headings),
        stated_unit=stated_unit(row for row in head.rows if row.number < rows[0]),
    )
    _open_questions(layout, matches, sheet)
    return layout


def _open_questions(layout: Layout, matches: Matches, sheet: Sheet) -> None:
    taken = {name for name, _ in matches.found.values()}
    layout.problems = matches.ambiguous + _strange_units(layout, sheet)
    layout.unknown = sorted(heading.column for heading in matches.unknown)
    layout.missing = [column.name for column in sheet.columns if column.name not in taken]


def _strange_units(layout: Layout, sheet: Sheet) -> list[dict[str, Any]]:
    """Columns of money in a unit that cannot be converted."""
    ours = {column.name: column for column in sheet.columns}
    found = (
        strange_unit(ours[name], number, layout.headings[number], layout.stated_unit)
        for number, (name, _) in layout.columns.items()
    )
    return [problem for problem in found if problem]


def _counts(head: Head, headings: list[Heading]) -> dict[str, int]:
    blank = max(0, head.width - max(heading.column for heading in headings))
    return {
        "hidden_rows": head.hidden_rows,
        "hidden_columns": head.hidden_columns,
        "ghost_rows": head.ghost_rows,
        "ghost_columns": blank,
    }


def _best_rows(matcher: Matcher, head: Head) -> tuple[int, list[int]]:
    """One, two or three neighbouring rows that name most columns; fewer and earlier rows win."""
    best: tuple[int, list[int]] = (0, [])
    present = [row.number for row in head.rows if any(as_text(cell) for cell in row.cells)]
    for depth in (1, 2, 3):
        for number in present:
            rows = list(range(number, number + depth))
            if not set(rows) <= set(present) or not _may_be_headings(head, rows):
                continue
            score = matcher.score(read_headings(head, rows))
            if score > best[0]:
                best = (score, rows)
    return best


def _may_be_headings(head: Head, rows: list[int]) -> bool:
    """Headings are text: a row with dates or figures below them is already data."""
    cells = [cell for row in head.rows if row.number in rows for cell in row.cells if cell]
    return bool(cells) and all(isinstance(cell, str) for cell in cells)


def read_headings(head: Head, rows: list[int]) -> list[Heading]:
    """The headings over the given rows; a merged upper cell names every column below it."""
    lines = {row.number: row.cells for row in head.rows if row.number in rows}
    width = max((len(cells) for cells in lines.values()), default=0)
    grid = {
        number: [as_text(cells[i]) if i < len(cells) else "" for i in range(width)]
        for number, cells in lines.items()
    }
    _spread(grid, head.merged, rows)
    headings = []
    for column in range(width):
        parts = list(dict.fromkeys(grid[row][column] for row in rows if grid[row][column]))
        if parts:
            headings.append(Heading(column + 1, _joined(parts), _candidates(parts)))
    return headings


def _spread(grid: dict[int, list[str]], merged: list[Area], rows: list[int]) -> None:
    """Writes the words of merged heading cells into every column that they cover.

    Without merge information (csv, ods) an empty upper cell with words below belongs to the
    nearest words on its left.
    """
    for top, left, bottom, right in merged:
        if top in grid and left <= len(grid[top]):
            words = grid[top][left - 1]
            for row in range(top, min(bottom, rows[-1]) + 1):
                for column in range(left, min(right, len(grid[row])) + 1):
                    grid[row][column - 1] = words
    for upper, lower in pairwise(rows):
        for column in range(1, len(grid[upper])):
            if not grid[upper][column] and grid[lower][column] and grid[upper][column - 1]:
                under_left = grid[lower][column - 1]
                if under_left and under_left != grid[upper][column - 1]:
                    grid[upper][column] = grid[upper][column - 1]


def _joined(parts: list[str]) -> str:
    return "_".join(" ".join(part.split()) for part in parts)


def _candidates(parts: list[str]) -> tuple[str, ...]:
    """Words to compare: upper and lower joined, then the lower alone, then the upper alone."""
    if len(parts) == 1 and "_" in parts[0]:  # as our own error workbook joins them
        return (parts[0], *_candidates(parts[0].split("_")))
    if len(parts) == 1:
        return (parts[0],)
    return ("".join(parts), "".join(parts[-2:]), parts[-1])


def map_columns(layout: Layout, sheet: Sheet, chosen: dict[int, str], way: int = 9) -> Layout:
    """A layout with columns assigned by a person (or from memory); "" leaves a column out.

    Raises ``ValueError`` when one of our columns is chosen twice or is unknown.
    """
    names = [name for name in chosen.values() if name]
    known = {column.name for column in sheet.columns}
    if len(names) != len(set(names)) or not set(names) <= known:
        raise ValueError("each column once")
    same = dict(layout.columns)
    columns = {
        number: same[number] if same.get(number, ("", 0))[0] == name else (name, way)
        for number, name in chosen.items()
        if name
    }
    unknown = [number for number in layout.headings if number not in columns]
    missing = [column.name for column in sheet.columns if column.name not in names]
    settled = replace(layout, columns=columns, problems=[], unknown=unknown, missing=missing)
    settled.problems = _strange_units(settled, sheet)
    return settled


@dataclass
class DataRow:
    """A data row: Excel's number, cells by our column name, and the sender's whole row.

    ``carried`` are names whose value came from a cell above; ``filled`` those of them where no
    merged cell says so, with their words.  ``merged`` are empty cells of other columns that belong
    to a cell merged downwards, by name: its range, its first row and its words.
    """

    number: int
    cells: dict[str, Cell]
    filled: dict[str, str]
    hidden: bool
    everything: list[Cell]
    carried: list[str] = field(default_factory=list)
    merged: dict[str, tuple[str, int, str]] = field(default_factory=dict)


class Rows:
    """Walks the data rows of a sheet; ``left_out`` names the rows that are no data, and why."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.layout = layout
        self.places = [(number - 1, name) for number, (name, _) in layout.columns.items()]
        self.fill = {column.name for column in sheet.columns if column.fill_down}
        self.keys = {column.name for column in sheet.columns if column.key}
        self.samples = {column.name: column.sample for column in sheet.columns if column.sample}
        self.left_out: list[tuple[int, str, str]] = []
        self.hidden = 0
        self._last: dict[str, tuple[int, Cell]] = {}
        self._merged: dict[int, list[tuple[int, int]]] = {}
        self._tops: dict[tuple[int, int], str] = {}  # words of merged cells, by column and row

    def walk(self, rows: Iterable[RawRow], merged: Iterable[Area] = ()) -> Iterator[DataRow]:
        """The data rows in order."""
        self._merged = _merged_down(merged)
        for row in rows:
            if row.number < self.layout.first_row:
                continue
            cells = {
                name: row.cells[place] if place < len(row.cells) else None
                for place, name in self.places
            }
            self._note_tops(row)
            left_out = "total" if self._sums_up(row) else self._left_out(row, cells)
            self._remember(row.number, cells)
            if left_out:
                words = next(as_text(cell) for cell in row.cells if as_text(cell))
                self.left_out.append((row.number, left_out, words[:20]))
                continue
            self.hidden += row.hidden
            carried = [name for name in self._last if name in cells and cells[name] is None]
            filled = self._fill(row.number, cells, carried)
            under = self._under(row.number, cells)
            yield DataRow(row.number, cells, filled, row.hidden, row.cells, carried, under)

    def _note_tops(self, row: RawRow) -> None:
        """Keeps the words of the cells that are merged downwards from this row on."""
        for column, areas in self._merged.items():
            if any(top == row.number for top, _ in areas) and column <= len(row.cells):
                self._tops[column, row.number] = as_text(row.cells[column - 1])

    def _under(self, number: int, cells: dict[str, Cell]) -> dict[str, tuple[str, int, str]]:
        """The empty cells of a row that a cell merged from above covers."""
        found = {}
        for place, name in self.places:
            for top, bottom in self._merged.get(place + 1, ()):
                words = self._tops.get((place + 1, top))
                if cells[name] is None and words and top < number <= bottom:
                    area = f"{letter(place + 1)}{top}:{letter(place + 1)}{bottom}"
                    found[name] = (area, top, words)
        return found

    def _left_out(self, row: RawRow, cells: dict[str, Cell]) -> str:
        """Why a row is no data, or the empty string.  A row with all its keys is data."""
        near_top = row.number < self.layout.first_row + 3
        keyed = sum(self._is_key(cells.get(name)) for name in self.keys)
        if keyed and keyed == len(self.keys) and not near_top:
            return ""
        present = [text for text in map(as_text, row.cells) if text]
        start = [key(text) for text in present[:3]]
        if any(TOTAL.match(text) for text in start) and keyed < max(1, len(self.keys)):
            return "total"
        if start and SIGNATURE.match(start[0]) and len(present) <= 6 and not keyed:
            return "signature"
        if row.number == self.layout.first_row and _numbers(present, len(self.layout.headings)):
            return "numbers"
        given = {name for name, cell in cells.items() if cell is not None}
        if given and given <= self.fill and len(present) == len(given):
            return "group"
        return "sample" if near_top and self._is_sample(cells) else ""

    def _sums_up(self, row: RawRow) -> bool:
        """Whether one of the first words of a row is 合计 in a column that is not imported (序号):
        then it is no data, whatever counts stand in the other columns."""
        imported = {place for place, _ in self.places}
        texts = ((place, as_text(cell)) for place, cell in enumerate(row.cells))
        first = [(place, key(text)) for place, text in texts if text][:3]
        return any(place not in imported and SUM.match(text) for place, text in first)

    def _is_key(self, cell: Cell) -> bool:
        """Whether a key column holds a key; the word 合计 in the first column is none."""
        return cell is not None and not TOTAL.match(key(as_text(cell)))

    def _is_sample(self, cells: dict[str, Cell]) -> bool:
        """The sample row of our own template, left in by the sender."""
        given = {name: as_text(cell) for name, cell in cells.items() if cell is not None}
        return len(given) > 1 and all(
            self.samples.get(name) == text for name, text in given.items()
        )

    def _remember(self, number: int, cells: dict[str, Cell]) -> None:
        for name in self.fill:
            value = cells.get(name)
            if value is not None and not TOTAL.match(key(as_text(value))):
                self._last[name] = (number, value)

    def _fill(self, number: int, cells: dict[str, Cell], carried: list[str]) -> dict[str, str]:
        """Fills empty cells from above; returns the words per name that had no merged cell."""
        guessed = {}
        for name in carried:
            above, value = self._last[name]
            cells[name] = value
            areas = self._merged.get(self.layout.column_of(name) or 0, [])
            if not any(top == above and number <= bottom for top, bottom in areas):
                guessed[name] = as_text(value)
        return guessed


def _merged_down(merged: Iterable[Area]) -> dict[int, list[tuple[int, int]]]:
    """Column → (first row, last row) of its cells that are merged downwards."""
    found: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _ in merged:
        if bottom > top:
            found.setdefault(left, []).append((top, bottom))
    return found


def _numbers(texts: list[str], width: int) -> bool:
    """The row of column numbers (1 2 3 …, also 甲 乙 1 2 …) that official tables carry."""
    figures = [text for text in texts if text not in {"甲", "乙", "丙", "丁", "栏次"}]
    expected = [str(number) for number in range(1, len(figures) + 1)]
    return len(texts) >= max(3, width - 2) and figures == expected


def place(layout: Layout, name: str) -> str:
    """The Excel letter of one of our columns, or the empty string."""
    number = layout.column_of(name)
    return letter(number) if number else ""
