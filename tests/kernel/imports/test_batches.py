"""From file to receipt and back: accounting, same file again, permissions, undo."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrss_portal.access.policy import Refused
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.imports import batches
from hrss_portal.imports.landing import NotPossible
from hrss_portal.imports.models import Batch, HeadingMemory, StagedRow, Upload
from hrss_portal.imports.refusals import FileRefused
from hrss_portal.imports.registry import UnknownSheet
from tests.factories.imports import made_up_people, people_book, without_results, workbook
from tests.kernel.imports.doors import people

pytestmark = pytest.mark.usefixtures("people_sheet")


def try_file(content: bytes, by: Any) -> Batch:
    return batches.dry_run("T01", content, name="台账.xlsx", by=by)


def messages_of(batch: Batch, number: int) -> list[tuple[str, str, str]]:
    row = StagedRow.objects.get(batch=batch, number=number)
    return [(item["letter"], item["code"], item["level"]) for item in row.messages]


def test_dry_run_predicts_and_writes_nothing(as_clerk: Any) -> None:
    batch = try_file(people_book(made_up_people(3)), as_clerk)
    assert batch.figures() == {
        "read": 3,
        "created": 3,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
    }
    assert batch.state == Batch.State.READY
    assert people() == []


def test_commit_lands_what_the_dry_run_said(as_clerk: Any) -> None:
    batch = try_file(people_book(made_up_people(3)), as_clerk)
    landed = batches.commit(batch, by=as_clerk)
    assert landed.state == Batch.State.DONE
    assert landed.figures() == batch.figures()
    assert len(people()) == 3
    assert (landed.committed_by, landed.unit) == (as_clerk, as_clerk.unit)


def test_landing_twice_lands_once(as_clerk: Any) -> None:
    batch = try_file(people_book(made_up_people(2)), as_clerk)
    first = batches.commit(batch, by=as_clerk)
    again = batches.commit(batch, by=as_clerk)
    assert again.committed_at == first.committed_at
    assert len(people()) == 2


def test_same_file_again_changes_nothing_and_is_recognised(as_clerk: Any) -> None:
    content = people_book(made_up_people(3))
    first = batches.commit(try_file(content, as_clerk), by=as_clerk)
    again = try_file(content, as_clerk)
    assert batches.same_before(again) == first
    landed = batches.commit(again, by=as_clerk)
    assert landed.figures() | {"rejected": 0} == landed.figures()
    assert (landed.created, landed.unchanged) == (0, 3)


def test_every_error_of_every_row_at_once(as_clerk: Any) -> None:
    rows = made_up_people(6)
    rows[0][2] = 341522200001011234
    rows[1][2] = "3.41522E+17"
    rows[2][1], rows[2][3], rows[2][4] = None, "138", "2023年11月"
    rows[3][0] = "城关"
    rows[4][2] = rows[5][2]
    batch = try_file(people_book(rows), as_clerk)
    assert messages_of(batch, 3) == [("C", "excel", "wrong")]
    assert messages_of(batch, 4) == [("C", "excel", "wrong")]
    assert messages_of(batch, 5) == [
        ("B", "required", "wrong"),
        ("D", "length", "wrong"),
        ("E", "month", "wrong"),
    ]
    assert messages_of(batch, 6) == [("A", "invalid_choice", "wrong")]
    assert messages_of(batch, 7) == [("C", "twin", "look")]
    assert messages_of(batch, 8) == [("C", "duplicate", "wrong")]
    assert (batch.read, batch.created, batch.rejected) == (6, 1, 5)


def test_messages_never_carry_an_identifier(as_clerk: Any) -> None:
    rows = made_up_people(1)
    rows[0][2] = rows[0][2][:-1] + "ab"
    batch = try_file(people_book(rows), as_clerk)
    message = StagedRow.objects.get(batch=batch).messages[0]
    assert message["value"] == f"{rows[0][2][:6].upper()}…{rows[0][2][-4:].upper()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM imports_stagedrow r")
        stored = cursor.fetchone()[0]
    assert rows[0][2] not in stored
    assert rows[0][1] not in stored


def test_cross_field_rule_and_refusal_by_the_landing(as_clerk: Any) -> None:
    rows = made_up_people(3)
    rows[0][6], rows[1][6] = "禁", "拒"
    batch = try_file(people_book(rows), as_clerk)
    assert messages_of(batch, 3) == [("G", "check", "wrong")]
    assert messages_of(batch, 4) == [("G", "landing", "wrong")]
    landed = batches.commit(batch, by=as_clerk)
    assert landed.state == Batch.State.PARTIAL
    assert landed.figures() == {
        "read": 3,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 2,
    }


def test_error_cells_and_dates_as_serials(as_clerk: Any) -> None:
    rows = made_up_people(2)
    rows[0][4], rows[1][4] = 45246, 45246.5
    batch = try_file(people_book(rows), as_clerk)
    assert messages_of(batch, 3) == []
    assert messages_of(batch, 4) == [("E", "serial", "wrong")]


def test_a_row_of_uncalculated_formulas_is_data(as_clerk: Any) -> None:
    rows = [*made_up_people(1), ["=A1", "=B1", "=C1", None, None, None, None]]
    batch = try_file(without_results(people_book(rows)), as_clerk)
    assert [code for _, code, _ in messages_of(batch, 4)] == ["formula"] * 3


def test_numeric_ids_are_refused_every_one(as_clerk: Any) -> None:
    rows = made_up_people(300)
    for row in rows:
        row[2] = int(row[2][:17] + "0")
    batch = try_file(people_book(rows), as_clerk)
    assert (batch.read, batch.rejected) == (300, 300)


def test_ambiguous_headings_stop_the_dry_run_and_are_remembered_once_settled(
    as_clerk: Any,
) -> None:
    content = workbook([["姓名", "身份证号", "手机", "电话"], ["测甲", "x", "1", "2"]])
    with pytest.raises(NotPossible, match="都像“联系电话”"):
        try_file(content, as_clerk)
    batch = Batch.objects.get()
    assert batch.state == Batch.State.RECOGNISED
    batches.settle(batch, {1: "name", 2: "id_no", 3: "", 4: "phone"})
    assert batches.open_questions(batch) == []
    assert HeadingMemory.recall(as_clerk.unit, "T01") == {"手机": "", "电话": "phone"}
    assert try_file(content, as_clerk).place.columns[4] == ("phone", 8)


def test_missing_required_column_is_named(as_clerk: Any) -> None:
    with pytest.raises(NotPossible, match="“身份证号码”"):
        try_file(workbook([["姓名", "联系电话"], ["测甲", "1"]]), as_clerk)


def test_unknown_sheet_and_refused_file(as_clerk: Any) -> None:
    with pytest.raises(UnknownSheet):
        batches.dry_run("X99", b"", name="a.xlsx", by=as_clerk)
    with pytest.raises(FileRefused):
        try_file(b"%PDF-1.4", as_clerk)
    assert Batch.objects.count() == 0


def test_without_the_right_nothing_is_read(auditor: Any) -> None:
    with pytest.raises(Refused):
        try_file(people_book(made_up_people(1)), auditor)


def test_batches_of_another_unit_are_invisible(as_clerk: Any, town_officer: Any) -> None:
    try_file(people_book(made_up_people(1)), as_clerk)
    with acting_as(town_officer):
        assert Batch.objects.count() == 0


def test_undo_restores_counts_and_values_and_names_what_stays(as_clerk: Any) -> None:
    old = made_up_people(2)
    batches.commit(try_file(people_book(old), as_clerk), by=as_clerk)
    before = people()
    rows = made_up_people(4)
    rows[0][3] = "13911111111"
    batch = batches.commit(try_file(people_book(rows), as_clerk), by=as_clerk)
    assert (batch.created, batch.updated, batch.unchanged) == (2, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE test_people SET name = '改', version = 2 WHERE id_no = %s", [rows[3][2]]
        )
    undone = batches.undo(batch, by=as_clerk)
    assert undone.state == Batch.State.UNDONE
    assert undone.kept == [{"row": 6, "message": "之后又被改过"}]
    assert people()[:2] == before
    assert len(people()) == 3
    with pytest.raises(NotPossible):
        batches.undo(undone, by=as_clerk)


def test_undo_ends_after_seven_days(as_clerk: Any) -> None:
    batch = batches.commit(try_file(people_book(made_up_people(1)), as_clerk), by=as_clerk)
    batch.committed_at -= timedelta(days=8)
    batch.save()
    with pytest.raises(NotPossible, match="7 天"):
        batches.undo(batch, by=as_clerk)


def test_figures_that_do_not_add_up_are_refused_by_the_database(as_clerk: Any) -> None:
    batch = batches.commit(try_file(people_book(made_up_people(1)), as_clerk), by=as_clerk)
    batch.created = 2
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.save()


def test_files_go_after_a_day_rows_after_the_undo_window(as_clerk: Any) -> None:
    batch = batches.commit(try_file(people_book(made_up_people(1)), as_clerk), by=as_clerk)
    idle = try_file(people_book(made_up_people(1)), as_clerk)
    long_ago = timezone.now() - timedelta(days=40)
    Upload.objects.update(created_at=long_ago)
    Batch.objects.filter(pk__in=[batch.pk, idle.pk]).update(updated_at=long_ago)
    with acting_as_system("job"):
        assert batches.forget_old() == {"files": 2, "rows": 2, "batches": 1}
    idle.refresh_from_db()
    assert idle.state == Batch.State.UNDONE


def test_system_dry_run_needs_no_user(people_sheet: Any, county: Any) -> None:
    batch = batches.dry_run("T01", people_book(made_up_people(1)), name="a.xlsx", by=None)
    assert (batch.owner, batch.unit) == (None, county.bureau)


cell = st.one_of(
    st.none(),
    st.sampled_from(
        ["城关镇", "合计", "城关", "2023.11.16", "2023年", "=1+1", "测甲", "13800000000"]
    ),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from([row[2] for row in made_up_people(4)]),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(cell, min_size=7, max_size=7), max_size=12))
def test_accounting_always_adds_up(as_clerk: Any, rows: list[list[Any]]) -> None:
    with transaction.atomic():
        content = people_book([*made_up_people(1), *rows])
        batch = try_file(content, as_clerk)
        predicted = batch.figures()
        landed = batches.commit(batch, by=as_clerk)
        figures = landed.figures()
        assert figures == predicted
        assert figures.pop("read") == sum(figures.values())
        assert StagedRow.objects.filter(batch=landed).count() == landed.read
        again = batches.commit(try_file(content, as_clerk), by=as_clerk)
        assert (again.created, again.updated) == (0, 0)
        assert json.dumps(landed.left_out)
        transaction.set_rollback(True)
