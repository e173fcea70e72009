"""A composed report as a Word file in the layout of GB/T 9704-2012 (党政机关公文格式).

A report to the superior is no red-head document: it uses the page, the fonts and the heading levels
of the standard without 版头 and 版记.  Fonts are named, never embedded (their licences forbid it).
"""

import re
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hrss_portal.reports.compose import Composed, Paragraph

TITLE_FONT = "方正小标宋简体"
BODY_FONT = "仿宋_GB2312"
HEADING_FONT = "黑体"
SUBHEADING_FONT = "楷体_GB2312"
LATIN_FONT = "Times New Roman"
LINE = Pt(29)  # 225 mm in 22 lines
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
FONTS = {
    "title": (TITLE_FONT, SIZE_2),
    "h1": (HEADING_FONT, SIZE_3),
    "h2": (SUBHEADING_FONT, SIZE_3),
}
INDENTED = frozenset({"h1", "h2", "h3", "h4", "body", "item"})
LATIN = re.compile(r"[0-9A-Za-z]")


def build_docx(composed: Composed, *, draft: bool) -> bytes:
    """The file.  A draft marks what is not filled and says 草稿 in its head.

    Raises ``ValueError`` for a final version with something missing.
    """
    if composed.missing and not draft:
        raise ValueError("final version with placeholders that are not filled")
    document = Document()
    _page(document)
    _properties(document, composed, draft=draft)
    _footers(document)
    if draft:
        _head(document, f"草稿 待填 {len(composed.missing)} 处")
    for paragraph in composed.paragraphs:
        _write(document, paragraph)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:
    """A4; 天头 37 mm, 订口 28 mm; 版心 156 × 225 mm with 22 lines of 28 characters."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.bottom_margin, section.right_margin = Mm(35), Mm(26)
    section.footer_distance, section.header_distance = Mm(28), Mm(15)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), "580")
    grid.set(qn("w:charSpace"), "-842")
    style = document.styles["Normal"]
    style.font.size = SIZE_3
    _fonts(style.element.get_or_add_rPr(), BODY_FONT)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = LINE
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.widow_control = False


def _properties(document: Any, composed: Composed, *, draft: bool) -> None:
    properties = document.core_properties
    properties.title = composed.title
    properties.author = composed.org
    properties.subject = f"{composed.frm.isoformat()}..{composed.to.isoformat()}"
    properties.comments = "草稿" if draft else ""


def _fonts(run_properties: Any, east_asian: str) -> None:
    """Latin letters and digits in Times New Roman, Chinese in the named font."""
    fonts = run_properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:ascii"), LATIN_FONT)
    fonts.set(qn("w:hAnsi"), LATIN_FONT)
    fonts.set(qn("w:cs"), LATIN_FONT)
    fonts.set(qn("w:eastAsia"), east_asian)


def _footers(document: Any) -> None:
    """— 1 — in 4号 宋体, one character in from the outer edge: right on odd, left on even pages."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = side
        _indent(line, "rightChars" if side == WD_ALIGN_PARAGRAPH.RIGHT else "leftChars", 100, 280)
        _footer_run(line, "— ")
        _page_number(line)
        _footer_run(line, " —")


def _footer_run(line: Any, text: str = "") -> Any:
    run = line.add_run(text)
    run.font.size = SIZE_4
    _fonts(run._r.get_or_add_rPr(), "宋体")
    run._r.rPr.rFonts.set(qn("w:ascii"), "宋体")
    run._r.rPr.rFonts.set(qn("w:hAnsi"), "宋体")
    return run


def _page_number(line: Any) -> None:
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = _footer_run(line)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)


def _head(document: Any, words: str) -> None:
    """The draft's mark at the top of every page."""
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        line = header.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = line.add_run(words)
        run.font.size = Pt(10.5)
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _indent(line: Any, name: str, chars: int, twips: int) -> None:
    properties = line._p.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    indent.set(qn(f"w:{name}"), str(chars))
    indent.set(qn(f"w:{name.removesuffix('Chars')}"), str(twips))


def _write(document: Any, paragraph: Paragraph) -> None:
    line = document.add_paragraph()
    font, size = FONTS.get(paragraph.kind, (BODY_FONT, SIZE_3))
    if paragraph.kind == "title":
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif paragraph.kind in INDENTED:
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _indent(line, "firstLineChars", 200, 640)
    if paragraph.kind in ("h1", "h2", "h3", "h4"):
        line.paragraph_format.keep_with_next = True
        _outline(line, {"h1": 0, "h2": 1, "h3": 2, "h4": 2}[paragraph.kind])
    for piece in paragraph.pieces:
        run = line.add_run(piece.text)
        run.font.size = size
        _fonts(run._r.get_or_add_rPr(), font)
        if piece.mark:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    _place(document, line, paragraph)


def _place(document: Any, line: Any, paragraph: Paragraph) -> None:
    """One blank line after the title; signature and date at the right edge, the date below it."""
    if paragraph.kind == "title":
        document.add_paragraph()
    if paragraph.kind == "signature":
        blank = line.insert_paragraph_before()
        blank.paragraph_format.keep_with_next = True
        line.paragraph_format.keep_with_next = True
    if paragraph.kind in ("signature", "date"):
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _indent(line, "rightChars", 200, 640)


def _outline(line: Any, level: int) -> None:
    """The heading's outline level, so that Word's navigation shows the skeleton."""
    properties = line._p.get_or_add_pPr()
    mark = OxmlElement("w:outlineLvl")
    mark.set(qn("w:val"), str(level))
    properties.append(mark)
