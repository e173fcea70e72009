"""Reading strangers' workbooks: kinds of cells, encodings, and what is refused, how fast."""

import datetime
import io
import resource
import time
import zipfile

import pytest

from hrss_portal.imports.cells import Special, as_text, freeze, revive, serial_date, tidy
from hrss_portal.imports.precheck import kind_of
from hrss_portal.imports.reading import Book, RawRow, open_book
from hrss_portal.imports.refusals import FileRefused
from tests.factories.imports import (
    honest_bomb,
    lying_bomb,
    ods_table,
    text_table,
    with_part,
    without_results,
    workbook,
)


def read(content: bytes, name: str = "台账.xlsx") -> list[RawRow]:
    with open_book(content, name) as book:
        return list(book.rows(book.sheets[0].index))


def effort() -> float:
    """Seconds of processor time, children included: a busy machine does not count."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def refusal(content: bytes, name: str = "台账.xlsx") -> str:
    start = effort()
    with pytest.raises(FileRefused) as refused:
        read(content, name)
    assert effort() - start < 3
    return refused.value.code


def test_cells_keep_their_kind() -> None:
    day = datetime.date(2023, 11, 16)
    rows = read(workbook([["文字", 12, 3.5, True, day], [None, None, "后"]]))
    assert rows[0].cells == ["文字", 12, 3.5, True, day]
    assert rows[1].cells == [None, None, "后"]
    assert [row.number for row in rows] == [1, 2]


def test_table_that_begins_away_from_a1_keeps_its_places() -> None:
    rows = read(workbook([[None, None], [None, "姓名"], [None, "甲"]]))
    assert [(row.number, row.cells) for row in rows] == [(2, [None, "姓名"]), (3, [None, "甲"])]


def test_error_cells_and_uncalculated_formulas_are_told_apart_from_empty_cells() -> None:
    errors = workbook([["a", "b"], ["=1/0", "x"]])
    part = "xl/worksheets/sheet1.xml"
    sheet = zipfile.ZipFile(io.BytesIO(errors)).read(part)
    cell = b'<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    start = sheet.index(b'<c r="A2"')
    stop = sheet.index(b"</c>", start) + 4
    changed = with_part(errors, part, sheet[:start] + cell + sheet[stop:], replace=True)
    assert read(changed)[1].cells == [Special("error", "#DIV/0!"), "x"]
    assert read(without_results(workbook([["a"], ["=A1"]])))[1].cells == [Special("formula")]


def test_dates_of_the_1904_system_are_the_same_days() -> None:
    day = datetime.date(2023, 11, 16)
    with open_book(workbook([["日期"], [day]], date1904=True), "a.xlsx") as book:
        assert book.date1904
        assert list(book.rows(0))[1].cells == [day]


def test_hidden_and_ghost_parts_are_counted() -> None:
    content = workbook(
        [["姓名", "电话"], ["甲", "1"], ["乙", "2"]],
        hidden_rows=[3],
        hidden_columns=[2],
        ghosts=900,
        other_sheets=["旧表"],
    )
    with open_book(content, "a.xlsx") as book:
        assert [(sheet.name, sheet.visible) for sheet in book.sheets] == [
            ("旧表", False),
            ("台账", True),
        ]
        head = book.head(1)
        assert (head.hidden_rows, head.hidden_columns, head.ghost_rows) == (1, 1, 900)
        assert [row.hidden for row in book.rows(1)] == [False, False, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_encoding_keeps_rare_characters(encoding: str) -> None:
    rows = [["姓名", "乡镇"], ["㐀𠮷", "城关镇"]]
    assert [row.cells for row in read(text_table(rows, encoding=encoding), "a.csv")] == rows


def test_tab_separated_text_and_excel_style_text_numbers() -> None:
    content = text_table([["编号", "姓名"], ['="0012"', "甲"]], tab=True)
    assert read(content, "a.txt")[1].cells == ["0012", "甲"]


def test_text_in_no_known_encoding_is_refused() -> None:
    assert refusal(b"\xff\xff\xfe\x81\x20\xff", "a.csv") == "encoding"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"%PDF-1.7 x", "a.xlsx", "not_a_sheet"),
        (b"\x89PNG\r\n", "a.xlsx", "not_a_sheet"),
        (b"<html><table><tr><td>1</td></tr></table>", "a.xls", "renamed"),
        (b"PK\x03\x04broken", "a.xlsx", "damaged"),
        (b"a,b\n1,2\n", "a.xlsx", "renamed"),
        (b"a,b\n1,2\n", "a.doc", "name"),
        (b"a,b\n1,2\n", "a.xlsm", "macro"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage\0".encode("utf-16-le"),
            "a.xlsx",
            "encrypted",
        ),
    ],
)
def test_other_files_are_refused_by_content(content: bytes, name: str, code: str) -> None:
    assert refusal(content, name) == code


def test_renamed_workbook_is_refused() -> None:
    assert refusal(workbook([["a"]]), "a.xls") == "renamed"


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/vbaProject.bin", b"x", "macro"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "external_links"),
        ("xl/embeddings/oleObject1.bin", b"x", "embedded"),
        ("xl/theme/t.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "doctype"),
        ("xl/theme/t.xml", "<!DOCTYPE x><x/>".encode("utf-16"), "doctype"),
    ],
)
def test_dangerous_parts_are_refused(part: str, content: bytes, code: str) -> None:
    assert refusal(with_part(workbook([["a"]]), part, content)) == code


def test_too_many_parts_are_refused() -> None:
    stream = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(stream, "a") as book:
        for number in range(600):
            book.writestr(f"xl/media/{number}.png", b"x")
    assert refusal(stream.getvalue()) == "entries"


def test_bombs_are_refused_quickly() -> None:
    assert refusal(honest_bomb()) == "inflated"
    assert refusal(lying_bomb()) == "damaged"
    assert refusal(with_part(workbook([["a"]]), "xl/x.xml", b" " * 20_000_000)) == "ratio"


def test_far_away_cell_is_refused_with_its_address() -> None:
    content = workbook([["a"]])
    part = "xl/worksheets/sheet1.xml"
    sheet = zipfile.ZipFile(io.BytesIO(content)).read(part)
    far = b'<row r="1048576"><c r="IV1048576"><v>1</v></c></row></sheetData>'
    changed = with_part(content, part, sheet.replace(b"</sheetData>", far), replace=True)
    with pytest.raises(FileRefused, match="IV1048576"):
        read(changed)


def test_shared_string_bomb_stops_in_the_child() -> None:
    content = workbook([["x" * 30000]])
    part = "xl/worksheets/sheet1.xml"
    sheet = zipfile.ZipFile(io.BytesIO(content)).read(part)
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(2, 100_000)
    )
    changed = with_part(
        content, part, sheet.replace(b"</sheetData>", rows + b"</sheetData>"), replace=True
    )
    assert refusal(changed) == "memory"


def test_too_many_rows_are_refused_with_how_to_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Book.__init__.__globals__["LIMITS"], "rows", 10)
    with pytest.raises(FileRefused, match="拆成 3 个文件"):
        read(workbook([["a"]] * 25))


def test_file_above_the_upload_limit(settings: pytest.FixtureRequest) -> None:
    settings.UPLOAD_LIMIT = 100  # type: ignore[attr-defined]
    with pytest.raises(FileRefused, match="拆成几个文件"):
        kind_of(b"x" * 101, "a.csv")


def test_tidy_takes_off_spaces_and_only_our_own_apostrophe() -> None:
    assert tidy("\u3000 甲\u200b\xa0") == "甲"
    assert tidy("'=1+1") == "=1+1"
    assert tidy("'张") == "'张"


@pytest.mark.parametrize(
    "value",
    [
        "甲",
        3,
        2.5,
        True,
        None,
        datetime.date(2023, 1, 2),
        Special("error", "#N/A"),
        Special("formula"),
    ],
)
def test_cells_survive_staging(value: object) -> None:
    assert revive(freeze(value)) == value  # type: ignore[arg-type]


def test_serial_numbers_are_exact_or_nothing() -> None:
    assert serial_date(45246) == datetime.date(2023, 11, 16)
    assert serial_date(45246 - 1462, date1904=True) == datetime.date(2023, 11, 16)
    assert serial_date(45246.5) is None
    assert serial_date(3) is None


def test_text_of_cells() -> None:
    assert as_text(3.0) == "3"
    assert as_text(datetime.datetime(2023, 1, 2, 9, 30)) == "2023-01-02 09:30"  # noqa: DTZ001
    assert as_text(datetime.datetime(2023, 1, 2)) == "2023-01-02"  # noqa: DTZ001
    assert as_text(Special("error", "#REF!")) == "#REF!"


def test_open_document_sheets_are_read() -> None:
    rows = [["姓名", "乡镇"], ["甲", "城关镇"]]
    assert [row.cells for row in read(ods_table(rows), "a.ods")] == rows
