"""Switching a module of a bureau on or off: one proposes, a second confirms."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from hrss_portal.access import modules
from hrss_portal.access.models import ModuleSwitch, Proposal, Unit, User
from hrss_portal.access.proposals import propose

KIND = "access.module"
APPLY = "hrss_portal.access.switching.apply"
LATER = "（这一天以后才复核的，自复核当天起）"


def propose_switch(
    code: str, unit: Unit, *, is_on: bool, from_on: date, reason: str, by: User
) -> Proposal:
    """Proposes to switch a module.  Raises ``ValidationError`` where it stands so already."""
    module = modules.declared()[code]
    word = "开展" if is_on else "不开展"
    since = f"自何日起：{from_on}{LATER}"
    if (code not in modules.off(unit.pk, from_on)) == is_on:
        raise ValidationError(f"{from_on} 已是“{word}”，不用再改")
    return propose(
        KIND,
        title=f"{module.label}：{from_on} 起{word}",
        words=[f"模块：{module.label}", f"改为：{word}", since, module.about],
        payload={"unit": unit.pk, "code": code, "is_on": is_on, "from_on": from_on.isoformat()},
        apply=APPLY,
        policy="access.module.confirm",
        unit=unit,
        by=by,
        reason=reason,
    )


def apply(proposal: Proposal) -> None:
    """Lands a confirmed switch: from the proposed day on, never from a day before today."""
    data, today = proposal.payload, timezone.localdate()
    proposed = date.fromisoformat(data["from_on"])
    if proposed < today:
        proposal.words = [*proposal.words, f"实际自何日起：{today}（复核晚于所写的 {proposed}）"]
        proposal.save(update_fields=["words"])
    ModuleSwitch.objects.create(
        unit_id=data["unit"],
        code=data["code"],
        is_on=data["is_on"],
        from_on=max(proposed, today),
        reason=proposal.reason,
        proposal=proposal,
    )
    transaction.on_commit(lambda: modules.forget(data["unit"]))


def _late(switch: ModuleSwitch) -> date | None:
    """The day that was proposed, where the switch was confirmed only after it."""
    proposed = date.fromisoformat(switch.proposal.payload["from_on"])
    return proposed if proposed < switch.from_on else None


def standing(unit: Unit) -> Iterable[dict[str, Any]]:
    """Each module with how it stands for a bureau, its switches and what waits for a signature."""
    switches = list(ModuleSwitch.objects.filter(unit=unit).select_related("proposal"))
    waiting = list(Proposal.objects.filter(kind=KIND, unit=unit, state=Proposal.State.WAITING))
    without = modules.off(unit.pk)
    for code, module in modules.declared().items():
        yield {
            "module": module,
            "is_on": code not in without,
            "switches": [(row, _late(row)) for row in switches if row.code == code],
            "waiting": [row for row in waiting if row.payload["code"] == code],
        }
