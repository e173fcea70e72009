"""QR codes and pictures inside a paper: ``{{ url|qr(28, "说明") }}``, ``{{ photo|picture(60) }}``.

A template prints text only, so while it is filled each picture is a mark in the text that nobody
can have typed (it holds a random word); afterwards each mark is replaced by the picture.  Every
picture has an alternative text, in Word and on the page.
"""

import io
import re
import secrets
import zipfile
from dataclasses import dataclass
from typing import Any

from docx.enum.text import WD_LINE_SPACING
from docx.image.exceptions import (
    InvalidImageStreamError,
    UnexpectedEndOfFileError,
    UnrecognizedImageError,
)
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from hrss_portal.documents.images import ImageError, qr_png, stored_picture

#: Millimetres.  A QR code below 20 is not read from paper by every phone.
QR_MM, QR_SIZES = 28, (20, 60)
PICTURE_MM, PICTURE_SIZES = 60, (10, 150)


@dataclass(frozen=True)
class Image:
    """One picture of a paper: its bytes (PNG or JPEG), its width and its alternative text."""

    content: bytes
    width_mm: int
    alt: str


class Placed:
    """The pictures of one filling, in the order in which the template asked for them."""

    def __init__(self) -> None:
        self.word = secrets.token_hex(8)
        self.images: list[Image] = []

    def qr(self, value: Any, width_mm: int = QR_MM, alt: str = "二维码") -> str:
        """The filter ``qr``: a mark for the QR code of a text; nothing for an empty one."""
        if value in (None, ""):
            return ""
        return self._mark(Image(qr_png(str(value)), _within(width_mm, QR_SIZES), str(alt)))

    def picture(self, value: Any, width_mm: int = PICTURE_MM, alt: str = "") -> str:
        """The filter ``picture``: a mark for a stored picture; nothing for an empty value."""
        if not value:
            return ""
        content = stored_picture(value)
        words = str(alt) or str(value.get("name", "")) or "图片"
        return self._mark(Image(content, _within(width_mm, PICTURE_SIZES), words))

    def _mark(self, image: Image) -> str:
        self.images.append(image)
        return f"[{self.word}:{len(self.images) - 1}]"

    def put(self, document: Any) -> None:
        """Replace the marks in the text of a filled document.

        Raises ``ImageError`` for a stored file that is no picture.
        """
        if not self.images:
            return
        for element in list(document.element.body.iter(qn("w:r"))):
            run = Run(element, document._body)
            if self.word in run.text:
                self._put_into(run)

    def _put_into(self, run: Any) -> None:
        pieces = re.split(rf"\[{self.word}:(\d+)\]", run.text)
        run.clear()
        for number, piece in enumerate(pieces):
            if number % 2:
                _add(run, self.images[int(piece)])
            elif piece:
                run.add_text(piece)
        line = Paragraph(run._r.getparent(), run._parent).paragraph_format
        line.line_spacing_rule = WD_LINE_SPACING.SINGLE  # an exact height would cut the picture off

    def is_left_in(self, content: bytes) -> bool:
        """Whether a mark stayed in a finished docx: it stood in a header or a property."""
        if not self.images:
            return False
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return any(self.word.encode() in parts.read(name) for name in parts.namelist())


def _within(width_mm: Any, sizes: tuple[int, int]) -> int:
    return max(sizes[0], min(int(width_mm), sizes[1]))


def _add(run: Any, image: Image) -> None:
    try:
        inline = run.add_picture(io.BytesIO(image.content), width=Mm(image.width_mm))._inline
    except (UnrecognizedImageError, InvalidImageStreamError, UnexpectedEndOfFileError) as error:
        raise ImageError("文书里的图片打不开，请重新上传") from error
    inline.docPr.set("descr", image.alt)
    inline.docPr.set("title", image.alt)
