"""A docx as plain blocks, for showing it on a page before it is issued."""

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PICTURES = frozenset({"image/png", "image/jpeg"})
EMU_PER_PIXEL = 9525  # at 96 dots per inch
ALIGNED = {"CENTER": "center", "RIGHT": "end"}
TITLE_POINTS = 20


@dataclass(frozen=True)
class Picture:
    """A picture held by the page itself (``data:``), its width in pixels, its alternative text."""

    src: str
    width: int
    alt: str


@dataclass(frozen=True)
class Cell:
    """One table cell: its text, how many columns it covers, its pictures."""

    text: str
    colspan: int = 1
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Block:
    """One paragraph (``kind`` "title" or "text") or one table (``rows``): text and pictures."""

    kind: str
    text: str = ""
    align: str = "start"
    is_indented: bool = False
    rows: tuple[tuple[Cell, ...], ...] = field(default=())
    pictures: tuple[Picture, ...] = ()


def blocks_of(content: bytes) -> list[Block]:
    """The paragraphs and tables of a docx in their order.

    Only text and pictures (PNG, JPEG) leave the file; the page escapes the one and draws the other,
    so nothing in a docx can act on the page.
    """
    from docx import Document  # noqa: PLC0415 - loaded with the first paper

    return list(_blocks(Document(io.BytesIO(content))))


def _blocks(document: Any) -> Iterator[Block]:
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            yield Block("table", rows=tuple(_row(row) for row in item.rows))
        else:
            yield _paragraph(item)


def _paragraph(paragraph: Any) -> Block:
    sizes = [run.font.size.pt for run in paragraph.runs if run.font.size is not None]
    properties = paragraph._p.pPr
    indent = properties.ind if properties is not None else None
    return Block(
        "title" if sizes and max(sizes) >= TITLE_POINTS else "text",
        paragraph.text,
        ALIGNED.get(getattr(paragraph.alignment, "name", ""), "start"),
        indent is not None and indent.firstLine is not None,
        pictures=_pictures(paragraph._p, paragraph.part),
    )


def _pictures(element: Any, part: Any) -> tuple[Picture, ...]:
    """The pictures in the text of a paragraph or cell."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded with the first paper

    found = []
    for inline in element.iter(qn("wp:inline")):
        blips = [blip.get(qn("r:embed")) for blip in inline.iter(qn("a:blip"))]
        stored = part.related_parts.get(blips[0]) if blips else None
        if stored is None or stored.content_type not in PICTURES:
            continue
        coded = base64.b64encode(stored.blob).decode("ascii")
        found.append(
            Picture(
                src=f"data:{stored.content_type};base64,{coded}",
                width=round(inline.extent.cx / EMU_PER_PIXEL),
                alt=inline.docPr.get("descr", ""),
            )
        )
    return tuple(found)


def _row(row: Any) -> tuple[Cell, ...]:
    """The cells of a row, each once: a joined cell is reported by python-docx once per column."""
    found: list[Any] = []
    spans: list[int] = []
    for cell in row.cells:
        if found and cell._tc is found[-1]._tc:
            spans[-1] += 1
        else:
            found.append(cell)
            spans.append(1)
    return tuple(
        Cell(cell.text, span, _pictures(cell._tc, row.part))
        for cell, span in zip(found, spans, strict=True)
    )
