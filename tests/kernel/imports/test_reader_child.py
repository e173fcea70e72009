"""The parts of the process that opens a stranger's workbook; as a whole: ``test_reading``."""

import io
import json
from typing import Any

import pytest

from hrss_portal.imports.reader_child import serving
from hrss_portal.imports.reader_child.protocol import StopReading
from hrss_portal.imports.reader_child.sheet_xml import Scan, column_number, scan_xml
from hrss_portal.imports.reader_child.text_book import TextBook, decode, plain
from hrss_portal.imports.reader_child.workbook import letters, with_special

LIMITS = {"columns": 3, "rows": 4}
SHEET = (
    b'<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c></row>'
    b'<row r="2" hidden="1"><c r="A2"><f>A1+1</f></c></row>'
    b'<row r="9"><c r="C9" s="4"/></row>'
    b"</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("number", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (28, "AB"), (703, "AAA")]
)
def test_columns_are_named_as_excel_names_them(number: int, name: str) -> None:
    assert (letters(number), column_number(name.encode())) == (name, number)


def test_the_xml_tells_what_is_hidden_wrong_or_uncalculated() -> None:
    scan = Scan()
    scan_xml(io.BytesIO(SHEET), scan, limit_rows=10)
    assert (scan.hidden_columns, scan.hidden_rows, scan.ghost_rows) == (2, {2}, 1)
    assert scan.special == {1: [(2, {"e": "#REF!"})], 2: [(1, {"f": 1})]}
    assert (scan.filled, scan.last) == (2, (2, 2))


def test_special_cells_fill_the_gaps() -> None:
    assert with_special(["a"], [(3, {"f": 1})]) == ["a", None, {"f": 1}]


def test_text_is_decoded_by_its_mark_or_strictly() -> None:
    assert decode("姓名".encode("gb18030")) == decode("姓名".encode("utf-8-sig")) == "姓名"
    with pytest.raises(StopReading) as stop:
        decode(b"\xff\xff\xff")
    assert stop.value.answer == {"error": "encoding", "values": {}}
    assert (plain('="0012"'), plain(""), plain("12")) == ("0012", None, "12")


def test_rows_go_out_without_blank_ones_and_within_the_limits(capsys: Any) -> None:
    serving.send_rows(TextBook("姓名,电话\n\n张示例,1\n".encode(), LIMITS), 0)
    rows, end = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows == {"rows": [[1, ["姓名", "电话"]], [3, ["张示例", "1"]]]}
    assert end == {"end": 2, "blank": 1}
    with pytest.raises(StopReading, match="rows"):
        serving.send_rows(TextBook(b"1\n2\n3\n4\n5\n", LIMITS), 0)
    with pytest.raises(StopReading, match="columns"):
        serving.send_rows(TextBook(b"1,2,3,4\n", LIMITS), 0)
