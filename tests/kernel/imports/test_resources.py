"""Small registers through django-import-export, without its known faults."""

import io
from typing import Any

import openpyxl
import pytest
from django import forms
from django.db import connection

from hrss_portal.access.models import Unit
from hrss_portal.access.scope import acting_as_system
from hrss_portal.areas import Column, Sheet
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.models import HeadingMemory
from hrss_portal.imports.resources import (
    SealedStorage,
    load_register,
    read_register,
    register_resource,
    write_register,
)
from tests.factories.imports import workbook

MEMORY = Sheet(
    code="T02",
    title="列名对应",
    columns=(
        Column(name="heading", heading="列名", field=forms.CharField, key=True),
        Column(name="sheet_code", heading="表号", field=forms.CharField, key=True),
        Column(name="column", heading="对应", field=lambda: forms.CharField(required=False)),
    ),
    commit="tests.kernel.imports.doors.commit",
    policy="imports.batch.add",
)


@pytest.fixture
def resource(county: Any) -> Any:
    found = register_resource(MEMORY, HeadingMemory)

    def with_unit(self: Any, instance: Any, row: Any, **kwargs: Any) -> None:
        instance.unit = Unit.objects.get(pk=county.bureau.pk)
        type(self).__mro__[1].import_instance(self, instance, row, **kwargs)

    found.import_instance = with_unit
    with acting_as_system("test"):
        yield found


def load(resource: Any, rows: list[list[Any]], *, dry_run: bool = False) -> Any:
    content = workbook([["标题"], ["列名", "表 号", "对应"], *rows])
    return load_register(resource, read_register(MEMORY, content, "a.xlsx"), dry_run=dry_run)


def test_rows_are_created_updated_and_left_alone(resource: Any) -> None:
    rows = [["电话", "X01", "phone"], ["手机", "X01", None]]
    assert load(resource, rows).totals["new"] == 2
    again = load(resource, [["电话", "X01", "mobile"], rows[1]])
    assert (again.totals["update"], again.totals["skip"]) == (1, 1)
    assert HeadingMemory.objects.get(heading="电话").column == "mobile"


def test_one_wrong_row_and_nothing_is_written_with_every_message(resource: Any) -> None:
    result = load(resource, [["电话", "X01", "phone"], ["手机", None, None]])
    assert HeadingMemory.objects.count() == 0
    said = [*(str(row.error) for row in result.invalid_rows), *map(str, result.error_rows)]
    assert said != []


def test_dry_run_writes_nothing(resource: Any) -> None:
    assert load(resource, [["电话", "X01", "phone"]], dry_run=True).totals["new"] == 1
    assert HeadingMemory.objects.count() == 0


def test_an_import_never_rewinds_the_sequence(resource: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('imports_headingmemory', 'id'))")
        before = cursor.fetchone()[0]
    load(resource, [["电话", "X01", "phone"]])
    load(resource, [["手机", "X01", "phone"]])
    assert min(HeadingMemory.objects.values_list("pk", flat=True)) == before + 1


def test_formulas_leave_as_text_and_come_back_equal(resource: Any) -> None:
    load(resource, [["'=1+1", "X01", "@x"]])
    stored = HeadingMemory.objects.get()
    assert (stored.heading, stored.column) == ("=1+1", "@x")
    stream = io.BytesIO()
    assert write_register(resource, HeadingMemory.objects.all(), stream) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).worksheets[0]
    assert next((cell.value, cell.data_type) for cell in sheet[2]) == ("=1+1", "s")
    data = read_register(MEMORY, stream.getvalue(), "a.xlsx")
    assert load_register(resource, data, dry_run=False).totals["skip"] == 1


def test_a_register_needs_a_key_and_clear_headings() -> None:
    with pytest.raises(ValueError, match="key"):
        register_resource(
            Sheet(code="T", title="", columns=MEMORY.columns[2:], commit="", policy=""),
            HeadingMemory,
        )
    with pytest.raises(NotPossible, match="请指定"):
        read_register(MEMORY, workbook([["列名", "列 名", "表号"], ["甲", "乙", "丙"]]), "a.xlsx")


@pytest.mark.parametrize("data", ["身份证", b"\x00\xff"])
def test_waiting_files_are_sealed(data: Any) -> None:
    store = SealedStorage()
    store.save(data)
    assert SealedStorage(name=store.name).read() == data
    kept = super(SealedStorage, store).read()
    assert str(data).encode() not in kept[1]
    store.remove()
    with pytest.raises(NotPossible):
        store.read()
