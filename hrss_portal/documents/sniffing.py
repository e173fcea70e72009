"""What a file is, told from its content; the name is only allowed to agree.

Everything not on the list is refused.  Office files are opened as archives and refused when they
carry programs, outside links, entity declarations or more than they may unpack to.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

MAX_ENTRIES = 2_000
MAX_INFLATED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_NAME = 120
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ACTIVE = re.compile(rb"<\s*(script|html|body|iframe|svg|object|embed|!doctype)\b", re.I)
ARCHIVE_BANS = re.compile(
    r"vbaProject|externalLinks/|activeX/|embeddings/.*\.bin$|macrosheets/", re.I
)
ZIP_KINDS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "OFD.xml": "ofd"}


@dataclass(frozen=True)
class FileType:
    """A type that may be stored: the extension we give it, its media type, and its other names."""

    extension: str
    content_type: str
    others: tuple[str, ...] = ()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    one.extension: one
    for one in (
        FileType("pdf", "application/pdf"),
        FileType("jpg", "image/jpeg", ("jpeg", "jpe", "jfif")),
        FileType("png", "image/png"),
        FileType("docx", WORD),
        FileType("xlsx", SHEET),
        FileType("ofd", "application/ofd"),
        FileType("doc", "application/msword", ("wps",)),
        FileType("xls", "application/vnd.ms-excel", ("et",)),
        FileType("csv", "text/csv", ("txt",)),
        FileType("mp3", "audio/mpeg"),
        FileType("amr", "audio/amr"),
        FileType("mp4", "video/mp4", ("m4a", "mov")),
    )
}
ALLOWED_WORDS = "PDF、OFD、图片（jpg、png）、Word、Excel、WPS、csv、录音录像（mp3、m4a、amr、mp4）"


def sniff(content: bytes, name: str) -> FileType:
    """The type of a file, from its content.

    Raises ``ValidationError`` in words for the person who uploads: an unknown type, a name that
    says something else than the content, content that could run, an archive that could burst.
    """
    if not content:
        raise ValidationError("文件是空的，请重新选择", code="empty")
    found = next((kind for test, kind in PROBES if test(content)), "")
    if found == "zip":
        found = _archive_kind(content)
    if not found:
        raise ValidationError(f"不能上传这种文件。可以上传：{ALLOWED_WORDS}", code="type")
    file_type = TYPES[found]
    given = name.rpartition(".")[2].lower() if "." in name else ""
    if given not in {file_type.extension, *file_type.others}:
        raise ValidationError(
            f"文件名以“.{given}”结尾，内容却是 {file_type.extension}，"
            f"请用原来的软件另存为 {file_type.extension} 后再上传",
            code="mismatch",
        )
    _inspect(found, content)
    return file_type


def _is_text(content: bytes) -> bool:
    if b"\x00" in content[:65536] or ACTIVE.search(content):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not content.lstrip().startswith((b"<", b"%", b"#!"))
    return False


def _is_mp3(content: bytes) -> bool:
    return content[:3] == b"ID3" or (
        content[0] == 0xFF and content[1:2] in {b"\xfb", b"\xf3", b"\xf2"}
    )


def _starts(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(magics)


PROBES: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (_starts(b"%PDF-"), "pdf"),
    (_starts(b"\xff\xd8\xff"), "jpg"),
    (_starts(b"\x89PNG\r\n\x1a\n"), "png"),
    (_starts(b"PK\x03\x04"), "zip"),
    (lambda content: content.startswith(OLE_MAGIC) and _ole("WordDocument", content), "doc"),
    (lambda content: content.startswith(OLE_MAGIC) and _ole("Workbook", content), "xls"),
    (_starts(b"#!AMR"), "amr"),
    (lambda content: content[4:8] == b"ftyp", "mp4"),
    (_is_mp3, "mp3"),
    (_is_text, "csv"),
)


def _ole(stream: str, content: bytes) -> bool:
    return stream.encode("utf-16-le") in content


def _inspect(kind: str, content: bytes) -> None:
    """What a right beginning does not show: tails, programs, second natures."""
    if kind == "pdf" and b"%%EOF" not in content[-4096:]:
        raise ValidationError("这份 PDF 不完整，请重新生成后上传", code="broken")
    if kind == "png":
        _refuse_second_nature(_after(content, b"IEND\xaeB`\x82"), strict=True)
    if kind == "jpg":
        _refuse_second_nature(_after(content, b"\xff\xd9"), strict=False)
    if kind in {"doc", "xls"} and _ole("_VBA_PROJECT", content):
        raise ValidationError("文件里有宏，请另存为不带宏的文件后再上传", code="macro")
    if kind in {"jpg", "png", "mp3", "amr"} and ACTIVE.search(content):
        raise ValidationError("文件里夹带了网页代码，不能上传", code="polyglot")


def _after(content: bytes, end: bytes) -> bytes:
    """What follows the last end mark.  Raises ``ValidationError`` where there is no end."""
    place = content.rfind(end)
    if place < 0:
        raise ValidationError("这张图片不完整，请重新保存后上传", code="broken")
    return content[place + len(end) :]


def _refuse_second_nature(tail: bytes, *, strict: bool) -> None:
    """Phones append their own data to a JPEG; a program or an archive may follow no picture."""
    if (strict and tail.strip(b"\x00\r\n")) or b"PK\x03\x04" in tail or b"%PDF-" in tail:
        raise ValidationError("图片后面夹带了别的文件，请重新截图或另存后上传", code="polyglot")


def _archive_kind(content: bytes) -> str:
    """docx, xlsx, ofd, or "" for any other archive."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = archive.namelist()
        check_archive(archive, len(content))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValidationError("文件已损坏或加了密码，请另存后再上传", code="broken") from error
    return next((kind for part, kind in ZIP_KINDS.items() if part in names), "")


def check_archive(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse an archive that bursts, climbs out, runs or reaches outside (``ValidationError``)."""
    entries = archive.infolist()
    inflated = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or inflated > MAX_INFLATED or inflated > MAX_RATIO * max(size, 1):
        raise ValidationError("文件解开后过大，不能上传", code="bomb")
    if archive.comment:
        raise ValidationError("文件后面夹带了别的内容，请另存后再上传", code="polyglot")
    read = 0
    for entry in entries:
        name = entry.filename
        if ".." in name.split("/") or name.startswith(("/", "\\")) or "\\" in name:
            raise ValidationError("文件结构异常，不能上传", code="structure")
        if ARCHIVE_BANS.search(name):
            raise ValidationError(
                "文件里有宏、控件或外部链接，请另存为不带这些内容的文件后再上传", code="macro"
            )
        if name.endswith((".xml", ".rels")):
            read += _check_part(archive, entry, MAX_INFLATED - read)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """Look into one XML part; its true size, which the directory of a bomb does not tell."""
    head, length = b"", 0
    with archive.open(entry) as part:
        while block := part.read(1 << 20):
            head = head or block[:4096]
            length += len(block)
            if length > room:
                raise ValidationError("文件解开后过大，不能上传", code="bomb")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise ValidationError("文件里有外部实体声明，不能上传", code="entity")
    return length
