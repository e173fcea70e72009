"""Messages to the outside: written with what they tell about, delivered by jobs."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from hrss_portal.jobs.models import Job
from hrss_portal.jobs.queue import enqueue
from hrss_portal.notifications.gateways import Refused, Unanswered, gateway_for
from hrss_portal.notifications.models import Endpoint, MessageKind, OutboxMessage

if TYPE_CHECKING:
    from hrss_portal.access.models import Unit

State = OutboxMessage.State
DELIVER = "notifications.deliver"
LABELS = {"general": "一般通知"}


def send(
    channel: str,
    to: "str | Endpoint",
    text: str,
    *,
    key: str,
    kind: str = "general",
    label: str = "",
    at_most_once: bool = False,
    unit: "Unit | None" = None,
) -> OutboxMessage:
    """Write a message to the outside in the caller's transaction; it leaves after the commit.

    ``channel``: sms, mail, webhook or log.  ``to``: a number or address, for a webhook the
    registered ``Endpoint``.  ``key``: the same key is the same message, sent once.  ``kind``
    chooses the delivery guarantee, which the bureau may change; ``at_most_once`` is what holds
    until it does.  ``unit``: who sends it, its bureau owns the message; a webhook's bureau is that
    of its endpoint.  Raises ``ValueError`` for an unknown channel, a webhook without endpoint and
    any other message without unit.
    """
    endpoint = to if isinstance(to, Endpoint) else None
    if channel not in OutboxMessage.Channel.values or (channel == "webhook") != bool(endpoint):
        raise ValueError(f"no such way to send: {channel!r} to {to!r}")
    bureau = _bureau_of(endpoint, unit)
    guarantee = MessageKind.Guarantee.AT_MOST_ONCE if at_most_once else None
    values: dict[str, Any] = {"label": label or LABELS.get(kind, kind)}
    if guarantee:
        values["guarantee"] = guarantee
    with transaction.atomic():
        message_kind, _ = MessageKind.objects.get_or_create(
            bureau_id=bureau, code=kind, defaults=values
        )
        address = "" if isinstance(to, Endpoint) else to
        message, is_new = OutboxMessage.objects.get_or_create(
            key=key,
            defaults={
                "bureau_id": bureau,
                "kind": message_kind,
                "channel": channel,
                "to": address,
                "to_masked": endpoint.name if endpoint else mask(address),
                "text": text,
                "endpoint": endpoint,
            },
        )
        if is_new:
            enqueue(DELIVER, {"message": message.pk}, key=f"deliver-{message.pk}")
    return message


def _bureau_of(endpoint: Endpoint | None, unit: "Unit | None") -> int:
    """Whose a message is: the endpoint's bureau, else the sender's."""
    if endpoint is not None:
        return endpoint.bureau_id
    if unit is None:
        raise ValueError("say which unit sends the message")
    return unit.root_id


def mask(address: str) -> str:
    """138****8000, z***@host: enough to tell messages apart."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return f"{address[:3]}****{address[-4:]}" if len(address) >= 9 else "****"


def deliver(job: Job) -> dict[str, str]:
    """Hand one message to its gateway.  Run by the queue, its steps commit one by one.

    The message's id goes along, so that a gateway that knows ids drops a second delivery.
    """
    message = _take(job)
    if message is None:
        return {"state": "nothing to send"}
    gateway = gateway_for(message.channel)
    try:
        receipt = gateway.deliver(message)
    except Unanswered as error:
        return _unanswered(job, message, error)
    except Refused as error:
        _settle(job, message, State.WAITING if _may_try_again(job) else State.FAILED, str(error))
        if _may_try_again(job):
            raise
        return {"state": State.FAILED}
    state = State.SENT if gateway.delivers else State.NOTED
    with transaction.atomic():
        job.fence()
        OutboxMessage.objects.filter(pk=message.pk).update(
            state=state, receipt=receipt[:200], error="", sent_at=timezone.now()
        )
    return {"state": state}


def _take(job: Job) -> OutboxMessage | None:
    """Mark the message as being sent; None when there is nothing to send (any more)."""
    with transaction.atomic():
        job.fence()
        rows = OutboxMessage.objects.select_for_update(of=("self",))
        message = rows.select_related("kind", "endpoint").get(pk=job.payload["message"])
        if message.state not in {State.WAITING, State.SENDING}:
            return None
        if message.state == State.SENDING and _only_once(message):
            # The last worker died between asking the gateway and hearing its answer.
            message.state, message.error = State.UNKNOWN, "发送途中程序中断，不再自动重发"
            message.save(update_fields=["state", "error"])
            return None
        message.state = State.SENDING
        message.attempts += 1
        message.save(update_fields=["state", "attempts"])
    return message


def _only_once(message: OutboxMessage) -> bool:
    return message.kind.guarantee == MessageKind.Guarantee.AT_MOST_ONCE


def _may_try_again(job: Job) -> bool:
    return job.attempts < ATTEMPTS


def _unanswered(job: Job, message: OutboxMessage, error: Unanswered) -> dict[str, str]:
    """Nobody knows whether it arrived: the guarantee of its kind decides."""
    if _only_once(message):
        _settle(job, message, State.UNKNOWN, str(error))
        return {"state": State.UNKNOWN}
    _settle(job, message, State.WAITING if _may_try_again(job) else State.UNKNOWN, str(error))
    if _may_try_again(job):
        raise error
    return {"state": State.UNKNOWN}


def _settle(job: Job, message: OutboxMessage, state: str, error: str) -> None:
    with transaction.atomic():
        job.fence()
        OutboxMessage.objects.filter(pk=message.pk).update(state=state, error=error[:300])


def resend(message: OutboxMessage) -> None:
    """A person decides to send a failed or uncertain message again."""
    changed = OutboxMessage.objects.filter(
        pk=message.pk, state__in=[State.FAILED, State.UNKNOWN]
    ).update(state=State.WAITING, error="")
    if changed:
        enqueue(
            DELIVER,
            {"message": message.pk},
            key=f"deliver-{message.pk}-{message.attempts}",
        )


#: A gateway that is down for the morning is back by the afternoon: 10 s … 1 h apart, about 5 hours.
ATTEMPTS = 14
