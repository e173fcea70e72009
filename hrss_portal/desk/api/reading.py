"""Reading what a system sent: exact JSON, and JSON as the values of a page's form.

The page's form cleans it afterwards, so that page, sheet and API have one set of rules.  Here is
refused only what a form would not notice: names it does not ask for, numbers where a text is due
(an ID number as a number has lost its digits somewhere), days without a year.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from django import forms
from django.conf import settings
from django.http import QueryDict
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from hrss_portal.desk.api.errors import ApiError
from hrss_portal.parties.fields import CountField, DateField, MoneyField, YesNoField

Problems = dict[str, list[str]]
FULL_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
NUMBERS = (CountField, MoneyField, forms.IntegerField)


class OnlyJSON(BaseContentNegotiation):
    """Answers JSON whatever the caller would rather have: there is no browsable API."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser of the content type, or None (415)."""
        kind = (request.content_type or "").split(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """The only one."""
        return renderers[0], renderers[0].media_type


def check_size(length: Any, limit: int) -> None:
    """Raises 413 for a body that says it is larger; without a length a body counts as empty."""
    if int(length or 0) > limit:
        raise ApiError(413, "too_large", f"请求超过 {limit // 1024 // 1024} MB", "拆分后发送")


class ExactJSONParser(BaseParser):
    """JSON as the standard has it: UTF-8, no NaN, no name twice, amounts exact."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        """The object that was sent; an empty body is an empty one.  Raises ``ApiError``."""
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH")
        check_size(length, int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0))
        body = stream.read()
        try:
            data = json.loads(
                body.decode("utf-8") or "{}",
                parse_float=Decimal,
                parse_constant=_no_constant,
                object_pairs_hook=_no_name_twice,
            )
        except (ValueError, RecursionError) as error:
            words = str(error) if isinstance(error, NameTwice) else "不是正确的 JSON（UTF-8）"
            raise ApiError(400, "bad_json", words, "正文须是一个 JSON 对象") from None
        if not isinstance(data, dict):
            raise ApiError(400, "bad_json", "正文须是一个 JSON 对象")
        return data


class LimitedMultiPartParser(MultiPartParser):
    """A form with files, not larger than what a page takes."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Refuses by the announced length, before anything is read."""
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH")
        check_size(length, settings.UPLOAD_LIMIT + 1024 * 1024)
        return super().parse(stream, media_type, parser_context)


class NameTwice(ValueError):
    """A name stands twice in one object: which value counts is anybody's guess."""


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NameTwice(f"“{twice}”出现了两次")
    return found


def as_posted(form: Any, body: Mapping[str, Any]) -> tuple[QueryDict, Problems]:
    """What a page would post for this body, and what no page could have posted.

    ``form`` is the unbound form; its row sets take lists of objects.
    """
    data = QueryDict(mutable=True)
    problems: Problems = {}
    rows: Mapping[str, Any] = getattr(form, "rows", {})
    values = {name: value for name, value in body.items() if name not in rows}
    _fill(data, problems, form.fields, values, prefix="", where="")
    for name, formset in rows.items():
        given = body.get(name) or []
        if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
            problems[name] = ["须是对象的列表"]
            given = []
        data[f"{name}-TOTAL_FORMS"] = str(len(given))
        data[f"{name}-INITIAL_FORMS"] = "0"
        fields = {k: v for k, v in formset.empty_form.fields.items() if k != "DELETE"}
        for number, row in enumerate(given):
            _fill(
                data,
                problems,
                fields,
                row,
                prefix=f"{name}-{number}-",
                where=f"{name}[{number}].",
            )
    return data, problems


def _fill(
    data: QueryDict,
    problems: Problems,
    fields: Mapping[str, forms.Field],
    values: Mapping[str, Any],
    *,
    prefix: str,
    where: str,
) -> None:
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            problems[where + name] = ["没有这一项，或不能由接口填写"]
            continue
        if value is None or (isinstance(field, forms.BooleanField) and value is False):
            continue
        try:
            texts = _texts(field, value)
        except ValueError as error:
            problems[where + name] = [str(error)]
            continue
        data.setlist(prefix + name, texts)


def _texts(field: forms.Field, value: Any) -> list[str]:
    """The texts that a page would post for a value.  Raises ``ValueError`` with words."""
    if isinstance(field, forms.FileField):
        raise ValueError("文件用材料接口上传")
    if isinstance(value, list):
        if not getattr(field.widget, "allow_multiple_selected", False):
            raise ValueError("只能是一个值")
        return [_one(field, one) for one in value]
    return [_one(field, value)]


def _one(field: forms.Field, value: Any) -> str:
    match value:
        case bool():
            if isinstance(field, forms.BooleanField):
                return "on"
            if isinstance(field, YesNoField):
                return "true" if value else "false"
            raise ValueError("不能是 true 或 false")
        case int() | Decimal():
            if isinstance(field, NUMBERS):
                return f"{value:f}" if isinstance(value, Decimal) else str(value)
            if isinstance(field, forms.ModelChoiceField) and isinstance(value, int):
                return str(value)
            raise ValueError("须写成文本（加引号），数字会丢位")
        case str():
            return _text(field, value)
    raise ValueError("须是文本、数字或 true/false")


def _text(field: forms.Field, value: str) -> str:
    if isinstance(field, forms.BooleanField):
        raise ValueError("填 true 或 false")
    if isinstance(field, DateField) and value and not FULL_DAY.fullmatch(value):
        raise ValueError("日期写成 2023-11-16")
    if isinstance(field, forms.ModelChoiceField) and value and not value.isdecimal():
        return _named(field, value)
    return value


def _named(field: Any, word: str) -> str:
    """The key of the one choice that is called so, else the word, which the field answers."""
    found = [row.pk for row in field.queryset or () if field.label_from_instance(row) == word]
    return str(found[0]) if len(found) == 1 else word


def problems_of(form: Any) -> Problems:
    """What the bound form refuses, by field; rows as ``claims[0].amount``, the whole as ``""``."""
    found: Problems = {}
    for name, texts in form.errors.items():
        found["" if name == "__all__" else name] = [str(text) for text in texts]
    for name, rows in getattr(form, "rows", {}).items():
        if texts := [str(text) for text in rows.non_form_errors()]:
            found[name] = texts
        for number, row in enumerate(rows.forms):
            for field, texts in row.errors.items():
                where = f"{name}[{number}]" + ("" if field == "__all__" else f".{field}")
                found[where] = [str(text) for text in texts]
    return found
