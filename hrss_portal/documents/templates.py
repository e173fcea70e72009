"""Which template a paper is printed with: a bureau's own, or the shipped one."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from hrss_portal.documents.kinds import PaperKind
from hrss_portal.documents.models import PaperTemplate
from hrss_portal.documents.rendering import PaperError
from hrss_portal.documents.source import shipped_docx

if TYPE_CHECKING:
    from hrss_portal.access.models import Unit


@dataclass(frozen=True)
class Template:
    """A template ready to be filled, and where it comes from."""

    content: bytes
    sha256: str
    own: PaperTemplate | None = None


def template_for(kind: PaperKind, unit: "Unit | None") -> Template:
    """The template in force: of the unit's bureau, else of the whole portal, else as shipped.

    Raises ``PaperError`` when a replaced template's file was changed on disk.
    """
    root = Q(unit__isnull=True) | (Q(unit_id=unit.root_id) if unit is not None else Q())
    rows = PaperTemplate.objects.select_related("file").filter(
        root, kind=kind.code, state=PaperTemplate.State.ACTIVE
    )
    if unit is None:
        rows = rows.filter(unit__isnull=True)
    own = rows.order_by(F("unit").asc(nulls_last=True)).first()
    if own is None:
        content = shipped_docx(kind.template)
        return Template(content, hashlib.sha256(content).hexdigest())
    with own.file.content.open("rb") as stored:
        content = stored.read()
    if hashlib.sha256(content).hexdigest() != own.file.sha256:
        raise PaperError("文书模板文件被改动过，请重新上传模板")
    return Template(content, own.file.sha256, own)
