"""What the pictures of a paper are made of: QR codes, and stored files named by a value.

``placing`` puts them into the paper.
"""

import hashlib
import io
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

LONGEST_QR = 500  # bytes: beyond it the squares of a 28 mm code become too small to print
LARGEST_PICTURE = 5 * 1024 * 1024
SHOWN = ("png", "jpg")


class ImageError(ValidationError):
    """A value cannot be made into a QR code or a picture."""


def qr_png(text: str) -> bytes:
    """A QR code (ISO/IEC 18004, error correction M) with its quiet zone; always the same.

    Raises ``ImageError`` for a text that is too long to be read from paper.
    """
    import segno  # noqa: PLC0415 - loaded with the first QR code

    if len(text.encode()) > LONGEST_QR:
        raise ImageError("二维码的内容太长，印出来扫不出")
    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind="png", scale=8, border=4)
    return target.getvalue()


def picture_value(file: Any) -> dict[str, Any]:
    """What a context function gives for a picture: the stored ``File`` (jpg, png): key and hash.

    Raises ``ImageError`` for another kind of file or one above 5 MB.
    """
    if file.extension not in SHOWN:
        raise ImageError("文书里只能放 jpg、png 图片")
    if file.size > LARGEST_PICTURE:
        raise ImageError("文书里的图片不能超过 5 MB")
    return {"file": file.pk, "sha256": file.sha256, "name": file.name}


def stored_picture(value: Any) -> bytes:
    """The bytes of a ``picture_value``.  Raises ``ImageError`` where they are others."""
    from hrss_portal.documents.models import File  # noqa: PLC0415 - needs the app registry

    if not isinstance(value, Mapping) or "file" not in value:
        raise ImageError("这个标签不是图片")
    file = File.objects.filter(pk=value["file"]).first()
    if file is None:
        raise ImageError("文书里的图片找不到了")
    with file.content.open("rb") as stored:
        content: bytes = stored.read()
    if hashlib.sha256(content).hexdigest() != value.get("sha256"):
        raise ImageError("文书里的图片文件被改动过")
    return content
