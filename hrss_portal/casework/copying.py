"""Rows into PostgreSQL by COPY, with their ids taken in advance."""

import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Field, JSONField, Model

from hrss_portal.audit.context import stamp

NULL = "\\N"


def take_ids(model: type[Model], count: int) -> list[int]:
    """``count`` primary keys of the model's sequence, in one query."""
    root = model._meta.get_parent_list()[-1] if model._meta.parents else model
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [root._meta.db_table, root._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert instances, primary keys set, into the model's own table (not its parents').

    Raises what the database raises on a broken constraint; nothing of the statement stays.
    """
    if not rows:
        return
    fields = list(model._meta.local_concrete_fields)
    buffer = io.StringIO()
    for row in rows:
        buffer.write("\t".join(_text(field, row) for field in fields))
        buffer.write("\n")
    buffer.seek(0)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    # the driver's COPY; everything else goes through the ORM, which words the driver's errors
    with connection.cursor() as cursor, connection.wrap_database_errors:
        stamp(cursor)
        cursor.copy_expert(
            f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN",
            buffer,
        )


def _text(field: Field, row: Model) -> str:
    value = (
        field.pre_save(row, add=True) if field.name == "updated_at" else getattr(row, field.attname)
    )
    if value is None:
        return NULL
    if isinstance(field, JSONField):
        return _escape(json.dumps(value, ensure_ascii=False))
    if isinstance(field, ArrayField):
        return _escape("{" + ",".join(_element(item) for item in value) + "}")
    if not isinstance(value, str | int | Decimal | date | datetime | bool):
        value = field.get_db_prep_save(value, connection)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _escape(str(value))


def _element(item: Any) -> str:
    text = str(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _escape(text: str) -> str:
    return (
        text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\x00", "")
    )
