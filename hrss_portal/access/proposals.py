"""The two-person rule: one proposes, another confirms, then the change takes effect.

Used for grants, legal rules, rates, merges and templates (roles: 制单≠审核).  While nobody else who
may confirm is active, the proposer may sign a second time with a reason; that is marked 单人确认
and shown as such for ever.  Whom the proposer has just put out of action still counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal.access.models import Grant, Proposal, Unit, User
from hrss_portal.access.policy import Decision, Refused, can_at, decide
from hrss_portal.access.who import holders, holders_by
from hrss_portal.areas import Duty

STILL_COUNTS = timedelta(days=7)  # whom the proposer disabled, or took a post from
DROPPED = {"access.delegation": "hrss_portal.access.delegating.end_unconfirmed"}
LOCK_CLASS = 7302  # advisory locks: one proposal of a kind at a time
HOUSE = "hrss_portal."  # nothing outside the kernel is called by a path kept in a row


@transaction.atomic
def propose(
    kind: str,
    *,
    title: str,
    words: Sequence[str],
    payload: Mapping[str, Any],
    apply: str,
    policy: str,
    by: User,
    reason: str = "",
    unit: Unit | None = None,
    signer: User | None = None,
) -> Proposal:
    """Writes down a change for a second person.  ``apply`` is the dotted path of
    ``apply(proposal) -> None``, ``policy`` the action that the second person needs, ``words`` the
    lines that this person reads before signing (``标签：内容``): whatever is signed stands there.

    ``signer``: the only person who may confirm, whatever the policy; nobody signs alone instead.
    ``unit``: whose second person it needs; none where it holds for every bureau.  The same change
    of a unit proposed twice while the first waits is the same proposal.
    """
    if not apply.startswith(HOUSE):
        raise ValueError(f"{apply!r} is not a function of the kernel")
    import_string(apply)
    with connection.cursor() as cursor:  # of two who propose the same at once, one finds it
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_CLASS, kind])
    waiting = Proposal.objects.filter(state=Proposal.State.WAITING, kind=kind).order_by("pk")
    if found := waiting.filter(payload=dict(payload), unit=unit).first():
        return found
    return Proposal.objects.create(
        kind=kind,
        title=title[:200],
        words=[str(line) for line in words if line],
        payload=dict(payload),
        apply=apply,
        policy=policy,
        reason=reason.strip()[:200],
        unit=unit,
        signer=signer,
        proposed_by=by,
    )


def known_in(bureau: Unit) -> Q:
    """The proposals that a bureau may see: its own, and those that hold for all bureaus."""
    return Q(unit=None) | Q(unit__path__startswith=bureau.root_path)


def may_sign_alone(proposal: Proposal, by: User) -> bool:
    """Whether nobody else is active who could confirm: then the proposer signs with a reason."""
    return (
        proposal.proposed_by_id == by.pk
        and proposal.signer_id is None
        and not holders(proposal.policy, proposal.unit).exclude(pk=by.pk).exists()
        and not put_out(proposal, by).exists()
        and can_at(by, proposal.policy, proposal.unit)
    )


def put_out(proposal: Proposal, by: User) -> QuerySet[User]:
    """Who could confirm, had this person not disabled them or taken the post from them lately."""
    since = timezone.now() - STILL_COUNTS
    disabled = Q(user__is_active=False, user__disabled_by=by, user__disabled_at__gte=since)
    taken = Q(revoked_by=by, revoked_at__gte=since)
    grants = Grant.objects.filter(disabled & Q(revoked_at=None) | taken)
    return holders_by(grants, proposal.policy, proposal.unit).exclude(pk=by.pk)


def _former(proposal: Proposal, by: User) -> str:
    """The line that a 单人确认 keeps: nobody else could confirm, and who once could."""
    grants = Grant.objects.exclude(user__is_active=True, revoked_at=None)
    gone = holders_by(grants, proposal.policy, proposal.unit).exclude(pk=by.pk)
    names = "、".join(f"{user.name}（{user.staff_no}）" for user in gone[:5])
    return f"单人确认时：没有其他人有复核权限{f'；此前有权的：{names}' if names else ''}"


def may_confirm(proposal: Proposal, by: User) -> bool:
    """Whether this person may be the second person of a waiting proposal."""
    if proposal.state != Proposal.State.WAITING:
        return False
    if proposal.signer_id is not None:
        return by.is_active and proposal.signer_id == by.pk
    if proposal.proposed_by_id == by.pk:
        return may_sign_alone(proposal, by)
    return can_at(by, proposal.policy, proposal.unit)


def to_confirm(by: User) -> list[Proposal]:
    """The waiting proposals whose second person this person may be, oldest first."""
    waiting = Proposal.objects.filter(state=Proposal.State.WAITING)
    rows = waiting.select_related("proposed_by", "unit").order_by("pk")
    return [row for row in rows if may_confirm(row, by)]


def duties(by: User) -> Iterator[Duty]:
    """The line of the workbench: how many proposals wait for this person."""
    if count := len(to_confirm(by)):
        yield Duty(label=f"双人复核：{count} 项待复核", url=reverse("access:proposal_list"))


def confirm_each(
    rows: Iterable[Proposal], *, by: User, answer: str = ""
) -> list[tuple[Proposal, str]]:
    """Confirm one after the other; with each the words of why it was not, empty if it was."""
    found = []
    for row in rows:
        words = ""
        try:
            confirm(row, by=by, answer=answer)
        except ValidationError as error:
            words = "；".join(error.messages)
        except Refused as error:
            words = str(error)
        found.append((row, words))
    return found


@transaction.atomic
def confirm(proposal: Proposal, *, by: User, answer: str = "") -> Proposal:
    """The second signature: applies the change in this transaction.

    Raises ``Refused`` without the right, ``ValidationError`` for the own proposal (unless alone,
    with a reason), for one no longer waiting, and for whatever ``apply`` finds wrong.
    """
    found = _waiting(proposal)
    _require(found, by)
    answer = answer.strip()[:200]
    if found.proposed_by_id == by.pk:
        if not may_sign_alone(found, by):
            raise ValidationError("提议人不能复核自己的提议，请另一位有复核权限的同事复核")
        if not answer:
            raise ValidationError("目前只有一人有复核权限：写明单人确认的理由")
        found.is_single = True
        found.words = [*found.words, _former(found, by)]
    found.state = Proposal.State.APPLIED
    found.confirmed_by, found.confirmed_at, found.answer = by, timezone.now(), answer
    found.save()
    import_string(found.apply)(found)
    return found


@transaction.atomic
def refuse(proposal: Proposal, *, by: User, answer: str) -> Proposal:
    """Sends a proposal back with a reason.  Raises as ``confirm``."""
    found = _waiting(proposal)
    _require(found, by)
    if not answer.strip():
        raise ValidationError("写明退回的理由")
    found.state = Proposal.State.REFUSED
    found.confirmed_by, found.confirmed_at = by, timezone.now()
    found.answer = answer.strip()[:200]
    found.save()
    _drop(found)
    return found


@transaction.atomic
def withdraw(proposal: Proposal, *, by: User) -> Proposal:
    """Takes the own waiting proposal back.  Raises ``ValidationError`` for somebody else's."""
    found = _waiting(proposal)
    if found.proposed_by_id != by.pk:
        raise ValidationError("只有提议人可以撤回")
    found.state = Proposal.State.WITHDRAWN
    found.save()
    _drop(found)
    return found


def _drop(proposal: Proposal) -> None:
    """What was written down for this proposal, and waited for it, ends with it."""
    if path := DROPPED.get(proposal.kind):
        import_string(path)(proposal)


def _require(proposal: Proposal, by: User) -> None:
    if proposal.signer is not None:
        if proposal.signer != by:
            words = f"由{proposal.signer.name}本人确认"
            raise Refused(proposal.policy, Decision(False, "signer", words), proposal)
        return
    if not can_at(by, proposal.policy, proposal.unit):
        decision = decide(by, proposal.policy)
        if decision.allowed:
            decision = Decision(False, "out-of-scope", "不在岗位的数据范围内")
        raise Refused(proposal.policy, decision, proposal)


def _waiting(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if found.state != Proposal.State.WAITING:
        raise ValidationError(f"这项提议{found.get_state_display()}，不能再办")
    return found
