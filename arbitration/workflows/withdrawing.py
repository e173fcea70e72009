"""The applicant asks to withdraw an accepted case; whoever hears it decides.

The clerk registers the request as it came; the case goes on until it is granted (决定书).  What
came before acceptance is taken back at the desk (``withdraw_early``).  Where only some of several
applicants withdraw, they leave and the case goes on for the others.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows import effects, groups, hearings, safeguards
from arbitration.workflows.groups import present_applicants
from arbitration.workflows.posts import HANDLER, HEAD, JUDGE, TRIAL
from hrss_portal.access.accounts import users_in_posts
from hrss_portal.casework.models import Event
from hrss_portal.casework.requests import open_request
from hrss_portal.casework.workflow import Move
from hrss_portal.notifications.inbox import notify


def withdrawal_waits(case: Any) -> bool:
    """Whether a request to withdraw is not decided yet."""
    return open_request(case, "withdraw") is not None


def withdrawal_is_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Only a request is refused."""
    if not withdrawal_waits(case):
        yield "没有等待决定的撤回申请"


def withdrawal_not_asked(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """One request at a time."""
    if asked := open_request(case, "withdraw"):
        yield f"{asked.on:%Y-%m-%d} 已登记撤回申请，等待决定"


def some_stay(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Some of the applicants leave; where all do, the case itself is withdrawn."""
    here = {party.pk for party in present_applicants(case)}
    who = {party.pk for party in data.get("who", ())}
    if not who or who - here:
        yield "选择撤回申请的申请人"
    elif who == here:
        yield "全部申请人都撤回的，办“决定撤回申请”"


def claims_stay(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Of the claims some stay for the others, and what a part award decided stands."""
    gone = {claim.pk for claim in data.get("claims", ())}
    rows = {claim.pk: claim for claim in case.claims.all()}
    if gone - set(rows):
        yield "选择本案的仲裁请求"
    elif rows and gone == set(rows):
        yield "其余申请人的请求要留下，不能全部撤回"
    for claim in rows.values():
        if claim.pk in gone and claim.part_awarded_on:
            yield f"第 {claim.seq} 项请求已经先行裁决，不能撤回"


def several_apply(case: Dispute) -> bool:
    """Whether more than one applies: one alone withdraws the whole case."""
    return len(present_applicants(case)) > 1


def leave_case(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Who withdrew leaves; the claims that go with them are taken out, and the amount of the case
    follows where it was their sum, the number of people by who left.  The hearings to come are
    booked for those who stay; where these are too few for their procedure, the head is told."""
    for party in data["who"]:
        row = case.parties.get(pk=party.pk)
        row.left_on = event.on
        row.save()
    before = sum_of_claims(case)
    case.claims.filter(pk__in=[claim.pk for claim in data.get("claims", ())]).delete()
    if before is not None and case.amount == before:
        case.amount = sum_of_claims(case)
    case.people = max(case.people - len(data["who"]), len(present_applicants(case)))
    case.save()
    hearings.rebook(case)
    if words := groups.say_group(case):
        notify(
            users_in_posts(case.unit, *HEAD),
            title=f"{case.reference} 部分申请人撤回后人数、代表人不符",
            body=words,
            url=case.get_absolute_url(),
            kind="case",
            key=f"group:{event.pk}",
        )


def sum_of_claims(case: Any) -> Decimal | None:
    """What the claims of a case come to; None where none has an amount."""
    amounts = [row.amount for row in case.claims.order_by("seq") if row.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


WITHDRAWAL_MOVES = (
    Move(
        code="ask_withdrawal",
        label="登记撤回申请",
        source=TRIAL | {"suspended"},
        by=HANDLER,
        form="arbitration.forms.WithdrawalRequestForm",
        live_only=(withdrawal_not_asked,),
        asks="withdraw",
        main=False,
        hint="登记申请人撤回仲裁申请，件进承办仲裁员的待办；准许以前案件照常办理，期限照算",
        basis="《劳动人事争议仲裁办案规则》第三十五条",
    ),
    Move(
        code="withdraw",
        label="决定撤回申请",
        source=TRIAL | {"suspended"},
        to="withdrawn",
        by=JUDGE,
        live_only=(safeguards.stayed_away_from_the_hearing,),
        form="arbitration.forms.WithdrawalForm",
        effect=effects.end_by_withdrawal,
        sets=("outcome",),
        papers=("arb.withdrawal",),
        leads=withdrawal_waits,
        closes=True,
        outward=True,
        main=False,
        hint="由审理本案的仲裁员决定准许撤回或者按撤回处理；视为撤回的，以同一请求再次申请不予受理",
        basis="《劳动争议调解仲裁法》第三十六条；《劳动人事争议仲裁办案规则》第三十五条、第三十九条",
    ),
    Move(
        code="withdraw_some",
        label="部分申请人撤回",
        source=TRIAL | {"suspended"},
        by=JUDGE,
        form="arbitration.forms.PartWithdrawalForm",
        live_only=(some_stay, claims_stay),
        offered=several_apply,
        effect=leave_case,
        papers=("arb.part_withdrawal",),
        answers=frozenset({"ask_withdrawal"}),
        dates=("parties.left_on",),
        outward=True,
        main=False,
        hint="准许部分申请人撤回：撤回的退出本案，案件为其余申请人继续审理，审限不变；办案规则没有写"
        "部分申请人撤回，比照撤回申请办理，待县局确认",
        basis="《劳动人事争议仲裁办案规则》第三十五条",
    ),
    Move(
        code="refuse_withdrawal",
        label="不准许撤回",
        source=TRIAL | {"suspended"},
        by=JUDGE,
        form="arbitration.forms.ReasonForm",
        live_only=(withdrawal_is_asked,),
        offered=withdrawal_waits,
        answers=frozenset({"ask_withdrawal"}),
        main=False,
        hint="不准许撤回、申请人又收回撤回申请的，写明理由，案件继续审理",
    ),
)
