"""Who came to a hearing, side by side: what decides whether a case may be deemed withdrawn.

It is told where the hearing is registered (开庭审理), and where it ends for who left before the
end; the Events keep it, the row of the hearing says it in words.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from arbitration.models import Dispute, Hearing
from arbitration.models.choices import Attendance
from arbitration.workflows.posts import PARTY_ROLES
from hrss_portal.casework.models import Event

STAYED_AWAY: dict[str, str] = {
    Attendance.ABSENT: "无正当理由拒不到庭",
    Attendance.LEFT: "未经仲裁庭同意中途退庭",
}


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
    if hearing is None:
        return ""
    held = case.events.filter(move="hear", data__hearing__id=hearing.pk).order_by("pk").last()
    if held is None:
        return ""
    ends = case.events.filter(move="end_hearing", pk__gt=held.pk)
    again = case.events.filter(move="hear", pk__gt=held.pk).order_by("pk").first()
    if again:
        ends = ends.filter(pk__lt=again.pk)
    if any(role in (end.data.get("left_early") or ()) for end in ends):
        return Attendance.LEFT
    return str(held.data.get(f"{role}_came") or "")


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
