"""A docx as plain blocks, for showing it on a page before it is issued."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ALIGNED = {"CENTER": "center", "RIGHT": "end"}
TITLE_POINTS = 20


@dataclass(frozen=True)
class Cell:
    """One table cell: its text and how many columns it covers."""

    text: str
    colspan: int = 1


@dataclass(frozen=True)
class Block:
    """One paragraph (``kind`` "title" or "text") or one table (``rows``), as text only."""

    kind: str
    text: str = ""
    align: str = "start"
    is_indented: bool = False
    rows: tuple[tuple[Cell, ...], ...] = field(default=())


def blocks_of(content: bytes) -> list[Block]:
    """The paragraphs and tables of a docx in their order.

    Only text leaves the file; the page escapes it, so nothing in a docx can act on the page.
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
    )


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
    return tuple(Cell(cell.text, span) for cell, span in zip(found, spans, strict=True))
