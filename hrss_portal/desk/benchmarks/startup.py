"""How long the portal takes to be ready for work, against an empty Python."""

import subprocess
import sys
from functools import partial
from pathlib import Path

from django.conf import settings

from hrss_portal.desk.benchmarks.measuring import Ratio, Report, Variant, timed

INCLUDES = (
    "Wall time of processes started in turn: an empty Python; Django set up with all apps of the "
    "portal; the system checks on top of that."
)
SET_UP = "import django; django.setup()"


def run(*, rounds: int, rows: int | None = None) -> Report:
    """An empty Python, the apps loaded, and ``manage.py check``."""
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    bare, loaded = Variant("python -c pass"), Variant("all apps loaded")
    checked = Variant("manage.py check")
    for _ in range(rounds):
        for variant, arguments in (
            (bare, ["-c", "pass"]),
            (loaded, ["-c", SET_UP]),
            (checked, [manage, "check"]),
        ):
            timed(variant, partial(start, arguments))
    ratios = [
        Ratio("manage.py check / python -c pass", checked.median_s / bare.median_s, "<= 120"),
        Ratio("checks / loading", checked.median_s / loaded.median_s, "<= 2"),
    ]
    return Report("startup", rounds, 0, [bare, loaded, checked], ratios, INCLUDES)


def start(arguments: list[str]) -> None:
    """Run a Python process to its end.  Raises ``CalledProcessError`` when it fails."""
    subprocess.run(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        cwd=settings.BASE_DIR,
    )
