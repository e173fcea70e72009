"""The anatomy of a case's page: one order for all kinds, so that who knows one knows all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from hrss_portal.access import keys, policy
from hrss_portal.access.models import User
from hrss_portal.audit.log import viewers
from hrss_portal.casework import informants
from hrss_portal.casework.models import Case, CaseLink
from hrss_portal.casework.moves import available
from hrss_portal.casework.namesakes import choice_of, open_ones
from hrss_portal.casework.papers import extra_kinds, is_spent, not_again
from hrss_portal.casework.requests import decisions_asked
from hrss_portal.casework.secrecy import makes, materials_seen, papers_seen
from hrss_portal.casework.workflow import Move, Workflow, barred_from, withheld_from, workflow_of
from hrss_portal.desk import history, wording
from hrss_portal.desk.clockface import face_of
from hrss_portal.desk.gathering import Child
from hrss_portal.desk.links import case_url, url_of, working_days_counter
from hrss_portal.desk.states import state_label, state_tag
from hrss_portal.parties.identifiers import mask_phone

FIRST_STEPS = 3
CHILDREN = (
    Child("parties"),
    Child("papers", ("paper",)),
    Child("attachments", ("file", "added_by")),
    Child("deliveries"),
)
SHARED = frozenset(field.name for field in Case._meta.get_fields())


UNSEEN = "不在您可见范围内的办件"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a summary: the words and where the value comes from.

    A ``seldom`` one belongs to what few cases go through (a suspension, a court's decision) and is
    left out while it is empty; the others say by their dash that something is missing.
    """

    label: str
    value: Callable[[Any], Any] | str
    wide: bool = False
    seldom: bool = False


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
class TaskLine:
    """One line of the 办理清单."""

    label: str
    state: str
    url: str = ""
    missing: str = ""


def context(case: Any, user: User, facts: Sequence[Facts]) -> dict[str, Any]:
    """Everything that the page of a case shows to this user; ``cases.whole_case`` read it."""
    workflow = workflow_of(case)
    can = available(case, user)
    main, more = split([_step(case, move) for move in can], can, case)
    todo = tasks(case, workflow, {move.code for move in can})
    hidden = policy.hidden_fields(user, case)
    clocks = history.clocks(case, hidden) if case.has_clocks else []
    may_paper = policy.can(user, f"{case.kind}.paper", case)
    seen = papers(case, user)
    return {
        "case": case,
        "workflow": workflow,
        "title": f"{case.reference} {case.title}",
        "state": state_label(case),
        "state_tag": state_tag(case),
        "face": face_of(case, today=timezone.localdate(), working_days=working_days_counter()),
        "steps": main,
        "more_steps": more,
        "may_edit": (
            not case.archived_on
            and policy.can(user, f"{case.kind}.edit", case)
            and not withheld_from(case, user, "amend")
        ),
        "may_attach": not case.archived_on and policy.can(user, f"{case.kind}.attach", case),
        "may_assign": case.is_open and policy.can(user, f"{case.kind}.assign", case),
        "kept_away": [] if can else barred_from(case, user),
        **_namesakes(case, user),
        "void_url": _void_url(case, user),
        "has_extra_papers": bool(extra_kinds(case, user)),
        "may_paper": may_paper,
        "receipts": [one for one in seen if one["is_receipt"] and one["issue_url"]],
        "receipt_key": keys.new(),
        "followed": case.is_followed,
        "sections": sections(case, facts, hidden),
        "tasks": todo,
        "tasks_done": sum(task.state == "done" for task in todo),
        "panels": [],
        "clocks": clocks,
        "clocks_ended": sum(one.ended for one in clocks),
        "timeline": history.timeline(case, workflow, hidden, reader=user.pk),
        "parties": parties(case, workflow),
        **_informants(case, workflow, user),
        "files": files(case, user),
        "papers": seen,
        **_links(case, user),
        "viewers": list(viewers(case.kind, case.pk)[:20]),
        "urls": urls(case),
        "page_state": "ready",
    }


def split(steps: list[Step], moves: list[Move], case: Any) -> tuple[list[Step], list[Step]]:
    """At most three steps as buttons, the rest under 更多: first what the case as it stands asks
    for (``leads``, a request that waits for this decision), moves off the main path last.

    What somebody may decide of his own accord, off the main path, is under 更多 alone.
    """
    workflow = workflow_of(case)
    decided = {move.asks for move in workflow.moves if move.asks}
    rights = [move for move in moves if not move.main and (move.approval or move.code in decided)]
    asked = decisions_asked(case, rights)
    unasked = {move.code for move in rights} - asked

    def place(move: Move) -> int:
        if move.code in asked or (move.leads is not None and move.leads(case)):
            return 0
        if move.code in unasked:
            return 3
        return 1 if move.main else 2

    pairs = sorted(zip(steps, moves, strict=True), key=lambda pair: place(pair[1]))
    ordered = [step for step, _ in pairs]
    first = min(FIRST_STEPS, len(ordered) - len(unasked))
    return ordered[:first], ordered[first:]


def _step(case: Any, move: Move) -> Step:
    return Step(move.label, case_url(case, "move", move.code), move.hint, move.outward)


def urls(case: Any) -> dict[str, str]:
    """The other pages of a case that exist here."""
    names = ("detail", "edit", "attach", "print", "assign", "paper_add")
    more = {"list": _list_url(case), "file": url_of("desk:case_file", case.pk)}
    return {name: case_url(case, name) for name in names} | more


def _links(case: Any, user: User) -> dict[str, Any]:
    """What is tied to the case, and where to tie another."""
    may = not case.is_void and policy.can(user, f"{case.kind}.edit", case)
    some = case.has_links_onward or case.has_links_back
    return {
        "links": links(case, may_part=may) if some else [],
        "link_url": url_of("desk:case_link", case.pk) if may else "",
    }


def _informants(case: Any, workflow: Workflow, user: User) -> dict[str, Any]:
    """Whether somebody told of it who must stay unknown, and where those who may can read who."""
    if not workflow.informants:
        return {"informants": ""}
    may = informants.sees(user, case)
    add = may and not case.archived_on and policy.can(user, f"{case.kind}.edit", case)
    return {
        "informants": workflow.informants,
        "has_informants": case.has_informants,
        "informants_url": url_of("desk:case_informants", case.pk) if may else "",
        "informant_add_url": url_of("desk:case_informant_add", case.pk) if add else "",
    }


def _namesakes(case: Any, user: User) -> dict[str, Any]:
    """Of whom the head should say whether they are a party of the same name, and where."""
    may = not case.is_void and policy.can(user, f"{case.kind}.assign", case)
    found = open_ones(case, user) if may else []
    return {
        "namesakes": [choice_of(one)[1] for one in found],
        "namesake_url": url_of("desk:case_namesake", case.pk) if found else "",
    }


def _void_url(case: Any, user: User) -> str:
    """The page that voids a case, for who may and while there is something to void."""
    if case.is_void or case.archived_on or not policy.can(user, f"{case.kind}.void", case):
        return ""
    return url_of("desk:case_void", case.pk)


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
    made = []
    for section in facts:
        shown_facts = [fact for fact in section.rows if fact.value not in hidden]
        rows = [
            Line(fact.label, words, fact.wide)
            for fact in shown_facts
            if (words := read(case, fact)) != wording.NOTHING or not fact.seldom
        ]
        if any(row.value != wording.NOTHING for row in rows):  # a stage not reached is left out
            made.append({"title": section.title, "rows": rows})
    return made


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


def read(case: Any, fact: Fact) -> str:
    """The value of a fact in words."""
    if callable(fact.value):
        return wording.worded(fact.value(case))
    return shown(case, fact.value)


def shown(row: Any, name: str) -> str:
    """A field's value in words: choices by label, dates, amounts, yes and no."""
    display = getattr(row, f"get_{name}_display", None)
    return wording.worded(display() if callable(display) else getattr(row, name, None))


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


def parties(case: Any, workflow: Workflow) -> list[dict[str, str]]:
    """The parties by role, phones masked."""
    return [
        {
            "role": workflow.party_roles.get(party.role, party.role),
            "name": party.name,
            "phone": mask_phone(party.phone) if party.phone else "",
            "address": party.address,
            "left": f"{party.left_on:%Y-%m-%d} 退出" if party.left_on else "",
            "electronic": _electronic(party),
            "url": _party_url(party),
        }
        for party in case.parties.all()
    ]


def _electronic(party: Any) -> str:
    """What the party answered about service by electronic means; nothing while nobody asked."""
    if party.takes_electronic is None:
        return ""
    answer = "同意" if party.takes_electronic else "不同意"
    return f"{party.address_confirmed_on:%Y-%m-%d} {answer}电子送达"


def _party_url(party: Any) -> str:
    if party.person_id:
        return url_of("parties:person", party.person_id)
    return url_of("parties:employer", party.employer_id) if party.employer_id else ""


def files(case: Any, user: User) -> list[dict[str, Any]]:
    """The materials in page order, those that the user may know of."""
    rows = [row for row in case.attachments.all() if row.removed_at is None]
    return [
        {
            "name": row.kind or row.file.name,
            "kind": row.get_part_display(),
            "size": row.file.size,
            "by": row.added_by.name if row.added_by else "系统",
            "at": row.added_at,
            "url": url_of("documents:download", row.file_id),
        }
        for row in materials_seen(user, case, rows)
    ]


def papers(case: Any, user: User) -> list[dict[str, Any]]:
    """Papers made, waiting to be made, or not needed, those that the user may know of.

    ``is_receipt``: called for when the case was opened, handed out at the window.
    """
    receipts = workflow_of(case).open_papers
    rows = list(case.papers.all())
    return [
        {
            "pk": row.pk,
            "label": row.label,
            "state": row.state,
            "words": "已作废" if row.paper and row.paper.voided_at else row.get_state_display(),
            "number": row.paper.number if row.paper else "",
            "on": row.called_on,
            "why": row.drop_reason,
            "is_receipt": row.kind in receipts,
            "url": url_of("documents:paper", row.paper_id) if row.paper_id else "",
            "issue_url": (
                case_url(case, "paper", row.pk)
                if row.state == "waiting" and makes(user, case, row.kind)
                else ""
            ),
            "again_url": _again_url(case, user, row, rows),
        }
        for row in papers_seen(user, case, rows)
    ]


def _again_url(case: Any, user: User, row: Any, rows: list[Any]) -> str:
    """The page on which a paper that is void, or was dropped, is called for again; "" where not."""
    if not is_spent(row) or case.is_void or case.archived_on or not makes(user, case, row.kind):
        return ""
    return "" if not_again(row, rows) else case_url(case, "paper", row.pk)


def links(case: Case, *, may_part: bool) -> list[dict[str, str]]:
    """The cases tied to this one; of those that the viewer may not see, only that there is one."""
    rows = list(CaseLink.objects.filter(Q(earlier=case.pk) | Q(later=case.pk)).order_by("pk"))
    others = {row.pk: row.later_id if row.earlier_id == case.pk else row.earlier_id for row in rows}
    seen = Case.objects.in_bulk(list(others.values()))
    made = []
    for row in rows:
        other = seen.get(others[row.pk])
        may = may_part and row.kind != CaseLink.Kind.FOLLOWS
        made.append(
            {
                "label": f"{other.reference} {other.title}" if other else UNSEEN,
                "note": row.get_kind_display(),
                "area": workflow_of(other).label if other else "",
                "url": case_url(other) if other else "",
                "part_url": url_of("desk:case_unlink", case.pk, row.pk) if may else "",
            }
        )
    return made
