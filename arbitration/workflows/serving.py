"""What the moves of service write: deliveries, their proof, public notices."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows.deliveries import SEATED, addressees, deemed_day
from arbitration.workflows.one_paper import paper_served
from arbitration.workflows.online import note_offline
from hrss_portal.casework.models import Delivery, Event
from hrss_portal.casework.moves import MoveRefused
from hrss_portal.documents.uploads import attach, store_upload

#: What each side gets on acceptance (调解仲裁法 Articles 29, 30, 32; 办案规则 Articles 30, 33, 37).
AT_ACCEPTANCE = {
    "applicant": ("受理通知书", "举证通知书", "组庭通知书"),
    "respondent": ("申请书副本", "应诉通知书", "举证通知书", "组庭通知书"),
    "third": ("举证通知书", "组庭通知书"),
}
LEFT_THERE = {Delivery.Mode.LEFT, Delivery.Mode.POSTED}


def keep_file(case: Any, uploaded: Any, *, by: Any) -> Any:
    """Store a scan that belongs to the case: whoever sees the case may open it."""
    file = store_upload(uploaded, by=by, unit=case.unit)
    attach(file, case, action=f"{case.kind}.view")
    return file


def service_day(case: Any, delivery: Delivery) -> date | None:
    """The day on which a delivery counts as served, by the rules of the case's county."""
    region = case.unit.rules_region
    return deemed_day(delivery.mode, delivery.sent_on, delivery.signed_on, region)


def papers_at_acceptance(case: Any) -> list[tuple[Any, str]]:
    """(party, name of the paper) of what goes out on acceptance, what each needs first at the top.

    组庭通知书 waits until a tribunal is seated.
    """
    seated = any(seat.left_on is None for seat in case.tribunal.all())
    found = []
    for role in ("respondent", "applicant", "third"):
        for party in addressees(case, {role}):
            names = [one for one in AT_ACCEPTANCE[role] if seated or one not in SEATED]
            found += [(place, party, name) for place, name in enumerate(names)]
    return [(party, name) for _, party, name in sorted(found, key=lambda one: one[0])]


def is_another_attempt(row: Any, mode: str, mail_no: str) -> bool:
    """Whether what is told of a paper that was sent is another attempt to serve it.

    What came back is sent anew; what goes another way than it went, or by mail under another
    number, goes a second time.  Only who would not take what was to be handed over has it left or
    posted: that is the result of the one attempt.
    """
    is_result = row.mode == Delivery.Mode.DIRECT and mode in LEFT_THERE
    other_way = bool(mode) and mode != row.mode and not is_result
    other_mail = bool(mail_no) and mail_no != row.mail_no
    return row.state == Delivery.State.RETURNED or other_way or other_mail


def send_papers(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """One delivery for each party a paper goes to."""
    for row in data.get("deliveries", ()):
        delivery = Delivery(
            case=case, sent_on=event.on, recorded_by=event.by, recorded_in=event, **row
        )
        delivery.issued_paper = paper_served(case, delivery)
        delivery.full_clean(exclude=["recorded_by"])
        delivery.save()


def record_delivery(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The result of a delivery: signed, left, returned; sets the deemed day of service.

    Another attempt is told by itself, so that what came of the one before stays as it was.
    """
    sent = data.get("delivery")
    if sent and is_another_attempt(sent, data.get("mode") or "", data.get("mail_no") or ""):
        raise MoveRefused([f"{sent}：再次送达、改用另一种方式的，另记一条"])
    delivery = sent or Delivery(case=case, recorded_by=event.by, recorded_in=event)
    for name in ("party", "doc_name", "mode", "address", "sent_on", "mail_no", "media"):
        if data.get(name):
            setattr(delivery, name, data[name])
    for name in (
        *("signed_on", "signed_by", "refusal", "witnesses"),
        *("proof_missing", "returned_on"),
    ):
        if data.get(name):
            setattr(delivery, name, data[name])
    if data.get("proof"):
        delivery.proof = keep_file(case, data["proof"], by=event.by)
    delivery.recipient = delivery.recipient or delivery.party.name
    name_the_paper(case, delivery, data)
    if data.get("returned_on"):
        delivery.state = Delivery.State.RETURNED
    else:
        delivery.deemed_on = service_day(case, delivery)
        if delivery.deemed_on:
            delivery.state = Delivery.State.SERVED
    delivery.full_clean(exclude=["recorded_by"])
    delivery.save()
    note_offline(case, data, event)


def publish_notice(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Service by public notice: the notice period is not counted into the term of trial."""
    delivery = Delivery(
        case=case,
        party=data["party"],
        doc_name=data["doc_name"],
        recipient=data["party"].name,
        mode=Delivery.Mode.NOTICE,
        address=data["party"].address or data["media"],
        media=data["media"],
        sent_on=event.on,
        state=Delivery.State.NOTICE,
        recorded_by=event.by,
        recorded_in=event,
    )
    name_the_paper(case, delivery, data)
    delivery.full_clean(exclude=["recorded_by"])
    delivery.save()
    note_offline(case, data, event)


def name_the_paper(case: Dispute, delivery: Delivery, data: Mapping[str, Any]) -> None:
    """Which of several papers it is: the one chosen, else the only one that can be meant."""
    chosen = data.get("issued_paper") or delivery.issued_paper
    delivery.issued_paper = chosen or paper_served(case, delivery)


def notice_over(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """A notice has run out: the party counts as served on that very day."""
    delivery = data["delivery"]
    due = service_day(case, delivery)
    if due is None or due != event.on:
        raise MoveRefused([f"公告在 {due:%Y-%m-%d} 期满，日期填这一天"])
    delivery.deemed_on, delivery.state = due, Delivery.State.SERVED
    delivery.save()
