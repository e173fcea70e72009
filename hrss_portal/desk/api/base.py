"""What every view of the API shares: acting as the client's account, the envelope, the call log."""

import hashlib
import json
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from hrss_portal.access.addresses import client_address
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.audit import context
from hrss_portal.audit.log import record_refusal
from hrss_portal.casework.idempotency import KeyReused, claim
from hrss_portal.desk.api.errors import ApiError
from hrss_portal.desk.models import ClientCall, ClientSystem

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One method of one address: what it needs, and what the interface description says of it.

    ``action`` is what the client must have been given, ``right`` what its account must be allowed
    (a verb on the view's kind, or a full action).  ``shows`` says that the answer tells what stands
    in the case, so that the action ``read`` is needed too.  ``body`` and ``data`` name schemas;
    ``many`` says that a list is answered.
    """

    summary: str
    action: str = ""
    shows: bool = False
    right: str = ""
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: str = ""
    data: str = ""
    many: bool = False
    status: int = 200

    @property
    def actions(self) -> tuple[str, ...]:
        """All actions that the client must have been given."""
        needed = (self.action, "read" if self.shows else "")
        return tuple(dict.fromkeys(filter(None, needed)))


class ApiView(APIView):
    """A view that runs with the rights, and under the name, of the client's account.

    ``policy`` is the route's policy for the register of routes, ``calls`` what each method needs.
    """

    policy: ClassVar[str] = "api:desk.client.use"
    kind: ClassVar[str] = ""
    calls: ClassVar[dict[str, Call]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls, how often, and whether it may; a refused call counts as a call."""
        self.format_kwarg = None
        chosen = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = chosen
        self.perform_authentication(request)
        self.check_throttles(request)
        self.check_permissions(request)

    def call_of(self, method: str | None) -> Call | None:
        """What a method needs; None for one that this address does not have."""
        return self.calls.get("GET" if method == "HEAD" else str(method))

    def right_of(self, call: Call) -> str:
        """The full action that the account must be allowed; empty for none."""
        return f"{self.kind}.{call.right}" if call.right and "." not in call.right else call.right

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The call, inside the client's scope from the moment it is known."""
        self.began = time.monotonic()
        with ExitStack() as self.scope:
            response = super().dispatch(request, *args, **kwargs)
        request.user = AnonymousUser()  # no session of a person: the pages' guards stay out
        return response

    def perform_authentication(self, request: Request) -> None:
        """Who calls; from here on everything is seen through the account's rights."""
        super().perform_authentication(request)
        self.scope.enter_context(acting_as(self.user, "api"))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The log is written when the transaction of the call is over, kept or rolled back."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store, private"
        answer.add_post_render_callback(lambda done: self.note(request, done))
        return answer

    def note(self, request: Any, response: HttpResponse) -> None:
        """One line for the call of a known client; refusals into the log of refusals as well."""
        match = request.resolver_match
        route = match.view_name if match else request.path
        given = getattr(request, "_auth", None)
        client = given if isinstance(given, ClientSystem) else None
        with ExitStack() as scope:
            if client:
                scope.enter_context(acting_as(client.user, "api"))
            if refused := getattr(response, "refused", None):
                record_refusal(
                    route=route,
                    method=request.method or "",
                    rule=refused[0],
                    subject=refused[1],
                    address=client_address(request._request),
                )
            if client:
                self.note_call(client, request, route, response)

    def note_call(
        self, client: ClientSystem, request: Any, route: str, response: HttpResponse
    ) -> None:
        """Which system called what, with what result."""
        error = (getattr(response, "data", None) or {}).get("error") or {}
        ClientCall.objects.create(
            client=client,
            method=(request.method or "")[:8],
            route=route[:120],
            status=response.status_code,
            code=str(error.get("code", ""))[:40],
            took_ms=int((time.monotonic() - self.began) * 1000),
            request_id=context.request_id()[:20],
        )

    @property
    def user(self) -> User:
        """The account that the client acts as."""
        return cast(User, self.request.user)

    @property
    def client(self) -> ClientSystem:
        """The client system."""
        return cast(ClientSystem, self.request.auth)

    def asked(self) -> dict[str, str]:
        """The parameters of the address.  Raises 400 for an unknown one: a filter with a spelling
        mistake must not answer with everything."""
        given, call = self.request.query_params, self.call_of(self.request.method)
        known = call.query if call else ()
        unknown = {name: ["没有这个参数"] for name in given if name not in known}
        if unknown:
            raise ApiError(400, "bad_parameter", "参数有误", "见接口说明", unknown)
        for name, value in given.items():
            if "\x00" in value:
                raise ApiError(400, "bad_parameter", "参数有误", "", {name: ["含有不可见字符"]})
        return {name: str(value) for name, value in given.items()}


def answer(data: Any, status: int = 200, **more: Any) -> Response:
    """A success in the envelope."""
    return Response({"ok": True, "data": data, **more}, status=status)


def fingerprint(request: Request) -> str:
    """The hash by which two calls of one key are compared: the client (the account may be lent to
    several, and one of them may know less), and the body, files by name and content."""
    sent = request.data if not request.FILES else sorted(request.POST.items())
    parts: list[Any] = [request.auth.pk, sent]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            parts.append([name, file.name, digest])
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def once(request: Request, route: str, act: Callable[[], Any], status: int = 201) -> Response:
    """Act once for the ``Idempotency-Key`` of the call; the same call again gets its answer.

    Key, effect and answer are one transaction, so that an error leaves the key free.  Raises 400
    without a key, 422 for a key that came with another body.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        words = "8 至 64 位字母、数字、- 或 _，每次新操作换一个"
        raise ApiError(400, "key_missing", "缺少 Idempotency-Key 请求头", words)
    with transaction.atomic():
        try:
            claimed = claim(cast(User, request.user), route[:120], key, fingerprint(request))
        except KeyReused:
            words = "同一个 Idempotency-Key 配了不同的内容"
            raise ApiError(422, "key_reused", words, "新的操作换一个新的键") from None
        if claimed.earlier is not None and claimed.earlier.body is not None:
            again = answer(claimed.earlier.body, claimed.earlier.status or status)
            again["Idempotent-Replay"] = "true"
            return again
        data = act()
        claimed.answer(status=status, body=data)
    return answer(data, status)
