"""Runners of the reminder scan as processes of their own: ``python -m tests.faults.scanner``.

Each line ``start N`` on standard input forks N runners, which all do what the periodic job does, in
small batches, so that a kill finds many places to hit; their pids are the answer.  ``wait`` answers
with how they ended: 0, or minus the signal that killed them.
"""

import os
import sys

import django

django.setup()

from hrss_portal.access.scope import acting_as_system  # noqa: E402 -- the apps must be loaded first
from hrss_portal.casework import reminders  # noqa: E402

BATCH = 5


def scan() -> None:
    """The scan of one runner, to its end."""
    with acting_as_system("reminders"):
        reminders.take_steps()
        while reminders.tell_people(BATCH):
            pass


def fork() -> int:
    """A new runner; its pid."""
    pid = os.fork()
    if not pid:
        try:
            scan()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return pid


def answer(numbers: list[int]) -> None:
    """One line on standard output."""
    sys.stdout.write(" ".join(map(str, numbers)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    runners: list[int] = []
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        if word == "start":
            runners = [fork() for _ in range(int(number))]
            answer(runners)
        elif word == "wait":
            answer([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in runners])
