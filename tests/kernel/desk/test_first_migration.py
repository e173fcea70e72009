"""The shortened first migration makes exactly what the models say."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState

from hrss_portal.areas import portal_apps
from hrss_portal.desk.first_migration import only_what_is_added

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, character_maximum_length,
           numeric_precision, is_identity, column_default IS NOT NULL, is_generated
    FROM information_schema.columns WHERE table_schema = %s
"""
CONSTRAINTS = """
    SELECT r.relname, c.conname, replace(pg_get_constraintdef(c.oid), n.nspname || '.', '')
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = %s
"""
INDEXES = """
    SELECT tablename, indexname, replace(indexdef, schemaname || '.', '')
    FROM pg_indexes WHERE schemaname = %s
"""


def rows(query: str, schema: str) -> set[tuple[Any, ...]]:
    """What one schema holds."""
    with connection.cursor() as cursor:
        cursor.execute(query, [schema])
        return set(cursor.fetchall())


@pytest.mark.django_db
def test_first_migration_makes_the_schema_of_the_models() -> None:
    """The test database was migrated that way; beside it every model is made directly."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA compared")
        cursor.execute("SET LOCAL search_path TO compared, public")
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    labels = {config.label for config in portal_apps()}
    tables = {
        model._meta.db_table for model in apps.get_models() if model._meta.app_label in labels
    }
    for query in (COLUMNS, CONSTRAINTS, INDEXES):
        migrated = {row for row in rows(query, "public") if row[0] in tables}
        direct = {row for row in rows(query, "compared") if row[0] in tables}
        assert direct - migrated == set()
        if query == COLUMNS:
            assert migrated == direct


def test_the_shortcut_ends_with_its_block() -> None:
    """Later migrations, on a database with data, are Django's own to the last line."""
    before = ProjectState.__dict__["_find_reload_model"], ProjectState.__dict__["add_model"]
    with only_what_is_added():
        assert ProjectState.__dict__["_find_reload_model"] is not before[0]
    assert (
        ProjectState.__dict__["_find_reload_model"],
        ProjectState.__dict__["add_model"],
    ) == before
