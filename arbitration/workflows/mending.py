"""What a correction of a delivery brings about: the row, and what its Events tell the clocks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from arbitration.workflows.deliveries import told
from arbitration.workflows.one_paper import paper_served
from arbitration.workflows.serving import service_day
from hrss_portal.casework.correcting import Correction, Retold
from hrss_portal.casework.corrections import put
from hrss_portal.casework.models import Delivery, Event

#: Moves that tell of one delivery alone; the day of each follows from its row.
ONE_DELIVERY = frozenset({"record_delivery", "publish_notice", "notice_over"})
RESULTS = frozenset({"record_delivery", "notice_over"})


def events_of(row: Delivery) -> list[Event]:
    """The Events that tell of this delivery alone, in the order of entry."""
    about = Event._base_manager.filter(case=row.case_id, move__in=ONE_DELIVERY)
    mine = about.filter(Q(pk=row.recorded_in_id or 0) | Q(data__delivery__id=row.pk))
    return list(mine.order_by("pk"))


def words(row: Delivery) -> str:
    """Which delivery it is."""
    how = f"{row.state_words} {row.deemed_on or row.returned_on or ''}".strip()
    return f"{row.doc_name} → {row.recipient}，{row.sent_on} 送出，{how}"


def void(row: Delivery) -> Correction:
    """The delivery was recorded by mistake: it proves nothing and counts for no clock."""
    what, changed = _what(row), _state(row, Delivery.State.VOID)
    row.save()
    return Correction(what=what, values=changed, events=_voided(events_of(row)))


def take_back_result(row: Delivery) -> Correction:
    """The paper was sent, but what became of it was recorded by mistake: it is under way again."""
    what = _what(row)
    nothing = {"signed_on": None, "signed_by": "", "returned_on": None, "deemed_on": None}
    changed = put(row, nothing) | _state(row, Delivery.State.SENT)
    row.save()
    results = [event for event in events_of(row) if event.move in RESULTS]
    return Correction(what=what, values=changed, events=_voided(results))


def put_right(case: Any, row: Delivery, values: Mapping[str, Any]) -> Correction:
    """The right values of a delivery; its deemed day and what the clocks were told follow."""
    what, name = _what(row), row.doc_name
    changed = put(row, {**values, "recipient": values["party"].name})
    if row.doc_name != name:
        row.issued_paper = paper_served(case, row)
    if row.state != Delivery.State.SENT:
        day = None if row.returned_on else service_day(case, row)
        over = row.mode != Delivery.Mode.NOTICE or (day and day <= timezone.localdate())
        known = Delivery.State.SERVED if over else Delivery.State.NOTICE
        changed |= put(row, {"deemed_on": day if over else None})
        changed |= _state(row, Delivery.State.RETURNED if row.returned_on else known)
    if changed:
        row.full_clean(exclude=["recorded_by"])
        row.save()
    return Correction(what=what, values=changed, events=_retold(row))


def _retold(row: Delivery) -> tuple[Retold, ...]:
    """What the Events of a delivery say now: the last result tells whom it reached, and when."""
    found = []
    events = events_of(row)
    last = max((event.pk for event in events if event.move in RESULTS), default=None)
    served = row.deemed_on if row.state == Delivery.State.SERVED else None
    for event in events:
        if event.move == "publish_notice":
            data = {"party": row.party, "doc_name": row.doc_name}
            found.append(Retold(event=event, on=row.sent_on, data=data))
        elif event.pk == last:
            found.append(_result(event, row, served))
    return tuple(found)


def _result(event: Event, row: Delivery, served: date | None) -> Retold:
    is_notice = event.move == "notice_over"
    return Retold(
        event=event,
        on=served if is_notice else None,
        data={
            **told(row.party, row.doc_name, served),
            "doc_name": row.doc_name,
            "mode": row.mode,
            "sent_on": row.sent_on,
            "signed_on": row.signed_on,
            "returned_on": row.returned_on,
        },
        is_void=is_notice and served is None,
    )


def _voided(events: list[Event]) -> tuple[Retold, ...]:
    return tuple(Retold(event=event, is_void=True) for event in events)


def _what(row: Delivery) -> str:
    return f"送达登记：{row.doc_name} → {row.recipient}"


def _state(row: Delivery, state: str) -> dict[str, tuple[Any, Any]]:
    return put(row, {"state": state})
