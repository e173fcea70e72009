"""A composed report as a Word file in the layout of GB/T 9704-2012 (党政机关公文格式).

A report to the superior is no red-head document: it uses the page, the fonts and the heading levels
of the standard without 版头 and 版记.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from hrss_portal.documents import layout
from hrss_portal.reports.composed import Composed, NotReady, Paragraph, Piece, Use

DRAFT_MARK = layout.Face("宋体", 10.5)
LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 3}


def build_docx(composed: Composed, *, draft: bool, report: int | None = None) -> bytes:
    """The file.  A draft marks what is not filled and says 草稿 at the head of each page.

    Every number is a link to its rows in the portal (``settings.PORTAL_URL``), through the stored
    ``report`` where there is one; without a colour, so that on paper it is plain text.

    Raises ``NotReady`` for a final version with something missing.
    """
    if composed.missing and not draft:
        raise NotReady(f"还有 {len(composed.missing)} 处待填，不能导出正式稿")
    document = layout.new_document(title=composed.title)
    document.core_properties.author = composed.org
    document.core_properties.subject = f"{composed.frm.isoformat()}..{composed.to.isoformat()}"
    if draft:
        document.core_properties.comments = "草稿"
        _head(document, f"草稿　待填 {len(composed.missing)} 处")
    rows = {use.id: rows_address(use, report) for use in composed.uses if use.rows_url}
    for paragraph in composed.paragraphs:
        _write(document, paragraph, rows)
    return layout.to_bytes(document)


def _head(document: Any, words: str) -> None:
    """The draft's mark at the top of every page."""
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        line = header.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = layout.add_run(line, words, DRAFT_MARK)
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _write(document: Any, paragraph: Paragraph, rows: Mapping[str, str]) -> None:
    if paragraph.kind == "title":
        layout.add_title(document, paragraph.text)
    elif paragraph.kind == "signature":
        layout.add_paragraph(document, indent=0, keep_with_next=True)
        _right(document, paragraph, keep_with_next=True)
    elif paragraph.kind == "date":
        _right(document, paragraph)
    elif paragraph.kind in LEVELS:
        line = layout.add_heading(document, "", LEVELS[paragraph.kind])
        _outline(line, LEVELS[paragraph.kind] - 1)
        _fill(line, paragraph, layout.HEADINGS[LEVELS[paragraph.kind]], rows)
    else:
        _fill(layout.add_paragraph(document), paragraph, layout.BODY, rows)


def _right(document: Any, paragraph: Paragraph, *, keep_with_next: bool = False) -> None:
    """Without a seal the unit and the date stand two characters from the right edge."""
    layout.add_paragraph(
        document,
        paragraph.text,
        align="right",
        indent=0,
        right_indent=2,
        keep_with_next=keep_with_next,
    )


def _fill(line: Any, paragraph: Paragraph, face: layout.Face, rows: Mapping[str, str]) -> None:
    for piece in _joined(paragraph.pieces):
        run = layout.add_run(line, piece.text, face)
        if address := rows.get(piece.use):
            _link(line, run, f"{settings.PORTAL_URL}{address}")
        if piece.mark:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def rows_address(use: Use, report: int | None) -> str:
    """The page with the rows of a figure: as the report's readers see them, or of the figure."""
    return reverse("reports:figure", args=[report, use.id]) if report else use.rows_url


def _link(line: Any, run: Any, url: str) -> None:
    """Make a run the text of a link."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), line.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run._r.addprevious(link)
    link.append(run._r)


def _joined(pieces: tuple[Piece, ...]) -> list[Piece]:
    """Neighbouring plain words as one run, so that Word can search across them."""
    found: list[Piece] = []
    for piece in pieces:
        plain = not (piece.mark or piece.use)
        if plain and found and not (found[-1].mark or found[-1].use):
            found[-1] = Piece(text=found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def _outline(line: Any, level: int) -> None:
    """The heading's outline level, so that Word's navigation shows the skeleton."""
    properties = line._p.get_or_add_pPr()
    mark = OxmlElement("w:outlineLvl")
    mark.set(qn("w:val"), str(level))
    after = properties.find(qn("w:rPr"))
    if after is not None:
        after.addprevious(mark)
    else:
        properties.append(mark)
