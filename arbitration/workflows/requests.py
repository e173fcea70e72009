"""The handler asks for what others decide (报请): to suspend, to extend, to sign, to close.

Suspension and extension are the director's (办案规则 Articles 45, 47): their 审批表 is printed with
the request, before the decision; without a request it comes with the decision.  The award and the
closing are the head's; a closing is approved as the handler put it forward (form A04).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dateparse import parse_date

from arbitration.models import Dispute
from arbitration.workflows import conditions, hearings, one_paper, online, sitting, suits
from arbitration.workflows.completing import cannot_be_completed_on
from arbitration.workflows.posts import DIRECTOR, ENDED, HANDLER, HEAD, TRIAL
from hrss_portal.casework import papers
from hrss_portal.casework.models import CasePaper, Event
from hrss_portal.casework.requests import ANSWERS, asked_or_ended, open_request
from hrss_portal.casework.workflow import Move, workflow_of

#: The form for the director's signature, by the approval.
SHEETS = {"suspend": "arb.suspension_approval", "extend": "arb.extension_approval"}
REQUESTS = {"suspend": "ask_suspension", "extend": "ask_extension"}
RETURNED = "return_request"

#: What the handler puts before the head, by the approval.
DRAFTS = {"award": "ask_award", "close": "ask_close"}
CLOSING = "arb.closing"
#: What changes what the head is asked to approve, so that the handler puts it forward anew.
CHANGES_THE_SHEET = {
    "follow_up": "登记了起诉、撤销情况",
    "part_follow_up": "登记了先行裁决起诉情况",
    "rectify": "作了补正",
}


def asked_of_director(case: Any) -> list[Event]:
    """The requests that wait for the director."""
    return [asked for approval in REQUESTS if (asked := open_request(case, approval))]


def is_submitted(case: Any) -> bool:
    """Whether an award to be signed, or a closing to be approved, waits for the head now.

    A draft that a settlement overtook does not.
    """
    workflow = workflow_of(case)
    return any(
        case.state in workflow.move(approval).source and open_request(case, approval)
        for approval in DRAFTS
    )


def something_is_submitted(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Only what was put before the head is sent back."""
    if not is_submitted(case):
        yield "没有等待签发或者审批的报请"


def award_not_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """One request at a time."""
    if asked := open_request(case, "award"):
        yield f"{asked.on:%Y-%m-%d} 已报请签发裁决书，等待签发"


def closing_waits(case: Any) -> bool:
    """Whether a closing waits for the head."""
    return open_request(case, "close") is not None


def closing_is_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """The head approves what the handler put before him (form A04), as it still stands."""
    asked = open_request(case, "close")
    if asked is None:
        yield "承办人还没有报结案审批"
        return
    if "follow_up" not in asked.data:
        yield "报请里没有结案审批表的内容，退回承办人重新报"
        return
    for move, words in CHANGES_THE_SHEET.items():
        if case.events.filter(pk__gt=asked.pk, move=move, counts_on__isnull=False).exists():
            yield f"报结案审批以后又{words}，退回承办人重新报"
    told = parse_date(str(asked.data.get("served_on") or ""))
    if told and (words := cannot_be_completed_on(case, told)):
        yield f"报请的送达完成日 {told:%Y-%m-%d} 现在不对：{words}；退回承办人重新报"


def ask_close(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The 结案审批表 is called for, unless one of an earlier request still waits to be made."""
    online.note_offline(case, data, event)
    suits.keep_side(case, data, event)
    if not case.papers.filter(kind=CLOSING, state=CasePaper.State.WAITING).exists():
        papers.call(case, event, (CLOSING,))


def approve_closing(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """A 结案审批表 made for the approval names no decision, so the file gets one that does."""
    online.note_offline(case, data, event)
    sheets = case.papers.filter(kind=CLOSING)
    made = sheets.filter(state=CasePaper.State.ISSUED, paper__voided_at=None)
    if made.exists() and not sheets.filter(state=CasePaper.State.WAITING).exists():
        papers.call(case, event, (CLOSING,))


def closing_not_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """One request at a time."""
    if asked := open_request(case, "close"):
        yield f"{asked.on:%Y-%m-%d} 已报结案审批，等待审批"


def something_is_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Only what was asked for is sent back."""
    if not asked_of_director(case):
        yield "没有等待批准的报请"


def one_request_is_named(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """What is sent back answers one request; where two wait it says which."""
    waiting, named = [asked.move for asked in asked_of_director(case)], data.get(ANSWERS)
    if named and waiting and named not in waiting:
        yield "这项报请已经答复，刷新后再办"
    elif not named and len(waiting) > 1:
        yield "有几项报请等待批准，写明退回哪一项"


def suspension_not_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """One request at a time."""
    if asked := open_request(case, "suspend"):
        yield f"{asked.on:%Y-%m-%d} 已报请中止审理，等待批准"


def extension_not_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """One request at a time."""
    if asked := open_request(case, "extend"):
        yield f"{asked.on:%Y-%m-%d} 已报请延期审理，等待批准"


def suspend(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Planned hearings fall away; the 审批表 is called for unless the request brought it."""
    hearings.cancel_hearings(case, data, event)
    _call_sheet(case, "suspend", event)


def extend(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The 审批表 is called for unless the request brought it."""
    _call_sheet(case, "extend", event)


def return_request(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """The sheet of what was asked for says in its name that it was refused."""
    for approval, request in REQUESTS.items():
        named = data.get(ANSWERS) or request
        if named == request and (asked := _asked(case, approval, event)):
            _name_sheet(case, approval, asked, "不同意")


def _call_sheet(case: Dispute, approval: str, event: Event) -> None:
    """``event`` is the approval's own; what came before it says whether there was a request."""
    asked = _asked(case, approval, event)
    if asked is None:
        papers.call(case, event, (SHEETS[approval],))
    _name_sheet(case, approval, asked or event, "同意")


def _asked(case: Dispute, approval: str, event: Event) -> Event | None:
    """The request that was open before ``event``; None where there was none."""
    workflow = workflow_of(case)
    told = case.events.filter(asked_or_ended(workflow, workflow.move(approval)), pk__lt=event.pk)
    last = told.order_by("-pk").first()
    return last if last and last.move == REQUESTS[approval] else None


def _name_sheet(case: Dispute, approval: str, event: Event, decided: str) -> None:
    """A case may have several sheets of a kind: what was decided stands in the name of each."""
    for sheet in case.papers.filter(kind=SHEETS[approval], event=event):
        sheet.label = f"{sheet.label}（{decided}）"
        sheet.save()


REQUEST_MOVES = (
    Move(
        code="ask_suspension",
        label="报请中止审理",
        source=TRIAL,
        by=HANDLER,
        form="arbitration.forms.requests.SuspensionRequestForm",
        only_when=(suspension_not_asked,),
        live_only=(conditions.no_notice_runs,),
        papers=(SHEETS["suspend"],),
        asks="suspend",
        main=False,
        hint="制作中止审理审批表，报仲裁委员会主任或其委托的仲裁院负责人批准；批准前案件照常办理",
        basis="《劳动人事争议仲裁办案规则》第四十七条",
    ),
    Move(
        code="ask_extension",
        label="报请延期审理",
        source=TRIAL,
        by=HANDLER,
        form="arbitration.forms.requests.ExtensionRequestForm",
        only_when=(extension_not_asked,),
        papers=(SHEETS["extend"],),
        asks="extend",
        main=False,
        hint="制作延期审理审批表，在审限届满前报仲裁委员会主任或其委托的仲裁院负责人书面批准",
        basis="《劳动争议调解仲裁法》第四十三条；《劳动人事争议仲裁办案规则》第四十五条",
    ),
    Move(
        code=RETURNED,
        label="退回报请",
        source=TRIAL,
        by=DIRECTOR,
        form="arbitration.forms.requests.ReturnForm",
        only_when=(something_is_asked,),
        check=(one_request_is_named,),
        effect=return_request,
        answers=frozenset(REQUESTS.values()),
        main=False,
        hint="不批准中止或者延期的，写明理由退回承办人，一次退回一项，案件照常办理",
        basis="《劳动人事争议仲裁办案规则》第四十五条、第四十七条",
    ),
    Move(
        code="ask_award",
        label="报请签发裁决书",
        source=frozenset({"deliberating"}),
        by=HANDLER,
        only_when=(award_not_asked,),
        live_only=(sitting.has_tribunal,),
        asks="award",
        hint="裁决书稿拟好后报院长签发，件进院长的待办",
    ),
    Move(
        code="ask_close",
        label="报结案审批",
        source=ENDED - {"rejected"},
        by=HANDLER,
        form="arbitration.forms.ClosingForm",
        sets=("served_on", "follow_up", "court_result", "handling", "offline_step"),
        only_when=(closing_not_asked,),
        live_only=(
            conditions.result_is_served,
            conditions.term_to_sue_is_over,
            one_paper.no_amount_without_paper,
            suits.somebody_went,
            online.nothing_was_offline,
        ),
        effect=ask_close,
        asks="close",
        hint="送达完成、当事人起诉期满后填结案审批表报院长审批，件进院长的待办",
        basis="《劳动人事争议仲裁办案规则》第二十一条",
    ),
    Move(
        code="return_draft",
        label="退回报签",
        source=frozenset({"deliberating"}) | ENDED - {"rejected"},
        by=HEAD,
        form="arbitration.forms.ReasonForm",
        only_when=(something_is_submitted,),
        answers=frozenset(DRAFTS.values()),
        effect=suits.forget_what_was_put_forward,
        main=False,
        hint="不签发裁决书、不批准结案的，写明理由退回承办人",
    ),
)
