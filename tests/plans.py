"""What the database does for a query: rows that its plan reads, never seconds; and many years."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import connection, models
from django.test.utils import CaptureQueriesContext

SHUT = ("seqscan", "sort")
#: Shut besides, a row of one table is looked up for each row of the other.
ONE_BY_ONE = ("hashjoin", "mergejoin", "hashagg")


def asked(work: Callable[[], Any]) -> list[str]:
    """The SELECT statements that a piece of work sends."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return [one["sql"] for one in queries if one["sql"].startswith("SELECT")]


def nodes(sql: str, *besides: str) -> list[dict[str, Any]]:
    """The nodes of the plan of a statement as it ran, where an index is taken if one serves.

    Of few rows the planner may like a whole table better, now and then: those ways are shut, and
    those named ``besides``.
    """
    shut = (*SHUT, *besides)
    with connection.cursor() as cursor:
        for way in shut:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
        for way in shut:
            cursor.execute(f"SET LOCAL enable_{way} = on")
    plan = json.loads(found) if isinstance(found, str) else found
    return list(_walk(plan[0]["Plan"]))


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _walk(child)


def read_of(table: str, sql: str, *besides: str) -> int:
    """How many rows of a table the plan of a statement reads, those it throws away included."""
    return sum(
        int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in nodes(sql, *besides)
        if node.get("Relation Name") == table
    )


def fewest_read_of(table: str, sql: str) -> int:
    """How many rows of a table the best of the ways by an index reads: which of them the planner
    likes depends, of few rows, on what other tests have left in the table."""
    ways = ((), ("bitmapscan",), ("indexscan",))
    return min(read_of(table, sql, *shut) for shut in ways)


def copies(row: models.Model, number: int, **values: str) -> None:
    """Further rows like one in its own table; ``values`` are SQL by column, ``n`` counts from 1."""
    _copy(type(row)._meta, {type(row)._meta.pk.column: row.pk}, number, values)


def copied_cases(case: Any, number: int, **values: str) -> None:
    """Further cases like one; their keys are ``FIRST + n``."""
    base = {"id": f"{FIRST} + n", "number": "NULL"} | values
    parent = case._meta.get_parent_list()[-1]._meta
    _copy(parent, {"id": case.pk}, number, base)
    _copy(case._meta, {"case_ptr_id": case.pk}, number, {"case_ptr_id": f"{FIRST} + n"})


FIRST = 1_000_000


def _copy(meta: Any, of: Mapping[str, Any], number: int, values: Mapping[str, str]) -> None:
    given = {
        field.column: f'"{field.column}"'
        for field in meta.local_concrete_fields
        if not field.primary_key or field.column in values
    } | dict(values)
    names = ", ".join(f'"{name}"' for name in given)
    [(key, value)] = of.items()
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({names}) SELECT {", ".join(given.values())}'  # noqa: S608
            f' FROM "{meta.db_table}", generate_series(1, {number}) AS n WHERE "{key}" = %s',
            [value],
        )
        cursor.execute(f'ANALYZE "{meta.db_table}"')
