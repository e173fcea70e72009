"""The functions behind the test sheet: an upsert into a bare table, and its undo."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

CREATE = (
    "CREATE TABLE IF NOT EXISTS test_people (id serial PRIMARY KEY, id_no text UNIQUE, name text, "
    "phone text, town text, version int NOT NULL DEFAULT 1)"
)


def make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CREATE)


def people() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_no, name, phone, town FROM test_people ORDER BY id")
        return cursor.fetchall()


def check(cleaned: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if cleaned["note"] == "禁":
        yield "note", "备注不能写“禁”"
    if cleaned["note"] == "要乡镇" and not cleaned["town"]:
        yield "town", "这一行要填乡镇"


def commit(rows: list[Any], *, context: Any) -> list[dict[str, Any]]:
    return [_land(row) for row in rows]


def _land(row: Any) -> dict[str, Any]:
    new = [row.cleaned[name] for name in ("name", "phone", "town")]
    if row.cleaned["note"] == "拒":
        return {"row": row.number, "action": "rejected", "messages": [("note", "本人在限制名单")]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, phone, town FROM test_people WHERE id_no = %s", [row.cleaned["id_no"]]
        )
        found = cursor.fetchone()
        if found is None:
            cursor.execute(
                "INSERT INTO test_people (id_no, name, phone, town) VALUES (%s, %s, %s, %s) "
                "RETURNING id",
                [row.cleaned["id_no"], *new],
            )
            return {"row": row.number, "action": "created", "pk": cursor.fetchone()[0]}
        pk, *old = found
        if old == new:
            return {"row": row.number, "action": "unchanged", "pk": pk}
        cursor.execute(
            "UPDATE test_people SET name = %s, phone = %s, town = %s, version = version + 1 "
            "WHERE id = %s RETURNING version",
            [*new, pk],
        )
        before = {"values": old, "version": cursor.fetchone()[0]}
        return {"row": row.number, "action": "updated", "pk": pk, "before": before}


def undo(outcomes: list[dict[str, Any]], *, context: Any) -> list[dict[str, Any]]:
    return [_back(outcome) for outcome in outcomes]


def _back(outcome: dict[str, Any]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        if outcome["action"] == "created":
            cursor.execute("DELETE FROM test_people WHERE id = %s AND version = 1", [outcome["pk"]])
        else:
            cursor.execute(
                "UPDATE test_people SET name = %s, phone = %s, town = %s "
                "WHERE id = %s AND version = %s",
                [*outcome["before"]["values"], outcome["pk"], outcome["before"]["version"]],
            )
        undone = cursor.rowcount == 1
    return {"row": outcome["row"], "undone": undone, "message": "" if undone else "之后又被改过"}


def export(filters: dict[str, list[str]]) -> list[tuple[Any, ...]]:
    unknown = filters.keys() - {"town"}
    if unknown:
        raise ValueError("、".join(sorted(unknown)))
    towns = filters.get("town")
    return [row for row in people() if not towns or row[3] in towns]


def row_of(found: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("id_no", "name", "phone", "town"), found, strict=True))
