"""What one administrator may not do alone to somebody's account.

A B, an absence, a password and a second factor each open the account to another person.  Whoever
administers accounts proposes such a change, a second person confirms it (等保三员分立,
制单≠审核).
"""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access.models import Absence, Grant, Proposal, User
from hrss_portal.access.proposals import propose
from hrss_portal.access.roles import GUARDS, LEADERS

CONFIRM_USER = "access.user.confirm"
CONFIRM_ABSENCE = "access.absence.confirm"
WEIGHTY = GUARDS | set(LEADERS)  # whose password decides, or decides who decides
RELEASED_FOR = timedelta(days=1)  # how long a confirmed reset of a password may be made
HERE = "hrss_portal.access.custody"
TELL = "hrss_portal.notifications.inbox.notify"  # an app above: named as text


def is_guard(user: User) -> bool:
    """Whether a person holds one of the three guard posts now."""
    return Grant.objects.in_force().filter(user=user, post__in=GUARDS).exists()


def _locked(pk: int) -> User:
    """The account of a proposal, locked.  Raises ``ValidationError`` if it is not in use."""
    found = User.objects.select_for_update(of=("self",)).filter(pk=pk, is_active=True).first()
    if found is None:
        raise ValidationError("该账号已不在用，退回这项提议")
    return found


def _who(user: User) -> str:
    return f"{user.name}（工号 {user.staff_no}，{user.unit}）"


# --- the B of a person --------------------------------------------------------------------------


def check_deputy(user: User, deputy: User | None) -> None:
    """Guards stand in for nobody, and nobody for them.  Raises ``ValidationError``."""
    if deputy is None:
        return
    if is_guard(deputy):
        raise ValidationError(f"{deputy.name}任系统、安全或审计管理，不能作别人的 B 岗")
    if user.pk is not None and is_guard(user):
        raise ValidationError(f"{user.name}任系统、安全或审计管理，没有 B 岗：由同岗的另一人办理")


def propose_deputy(user: User, deputy: User | None, *, by: User) -> Proposal:
    """Proposes another B for a person.  Raises ``ValidationError`` as ``check_deputy``."""
    check_deputy(user, deputy)
    return propose(
        "access.deputy",
        title=f"{user.name}（{user.staff_no}）的 B 岗改为{deputy.name if deputy else '无'}",
        words=[
            f"谁的 B 岗：{_who(user)}",
            f"现在：{_who(user.deputy) if user.deputy else '无'}",
            f"改为：{_who(deputy) if deputy else '无'}",
            "作用：登记缺勤期间，B 岗看到并代办此人的全部待办",
        ],
        payload={
            "user": user.pk,
            "before": user.deputy_id,
            "deputy": deputy.pk if deputy else None,
        },
        apply=f"{HERE}.apply_deputy",
        policy=CONFIRM_USER,
        by=by,
        unit=user.unit,
    )


def apply_deputy(proposal: Proposal) -> None:
    """Lands a confirmed B.  Raises ``ValidationError`` if the B confirmed it or it was changed."""
    data = proposal.payload
    user = _locked(data["user"])
    deputy = _locked(data["deputy"]) if data["deputy"] else None
    if user.deputy_id != data["before"]:
        raise ValidationError("B 岗已另有改动，退回这项提议")
    _not_by(proposal, data["deputy"])
    check_deputy(user, deputy)
    user.deputy = deputy
    user.version += 1
    user.save()


def _not_by(proposal: Proposal, gains: int | None) -> None:
    """Nobody confirms what opens another's queue to themselves.  Raises ``ValidationError``."""
    if gains is not None and proposal.confirmed_by_id == gains:
        raise ValidationError("B 岗本人不能复核，请另一位同事复核")


# --- absences -----------------------------------------------------------------------------------


def record_absence(
    user: User, *, from_on: date, to_on: date, reason: str, by: User
) -> Absence | Proposal:
    """Records that a person is absent; the same absence twice is one.

    The person, or a head who is not the B, records at once.  A guard, or the B, proposes: the
    absence opens the person's queue, which takes two people.
    """
    _locked(user.pk)
    days: dict[str, Any] = {"from_on": from_on, "to_on": to_on}
    if found := Absence.objects.filter(user=user, **days).order_by("pk").first():
        return found
    if by.pk == user.pk or not (is_guard(by) or user.deputy_id == by.pk):
        return Absence.objects.create(user=user, reason=reason, recorded_by=by, **days)
    return propose(
        "access.absence",
        title=f"登记 {user.name}（{user.staff_no}）缺勤 {from_on} 至 {to_on}",
        words=[
            f"缺勤人：{_who(user)}",
            f"起止：{from_on} 至 {to_on}",
            f"事由：{reason}" if reason else "",
            f"由谁代办：{_who(user.deputy) if user.deputy else '无'}",
        ],
        payload={
            "user": user.pk,
            "deputy": user.deputy_id,
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat(),
            "reason": reason,
        },
        apply=f"{HERE}.apply_absence",
        policy=CONFIRM_ABSENCE,
        by=by,
        reason=reason,
        unit=user.unit,
    )


def apply_absence(proposal: Proposal) -> None:
    """Lands a confirmed absence.  Raises ``ValidationError`` if the B confirmed it or changed."""
    data = proposal.payload
    user = _locked(data["user"])
    if user.deputy_id != data["deputy"]:
        raise ValidationError("B 岗已另有改动，退回这项提议")
    _not_by(proposal, data["deputy"])
    days = {name: date.fromisoformat(data[name]) for name in ("from_on", "to_on")}
    if not Absence.objects.filter(user=user, **days).exists():
        Absence.objects.create(
            user=user, reason=data["reason"], recorded_by=proposal.proposed_by, **days
        )


# --- passwords and second factors ---------------------------------------------------------------


def is_unused(user: User) -> bool:
    """Whether nobody has used the account yet: its first password is handed out by one person."""
    fresh = user.must_change_password or not user.has_usable_password()
    return fresh and user.last_login is None and user.disabled_by_id is None


def password_needs_two(user: User) -> bool:
    """Whether a reset takes two people: a guard or a leader, now or earlier, who uses the account.

    A post taken away does not count as never held: it could be given back after the reset.
    """
    return not is_unused(user) and user.grants.filter(post__in=WEIGHTY).exists()


def propose_password(user: User, *, by: User) -> Proposal:
    """Proposes to reset a password; once confirmed, the proposer makes the reset within a day."""
    return propose(
        "access.password",
        title=f"重置 {user.name}（{user.staff_no}）的登录密码",
        words=[
            f"谁的密码：{_who(user)}",
            "复核前：向本人核实确是忘记密码",
            "复核后：提议人一天内可重置一次，临时密码交本人，登录后须修改",
        ],
        payload={"user": user.pk},
        apply=f"{HERE}.apply_password",
        policy=CONFIRM_USER,
        by=by,
        unit=user.unit,
    )


def apply_password(proposal: Proposal) -> None:
    """Releases one reset, and tells the person.  Raises ``ValidationError`` as ``_locked``."""
    user = _locked(proposal.payload["user"])
    _tell(user, proposal, "你的登录密码将由管理员重置")


def released(user: User, by: User) -> Proposal | None:
    """The confirmed reset of a password that its proposer has not made yet, locked."""
    since = timezone.now() - RELEASED_FOR
    rows: QuerySet[Proposal] = Proposal.objects.select_for_update(of=("self",)).filter(
        kind="access.password",
        state=Proposal.State.APPLIED,
        proposed_by=by,
        confirmed_at__gte=since,
        payload={"user": user.pk},
    )
    return rows.order_by("pk").first()


def spend(proposal: Proposal) -> None:
    """Notes that the released reset has been made: it is good for one."""
    proposal.payload = {**proposal.payload, "done_at": timezone.now().isoformat()}
    proposal.save()


def propose_totp_off(user: User, *, by: User) -> Proposal:
    """Proposes to switch a second factor off, for a person whose phone is lost.

    Raises ``ValidationError`` when none is in use, and for the own one.
    """
    if user.pk == by.pk:
        raise ValidationError("停用自己的动态口令在“动态口令”页填写当前的 6 位数字")
    if not TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        raise ValidationError(f"{user.name}没有启用动态口令")
    return propose(
        "access.totp",
        title=f"停用 {user.name}（{user.staff_no}）的动态口令",
        words=[
            f"谁的动态口令：{_who(user)}",
            "复核前：向本人核实确是手机遗失或更换",
            "复核后：登录只需密码，本人可重新启用",
        ],
        payload={"user": user.pk},
        apply=f"{HERE}.apply_totp_off",
        policy=CONFIRM_USER,
        by=by,
        unit=user.unit,
    )


def apply_totp_off(proposal: Proposal) -> None:
    """Removes the second factor, ends the person's sessions and tells the person."""
    user = _locked(proposal.payload["user"])
    TOTPDevice.objects.filter(user=user).delete()
    user.end_sessions()
    user.save()
    _tell(user, proposal, "你的动态口令已停用，登录只需密码")


def _tell(user: User, proposal: Proposal, title: str) -> None:
    names = f"{proposal.proposed_by.name}提议"
    if proposal.confirmed_by is not None and proposal.confirmed_by != proposal.proposed_by:
        names += f"，{proposal.confirmed_by.name}复核"
    body = f"{names}。不是你本人要求的，请立即告知安全管理员。"
    import_string(TELL)([user], title=title, body=body, url=reverse("access:totp"))
