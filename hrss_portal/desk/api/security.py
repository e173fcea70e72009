"""Who calls, whether it may, and how often.  One policy module decides, as for pages."""

import logging
from typing import Any, cast

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.throttle import too_many
from hrss_portal.desk.api.clients import client_of
from hrss_portal.desk.api.errors import ApiError
from hrss_portal.desk.models import ClientSystem

logger = logging.getLogger(__name__)


class ClientTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer hrss_…``.  The caller learns one answer for every bad token; the log
    of refusals keeps which it was."""

    def authenticate(self, request: Request) -> tuple[User, ClientSystem]:
        """The account of the client system, and the system.  Raises ``AuthenticationFailed``."""
        word, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if word.lower() != "bearer" or not token:
            raise AuthenticationFailed("missing")
        client = client_of(token.strip())
        if client is None:
            if too_many(request._request, "api"):
                raise ApiError(429, "throttled", "调用过于频繁", "一分钟后再试")
            raise AuthenticationFailed("unknown")
        if because := client.closed_because:
            raise AuthenticationFailed(f"{because} {client.pk}")
        return client.user, client

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


class PolicyPermission(BasePermission):
    """The client was given the action, and its account has the right: both are read now."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises ``Refused`` rather than answer no, so that the rule is written down."""
        client = request.auth
        if not isinstance(client, ClientSystem):
            raise AuthenticationFailed("missing")
        call = view.call_of(request.method)
        if call is None:
            return True  # no such method here: answered with 405 to whoever has a token
        needed = view.right_of(call)
        for action in call.actions:
            if not client.may(action, view.kind):
                words = "这个对接系统没有开通此项操作或业务"
                raise policy.Refused(needed, policy.Decision(False, f"client-{action}", words))
        if needed:
            policy.require(cast(User, request.user), needed)
        return True


class ClientThrottle(SimpleRateThrottle):
    """So many calls a minute for one client system, whatever its addresses.

    Counted in the cache; a cache that is away lets calls through: the brake must not stop all.
    """

    scope = "client"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """One count per client system."""
        return f"api-throttle:{request.auth.pk}" if request.auth else None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this call is within the share of the minute."""
        try:
            return super().allow_request(request, view)
        except Exception as error:  # the cache's client raises many kinds
            logger.warning("api throttle without cache: %s", error.__class__.__name__)
            return True
