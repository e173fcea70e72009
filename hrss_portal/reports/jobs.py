"""Work of the reports that runs outside a request."""

from hrss_portal.areas import JobKind

jobs = (
    JobKind(
        code="reports.export",
        label="生成报告文件",
        run="hrss_portal.reports.exporting.run",
        attempts=2,
        lease_seconds=120,
    ),
)
