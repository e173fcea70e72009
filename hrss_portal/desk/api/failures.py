"""Every exception of a call as an answer in the envelope, with nothing half-saved."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from hrss_portal.access import policy
from hrss_portal.audit import context
from hrss_portal.audit.commands import BadInput
from hrss_portal.casework.moves import StaleVersion
from hrss_portal.desk.api.errors import ApiError, absent, envelope, messages_of

logger = logging.getLogger(__name__)


def error_response(raised: Exception, given: dict[str, Any]) -> Response:
    """DRF's exception handler: everything becomes the envelope, and nothing stays half-saved.

    The rule of a refusal goes along for the log; it is written after the rollback.
    """
    set_rollback()
    error = _found(raised)
    if error is None:
        logger.error("api call failed", exc_info=raised)
        got_request_exception.send(sender=error_response, request=given.get("request"))
        number = context.request_id()
        error = ApiError(500, "fault", "系统出错，没有保存", f"请把编号 {number} 告诉管理员")
    response = Response(envelope(error), status=error.status)
    if wait := getattr(raised, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(raised, "auth_header", ""):
        response["WWW-Authenticate"] = challenge
    response.refused = _rule(raised)  # type: ignore[attr-defined]
    return response


def _found(raised: Exception) -> ApiError | None:
    for kind, made in KNOWN:
        if isinstance(raised, kind):
            return made(raised)
    return None


def _denied(raised: PermissionDenied) -> ApiError:
    if isinstance(raised, policy.Refused):
        return ApiError(403, "refused", raised.decision.because, "由有此岗位职责的账号办理")
    return ApiError(403, "refused", str(raised) or "没有权限")


def _stale(raised: StaleVersion) -> ApiError:
    return ApiError(409, "stale", f"版本已是 {raised.case.version}", "重新读取办件后再发送")


def _by_rule(raised: ValidationError) -> ApiError:
    return ApiError(422, "refused_by_rule", "规则不允许，没有保存", "", messages_of(raised))


FRAMEWORK: tuple[tuple[type[exceptions.APIException], str, str, str], ...] = (
    (
        exceptions.AuthenticationFailed,
        "unauthenticated",
        "缺少令牌，或令牌无效",
        "Authorization: Bearer <令牌>；令牌过期或吊销的，联系系统管理员",
    ),
    (
        exceptions.NotAuthenticated,
        "unauthenticated",
        "缺少令牌，或令牌无效",
        "Authorization: Bearer <令牌>；令牌过期或吊销的，联系系统管理员",
    ),
    (exceptions.Throttled, "throttled", "调用过于频繁", "按 Retry-After 的秒数等待后再试"),
    (exceptions.MethodNotAllowed, "method_not_allowed", "这个地址没有这种方法", "见接口说明"),
    (exceptions.UnsupportedMediaType, "media_type", "不支持这种内容类型", "见接口说明"),
    (exceptions.NotFound, "not_found", "没有这条记录", "核对地址和编号"),
)


def _of_framework(raised: exceptions.APIException) -> ApiError:
    for kind, code, message, hint in FRAMEWORK:
        if isinstance(raised, kind):
            return ApiError(raised.status_code, code, message, hint)
    return ApiError(raised.status_code, "bad_request", "请求有误", str(raised.detail))


KNOWN: tuple[tuple[type[Exception], Callable[[Any], ApiError]], ...] = (
    (ApiError, lambda raised: raised),
    (Http404, lambda raised: absent()),
    (PermissionDenied, _denied),
    (StaleVersion, _stale),
    (BadInput, lambda raised: ApiError(400, raised.code, raised.message, raised.hint)),
    (ValidationError, _by_rule),
    (RequestDataTooBig, lambda raised: ApiError(413, "too_large", "请求太大")),
    (exceptions.APIException, _of_framework),
)


def _rule(raised: Exception) -> tuple[str, str] | None:
    """(rule, subject) of what must be written down as a refusal."""
    match raised:
        case policy.NotVisible():
            return raised.rule, raised.subject
        case policy.Refused():
            obj = raised.obj
            subject = "" if obj is None else f"{obj._meta.label} {obj.pk}"
            return f"{raised.decision.rule} {raised.action}", subject
        case exceptions.AuthenticationFailed():
            return f"token {raised.detail}", ""
        case PermissionDenied():
            return "denied", str(raised)
    return None
