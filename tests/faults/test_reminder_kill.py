"""Four runners of the reminder scan at once, killed and started again: every reminder once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework.models import Reminder
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories.deadlines import shipped_rules
from tests.faults.portals import until
from tests.faults.test_worker_kill import test_database_url
from tests.kernel.casework.test_reminders import many_clocks

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("server"),
]
ROOT = Path(__file__).parents[2]
RUNNERS, CLOCKS, KILLS = 4, 200, 4


class Runners:
    """Four processes that scan, forked anew after each kill."""

    def __init__(self) -> None:
        self.source = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.scanner"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": test_database_url(), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pids: list[int] = []

    def ask(self, words: str) -> list[int]:
        """Tell the process that forks them; the numbers it answers with."""
        assert self.source.stdin is not None
        assert self.source.stdout is not None
        print(words, file=self.source.stdin, flush=True)
        return [int(word) for word in self.source.stdout.readline().split()]

    def start(self) -> None:
        """Four at once."""
        self.pids = self.ask(f"start {RUNNERS}")

    def kill(self) -> int:
        """Kill them without a word of warning; how many were still at work."""
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        return self.end().count(-signal.SIGKILL)

    def end(self) -> list[int]:
        """How they ended, once they have."""
        ended, self.pids = self.ask("wait"), []
        return ended


@pytest.fixture
def runners() -> Iterator[Runners]:
    """None is left at the end."""
    made = Runners()
    yield made
    for pid in made.pids:
        os.kill(pid, signal.SIGKILL)
    made.source.communicate(timeout=60)


def told() -> int:
    """The reminders that were told."""
    return Reminder.objects.filter(told_at__isnull=False).count()


def test_four_runners_killed_and_started_again_remind_once(
    county: County, arbitration_head: User, runners: Runners
) -> None:
    shipped_rules()
    many_clocks(county, CLOCKS)
    killed = 0
    with acting_as_system("test"):
        for _ in range(KILLS):
            before = told()
            runners.start()
            assert until(lambda before=before: told() > before, 60)
            killed += runners.kill()
            assert Reminder.objects.count() == CLOCKS
        assert told() < CLOCKS, "nothing was left to do after the last kill"
        runners.start()
        assert runners.end() == [0] * RUNNERS
        notices = Notice.objects.filter(kind="deadline", user=arbitration_head)
        assert killed >= KILLS
        assert (Reminder.objects.count(), told()) == (CLOCKS, CLOCKS)
        assert notices.count() == CLOCKS
        assert notices.values("key").distinct().count() == CLOCKS
