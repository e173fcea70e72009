"""Work of the desk outside requests."""

from hrss_portal.areas import JobKind

jobs = (
    JobKind(
        code="desk.forget_calls",
        label="清理过期的接口调用记录",
        run="hrss_portal.desk.api.upkeep.forget",
        at="03:40",
    ),
)
