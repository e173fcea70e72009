"""仲裁审查: both sides ask the commission to review their agreement (办案规则 Articles 74 to 79).

One application has one end: refused, withdrawn, a 调解书, or the notice that none is made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models.choices import Cause
from arbitration.workflows.posts import DIRECTOR, HANDLER, HEAD, JUDGE
from arbitration.workflows.serving import keep_file
from arbitration.workflows.settling import withdraw_papers
from hrss_portal.casework.models import CasePaper, Delivery, Event
from hrss_portal.casework.requests import open_request
from hrss_portal.casework.workflow import Move

WITHDRAWN = "当事人撤回仲裁审查申请，调解书不再送达"


def review_in_time(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """Both sides ask for the review within fifteen days (办案规则 Articles 74, 75).

    The day on which they asked counts, not the day on which it was entered.
    """
    clock = case.clocks.filter(term="med.arbitral_review").order_by("-pk").first()
    if clock and clock.due_on and clock.due_on < data["on"]:
        yield f"共同申请仲裁审查的期限已于 {clock.due_on:%Y-%m-%d} 届满"


def not_refused_before(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """An application that was refused is not decided on again."""
    earlier = case.events.filter(move="refuse_review").order_by("pk").first()
    if earlier:
        yield f"仲裁审查申请已于 {earlier.on:%Y-%m-%d} 不予受理，不能再次申请"


def review_extension_waits(case: Any) -> bool:
    """Whether a request to extend the review waits for the director."""
    return open_request(case, "extend_review") is not None


def review_extension_not_asked(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """One request at a time."""
    if asked := open_request(case, "extend_review"):
        yield f"{asked.on:%Y-%m-%d} 已报请延长审查期限，等待批准"


def review_extension_is_asked(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """Only what was asked for is sent back."""
    if not review_extension_waits(case):
        yield "没有等待批准的报请"


def may_be_reviewed(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """Agreements about whether there is an employment are not reviewed (办案规则 Article 75)."""
    if case.cause == Cause.RELATION:
        yield "确认劳动关系的调解协议不予受理仲裁审查，办“不予受理仲裁审查”"


def confirmation_is_issued(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """Only a 调解书 that was issued, and is not void, is served."""
    issued = case.papers.filter(kind="med.confirmation", state=CasePaper.State.ISSUED)
    made = issued.filter(paper__voided_at=None).order_by("-pk").first()
    sent = [row["sent_on"] for row in data.get("receipts", ()) if row.get("sent_on")]
    if made is None:
        yield "仲裁调解书还没有制发，先在“文书”里制发，再登记送达"
    elif made.paper.issued_on > min([data["on"], *sent]):
        yield f"仲裁调解书是 {made.paper.issued_on:%Y-%m-%d} 制发的，送出、送达不能早于这一天"


def _service(case: Any) -> Event | None:
    """The record that both sides have the 调解书 of this review, not of one that was withdrawn."""
    if case.state != "confirmed":
        return None
    made = case.events.filter(move="confirm_review").order_by("pk").last()
    served = case.events.filter(move="review_served").order_by("pk").last()
    return served if served and made and served.pk > made.pk else None


def not_served_twice(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """The 调解书 is served once."""
    if served := _service(case):
        yield f"仲裁调解书已于 {served.on:%Y-%m-%d} 送达双方"


def review_is_not_served(case: Any, data: Mapping[str, Any]) -> Iterable[str]:
    """Before the 调解书 is served an application may be withdrawn (办案规则 Article 76)."""
    if served := _service(case):
        yield (
            f"仲裁调解书已于 {served.on:%Y-%m-%d} 送达双方，已发生法律效力，不能再撤回仲裁审查申请"
        )


def keep_service(case: Any, data: Mapping[str, Any], event: Event) -> None:
    """One row in the register of service for each party, of the 调解书 that was issued."""
    issued = case.papers.filter(kind="med.confirmation", state=CasePaper.State.ISSUED)
    paper = issued.filter(paper__voided_at=None).order_by("-pk").first()
    for row in data.get("receipts", ()):
        proof = keep_file(case, row["proof"], by=event.by) if row.get("proof") else None
        delivery = Delivery(
            **{**row, "proof": proof},
            case=case,
            issued_paper=paper,
            doc_name="调解书",
            recipient=row["party"].name,
            deemed_on=row["signed_on"],
            state=Delivery.State.SERVED,
            recorded_by=event.by,
            recorded_in=event,
        )
        delivery.full_clean(exclude=["recorded_by"])
        delivery.save()


def drop_confirmation(case: Any, data: Mapping[str, Any], event: Event) -> None:
    """The 调解书 that was made, or still waited, is void once the application is withdrawn."""
    withdraw_papers(case.papers.filter(kind="med.confirmation"), by=event.by, reason=WITHDRAWN)


REVIEW_MOVES = (
    Move(
        code="review",
        label="转仲裁审查",
        source=frozenset({"agreed"}),
        to="under_review",
        by=frozenset({"MED", "ARB", "ARB-C", "CLK", "TOWN"}),
        form="arbitration.forms.ReviewForm",
        sets=("review",),
        asks="accept_review",
        live_only=(review_in_time, not_refused_before),
        papers=("med.review",),
        main=False,
        hint="双方自协议生效之日起在申请期限内共同申请，逾期不予受理",
        basis="《劳动人事争议仲裁办案规则》第七十四条、第七十五条",
    ),
    Move(
        code="accept_review",
        label="受理仲裁审查申请",
        source=frozenset({"under_review"}),
        to="reviewing",
        by=HEAD,
        form="arbitration.forms.ReviewAcceptForm",
        live_only=(may_be_reviewed,),
        papers=("med.review_acceptance",),
        outward=True,
        hint="五个工作日的审查期限自受理之日起算；指定仲裁员审查",
        basis="《劳动人事争议仲裁办案规则》第七十五条、第七十六条、第七十七条",
    ),
    Move(
        code="refuse_review",
        label="不予受理仲裁审查",
        source=frozenset({"under_review"}),
        to="agreed",
        by=HEAD,
        form="arbitration.forms.ReviewRefusalForm",
        papers=("med.review_refusal",),
        undoes="review",
        answers=frozenset({"review"}),
        outward=True,
        main=False,
        hint="调解协议仍有约束力；期限内仍可共同申请司法确认",
        basis="《劳动人事争议仲裁办案规则》第七十五条",
    ),
    Move(
        code="ask_review_extension",
        label="报请延长审查期限",
        source=frozenset({"reviewing"}),
        by=HANDLER,
        form="arbitration.forms.ReviewExtensionRequestForm",
        live_only=(review_extension_not_asked,),
        asks="extend_review",
        main=False,
        hint="审查期限届满前写明特殊情况，件进仲裁委员会主任的待办；批准前审查期限照算",
        basis="《劳动人事争议仲裁办案规则》第七十六条",
    ),
    Move(
        code="return_review_extension",
        label="退回报请",
        source=frozenset({"reviewing"}),
        by=DIRECTOR,
        form="arbitration.forms.ReasonForm",
        live_only=(review_extension_is_asked,),
        offered=review_extension_waits,
        answers=frozenset({"ask_review_extension"}),
        main=False,
        hint="不批准延长的，写明理由退回，审查期限不变",
        basis="《劳动人事争议仲裁办案规则》第七十六条",
    ),
    Move(
        code="extend_review",
        label="批准延长审查期限",
        source=frozenset({"reviewing"}),
        by=DIRECTOR,
        form="arbitration.forms.ReviewExtensionForm",
        approval=True,
        main=False,
        hint="特殊情况，由仲裁委员会主任或其委托的仲裁院负责人批准，只能一次",
        basis="《劳动人事争议仲裁办案规则》第七十六条",
    ),
    Move(
        code="confirm_review",
        label="审查通过，出具调解书",
        source=frozenset({"reviewing"}),
        to="confirmed",
        by=JUDGE,
        form="arbitration.forms.ReviewResultForm",
        papers=("med.confirmation",),
        outward=True,
        basis="《劳动人事争议仲裁办案规则》第七十六条、第七十七条",
    ),
    Move(
        code="deny_review",
        label="不予制作调解书",
        source=frozenset({"reviewing"}),
        to="not_confirmed",
        by=JUDGE,
        form="arbitration.forms.ReviewDenialForm",
        papers=("med.not_confirmed",),
        outward=True,
        main=False,
        hint="书面通知双方；仲裁审查终止，当事人可以申请仲裁",
        basis="《劳动人事争议仲裁办案规则》第七十六条、第七十八条、第七十九条",
    ),
    Move(
        code="review_served",
        label="登记调解书送达",
        source=frozenset({"confirmed"}),
        by=HANDLER,
        form="arbitration.forms.ReviewServiceForm",
        live_only=(confirmation_is_issued, not_served_twice),
        effect=keep_service,
        main=False,
        hint="双方都签收后登记，每一方的送达方式、签收人和回证逐行填写；送达后调解书发生法律效力，不能再撤回仲裁审查申请",
        basis="《劳动人事争议仲裁办案规则》第七十六条、第七十七条",
    ),
    Move(
        code="withdraw_review",
        label="撤回仲裁审查申请",
        source=frozenset({"under_review", "reviewing", "confirmed"}),
        to="agreed",
        by=HANDLER,
        form="arbitration.forms.ReviewWithdrawalForm",
        sets=("review",),
        live_only=(review_is_not_served,),
        effect=drop_confirmation,
        undoes="review",
        answers=frozenset({"review"}),
        main=False,
        hint="调解书送达前，一方或者双方可以撤回，应当准许",
        basis="《劳动人事争议仲裁办案规则》第七十六条、第七十九条",
    ),
)
