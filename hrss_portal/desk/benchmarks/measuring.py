"""How benchmarks measure: turns, medians, ratios, and what was measured on which machine."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection


@dataclass
class Variant:
    """One thing that was timed, in seconds per turn."""

    name: str
    seconds: list[float] = field(default_factory=list)
    rss_mb: int = 0

    @property
    def median_s(self) -> float:
        """The median turn."""
        return median(self.seconds)

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "name": self.name,
            "median_s": round(self.median_s, 4),
            "min_s": round(min(self.seconds), 4),
            "max_s": round(max(self.seconds), 4),
            "rss_mb": self.rss_mb,
        }


@dataclass(frozen=True)
class Ratio:
    """Two variants against each other, with the goal: ``>=`` or ``<=`` and a number."""

    name: str
    value: float
    goal: str

    @property
    def ok(self) -> bool:
        """Whether the goal is reached."""
        sign, number = self.goal.split()
        return self.value >= float(number) if sign == ">=" else self.value <= float(number)

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "goal": self.goal,
            "ok": self.ok,
        }


@dataclass
class Report:
    """A whole benchmark.  ``includes`` says what the timings contain."""

    name: str
    rounds: int
    rows: int
    variants: list[Variant]
    ratios: list[Ratio]
    includes: str

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "name": self.name,
            "machine": machine(),
            "rounds": self.rounds,
            "rows": self.rows,
            "includes": self.includes,
            "variants": [one.as_json() for one in self.variants],
            "ratios": [one.as_json() for one in self.ratios],
        }


def timed(variant: Variant, work: Callable[[], Any]) -> Any:
    """Run ``work`` once and note how long it took and how much memory the process holds."""
    start = time.perf_counter()
    result = work()
    variant.seconds.append(time.perf_counter() - start)
    variant.rss_mb = max(variant.rss_mb, resident_mb())
    return result


def resident_mb() -> int:
    """Resident memory of this process in MB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


def machine() -> dict[str, Any]:
    """What was measured on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": server,
        "fsync": fsync,
    }
