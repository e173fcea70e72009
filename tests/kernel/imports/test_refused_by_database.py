"""What only the database refuses is said beside its row; the other rows of the batch land."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection

from hrss_portal.access.constraints import broken_rule, constraint_of
from hrss_portal.imports import batches, registry
from hrss_portal.imports.doors import UNWORDED
from hrss_portal.imports.models import StagedRow
from tests.factories.imports import made_up_people, people_book
from tests.kernel.imports.doors import people
from tests.kernel.imports.sheets import PEOPLE

WIDE = replace(PEOPLE, commit="tests.kernel.imports.test_refused_by_database.together")
BAD = "甲" * 21


class Violation(Exception):
    """What the driver tells."""

    def __init__(self, constraint: str | None) -> None:
        self.diag = SimpleNamespace(constraint_name=constraint)


def refused(constraint: str | None) -> IntegrityError:
    """An error of the database, as Django wraps it."""
    error = IntegrityError()
    error.__cause__ = Violation(constraint)
    return error


def together(rows: list[Any], *, context: Any) -> list[dict[str, Any]]:
    """All rows in one statement, as COPY writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO test_people (id_no, name) SELECT * FROM unnest(%s::text[], %s::text[])",
            [[row.cleaned[name] for row in rows] for name in ("id_no", "name")],
        )
    return [{"row": row.number, "action": "created", "messages": []} for row in rows]


@pytest.mark.parametrize(
    "rule",
    [
        "ALTER TABLE test_people ADD CONSTRAINT short CHECK (length(name) <= 20)",
        "ALTER TABLE test_people ALTER COLUMN name TYPE varchar(20)",
    ],
)
def test_the_row_is_refused_in_words_and_the_others_land(
    as_clerk: Any, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    monkeypatch.setattr(registry, "sheets", lambda: (WIDE,))
    with connection.cursor() as cursor:
        cursor.execute(rule)
    rows = made_up_people(7)
    rows[4][1] = BAD
    book = people_book(rows)
    batch = batches.dry_run("T01", book, name="台账.xlsx", by=as_clerk)
    assert (batch.created, batch.rejected) == (6, 1)
    assert people() == []
    landed = batches.commit(batch, by=as_clerk)
    assert (landed.created, landed.rejected) == (6, 1)
    assert [name for _, name, *_ in people()] == [row[1] for row in rows if row[1] != BAD]
    (refused,) = StagedRow.objects.filter(batch=batch, action="rejected")
    assert [(one["column"], one["message"]) for one in refused.messages] == [("id_no", UNWORDED)]


@pytest.mark.parametrize(
    ("constraint", "name", "fields", "words"),
    [
        ("casework_case_number", "casework_case_number", ("kind", "number"), "这个案号已经用过"),
        ("parties_entry_version", "parties_entry_version", ("list", "code", "version"), ""),
        ("nobody_declares_this", "nobody_declares_this", (), ""),
        (None, "", (), ""),
    ],
)
def test_a_broken_constraint_is_told_in_the_words_of_its_model(
    constraint: str | None, name: str, fields: tuple[str, ...], words: str
) -> None:
    found, rule = constraint_of(refused(constraint))
    assert (found, getattr(rule, "fields", ())) == (name, fields)
    assert broken_rule(refused(constraint)) == words
