"""公告送达 is the last way: for a paper that no other way brings to the party.

民事诉讼法 Article 95: where he cannot be found, or the other ways of service do not reach him.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows.deliveries import MADE_HERE, NOT_SIGNED_FOR, is_meant
from hrss_portal.casework.models import CasePaper, Delivery


def no_other_way_is_left(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A paper came back from the party, he has not received this one, it is not on its way to him,
    and since it, or another one, came back nothing else reached him."""
    party, doc_name = data.get("party"), data.get("doc_name") or ""
    if party is None:
        return
    rows = [row for row in case.deliveries.order_by("sent_on", "pk") if row.party_id == party.pk]
    rows = [row for row in rows if row.state != Delivery.State.VOID]
    if not any(_is_returned(row) and row.returned_on <= data["on"] for row in rows):
        yield f"{party.name} 还没有退回的送达记录；其他方式无法送达的，才能公告送达"
    own = _of_this_paper(case, doc_name, rows, data.get("issued_paper"))
    if words := _has_it(own):
        yield f"{doc_name}{words}，不能再公告送达"
    elif reached := _reached_since(rows, own):
        yield (
            f"{party.name} {reached.deemed_on:%Y-%m-%d} 收到了{reached.doc_name}"
            f"（{reached.get_mode_display()}），其他方式能够送达；"
            f"{doc_name}先用其他方式送，退回的再公告"
        )


def _has_it(own: list[Delivery]) -> str:
    """That the party has the paper, or that it is on its way; empty where neither."""
    for row in own:
        how = row.get_mode_display()
        if row.state == Delivery.State.SERVED and row.deemed_on:
            return f"已于 {row.deemed_on:%Y-%m-%d} 送达 {row.recipient}（{how}）"
        if row.state == Delivery.State.NOTICE:
            return f"正在公告（{row.sent_on:%Y-%m-%d} 发出）"
        if row.state == Delivery.State.SENT:
            return f"{row.sent_on:%Y-%m-%d} 已发出（{how}），还没有登记结果"
    return ""


def _reached_since(rows: list[Delivery], own: list[Delivery]) -> Delivery | None:
    """What reached the party by another way although something came back: after this very paper
    did, or since the other one that did was sent."""
    came_back = [row.returned_on for row in own if _is_returned(row)]
    if came_back:
        since = max(day for day in came_back if day)
        found = [row for row in rows if (day := _reached_on(row)) and day > since]
    else:
        sent = [row.sent_on for row in rows if _is_returned(row)]
        since = max(sent, default=date.max)
        found = [row for row in rows if (day := _reached_on(row)) and day >= since]
    return found[-1] if found else None


def _is_returned(row: Any) -> bool:
    return row.state == Delivery.State.RETURNED and row.returned_on is not None


def _reached_on(row: Delivery) -> date | None:
    """The day on which another way than a public notice brought a paper to the party.

    What was left or posted was there that day; when it counts as served says nothing of him.
    """
    if row.state != Delivery.State.SERVED or row.mode == Delivery.Mode.NOTICE:
        return None
    return row.sent_on if row.mode in NOT_SIGNED_FOR else row.deemed_on


def _of_this_paper(
    case: Dispute, doc_name: str, rows: list[Delivery], chosen: CasePaper | None
) -> list[Delivery]:
    """The deliveries of one paper: of several of a name the chosen one, else the last issued.

    A party's own papers (answers, changed claims) may come several times under one name: of them
    the last counts.
    """
    own = [row for row in rows if row.doc_name == doc_name]
    kinds = MADE_HERE.get(doc_name)
    if not kinds:
        return own[-1:]
    made = case.papers.filter(kind__in=kinds, state="issued", paper__voided_at=None)
    issued = made.select_related("paper", "event").order_by("pk")
    meant = chosen or next((row for row in reversed(issued) if is_meant(row, doc_name)), None)
    if meant is None or meant.paper is None:
        return own
    made_on = meant.paper.issued_on
    return [
        row
        for row in own
        if (row.issued_paper_id == meant.pk if row.issued_paper_id else row.sent_on >= made_on)
    ]
