"""From a template and values to a docx, and the check that makes that safe."""

import io
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from hrss_portal.documents.kinds import COMMON_TAGS, PaperKind

#: Characters that XML 1.0 cannot hold, and those with which docxtpl would start new paragraphs.
UNHOLDABLE = re.compile("[\x00-\x09\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
MAX_TEMPLATE = 2 * 1024 * 1024
OTHER_TEXTS = tuple(
    f"wordprocessingml.{name}+xml" for name in ("header", "footer", "footnotes", "endnotes")
)
PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")


class PaperError(ValidationError):
    """A paper cannot be made: its template is not allowed, or values are missing."""


def tag_source(content: bytes) -> str:
    """All template text of a docx: body, headers, footers, footnotes, properties; tags made whole.

    Raises ``PaperError`` for a file that Word would not open either.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415 - loaded with the first paper

    try:
        template = DocxTemplate(io.BytesIO(content))
        template.init_docx()
        parts = [template.patch_xml(template.get_xml())]
        for part in template.docx.part.package.parts:
            if part.content_type.endswith(OTHER_TEXTS):
                parts.append(template.patch_xml(part.blob.decode("utf-8")))
        core = template.docx.core_properties
        parts += [getattr(core, name) or "" for name in PROPERTIES]
    except Exception as error:  # python-docx, lxml and zipfile each raise their own
        raise PaperError("这个文件不是完好的 docx，请用 Word 或 WPS 另存后再上传") from error
    return "\n".join(parts)


def check_template(content: bytes, kind: PaperKind) -> None:
    """Refuse a template whose tags do or name what they may not (``PaperError``, all at once)."""
    if len(content) > MAX_TEMPLATE:
        raise PaperError("模板超过 2 MB，请去掉图片后再上传")
    found = list(_problems(content, tuple(sorted({*COMMON_TAGS, *kind.tags}))))
    if found:
        raise PaperError(found)


@lru_cache(maxsize=256)
def _problems(content: bytes, tags: tuple[str, ...]) -> tuple[str, ...]:
    from hrss_portal.documents.sandbox import problems  # noqa: PLC0415 - loaded with the first paper

    return tuple(problems(tag_source(content), tags))


def fill(content: bytes, kind: PaperKind, context: Mapping[str, Any]) -> bytes:
    """Fill a template.  Checked again, sandboxed, escaped; the same input gives the same bytes.

    Raises ``PaperError`` when a tag has no value, one that the paper needs is empty, or the
    template is not allowed.
    """
    import jinja2  # noqa: PLC0415 - all three are loaded with the first paper
    from docxtpl import DocxTemplate  # noqa: PLC0415

    from hrss_portal.documents import images, layout, placing, sandbox  # noqa: PLC0415

    check_template(content, kind)
    if lacking := [words for tag, words in kind.needs.items() if not context.get(tag)]:
        words = "、".join(lacking)
        raise PaperError(f"{kind.label}还缺{words}，补齐后再制发；不需要的注明理由去掉")
    template, placed = DocxTemplate(io.BytesIO(content)), placing.Placed()
    environment = sandbox.PaperEnvironment({"qr": placed.qr, "picture": placed.picture})
    try:
        template.render(plain(context), environment, autoescape=True)
        placed.put(template.docx)
    except images.ImageError as error:
        raise PaperError(error.messages) from error
    except jinja2.UndefinedError as error:
        raise PaperError(f"文书缺少数据：{error.message}") from error
    except (jinja2.TemplateError, ValueError, TypeError) as error:
        raise PaperError(f"文书模板执行出错：{error}") from error
    layout.forget_origin(template.docx)
    buffer = io.BytesIO()
    template.save(buffer)
    if placed.is_left_in(buffer.getvalue()):
        raise PaperError("二维码、图片只能放在正文里，不能放在页眉、页脚")
    return layout.steady(buffer.getvalue())


def plain(value: Any) -> Any:
    """Values as JSON knows them: nothing with attributes or methods reaches a template."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    return UNHOLDABLE.sub("", _text(value).replace("\r\n", "\n").replace("\t", "　"))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return format(Decimal(str(value)), "f")
    return str(value)


def snapshot(context: Mapping[str, Any]) -> str:
    """The values as kept with an issued paper."""
    return json.dumps(plain(context), ensure_ascii=False, sort_keys=True)
