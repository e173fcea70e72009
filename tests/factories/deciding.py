"""Disputes over two items on their way to an award, and the forms of the decisions beside it."""

from decimal import Decimal
from typing import Any

from arbitration.forms import AheadForm, PartAwardForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from tests.cast import County
from tests.factories import arbitration as make

PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
CLAIMS = [
    {"text": "支付拖欠的工资", "amount": Decimal("9000.00")},
    {"text": "支付经济补偿", "amount": Decimal("12000.00")},
]
WAGES = {"seq": "1", "is_decided": "on", "awarded": "9000", "is_final": "1", "kind": "money"}
LATER = {"seq": "2"}


def accept(case: Dispute, county: County, clerk: User, head: User, arbitrator: User) -> Dispute:
    """The case proposed by the clerk and accepted by the head today."""
    moves.move(case, "propose", by=clerk, data=PROPOSAL)
    seats = [{"member": make.staff(county, user=arbitrator), "role": "sole"}]
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk, "tribunal": seats}
    moves.move(case, "accept", by=head, data=decision)
    return Dispute.objects.get(pk=case.pk)


def rows(*items: dict[str, str]) -> dict[str, str]:
    """The claims' rows of an award's form."""
    given = {"claims-TOTAL_FORMS": str(len(items)), "claims-INITIAL_FORMS": str(len(items))}
    for n, item in enumerate(items):
        given |= {f"claims-{n}-{name}": value for name, value in item.items()}
    return given


def part_form(case: Dispute, user: User, *items: dict[str, str]) -> PartAwardForm:
    """The form of a part award of today."""
    texts = {"result": "支付工资9000元。", "reasons": "欠条属实。", "signer": str(user.pk)}
    return PartAwardForm({"on": "2023-11-20", **texts, **rows(*items)}, case=case, user=user)


def part_award(case: Dispute, head: User) -> None:
    """The wages are decided, the compensation waits."""
    form = part_form(case, head, WAGES, LATER)
    assert form.is_valid(), (form.errors, [one.errors for one in form.rows["claims"].forms])
    moves.move(case, "part_award", by=head, data=form.move_data())


def ahead(
    case: Dispute,
    head: User,
    amounts: tuple[str, ...] = ("3000",),
    asked: tuple[str, ...] = (),
    **changed: str,
) -> AheadForm:
    """The form of an order to enforce ahead, with amounts of the open claims in their order, asked
    for in full unless it is said how much was; a value "" leaves the field out."""
    seqs = case.claims.filter(part_awarded_on=None).values_list("seq", flat=True)
    named = [
        {"seq": str(seq), "asked": wanted, "amount": one}
        for seq, wanted, one in zip(seqs, asked or amounts, amounts, strict=False)
    ]
    given: dict[str, Any] = {
        "on": "2023-11-01",
        "asked_on": "2023-11-01",
        "party": str(case.parties.get(role="applicant").pk),
        "ahead_kind": "pay",
        "is_clear": "on",
        "is_urgent": "on",
        "result": "先予支付工资3000元。",
        "reasons": "欠条载明数额，申请人无其他生活来源。",
        "court_name": "霍邱县人民法院",
        "signer": str(head.pk),
        **rows(*named),
    }
    return AheadForm({**given, **changed}, case=case, user=head)
