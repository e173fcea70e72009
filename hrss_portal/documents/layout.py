"""Word documents in the page geometry of GB/T 9704-2012.

Fonts are named, never shipped: the clerk's Word or WPS has them.  Used to build the shipped paper
templates and the reports; every paragraph says its own face, so nothing depends on a theme.
"""

import io
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips

TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 156, 225
LINES_A_PAGE, CHARACTERS_A_LINE = 22, 28
LINE_POINTS = 28.95  # 225 mm / 22 = 28.99 pt; 29 pt would push the last line to the next page
#: What a 3号 character (16 pt) gives up so that 28 fill a line, in 1/4096 pt; 442 pt is 156 mm less
#: what Word rounds off the margins.
CHARACTER_SPACE = math.floor((442 / CHARACTERS_A_LINE - 16) * 4096)
#: The same in twentieths of a point.  A character wider than its cell of the grid gets two cells in
#: LibreOffice, so our own body text leaves the grid and is set this much closer: 28 a line in Word,
#: WPS and LibreOffice, of which the last rounds each character up.
BODY_SPACING = -6
MARGINS_MM = {"top": 37, "left": 28, "right": 26, "bottom": 35}
TWIPS_PER_MM = 1440 / 25.4

_OPEN_XML = "http://schemas.openxmlformats.org"
THUMBNAIL = f"{_OPEN_XML}/package/2006/relationships/metadata/thumbnail"
EXTENDED_PROPERTIES = f"{_OPEN_XML}/officeDocument/2006/relationships/extended-properties"

ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


@dataclass(frozen=True)
class Face:
    """How letters look: the East Asian font by name, size in points."""

    east: str
    size: float = 16
    bold: bool = False
    colour: str = ""
    latin: str = "Times New Roman"


TITLE = Face("方正小标宋简体", 22)
RED_HEAD = Face("方正小标宋简体", 40, colour="FF0000")
BODY = Face("仿宋_GB2312")
HEADINGS = {
    1: Face("黑体"),
    2: Face("楷体_GB2312"),
    3: Face("仿宋_GB2312", bold=True),
    4: Face("仿宋_GB2312"),
}
TABLE_HEAD = Face("黑体", 10.5)
TABLE_BODY = Face("仿宋_GB2312", 10.5)
TABLE_NOTE = Face("仿宋_GB2312", 12)
FORM_BODY = Face("仿宋_GB2312", 12)
PAGE_NUMBER = Face("宋体", 14, latin="宋体")


def new_document(*, title: str = "", landscape: bool = False, page_numbers: bool = True) -> Any:
    """An empty document with page, grid, default face and odd/even page numbers."""
    document = Document()
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    _set_page(document.sections[0], landscape)
    _set_defaults(document)
    forget_origin(document)
    document.core_properties.title = title
    document.core_properties.language = "zh-CN"
    if page_numbers:
        _number_pages(document)
    return document


def forget_origin(document: Any) -> None:
    """Leave out who made a file, with what and when: a library's defaults, an uploader's name."""
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = core.category = ""
    for name in ("dcterms:created", "dcterms:modified", "cp:lastPrinted"):
        for moment in core._element.findall(qn(name)):
            core._element.remove(moment)
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype in (THUMBNAIL, EXTENDED_PROPERTIES):
            del package.rels[key]


def _set_page(section: Any, landscape: bool) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(MARGINS_MM["top"]), Mm(MARGINS_MM["bottom"])
    section.left_margin, section.right_margin = Mm(MARGINS_MM["left"]), Mm(MARGINS_MM["right"])
    section.header_distance, section.footer_distance = Mm(15), Mm(28)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin = Mm(28), Mm(26)
        section.left_margin, section.right_margin = Mm(37), Mm(35)
        section.footer_distance = Mm(17)
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(LINE_POINTS * 20)))
    grid.set(qn("w:charSpace"), str(CHARACTER_SPACE))
    properties.append(grid)


def _set_defaults(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.size = Pt(BODY.size)
    _set_fonts(normal.element.get_or_add_rPr(), BODY)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE_POINTS)
    spacing.widow_control = False


def _set_fonts(properties: Any, face: Face) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for place in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{place}"), face.latin)
    fonts.set(qn("w:eastAsia"), face.east)
    fonts.set(qn("w:hint"), "eastAsia")


def add_run(paragraph: Any, text: str, face: Face = BODY) -> Any:
    """Text in one face at the end of a paragraph."""
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(face.size), face.bold or None
    if face.size == BODY.size:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(BODY_SPACING))
        run._r.rPr.find(qn("w:sz")).addprevious(spacing)
    if face.colour:
        run.font.color.rgb = RGBColor.from_string(face.colour)
    _set_fonts(run._r.get_or_add_rPr(), face)
    return run


def add_paragraph(
    place: Any,
    text: str = "",
    *,
    face: Face = BODY,
    align: str = "both",
    indent: int = 2,
    right_indent: int = 0,
    line_points: float = LINE_POINTS,
    keep_with_next: bool = False,
) -> Any:
    """A paragraph in a document or a table cell; indents are counted in characters."""
    paragraph = place.add_paragraph()
    shape = paragraph.paragraph_format
    shape.alignment, shape.keep_with_next = ALIGN[align], keep_with_next or None
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line_points)
    _leave_grid(paragraph)
    if indent or right_indent:
        element = paragraph._p.get_or_add_pPr().get_or_add_ind()
        for name, count in (("firstLine", indent), ("right", right_indent)):
            if count:
                element.set(qn(f"w:{name}Chars"), str(count * 100))
                element.set(qn(f"w:{name}"), str(round(count * face.size * 20)))
    if text:
        add_run(paragraph, text, face)
    return paragraph


def _leave_grid(paragraph: Any) -> None:
    """The paragraph keeps its own spacing instead of the cells of the page's grid."""
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "0")
    spacing = paragraph._p.get_or_add_pPr().find(qn("w:spacing"))
    spacing.addprevious(mark)


def add_title(document: Any, text: str) -> Any:
    """The title, centred, one line per ``\\n``; the blank line after it included."""
    for line in text.split("\n"):
        add_paragraph(document, line, face=TITLE, align="center", indent=0, line_points=33)
    return add_paragraph(document, indent=0)


def add_heading(document: Any, text: str, level: int = 1) -> Any:
    """A heading: 1 一、 黑体, 2 （一） 楷体, 3 1. bold, 4 （1）."""
    face = HEADINGS[level]
    return add_paragraph(document, text, face=face, keep_with_next=True)


def add_signature(document: Any, unit: str, day: str) -> None:
    """落款 without a seal: unit and date near the right edge, the date one line below."""
    add_paragraph(document, indent=0)
    add_paragraph(document, unit, align="right", indent=0, right_indent=2, keep_with_next=True)
    add_paragraph(document, day, align="right", indent=0, right_indent=2)


def add_page_break(document: Any) -> None:
    """What follows starts on a new page."""
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def add_table(
    document: Any,
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float] = (),
    head_rows: int = 1,
    head: Face = TABLE_HEAD,
    face: Face = TABLE_BODY,
    align: Sequence[str] = (),
    row_mm: float = 0,
    total_mm: float = TEXT_WIDTH_MM,
) -> Any:
    """A ruled table as wide as the text; head rows repeat on every page and no row is split.

    ``widths``: relative; ``align``: per column, of the body rows.  A cell ``<`` joins the cell on
    its left, ``^`` the cell above.
    """
    columns = max(len(row) for row in rows)
    shares = [float(width) for width in widths] or [1.0] * columns
    twips = [round(share / sum(shares) * total_mm * TWIPS_PER_MM) for share in shares]
    table = document.add_table(rows=0, cols=columns)
    _rule(table, twips)
    for number, texts in enumerate(rows):
        is_head = number < head_rows
        cells = table.add_row().cells
        _shape_row(table.rows[-1], is_head, row_mm)
        for column, text in enumerate(texts):
            cells[column].width = Twips(twips[column])
            if text not in {"<", "^"}:
                side = "center" if is_head else (align[column] if align else "left")
                _fill(cells[column], text, head if is_head else face, side)
    _join(table, rows)
    return table


def _rule(table: Any, twips: Sequence[int]) -> None:
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), "4")
        line.set(qn("w:color"), "auto")
        borders.append(line)
    properties.append(borders)
    layout = OxmlElement("w:tblLayout")
    layout.set(qn("w:type"), "fixed")
    properties.append(layout)
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), twips, strict=True):
        column.set(qn("w:w"), str(width))


def _shape_row(row: Any, is_head: bool, row_mm: float) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if row_mm:
        height = OxmlElement("w:trHeight")
        height.set(qn("w:val"), str(round(row_mm * TWIPS_PER_MM)))
        height.set(qn("w:hRule"), "atLeast")
        properties.append(height)
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _fill(cell: Any, text: str, face: Face, side: str) -> None:
    properties = cell._tc.get_or_add_tcPr()
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)
    first = cell.paragraphs[0]
    for number, line in enumerate(text.split("\n")):
        paragraph = first if number == 0 else cell.add_paragraph()
        shape = paragraph.paragraph_format
        shape.alignment = ALIGN[side]
        shape.line_spacing_rule, shape.line_spacing = (
            WD_LINE_SPACING.EXACTLY,
            Pt(round(face.size * 1.5)),
        )
        add_run(paragraph, line, face)


def _join(table: Any, rows: Sequence[Sequence[str]]) -> None:
    """Merge cells marked ``<`` and ``^``; backwards, so that chains join into one."""
    for number in reversed(range(len(rows))):
        for column in reversed(range(len(rows[number]))):
            mark = rows[number][column]
            if mark not in {"<", "^"}:
                continue
            other = (
                table.cell(number, column - 1) if mark == "<" else table.cell(number - 1, column)
            )
            other.merge(table.cell(number, column))


def _number_pages(document: Any) -> None:
    """— 1 — in 4号 宋体: odd pages right, even pages left, one character from the edge."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = ALIGN[side]
        indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
        indent.set(qn(f"w:{side}Chars"), "100")
        indent.set(qn(f"w:{side}"), "280")
        add_run(paragraph, "— ", PAGE_NUMBER)
        _add_field(paragraph, "PAGE")
        add_run(paragraph, " —", PAGE_NUMBER)


def _add_field(paragraph: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("", "1"), ("end", "")):
        run = add_run(paragraph, "", PAGE_NUMBER)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText" if text == code else "w:t")
            mark.text = text
        run._r.append(mark)


def to_bytes(document: Any) -> bytes:
    """The docx file; the same document gives the same bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    return steady(buffer.getvalue())


def steady(content: bytes) -> bytes:
    """Rewrite a docx with fixed entry times, so that its hash says something about its content."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            copy.writestr(entry, source.read(name))
    return target.getvalue()
