"""Who went to the court over an award: one side, or both, each in its own way.

调解仲裁法 Articles 48 to 50: over a final award the worker sues and the employer asks to set it
aside; over any other award either side sues.  Of separate awards (办案规则 Article 50) a side may
go over each.  What one side did never overwrites the other's, nor what it did over the other award.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from arbitration.models import Dispute
from arbitration.models.choices import (
    AWARDED,
    WITHOUT_RESULT,
    CloseMode,
    CourtResult,
    FollowUp,
    Went,
)
from arbitration.workflows.awards import FINAL, OPEN, awards
from arbitration.workflows.deliveries import side_of
from hrss_portal.casework.models import Event
from hrss_portal.casework.models.records import Source
from hrss_portal.casework.requests import open_request

SIDES = {"worker": "劳动者", "employer": "用人单位"}
#: The awards that are made separately, as a form names them, and how the fields of each begin.
OVER = {"final": "终局裁决", "open": "非终局裁决"}
FIELDS = {"final": "", "open": "open_"}
#: The endings over which nobody goes to a court in this way: who is refused may sue (调解仲裁法
#: Article 29), a settlement binds once it was signed for (Article 42).  Of a part award its own
#: step tells.
NOTHING_TO_GO_OVER: dict[str, frozenset[str]] = {
    Went.SUED: WITHOUT_RESULT - {CloseMode.REJECTED} | {CloseMode.MEDIATED},
    Went.SET_ASIDE: frozenset(CloseMode) - AWARDED,
}
#: The endings with a final award: its employer sues over it once the court has set it aside, as he
#: asked, and not before (Article 49).
SET_ASIDE_FIRST = frozenset({CloseMode.FINAL_AWARD, CloseMode.SPLIT_AWARD})
#: So many names are written out; of more the first three.
MOST_NAMES = 5


def separate_awards(case: Any) -> list[tuple[str, str]]:
    """The two awards of a case that has separate ones, with their numbers; else nothing."""
    if case.outcome != CloseMode.SPLIT_AWARD:
        return []
    numbers = {one.paper.kind: one.number for one in awards(case)}
    kinds = {"final": FINAL, "open": OPEN}
    return [
        (code, f"{label} {numbers.get(kinds[code], '')}".strip()) for code, label in OVER.items()
    ]


def went_over(case: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """By (award, side): how the side went and what the court said; of those who went."""
    found = {}
    for over, prefix in FIELDS.items():
        for side in SIDES:
            if went := getattr(case, f"{side}_{prefix}went"):
                found[over, side] = went, getattr(case, f"{side}_{prefix}result")
    return found


def keep_side(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """What the named party did, and what the court said to it, stands under its side and award.

    未知 of a named party takes back what was registered of its side by mistake.
    """
    party, went = data.get("party"), data.get("follow_up")
    if party is None or went not in {*Went.values, FollowUp.UNKNOWN}:
        return
    _keep(case, data.get("over") or "final", side_of(party))
    if went == FollowUp.UNKNOWN:
        known = [how for how, _ in went_over(case).values()]
        case.follow_up = known[0] if known else FollowUp.UNKNOWN
    case.save()


def _keep(case: Dispute, over: str, side: str) -> None:
    """What a side did over an award as it was told last, and what the court said to it."""
    told = _last_words(case, over, side)
    last = told[-1] if told else {}
    results = [one["court_result"] for one in told if one.get("court_result")]
    name = f"{side}_{FIELDS[over]}"
    setattr(case, f"{name}went", last.get("follow_up", ""))
    setattr(case, f"{name}result", results[-1] if results else "")


def forget_what_was_put_forward(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """A closing that is sent back told nothing of the courts yet."""
    asked = case.events.filter(move="ask_close", counts_on__isnull=False).order_by("pk").last()
    party = (asked.data.get("party") or {}).get("id") if asked else None
    row = case.parties.filter(pk=party).first() if party else None
    if asked and row:
        _keep(case, asked.data.get("over") or "final", side_of(row))
        case.save()


def workers_who_did_not_sue(case: Any, over: str) -> list[str]:
    """Names of the workers who are not known to have sued over an award, where it is known who of
    several did; a ledger does not say who.  A third person is none of them."""
    told = _last_words(case, over, "worker")
    return workers_besides(case, {one["party"]["id"] for one in told if _sued(one)})


def workers_besides(case: Any, sued: Collection[int]) -> list[str]:
    """Names of the workers who did not sue where some did (法释〔2020〕26号 Article 17: the award
    takes effect for them); those who are not on the list of parties by their number."""
    rows = [row for row in case.parties.all() if row.left_on is None]
    mine = [row for row in rows if row.role in {"applicant", "respondent"}]
    workers = [row for row in mine if side_of(row) == "worker"]
    if not any(row.pk in sued for row in workers):
        return []
    found = [row.name for row in workers if row.pk not in sued]
    unlisted = case.people - len(workers) if workers[0].role == "applicant" else 0
    return [*found, f"其余{unlisted}名劳动者"] if unlisted > 0 else found


def some_of(names: Sequence[str]) -> str:
    """甲、乙; of a large group the first three and how many they are."""
    few = "、".join(names if len(names) <= MOST_NAMES else names[:3])
    return few if len(names) <= MOST_NAMES else f"{few}等{len(names)}人"


def stands_for(case: Any, over: str) -> str:
    """For whom an award takes effect although others sued over it; "" where for nobody, or where
    nobody sued.  The suit of an employer, or the court that set it aside, keeps it from all."""
    went = {side: how for (one, side), how in went_over(case).items() if one == over}
    if any(result == CourtResult.SET_ASIDE for _, result in went.values()):
        return ""
    if {side for side, (how, _) in went.items() if how == Went.SUED} != {"worker"}:
        return ""
    return some_of(workers_who_did_not_sue(case, over))


def _sued(data: Mapping[str, Any]) -> bool:
    return bool(data["follow_up"] == Went.SUED)


def _last_words(case: Dispute, over: str, side: str) -> list[dict[str, Any]]:
    """What each party of a side did over an award, as it was told last, the oldest word first; who
    was taken back has done nothing."""
    mine = {row.pk for row in case.parties.all() if side_of(row) == side}
    told: dict[int, dict[str, Any]] = {}
    for data in _words(case, over):
        if (party := data["party"]["id"]) in mine:
            told[party] = keep_set_aside(told.pop(party, {}), data)
    return [data for data in told.values() if data["follow_up"] in Went.values]


def _words(case: Any, over: str) -> Iterable[dict[str, Any]]:
    """What was registered of named parties over an award of the whole case, the oldest first; what
    was put forward for the closing counts while it waits: the approval tells it again."""
    waits = open_request(case, "close")
    answered = Q(move="ask_close") & ~Q(pk=waits.pk if waits else 0)
    events = case.events.filter(data__party__isnull=False, counts_on__isnull=False)
    events = events.exclude(answered)
    for data in events.order_by("pk").values_list("data", flat=True):
        is_whole = "follow_up" in data and data.get("party") and not data.get("part")
        if is_whole and (data.get("over") or "final") == over:
            yield data


def keep_set_aside(before: Mapping[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """What a party did, as told now; that the court set the award aside stands until the court has
    decided the suit that followed (调解仲裁法 Article 49)."""
    was = before.get("court_result") == CourtResult.SET_ASIDE
    sues = data["follow_up"] == Went.SUED and not data.get("court_result")
    return data | {"court_result": CourtResult.SET_ASIDE.value} if was and sues else data


def said_set_aside(words: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a court set an award aside, by all that was registered, the oldest first; what was
    taken back was never said."""
    said: set[Any] = set()
    for data in words:
        party = (data.get("party") or {}).get("id")
        if data.get("court_result") == CourtResult.SET_ASIDE:
            said.add(party)
        elif data["follow_up"] == FollowUp.UNKNOWN:
            said.discard(party)
    return bool(said)


def was_set_aside(case: Any, over: str) -> bool:
    """Whether the court set an award aside: each party may then sue (调解仲裁法 Article 49)."""
    return said_set_aside(_words(case, over)) or any(
        result == CourtResult.SET_ASIDE
        for (one, _), (_, result) in went_over(case).items()
        if one == over
    )


def _named(case: Any, over: str, side: str) -> str:
    """The side, of several on it who went, and over which award where that is known."""
    told = _last_words(case, over, side) if _is_several(case, side) else []
    return f"{_side(case, over, side)}{some_of([one['party']['text'] for one in told])}"


def _is_several(case: Any, side: str) -> bool:
    """Whether more than one stands on that side."""
    rows = [row for row in case.parties.all() if row.left_on is None and side_of(row) == side]
    return len(rows) > 1


def _side(case: Any, over: str, side: str) -> str:
    """The side, and over which award it went where that is known: a ledger does not say it of a
    worker, who may sue over either."""
    told = case.source != Source.SHEET or side == "employer" or over == "open"
    is_split = case.outcome == CloseMode.SPLIT_AWARD and told
    return f"{SIDES[side]}（{OVER[over]}）" if is_split else SIDES[side]


def went_words(case: Any) -> str:
    """劳动者起诉；用人单位申请撤销: every side that went; without a known side what was recorded;
    nothing while nobody has asked.  Of several workers who sued, and for whom the award takes
    effect all the same."""
    found = []
    for (over, side), (went, _) in went_over(case).items():
        others = stands_for(case, over) if side == "worker" else ""
        effect = f"，对没有起诉的{others}发生法律效力" if others else ""
        found.append(f"{_named(case, over, side)}{Went(went).label}{effect}")
    known = "" if case.follow_up == FollowUp.UNKNOWN else case.get_follow_up_display()
    return "；".join(found) or known


def result_words(case: Any) -> str:
    """What the court said to each side that went, to each of several by name; without a known side
    what was recorded."""
    found = []
    for (over, side), (_, result) in went_over(case).items():
        told = [one for one in _last_words(case, over, side) if one.get("court_result")]
        if _is_several(case, side) and told:
            each = [f"{one['party']['text']}{_result(one['court_result'])}" for one in told]
            found.append(f"{_side(case, over, side)}：{'，'.join(each)}")
        elif result:
            found.append(f"{_named(case, over, side)}：{_result(result)}")
    return "；".join(found) or case.get_court_result_display()


def _result(code: str) -> str:
    return str(CourtResult(code).label)


def somebody_went(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """That nobody sued is not written over what a side is known to have done."""
    if data.get("follow_up") == FollowUp.NONE and went_over(case):
        yield f"已登记{went_words(case)}，不能登记未起诉"
