"""What the demo county exports comes back unchanged: live and imported cases, registers."""

import io

import pytest

from hrss_portal.access.scope import acting_as
from hrss_portal.imports import batches, exporting, registry
from hrss_portal.imports.models import StagedRow
from tests.e2e.conftest import Demo

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("code", ["X10", "X16", "X17", "X18", "X19"])
def test_what_the_demo_county_exports_is_imported_unchanged(demo: Demo, code: str) -> None:
    sheet, head, stream = registry.sheet(code), demo.user("2001"), io.BytesIO()
    with acting_as(head, "test"):
        count = exporting.export_rows(sheet, exporting.rows_of(sheet, {}), stream, by=None)
        batch = batches.dry_run(code, stream.getvalue(), name="导出.xlsx", by=head)
        rows = StagedRow.objects.filter(batch=batch).exclude(action="unchanged")
        changed = [(row.number, row.action, row.messages) for row in rows.order_by("number")]
    assert changed == []
    assert batch.read == batch.unchanged == count > 5
