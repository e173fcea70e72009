"""Taking files in, and deciding who may take them out."""

import hashlib
import re
import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Model, Sum
from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.documents.kinds import class_of
from hrss_portal.documents.models import File, Paper
from hrss_portal.documents.pictures import without_metadata
from hrss_portal.documents.scanning import scan
from hrss_portal.documents.sniffing import MAX_NAME, FileType, sniff

if TYPE_CHECKING:
    from hrss_portal.access.models import Unit, User

#: Control and format characters: a right-to-left override turns "fdp.exe" into "exe.pdf".
UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
LOCK_CLASS = 7303  # advisory locks: the uploads of one person
RESERVED = re.compile(r'[<>:"|?*]+')


def store_upload(
    uploaded: UploadedFile,
    *,
    by: "User | None",
    unit: "Unit",
    kind: str = File.Kind.ATTACHMENT,
    data_class: str = "",
) -> File:
    """Check and keep a file that a person sent; a picture loses what its camera wrote beside it.

    Raises ``ValidationError`` with words for the person: too large, quota used up, type not
    allowed, content that does not match the name or could run, virus.
    """
    content, name, file_type = _read(uploaded)
    if by is not None:
        _check_quota(by, len(content))  # what is over it anyhow is not scanned
    scan(content)
    content = without_metadata(content, file_type.extension)
    with transaction.atomic():
        if by is not None:
            _one_at_a_time(by)
            _check_quota(by, len(content))
        return _keep(content, name, file_type, by=by, unit=unit, kind=kind, data_class=data_class)


def check_upload(uploaded: UploadedFile) -> None:
    """Look at a sent file before anything is stored.

    Raises ``ValidationError`` as ``store_upload`` does for size, type and content.
    """
    _read(uploaded)
    uploaded.seek(0)


def _read(uploaded: UploadedFile) -> tuple[bytes, str, FileType]:
    limit = settings.UPLOAD_LIMIT
    if uploaded.size is None or uploaded.size > limit:
        raise ValidationError(
            f"文件超过 {limit // 1024 // 1024} MB，请压缩或拆分后上传", code="size"
        )
    content = uploaded.read(limit + 1)
    name = clean_name(uploaded.name or "")
    return content, name, sniff(content, name)


def store_bytes(
    content: bytes,
    name: str,
    *,
    by: "User | None",
    unit: "Unit",
    kind: str = File.Kind.RESULT,
    data_class: str = "",
    expires_on: date | None = None,
) -> File:
    """Keep a file that the portal made itself (paper, export, report).  Same checks of its type."""
    clean = clean_name(name)
    file_type = sniff(content, clean)
    return _keep(
        content,
        clean,
        file_type,
        by=by,
        unit=unit,
        kind=kind,
        data_class=data_class,
        expires_on=expires_on,
    )


def _keep(content: bytes, name: str, file_type: FileType, **values: Any) -> File:
    by = values.pop("by")
    return File.objects.create(
        name=name,
        content=ContentFile(content, name=f"file.{file_type.extension}"),
        content_type=file_type.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        **values,
    )


def clean_name(name: str) -> str:
    """What a download may be called: the last part, printable, at most 120 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(c for c in last if unicodedata.category(c) not in UNPRINTABLE)
    tidy = re.sub(r"\s+", " ", RESERVED.sub("", printable)).strip(" .")
    stem, dot, extension = tidy.rpartition(".")
    room = MAX_NAME - len(dot) - len(extension)
    return f"{stem[:room]}{dot}{extension[:MAX_NAME]}" if stem else tidy[:MAX_NAME]


def _one_at_a_time(by: "User") -> None:
    """A person's next upload is counted after this one is kept; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, by.pk])


def _check_quota(by: "User", size: int) -> None:
    day = timezone.now() - timedelta(days=1)
    recent = File.objects.filter(uploaded_by=by, created_at__gte=day)
    used = recent.aggregate(total=Sum("size"))["total"] or 0
    if used + size > settings.UPLOAD_QUOTA:
        limit = settings.UPLOAD_QUOTA // 1024 // 1024
        raise ValidationError(f"一天最多上传 {limit} MB，请明天再传或联系系统管理员", code="quota")


def attach(file: File, owner: Model, *, action: str, data_class: str = "") -> File:
    """Give a file to a record: from now on whoever may do ``action`` on the record may open it.

    Raises ``ValueError`` when it belongs to another record already.
    """
    label = owner._meta.label_lower
    if file.owner_label and (file.owner_label, file.owner_id) != (label, owner.pk):
        raise ValueError(f"file {file.pk} belongs to {file.owner_label} {file.owner_id}")
    file.owner_label, file.owner_id, file.owner_action = label, owner.pk, action
    file.data_class = data_class or file.data_class
    file.save(update_fields=["owner_label", "owner_id", "owner_action", "data_class"])
    return file


def owner_of(file: File) -> Model | None:
    """The record a file belongs to, if the acting user sees it."""
    if not file.owner_label:
        return None
    try:
        return apps.get_model(file.owner_label)._default_manager.get(pk=file.owner_id)
    except (LookupError, ObjectDoesNotExist):
        return None


def may_open(user: "User", file: File) -> bool:
    """Whether the user may open the file: through its record, or as the one who uploaded it.

    The file of an issued paper follows the paper, whoever made it.  A data class asks for more.
    """
    if not file.owner_label and file.kind == File.Kind.PAPER:
        paper = Paper.objects.filter(file=file).select_related("case_paper__case").first()
        return paper is not None and _sees_class(user, paper, file)
    if not file.owner_label:
        return file.uploaded_by_id == user.pk
    owner = owner_of(file)
    if owner is None or not policy.can(user, file.owner_action, owner):
        return False
    return _sees_class(user, owner, file)


def sees_paper(user: "User", paper: Paper) -> bool:
    """Whether the user has the classes that a paper asks for: its kind's, file's and case's."""
    return _sees_class(user, paper, paper.file)


def _sees_class(user: "User", owner: Model, file: File) -> bool:
    record = owner
    needed = {file.data_class}
    if isinstance(owner, Paper):
        needed.add(class_of(owner.kind))
        record = policy.outer_of(owner, Paper.scope) or owner
    needed.add(getattr(record, "file_class", ""))
    return all(policy.sees_class(user, owner, one) for one in needed - {""})
