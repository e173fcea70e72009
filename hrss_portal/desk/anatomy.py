"""The anatomy of a case's page: one order for all kinds, so that who knows one knows all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.audit.log import viewers
from hrss_portal.casework.models import Case, CaseLink, Clock, Event
from hrss_portal.casework.moves import available
from hrss_portal.casework.workflow import Move, Workflow, workflow_of
from hrss_portal.desk import wording
from hrss_portal.desk.clockface import Face, face_of
from hrss_portal.desk.links import case_url, url_of, working_days_counter
from hrss_portal.parties.identifiers import mask_phone

FIRST_STEPS = 3
SHARED = frozenset(field.name for field in Case._meta.get_fields())


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a summary: the words and where the value comes from."""

    label: str
    value: Callable[[Any], Any] | str
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A section of the summary."""

    title: str
    rows: Sequence[Fact]


@dataclass(frozen=True)
class Line:
    """A fact, read and worded."""

    label: str
    value: str
    wide: bool = False
    url: str = ""
    note: str = ""
    reveal: str = ""


@dataclass(frozen=True)
class Step:
    """A move that the user may make now."""

    label: str
    url: str
    hint: str = ""
    outward: bool = False


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
class TaskLine:
    """One line of the 办理清单."""

    label: str
    state: str
    url: str = ""
    missing: str = ""


@dataclass(frozen=True)
class ClockLine:
    """One clock with its face and how it came about."""

    label: str
    face: Face
    basis: str
    started_on: date
    steps: Sequence[str] = field(default_factory=list)
    url: str = ""


def context(case: Any, user: User, facts: Sequence[Facts]) -> dict[str, Any]:
    """Everything that the page of a case shows to this user."""
    workflow = workflow_of(case)
    can = available(case, user)
    main, more = split([_step(case, move) for move in can], can)
    todo = tasks(case, workflow, {move.code for move in can})
    state = workflow.state(case.state)
    return {
        "case": case,
        "workflow": workflow,
        "title": f"{case.reference} {case.title}",
        "state": "作废" if case.is_void else state.label,
        "state_tag": "closed" if case.is_void else TAGS[state.phase],
        "face": face_of(case, today=timezone.localdate(), working_days=working_days_counter()),
        "steps": main,
        "more_steps": more,
        "may_edit": not case.archived_on and policy.can(user, f"{case.kind}.edit", case),
        "may_assign": case.is_open and policy.can(user, f"{case.kind}.assign", case),
        "may_paper": policy.can(user, f"{case.kind}.paper", case),
        "followed": case.followers.filter(user=user).exists(),
        "sections": sections(case, facts, policy.hidden_fields(user, case)),
        "tasks": todo,
        "tasks_done": sum(task.state == "done" for task in todo),
        "panels": [],
        "clocks": clocks(case),
        "timeline": timeline(case, workflow),
        "parties": parties(case, workflow),
        "files": files(case),
        "papers": papers(case),
        "links": links(case),
        "viewers": list(viewers(case.kind, case.pk)[:20]),
        "urls": urls(case),
        "page_state": "ready",
    }


TAGS = {
    "intake": "open",
    "work": "open",
    "waiting": "waiting",
    "ended": "closed",
    "filed": "closed",
}


def split(steps: list[Step], moves: list[Move]) -> tuple[list[Step], list[Step]]:
    """At most three steps as buttons, the rest under 更多; moves off the main path come last."""
    pairs = list(zip(steps, moves, strict=True))
    ordered = [step for step, move in pairs if move.main]
    ordered += [step for step, move in pairs if not move.main]
    return ordered[:FIRST_STEPS], ordered[FIRST_STEPS:]


def _step(case: Any, move: Move) -> Step:
    return Step(move.label, case_url(case, "move", move.code), move.hint, move.outward)


def urls(case: Any) -> dict[str, str]:
    """The other pages of a case that exist here."""
    names = ("detail", "edit", "attach", "print", "assign")
    return {name: case_url(case, name) for name in names} | {"list": _list_url(case)}


def _list_url(case: Any) -> str:
    app, model = case.kind.split(".")
    return url_of(f"{app}:{model}_list")


def sections(case: Any, facts: Sequence[Facts], hidden: frozenset[str]) -> list[dict[str, Any]]:
    """The declared sections; without any, the fields that the area added to the case."""
    if not facts:
        own = [one for one in case._meta.get_fields() if _is_own(one) and one.name not in hidden]
        rows = [Line(str(one.verbose_name), shown(case, one.name), _is_long(one)) for one in own]
        rows.sort(key=lambda row: row.wide)
        return [{"title": "案情", "rows": [row for row in rows if row.value != wording.NOTHING]}]
    return [
        {
            "title": section.title,
            "rows": [
                Line(fact.label, _read(case, fact), fact.wide)
                for fact in section.rows
                if fact.value not in hidden
            ],
        }
        for section in facts
    ]


def _is_own(one: Any) -> bool:
    return bool(
        getattr(one, "concrete", False)
        and one.editable
        and not one.auto_created
        and one.name not in SHARED
        and not one.many_to_many
        and not getattr(one, "primary_key", False)
    )


def _is_long(one: Any) -> bool:
    return one.get_internal_type() == "TextField"


def _read(case: Any, fact: Fact) -> str:
    if callable(fact.value):
        return worded(fact.value(case))
    return shown(case, fact.value)


def shown(row: Any, name: str) -> str:
    """A field's value in words: choices by label, dates, amounts, yes and no."""
    display = getattr(row, f"get_{name}_display", None)
    return worded(display() if callable(display) else getattr(row, name, None))


def worded(value: Any) -> str:
    """Any value in words."""
    match value:
        case None | "":
            return wording.NOTHING
        case bool():
            return "是" if value else "否"
        case datetime() | date():
            return wording.moment(value)
        case list() | tuple() | set():
            return "、".join(worded(one) for one in value) or wording.NOTHING
        case _ if hasattr(value, "as_tuple"):
            return wording.money(value)
        case _:
            return str(value)


def tasks(case: Any, workflow: Workflow, can: set[str]) -> list[TaskLine]:
    """The 办理清单: done, to do with its link, or not yet with what is missing."""
    made = []
    for task in workflow.tasks:
        if not task.applies(case):
            continue
        if task.done(case):
            made.append(TaskLine(task.label, "done"))
            continue
        missing = task.missing(case)
        if missing:
            made.append(TaskLine(task.label, "blocked", missing=missing))
        else:
            url = case_url(case, "move", task.move) if task.move in can else ""
            made.append(TaskLine(task.label, "open", url))
    return made


def clocks(case: Any) -> list[ClockLine]:
    """The clocks of a case, running ones first, each with what moved it."""
    today, count = timezone.localdate(), working_days_counter()
    rows = Clock.objects.filter(case=case.pk).select_related("rule").prefetch_related("steps")
    order = {"running": 0, "paused": 1, "met": 2, "cancelled": 3}
    return [
        ClockLine(
            clock.label,
            face_of(clock, today=today, working_days=count),
            _basis(clock),
            clock.started_on,
            [_clock_step(step) for step in clock.steps.all()],
            url_of("deadlines:clock", clock.pk),
        )
        for clock in sorted(
            rows, key=lambda one: (order[one.state], one.due_on or date.max, one.pk)
        )
    ]


def _basis(clock: Any) -> str:
    """The article, or that it is a local default: never called statutory when it is not."""
    article = str(getattr(clock.rule, "article", "") or getattr(clock.rule, "basis", ""))
    nature = str(getattr(clock.rule, "nature", "statutory"))
    if nature == "statutory":
        return article
    return f"{article}（本地默认）" if article else "本地默认"


def _clock_step(step: Any) -> str:
    words = f"{step.on:%Y-%m-%d} {step.get_kind_display()}"
    if step.days:
        words += f" {step.days} 天"
    if step.reason:
        words += f"：{step.reason}"
    if step.old_due_on and step.new_due_on and step.old_due_on != step.new_due_on:
        words += f"，到期日由 {step.old_due_on:%Y-%m-%d} 改为 {step.new_due_on:%Y-%m-%d}"
    return words


def timeline(case: Any, workflow: Workflow) -> list[Item]:
    """What happened, newest first; a past event entered by date shows no hour."""
    labels = {
        one.name: str(one.verbose_name)
        for one in case._meta.get_fields()
        if hasattr(one, "verbose_name")
    }
    rows = Event.objects.filter(case=case.pk).order_by("-on", "-at", "-pk")
    return [_item(event, workflow, labels) for event in rows]


def _item(event: Any, workflow: Workflow, labels: Mapping[str, str]) -> Item:
    same_day = timezone.localtime(event.at).date() == event.on
    details = []
    if event.kind == "amend":
        details = [
            f"{labels.get(name, name)}：{_old_new(pair)}"
            for name, pair in event.data.items()
            if isinstance(pair, list) and len(pair) == 2
        ]
    elif event.from_state and event.from_state != event.to_state:
        before, now = (_label(workflow, code) for code in (event.from_state, event.to_state))
        details = [f"{before} → {now}"]
    by = event.by_name or "系统"
    return Item(
        event.at if same_day and event.is_live else event.on,
        by,
        event.label,
        event.note,
        details,
        system=event.by_id is None,
    )


def _label(workflow: Workflow, code: str) -> str:
    try:
        return workflow.state(code).label
    except LookupError:
        return code


def _old_new(pair: list[Any]) -> str:
    old, new = (_text(value) for value in pair)
    return f"{old} → {new}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    return worded(value)


def parties(case: Any, workflow: Workflow) -> list[dict[str, str]]:
    """The parties by role, phones masked."""
    return [
        {
            "role": workflow.party_roles.get(party.role, party.role),
            "name": party.name,
            "phone": mask_phone(party.phone) if party.phone else "",
            "address": party.address,
            "left": f"{party.left_on:%Y-%m-%d} 退出" if party.left_on else "",
            "url": _party_url(party),
        }
        for party in case.parties.all()
    ]


def _party_url(party: Any) -> str:
    if party.person_id:
        return url_of("parties:person", party.person_id)
    return url_of("parties:employer", party.employer_id) if party.employer_id else ""


def files(case: Any) -> list[dict[str, Any]]:
    """The materials in page order."""
    rows = case.attachments.filter(removed_at__isnull=True).select_related("file", "added_by")
    return [
        {
            "name": row.kind or row.file.name,
            "kind": row.get_part_display(),
            "size": row.file.size,
            "by": row.added_by.name if row.added_by else "系统",
            "at": row.added_at,
            "url": url_of("documents:download", row.file_id),
        }
        for row in rows
    ]


def papers(case: Any) -> list[dict[str, Any]]:
    """Papers made, waiting to be made, or not needed."""
    rows = case.papers.select_related("paper")
    return [
        {
            "pk": row.pk,
            "label": row.label,
            "state": row.state,
            "words": row.get_state_display(),
            "number": row.paper.number if row.paper else "",
            "on": row.called_on,
            "why": row.drop_reason,
            "url": url_of("documents:paper", row.paper_id) if row.paper_id else "",
            "issue_url": case_url(case, "paper", row.pk) if row.state == "waiting" else "",
        }
        for row in rows
    ]


def links(case: Any) -> list[dict[str, str]]:
    """Cases that belong with this one, and open cases of the same parties."""
    rows = CaseLink.objects.filter(Q(earlier=case.pk) | Q(later=case.pk))
    made = []
    for row in rows.select_related("earlier", "later"):
        other = row.later if row.earlier_id == case.pk else row.earlier
        made.append(
            {
                "label": f"{other.reference} {other.title}",
                "note": row.get_kind_display(),
                "url": case_url(other),
            }
        )
    return made
