"""Who came to a hearing, side by side: what decides whether a case may be deemed withdrawn.

It is told where the hearing is registered (开庭审理), and where it ends for who left before the
end; the Events keep it, the row of the hearing says it in words.  What was told wrongly is put
right later (更正), which takes no decision back.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from arbitration.models import Dispute, Hearing
from arbitration.models.choices import Attendance, CloseMode
from arbitration.workflows.awards import FINAL, OPEN, PART
from arbitration.workflows.posts import PARTY_ROLES
from hrss_portal.casework import corrected
from hrss_portal.casework.correcting import Correction, Retold
from hrss_portal.casework.models import Event
from hrss_portal.casework.moves import MoveRefused

STAYED_AWAY: dict[str, str] = {
    Attendance.ABSENT: "无正当理由拒不到庭",
    Attendance.LEFT: "未经仲裁庭同意中途退庭",
}
AWARDED = (CloseMode.FINAL_AWARD, CloseMode.AWARD, CloseMode.SPLIT_AWARD)


def in_words(data: Mapping[str, Any]) -> str:
    """Each side that is told of, then what was written beside it."""
    said = [
        f"{label}{Attendance(data[f'{role}_came']).label}"
        for role, label in PARTY_ROLES.items()
        if data.get(f"{role}_came")
    ]
    return "；".join(one for one in ("，".join(said), data.get("attended") or "") if one)


def note_who_left(case: Dispute, data: Mapping[str, Any], event: Event) -> None:
    """Who left before the end is said beside who came."""
    hearing = case.hearings.filter(state=Hearing.State.HELD).order_by("period").last()
    if hearing is None or not data.get("left_early"):
        return
    gone = "、".join(label for role, label in PARTY_ROLES.items() if role in data["left_early"])
    said = "；".join(one for one in (hearing.attended, f"{gone}中途退庭") if one)
    hearing.attended = said[: Hearing._meta.get_field("attended").max_length]
    hearing.updated_by = event.by
    hearing.save()


def attendance_of(case: Dispute, hearing: Any, role: str) -> str:
    """Whether a side came to this hearing and stayed; "" where nobody told it side by side."""
    held, ends = told_of(case, hearing)
    if held is None:
        return ""
    if any(role in (end.data.get("left_early") or ()) for end in ends):
        return Attendance.LEFT
    return str(held.data.get(f"{role}_came") or "")


def told_of(case: Dispute, hearing: Any) -> tuple[Event | None, list[Event]]:
    """The Event that registered a hearing as held, and those that told its end, as corrected."""
    story = corrected.events(case) if hearing else []
    places = [n for n, event in enumerate(story) if _registers(event, hearing)]
    if not places:
        return None, []
    rest = story[places[-1] + 1 :]
    again = next((n for n, event in enumerate(rest) if event.move == "hear"), len(rest))
    return story[places[-1]], [event for event in rest[:again] if event.move == "end_hearing"]


def _registers(event: Event, hearing: Any) -> bool:
    """Whether an Event registered this very hearing as held."""
    told = event.data.get("hearing") if event.move == "hear" else None
    return bool(told and told.get("id") == hearing.pk)


def put_right(case: Dispute, hearing: Any, came: Mapping[str, str], attended: str) -> Correction:
    """Who really came to a held hearing, by role, and what is written beside it.

    What was decided on the old attendance is named and stays as it is.  Raises ``MoveRefused``
    where no Event registered the hearing.
    """
    held, ends = told_of(case, hearing)
    if held is None:
        raise MoveRefused(["这次开庭没有到庭登记"])
    was = {role: attendance_of(case, hearing, role) for role in came}
    changed = [role for role in came if came[role] != was[role]]
    values: dict[str, tuple[Any, Any]] = {
        f"{PARTY_ROLES[role]}到庭情况": (_word(was[role]), _word(came[role])) for role in changed
    }
    note = held.data.get("attended") or ""
    if attended != note:
        values["到庭情况说明"] = (note or None, attended or None)
    data = {**{f"{role}_came": came[role] for role in came}, "attended": attended}
    hearing.attended = in_words(data)
    hearing.save()
    stayed = {role for role in came if came[role] != Attendance.LEFT}
    return Correction(
        what=f"到庭情况（{timezone.localtime(hearing.starts_at):%Y-%m-%d %H:%M} 开庭）",
        values=values,
        events=(Retold(event=held, data=data), *_ends_retold(ends, stayed)),
        stands=tuple(decided_on(case, hearing, changed)),
    )


def _ends_retold(ends: Collection[Event], stayed: Collection[str]) -> Iterable[Retold]:
    """Of the ends of a hearing: nobody left before it who stayed."""
    for end in ends:
        left = end.data.get("left_early") or []
        right = [role for role in left if role not in stayed]
        if right != left:
            yield Retold(event=end, data={"left_early": right})


def _word(came: str) -> str | None:
    return str(Attendance(came).label) if came else None


def decided_on(case: Dispute, hearing: Any, roles: Collection[str]) -> Iterable[str]:
    """What was decided after a hearing on whether these sides came (调解仲裁法 Article 36), the
    papers, and what to do.

    An award tells in its own text who came: one that is still to be issued tells the corrected
    fact (``came_words``).
    """
    held_on = timezone.localdate(hearing.starts_at)
    others = bool({"respondent", "third"} & set(roles))
    if others:
        made = case.events.filter(move="part_award", counts_on__gte=held_on).order_by("pk")
        for event in made:
            rows = case.papers.filter(kind=PART, event=event)
            yield from _resting(event.counts_on or event.on, "先行裁决", rows, is_award=True)
    if not case.closed_on or case.closed_on < held_on:
        return
    if case.outcome == CloseMode.DEEMED_WITHDRAWN and "applicant" in roles:
        rows = case.papers.filter(kind="arb.withdrawal")
        yield from _resting(case.closed_on, "按撤回处理的决定", rows, is_award=False)
    elif case.outcome in AWARDED and others:
        rows = case.papers.filter(kind__in=(FINAL, OPEN))
        yield from _resting(case.closed_on, "裁决", rows, is_award=True)


def _resting(on: date, name: str, papers: Any, *, is_award: bool) -> Iterable[str]:
    """What becomes of a decision that rests on the old attendance, of its papers that count; what
    a ledger told has none."""
    found = papers.filter(paper__voided_at=None).exclude(state="dropped")
    rows = list(found.select_related("paper").order_by("pk"))
    waiting = [row for row in rows if is_award and not row.paper]
    if waiting:
        yield (
            f"{on:%Y-%m-%d} {name}{_named(waiting)}制发时按更正后的到庭情况写。主文、理由依据的是"
            "原来登记的到庭情况的，先不制发，报院长依法纠正"
        )
    if len(waiting) < len(rows) or not rows:
        made = [row for row in rows if row not in waiting]
        yield (
            f"{on:%Y-%m-%d} {name}{_named(made)}是按原来登记的到庭情况"
            "作出的，不随更正改变。到庭情况本来没有录错的，改回原来的登记；决定确有错误的，"
            "报院长依法纠正，系统不撤销文书、不恢复审理"
        )


def _named(rows: Iterable[Any]) -> str:
    """Papers in brackets, each with its number and day of issue; "" where there are none."""
    said = [
        f"{row.label} {row.paper.number}，{row.paper.issued_on:%Y-%m-%d} 制发"
        if row.paper
        else f"{row.label}，还没有制发"
        for row in rows
    ]
    return f"（{'；'.join(said)}）" if said else ""


def last_due(
    case: Dispute, until: date | None, states: Collection[str] = ("planned", "held")
) -> Any:
    """The last hearing in these states whose day has come by ``until``; None where none has."""
    due = [
        row
        for row in case.hearings.all()
        if row.state in states and timezone.localdate(row.starts_at) <= (until or date.max)
    ]
    return due[-1] if due else None


def stayed_away(case: Dispute) -> str:
    """How the applicant stayed away, for the decision that deems the case withdrawn.

    A hearing that was registered only with the decision is called off by it: there, as where the
    sides were not told apart, both cases of the law are named (调解仲裁法 Article 36).
    """
    hearing = last_due(case, case.closed_on, ("held", "cancelled"))
    came = attendance_of(case, hearing, "applicant")
    return STAYED_AWAY.get(came) or "或者".join(STAYED_AWAY.values())


def came_words(case: Dispute) -> str:
    """Who came to the last hearing, and that an absent respondent is decided against all the same
    (调解仲裁法 Article 36); nothing where nobody told it side by side."""
    hearing = last_due(case, case.closed_on, ("held",))
    came = {role: attendance_of(case, hearing, role) for role in PARTY_ROLES}
    there = [PARTY_ROLES[role] for role, how in came.items() if how == Attendance.PRESENT]
    said = [f"{'、'.join(there)}到庭参加庭审"] if there else []
    for role in ("applicant", "respondent", "third"):
        if came[role] not in STAYED_AWAY:
            continue
        how = STAYED_AWAY[came[role]]
        by_default = "，本委依法缺席裁决" if role == "respondent" else ""
        said.append(f"{PARTY_ROLES[role]}收到开庭的书面通知，{how}{by_default}")
    return f"{'；'.join(said)}。" if said else ""
