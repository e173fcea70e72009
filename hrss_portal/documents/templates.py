"""Which template a paper is printed with: a bureau's own, or the shipped one."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q

from hrss_portal.access.models import Proposal
from hrss_portal.access.proposals import propose
from hrss_portal.documents.kinds import PaperKind, paper_kind
from hrss_portal.documents.models import File, PaperTemplate
from hrss_portal.documents.rendering import PaperError, check_template
from hrss_portal.documents.uploads import store_upload

if TYPE_CHECKING:
    from hrss_portal.access.models import Unit, User

CONFIRM = "documents.template.confirm"


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
    own = own_template(kind, unit)
    if own is None:
        from hrss_portal.documents.source import shipped_docx  # noqa: PLC0415 - loaded with the first paper

        content = shipped_docx(kind.template)
        return Template(content, hashlib.sha256(content).hexdigest())
    with own.file.content.open("rb") as stored:
        content = stored.read()
    if hashlib.sha256(content).hexdigest() != own.file.sha256:
        raise PaperError("文书模板文件被改动过，请重新上传模板")
    return Template(content, own.file.sha256, own)


def own_template(kind: PaperKind, unit: "Unit | None") -> PaperTemplate | None:
    """The uploaded template in force for a paper, of the unit's bureau or of the whole portal."""
    return own_templates(unit, kind.code).get(kind.code)


def own_templates(unit: "Unit | None", *codes: str) -> dict[str, PaperTemplate]:
    """The uploaded templates in force for these papers (all if none is named), by their codes."""
    whose = Q(unit__isnull=True)
    if unit is not None:
        whose |= Q(unit_id=unit.root_id)
    rows = PaperTemplate.objects.filter(whose, state=PaperTemplate.State.ACTIVE)
    if codes:
        rows = rows.filter(kind__in=codes)
    ordered = rows.select_related("file").order_by(F("unit").desc(nulls_first=True))
    return {row.kind: row for row in ordered}  # a bureau's own comes after the portal's and stays


@transaction.atomic
def propose_template(
    kind: PaperKind | str, uploaded: UploadedFile, *, by: "User", note: str
) -> tuple[PaperTemplate, Proposal]:
    """Hand in a bureau's own template; it is used once a second person has confirmed it.

    Raises ``ValidationError``: not a docx, tags that do or name what they may not (all at once).
    """
    found = paper_kind(kind)
    if not note.strip():
        raise ValidationError("请写明改了什么，复核的人要看", code="note")
    root = by.unit.root
    file = store_upload(uploaded, by=by, unit=root, kind=File.Kind.TEMPLATE)
    if file.extension != "docx":
        raise ValidationError("模板须是 docx 文件", code="type")
    with file.content.open("rb") as stored:
        check_template(stored.read(), found)
    template = PaperTemplate.objects.create(
        kind=found.code, unit=root, file=file, note=note.strip()[:200]
    )
    proposal = propose(
        "paper_template",
        title=f"更换文书模板：{found.label}",
        words=[f"文书：{found.label}", f"新模板：{file.name}", f"改了什么：{note.strip()}"],
        payload={"template": template.pk, "sha256": file.sha256},
        apply="hrss_portal.documents.templates.apply_template",
        policy=CONFIRM,
        by=by,
        reason=note,
        unit=root,
    )
    return template, proposal


def propose_shipped(kind: PaperKind | str, *, by: "User", note: str) -> Proposal:
    """Propose to go back to the shipped template.  Raises ``ValidationError`` if it is in use."""
    found = paper_kind(kind)
    own = template_for(found, by.unit).own
    if own is None or own.unit_id is None:
        raise ValidationError("正在用的就是系统自带的模板", code="shipped")
    return propose(
        "paper_template",
        title=f"恢复自带的文书模板：{found.label}",
        words=[f"文书：{found.label}", f"停用：{own.file.name}", "改用：系统自带的模板"],
        payload={"retire": own.pk},
        apply="hrss_portal.documents.templates.apply_template",
        policy=CONFIRM,
        by=by,
        reason=note,
        unit=own.unit,
    )


def apply_template(proposal: Proposal) -> None:
    """What the confirmation of a template does; called in its transaction."""
    wanted = proposal.payload.get("template", proposal.payload.get("retire"))
    template = PaperTemplate.objects.select_related("file").get(pk=wanted)
    active = PaperTemplate.objects.filter(
        kind=template.kind, unit=template.unit, state=PaperTemplate.State.ACTIVE
    )
    active.update(state=PaperTemplate.State.RETIRED)
    if "retire" in proposal.payload:
        return
    if template.file.sha256 != proposal.payload["sha256"]:
        raise ValidationError("模板文件与提议时不同，请重新上传")
    template.state = PaperTemplate.State.ACTIVE
    template.save(update_fields=["state"])
