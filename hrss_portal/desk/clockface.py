"""What a deadline looks like: five states, each a glyph, a word and a date, never colour alone.

The legal arithmetic is done elsewhere (``deadlines``); a face only words its result.  A date that
rests on an unpublished calendar or a local default says so.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from hrss_portal.casework import own_days
from hrss_portal.casework.clock_days import local_day, rests
from hrss_portal.casework.models import Clock
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.deadlines.spec import MINIMUM, OWN_TERMS, Counting
from hrss_portal.deadlines.terms import terms
from hrss_portal.desk import wording
from hrss_portal.desk.links import counts_working_days

GLYPHS = {"overdue": "■", "due": "▲", "ok": "●", "paused": "‖", "done": "✓", "none": "—"}
NEAR = 2


@dataclass(frozen=True)
class Face:
    """One clock as shown: ``state`` is the hook ``data-deadline``; ``due`` the date in words.

    ``also`` says how another clock of the same case stands meanwhile, ``also_state`` as a state of
    its own: suspended, or the statutory one that runs on.
    """

    state: str
    words: str
    due: str = ""
    label: str = ""
    note: str = ""
    also: str = ""
    also_state: str = "paused"

    @property
    def glyph(self) -> str:
        """The shape that tells the state in grey and on paper."""
        return GLYPHS[self.state]

    @property
    def also_glyph(self) -> str:
        """The shape of the other clock."""
        return GLYPHS[self.also_state]


def face(
    due: date | datetime | None,
    *,
    today: date,
    state: str = "running",
    warn_on: date | None = None,
    met_on: date | None = None,
    met_at: datetime | None = None,
    provisional: bool = False,
    label: str = "",
    working_days: Callable[[date, date], int] | None = None,
    lapses: bool = False,
) -> Face:
    """The face of one clock.

    ``state`` is the clock's own (running, paused, met, missed, cancelled).  ``warn_on`` is the
    first day of warning; without it the last two days warn.  ``working_days(a, b)`` counts the
    working days after ``a`` up to ``b``; without it natural days are counted, in the word 天.
    A term that ends at a moment is over at that moment; ``met_at`` says when it was met, if known.
    ``lapses``: a right or a term of somebody else, which is over after its day and never overdue.
    """
    note = "节假日安排未公布，日期为暂定" if provisional else ""
    shown = wording.moment(due) if due else ""
    if state == "cancelled":
        return Face("none", "不再计时", label=label)
    if state == "paused":
        return Face("paused", "中止计时", label=label, note=note)
    if due is None:
        return Face("none", "未设时限", label=label)
    last = local_day(due)
    if state in {"met", "missed"} or met_on:
        hours = _hours_late(due, met_at) if met_on == last else 0
        words = f"超期{hours}小时" if hours else _done(last, met_on, state)
        return Face("done", words, due=shown, label=label)
    count = working_days or (lambda first, until: (until - first).days)
    unit = "个工作日" if working_days else "天"
    hours = _hours_late(due, timezone.now()) if last == today else 0
    if last < today or hours:
        # Late by calendar days: on the weekend after the last day it is late already.
        late = f"超期{hours}小时" if hours else f"超期{(today - last).days}天"
        how = ("none", "期限已过") if lapses else ("overdue", late)
        return Face(*how, f"{shown} 到期", label, note)
    left = count(today, last)
    words = "今天到期" if last == today else f"剩{left}{unit}"
    near = today >= warn_on if warn_on else left <= NEAR
    return Face("due" if near else "ok", words, f"{shown} 到期", label, note)


def _hours_late(due: date | datetime, moment: datetime | None) -> int:
    """By how many hours, begun ones counted, a moment lies after the end of a term; 0: in time, or
    the day alone is known."""
    if not isinstance(due, datetime) or moment is None or moment <= due:
        return 0
    return math.ceil((moment - due) / timedelta(hours=1))


def minimum_face(
    last: date,
    *,
    today: date,
    met_on: date | None = None,
    provisional: bool = False,
    working_days: Callable[[date, date], int] | None = None,
) -> Face:
    """The face of a minimum period, met or running: how long it runs, that the way is free after
    its last day, whether it was kept.  It is never late.
    """
    if met_on:
        return Face("done", "已期满" if met_on > last else "未期满", wording.moment(last))
    note = "节假日安排未公布，日期为暂定" if provisional else ""
    shown = f"{wording.moment(last)} 期满"
    if last < today:
        return Face("due", "期满，可以办", shown, note=note)
    left = working_days(today, last) if working_days else (last - today).days
    unit = "个工作日" if working_days else "天"
    words = "今天期满" if last == today else f"还有{left}{unit}"
    return Face("ok", words, shown, note=note)


def _done(last: date, met_on: date | None, state: str) -> str:
    """How it ended: in time, or how late."""
    if met_on is None:
        return "超期结束" if state == "missed" else "按期"
    return "按期" if met_on <= last else f"超期{(met_on - last).days}天"


def face_of(clock: Any, *, today: date, working_days: Any = None) -> Face:
    """The face of a stored clock, or of a case with its nearest due day.

    A clock of working days is told in 个工作日 by ``working_days``, every other in 天, as it runs.
    One whose term no law or policy sets says 本地 itself; 日办结 is missed, never overdue.
    """
    if isinstance(clock, Face):
        return clock
    if hasattr(clock, "is_paused"):
        return case_face(clock, today=today, working_days=working_days)
    if clock.state in {"running", "paused"} and rests(clock):
        return Face("none", "本局不开展")
    counted = working_days if counts_working_days(clock.term) else None
    is_dated = clock.due_on is not None and clock.state in {"running", "met"}
    if is_dated and clock.rule.counting_rule in MINIMUM:
        found = minimum_face(
            clock.due_on,
            today=today,
            met_on=clock.met_on,
            provisional=clock.provisional,
            working_days=counted,
        )
    else:
        found = face(
            getattr(clock, "due_at", None) or clock.due_on,
            today=today,
            state=str(clock.state),
            warn_on=clock.soon_on,
            met_on=clock.met_on,
            met_at=getattr(clock, "met_at", None),
            provisional=clock.provisional,
            working_days=counted,
            lapses=getattr(clock, "owner", "bureau") != "bureau",
        )
    is_local = clock.due_on is not None and clock.rule.nature in OWN_TERMS
    if is_local and clock.rule.counting_rule == Counting.SAME_DAY:
        return _same_day(found)
    return replace(found, words=f"{found.words}（本地）") if is_local else found


def _same_day(found: Face) -> Face:
    """日办结 is the bureau's own demand: a matter not finished that day is never overdue by it."""
    missed = found.words.startswith("超期")
    state = "none" if found.state == "overdue" else found.state
    words = "未按日办结" if missed else found.words
    return replace(found, state=state, words=f"{words}（本地要求）")


def case_face(case: Any, *, today: date, working_days: Any = None) -> Face:
    """What a list shows of a case: what is to be done first, or in which state it has ended.

    That is its nearest statutory day, or an own day that has come (``casework.own_days.named``)
    while no statutory one is over.  Without a statutory day a minimum period that runs is shown.
    """
    found = _statutory_face(case, today=today, working_days=working_days)
    if case.voided_at is not None or found.state == "overdue":
        return found
    own_days.tell([case])
    own = case.own_day
    if own is None:
        return found
    if own_days.is_waiting(own, today) and (case.due_on or case.closed_on):
        return found
    shown = _own_face(own, today=today, working_days=working_days)
    return replace(shown, **_meanwhile(case, found))


def _own_face(own: Mapping[str, Any], *, today: date, working_days: Any) -> Face:
    """The face of an own day: of a target that has come, of a minimum period that runs or is over.

    ``own`` as ``casework.own_days`` tells it.
    """
    last = date.fromisoformat(own["due_on"])
    if own["is_minimum"]:
        counted = working_days if counts_working_days(own["term"]) else None
        provisional = own["provisional"]
        found = minimum_face(last, today=today, provisional=provisional, working_days=counted)
    else:
        late = (today - last).days
        found = Face("due", f"已到期{late}天" if late else "今天到期", f"{last:%Y-%m-%d} 到期")
    local = "（本地）" if own["nature"] in OWN_TERMS else ""
    return replace(found, words=found.words + local, label=plain_label(own["label"]))


def _meanwhile(case: Any, found: Face) -> dict[str, str]:
    """How the statutory clock stands beside an own day that has come; nothing once it has ended."""
    if found.state == "paused":
        if not hasattr(case, "paused_term"):
            name_suspended([case])
        return {"also": f"{term_label(case.paused_term) or '时限'}中止"}
    if found.state in {"ok", "due"}:
        label = found.label or term_label(case.due_term)
        return {"also": f"{label} {found.words}".strip(), "also_state": found.state}
    return {}


def _statutory_face(case: Any, *, today: date, working_days: Any) -> Face:
    """The nearest statutory day of a case.

    ✓ is for what was done; a case that was withdrawn or voided has no clock any more.
    """
    if case.voided_at is not None:
        return Face("none", "已作废")
    if case.closed_on is not None:
        state = workflow_of(case).state(case.state)
        return Face("none" if state.dropped else "done", state.label)
    shown = face(
        case.due_at or case.due_on,
        today=today,
        state="paused" if case.is_paused and case.due_on is None else "running",
        warn_on=case.warn_on,
        provisional=case.due_provisional,
        working_days=working_days if counts_working_days(case.due_term) else None,
    )
    if not case.is_paused or case.due_on is None:
        return shown
    if not hasattr(case, "paused_term"):
        name_suspended([case])
    label, other = (term_label(code) for code in (case.due_term, case.paused_term))
    return replace(shown, label=label, also=f"{other or '另有时限'}中止")


def tell(rows: Iterable[Any]) -> None:
    """Notes on the cases among the rows of a page what their faces need: two questions at most."""
    shown = [row for row in rows if hasattr(row, "is_paused")]
    own_days.tell(shown)
    name_suspended(shown)


def name_suspended(cases: Collection[Any]) -> None:
    """Notes on cases of which one clock is shown and another is suspended which one it is.

    One question for all of them.  Of several the statutory one that ends last is named: the
    duties on the way wait with it.
    """
    both = [one for one in cases if one.is_paused and (one.due_on or one.own_day)]
    found: dict[int, str] = {}
    if both:
        clocks = Clock._base_manager.filter(
            case__in=[one.pk for one in both], state="paused", owner="bureau"
        )
        for case, term in clocks.order_by("is_target", "-due_on", "pk").values_list("case", "term"):
            found.setdefault(case, term)
    for one in both:
        one.paused_term = found.get(one.pk, "")


def term_label(code: str) -> str:
    """What a term is called, "" for one that no area declares; a remark in brackets is left out."""
    return plain_label(next((one.label for one in terms() if one.code == code), ""))


def plain_label(label: str) -> str:
    """The name of a term without its remark in brackets."""
    return label.partition("（")[0]
