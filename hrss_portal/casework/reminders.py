"""The reminder ladder: one statement finds every running clock on a new step, exactly once.

Steps are chosen by state (where a clock stands today), never by equality with today, so a night
without a running portal loses nothing and four scanners at once double nothing.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.casework import resting, tell
from hrss_portal.casework.clock_days import rests
from hrss_portal.casework.models import Case, Clock, Reminder
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.deadlines.spec import OWN_TERMS, Counting
from hrss_portal.notifications.inbox import notify

if TYPE_CHECKING:
    from hrss_portal.jobs.models import Job

STAGES = {
    "soon": "临近到期",
    "last": "即将到期",
    "today": "今天到期",
    "overdue": "已超期",
    "escalate": "超期上报",
}

#: A minimum period is over: what had to wait for it may be done.
FREE = "期满，可以办理"

#: 日办结 is the bureau's own demand: a matter not finished that day is never overdue by it.
NOT_THAT_DAY = "超过本局当日办结要求"

TAKE_STEPS = """
INSERT INTO casework_reminder (clock_id, stage, due_on, at, sent_to)
SELECT clock.id,
       CASE WHEN %(today)s >= clock.escalate_on THEN 'escalate'
            WHEN %(today)s > clock.due_on OR clock.due_at < %(now)s THEN 'overdue'
            WHEN %(today)s = clock.due_on THEN 'today'
            WHEN %(today)s >= clock.last_call_on AND clock.last_call_on > clock.soon_on THEN 'last'
            ELSE 'soon' END,
       clock.due_on, now(), '{{}}'
  FROM casework_clock clock
 WHERE clock.state = 'running' AND clock.is_live AND clock.soon_on <= %(today)s
   AND clock.due_on IS NOT NULL AND clock.owner = 'bureau'
   {but}
ON CONFLICT (clock_id, stage, due_on) DO NOTHING
"""
#: Without the terms of modules that a bureau does not have.
BUT = """
   AND NOT EXISTS (
       SELECT 1 FROM casework_case item JOIN access_unit unit ON unit.id = item.unit_id
         JOIN unnest(%(roots)s::int[], %(terms)s::text[]) AS lacks (root, term)
           ON lacks.root = split_part(unit.path, '/', 1)::int AND lacks.term = clock.term
        WHERE item.id = clock.case_id)
"""


def take_steps(today: date | None = None) -> int:
    """Record every step of the ladder that is due by today; returns how many are new."""
    on = today or timezone.localdate()
    silent = resting.silent(on)
    roots, codes = [root for root, _ in silent], [code for _, code in silent]
    sql = TAKE_STEPS.format(but=BUT if silent else "")
    with connection.cursor() as cursor:
        now = timezone.now()
        cursor.execute(sql, {"today": on, "now": now, "roots": roots, "terms": codes})
        return cursor.rowcount


def tell_people(limit: int = 500) -> int:
    """Notify for the steps not told yet; several runners share the rows, none takes one twice."""
    with transaction.atomic():
        rows = list(
            Reminder.objects.filter(told_at__isnull=True)
            .select_for_update(skip_locked=True)
            .order_by("pk")[:limit]
        )
        clocks = {
            clock.pk: clock
            for clock in Clock._base_manager.filter(
                pk__in=[row.clock_id for row in rows]
            ).select_related("case__unit", "case__handler", "case__deputy", "rule")
        }
        cases = {clock.case_id for clock in clocks.values()}
        sees = cache(lambda user: tell.seen_by(user, cases))
        for row in rows:
            clock = clocks[row.clock_id]
            people = set() if rests(clock) else _people(clock, row.stage, sees)
            row.sent_to = sorted(user.pk for user in people)
            row.told_at = timezone.now()
            if people and clock.state == "running":
                notify(
                    people,
                    title=f"{words_of(row.stage, clock)}：{clock.case.reference} {clock.label}",
                    body=f"{clock.case.title} · {clock.due_on:%Y-%m-%d} {_ends(clock)}",
                    url=clock.case.get_absolute_url(),
                    kind="deadline",
                    key=f"reminder:{row.pk}",
                )
        Reminder.objects.bulk_update(rows, ["sent_to", "told_at"])
        return len(rows)


def words_of(stage: str, clock: Clock) -> str:
    """What a reminder says of a step: a term that the bureau set itself never passes for a
    statutory one."""
    rule = clock.rule
    if rule.is_minimum:
        return FREE
    if rule.nature not in OWN_TERMS:
        return STAGES[stage]
    if rule.counting_rule == Counting.SAME_DAY and stage in {"overdue", "escalate"}:
        return NOT_THAT_DAY
    return f"{STAGES[stage]}（本地）"


def _ends(clock: Clock) -> str:
    return "期满" if clock.rule.is_minimum else "到期"


def run(job: "Job | None" = None) -> dict[str, int]:
    """The periodic job: see which clocks rest, take the due steps, then tell people."""
    resting.sum_up_again()
    taken = take_steps()
    told = 0
    while batch := tell_people():
        told += batch
    return {"taken": taken, "told": told}


def _people(clock: Clock, stage: str, sees: Callable[[User], set[int]]) -> set[User]:
    """Handler and deputy; nobody assigned → who may assign the case; escalation → who decides on
    such cases as well, by post or by delegation.

    ``sees`` gives the ids of the cases that a user may see: the others count as not assigned.
    """
    case = clock.case
    own = (user for user in (case.handler, case.deputy) if user and user.is_active)
    people = {user for user in own if case.pk in sees(user)}
    if not people:
        people |= set(policy.holders(f"{case.kind}.assign", case.unit))
    if stage == "escalate":
        people |= _deciders(case)
    return {user for user in people if case.pk in sees(user)}


def _deciders(case: Case) -> set[User]:
    """Who makes an approval of this kind of case at its unit."""
    workflow = workflow_of(case)
    return {
        user
        for move in workflow.moves
        if move.approval
        for user in policy.deciders(move.by, f"{workflow.of}.{move.code}", case.unit)
    }
