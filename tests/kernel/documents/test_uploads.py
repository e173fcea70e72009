"""The upload corpus: what is taken, under which name and type, and what is refused."""

import io
import threading
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from hrss_portal.access.scope import acting_as
from hrss_portal.documents import uploads
from hrss_portal.documents.layout import add_paragraph, new_document, to_bytes
from hrss_portal.documents.models import File
from hrss_portal.documents.uploads import clean_name, store_upload
from tests.racing import WAIT, together

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01" + bytes(8)
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56" * 9
JPG = b"\xff\xd8" + JFIF + SCAN + b"\xff\xd9"
PHONE_TAIL = b"phone maker's own data"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64


def docx() -> bytes:
    document = new_document()
    add_paragraph(document, "正文")
    return to_bytes(document)


def archive(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def sheet(**parts: bytes) -> bytes:
    base = {"[Content_Types].xml": b"<Types/>", "xl__workbook.xml": b"<workbook/>"}
    return archive(**base, **parts)


@pytest.fixture
def send(county, director):
    def upload(name, content):
        file = SimpleUploadedFile("x", content)
        file._name = name  # as a client that does not tidy it would send it
        return store_upload(file, by=director, unit=county.bureau)

    return upload


@pytest.mark.parametrize(
    ("name", "content", "extension"),
    [
        ("起诉状.pdf", PDF, "pdf"),
        ("照片.JPG", JPG, "jpg"),
        ("照片.jpeg", JPG + PHONE_TAIL, "jpg"),
        ("截图.png", PNG, "png"),
        ("合同.docx", docx(), "docx"),
        ("名单.xlsx", sheet(), "xlsx"),
        ("旧表.xls", OLE + "Workbook".encode("utf-16-le"), "xls"),
        ("旧文.wps", OLE + "WordDocument".encode("utf-16-le"), "doc"),
        ("名单.csv", "姓名,金额\n张三,1\n".encode("gb18030"), "csv"),
        ("录音.amr", b"#!AMR\n" + b"\x01" * 32, "amr"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_allowed_file_is_kept(send, name, content, extension):
    file = send(name, content)
    kept = content.removesuffix(PHONE_TAIL)
    assert (file.name, file.extension, file.size) == (name, extension, len(kept))
    with file.content.open("rb") as stored:
        assert stored.read() == kept


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.pdf", b"", "empty"),
        ("页面.png", b"<html><script>alert(1)</script></html>", "type"),
        ("页面.csv", b"<html><script>alert(1)</script></html>", "type"),
        ("程序.pdf", b"MZ\x90\x00", "type"),
        ("图.svg", b"<svg onload='alert(1)'/>", "type"),
        ("合同.pdf.exe", PDF, "mismatch"),
        ("合同.html", PDF, "mismatch"),
        ("无后缀", PDF, "mismatch"),
        ("其实是图.pdf", PNG, "mismatch"),
        ("半截.pdf", PDF[:20], "broken"),
        ("夹带.png", PNG + b"<script>alert(1)</script>", "polyglot"),
        ("夹带.png", PNG + archive(a=b"x"), "polyglot"),
        ("夹带.jpg", JPG + archive(a=b"x"), "polyglot"),
        ("夹带.jpg", JPG[:20] + b"<script>alert(1)</script>" + JPG[20:], "polyglot"),
        ("宏.xlsx", sheet(xl__vbaProject=b"x"), "macro"),
        ("外链.xlsx", sheet(xl__externalLinks__externalLink1=b"x"), "macro"),
        (
            "实体.xlsx",
            sheet(**{"xl__a.xml": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///']>"}),
            "entity",
        ),
        ("爬出.xlsx", sheet(**{"..__..__etc__x": b"x"}), "structure"),
        ("炸弹.xlsx", sheet(**{"xl__big.xml": b" " * 30_000_000}), "bomb"),
        ("压缩包.zip", archive(a=b"x"), "type"),
        ("坏.docx", docx()[:500], "broken"),
        ("宏.xls", OLE + "Workbook_VBA_PROJECT".encode("utf-16-le"), "macro"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_dangerous_file_is_refused(send, name, content, code):
    with pytest.raises(ValidationError) as refused:
        send(name, content)
    assert refused.value.code == code
    assert File.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\合同.pdf", "合同.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ('"><script>.pdf', "script.pdf"),
        (" . .pdf", "pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_clean_name(typed, kept):
    assert clean_name(typed) == kept


def test_path_on_disk_holds_nothing_that_was_typed(send):
    file = send("../../张三的合同.pdf", PDF)
    folder, name = file.content.name.rsplit("/", 1)
    assert folder.startswith("files/20")
    assert len(name) == 32 + len(".pdf")


def test_no_other_account_of_the_server_reads_a_paper(send, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    path = Path(send("起诉状.pdf", PDF).content.path)
    kept = [path, *path.parents]
    assert [one.stat().st_mode & 0o077 for one in kept[: kept.index(tmp_path)]] == [0] * (
        len(path.relative_to(tmp_path).parts)
    )


def test_too_large_is_refused(send, settings):
    settings.UPLOAD_LIMIT = 10
    with pytest.raises(ValidationError) as refused:
        send("合同.pdf", PDF)
    assert refused.value.code == "size"


def test_quota_per_person_and_day(send, settings):
    settings.UPLOAD_QUOTA = len(PDF) + 1
    send("一.pdf", PDF)
    with pytest.raises(ValidationError) as refused:
        send("二.pdf", PDF)
    assert refused.value.code == "quota"


@pytest.mark.django_db(transaction=True)
def test_uploads_of_one_moment_share_the_quota(send, settings, monkeypatch, director):
    settings.UPLOAD_QUOTA = len(PDF) + 1
    both_were_let_in = threading.Barrier(2)
    monkeypatch.setattr(uploads, "scan", lambda content: both_were_let_in.wait(WAIT))
    first, second = together(
        2, lambda number: send(f"{number}.pdf", PDF), scope=lambda: acting_as(director)
    )
    refused = first if isinstance(first, ValidationError) else second
    assert refused.code == "quota"
    assert File._base_manager.count() == 1


def test_scanner_that_does_not_answer_refuses(send, settings, tmp_path):
    settings.CLAMAV = str(tmp_path / "nobody.sock")
    with pytest.raises(ValidationError) as refused:
        send("合同.pdf", PDF)
    assert refused.value.code == "scanner"


def test_an_uploaded_photograph_is_kept_without_its_place(send):
    place = b"\xff\xfe\x00\x14GPS 32.3N 116.2E  "
    stored = send("现场.jpg", JPG[:2] + place + JPG[2:])
    with stored.content.open("rb") as file:
        assert file.read() == JPG
    assert stored.size == len(JPG)
