"""The one door: open, move and amend a case.

Each verb does the same six things in one transaction: check → change → Event → clocks → papers →
notify on commit.  Nothing else writes a case, an event or a clock (``casework.door``).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.constraints import broken_rule
from hrss_portal.access.models import User
from hrss_portal.casework import clocks, door, file_index, hands, minimum, own_case, papers, tell
from hrss_portal.casework.changing import PartyIn as PartyIn  # noqa: PLC0414 - part of this face
from hrss_portal.casework.changing import apply_move, describe, party_rows, write_event
from hrss_portal.casework.informants import keep as keep_informants
from hrss_portal.casework.models import Case, CaseLink, CaseParty, Event
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.refusals import (
    amend_problems,
    date_problems,
    is_own_work,
    move_problems,
    names_himself,
    own_request,
    refused_now,
)
from hrss_portal.casework.undoing import ended_by, undone_by
from hrss_portal.casework.workflow import (
    Check,
    Effect,
    Move,
    barred_from,
    kept_from,
    withheld_from,
    workflow_of,
)
from hrss_portal.documents.numbers import next_number


class MoveRefused(ValidationError):
    """A move that the rules refuse; ``messages`` says why, in words for the clerk."""


class StaleVersion(Exception):
    """Somebody else changed the case since this user opened it; nothing was saved."""

    def __init__(self, case: Case, sent: int) -> None:
        super().__init__(f"case {case.pk} is at version {case.version}, not {sent}")
        self.case = case
        self.sent = sent


def available(case: Case, user: User) -> list[Move]:
    """The moves that this user may make from the case's present state, in declared order.

    A move that the case as it stands refuses whatever its form holds is left out (``offered``,
    ``only_when``, an extension that was given already).
    """
    workflow = workflow_of(case)
    if case.is_void or barred_from(case, user):
        return []
    rights = policy.current_rights(user)
    allowed = [
        move
        for move in workflow.moves
        if case.state in move.source
        and policy.move_allowed(user, case, move.by, move.code, rights).allowed
        and (move.offered is None or move.offered(case))
        and not withheld_from(case, user, move.code)
        and not any(True for _ in refused_now(case, move))
    ]
    own = any(move.approval for move in allowed) and is_own_work(case, user)
    return [
        move for move in allowed if not (move.approval and (own or own_request(case, move, user)))
    ]


@transaction.atomic
def open_case(
    case: Case,
    *,
    by: User | None,
    on: date | None = None,
    parties: Sequence[PartyIn] = (),
    informants: Sequence[Mapping[str, Any]] = (),
    data: Mapping[str, Any] | None = None,
    note: str = "",
) -> Case:
    """Open a case: number it, store its parties, write the Event, start its clocks.

    ``case`` is an unsaved instance of an area's case with its form's fields; ``on`` is the day it
    was received (default: ``case.opened_on``, else today).  ``informants``: rows of their form,
    told to nobody by the Event.  Raises ``MoveRefused`` or ``PermissionDenied``.
    """
    workflow = workflow_of(type(case))
    data = dict(data or {})
    case.kind = workflow.of
    case.opened_on = on or case.opened_on or timezone.localdate()
    case.state = workflow.initial
    case.state_on = case.opened_on
    _require_post(by, case, workflow.open_by, "open")
    own = own_case.opening(by, parties, workflow.own_basis) if by else []
    told = {**data, "parties": parties}
    _refuse_if([*date_problems(case.opened_on), *own], workflow.open_checks, case, told)
    case.created_by = case.updated_by = by
    case.intake_no = next_number(
        workflow.intake_series, unit_root=case.unit.root, year=case.opened_on.year
    ).text
    with door.opened():
        describe(case, workflow, parties)
        case.full_clean(exclude=["created_by", "updated_by"])
        case.save()
        CaseParty.objects.bulk_create(party_rows(case, parties))
        keep_informants(case, informants, by=by)
        event = write_event(
            case,
            kind=EventKind.OPEN,
            move="open",
            label=workflow.open_label,
            by=by,
            on=case.opened_on,
            to_state=case.state,
            data=data,
            note=note,
        )
        _follow(case, event, data, workflow.open_effect, workflow.open_papers)
    tell.after(case, event, by=by)
    return case


@transaction.atomic
def move(
    case: Case,
    code: str,
    *,
    by: User | None,
    on: date | None = None,
    data: Mapping[str, Any] | None = None,
    note: str = "",
    version: int | None = None,
) -> Event:
    """Make one declared move and return its Event.

    ``data`` is what the move's form cleaned; ``on`` the day with legal effect (default today);
    ``version`` what the user saw.  Raises ``StaleVersion``, ``MoveRefused``, ``PermissionDenied``.
    """
    case = lock(case, version)
    workflow = workflow_of(case)
    step = workflow.move(code)
    data, on = dict(data or {}), on or timezone.localdate()
    grant = _require_post(by, case, step.by, code)
    if step.approval and by is not None and (is_own_work(case, by) or own_request(case, step, by)):
        raise PermissionDenied("经办人不能审批自己的件，请由另一人审批")
    taken_back = undone_by(step, case)
    problems = [*move_problems(case, step, on, taken_back), *kept_from(case, by, code)]
    _refuse_if(problems, _checks(step), case, {**data, "on": on})
    with door.opened():
        file_index.fill(case, step, by=by)
        from_state, before = case.state, hands.hands_of(case)
        apply_move(case, workflow, step, on=on, data=data, taken_back=taken_back)
        _refuse_hands(case, before, names_himself(case, step, by))
        case.updated_by = by
        case.version += 1
        case.full_clean(exclude=["created_by", "updated_by"])
        case.save()
        event = write_event(
            case,
            kind=EventKind.MOVE,
            move=code,
            label=step.label,
            by=by,
            on=on,
            from_state=from_state,
            to_state=case.state,
            data=data,
            note=note,
            on_behalf_of_id=grant.on_behalf_of,
        )
        _follow(case, event, data, step.effect, step.papers, taken_back)
    tell.after(case, event, by=by)
    return event


@transaction.atomic
def amend(
    case: Case,
    *,
    by: User | None,
    changes: Mapping[str, Any],
    reason: str,
    version: int | None = None,
    topic: str = "amend",
    label: str = "更正信息",
) -> Event:
    """Change fields of a case, keeping old and new values in the Event.

    ``changes`` maps field names to new values; unchanged ones are left out, and a call that
    changes nothing raises ``MoveRefused``.  Clocks that start from a changed date are recomputed.
    """
    case = lock(case, version)
    if by is not None and topic == "amend":
        policy.require(by, f"{case.kind}.edit", case)
    if problems := [*amend_problems(case, topic, reason), *kept_from(case, by, topic)]:
        raise MoveRefused(problems)
    before = {name: getattr(case, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        raise MoveRefused(["没有改动"])
    checks = workflow_of(case).amend_checks if topic == "amend" else ()
    wrong = {text for check in checks for text in check(case, {})}
    with door.opened():
        _change(case, changed)
        _refuse_if((), [_unless(wrong, check) for check in checks], case, {})
        case.updated_by = by
        case.version += 1
        describe(case, workflow_of(case), None)
        case.full_clean(exclude=["created_by", "updated_by"])
        case.save()
        event = write_event(
            case,
            kind=EventKind.AMEND if by else EventKind.SYSTEM,
            move=topic,
            label=label,
            by=by,
            on=timezone.localdate(),
            from_state=case.state,
            to_state=case.state,
            data={name: [before[name], value] for name, value in changed.items()},
            note=reason,
        )
        clocks.redate(case, event, changed)
    tell.after(case, event, by=by)
    return event


def assign(
    case: Case,
    *,
    by: User,
    handler: User,
    deputy: User | None = None,
    reason: str = "分派",
    version: int | None = None,
) -> Event:
    """Give a case to a handler (and a deputy).  Raises ``MoveRefused`` on a declared conflict and
    ``StaleVersion`` for who saw an older ``version``."""
    policy.require(by, f"{case.kind}.assign", case)
    changes: dict[str, Any] = {"handler": handler}
    if deputy is not None:
        changes["deputy"] = deputy
    words = {"reason": reason, "topic": "assign", "label": "分派承办人"}
    return amend(case, by=by, changes=changes, version=version, **words)


def share(case: Case, people: Iterable[int]) -> None:
    """Say who works on a case beside handler and deputy, by ids of users: it is theirs as well.

    For the effects of moves that already wrote an Event, as seating a tribunal does.
    """
    case.team = sorted(set(people))
    with door.opened():
        case.save(update_fields=["team"])


def seal(case: Case, *, closed: bool = True) -> None:
    """Say that a case is heard in private: its file asks for class P4; or that it no longer does.

    For the effects of moves that already wrote an Event, with reason and approver.
    """
    case.is_sealed = closed
    with door.opened():
        case.save(update_fields=["is_sealed"])


def void(case: Case, *, by: User, reason: str, checked: bool = False, **gives_back: Any) -> Event:
    """Void a case entered by mistake.  Its number stays used; it no longer counts.

    ``checked``: the caller has made sure that the user may (taking back his own import).
    ``gives_back``: fields emptied, for that import's number goes back; the Event keeps them.
    """
    if not checked:
        policy.require(by, f"{case.kind}.void", case)
    with door.opened():
        marks = {"voided_at": timezone.now(), "voided_by": by, "void_reason": reason.strip()}
        changes = {**marks, **gives_back}
        event = amend(case, by=by, changes=changes, reason=reason, topic="void", label="作废")
        clocks.stop_all(event.case, event)
    return event


def lock(case: Case, version: int | None) -> Case:
    """The case, freshly read and locked until the transaction ends.

    Raises ``StaleVersion`` when ``version`` is given and is not the present one.
    """
    Case._base_manager.select_for_update().only("pk").get(pk=case.pk)
    fresh = workflow_of(case).model._base_manager.select_related("unit", "town").get(pk=case.pk)
    if version is not None and fresh.version != version:
        raise StaleVersion(fresh, version)
    return fresh


def link(earlier: Case, later: Case, *, kind: str, by: User | None, reason: str = "") -> CaseLink:
    """Tie two cases together, also across areas; linking them twice changes nothing."""
    return CaseLink.objects.get_or_create(
        earlier_id=earlier.pk,
        later_id=later.pk,
        kind=kind,
        defaults={"made_by": by, "reason": reason},
    )[0]


def unlink(link: CaseLink, *, reason: str) -> None:
    """Part two cases again.  The reason goes into the change log with the row; raises
    ``MoveRefused`` for a link that a move made, which stands in the history of both."""
    if link.kind == CaseLink.Kind.FOLLOWS:
        raise MoveRefused(["后续办件由办理步骤产生，不能取消关联"])
    link.reason = f"取消：{reason}"[:200]
    link.save(update_fields=["reason"])
    link.delete()


def _require_post(
    by: User | None, case: Case, posts: frozenset[str], action: str
) -> policy.Decision:
    """The decision under which ``by`` acts; the system itself (None) needs none."""
    if by is None:
        return policy.SYSTEM_MAY
    decision = policy.move_allowed(by, case, posts, action=action)
    if not decision.allowed:
        raise policy.Refused(f"{case.kind}.{action}", decision, case)
    return decision


def _checks(step: Move) -> tuple[Check, ...]:
    """All that is asked of a move made now."""
    return (*step.only_when, *step.check, *step.live_only)


def _refuse_if(
    problems: Iterable[str], checks: Iterable[Check], case: Case, data: Mapping[str, Any]
) -> None:
    """Raise ``MoveRefused`` with every problem at once, those of the declared checks included."""
    found = [*problems, *(text for check in checks for text in check(case, data))]
    if found:
        raise MoveRefused(found)


def _unless(known: set[str], check: Check) -> Check:
    """The check, silent about what is known already."""
    return lambda case, data: (text for text in check(case, data) if text not in known)


def _follow(
    case: Case,
    event: Event,
    data: Mapping[str, Any],
    effect: Effect | None,
    kinds: tuple[str, ...],
    taken_back: Event | None = None,
) -> None:
    """What an Event brings about: the area's own rows, what search reads, clocks, papers."""
    if effect:
        _bring_about(effect, case, data, event)
    if describe(case, workflow_of(case), None):  # a number was given, a party joined
        case.save(update_fields=["title", "grams"])
    changes = clocks.follow(case, event, undone=ended_by(taken_back))
    _refuse_if(minimum.too_early(changes), (), case, data)
    papers.call(case, event, kinds)


def _bring_about(effect: Effect, case: Case, data: Mapping[str, Any], event: Event) -> None:
    """The area's own rows; what only the database refuses is said in the words of its rule."""
    try:
        with transaction.atomic():
            effect(case, data, event)
    except IntegrityError as error:
        if words := broken_rule(error):
            raise MoveRefused([words]) from error
        raise


def _change(case: Case, values: Mapping[str, Any]) -> None:
    """Set fields in memory; raises ``MoveRefused`` for hands that should keep away."""
    before = hands.hands_of(case)
    for name, value in values.items():
        setattr(case, name, value)
    _refuse_hands(case, before)


def _refuse_hands(case: Case, before: hands.Hands, more: Iterable[str] = ()) -> None:
    """Raise ``MoveRefused`` when somebody in a new part may not have the case in hand."""
    if problems := [*more, *hands.problems(case, before)]:
        raise MoveRefused(problems)
