"""Making, disabling and empowering accounts."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from hrss_portal import areas
from hrss_portal.access.models import Grant, Proposal, Unit, User
from hrss_portal.access.models.grants import all_classes
from hrss_portal.access.proposals import propose
from hrss_portal.access.roles import DATA_CLASSES, GUARDS, POST_LABELS

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # typed from paper: no l/1, o/0, i

#: Dotted paths of ``items(user) -> Iterable[OpenItems]``; an app above adds its own in ``ready``.
open_item_providers: list[str] = []


@dataclass(frozen=True)
class OpenItems:
    """What a person still has in hand: the words, how many, where they are handed over."""

    label: str
    count: int
    url: str = ""


def open_items(user: User) -> list[OpenItems]:
    """Everything that must be handed over before a person leaves (roles: open items first)."""
    found = [item for path in open_item_providers for item in import_string(path)(user)]
    return [item for item in found if item.count]


def temporary_password(seed: str = "") -> str:
    """Twelve letters in three groups, good for one log-in: it must be changed at once.

    ``seed``: gives the same letters again to whoever sends the same form twice; nothing is stored.
    """
    seed = seed or secrets.token_hex(32)
    drawn = salted_hmac("hrss_portal.access.temporary", seed, algorithm="sha256").digest()
    letters = "".join(LETTERS[byte % len(LETTERS)] for byte in drawn[:12])
    return "-".join(letters[at : at + 4] for at in range(0, 12, 4))


def reset_password(user: User, seed: str = "") -> str:
    """Gives a temporary password, returns it once, and ends the person's sessions."""
    password = temporary_password(seed)
    user.set_password(password)
    user.must_change_password = True
    user.end_sessions()
    user.save()
    return password


@transaction.atomic
def disable(user: User, *, by: User) -> None:
    """Takes all access away at the person's next request; history and grants stay as they were."""
    user.is_active = False
    user.disabled_by = by
    user.disabled_at = timezone.now()
    user.end_sessions()
    user.save()


@transaction.atomic
def enable(user: User) -> None:
    """Lets a disabled person in again, with a password that must be reset first."""
    user.is_active = True
    user.disabled_at = None
    user.set_unusable_password()
    user.save()


def check_guards(user: User, post: str) -> None:
    """System, security and audit administration are three people (等保三员分立).

    Raises ``ValidationError`` if the person already holds another of the three posts.
    """
    if post not in GUARDS:
        return
    held = Grant.objects.in_force().filter(user=user, post__in=GUARDS - {post})
    if other := held.order_by("pk").first():
        raise ValidationError(
            f"{user.name}已任{POST_LABELS[other.post]}，不能同时任{POST_LABELS[post]}：三员须分立"
        )


def users_in_posts(unit: Unit, *posts: str) -> QuerySet[User]:
    """Active users who hold one of the posts now, in the bureau to which the unit belongs.

    For fields that name a handler, a deputy or a signer.
    """
    held = Grant.objects.in_force().filter(post__in=posts, unit__path__startswith=unit.root_path)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("staff_no")


def propose_grant(
    user: User,
    *,
    post: str,
    unit: Unit,
    by: User,
    area: str = "",
    classes: Iterable[str] | None = None,
    valid_until: date | None = None,
    reason: str = "",
) -> Proposal:
    """Proposes that a person holds a post; a second person confirms.

    Raises ``ValidationError`` when somebody grants to themselves, to a disabled account, twice the
    same, or a second guard post.
    """
    if user.pk == by.pk:
        raise ValidationError("不能给自己授权，请另一位管理员提议")
    if not user.is_active:
        raise ValidationError(f"{user.name}的账号已停用")
    if Grant.objects.in_force().filter(user=user, post=post, unit=unit, area=area).exists():
        raise ValidationError(f"{user.name}已有{POST_LABELS[post]}（{unit}）的授权")
    check_guards(user, post)
    ceiling = sorted(all_classes() if classes is None else classes)
    return propose(
        "access.grant",
        title=f"授予 {user.name}（{user.staff_no}）{POST_LABELS[post]}（{unit}）",
        words=_grant_words(user, post, unit, area, ceiling, valid_until),
        payload={
            "user": user.pk,
            "post": post,
            "unit": unit.pk,
            "area": area,
            "classes": ceiling,
            "valid_until": valid_until.isoformat() if valid_until else None,
        },
        apply="hrss_portal.access.accounts.apply_grant",
        policy="access.grant.confirm",
        by=by,
        reason=reason,
        unit=unit,
    )


def _grant_words(
    user: User, post: str, unit: Unit, area: str, classes: list[str], valid_until: date | None
) -> list[str]:
    """What the second person reads before giving somebody a post."""
    named = {config.label: str(config.verbose_name) for config in areas.portal_apps()}
    seen = [label for code, label in DATA_CLASSES if code in classes]
    grants = user.grants.in_force().order_by("pk").select_related("unit")
    held = [f"{POST_LABELS[one.post]}（{one.unit}）" for one in grants]
    return [
        f"授予谁：{user.name}（工号 {user.staff_no}，{user.unit}）",
        f"岗位：{POST_LABELS[post]}",
        f"数据范围：{unit}及其下属",
        f"业务：{named.get(area, '岗位的全部业务')}",
        f"可看的敏感信息：{'；'.join(seen) or '无'}",
        f"有效期：{f'至 {valid_until:%Y-%m-%d}' if valid_until else '长期'}",
        f"现有岗位：{'、'.join(held) or '无'}",
        f"B 岗：{f'{user.deputy.name}（工号 {user.deputy.staff_no}）' if user.deputy else '无'}",
    ]


def apply_grant(proposal: Proposal) -> None:
    """Lands a confirmed grant.  Raises ``ValidationError`` if its receiver confirmed it."""
    data = proposal.payload
    if proposal.confirmed_by_id == data["user"]:
        raise ValidationError("不能复核给自己的授权")
    user = User.objects.filter(pk=data["user"], is_active=True).first()
    if user is None:
        raise ValidationError("该账号已不在用，退回这项提议")
    check_guards(user, data["post"])
    until = date.fromisoformat(data["valid_until"]) if data["valid_until"] else None
    expired = Grant.objects.filter(user=user, revoked_at=None, valid_until__lt=timezone.localdate())
    expired.update(revoked_at=timezone.now(), revoked_by=proposal.confirmed_by)
    Grant.objects.create(
        user=user,
        post=data["post"],
        unit_id=data["unit"],
        area=data["area"],
        classes=data["classes"],
        valid_until=until,
        granted_by=proposal.proposed_by,
        confirmed_by=proposal.confirmed_by,
    )


def revoke(grant: Grant, *, by: User) -> None:
    """Takes a grant back at once: taking away needs one person, giving needs two."""
    if grant.revoked_at is None:
        grant.revoked_at, grant.revoked_by = timezone.now(), by
        grant.save()
