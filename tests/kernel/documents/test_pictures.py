"""What a camera writes beside a picture is gone after the upload; the picture is the same."""

import struct
import zlib

import pytest
from django.core.exceptions import ValidationError

from hrss_portal.documents.pictures import without_metadata

GPS = b"GPS 32.3N 116.2E SM-G9900"
TABLE = b"\xff\xdb\x00\x05\x00\xff\xd9"  # a table may hold the two bytes of the end mark
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd3\x56"
END = b"\xff\xd9"
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01" + bytes(8)


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(order: str, orientation: int) -> bytes:
    """What a phone writes: the device first, then the orientation, then the place."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    make = struct.pack(f"{order}HHII", 0x010F, 2, len(GPS), 50)
    turn = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(
        0xE1, b"Exif\0\0" + head + struct.pack(f"{order}H", 2) + make + turn + bytes(4) + GPS
    )


def jpeg(*extra: bytes, tail: bytes = b"") -> bytes:
    """A picture in two scans with a table between them."""
    return b"\xff\xd8" + JFIF + b"".join(extra) + TABLE + SCAN + TABLE + SCAN + END + tail


def png(*extra: tuple[bytes, bytes]) -> bytes:
    """A picture of one point with more chunks."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    chunks = [(b"IHDR", bytes(13)), *extra, (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


@pytest.mark.parametrize(
    "extra",
    [
        exif("<", 1),
        exif(">", 1),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS),
        segment(0xED, b"Photoshop 3.0\0" + GPS),
        segment(0xE2, b"MPF\0" + GPS),
        segment(0xFE, GPS),
    ],
)
def test_a_photograph_loses_place_and_device_and_nothing_else(extra):
    cleaned = without_metadata(jpeg(extra, tail=b"ftypmp42" + GPS), "jpg")
    assert cleaned == jpeg()


@pytest.mark.parametrize("order", ["<", ">"])
def test_how_to_turn_the_picture_stays(order):
    cleaned = without_metadata(jpeg(exif(order, 6)), "jpg")
    assert GPS not in cleaned
    assert cleaned != jpeg()
    assert without_metadata(cleaned, "jpg") == cleaned
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in cleaned


def test_colours_stay():
    profile, adobe = segment(0xE2, b"ICC_PROFILE\0\x01\x01"), segment(0xEE, b"Adobe\0d")
    assert without_metadata(jpeg(profile, adobe), "jpg") == jpeg(profile, adobe)


def test_a_screenshot_loses_its_texts():
    texts = [(name, GPS) for name in (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")]
    kept = (b"gAMA", bytes(4))
    assert without_metadata(png(kept, *texts), "png") == png(kept)


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (jpeg()[:-2], "jpg"),
        (b"\xff\xd8" + bytes(40) + END, "jpg"),
        (jpeg()[:30], "jpg"),
        (b"\xff\xd8\xff\xe1\xff\xff" + END, "jpg"),
        (png()[:-14], "png"),
        (png()[:20], "png"),
    ],
)
def test_a_broken_picture_is_refused_in_words(content, extension):
    with pytest.raises(ValidationError, match="不完整"):
        without_metadata(content, extension)


def test_other_files_are_left_alone():
    assert without_metadata(GPS, "pdf") == GPS
