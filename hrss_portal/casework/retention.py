"""How long files are kept, and what happens when the time is over.

A run finds the files whose time is over; nothing happens until a second person has agreed to the
list.  Then the contents go and a tombstone with their digest stays.  A hold wins over everything.
《中华人民共和国档案法》 Article 21 (nothing is destroyed without approval), 《个人信息保护法》
Article 47 (deletion when the keeping period has ended).
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from hrss_portal.access import policy, proposals
from hrss_portal.access.models import Proposal, Unit, User
from hrss_portal.casework import clocks, door, moves
from hrss_portal.casework.disposal import destroy
from hrss_portal.casework.models import Case, Event, LegalHold, RetentionRule
from hrss_portal.casework.workflow import workflow_of

TABLE = Path(__file__).parent / "data" / "retention.csv"
RULE_KIND, RUN_KIND = "casework.retention", "casework.disposal"
HERE = "hrss_portal.casework.retention"
MOST = 500  # files in one list: what a person can look through before signing
FIELDS = ("kind", "outcome", "label", "years", "action", "article", "standing")


def load() -> int:
    """Store the shipped table; rows that the bureau has changed stay.  Returns how many changed."""
    changed = 0
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values: dict[str, Any] = {**row, "years": int(row["years"]) if row["years"] else None}
            found = RetentionRule.objects.filter(kind=row["kind"], outcome=row["outcome"]).first()
            if found is None:
                RetentionRule.objects.create(**values)
                changed += 1
            elif found.is_shipped and any(getattr(found, k) != v for k, v in values.items()):
                RetentionRule.objects.filter(pk=found.pk).update(**values)
                changed += 1
    return changed


class Periods:
    """The table, read once for many cases."""

    def __init__(self) -> None:
        self._rows = {(row.kind, row.outcome): row for row in RetentionRule.objects.all()}

    def of(self, case: Case) -> RetentionRule | None:
        """The row for a case: of its outcome, else of its kind; None where nothing is settled."""
        return self._rows.get((case.kind, case.outcome)) or self._rows.get((case.kind, ""))

    def until(self, case: Case) -> date | None:
        """The last day of keeping an archived file; None: for ever, or nobody has settled it.

        The day written when the file was archived stands; the table answers for the others.
        """
        if case.keep_until or case.archived_on is None:
            return case.keep_until
        row = self.of(case)
        return row.until(case.archived_on) if row else None


def propose_rule(values: Mapping[str, Any], *, by: User, reason: str) -> Proposal:
    """Propose a row of the table.  Raises ``ValidationError`` for one that makes no sense."""
    row = _row(values)
    row.full_clean(exclude=["proposal"], validate_unique=False, validate_constraints=False)
    _check_years(row)
    plain = {name: getattr(row, name) for name in FIELDS}
    return proposals.propose(
        RULE_KIND,
        title=f"保管期限：{row.label} {row.period}，{row.get_action_display()}",
        words=[
            f"材料：{row.label}",
            f"保管期限：{row.period}",
            f"到期：{row.get_action_display()}",
            f"依据：{row.article}",
        ],
        payload={"values": plain},
        apply=f"{HERE}.apply_rule",
        policy="casework.retention.confirm",
        by=by,
        reason=reason,
        unit=by.unit.root,
    )


def _row(values: Mapping[str, Any]) -> RetentionRule:
    return RetentionRule(**{name: values[name] for name in FIELDS}, is_shipped=False)


def _check_years(row: RetentionRule) -> None:
    if (row.action == RetentionRule.Action.KEEP) != (row.years is None):
        raise ValidationError({"years": "永久保存的不写年数；其余要写保存年数"})


def apply_rule(proposal: Proposal) -> None:
    """Land a confirmed row, in place of the one for the same kind and outcome."""
    row = _row(proposal.payload["values"])
    row.proposal = proposal
    rows = RetentionRule.objects.select_for_update()
    old = rows.filter(kind=row.kind, outcome=row.outcome).first()
    if old is not None:
        row.pk, row._state.adding = old.pk, False
    row.full_clean()
    row.save()


# --- holds --------------------------------------------------------------------------------------


def may_hold(case: Case, user: User) -> bool:
    """Whether the user may set or lift a hold: a head, on a file of more than one's own cases."""
    seen = policy.beyond_own(user, f"{case.kind}.view")
    return seen and policy.can(user, "casework.hold.set")


def require_hold(case: Case, by: User) -> None:
    """Raises ``Refused`` for who may neither set nor lift a hold of this file."""
    policy.require(by, "casework.hold.set")
    if not may_hold(case, by):
        raise policy.Refused(
            "casework.hold.set", policy.Decision(False, "no-role", "只是本人收的件")
        )


@transaction.atomic
def hold(case: Case, *, by: User, reason: str, file_ref: str = "") -> LegalHold:
    """Keep a file from destruction whatever its period.  Raises ``ValidationError``."""
    require_hold(case, by)
    case = moves.lock(case, None)
    if case.on_hold:
        raise ValidationError("这份案卷已经设定暂缓销毁")
    if hasattr(case, "tombstone"):
        raise ValidationError("这份案卷已经销毁，不能暂缓")
    made = LegalHold.objects.create(case_id=case.pk, reason=reason, file_ref=file_ref, set_by=by)
    words = f"{reason}（{file_ref}）" if file_ref else reason
    moves.amend(
        case, by=by, changes={"on_hold": True}, reason=words, topic="hold", label="设定暂缓销毁"
    )
    return made


@transaction.atomic
def lift(case: Case, *, by: User, reason: str) -> int:
    """End every hold of a file; returns how many ended."""
    require_hold(case, by)
    rows = LegalHold._base_manager.filter(case=case.pk, lifted_at__isnull=True)
    ended = rows.update(lifted_at=timezone.now(), lifted_by=by, lift_reason=reason[:200])
    moves.amend(
        case, by=by, changes={"on_hold": False}, reason=reason, topic="hold", label="解除暂缓销毁"
    )
    return ended


@transaction.atomic
def unarchive(case: Case, *, by: User, reason: str) -> Event:
    """Take a file out of the archive so that it can be corrected; only the head may, with a reason.

    The case goes back to the state it was archived from and is archived again afterwards.
    """
    policy.require(by, f"{case.kind}.unarchive", case)
    if case.archived_on is None:
        raise ValidationError("这份案卷没有归档")
    if hasattr(case, "tombstone"):
        raise ValidationError("这份案卷已经销毁")
    filed = Event._base_manager.filter(case=case.pk, to_state=case.state)
    last = filed.exclude(from_state=case.state).order_by("-pk").first()
    changes: dict[str, Any] = {"archived_on": None, "keep_until": None}
    if last is not None and last.from_state:
        changes |= {"state": last.from_state, "state_on": timezone.localdate()}
    event = moves.amend(
        case, by=by, changes=changes, reason=reason, topic="unarchive", label="撤销归档"
    )
    filing = {step.code for step in workflow_of(case).moves if step.archives}
    case.refresh_from_db()
    with door.opened():
        clocks.cancel(
            case,
            event,
            clocks.of_case(case),
            among=lambda clock: clock.started_by is not None and clock.started_by.move in filing,
        )
    return event


# --- the run ------------------------------------------------------------------------------------


def over(
    root: Unit, today: date | None = None, *, among: Iterable[int] | None = None
) -> list[tuple[Case, date]]:
    """The archived files of a bureau whose time is over, each with its last day; holds left out.

    This is the dry run: nothing is changed.  ``among``: only these, by key.
    """
    today = today or timezone.localdate()
    periods = Periods()
    rows = Case._base_manager.filter(
        archived_on__isnull=False,
        on_hold=False,
        tombstone__isnull=True,
        unit__path__startswith=f"{root.path.split('/', 1)[0]}/",
    ).select_related("unit")
    if among is not None:
        rows = rows.filter(pk__in=among)
    found = []
    for case in rows.order_by("archived_on", "pk").iterator(chunk_size=2000):
        until, row = periods.until(case), periods.of(case)
        destroys = row is not None and row.action == RetentionRule.Action.DESTROY
        if destroys and until is not None and until < today:
            found.append((case, until))
    return found


def propose_disposal(cases: Iterable[Case], root: Unit, *, by: User, reason: str) -> Proposal:
    """Put a list of files before a second person.  Raises ``ValidationError``."""
    wanted = list(cases)
    ready = {case.pk for case, _ in over(root, among=[case.pk for case in wanted])}
    chosen = [case for case in wanted if case.pk in ready]
    if not chosen:
        raise ValidationError("先勾选已过保管期限的案卷")
    if len(chosen) > MOST:
        raise ValidationError(f"一次最多 {MOST} 卷，分几次提交")
    return proposals.propose(
        RUN_KIND,
        title=f"销毁已过保管期限的案卷 {len(chosen)} 卷",
        words=[f"{case.reference}：{case.archived_on} 归档" for case in chosen],
        payload={"cases": [case.pk for case in chosen]},
        apply=f"{HERE}.apply_disposal",
        policy="casework.disposal.confirm",
        unit=root,
        by=by,
        reason=reason,
    )


def apply_disposal(proposal: Proposal) -> None:
    """Destroy the agreed files.  Raises ``ValidationError`` when one of them is now held."""
    assert proposal.unit is not None  # noqa: S101 - propose_disposal gave it
    wanted, periods = proposal.payload["cases"], Periods()
    # Whoever holds one of them waits, or has committed and is seen: the check comes after the lock.
    files = list(Case._base_manager.select_for_update().filter(pk__in=wanted).order_by("pk"))
    ready = {case.pk for case, _ in over(proposal.unit, among=wanted)}
    held = [pk for pk in wanted if pk not in ready]
    if held:
        names = Case._base_manager.filter(pk__in=held).order_by("pk")
        listed = "、".join(case.reference for case in names)
        raise ValidationError(f"{listed} 此后设定了暂缓销毁或期限有变，退回这份清单")
    for case in files:
        row = periods.of(case)
        destroy(case, proposal=proposal, article=row.article if row else "")
