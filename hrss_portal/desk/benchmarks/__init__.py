"""Measurements that the portal makes of itself: ``manage bench NAME``.

Every figure is a ratio of two things measured in one run on one machine; seconds alone say little.
A benchmark is a module here with ``run(rounds, rows) -> Report`` and stands in ``BENCHMARKS``.
"""

#: Name → dotted path of ``run(*, rounds: int, rows: int | None) -> Report``.
BENCHMARKS = {
    "deadlines": "hrss_portal.desk.benchmarks.deadlines.run",
    "startup": "hrss_portal.desk.benchmarks.startup.run",
}
