"""Start-up checks: every route has a policy, every declared post exists."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error

from hrss_portal import areas
from hrss_portal.access import routes
from hrss_portal.access.roles import POST_LABELS


def every_route_has_a_policy(**_: Any) -> Sequence[CheckMessage]:
    """access.E001: a view without ``@policy`` would be open or closed by accident."""
    return [
        Error(f"route {name} declares no policy", hint="add @policy(...)", id="access.E001")
        for name in routes.undeclared()
    ]


def every_role_names_a_post(**_: Any) -> Sequence[CheckMessage]:
    """access.E002: a role of an unknown post could never be granted."""
    return [
        Error(f"role of {role.area} names the unknown post {role.post}", id="access.E002")
        for role in areas.declared("roles")
        if role.post not in POST_LABELS
    ]
