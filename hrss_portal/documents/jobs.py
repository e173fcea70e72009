"""Periodic work of the documents."""

from hrss_portal.areas import JobKind

jobs = (
    JobKind(
        code="documents.orphans",
        label="清理无主文件",
        run="hrss_portal.documents.upkeep.sweep_orphans",
        at="03:50",
    ),
)
