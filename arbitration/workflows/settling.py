"""A settlement binds when every party has it; until then a party may go back on it (反悔)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from arbitration.models import Dispute
from arbitration.workflows.deliveries import SETTLEMENT, unserved
from arbitration.workflows.posts import PARTY_ROLES
from hrss_portal.access.models import User
from hrss_portal.casework.models import CasePaper, Event
from hrss_portal.documents.papers import void_paper

GONE_BACK = "送达前当事人反悔，调解书不发生效力"


def settlement_is_not_served(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Once every party has received it the settlement is in force (调解仲裁法 Article 42)."""
    if not unserved(case, SETTLEMENT, set(PARTY_ROLES), since=case.closed_on):
        yield "调解书已经送达各方当事人，已发生法律效力，不能再登记反悔"


def take_settlement_back(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The case has no outcome again, and its 调解书 is void, or not made where it still waited.

    What was settled stays in the Event of the settlement.  Hearings that it cancelled are planned
    anew.
    """
    case.outcome, case.result, case.awarded, case.signer = "", "", None, None
    case.save()
    withdraw_papers(case.papers.filter(kind="arb.settlement"), by=event.by, reason=GONE_BACK)


def withdraw_papers(rows: QuerySet[CasePaper], *, by: User | None, reason: str) -> None:
    """Void those of the papers that were made, and take those that wait off the list."""
    for row in rows.select_related("paper"):
        if row.state == CasePaper.State.WAITING:
            row.state, row.drop_reason = CasePaper.State.DROPPED, reason
            row.save()
        elif row.paper and not row.paper.voided_at:
            void_paper(row.paper, by=by, reason=reason)
