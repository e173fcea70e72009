"""The jobs that the queue declares for itself."""

from hrss_portal.areas import JobKind

jobs = (
    JobKind(
        code="jobs.canary",
        label="心跳自检",
        run="hrss_portal.jobs.upkeep.canary",
        every=60,
        attempts=1,
    ),
    JobKind(
        code="jobs.prune", label="清理作业记录", run="hrss_portal.jobs.upkeep.prune", at="03:40"
    ),
)
