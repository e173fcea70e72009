"""Paper templates as readable text, and the docx that is built from it.

The repository holds text that anybody can read and compare; the same text always gives the same
docx.  One line is one paragraph, and its first characters say which:

    # 标题          title, 2号小标宋, centred; \\n starts its next line
    ## 一、…        heading, 黑体;  ### （一）… 楷体
    ^ 居中          centred
    > 右对齐        right (案号, 日期)
    - 顶格          flush left (主送机关, 当事人)
    ~               blank line
    ===             new page
    @ 单位 | 日期    signature at the right
    |= 3 | 7        column widths of the table that follows; |* 12 its row height in mm
    |! 甲 | 乙      head row;  | 甲 | 乙  row;  < joins the cell on the left, ^ the one above
    {% for x in xs %} … {% endfor %}   on a line of its own: repeats paragraphs or table rows
    {{ url|qr(28, "扫码查进度") }}   a QR code, 28 mm wide, with its alternative text;
                    {{ photo|picture(60, "现场照片") }}  a stored picture (``images.picture_value``)
    % form          first line only: a form (12 pt, tighter lines) instead of an official paper

Everything else is body text: 3号仿宋, first line indented by two characters.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from hrss_portal.documents import layout

#: A line that is nothing but one {% … %}.
CONTROL = re.compile(r"\{%[^%]*%\}")
#: Between two cells; not the stroke before a filter inside {{ … }}.
BETWEEN = re.compile(r"\|(?![^{}]*\}\})")


@dataclass
class _Table:
    """Rows collected until a line that belongs to no table."""

    rows: list[list[str]] = field(default_factory=list)
    head_rows: int = 0
    widths: list[float] = field(default_factory=list)
    row_mm: float = 0


class Builder:
    """Builds one docx from the lines of one source."""

    def __init__(self, text: str) -> None:
        lines = [line.rstrip() for line in text.splitlines()]
        self.is_form = bool(lines) and lines[0].split() == ["%", "form"]
        self.lines = lines[1:] if self.is_form else lines
        self.document = layout.new_document()
        self.face = layout.FORM_BODY if self.is_form else layout.BODY
        self.line_points = 22 if self.is_form else layout.LINE_POINTS
        self.table = _Table()

    def build(self) -> bytes:
        """The docx."""
        for number, line in enumerate(self.lines):
            if line.startswith("|"):
                self._row(line)
            elif self.table.rows and CONTROL.fullmatch(line) and self._table_goes_on(number):
                self._control_row(line)
            elif line:
                self._end_table()
                self._paragraph(line)
        self._end_table()
        return layout.to_bytes(self.document)

    def _table_goes_on(self, number: int) -> bool:
        """Whether rows follow, so that a control line belongs to the table.

        An ``endfor`` closes whatever it closes: it is the table's when its ``for`` was.
        """
        if self.lines[number].replace("-", "").split()[1:2] in (["endfor"], ["endif"]):
            return self._opened_in_table()
        rest = [line for line in self.lines[number + 1 :] if line]
        return bool(rest) and rest[0].startswith(("| ", "{%"))

    def _opened_in_table(self) -> bool:
        controls = [row[0] for row in self.table.rows if row[0].startswith("{%tr")]
        opened = sum(1 for text in controls if " for " in text or " if " in text)
        closed = sum(1 for text in controls if " endfor " in text or " endif " in text)
        return opened > closed

    def _paragraph(self, line: str) -> None:
        head, _, text = line.partition(" ")
        document, face, points = self.document, self.face, self.line_points
        if head == "#":
            layout.add_title(document, text.replace("\\n", "\n"))
        elif head in {"##", "###", "####"}:
            layout.add_heading(document, text, len(head) - 1)
        elif head == "===":
            layout.add_page_break(document)
        elif head == "@":
            unit, _, day = text.partition("|")
            layout.add_signature(document, unit.strip(), day.strip())
        elif head in {"^", ">", "-", "~"}:
            align = {"^": "center", ">": "right"}.get(head, "left")
            layout.add_paragraph(
                document, text, face=face, align=align, indent=0, line_points=points
            )
        elif CONTROL.fullmatch(line):
            text = "{%p" + line[2:]
            layout.add_paragraph(document, text, face=face, indent=0, line_points=points)
        else:
            layout.add_paragraph(document, line, face=face, line_points=points)

    def _row(self, line: str) -> None:
        mark = line[1:2]
        cells = [cell.strip().replace("\\n", "\n") for cell in BETWEEN.split(line[2:].strip(" |"))]
        if mark == "=":
            self._end_table()
            self.table.widths = [float(cell) for cell in cells]
        elif mark == "*":
            self.table.row_mm = float(cells[0])
        else:
            if mark == "!":
                self.table.head_rows += 1
            self.table.rows.append(cells)

    def _control_row(self, line: str) -> None:
        width = len(self.table.rows[0])
        self.table.rows.append(["{%tr" + line[2:], *[""] * (width - 1)])

    def _end_table(self) -> None:
        table, self.table = self.table, _Table()
        if not table.rows:
            if table.widths or table.row_mm:
                self.table = table
            return
        small = layout.FORM_BODY if self.is_form else layout.TABLE_BODY
        layout.add_table(
            self.document,
            table.rows,
            widths=table.widths,
            head_rows=table.head_rows,
            face=small,
            row_mm=table.row_mm,
        )


def build_docx(text: str) -> bytes:
    """The docx of one readable source."""
    return Builder(text).build()


@lru_cache(maxsize=256)
def _built(path: Path, changed: int) -> bytes:
    return build_docx(path.read_text(encoding="utf-8"))


def shipped_docx(template: str) -> bytes:
    """The shipped template of a paper kind ("<area>/papers/x.txt"), built once per change.

    Raises ``FileNotFoundError`` when the declaring app does not ship it.
    """
    path = Path(settings.BASE_DIR) / template
    return _built(path, path.stat().st_mtime_ns)
