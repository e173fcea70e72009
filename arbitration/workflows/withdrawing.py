"""The applicant asks to withdraw an accepted case; whoever hears it decides.

The clerk registers the request as it came; the case goes on until it is granted (决定书).  What
came before acceptance is taken back at the desk (``withdraw_early``).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from arbitration.models import Dispute
from arbitration.workflows import effects, safeguards
from arbitration.workflows.posts import HANDLER, JUDGE, TRIAL
from hrss_portal.casework.requests import open_request
from hrss_portal.casework.workflow import Move


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
