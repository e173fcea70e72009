"""Replay: what a changed rule or calendar does to running clocks, first seen, then stored."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.casework import door
from hrss_portal.casework.clocks import ACTIVE, Change, Law, recompute, store, summarise
from hrss_portal.casework.models import Case, Clock
from hrss_portal.casework.models.clocks import StepKind
from hrss_portal.notifications.inbox import notify


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A running clock whose due day a replay would change."""

    clock: Clock
    old_due_on: date | None
    new_due_on: date | None


def replay_preview(clocks: Iterable[Clock] | None = None) -> list[Moved]:
    """Which active clocks the present rules and calendar would move; nothing is stored."""
    if clocks is None:
        clocks = Clock._base_manager.filter(state__in=ACTIVE, is_live=True)
        clocks = clocks.select_related("rule", "case__unit").iterator(chunk_size=2000)
    moved, law = [], Law()
    for clock in clocks:
        old = clock.due_on
        count_again(clock, law)
        if clock.due_on != old:
            moved.append(Moved(clock=clock, old_due_on=old, new_due_on=clock.due_on))
    return moved


def count_again(clock: Clock, law: Law) -> None:
    """The clock in memory under the rule that now holds for its first day, and today's calendar."""
    with suppress(LookupError):  # a rule since withdrawn: the clock keeps the one it began with
        region = law.region(clock.case.unit)
        clock.rule = law.rules.rule_for(clock.rule.code, clock.started_on, region)
    recompute(clock, law)


@transaction.atomic
def replay(moved: Iterable[Moved], *, by: User, reason: str) -> int:
    """Store a previewed replay and tell the handlers; returns how many clocks moved.

    Every case is locked and its clocks are read again, so that a move made since the preview is
    never overwritten.  Each moved clock keeps the old and the new due day in its steps.
    """
    wanted = {item.clock.pk: item.clock.case_id for item in moved}
    law, count = Law(), 0
    cases = Case._base_manager.filter(pk__in=set(wanted.values())).select_related("unit")
    for case in cases.order_by("pk").select_for_update(of=("self",)):
        clocks = list(Clock._base_manager.filter(case=case.pk).select_related("rule", "case__unit"))
        changes = [
            change
            for clock in clocks
            if clock.pk in wanted and clock.state in ACTIVE
            for change in _moved(clock, law, by=by, reason=reason)
        ]
        with door.opened():
            store(case, None, changes)
            summarise(case, clocks)
        if changes:
            count += len(changes)
            _tell(case, changes, reason)
    return count


def _moved(clock: Clock, law: Law, *, by: User, reason: str) -> Iterable[Change]:
    old = clock.due_on
    count_again(clock, law)
    if clock.due_on != old:
        yield Change(
            clock=clock,
            kind=StepKind.REPLAY,
            on=timezone.localdate(),
            reason=reason,
            approver=by,
            old_due_on=old,
        )


def _tell(case: Case, changes: list[Change], reason: str) -> None:
    people = {pk for pk in (case.handler_id, case.deputy_id) if pk}
    days = "；".join(
        f"{change.clock.label} {change.old_due_on} → {change.clock.due_on}" for change in changes
    )
    notify(
        User.objects.filter(pk__in=people, is_active=True),
        title=f"{case.reference} 到期日重算",
        body=f"{days}（{reason}）",
        url=case.get_absolute_url(),
        kind="deadline",
    )
