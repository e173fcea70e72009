"""What happened to a case: its clocks with what moved them, and its timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from hrss_portal.casework.corrected import TOPIC, voided
from hrss_portal.casework.models import Clock, Event
from hrss_portal.casework.workflow import Workflow
from hrss_portal.deadlines.spec import ASSUMED, Nature
from hrss_portal.deadlines.terms import Term, terms
from hrss_portal.desk import wording
from hrss_portal.desk.clockface import Face, face_of
from hrss_portal.desk.links import url_of, working_days_counter


@dataclass(frozen=True)
class Item:
    """One entry of the timeline."""

    at: date | datetime
    by: str
    title: str
    note: str = ""
    details: Sequence[str] = ()
    files: Sequence[Any] = ()
    system: bool = False


@dataclass(frozen=True)
class ClockLine:
    """One clock with its face and how it came about."""

    label: str
    face: Face
    basis: str
    started_on: date
    steps: Sequence[str] = field(default_factory=list)
    url: str = ""
    ended: bool = False


def clocks(case: Any, hidden: frozenset[str] = frozenset()) -> list[ClockLine]:
    """The clocks of a case, running ones first, each with what moved it; of ``hidden`` notes no
    reason."""
    today, count = timezone.localdate(), working_days_counter()
    rows = Clock.objects.filter(case=case.pk).select_related("rule", "started_by")
    rows = rows.prefetch_related("steps")
    known = {term.code: term for term in terms()}
    order = {"running": 0, "paused": 1, "met": 2, "cancelled": 3}
    return [
        ClockLine(
            _clock_label(clock, known.get(clock.term)),
            face_of(clock, today=today, working_days=count),
            basis_of(clock),
            clock.started_on,
            [_clock_step(step, says_why="note" not in hidden) for step in clock.steps.all()],
            url_of("casework:clock", clock.pk),
            clock.state in ("met", "cancelled"),
        )
        for clock in sorted(
            rows, key=lambda one: (order[one.state], one.due_on or date.max, one.pk)
        )
    ]


def _clock_label(clock: Clock, term: Term | None) -> str:
    """The term, and which of its clocks this is where the term says so."""
    started = clock.started_by
    words = term.about(started) if term and term.about and started else ""
    return f"{clock.label}（{words}）" if words else clock.label


def basis_of(clock: Any) -> str:
    """The article; a policy target or a local default says so and never passes for statutory."""
    rule = clock.rule
    words = "政策目标" if rule.nature == Nature.POLICY else ""
    if rule.nature not in (Nature.STATUTORY, Nature.POLICY):
        words = "本地默认"
    if rule.sureness in ASSUMED:
        words += "·待确认" if words else "待确认"
    if not (rule.legal_basis_zh and words):
        return rule.legal_basis_zh or words
    return f"{rule.legal_basis_zh}（{words}）"


def _clock_step(step: Any, *, says_why: bool) -> str:
    words = f"{step.on:%Y-%m-%d} {step.get_kind_display()}"
    if step.days:
        words += f" {step.days} 天"
    if step.reason and says_why:
        words += f"：{step.reason}"
    if step.old_due_on and step.new_due_on and step.old_due_on != step.new_due_on:
        words += f"，到期日由 {step.old_due_on:%Y-%m-%d} 改为 {step.new_due_on:%Y-%m-%d}"
    return words


def timeline(
    case: Any, workflow: Workflow, hidden: frozenset[str] = frozenset(), *, reader: int = 0
) -> list[Item]:
    """What happened, newest first; a past event entered by date shows no hour.

    Of a correction of ``hidden`` fields only that there was one: neither values nor reason.  Where
    notes are hidden, the reader (a user's id) reads the own ones alone.
    """
    labels = {
        one.name: str(one.verbose_name)
        for one in case._meta.get_fields()
        if hasattr(one, "verbose_name")
    }
    words = {
        one.name: {str(code): str(label) for code, label in one.flatchoices}
        for one in case._meta.concrete_fields
        if one.choices
    } | {
        "outcome": workflow.outcomes,
        "channel": workflow.channels,
        "state": {state.code: state.label for state in workflow.states},
    }
    rows = list(Event.objects.filter(case=case.pk).order_by("-on", "-at", "-pk"))
    void, known = voided(rows), {event.pk: event.label for event in rows}
    items = [
        _item(event, workflow, labels, words, hidden, known, is_wrong=event.pk in void)
        for event in rows
    ]
    if "note" not in hidden:
        return items
    pairs = zip(items, rows, strict=True)
    return [one if row.by_id == reader else replace(one, note="") for one, row in pairs]


def _item(
    event: Any,
    workflow: Workflow,
    labels: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    hidden: frozenset[str],
    known: Mapping[int, str],
    *,
    is_wrong: bool = False,
) -> Item:
    same_day = timezone.localtime(event.at).date() == event.on
    details = []
    changed = {*event.data, *event.data.get("fields", ())}
    closed = event.kind == "amend" and not hidden.isdisjoint(changed)
    if event.move == TOPIC:
        details = [] if closed else _corrected(event, known)
    elif event.kind == "amend":
        details = [
            f"{labels.get(name, name)}：{_old_new(pair, words.get(name, {}))}"
            for name, pair in event.data.items()
            if name not in hidden and isinstance(pair, list) and len(pair) == 2
        ]
    elif event.from_state and event.from_state != event.to_state:
        before, now = (_label(workflow, code) for code in (event.from_state, event.to_state))
        details = [f"{before} → {now}"]
    by = "，".join(part for part in (event.doer or "系统", event.entered_later) if part)
    return Item(
        event.at if same_day and event.is_live else event.on,
        by,
        f"{event.label}（已更正，不作数）" if is_wrong else event.label,
        "" if closed else event.note,
        details,
        system=event.by_id is None and not event.told_by,
    )


def _corrected(event: Any, known: Mapping[int, str]) -> list[str]:
    """What a correction put right, which earlier steps it voids, which decisions it leaves."""
    words = [
        f"{label}：{_old_new(pair, {})}" for label, pair in event.data.get("values", {}).items()
    ]
    void = [known[one["id"]] for one in event.data.get("events", ()) if one.get("is_void")]
    words += [f"原登记的“{label}”不再计算" for label in dict.fromkeys(void)]
    return [*words, *event.data.get("stands", ())]


def _label(workflow: Workflow, code: str) -> str:
    try:
        return workflow.state(code).label
    except LookupError:
        return code


def _old_new(pair: list[Any], words: Mapping[str, str]) -> str:
    """Both values; a code in the words of its list."""
    old, new = (
        words.get(value) or _text(value) if isinstance(value, str) else _text(value)
        for value in pair
    )
    return f"{old} → {new}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    return wording.worded(value)
