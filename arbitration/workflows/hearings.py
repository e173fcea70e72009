"""Hearings on the calendar: planned, booked, put off, called off, held.

Each effect runs inside the move's transaction, after its Event was written.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from arbitration.models import Booking, Dispute, Hearing
from arbitration.workflows import conditions
from arbitration.workflows.attendance import in_words
from arbitration.workflows.online import note_offline
from arbitration.workflows.safeguards import planned_by
from arbitration.workflows.serving import keep_file
from arbitration.workflows.settling import withdraw_papers
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import CasePaper, Event
from hrss_portal.casework.moves import MoveRefused

POSTPONED = "原定开庭已延期"
CANCELLED = "原定开庭已取消"


def plan_hearing(case: Dispute, data: Mapping[str, Any], event: Event) -> Hearing:
    """Put a hearing on the calendar; the database refuses a room, arbitrator or party twice.

    Raises ``MoveRefused`` naming what is taken, or who of the court is to stand aside.
    """
    if problems := list(conditions.nobody_must_stand_aside(case, data)):
        raise MoveRefused(problems)
    period = DateTimeTZRange(data["starts_at"], data["ends_at"])
    hearing = Hearing(
        dispute=case,
        unit=case.unit,
        town=case.town,
        room=data["room"],
        period=period,
        is_public=data.get("is_public", True),
        is_remote=data.get("is_remote", False),
        off_hours_because=data.get("off_hours_because", ""),
        created_by=event.by,
        updated_by=event.by,
    )
    hearing.full_clean(exclude=["created_by", "updated_by"])
    hearing.save()
    book(hearing)
    if not hearing.is_public:
        moves.seal(case)
    return hearing


def book(hearing: Hearing) -> None:
    """Take the room, the tribunal and the parties for the hearing's time.

    Raises ``MoveRefused`` naming what is taken and by which hearing.
    """
    taken = []
    for resource, label in sorted(needed_for(hearing).items()):
        try:
            with transaction.atomic():
                Booking.objects.create(
                    hearing=hearing, resource=resource, label=label, period=hearing.period
                )
        except IntegrityError:
            other = Booking.objects.filter(
                resource=resource, period__overlap=hearing.period
            ).select_related("hearing__room")
            when = "、".join(str(row.hearing) for row in other)
            taken.append(f"{label} 这个时间已有庭：{when}")
    if taken:
        raise MoveRefused(taken)


def needed_for(hearing: Hearing) -> dict[str, str]:
    """The label of each resource that a hearing needs: its room, who sits, who is a party."""
    case = hearing.dispute
    resources = {f"room:{hearing.room_id}": hearing.room.name}
    for seat in case.tribunal.filter(left_on__isnull=True).select_related("member"):
        resources[f"staff:{seat.member_id}"] = seat.member.name
    for party in case.parties.filter(left_on__isnull=True):
        if party.person_id:
            resources[f"person:{party.person_id}"] = party.name
        elif party.employer_id:
            resources[f"employer:{party.employer_id}"] = party.name
    return resources


def rebook(case: Dispute) -> None:
    """Book the hearings that are still to come for who sits and who is a party now.

    Call it whenever a seat or a party changes.  Raises ``MoveRefused`` naming the other hearing
    of whoever would have to be at two at once.
    """
    coming = case.hearings.filter(state=Hearing.State.PLANNED, period__endswith__gt=timezone.now())
    Booking.objects.filter(hearing__in=coming).delete()
    refused: list[str] = []
    for hearing in coming.select_related("room"):
        try:
            book(hearing)
        except MoveRefused as problem:
            refused += problem.messages
    if refused:
        raise MoveRefused([f"{text}。先办“延期开庭”改期" for text in refused])


def postpone_hearing(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Take a hearing off the calendar with its reason, and plan the new one where given.

    Only a hearing with its day is announced; the notice of the old one no longer counts.
    """
    hearing = data["hearing"]
    call_off_notice(case, hearing, event, POSTPONED)
    hearing.state = Hearing.State.POSTPONED
    hearing.postponed_because = data["reason"]
    hearing.updated_by = event.by
    hearing.full_clean(exclude=["created_by", "updated_by"])
    hearing.save()
    hearing.bookings.all().delete()
    if data.get("starts_at"):
        plan_hearing(case, data, event)
        papers.call(case, event, ("arb.hearing",))
    drop_stale_notices(case, event)


def drop_stale_notices(case: Dispute, event: Event) -> None:
    """Notices that wait to be made are of hearings that stand; the older ones are not made."""
    standing = case.hearings.filter(state=Hearing.State.PLANNED)
    events = [planned.pk for row in standing if (planned := planned_by(case, row))]
    waiting = case.papers.filter(kind="arb.hearing", state=CasePaper.State.WAITING)
    withdraw_papers(waiting.exclude(event__in=events), by=event.by, reason=POSTPONED)


def cancel_hearings(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Take what is still planned off the calendar: the case has ended or stands still.

    Room, tribunal and parties are free for other hearings again.
    """
    for hearing in case.hearings.filter(state=Hearing.State.PLANNED):
        call_off_notice(case, hearing, event, CANCELLED)
        hearing.state = Hearing.State.CANCELLED
        hearing.updated_by = event.by
        hearing.save()
        hearing.bookings.all().delete()


def call_off_notice(case: Dispute, hearing: Hearing, event: Event, reason: str) -> None:
    """The notice of a hearing that does not take place: void, or not made where it still waited."""
    if planned := planned_by(case, hearing, before=event):
        rows = case.papers.filter(kind="arb.hearing", event=planned)
        withdraw_papers(rows, by=event.by, reason=reason)


def hold_hearing(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """A planned hearing took place: who came, whether in uniform."""
    hearing = data.get("hearing")
    if hearing is None:
        return
    hearing.state = Hearing.State.HELD
    hearing.uniform_worn = data.get("uniform_worn")
    hearing.attended = in_words(data)
    if data.get("transcript"):
        hearing.transcript = keep_file(case, data["transcript"], by=event.by)
    hearing.updated_by = event.by
    hearing.save()
    note_offline(case, data, event)


def redate_hearing(case: Dispute, event: Event, on: date) -> None:
    """The hearing was held on another day (更正): it stands there at its hours, with its bookings.

    Raises ``MoveRefused`` naming what was taken then; a ledger's hearing is on no calendar.
    """
    told = event.data.get("hearing") or {"id": 0}
    hearing = case.hearings.filter(pk=told["id"], state=Hearing.State.HELD).first()
    if hearing is None:
        return
    by_days = timedelta(days=(on - timezone.localdate(hearing.starts_at)).days)
    hearing.period = DateTimeTZRange(hearing.starts_at + by_days, hearing.ends_at + by_days)
    hearing.save()
    hearing.bookings.all().delete()
    book(hearing)
