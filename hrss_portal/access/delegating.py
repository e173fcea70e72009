"""Recording a delegation: it is the giver's, whoever writes it down (roles: 4.4).

A colleague may prepare one with its scanned authorisation; it counts when the giver confirms it.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal.access.custody import is_guard
from hrss_portal.access.models import Delegation, Proposal, User
from hrss_portal.access.proposals import propose

KEEP = "hrss_portal.documents.uploads.store_upload"  # an app above: named as text
ATTACH = "hrss_portal.documents.uploads.attach"


def check_people(giver: User, taker: User) -> None:
    """Guards neither give nor take.  Raises ``ValidationError``."""
    for user in (giver, taker):
        if is_guard(user):
            raise ValidationError(f"{user.name}任系统、安全或审计管理，不能委托别人，也不接受委托")


def record_delegation(
    row: Delegation, scan: UploadedFile, *, by: User
) -> tuple[Delegation, Proposal | None]:
    """Keeps a delegation with its scan; the same one twice is one.

    The giver's own counts at once.  Anybody else's waits for the giver: the proposal comes along.
    Raises ``ValidationError`` as ``check_people`` and as the upload does.
    """
    check_people(row.giver, row.taker)
    User.objects.select_for_update(of=("self",)).get(pk=row.giver_id)
    names = ("giver", "taker", "area", "moves", "from_on", "to_on")
    same: dict[str, Any] = {name: getattr(row, name) for name in names}
    earlier = Delegation.objects.filter(**same, revoked_at=None).order_by("pk").first()
    if earlier is not None:
        return earlier, None
    kept = import_string(KEEP)(scan, by=by, unit=row.giver.unit)
    row.created_by, row.scan_id, row.is_waiting = by, kept.pk, by.pk != row.giver_id
    row.save()
    import_string(ATTACH)(kept, row, action="access.delegation.view")
    return row, _ask_giver(row, by) if row.is_waiting else None


def _ask_giver(row: Delegation, by: User) -> Proposal:
    return propose(
        "access.delegation",
        title=f"{row.giver.name}委托{row.taker.name}（{row.taker.staff_no}）",
        words=[
            f"委托人：{row.giver.name}（工号 {row.giver.staff_no}，{row.giver.unit}）",
            f"受托人：{row.taker.name}（工号 {row.taker.staff_no}，{row.taker.unit}）",
            f"事项：{'、'.join(row.moves)}",
            f"起止：{row.from_on} 至 {row.to_on}",
            f"授权文件：{row.file_ref}，扫描件见“委托”",
            f"事由：{row.reason}",
        ],
        payload={"delegation": row.pk},
        apply="hrss_portal.access.delegating.apply_delegation",
        policy="access.delegation.view",
        by=by,
        reason=row.reason,
        unit=row.giver.unit,
        signer=row.giver,
    )


def apply_delegation(proposal: Proposal) -> None:
    """The giver's word: from now on it counts.  Raises ``ValidationError`` if it was ended."""
    row = Delegation.objects.select_for_update(of=("self",)).get(pk=proposal.payload["delegation"])
    if row.revoked_at is not None:
        raise ValidationError("这项委托已终止，退回这项提议")
    check_people(row.giver, row.taker)
    row.is_waiting = False
    row.save()


def end_unconfirmed(proposal: Proposal) -> None:
    """The giver did not agree, or it was taken back: it never counted and stays as history."""
    waiting = Delegation.objects.filter(pk=proposal.payload["delegation"], is_waiting=True)
    waiting.filter(revoked_at=None).update(revoked_at=timezone.now())
