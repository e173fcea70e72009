"""Opening a masked number: with a reason, within limits, logged before the data leaves.

Limits (distinct persons per user in 24 hours): from ``SOFT`` on a head of office must agree, at
``HARD`` it ends.  《个人信息保护法》第五十一条; reliability rule on look-ups by counters.
"""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal.access import policy
from hrss_portal.access.models import Proposal, User
from hrss_portal.access.proposals import propose
from hrss_portal.audit.log import record_access
from hrss_portal.audit.models import AccessEntry
from hrss_portal.parties.models import Employer, Party, Person

SOFT, HARD = 200, 500
#: Dotted paths of ``check(party, case_id) -> bool``, added by an app above that knows cases:
#: whether the case is visible to the acting user and the party stands in it.
case_checks: list[str] = []
REASONS = (
    ("handling", "办理业务核对身份"),
    ("contact", "联系本人或单位"),
    ("payment", "发放补贴核对账户"),
    ("correction", "更正登记信息"),
    ("enquiry", "来电来访查询"),
    ("inspection", "监察、仲裁调查"),
    ("other", "其他（写明）"),
)
FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("id_number", "证件号码"),
        ("phone", "联系电话"),
        ("bank_card", "银行卡号"),
    ),
    "employer": (("contact_phone", "联系电话"), ("legal_rep_id", "法定代表人证件号")),
}


class NeedsUnlock(ValidationError):
    """The user has opened so many persons today that a head of office must agree."""


def noun(party: Party) -> str:
    """``person`` or ``employer``."""
    return "person" if isinstance(party, Person) else "employer"


def opened_today(user: User) -> int:
    """How many different rows the user opened in the last 24 hours."""
    since = timezone.now() - timedelta(days=1)
    rows = AccessEntry.objects.filter(kind="reveal", actor_id=user.pk, at__gte=since)
    return rows.order_by().values("subject_type", "subject_id").distinct().count()


def is_unlocked(user: User) -> bool:
    """Whether a head of office agreed within the last 24 hours."""
    since = timezone.now() - timedelta(days=1)
    agreed = Proposal.objects.filter(
        kind="parties.reveal", state=Proposal.State.APPLIED, confirmed_at__gte=since
    )
    return agreed.filter(proposed_by=user).exists()


def ask_unlock(user: User, reason: str) -> Proposal:
    """Ask a head of office to lift the soft limit for a day."""
    today = timezone.localdate().isoformat()
    return propose(
        "parties.reveal",
        title=f"{user.name} 申请今日继续查看完整信息",
        words=[
            f"申请人：{user.name}（工号 {user.staff_no}，{user.unit}）",
            f"日期：{today}",
            f"近 24 小时已查看：{opened_today(user)} 人（家）",
        ],
        payload={"user": user.pk, "on": today},
        apply="hrss_portal.parties.reveals.note_unlock",
        policy="parties.reveal.unlock",
        reason=reason,
        unit=user.unit,
        by=user,
    )


def note_unlock(proposal: Proposal) -> None:
    """Nothing to change: the confirmed proposal itself is the unlock."""


def check_limit(user: User, subject_type: str, subject_id: int) -> None:
    """Raises ``NeedsUnlock`` or ``ValidationError`` where the user has opened too many today.

    Runs in the transaction of the opening: one user's are counted one after the other.
    """
    User.objects.select_for_update().get(pk=user.pk)
    seen = AccessEntry.objects.filter(
        kind="reveal",
        actor_id=user.pk,
        subject_type=subject_type,
        subject_id=str(subject_id),
        at__gte=timezone.now() - timedelta(days=1),
    )
    if seen.exists():
        return
    count = opened_today(user)
    if count >= HARD:
        raise ValidationError(f"24 小时内已查看 {count} 人，到了上限，明天再办")
    if count >= SOFT and not is_unlocked(user):
        raise NeedsUnlock(f"24 小时内已查看 {count} 人，继续查看须股室负责人同意")


@transaction.atomic
def reveal(
    party: Person | Employer, field: str, *, by: User, reason: str, note: str = "", case_id: int = 0
) -> str:
    """The full value of one field, after writing who opens it and why.

    Raises ``Refused`` without class P1, ``ValidationError`` without a reason, beyond the limits, or
    for a case (``case_id``; 0 means none) that the user does not see or that is not the party's.
    """
    kind = noun(party)
    policy.require(by, f"parties.{kind}.reveal", party)
    if not policy.sees_class(by, party, "P1"):
        decision = policy.Decision(False, "class-P1", "岗位不含查看完整号码")
        raise policy.Refused(f"parties.{kind}.reveal", decision, party)
    labels = dict(FIELDS[kind])
    if field not in labels:
        raise ValidationError("没有这一项")
    words = reason_words(reason, note)
    if case_id and not all(import_string(path)(party, case_id) for path in case_checks):
        raise ValidationError("没有这件案件，或者它与此人（单位）无关")
    check_limit(by, f"parties.{kind}", party.pk)
    record_access(
        "reveal",
        subject_type=f"parties.{kind}",
        subject_id=party.pk,
        label=party.masked_name if isinstance(party, Person) else party.name,
        reason=words,
        fields=[field],
        case_id=case_id or None,
    )
    if field == "phone" and isinstance(party, Person):
        return " / ".join(party.phones)
    value: Any = getattr(party, field)
    return str(value)


def reason_words(reason: str, note: str) -> str:
    """Why, as the log keeps it.  Raises ``ValidationError`` without a reason."""
    label = dict(REASONS).get(reason)
    if label is None:
        raise ValidationError("选择查看理由")
    if reason == "other" and len(note.strip()) < 4:
        raise ValidationError("写明查看理由，至少 4 个字")
    return f"{label} {note.strip()}".strip()
