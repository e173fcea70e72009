"""Every declared sheet: its template comes back filled, lands, goes out and comes in unchanged; its
headings are the words of the form."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import FieldDoesNotExist

from hrss_portal.access import policy
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.areas import Sheet
from hrss_portal.imports import batches, exporting, registry
from hrss_portal.imports.cleaning import build_field
from hrss_portal.imports.headings import Heading, Matcher
from hrss_portal.imports.models import StagedRow
from hrss_portal.imports.reading import open_book
from hrss_portal.imports.workbooks import FORM, template
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.activities import tags
from tests.factories.deadlines import shipped_rules
from tests.factories.parties import EmployerFactory

SHEETS = {sheet.code: sheet for sheet in registry.sheets()}
FIRST = 3  # the row below title and headings

#: Rows as an office would fill them in: what differs from the sample; a second one, nearly empty.
ROWS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "EMPLOYERS": (
        {"name": "霍邱示例甲有限公司", "remark": "一"},
        {
            "name": "霍邱示例乙商店",
            "no_uscc_reason": "个体户未办证",
            "kind": "个体工商户",
            "legal_rep": "李乙",
            "reg_address": "霍邱县示例路 2 号",
            "industry": "52 零售业",
            "contact": "李乙",
            "contact_phone": "0564-6000002",
            "op_status": "存续",
        },
    ),
    "PERSONS": (
        {"name": "张甲", "remark": "一"},
        {
            "name": "张乙",
            "no_id_reason": "证件遗失",
            "sex": "女",
            "birth": "1990-01-02",
            "phone": "13800000002",
        },
    ),
    "UNITS": (
        {"name": "示例甲镇", "kind": "乡镇、园区", "phone": "0564-6000001"},
        {"name": "示例乙镇", "kind": "乡镇、园区", "code": "341522198"},
    ),
    "USERS": (
        {
            "staff_no": "1498",
            "name": "张甲",
            "phone": "13800000001",
            "id_number": "341522200102034211",
        },
        {"staff_no": "1499", "name": "张乙", "unit": "就业股"},
    ),
    "X10": (
        {"remark": "一"},
        {
            "applicants": "王甲、王乙等12人",
            "respondents": "霍邱示例乙有限公司",
            "cause": "社会保险",
            "received_on": "2023-05-01",
        },
    ),
    "X16": (
        {
            "channel": "“互联网+调解”平台",
            "platform_no": "PT-001",
            "process": "电话调解。",
            "organisation": "县劳动人事争议调解中心",
        },
        {
            "channel": "来访",
            "applicants": "王甲",
            "respondents": "霍邱示例乙有限公司",
            "cause": "社会保险",
            "organisation": "县劳动人事争议调解中心",
            "received_on": "2023-05-01",
        },
    ),
    "X17": (
        {"phone": "0564-6000001"},
        {"name": "霍邱示例商会调委会", "level": "商会调委会", "state": "筹建"},
    ),
    "X18": (
        {"from_body": "县工商联"},
        {"name": "李示例", "role": "办案辅助人员", "started_on": "2021-01-01"},
    ),
    "X19": (
        {"problems": "工资支付：两名职工迟发"},
        {
            "on": "2023-09-13",
            "employer": "霍邱示例有限公司",
            "staff_names": "苏示例",
            "purposes": "劳动用工法律服务",
        },
    ),
}


#: Sheets of the master files: whoever exports gets the numbers masked, so they do not come back.
MASKED = {"EMPLOYERS", "PERSONS"}
#: Sheets whose numbers go out masked, and tell nothing when they come back.
TELLS_NO_NUMBER = MASKED | {"USERS"}
#: Columns that land when a second person has confirmed them.
SECOND_PERSON = {"USERS": ("posts",)}


@pytest.fixture
def bureau(county: County) -> County:
    """What the rows name: rules, a mediation body, a visited employer."""
    shipped_rules()
    with acting_as_system("test"):
        make.mediation_body(county)
        tags(county)
        EmployerFactory(unit=make.court(county), name="霍邱示例有限公司")
    return county


def keeper(sheet: Sheet, county: County) -> Any:
    """Somebody whose post fills the sheet in, and sees what it lands."""
    posts = policy.posts_for(sheet.policy)
    post = "ARB-C" if "ARB-C" in posts else posts[0]
    unit = make.court(county) if post == "ARB-C" else county.bureau
    return person("S900", "报表", unit, post)


def rows_of(sheet: Sheet) -> list[list[str]]:
    """The cells of both rows, in the order of the columns."""
    full, least = ROWS[sheet.code]
    return [
        [full.get(column.name, column.sample) for column in sheet.columns],
        [least.get(column.name, "") for column in sheet.columns],
    ]


def filled(sheet: Sheet) -> bytes:
    """The template with both rows typed in."""
    book = openpyxl.load_workbook(io.BytesIO(template(sheet)))
    page = book[FORM]
    for number, cells in enumerate(rows_of(sheet), FIRST):
        for place, text in enumerate(cells, 1):
            page.cell(number, place, text or None)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def exported(sheet: Sheet) -> bytes:
    """Everything that the sheet holds, whole."""
    stream = io.BytesIO()
    exporting.export_rows(sheet, exporting.rows_of(sheet, {}), stream, by=None)
    return stream.getvalue()


def cells_in(content: bytes, sheet: Sheet) -> list[list[Any]]:
    """The exported rows as read back, in the order of the columns."""
    with open_book(content, "a.xlsx") as book:
        places = {one.name: one.index for one in book.sheets}
        head, *rows = [row.cells for row in book.rows(places[sheet.title])]
    by_words = [dict(zip(head, cells, strict=False)) for cells in rows]
    return [[row.get(column.heading) for column in sheet.columns] for row in by_words]


def cleaned(sheet: Sheet, cells: list[Any]) -> dict[str, Any]:
    """What the fields make of the filled cells of a row; equal rows are equal here.

    Personal cells of the master sheets go out masked, so they are left out there.
    """
    found = {}
    for column, cell in zip(sheet.columns, cells, strict=True):
        if cell in (None, "") or (sheet.code in TELLS_NO_NUMBER and column.personal):
            continue
        value = build_field(column).clean(str(cell))
        found[column.name] = sorted(map(str, value)) if isinstance(value, list | tuple) else value
    return found


def problems(batch: Any) -> list[Any]:
    """What the rows of a batch were told, for the message of a failing test."""
    rows = StagedRow.objects.filter(batch=batch).order_by("number")
    return [(row.number, row.level, row.action, row.messages) for row in rows]


def test_every_sheet_has_its_rows() -> None:
    told = "give ROWS of this file a full and a least row of"
    assert set(ROWS) == set(SHEETS), f"{told} {sorted(set(ROWS) ^ set(SHEETS))}"


@pytest.mark.parametrize("code", sorted(ROWS))
def test_a_filled_template_goes_round_without_a_change(code: str, bureau: County) -> None:
    sheet = SHEETS[code]
    user = keeper(sheet, bureau)
    with acting_as(user, "test"):
        sent = filled(sheet)
        batch = batches.dry_run(code, sent, name="填报.xlsx", by=user)
        assert (batch.read, batch.rejected) == (2, 0), problems(batch)
        batches.commit(batch, by=user)
        batch.refresh_from_db()
        assert (batch.created, batch.rejected) == (2, 0), problems(batch)
    with acting_as_system("test"):
        out = exported(sheet)
        stored = cells_in(out, sheet)
        back = [cleaned(sheet, cells) for cells in stored]
        typed = [cleaned(sheet, cells) for cells in rows_of(sheet)]
    for row in typed:
        kept = {name: row[name] for name in row if name not in SECOND_PERSON.get(code, ())}
        assert min((changed(kept, other) for other in back), key=len) == {}
    with acting_as(user, "test"):
        same = batches.dry_run(code, sent, name="填报.xlsx", by=user)
        assert same.unchanged == same.read == 2, problems(same)
        if code in MASKED:
            assert not open_numbers(sheet, stored)
            return
        again = batches.dry_run(code, out, name="导出.xlsx", by=user)
        assert (again.read, again.unchanged) == (len(back), len(back)), problems(again)


@pytest.mark.parametrize("code", sorted(code for code in ROWS if SHEETS[code].call("undo")))
def test_a_sheet_that_was_taken_back_lands_again(code: str, bureau: County) -> None:
    sheet = SHEETS[code]
    user = keeper(sheet, bureau)
    with acting_as(user, "test"):
        sent = filled(sheet)
        for _ in range(2):
            batch = batches.dry_run(code, sent, name="填报.xlsx", by=user)
            landed = batches.commit(batch, by=user)
            assert (landed.created, landed.rejected) == (2, 0), problems(landed)
            assert batches.undo(landed, by=user).kept == []


def changed(typed: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """The cells that came back otherwise than they were typed: (typed, stored) by column."""
    return {
        name: (value, stored.get(name))
        for name, value in typed.items()
        if stored.get(name) != value
    }


def open_numbers(sheet: Sheet, rows: list[list[Any]]) -> list[Any]:
    """Personal cells that show a whole number."""
    places = [place for place, column in enumerate(sheet.columns) if column.personal]
    return [row[place] for row in rows for place in places if re.search(r"\d{8}", str(row[place]))]


@pytest.mark.parametrize("code", sorted(ROWS))
def test_headings_are_the_words_of_the_form(code: str, bureau: County) -> None:
    """A column about a field of the record is found under the field's own words."""
    sheet = SHEETS[code]
    with acting_as_system("test"):
        model = exporting.rows_of(sheet, {}).model
    matcher = Matcher(sheet)
    compared, strange = 0, []
    for column in sheet.columns:
        try:
            words = str(model._meta.get_field(column.name).verbose_name)
        except (FieldDoesNotExist, AttributeError):
            continue
        compared += 1
        if matcher.candidates(Heading(1, words, (words,)))[0] != {column.name}:
            strange.append((column.heading, words))
    assert strange == [], (
        f"sheet {code}, (heading, words of the field) that are not the same column: in its Column "
        "of imports.py add the words of the field to `synonyms`, or take them as the heading"
    )
    assert compared >= 2
