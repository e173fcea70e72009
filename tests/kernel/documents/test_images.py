"""QR codes and pictures in papers: in Word, on the page, with their words, forged by nobody."""

import base64
import io
import struct
import zipfile
import zlib
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn

from hrss_portal.documents import images
from hrss_portal.documents.layout import new_document, to_bytes
from hrss_portal.documents.models import File
from hrss_portal.documents.preview import blocks_of
from hrss_portal.documents.rendering import PaperError, check_template, fill
from hrss_portal.documents.source import build_docx
from hrss_portal.documents.uploads import store_bytes
from tests.factories.access import OfficeFactory

URL = "https://portal.example/progress/7K3M-9QZ2-4T8W-XCVB/"
SOURCE = """# 回执
^ {{ url|qr(28, "扫码查看办理进度") }}
照片：{{ photo|picture(60, "现场照片") }}
|! 说明 | 图
| 二维码 | {{ url|qr(20, "表内二维码") }}
"""


def png(width: int = 4, height: int = 3) -> bytes:
    """A grey PNG."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture
def kind(notice):
    """A paper that may print an address as a QR code, and a photograph."""
    return replace(notice, tags={"url": "查询网址", "photo": "照片"}, series="")


@pytest.fixture
def photo(acting, arbitrator):
    """A stored photograph."""
    acting("test")
    return store_bytes(
        png(), "现场.png", by=arbitrator, unit=OfficeFactory(), kind=File.Kind.ATTACHMENT
    )


def filled(kind, source=SOURCE, **values):
    """The docx of a paper."""
    values = {"number": "", "url": URL, "photo": None} | values
    return fill(build_docx(source), kind, values)


def pictures_of(content):
    """(alternative text, width in mm, bytes) of each picture of a docx, in order."""
    document = Document(io.BytesIO(content))
    found = []
    for inline in document.element.body.iter(qn("wp:inline")):
        key = next(inline.iter(qn("a:blip"))).get(qn("r:embed"))
        blob = document.part.related_parts[key].blob
        found.append((inline.docPr.get("descr"), round(inline.extent.cx / 36000), blob))
    return found


def test_a_paper_holds_its_codes_and_its_photograph(kind, photo):
    content = filled(kind, photo=images.picture_value(photo))
    found = pictures_of(content)
    assert [one[:2] for one in found] == [
        ("扫码查看办理进度", 28),
        ("现场照片", 60),
        ("表内二维码", 20),
    ]
    assert found[0][2] == images.qr_png(URL)
    assert found[1][2] == png()


def test_the_line_of_a_picture_is_as_high_as_the_picture(kind):
    """A line of exact height would cut it off."""
    document = Document(io.BytesIO(filled(kind)))
    line = next(p for p in document.paragraphs if list(p._p.iter(qn("wp:inline"))))
    assert line.paragraph_format.line_spacing == 1.0


def test_the_same_values_give_the_same_file(kind):
    assert filled(kind) == filled(kind)


def test_the_page_shows_them_with_their_words(kind, photo):
    blocks = blocks_of(filled(kind, photo=images.picture_value(photo)))
    shown = [picture for block in blocks for picture in block.pictures]
    shown += [p for block in blocks for row in block.rows for cell in row for p in cell.pictures]
    assert [picture.alt for picture in shown] == ["扫码查看办理进度", "现场照片", "表内二维码"]
    kinds, _, coded = shown[0].src.partition(",")
    assert kinds == "data:image/png;base64"
    assert base64.b64decode(coded) == images.qr_png(URL)
    assert shown[0].width == round(28 * 96 / 25.4)


def test_without_a_value_there_is_no_picture(kind):
    content = filled(kind, url="")
    assert pictures_of(content) == []
    assert "照片：" in [block.text for block in blocks_of(content)]


def test_nobody_types_a_picture(kind):
    """What looks like a mark in a value stays text."""
    forged = filled(kind, "# 回执\n{{ url }}", url="[0123456789abcdef:0]")
    assert pictures_of(forged) == []
    assert "[0123456789abcdef:0]" in [block.text for block in blocks_of(forged)]


def test_a_changed_file_is_not_printed(kind, photo):
    value = images.picture_value(photo) | {"sha256": "0" * 64}
    with pytest.raises(PaperError, match="改动过"):
        filled(kind, photo=value)


@pytest.mark.parametrize("value", ["现场.png", {"name": "现场.png"}, 7])
def test_what_is_no_picture_is_refused(kind, value):
    with pytest.raises(PaperError, match="不是图片"):
        filled(kind, photo=value)


def test_a_file_that_is_gone_is_refused(kind, photo):
    with pytest.raises(PaperError, match="找不到"):
        filled(kind, photo=images.picture_value(photo) | {"file": photo.pk + 1000})


def test_another_kind_of_file_is_no_picture(photo):
    photo.content.name = "x/1.pdf"
    with pytest.raises(images.ImageError, match="jpg、png"):
        images.picture_value(photo)


def test_a_picture_too_large_for_a_paper_is_refused(photo):
    photo.size = images.LARGEST_PICTURE + 1
    with pytest.raises(images.ImageError, match="5 MB"):
        images.picture_value(photo)


def test_a_code_too_dense_for_paper_is_refused(kind):
    with pytest.raises(PaperError, match="太长"):
        filled(kind, url="x" * 501)


def test_sizes_stay_on_the_paper(kind):
    wide = filled(kind, '# 回执\n{{ url|qr(900, "大") }}{{ url|qr(1, "小") }}')
    assert [one[1] for one in pictures_of(wide)] == [60, 20]


def test_a_header_takes_no_picture(kind):
    document = new_document()
    document.sections[0].header.paragraphs[0].add_run("{{ url|qr }}")
    with pytest.raises(PaperError, match="页眉"):
        fill(to_bytes(document), kind, {"number": "", "url": URL, "photo": None})


def test_a_bureaus_own_template_may_use_them(kind):
    check_template(build_docx(SOURCE), kind)
    with pytest.raises(PaperError, match="没有名为"):
        check_template(build_docx("{{ secret|qr }}"), kind)


def test_the_docx_has_no_second_copy_of_a_code(kind):
    """Two codes of one address are one picture in the file."""
    with zipfile.ZipFile(io.BytesIO(filled(kind))) as parts:
        assert sum(name.startswith("word/media/") for name in parts.namelist()) == 1
