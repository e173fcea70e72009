"""Client systems: their tokens, the second person's confirmation, revoking."""

import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal, User
from hrss_portal.desk.api.resources import choices
from hrss_portal.desk.models import ClientSystem

PREFIX = "hrss_"
CONFIRM = "desk.client.confirm"


def digest(token: str) -> str:
    """What is kept of a token.  It has 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def register_client(client: ClientSystem, *, by: User, reason: str) -> str:
    """Save a new client system and return its token, which is never shown again.

    The token opens nothing until a second person has confirmed the proposal that this writes.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    client.token_hash, client.token_hint = digest(token), token[-4:]
    client.created_by = by
    client.save()
    client.proposal = proposals.propose(
        "desk.client",
        title=f"接入外部系统：{client.name}（{client.system}），使用账号 {client.user.name}",
        words=words_of(client),
        payload={"client": client.pk},
        apply="hrss_portal.desk.api.clients.confirm",
        policy=CONFIRM,
        by=by,
        reason=reason,
        unit=client.unit.root,
    )
    client.save(update_fields=["proposal"])
    return token


def words_of(client: ClientSystem) -> list[str]:
    """What the second person reads before signing."""
    labels = dict(choices())
    actions = dict(ClientSystem.Action.choices)
    lines = [
        f"系统：{client.name}（代码 {client.system}）",
        f"使用账号：{client.user.name}（{client.user.staff_no}），权限不超过该账号",
        f"办件承办单位：{client.unit.name}",
        "业务：" + "、".join(labels.get(kind, kind) for kind in client.kinds),
        "允许的操作：" + "、".join(actions[code] for code in client.actions),
        f"有效期至：{client.expires_on:%Y-%m-%d}",
    ]
    if client.endpoint:
        told = "、".join(labels.get(kind, kind) for kind in client.told_kinds)
        lines.append(f"动态推送到：{client.endpoint.name} {client.endpoint.url}（{told}）")
    return lines


def confirm(proposal: Proposal) -> None:
    """The second signature: from now on the token works.  Raises ``ValidationError``."""
    rows = ClientSystem.objects.select_for_update(of=("self",))
    client = rows.get(pk=proposal.payload["client"])
    if client.revoked_at is not None:
        raise ValidationError("这个对接系统已经吊销")
    client.confirmed_at = timezone.now()
    client.save(update_fields=["confirmed_at"])


@transaction.atomic
def revoke(client: ClientSystem, *, by: User, reason: str) -> None:
    """The token opens nothing from the next call on.  Raises ``ValidationError``."""
    found = ClientSystem.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if not reason.strip():
        raise ValidationError("写明吊销理由")
    if found.revoked_at is not None:
        return
    found.revoked_at, found.revoked_by = timezone.now(), by
    found.revoke_reason = reason.strip()[:200]
    found.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])


def client_of(token: str) -> ClientSystem | None:
    """The client system of a token, whatever its state; None for an unknown token."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    rows = ClientSystem.objects.select_related("user__unit", "unit", "endpoint")
    return rows.filter(token_hash=digest(token)).first()
