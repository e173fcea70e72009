"""What an uploaded file really is, and whether it is safe to hand to the reader.

Runs in the web process before anything is unpacked: cheap, bounded, and without parsing XML.
Limits come from the threat model: 20 MB upload, 200 MB inflated, ratio 100, 500 parts.
"""

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePath

from django.conf import settings

from hrss_portal.imports.refusals import ALLOWED, FileRefused

INFLATED_LIMIT = 200 * 1024 * 1024
RATIO_LIMIT = 100
ENTRY_LIMIT = 500
STEP = 1024 * 1024
SMALL = 2 * 1024 * 1024  # below this an odd ratio does no harm

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
KINDS = {
    ".xlsx": "xlsx",
    ".xls": "xls",
    ".et": "xls",
    ".xlsb": "xlsb",
    ".ods": "ods",
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
}
CONTENT_NAMES = {
    "xlsx": "新版 Excel 工作簿（xlsx）",
    "xls": "旧版 Excel 工作簿（xls）",
    "xlsb": "二进制工作簿（xlsb）",
    "ods": "ods 工作簿",
    "csv": "纯文本",
}
OTHER_MAGIC = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"{\\rtf", "文档"),
)
MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<workbook", b"<meta", b"<head")


def kind_of(content: bytes, name: str) -> str:
    """The reader for a file: ``xlsx``, ``xls``, ``xlsb``, ``ods`` or ``csv``.

    ``name`` is the sender's file name, of which only the suffix is used.  Raises ``FileRefused``
    with a sentence for everything that is not a safe, unprotected, honestly named sheet.
    """
    if not content:
        raise FileRefused("empty")
    if len(content) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // STEP
        raise FileRefused("too_large", size=round(len(content) / STEP, 1), limit=limit)
    suffix = PurePath(name).suffix.lower()
    if suffix in {".xlsm", ".xltm", ".xlam"}:
        raise FileRefused("macro")
    wanted = KINDS.get(suffix)
    if wanted is None:
        raise FileRefused("name", suffix=suffix or "（无）")
    found = _content_kind(content)
    if found != wanted:
        raise FileRefused("renamed", suffix=suffix, content=CONTENT_NAMES[found])
    return wanted


def _content_kind(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04"):
        return _zip_kind(content)
    if content.startswith(OLE):
        return _ole_kind(content)
    for magic, words in OTHER_MAGIC:
        if content.startswith(magic):
            raise FileRefused("not_a_sheet", content=words, allowed=ALLOWED)
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP):
        raise FileRefused("renamed", suffix="表格", content="网页或 XML 文本")
    return "csv"


def _ole_kind(content: bytes) -> str:
    """An old compound file, told apart by the names of its streams (UTF-16)."""
    if _stream(content, "EncryptedPackage") or _stream(content, "EncryptionInfo"):
        raise FileRefused("encrypted")
    if _stream(content, "WordDocument"):
        raise FileRefused("not_a_sheet", content="Word 文档", allowed=ALLOWED)
    if _stream(content, "_VBA_PROJECT_CUR") or _stream(content, "_VBA_PROJECT"):
        raise FileRefused("macro")
    if not (_stream(content, "Workbook") or _stream(content, "Book")):
        raise FileRefused("damaged")
    return "xls"


def _stream(content: bytes, name: str) -> bool:
    return name.encode("utf-16-le") + b"\0\0" in content


def _zip_kind(content: bytes) -> str:
    try:
        book = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        raise FileRefused("damaged") from None
    entries = book.infolist()
    if len(entries) > ENTRY_LIMIT:
        raise FileRefused("entries", count=len(entries), limit=ENTRY_LIMIT)
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("encrypted")
    kind = _zip_names(names, book)
    _check_sizes(content, entries)
    for entry in entries:
        _inflate(content, entry)
    return kind


def _zip_names(names: list[str], book: zipfile.ZipFile) -> str:
    """The kind of a zipped workbook by the names of its parts; macros and links are refused."""
    for part in names:
        if "vbaproject" in part or part.startswith(("basic/", "scripts/")):
            raise FileRefused("macro")
        if part.startswith("xl/externallinks/"):
            raise FileRefused("external_links")
        if part.startswith(("xl/embeddings/", "xl/activex/")) or "oleobject" in part:
            raise FileRefused("embedded")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "mimetype" in names and "content.xml" in names:
        return _ods(book)
    for folder, words in (("word/", "Word 文档"), ("ppt/", "演示文稿")):
        if any(name.startswith(folder) for name in names):
            raise FileRefused("not_a_sheet", content=words, allowed=ALLOWED)
    raise FileRefused("archive")


def _ods(book: zipfile.ZipFile) -> str:
    if _first_bytes(book, "mimetype") != b"application/vnd.oasis.opendocument.spreadsheet":
        raise FileRefused("not_a_sheet", content="文档", allowed=ALLOWED)
    if "META-INF/manifest.xml" in book.namelist():
        manifest = _first_bytes(book, "META-INF/manifest.xml", STEP)
        if b"encryption-data" in manifest:
            raise FileRefused("encrypted")
    return "ods"


def _first_bytes(book: zipfile.ZipFile, name: str, count: int = 200) -> bytes:
    with book.open(name) as part:
        return part.read(count).strip()


def _check_sizes(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """What the central directory says, before one byte is inflated.

    Parts that share bytes (the overlapping bomb) show as packed sizes larger than the file.
    """
    if sum(entry.compress_size for entry in entries) > len(content):
        raise FileRefused("damaged")
    total = sum(entry.file_size for entry in entries)
    if total > INFLATED_LIMIT:
        raise FileRefused("inflated", limit=INFLATED_LIMIT // STEP)
    if total > SMALL and total > RATIO_LIMIT * len(content):
        raise FileRefused("ratio", ratio=RATIO_LIMIT)


def _inflate(content: bytes, entry: zipfile.ZipInfo) -> None:
    """Inflates one part in steps and throws it away: the size it says must be the size it has.

    A directory that understates a part would otherwise let the reader inflate without limit.
    """
    start = entry.header_offset
    header = content[start : start + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise FileRefused("damaged")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start += 30 + name_length + extra_length
    packed = memoryview(content)[start : start + entry.compress_size]
    xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    if entry.compress_type == zipfile.ZIP_STORED:
        if xml:
            _refuse_doctype(bytes(packed))
        size = len(packed)
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        size = _inflated_size(packed, entry.file_size, xml=xml)
    else:
        raise FileRefused("damaged")
    if size != entry.file_size:
        raise FileRefused("damaged")


def _inflated_size(packed: memoryview, limit: int, *, xml: bool) -> int:
    """Bytes a deflated part inflates to, at most a step beyond ``limit``."""
    inflater = zlib.decompressobj(-15)
    size, tail, rest = 0, b"", b""
    position = 0
    try:
        while not inflater.eof and size <= limit:
            if not rest:
                rest = bytes(packed[position : position + 65536])
                position += 65536
            step = inflater.decompress(rest, STEP)
            if not (step or rest):
                break
            rest = inflater.unconsumed_tail
            size += len(step)
            if xml:
                _refuse_doctype(tail + step)
                tail = step[-64:]
    except zlib.error:
        raise FileRefused("damaged") from None
    return size


def _refuse_doctype(step: bytes) -> None:
    """DTDs in any part, also when the part is written in UTF-16."""
    if b"<!" not in step and b"<\0!" not in step and b"\0<\0!" not in step:
        return
    plain = step.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise FileRefused("doctype")
