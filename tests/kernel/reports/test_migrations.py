"""The migrations of reports go back and forth over rows that only the newer state knows."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.reports import writing
from hrss_portal.reports.models import Report, Section
from tests.kernel.reports.test_writing import section

pytestmark = pytest.mark.django_db
BEFORE = [("reports", "0002_add_section_editor")]


def migrate(target: list[tuple[str, str]]) -> None:
    """The schema of reports at a migration; what was written is checked first, as at a commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate(target)


def states() -> dict[str, str]:
    """The state of each section, read past the models."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, state FROM reports_section")
        return dict(cursor.fetchall())


def columns() -> set[str]:
    """What the table of sections has."""
    with connection.cursor() as cursor:
        return {
            one.name
            for one in connection.introspection.get_table_description(cursor, "reports_section")
        }


def test_an_omitted_section_is_blank_again_on_the_way_back(
    report: Report, office_clerk: Any
) -> None:
    with acting_as_system("test"):
        one = section(report, "services")
        writing.omit(one, reason="未接入", by=office_clerk, version=one.version)
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("reports")
    migrate(BEFORE)
    assert "omitted_reason" not in columns()
    assert set(states().values()) == {"blank"}
    assert ChangeEntry.objects.filter(table="reports_section").latest("pk").actor_name == "系统"
    migrate(newest)
    assert "omitted_reason" in columns()
    with acting_as_system("test"):
        again = Section.objects.get(report=report, code="services")
        assert (again.state, again.omitted_by, again.omitted_reason) == ("blank", None, "")
        writing.omit(again, reason="仍未接入", by=office_clerk, version=again.version)
