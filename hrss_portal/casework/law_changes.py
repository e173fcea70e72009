"""A changed calendar or rule moves running clocks only after two people have seen which.

The check finds the state of the law new, works out what would move in each bureau and says so
once.  Somebody proposes the list, a second person agrees, the clocks are computed anew, each
keeping its old and its new day, and the handlers are told.
"""

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.urls import reverse

from hrss_portal.access import policy, proposals
from hrss_portal.access.models import Proposal, Unit, User
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.casework.clocks import ACTIVE
from hrss_portal.casework.models import Case, Clock, ReplayCheck
from hrss_portal.casework.replay import Moved, replay, replay_preview
from hrss_portal.deadlines.lookup import calendar_stamp
from hrss_portal.deadlines.models import LegalRule, Parameter
from hrss_portal.notifications.inbox import notify

if TYPE_CHECKING:
    from hrss_portal.jobs.models import Job

KIND, MAY = "casework.replay", "casework.clock.replay"
LINES = 40  # of a list in a proposal; the page shows all


def law_stamp() -> str:
    """Changes with any calendar day, rule or counting setting."""
    parts = [calendar_stamp()]
    for model in (LegalRule, Parameter):
        rows = model._default_manager.aggregate(n=Count("pk"), last=Max("pk"))
        changed = ChangeEntry.objects.filter(table=model._meta.db_table).aggregate(last=Max("pk"))
        parts.append(f"{rows['n']}.{rows['last']}.{changed['last']}")
    return sha256("|".join(parts).encode()).hexdigest()


def check(job: "Job | None" = None) -> dict[str, int]:
    """The periodic job: where the law is new, say once to each bureau what would move."""
    stamp, roots = law_stamp(), list(Unit.objects.filter(parent=None).order_by("pk"))
    known = ReplayCheck.objects.filter(stamp=stamp, root__in=roots)
    if known.count() == len(roots):
        return {"moved": 0}
    by_root: dict[int, list[list[Any]]] = defaultdict(list)
    for item in replay_preview():
        by_root[item.clock.case.unit.root_id].append(_line(item))
    for root in roots:
        lines = by_root.get(root.pk, [])
        with transaction.atomic():
            made, is_new = ReplayCheck.objects.get_or_create(
                root=root, stamp=stamp, defaults={"moves": lines}
            )
            if is_new and lines:
                _announce(made)
    return {"moved": sum(map(len, by_root.values()))}


def _line(item: Moved) -> list[Any]:
    clock = item.clock
    return [
        clock.pk,
        clock.case_id,
        clock.case.reference,
        clock.label,
        item.old_due_on.isoformat() if item.old_due_on else "",
        item.new_due_on.isoformat() if item.new_due_on else "",
        clock.rule_id,
    ]


def _announce(made: ReplayCheck) -> None:
    notify(
        policy.holders(MAY, made.root),
        title=f"日历或规则有变动，{len(made.moves)} 个在办时限的到期日会变",
        body="先核对清单，提交后由另一人复核，再统一重算",
        url=reverse("desk:replay"),
        kind="deadline",
        key=f"replay:{made.pk}",
    )


def latest(root: Unit) -> ReplayCheck | None:
    """The bureau's newest check, or None before the first."""
    return ReplayCheck.objects.filter(root=root).select_related("proposal").first()


@transaction.atomic
def propose(found: ReplayCheck, *, by: User, reason: str) -> Proposal:
    """Ask a second person to agree to a checked list.  Raises ``ValidationError``."""
    if not found.moves:
        raise ValidationError("没有受影响的时限，不需要重算")
    if found.stamp != law_stamp():
        raise ValidationError("此后日历或规则又有变动，等新的清单出来再提交")
    words = [
        f"{ref} {label}：{old or '未定'} → {new or '未定'}"
        for _, _, ref, label, old, new, _ in found.moves[:LINES]
    ]
    if len(found.moves) > LINES:
        words.append(f"…… 共 {len(found.moves)} 个，完整清单见“时限重算”页")
    made = proposals.propose(
        KIND,
        title=f"按新日历（规则）重算 {len(found.moves)} 个在办时限",
        words=words,
        payload={"check": found.pk},
        apply="hrss_portal.casework.law_changes.apply",
        policy=MAY,
        unit=found.root,
        by=by,
        reason=reason,
    )
    found.proposal = made
    found.save(update_fields=["proposal"])
    return made


def apply(proposal: Proposal) -> None:
    """Compute the agreed clocks anew.  Raises ``ValidationError`` when the list no longer holds."""
    found = ReplayCheck.objects.select_for_update().get(pk=proposal.payload["check"])
    if found.stamp != law_stamp():
        raise ValidationError("此后日历或规则又有变动，退回这份清单，按新的清单重新提交")
    agreed = {line[0]: line[5] for line in found.moves}
    # Cases first, as every move does: two that lock in one order cannot wait for each other.
    cases = Case._base_manager.filter(clocks__in=agreed).order_by("pk").distinct()
    locked = Case._base_manager.select_for_update().filter(pk__in=cases.values("pk"))
    list(locked.order_by("pk").values_list("pk"))
    rows = Clock._base_manager.filter(pk__in=agreed, state__in=ACTIVE).order_by("pk")
    moved = replay_preview(
        rows.select_for_update(of=("self",)).select_related("rule", "case__unit")
    )
    for item in moved:
        new = item.new_due_on.isoformat() if item.new_due_on else ""
        if agreed[item.clock.pk] != new:
            raise ValidationError(
                f"{item.clock.case.reference} 此后有新的办理，清单已不一致，请退回"
            )
    assert proposal.confirmed_by is not None  # noqa: S101 - confirm() has just signed it
    replay(moved, by=proposal.confirmed_by, reason=proposal.title)
