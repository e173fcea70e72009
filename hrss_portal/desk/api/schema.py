"""The interface description (OpenAPI 3.1) by drf-spectacular, made from the same declarations.

Routes come from the URLconf, what a call needs from its view's ``calls``, what a body holds from
the forms that clean it: nothing is described twice.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django import forms
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from hrss_portal.access.models import Unit, User
from hrss_portal.casework.corrections import forms_of
from hrss_portal.casework.forms import MoveForm
from hrss_portal.desk.api.answers import ANSWERS, NULLABLE, TEXT, WHOLE, Json
from hrss_portal.desk.api.base import ApiView, Call
from hrss_portal.desk.api.resources import CaseResource, resources
from hrss_portal.desk.filing import AttachForm
from hrss_portal.parties.fields import CountField, DateField, MoneyField, YesNoField

ROOT = "/api/v1/"
QUERY: dict[str, tuple[str, Json]] = {
    "limit": ("每页条数", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    "cursor": ("上一次返回的 next", TEXT),
    "state": ("状态代码", TEXT),
    "external_system": ("外部系统代码", TEXT),
    "kind": ("业务", TEXT),
    "org": ("单位", TEXT),
    "filter": ("条件", TEXT),
}
DAY_QUERY = {"type": "string", "format": "date"}
HEADERS = {
    "Idempotency-Key": ("每次新操作一个新键，重发用原键", True),
    "X-Reveal-Reason": ("查看完整号码的理由：handling、contact、enquiry …", False),
    "X-Reveal-Note": ("理由说明（百分号编码的 UTF-8）", False),
}
CODES = {
    400: "请求有误",
    401: "缺少令牌，或令牌无效",
    403: "没有权限",
    404: "没有这条记录（看不见的同样回答）",
    409: "与已有内容冲突",
    413: "请求太大",
    422: "内容不符合规则，没有保存",
    429: "调用过于频繁",
}


def only_the_api(endpoints: Iterable[Any], **_: Any) -> list[Any]:
    """Describes the addresses of the API proper."""
    return [one for one in endpoints if one[0].startswith(ROOT) and getattr(one[3].cls, "calls", 0)]


class PortalSchema(AutoSchema):
    """An operation from the view's ``calls``."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> Json | None:
        """The operation object of one method of one address."""
        view: ApiView = self.view
        call = view.calls.get(method)
        return None if call is None else operation(view, call, path, method)


class PortalGenerator(SchemaGenerator):
    """Gives the views our schema while they are described: no process loads it to serve them."""

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        """The view of one address, with ``PortalSchema``."""
        view = super().create_view(callback, method, request)
        view.schema = PortalSchema()
        return view


def operation(view: ApiView, call: Call, path: str, method: str) -> Json:
    """What one call takes and answers."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    whole = {"id", "pk"}
    found: Json = {
        "operationId": _operation_id(view, method),
        "summary": call.summary,
        "tags": [view.kind or "portal"],
        "security": [{"clientToken": []}],
        "parameters": [
            *(_parameter("path", name, WHOLE if name in whole else TEXT, True) for name in names),
            *(_query(name) for name in call.query),
            *(_parameter("header", name, TEXT, *HEADERS[name][::-1]) for name in call.headers),
        ],
        "responses": _responses(call),
    }
    if call.body:
        found["requestBody"] = _body(view.kind, call.body)
    return found


def _operation_id(view: ApiView, method: str) -> str:
    words = [*view.kind.split("."), type(view).__name__.removesuffix("View"), method.lower()]
    return "_".join(word for word in words if word)


def _parameter(where: str, name: str, schema: Json, required: bool, words: str = "") -> Json:
    found: Json = {"in": where, "name": name, "required": required, "schema": schema}
    return found | ({"description": words} if words else {})


def _query(name: str) -> Json:
    words, schema = QUERY.get(name, (name, DAY_QUERY))
    return _parameter("query", name, schema, False, words)


def _responses(call: Call) -> Json:
    data: Json = {"$ref": f"#/components/schemas/{call.data}"} if call.data else {}
    properties: Json = {
        "ok": {"const": True},
        "data": {"type": "array", "items": data} if call.many else data,
    }
    if "cursor" in call.query:
        properties["next"] = NULLABLE
    good = {"type": "object", "properties": properties, "required": ["ok", "data"]}
    found: Json = {str(call.status): _content(good, "成功")}
    if call.body == "correction":
        found["200"] = _content(good, "试算：没有保存")
    if call.body == "open":
        found["200"] = _content(good, "同一编号已登记：内容相同，或已按规则更正")
    problem = {"$ref": "#/components/schemas/Error"}
    return found | {str(code): _content(problem, words) for code, words in CODES.items()}


def _content(schema: Json, words: str) -> Json:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _body(kind: str, name: str) -> Json:
    media = "application/json"
    schema: Json = {"$ref": f"#/components/schemas/{kind}.{name}"}
    if name == "attach":
        media, schema = "multipart/form-data", {"$ref": "#/components/schemas/attach"}
    if name == "move":
        moves = resources()[kind].moves
        schema = {"anyOf": [{"$ref": _of_move(kind, move.code)} for move in moves]}
    return {"required": True, "content": {media: {"schema": schema}}}


def _of_move(kind: str, code: str) -> str:
    return f"#/components/schemas/{kind}.move.{code}"


# --- bodies from forms --------------------------------------------------------------------------


def of_field(field: forms.Field) -> Json:
    """A form field as JSON schema; words of the page's label and hint go along."""
    found = _type_of(field)
    if field.required and isinstance(found["type"], list):
        kinds = [kind for kind in found["type"] if kind != "null"]
        found["type"] = kinds if len(kinds) > 1 else kinds[0]
    if field.label:
        found["title"] = str(field.label)
    if field.help_text:
        found["description"] = str(field.help_text)
    return found


TYPES: tuple[tuple[tuple[type[forms.Field], ...], Json], ...] = (
    ((forms.FileField,), {"type": "array", "items": {"type": "string", "format": "binary"}}),
    ((forms.BooleanField, YesNoField), {"type": ["boolean", "null"]}),
    ((DateField, forms.DateField), {"type": ["string", "null"], "format": "date"}),
    ((forms.DateTimeField,), {"type": ["string", "null"], "format": "date-time"}),
    ((MoneyField,), {"type": ["string", "number", "null"], "x-unit": "元"}),
    ((CountField, forms.IntegerField), {"type": ["integer", "string", "null"]}),
    ((forms.ModelChoiceField,), {"type": ["integer", "string", "null"], "x-choice": "编号或名称"}),
)


def _type_of(field: forms.Field) -> Json:
    for kinds, schema in TYPES:
        if isinstance(field, kinds):
            return dict(schema)
    if isinstance(field, forms.ChoiceField):
        return _choice(field)
    most = getattr(field, "max_length", None)
    return {"type": ["string", "null"]} | ({"maxLength": most} if most else {})


def _choice(field: forms.ChoiceField) -> Json:
    pairs: Any = field.choices
    known = [(str(code), str(label)) for code, label in pairs if code not in ("", None)]
    one: Json = {
        "type": "string",
        "enum": [code for code, _ in known],
        "x-labels": {code: label for code, label in known if label},
    }
    if getattr(field.widget, "allow_multiple_selected", False):
        return {"type": "array", "items": one}
    return (
        one
        if field.required
        else one | {"type": ["string", "null"], "enum": [*one["enum"], "", None]}
    )


def of_form(form: Any, *, optional: Iterable[str] = ()) -> Json:
    """A form (or its class) with its row sets as the schema of an object; no other name is taken.

    A form decides some things only when it is made, so a made one is described where it can be.
    """
    fields: Mapping[str, forms.Field] = getattr(form, "fields", None) or form.base_fields
    properties = {name: of_field(field) for name, field in fields.items()}
    required = [name for name, field in fields.items() if field.required and name not in optional]
    for one in getattr(form, "row_sets", ()):
        properties[one.name] = {
            "type": "array",
            "title": one.label,
            "maxItems": one.most,
            "items": of_form(one.form),
        } | ({"minItems": one.least} if one.least else {})
        if one.least:
            required.append(one.name)
    found: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": required} if required else {})


def bodies_of(resource: CaseResource) -> Json:
    """The bodies that open and move a kind of case."""
    optional = [resource.number_field] if resource.number_field else []
    opening = resource.open_form(user=User(), unit=Unit())
    found = {
        f"{resource.of}.open": of_form(opening, optional=optional),
        f"{resource.of}.correction": correction_of(resource),
    }
    for move in resource.moves:
        body = of_form(move.form_class() or MoveForm)
        body["title"] = move.label
        body["properties"]["version"] = WHOLE | {"description": "读取时的版本；不同则 409"}
        found[f"{resource.of}.move.{move.code}"] = body
    return found


def correction_of(resource: CaseResource) -> Json:
    """The body of a correction; which values an entry takes is told by the list of entries."""
    return {
        "type": "object",
        "title": "更正",
        "properties": {
            "what": {"enum": sorted(forms_of(resource.workflow))},
            "row": WHOLE,
            "values": {"type": "object", "description": "只写要改的项，其余不变"},
            "reason": TEXT | {"title": "更正理由", "maxLength": 300},
            "version": WHOLE | {"description": "读取时的版本；不同则 409"},
            "seen": TEXT | {"description": "试算返回的 seen；不带的只试算，不保存"},
        },
        "required": ["what", "row", "values", "reason"],
        "additionalProperties": False,
    }


def with_components(result: Json, **_: Any) -> Json:
    """Adds the bodies and the answers to the description."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(ANSWERS)
    schemas["attach"] = of_form(AttachForm)
    for resource in resources().values():
        schemas.update(bodies_of(resource))
    return result


@cache
def description() -> Json:
    """The whole description; the same for everybody, made once."""
    made: Json = PortalGenerator().get_schema(request=None, public=True)
    return made
