"""Questions to outside bodies, answered once through an expiring link."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal.access import policy
from hrss_portal.access.public import recording
from hrss_portal.notifications.models import TaskLink

if TYPE_CHECKING:
    from hrss_portal.access.models import Unit, User

#: Files are kept by an app above this one: named, not imported.
STORE_UPLOAD = "hrss_portal.documents.uploads.store_upload"
MAX_FILES = 5


def fingerprint(token: str) -> str:
    """What is kept of a token: its SHA-256 (128 random bits need no salt)."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_task_link(
    owner: Model,
    *,
    title: str,
    question: str,
    body_name: str,
    expires_at: datetime,
    by: "User",
    unit: "Unit",
    owner_action: str,
    on_answer: str = "",
) -> tuple[TaskLink, str]:
    """Ask an outside body something about a record; the link, and its path with the token.

    The path is known only now: show it, or send it, but do not keep it.  ``owner_action``: what
    one needs on the record to see the answer.  ``on_answer``: dotted path of ``on_answer(link)``,
    run in the transaction of the answer.  Raises ``ValidationError`` for a moment that has passed.
    """
    if expires_at <= timezone.now():
        raise ValidationError("有效期须晚于现在", code="expires_at")
    if on_answer:
        import_string(on_answer)
    token = secrets.token_urlsafe(16)
    link = TaskLink.objects.create(
        token_hash=fingerprint(token),
        owner_label=owner._meta.label_lower,
        owner_id=owner.pk,
        owner_action=owner_action,
        title=title[:200],
        question=question,
        body_name=body_name[:100],
        unit=unit,
        created_by=by,
        expires_at=expires_at,
        on_answer=on_answer,
    )
    return link, reverse("notifications:answer", args=[token])


def find(token: str) -> TaskLink | None:
    """The link with this token, or None."""
    return TaskLink.objects.filter(token_hash=fingerprint(token)).first()


def links_of(owner: Model) -> QuerySet[TaskLink]:
    """All links about a record, newest first."""
    label = owner._meta.label_lower
    rows: QuerySet[TaskLink] = TaskLink.objects.filter(owner_label=label, owner_id=owner.pk)
    return rows.order_by("-pk")


def owner_of(link: TaskLink) -> Model | None:
    """The record a link is about, if the acting user sees it."""
    try:
        return apps.get_model(link.owner_label)._default_manager.get(pk=link.owner_id)
    except (LookupError, ObjectDoesNotExist):
        return None


def may_see(user: "User", link: TaskLink) -> bool:
    """Whether the user may read question and answer: who may do so on the record."""
    owner = owner_of(link)
    return owner is not None and policy.can(user, link.owner_action, owner)


def answer(
    link: TaskLink,
    *,
    text: str,
    name: str,
    phone: str = "",
    files: Sequence[UploadedFile] = (),
    entered_by: "User | None" = None,
) -> TaskLink:
    """Record the answer, once.  ``entered_by``: the clerk who enters a reply that came otherwise.

    A reply entered by a clerk needs a file as proof.  Raises ``ValidationError``: answered, revoked
    or expired meanwhile, no text, no name, too many files, a file that is not allowed.
    """
    _check(text, name, files, entered_by)
    with recording(), transaction.atomic():
        found = TaskLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if found.answered_at is not None:
            raise ValidationError("已经答复过了，不能再次提交", code="answered")
        if found.revoked_at is not None or (found.is_expired and entered_by is None):
            raise ValidationError("链接已失效，请联系发出单位", code="closed")
        found.answer, found.answered_name = text.strip(), name.strip()[:50]
        found.answered_phone, found.entered_by = phone.strip(), entered_by
        found.answered_at = timezone.now()
        found.save()
        for uploaded in files:
            found.files.add(_keep(uploaded, found, entered_by))
        if found.on_answer:
            import_string(found.on_answer)(found)
    return found


def _check(text: str, name: str, files: Sequence[Any], entered_by: "User | None") -> None:
    if not text.strip() or not name.strip():
        raise ValidationError("答复内容和答复人都要填写", code="required")
    if len(files) > MAX_FILES:
        raise ValidationError(f"最多上传 {MAX_FILES} 个文件", code="files")
    if entered_by is not None and not files:
        raise ValidationError("代录答复须上传凭证（来函扫描件、通话记录等）", code="proof")


def _keep(uploaded: UploadedFile, link: TaskLink, by: "User | None") -> Any:
    """Store one file; it belongs to the record that the question is about."""
    file = import_string(STORE_UPLOAD)(uploaded, by=by, unit=link.unit, kind="reply")
    file.owner_label, file.owner_id = link.owner_label, link.owner_id
    file.owner_action = link.owner_action
    file.save(update_fields=["owner_label", "owner_id", "owner_action"])
    return file


def revoke(link: TaskLink) -> bool:
    """Close an open link; False when it was answered or closed already."""
    rows = TaskLink.objects.filter(pk=link.pk, answered_at__isnull=True, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=timezone.now()))
