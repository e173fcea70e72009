"""Sheets going out: kinds of cells, formulas that stay text, masks, the template, the errors."""

import csv
import datetime
import io
import warnings
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hrss_portal.audit.models import AccessEntry
from hrss_portal.imports import batches, exporting, staging, workbooks
from hrss_portal.imports.cells import as_text, tidy
from hrss_portal.imports.models import Batch, StagedRow
from hrss_portal.imports.reading import open_book
from hrss_portal.imports.xlsx import Table, Writer, csv_cell
from tests.factories.imports import PEOPLE_HEADINGS, made_up_people, people_book, workbook
from tests.kernel.imports.doors import export, people


def written(*tables: Table, first: str = "") -> bytes:
    stream = io.BytesIO()
    writer = Writer(stream)
    for table in tables:
        writer.write(table)
    writer.close(first=first)
    return stream.getvalue()


def cells_in(content: bytes, sheet: int = 0) -> list[list[Any]]:
    with open_book(content, "a.xlsx") as book:
        return [row.cells for row in book.rows(sheet)]


def opened(content: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content))


def test_kinds_of_cells_are_kept() -> None:
    day = datetime.date(2023, 11, 16)
    rows = [["00123", 12, 2.5, Decimal("3.10"), day, None, True]]
    content = written(Table("a", list("甲乙丙丁戊己庚"), rows, ["text"] + ["value"] * 6))
    assert cells_in(content)[1] == ["00123", 12, 2.5, 3.1, day, None, "是"]
    sheet = opened(content).worksheets[0]
    assert sheet["A2"].number_format == "@"
    assert sheet.freeze_panes == "A2"


def test_long_numbers_are_written_as_text() -> None:
    assert cells_in(written(Table("a", ["甲"], [[10**17]])))[1] == [str(10**17)]


def test_first_sheet_is_the_one_named() -> None:
    content = written(Table("乙", ["x"], []), Table("甲", ["x"], []), first="甲")
    assert opened(content).sheetnames == ["甲", "乙"]


def test_rows_beyond_the_limit_go_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hrss_portal.imports.xlsx.ROWS_PER_SHEET", 400)
    content = written(Table("表", ["x"], ([n] for n in range(900))))
    assert opened(content).sheetnames == ["表", "表2", "表3"]


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
starters = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", "=cmd|' /C calc'!A0", "'", "&<>"])


@settings(deadline=None, max_examples=40)
@example(["\t\xad"])
@given(st.lists(st.tuples(starters, words).map("".join), min_size=1, max_size=8))
def test_nothing_exported_is_ever_a_formula_and_comes_back_equal(texts: list[str]) -> None:
    content = written(Table("a", ["甲", "乙"], [[text, text] for text in texts], ["text", "value"]))
    sheet = opened(content).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    back = [row for row in cells_in(content)[1:] if row[0] is not None]  # invisible marks alone
    kept = [tidy(text.translate(dict.fromkeys(range(32)))) for text in texts]
    expected = [text for text in kept if text]
    assert [tidy(str(row[0]).translate(dict.fromkeys(range(32)))) for row in back] == expected


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "＠x"])
def test_csv_defuses_formulas_and_reading_undoes_exactly_that(text: str) -> None:
    defused = csv_cell(text)
    assert defused == f"'{text}"
    assert tidy(defused) == text


@pytest.mark.parametrize("text", [" =1+1", "\n=1", "\r\n@x", "\u00a0+1", "\u200b=1", "\u3000－1"])
def test_csv_defuses_a_formula_behind_blanks(text: str) -> None:
    assert csv_cell(text) == f"'{text}"
    assert tidy(csv_cell(text)).strip() == tidy(text)


def test_csv_keeps_negative_numbers() -> None:
    assert csv_cell(-5) == "-5"
    assert csv_cell(Decimal("-1.50")) == "-1.50"
    assert csv_cell("甲") == "甲"


def test_filters_are_read_or_refused() -> None:
    assert exporting.parse_filters("town=甲|乙; year=2023") == {
        "town": ["甲", "乙"],
        "year": ["2023"],
    }
    with pytest.raises(exporting.UnknownFilter):
        exporting.parse_filters("town")


def test_export_prints_filters_masks_and_is_logged_first(people_sheet: Any, as_clerk: Any) -> None:
    content = people_book(made_up_people(2))
    batches.commit(batches.dry_run("T01", content, name="a.xlsx", by=as_clerk), by=as_clerk)
    stream = io.BytesIO()
    found = exporting.rows_of(people_sheet, {"town": ["城关镇"]})
    count = exporting.export_rows(
        people_sheet, found, stream, by=as_clerk, filters=[("乡镇", "城关镇")]
    )
    assert count == 2
    book = opened(stream.getvalue())
    assert book.sheetnames == ["导出说明", "测试人员台账"]
    about = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()}
    assert (about["乡镇"], about["行数"]) == ("城关镇", 2)
    first = people()[0]
    row = [cell.value for cell in book.worksheets[1][2]]
    assert row[2] == f"{first[0][:6]}…{first[0][-4:]}"
    entry = AccessEntry.objects.get(kind="export")
    assert (entry.subject_type, entry.actor_id) == ("sheet.T01", as_clerk.pk)
    back = io.BytesIO()
    exporting.export_rows(people_sheet, found, back, by=as_clerk, comes_back=True)
    assert not opened(back.getvalue()).worksheets[1][2][2].value  # a mask would be imported


def test_a_csv_export_holds_no_formula_and_is_logged(people_sheet: Any, as_clerk: Any) -> None:
    rows = [("341522199001010010", "=1+1", "+8613800000001", "@城关镇")]
    text = exporting.csv_text(people_sheet, rows, by=None)
    [line] = list(csv.reader(io.StringIO(text)))[1:]
    assert line[:4] == ["'@城关镇", "'=1+1", "341522199001010010", "'+8613800000001"]
    entry = AccessEntry.objects.get(kind="export")
    assert (entry.subject_type, entry.actor_id) == ("sheet.T01", as_clerk.pk)
    assert entry.label.endswith(":csv")


def test_export_by_the_system_is_whole_and_comes_back_unchanged(
    people_sheet: Any, as_clerk: Any
) -> None:
    content = people_book(made_up_people(3))
    batches.commit(batches.dry_run("T01", content, name="a.xlsx", by=as_clerk), by=as_clerk)
    stream = io.BytesIO()
    exporting.export_rows(people_sheet, export({}), stream, by=None)
    again = batches.dry_run("T01", stream.getvalue(), name="b.xlsx", by=as_clerk)
    assert (again.read, again.unchanged) == (3, 3)


def test_csv_export(people_sheet: Any, as_clerk: Any) -> None:
    content = people_book(made_up_people(1))
    batches.commit(batches.dry_run("T01", content, name="a.xlsx", by=as_clerk), by=as_clerk)
    text = exporting.csv_text(people_sheet, export({}), by=None)
    assert text.startswith("\ufeff乡镇,姓名,身份证号码")
    again = batches.dry_run("T01", text.encode(), name="b.csv", by=as_clerk)
    assert again.unchanged == 1


def test_unknown_filter(people_sheet: Any) -> None:
    with pytest.raises(exporting.UnknownFilter, match="color"):
        exporting.rows_of(people_sheet, {"color": ["x"]})


def test_template_has_headings_drop_downs_and_a_sample_that_is_not_read(
    people_sheet: Any, as_clerk: Any
) -> None:
    content = workbooks.template(people_sheet)
    book = opened(content)
    form = book["填报表"]
    assert [cell.value.rstrip("*") for cell in form[2]] == PEOPLE_HEADINGS
    assert form["B2"].value == "姓名*"
    assert book["选项"].sheet_state == "hidden"
    assert [cell.value for cell in book["选项"]["A"]] == ["城关镇", "河口镇", "周集镇"]
    assert form.data_validations.dataValidation[0].formula1 == "选项!$A$1:$A$3"
    batch = batches.dry_run("T01", content, name="t.xlsx", by=as_clerk)
    assert batch.read == 0
    assert [why for _, why, _ in batch.left_out] == ["sample"]
    assert batch.place.missing == []


def test_error_workbook_goes_back_and_lands_without_doubles(
    people_sheet: Any, as_clerk: Any
) -> None:
    rows = made_up_people(5)
    rows[1][0] = "城关"
    rows[3][2] = int(rows[3][2][:17] + "0")
    head = [["标题"], ["户籍", "人", None, "联系电话"], ["乡镇", "姓名", "身份证号", None]]
    merged = [(2, 2, 2, 3, "人"), (2, 4, 3, 4, "联系电话")]
    content = workbook([*head, *[row[:4] for row in rows]], merged=merged)
    batch = batches.dry_run("T01", content, name="a.xlsx", by=as_clerk)
    batches.commit(batch, by=as_clerk)
    assert (Batch.objects.get(pk=batch.pk).created, len(people())) == (3, 3)
    errors = workbooks.error_workbook(batch)
    sheet = opened(errors).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        "错误说明",
        "户籍_乡镇",
        "人_姓名",
        "人_身份证号",
        "联系电话",
    ]
    assert sheet["A2"].value.startswith("原第 5 行")
    assert (sheet["B2"].value, sheet["B2"].fill.fgColor.rgb) == ("城关", "FFFAD4D4")
    assert (sheet["D3"].value, sheet["D3"].number_format) == (None, "@")
    sheet["B2"], sheet["D3"] = "城关镇", made_up_people(5)[3][2]
    corrected = io.BytesIO()
    sheet.parent.save(corrected)
    again = batches.dry_run("T01", corrected.getvalue(), name="b.xlsx", by=as_clerk)
    assert (again.read, again.created, again.rejected) == (2, 2, 0)
    landed = batches.commit(again, by=as_clerk)
    assert (landed.created, len(people())) == (2, 5)


def test_dates_and_edits_in_the_error_workbook(people_sheet: Any, as_clerk: Any) -> None:
    rows = made_up_people(1)
    rows[0][0], rows[0][4] = "某镇", datetime.date(2023, 11, 16)
    batch = batches.dry_run("T01", people_book(rows), name="a.xlsx", by=as_clerk)
    row = StagedRow.objects.get(batch=batch)
    assert row.level == "wrong"
    sheet = opened(workbooks.error_workbook(batch)).worksheets[0]
    assert sheet["F2"].value == datetime.datetime(2023, 11, 16)  # noqa: DTZ001
    assert as_text(sheet["E2"].value) == rows[0][3]


def test_what_was_written_for_a_missing_column_comes_back_in_the_error_workbook(
    people_sheet: Any, as_clerk: Any
) -> None:
    rows = [row[1:4] for row in made_up_people(2)]
    rows[1][2], told = "12", rows[1][2]
    content = workbook([PEOPLE_HEADINGS[1:4], *rows])
    batch = batches.receive(people_sheet, content, name="a.xlsx", by=as_clerk)
    batches.settle(batch, {1: "name", 2: "id_no", 3: "phone"}, {"town": "城关镇"})
    staging.stage(batch)
    sheet = opened(workbooks.error_workbook(batch)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["错误说明", *PEOPLE_HEADINGS[1:4], "乡镇"]
    sheet["D2"] = told
    corrected = io.BytesIO()
    sheet.parent.save(corrected)
    again = batches.dry_run("T01", corrected.getvalue(), name="b.xlsx", by=as_clerk)
    batches.commit(again, by=as_clerk)
    assert [(phone, town) for _, _, phone, town in people()] == [(told, "城关镇")]
