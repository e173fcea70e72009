"""Pictures without what a camera writes beside them: place, time, device, thumbnail, comments.

The picture itself is not coded anew, so nothing of it is lost; how it is to be turned stays.
《个人信息保护法》第六条: a photograph of a form is wanted, where its sender lives is not.
"""

import struct
from collections.abc import Iterator

from django.core.exceptions import ValidationError

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_DROPPED = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
EXIF, ICC = b"Exif\x00\x00", b"ICC_PROFILE\x00"
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length: TEM, RST0..RST7
ORIENTATION, SHORT = 0x0112, 3


def without_metadata(content: bytes, extension: str) -> bytes:
    """The same picture without metadata; other kinds of file as they are.

    Raises ``ValidationError`` for a picture whose parts cannot be told apart.
    """
    cleaners = {"jpg": _jpeg, "png": _png}
    if extension not in cleaners:
        return content
    try:
        return cleaners[extension](content)
    except (struct.error, IndexError) as error:
        raise ValidationError("这张图片不完整，请重新保存后上传", code="broken") from error


def _png(content: bytes) -> bytes:
    kept, place = [PNG_HEAD], len(PNG_HEAD)
    name = b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            raise IndexError(end)
        if name not in PNG_DROPPED:
            kept.append(content[place:end])
        place = end
    return b"".join(kept)


def _jpeg(content: bytes) -> bytes:
    """Up to the end mark; what phones append after it (films, second pictures) is left out."""
    kept = [b"\xff\xd8"]
    for marker, part in _parts(content):
        if marker == APP1 and part[4:].startswith(EXIF):
            kept.append(_turned(_orientation(part[4 + len(EXIF) :])))
        elif _is_kept(marker, part):
            kept.append(part)
    return b"".join(kept)


def _is_kept(marker: int, part: bytes) -> bool:
    """Everything but application data and comments, of which colours alone matter."""
    if marker == APP2:
        return part[4:].startswith(ICC)
    return not (APP1 <= marker <= APP15 or marker == COMMENT) or marker == APP14


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, bytes) of each segment up to the end mark, the coded picture with its scan."""
    place, marker = 2, SOI
    while marker != EOI:
        if content[place] != 0xFF:
            raise IndexError(place)
        marker = content[place + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            place += 1
            continue
        end = place + 2
        if marker not in BARE and marker != EOI:
            end += int(struct.unpack_from(">H", content, end)[0])
        if marker == SOS:
            end = _scan_end(content, end)
        if end > len(content):
            raise IndexError(end)
        yield marker, content[place:end]
        place = end


def _scan_end(content: bytes, place: int) -> int:
    """Where the coded data of a scan ends: at the next marker that is no part of it."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0:
            raise IndexError(place)
        if content[place + 1] != 0 and content[place + 1] not in BARE:
            return place
        place += 2


def _orientation(tiff: bytes) -> int:
    """How the picture is to be turned, 1 to 8; 1 where nothing readable says so."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        start = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for number in range(struct.unpack_from(f"{order}H", tiff, start)[0]):
            entry = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if entry[:2] == (ORIENTATION, SHORT):
                return int(entry[3]) if 1 <= entry[3] <= 8 else 1
    except struct.error:
        return 1
    return 1


def _turned(orientation: int) -> bytes:
    """A segment that says how to turn the picture and no more; empty where it stands upright."""
    if orientation == 1:
        return b""
    entry = struct.pack(">HHIHH", ORIENTATION, SHORT, 1, orientation, 0)
    tiff = struct.pack(">2sHIH", b"MM", 42, 8, 1) + entry + bytes(4)
    body = EXIF + tiff
    return struct.pack(">BBH", 0xFF, APP1, len(body) + 2) + body
