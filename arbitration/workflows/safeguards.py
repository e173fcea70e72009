"""What keeps a trial honest: its term, its hearings, who takes part, and when it may be ended.

The checks yield the sentences that refuse a move.  They ask about work done here; moves that a
ledger tells of the past are not measured by them.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from arbitration.models import Dispute
from arbitration.models.choices import Attendance, CloseMode, Procedure
from arbitration.workflows.attendance import attendance_of, last_due
from arbitration.workflows.deliveries import COPY, HEARING, unserved
from arbitration.workflows.posts import PARTY_ROLES
from hrss_portal.casework import corrected
from hrss_portal.casework.models import CasePaper
from hrss_portal.casework.models.records import Source
from hrss_portal.deadlines.compute import compute
from hrss_portal.deadlines.lookup import calendar_for, rule_for

SIMPLE_TRACKS = {Procedure.SIMPLE, Procedure.FAST}
COUNTERCLAIM_DECISIONS = ("accept_counterclaim", "refuse_counterclaim")


def trial_over_on(case: Any, on: date) -> date | None:
    """The last day of the term of trial when it ran out before the day ``on``; else None."""
    clock = case.clocks.filter(term="arb.award").order_by("-pk").first()
    return over_on(clock, on) if clock else None


def over_on(clock: Any, on: date) -> date | None:
    """The last day of a clock that ran out before ``on``, or before the pause that goes on."""
    if clock.due_on is None:
        return None
    open_pause = clock.pauses and not clock.pauses[-1][1]
    until = date.fromisoformat(clock.pauses[-1][0]) if open_pause else on
    due: date = clock.due_on
    return due if due < until else None


def arbitrator_and_clerk_differ(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Who keeps the record of a hearing does not decide the case (form A02)."""
    handler, deputy = data.get("handler"), data.get("deputy")
    if handler is not None and handler == deputy:
        yield "承办仲裁员和书记员不能是同一人"


def has_open_counterclaim(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A decision answers a counterclaim that came in (办案规则 Article 36)."""
    about = case.events.filter(move__in=("counterclaim", *COUNTERCLAIM_DECISIONS))
    made = list(about.values_list("move", flat=True))
    if made.count("counterclaim") * 2 <= len(made):
        yield "没有待决定的反申请。先办“收到反申请”"


def claims_really_change(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Claims that stand as they were are no change (办案规则 Article 44)."""
    still_open = [row for row in case.claims.all() if row.part_awarded_on is None]
    before = sorted((row.text, row.amount or 0) for row in still_open)
    after = sorted((row["text"], row.get("amount") or 0) for row in data.get("claims", ()))
    if before == after:
        yield "请求没有增加或变更"


def last_day_to_announce(case: Any, hearing_on: date) -> date:
    """By which day the notice of a hearing reaches the parties (办案规则 Article 38, ARB-07)."""
    region = case.unit.rules_region
    rule = rule_for("ARB-07", hearing_on, region)
    due = compute(rule, hearing_on, calendar=calendar_for(region), trace=False).due_on
    return due or hearing_on


def answer_runs_until(case: Any) -> date | None:
    """The last day on which a respondent may still answer; None when no such term runs."""
    running = [clock for clock in case.clocks.all() if clock.term == "arb.answer"]
    days = [clock.due_on for clock in running if clock.state == "running" and clock.due_on]
    return max(days, default=None)


def answer_could_end(case: Any, on: date) -> date | None:
    """The earliest end of the time to answer for a copy that would be served on the day ``on``.

    None when every respondent has the copy; a ledger knows no deliveries (ARB-04).
    """
    if case.source == Source.SHEET or not unserved(case, COPY, {"respondent"}, known=True):
        return None
    region = case.unit.rules_region
    rule = rule_for("ARB-04", on, region)
    return compute(rule, on, calendar=calendar_for(region), trace=False).due_on


def planned_by(case: Any, hearing: Any, *, before: Any = None) -> Any:
    """The Event that set this hearing; None when no move here did.

    ``before``: an Event that puts another hearing in its place, maybe at the same hour.
    """
    day = timezone.localdate(hearing.starts_at)
    set_for = case.events.filter(
        move__in=("schedule", "postpone"), data__hearing_on=day.isoformat()
    ).order_by("-pk")
    if before is not None:
        set_for = set_for.filter(pk__lt=before.pk)
    for event in set_for:
        if parse_datetime(str(event.data.get("starts_at") or "")) == hearing.starts_at:
            return corrected.as_told(event)
    first = set_for.first()
    return corrected.as_told(first) if first else None


def notices_ahead(case: Any) -> list[Any]:
    """The issued notices of the hearings that are still planned and that are not void, in the order
    of issue."""
    coming = case.hearings.filter(state="planned")
    events = [event.pk for row in coming if (event := planned_by(case, row))]
    issued = case.papers.filter(
        kind="arb.hearing",
        event__in=events,
        state=CasePaper.State.ISSUED,
        paper__voided_at=None,
    ).select_related("paper", "event")
    return list(issued.order_by("pk"))


def may_be_short(case: Any, event: Any) -> bool:
    """The notice of a hearing need not come five working days before.

    On the simple track (办案规则 Article 59), and where both sides agreed in writing.
    """
    return bool(case.procedure in SIMPLE_TRACKS or (event and event.data.get("agreed_early")))


def may_be_before_the_answer(case: Any, event: Any) -> bool:
    """The time for the answer was given up: by both sides in writing, on the simple track by the
    respondent alone (办案规则 Article 58)."""
    if event is None:
        return False
    waived = case.procedure in SIMPLE_TRACKS and event.data.get("answer_waived")
    return bool(waived or event.data.get("agreed_early"))


def not_told(case: Any, hearing: Any, roles: Collection[str]) -> list[str]:
    """Names of the parties whom the notice of this hearing did not reach in time.

    In time is five working days before; on the simple track, and where the parties agreed in
    writing to an earlier day, the day of the hearing.  Who joined the case after that day was to be
    told of no hearing before.
    """
    day = timezone.localdate(hearing.starts_at)
    event = planned_by(case, hearing)
    by = day if may_be_short(case, event) else last_day_to_announce(case, day)
    since = event.on if event else None
    joined = case.events.filter(move="add_party", on__gt=day)
    later = set(joined.values_list("data__party_name", flat=True))
    untold = unserved(case, HEARING, roles, since=since, by=by, planned=event)
    return [name for name in untold if name not in later]


def hearing_was_announced(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A hearing is held on its day, announced in time, after the time for the answer.

    调解仲裁法 Articles 30, 35; 办案规则 Article 38.
    """
    hearing = data.get("hearing")
    if hearing is None:
        return
    day, today = timezone.localdate(hearing.starts_at), timezone.localdate()
    if day > today:
        yield f"还没有到开庭日期 {day:%Y-%m-%d}"
    elif hearing.starts_at > timezone.now():
        starts = timezone.localtime(hearing.starts_at)
        yield f"还没有到开庭时间 {starts:%Y-%m-%d %H:%M}"
    if missing := not_told(case, hearing, set(PARTY_ROLES)):
        length = int(rule_for("ARB-07", day, case.unit.rules_region).length)
        words = f"开庭通知书没有在开庭{length}个工作日前送达：{'、'.join(missing)}"
        yield f"{words}。先登记送达结果或延期开庭"
    until, event = answer_runs_until(case), planned_by(case, hearing)
    if until and until >= min(day, today) and not may_be_before_the_answer(case, event):
        consent = (
            "被申请人没有同意缩短或者取消答辩期"
            if case.procedure in SIMPLE_TRACKS
            else "双方没有书面同意提前开庭"
        )
        yield f"答辩期到 {until:%Y-%m-%d} 才届满，{consent}"


def stayed_away_from_the_hearing(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """Deemed withdrawn is who was told in writing in time and stayed away (办案规则 Article 39).

    So the day of the hearing has come, and who came is written down (调解仲裁法 Article 36): an
    applicant who is recorded as present is not deemed to withdraw.
    """
    if data.get("outcome") != CloseMode.DEEMED_WITHDRAWN:
        return
    today = timezone.localdate()
    hearing = last_due(case, today)
    if hearing is None:
        yield "还没有到开庭的日期，不能按撤回处理"
        return
    if missing := not_told(case, hearing, {"applicant"}):
        yield f"没有按时送达开庭通知书，不能按撤回处理：{'、'.join(missing)}"
    came = attendance_of(case, hearing, "applicant")
    if came == Attendance.PRESENT:
        day = timezone.localdate(hearing.starts_at)
        yield f"{day:%Y-%m-%d} 开庭登记申请人到庭，不能按撤回处理；中途退庭的在“庭审终结”里登记"
    elif not (came or hearing.attended or data.get("attended")):
        yield "填写开庭当日的到庭情况，才能按撤回处理"


def court_took_the_case_after_the_term(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """The term ran out without an award and a court took the case then (办案规则 Article 48)."""
    over = trial_over_on(case, timezone.localdate())
    if over is None:
        yield "审理期限没有届满，不能终止审理"
    taken = data.get("court_filed_on")
    if not taken:
        yield "填写法院受理日期"
    elif over and taken <= over:
        yield f"法院受理日期应在审理期限届满（{over:%Y-%m-%d}）之后"


def not_taken_over_before(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """A case is taken over once; the day is mended like any other field (更正)."""
    if case.transferred_in_on:
        yield f"已登记 {case.transferred_in_on:%Y-%m-%d} 接受移送"


def not_asked_before(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """What is missing is told once (办案规则 Article 29)."""
    earlier = case.events.filter(move="ask_correction").order_by("pk").first()
    if earlier:
        yield f"已于 {earlier.on:%Y-%m-%d} 一次性告知补正，不能再次告知；按现有材料决定是否受理"
