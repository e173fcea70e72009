"""The reminder scan over a million open clocks: one statement against a loop over the ORM.

Works in a schema of its own with copies of the two tables (same indexes, checks and foreign key),
so that the bureau's data are neither read nor changed; the schema is dropped at the end.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from hrss_portal.casework import reminders
from hrss_portal.casework.models import Clock, Reminder
from hrss_portal.desk.benchmarks.measuring import Ratio, Report, Variant, timed

ROWS, SHARE = 1_000_000, 0.045  # open clocks, and the share on a step of the ladder today
TODAY = date(2023, 11, 16)
INCLUDES = (
    "The tables are copies with the same indexes, check constraints and the foreign key of the "
    "reminder to its clock, in a schema of their own, written with WAL. Timed: the statement with "
    "its commit. The loops go through all {due} due clocks with get_or_create, which is what the "
    "statement does: once with a commit for each clock, once within one transaction; finding the "
    "due clocks is not charged to them."
)
FILL = """
INSERT INTO casework_clock
       (case_id, term, label, rule_id, owner, is_target, is_live, started_on, pauses,
        due_on, soon_on, last_call_on, escalate_on, provisional, state)
SELECT n, 'bench', '试验', 1, 'bureau', false, true, %(today)s::date - 30, '[]',
       day, day - 3, day - 1, day + 2, false, 'running'
  FROM (SELECT n, CASE WHEN n <= %(due)s THEN %(today)s::date + (n %% 5)::int - 1
                       ELSE %(today)s::date + 4 + (n %% 90)::int END AS day
          FROM generate_series(1, %(rows)s) AS n) AS days
"""


@contextmanager
def own_tables() -> Iterator[None]:
    """The two tables of the scan in a schema that lives as long as the benchmark."""
    schema = f"bench_{uuid4().hex[:8]}"
    clock, reminder = Clock._meta.db_table, Reminder._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        try:
            for table in (clock, reminder):
                cursor.execute(f"CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING ALL)")
            cursor.execute(
                f"ALTER TABLE {schema}.{reminder} ADD FOREIGN KEY (clock_id)"
                f" REFERENCES {schema}.{clock} (id)"
            )
            cursor.execute(f"SET search_path TO {schema}, public")
            yield
        finally:
            cursor.execute("SET search_path TO DEFAULT")
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")


def run(*, rounds: int, rows: int | None = None) -> Report:
    """The first scan, the scan that finds nothing new, and the loop."""
    rows = rows or ROWS
    due = int(rows * SHARE)
    first, again = Variant("one statement"), Variant("the same again, nothing new")
    loop = Variant("loop over the ORM, a commit each")
    together = Variant("loop over the ORM, one transaction")
    bare = Variant("limit: as many ready rows into a bare table")
    with own_tables():
        fill(rows, due)
        for _ in range(rounds):
            empty()
            found = timed(first, lambda: reminders.take_steps(TODAY))
            if found != due:
                raise RuntimeError(f"the scan found {found} of {due} due clocks")
            if timed(again, lambda: reminders.take_steps(TODAY)):
                raise RuntimeError("the second scan found something new")
            clocks = due_clocks()
            for variant in (loop, together):
                empty()
                scope = transaction.atomic() if variant is together else nullcontext()
                timed(variant, partial(by_loop, clocks, scope))
            timed(bare, lambda: bare_rows(due))
    ratios = [
        Ratio("loop / statement", loop.median_s / first.median_s, ">= 100"),
        Ratio("loop in one transaction / statement", together.median_s / first.median_s, ">= 100"),
        Ratio("again / first", again.median_s / first.median_s, "<= 0.3"),
        Ratio("rows per second / limit", bare.median_s / first.median_s, ">= 0.3"),
    ]
    variants = [first, again, loop, together, bare]
    return Report("deadlines", rounds, rows, variants, ratios, INCLUDES.format(due=due))


def fill(rows: int, due: int) -> None:
    """Open clocks, ``due`` of them on a step of the ladder today."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"rows": rows, "due": due, "today": TODAY})
        cursor.execute("VACUUM ANALYZE casework_clock")


def empty() -> None:
    """Forget every reminder."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE casework_reminder")


def due_clocks() -> list[Any]:
    """The clocks that stand on a step of the ladder."""
    rows = Clock._base_manager.filter(state="running", is_live=True, soon_on__lte=TODAY)
    return list(rows.order_by("pk"))


def by_loop(clocks: list[Any], scope: AbstractContextManager[None]) -> None:
    """What the scan does, a clock at a time.  Raises ``RuntimeError`` when a row is missing."""
    with scope:
        for clock in clocks:
            Reminder.objects.get_or_create(
                clock_id=clock.pk, stage=stage_of(clock), due_on=clock.due_on
            )
    if Reminder.objects.count() != len(clocks):
        raise RuntimeError("the loop and the statement disagree")


def stage_of(clock: Any) -> str:
    """The step on which a clock stands, as ``TAKE_STEPS`` decides it."""
    if clock.escalate_on <= TODAY:
        return "escalate"
    if clock.due_on <= TODAY:
        return "overdue" if clock.due_on < TODAY else "today"
    return "last" if clock.soon_on < clock.last_call_on <= TODAY else "soon"


def bare_rows(rows: int) -> None:
    """The limit: as many ready rows into a table without index or key."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bare (LIKE casework_reminder)")
        cursor.execute("TRUNCATE bare")
        cursor.execute(
            "INSERT INTO bare (id, clock_id, stage, due_on, at, sent_to)"
            " SELECT n, n, 'soon', %s::date, now(), '{}' FROM generate_series(1, %s) n",
            [TODAY, rows],
        )
