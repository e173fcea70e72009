"""X10 仲裁案件台账: a year's disputes with their outcome."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from arbitration.imports.columns import AWARD, COLUMNS, SIDES, SUITS
from arbitration.imports.handlers import Handlers, handlers
from arbitration.models import Dispute
from arbitration.models.choices import CloseMode, Finality, FollowUp, Handling, Procedure, Went
from arbitration.workflows.suits import NOTHING_TO_GO_OVER, SET_ASIDE_FIRST, went_over
from hrss_portal.areas import Sheet
from hrss_portal.casework.bulk import PastMove
from hrss_portal.casework.ledgers import Ledger, day_of, names_cell, split_names
from hrss_portal.casework.workflow import channel_words, outcome_words

ENDS = {
    CloseMode.FINAL_AWARD: "award",
    CloseMode.AWARD: "award",
    CloseMode.SPLIT_AWARD: "award",
    CloseMode.MEDIATED: "settle",
    CloseMode.WITHDRAWN: "withdraw",
    CloseMode.DEEMED_WITHDRAWN: "withdraw",
    CloseMode.REJECTED: "reject",
    CloseMode.REVOKED: "revoke",
    CloseMode.TERMINATED: "terminate",
    CloseMode.TRANSFERRED: "transfer",
}
FINALITY = {
    CloseMode.FINAL_AWARD: Finality.FINAL,
    CloseMode.AWARD: Finality.NOT_FINAL,
    CloseMode.SPLIT_AWARD: Finality.SPLIT,
}
AWARD_OF = {value: key for key, value in FINALITY.items()}
BEFORE_ACCEPTANCE = {CloseMode.REJECTED, CloseMode.TRANSFERRED, CloseMode.WITHDRAWN}


class DisputeLedger(Ledger):
    """What the columns of X10 mean for a dispute."""

    model = Dispute
    roles = SIDES
    number = "number"
    alike = ("cause",)
    filters = {**Ledger.filters, "cause": "cause__in"}
    related = (*Ledger.related, "unit")
    fetched = ("tribunal__member",)

    def values(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "cause": cleaned["cause"],
            "opened_on": cleaned["received_on"],
            "amount": cleaned["amount"],
            "awarded": cleaned["awarded"],
            "channel": cleaned["channel"] or "",
            "procedure": cleaned["procedure"] or "",
            "people": split_names(cleaned["applicants"])[1],
            "is_migrant_wage": bool(cleaned["is_migrant"]),
            "arbitrators_as_recorded": cleaned["arbitrators"] or "",
            "clerk_as_recorded": cleaned["clerk"] or "",
            "handling": _handling(cleaned),
            "offline_step": cleaned["offline_step"] or "",
            **_suits(cleaned),
            "remark": cleaned["remark"] or "",
            "town": cleaned["town"],
        }

    def merged(self, told: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        """A step off line that the row names overrules a stored 全程线上."""
        whole = super().merged(told, stored)
        if told["offline_step"] and not told["handling"]:
            whole["handling"] = Handling.OFFLINE
        return whole

    def new(self, cleaned: Mapping[str, Any], context: Any, known: Any) -> Dispute:
        return Dispute(
            unit=context.unit,
            number=cleaned["number"] or None,
            apply_mode="written",
            handler=known.of(
                context.unit.pk, cleaned["arbitrators"] or "", is_open=not cleaned["closed_on"]
            ),
            **self.values(cleaned),
        )

    def lookups(self, rows: Sequence[Any], user: Any) -> Handlers:
        """Who may be the arbitrator whom a row names."""
        return handlers()

    def hands(self, cleaned: Mapping[str, Any]) -> Iterable[str]:
        for column in ("arbitrators", "clerk"):
            yield from split_names(cleaned[column] or "")[0]

    def past_moves(self, cleaned: Mapping[str, Any]) -> list[PastMove]:
        return past_moves(cleaned)

    def check(self, cleaned: dict[str, Any]) -> Iterable[tuple[str, str]]:
        return tidy(cleaned)

    def row_of(self, case: Dispute) -> Mapping[str, Any]:
        """The cells of one dispute."""
        seats = [seat.member.name for seat in case.tribunal.all()]
        return {
            "number": case.number or "",
            "applicants": names_cell(case, "applicant", people=case.people),
            "respondents": names_cell(case, "respondent"),
            "cause": case.get_cause_display(),
            "received_on": case.opened_on,
            "filed_on": case.accepted_on,
            "hearing_on": day_of(case, "hear"),
            "closed_on": case.closed_on,
            "close_mode": outcome_words(case) if case.closed_on else "",
            "amount": case.amount,
            "awarded": case.awarded,
            "arbitrators": case.arbitrators_as_recorded or "、".join(seats),
            "clerk": case.clerk_as_recorded or (case.deputy.name if case.deputy else ""),
            "finality": case.get_finality_display() if case.closed_on else "",
            "is_migrant": "是" if case.is_migrant_wage else "否",
            "town": case.town.name if case.town else "",
            "channel": channel_words(case),
            "procedure": case.get_procedure_display(),
            "handling": case.get_handling_display(),
            "offline_step": case.offline_step,
            "suits": _suit_cell(case),
            "remark": case.remark,
        }


def _suit_cell(case: Dispute) -> str:
    """The sides that went, 未起诉 for neither; empty where the side, or all of it, is unknown."""
    known = {(f"{side}_went", went) for (_, side), (went, _) in went_over(case).items()}
    if case.outcome in SET_ASIDE_FIRST and case.employer_went == Went.SUED:
        known.add(("employer_went", "set_aside"))
    sides = [words for words, what in SUITS.items() if what in known]
    return "；".join(sides) or ("未起诉" if case.follow_up == FollowUp.NONE else "")


def past_moves(cleaned: Mapping[str, Any]) -> list[PastMove]:
    """The moves that a row tells, in order; nothing between them is made up."""
    found = []
    mode = cleaned["close_mode"]
    if cleaned["filed_on"] and mode != CloseMode.REJECTED:
        found.append(PastMove(code="accept", on=cleaned["filed_on"]))
        if cleaned["hearing_on"]:
            found.append(PastMove(code="hear", on=cleaned["hearing_on"]))
    if mode and cleaned["closed_on"]:
        data = {"outcome": mode, "awarded": cleaned["awarded"], "finality": FINALITY.get(mode, "")}
        early = mode == CloseMode.WITHDRAWN and not cleaned["filed_on"]
        end = "withdraw_early" if early else ENDS[mode]
        found.append(PastMove(code=end, on=cleaned["closed_on"], data=data))
        found.append(PastMove(code="close", on=cleaned["closed_on"]))
    return found


def _suits(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """What each side did after the award; nobody knows while the cell is empty.

    Of separate awards an employer sues over the one that is not final (调解仲裁法 Article 50).
    """
    text = cleaned["suits"] or ""
    found = {"worker_went": "", "employer_went": "", "employer_open_went": ""}
    told = [SUITS[words] for words in text.split("；") if words in SUITS]
    found |= dict(told)
    both = {("employer_went", "sued"), ("employer_went", "set_aside")} <= set(told)
    if both or (
        cleaned["close_mode"] == CloseMode.SPLIT_AWARD and found["employer_went"] == "sued"
    ):
        found |= {"employer_went": "set_aside" if both else "", "employer_open_went": "sued"}
    known = found["worker_went"] or found["employer_went"] or found["employer_open_went"]
    follow_up = known or (FollowUp.NONE if text else FollowUp.UNKNOWN)
    return {**found, "follow_up": follow_up}


def _handling(cleaned: Mapping[str, Any]) -> str:
    """The mark of the row; a named step off line says it as well; else nobody knows."""
    return Handling.OFFLINE if cleaned["offline_step"] else cleaned["handling"] or ""


def check(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Dates in order; a closed case says when and how; an award says whether it is final."""
    yield from _days_in_order(cleaned)
    closed, mode = cleaned.get("closed_on"), cleaned.get("close_mode")
    if closed and not mode:
        yield "close_mode", "有结案日期，没有结案方式"
    if mode and not closed:
        yield "closed_on", "有结案方式，没有结案日期"
    if cleaned.get("procedure") == Procedure.FAST and cleaned.get("is_migrant") is False:
        yield "procedure", "农民工工资速裁的案件，是否农民工填“是”"
    if cleaned.get("offline_step") and cleaned.get("handling") == Handling.ONLINE:
        yield "handling", "写了线下环节的，办理方式不是全程线上"
    if cleaned.get("awarded") and not cleaned.get("filed_on"):
        yield "awarded", "没有立案的案件没有裁决金额"
    yield from _ways_to_court(mode, (cleaned.get("suits") or "").split("；"))


def _ways_to_court(mode: str | None, suits: list[str]) -> Iterable[tuple[str, str]]:
    """The employer's way hangs on whether the award is final (调解仲裁法 Articles 48 to 50).

    Both ways stand in one cell where the court set the final award aside and he sued (Article 49).
    """
    was_asked = "用人单位申请撤销" in suits
    if mode == CloseMode.FINAL_AWARD and "用人单位起诉" in suits and not was_asked:
        yield "suits", "终局裁决用人单位不能起诉，可以申请撤销"
    told = {SUITS[words][1] for words in suits if words in SUITS}
    if mode and any(mode in NOTHING_TO_GO_OVER[went] for went in told):
        words = f"{CloseMode(mode).label}的案件没有裁决，不填起诉、申请撤销"
        yield "suits", f"{words}；对先行裁决的写在备注里"
    elif not mode and was_asked:
        yield "suits", "没有裁决的案件不填申请撤销"
    if mode == CloseMode.AWARD and was_asked:
        yield "suits", "非终局裁决不能申请撤销，不服的向人民法院起诉"


def _days_in_order(cleaned: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    received, filed = cleaned.get("received_on"), cleaned.get("filed_on")
    heard, closed = cleaned.get("hearing_on"), cleaned.get("closed_on")
    mode = cleaned.get("close_mode")
    if received and filed and filed < received:
        yield "filed_on", "立案日期早于收案日期"
    if heard and (filed or received) and heard < (filed or received):
        yield "hearing_on", "开庭日期早于立案日期"
    if heard and not filed:
        yield "hearing_on", "有开庭日期，没有立案日期"
    if closed and max(day for day in (received, filed, heard, closed) if day) > closed:
        yield "closed_on", "结案日期早于前面的日期"
    if filed and mode == CloseMode.REJECTED:
        yield "filed_on", "不予受理的案件没有立案日期"
    if mode and mode not in BEFORE_ACCEPTANCE and not filed:
        yield "filed_on", "已结案的案件要有立案日期"


def tidy(cleaned: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Settle an award by the column 是否终局, then check the row.

    The column says something of awards alone; an office writes 否 beside every other ending too.
    """
    mode, final = cleaned.get("close_mode"), cleaned.get("finality")
    if mode == AWARD and not final:
        cleaned["close_mode"] = None
        yield "finality", "裁决结案的要填是否终局：终局、非终局或分别制作"
        return
    if mode == AWARD and final:
        cleaned["close_mode"] = AWARD_OF[Finality(final)]
    elif mode in FINALITY and final and final != FINALITY[mode]:
        yield "finality", f"结案方式是{CloseMode(mode).label}，是否终局要与它一致"
    elif mode not in FINALITY and final in {Finality.FINAL, Finality.SPLIT}:
        said = f"{CloseMode(mode).label}的" if mode else "没有结案的"
        yield "finality", f"{said}案件没有裁决，是否终局不填{Finality(final).label}"
    else:
        cleaned["finality"] = FINALITY[CloseMode(mode)] if mode in FINALITY else None
    yield from check(cleaned)


ledger = DisputeLedger()
X10 = Sheet(
    code="X10",
    title="仲裁案件台账",
    policy="arbitration.sheet.X10",
    ledger="arbitration.imports.disputes.ledger",
    reading="arbitration.dispute.view",
    notes=(
        "案号写作 霍劳人仲案〔2023〕123号，各种括号都认得。",
        "已办结的案件带着过去的日期进来，不发文书、不提醒。",
        "办理方式填全程线上或有线下环节；没有填的是未知，不算进全程线上办理率。",
        "来源渠道没有填的是未登记，不猜。",
        "办理程序填一般程序、简易处理、农民工工资速裁或集体争议；没有填的是未登记，不计入速裁案件。",
        "同一案号再次导入：各栏与系统里逐一比较，没有变化的不动，变化的更新，空格不改。",
        "已在系统里办理的案件不能用表格改；同一案号当事人不同的，作为错误退回。",
    ),
    columns=COLUMNS,
    named_by=("number", "applicants", "respondents"),
)
