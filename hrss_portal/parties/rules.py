"""Cross-field rules of the master files, shared by form, sheet and API.

Each takes the cleaned values by name and yields (column, words) for what does not fit together.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from hrss_portal.parties import identifiers
from hrss_portal.parties.choices import Disability, IdKind
from hrss_portal.parties.models.persons import EIGHTEEN

Found = Iterator[tuple[str, str]]


def document_of(cleaned: Mapping[str, Any]) -> tuple[str, str]:
    """Kind and number of the document: the ID number, else the other document, else nothing."""
    number = cleaned.get("id_number") or ""
    if number:
        kind = cleaned.get("id_kind") or IdKind.RESIDENT
        if kind not in EIGHTEEN:
            kind = IdKind.RESIDENT
        return (IdKind.OLD if len(number) == 15 else kind), number
    kind, number = cleaned.get("id_kind") or "", cleaned.get("other_id") or ""
    return (kind or IdKind.OTHER, number) if number else (IdKind.RESIDENT, "")


def check_person(cleaned: Mapping[str, Any]) -> Found:
    """M02: a document or the reason why there is none; what the number says must agree."""
    kind, number = document_of(cleaned)
    if not number and not cleaned.get("no_id_reason"):
        yield "id_number", "填写身份证号；没有的写明无证件号原因"
    elif kind in EIGHTEEN and number:
        yield from _agrees(number, cleaned)
    elif number and kind != IdKind.OLD:
        try:
            identifiers.check_other_document(kind, number)
        except ValidationError as error:
            yield "other_id", error.messages[0]
        if not cleaned.get("birth"):
            yield "birth", "填写出生日期"
    if cleaned.get("disability_grade") and cleaned.get("disability") in ("", None, Disability.NONE):
        yield "disability", "有残疾等级的要选残疾类别"


def _agrees(number: str, cleaned: Mapping[str, Any]) -> Found:
    try:
        told = identifiers.check_id_number(number)
    except ValidationError as error:
        yield "id_number", error.messages[0]
        return
    birth = cleaned.get("birth")
    if birth and birth != told.birth:
        yield "birth", f"与身份证号里的出生日期 {told.birth} 不一致，请对照证件"
    graduated = cleaned.get("graduated_on")
    if graduated and graduated <= told.birth:
        yield "graduated_on", "毕业时间早于出生日期，请检查"


def check_employer(cleaned: Mapping[str, Any]) -> Found:
    """M01: a credit code or the reason why there is none; a size set by hand gives its reason."""
    if not cleaned.get("uscc") and not cleaned.get("no_uscc_reason"):
        yield "uscc", "填写统一社会信用代码；没有的写明无信用代码原因"
    if cleaned.get("size") and not cleaned.get("size_why"):
        yield "size_why", "人工认定规模要写明理由"
    if cleaned.get("four_up") and cleaned.get("is_four_up") is False:
        yield "is_four_up", "已选四上类别，这里应填“是”"
    group, industry = cleaned.get("industry_group") or "", cleaned.get("industry") or ""
    if group and industry and not group.startswith(industry):
        yield "industry_group", f"中类、小类代码要以行业大类 {industry} 开头"
