"""The periodic work of ``audit``."""

from hrss_portal.areas import JobKind

jobs = (
    JobKind(
        code="audit.seal",
        label="封存审计日志",
        run="hrss_portal.audit.seal.run",
        every=60,
        attempts=1,
        options={"purpose": "audit"},
    ),
)
