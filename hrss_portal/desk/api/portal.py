"""The client itself, the interface description, and the answer for addresses that do not exist."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from hrss_portal.desk.api.base import ApiView, Call, answer
from hrss_portal.desk.api.errors import absent


class ClientView(ApiView):
    """What the calling system may do: the first call of a new token."""

    calls: ClassVar[dict[str, Call]] = {"GET": Call(summary="本令牌的权限", data="Client")}

    def get(self, request: Request) -> Response:
        """Name, kinds, actions and the day on which the token ends."""
        self.asked()
        client = self.client
        return answer(
            {
                "name": client.name,
                "system": client.system,
                "account": client.user.staff_no,
                "unit": client.unit.name,
                "kinds": client.kinds,
                "actions": client.actions,
                "told_kinds": client.told_kinds,
                "expires_on": client.expires_on.isoformat(),
            }
        )


class SchemaView(ApiView):
    """The interface description."""

    calls: ClassVar[dict[str, Call]] = {"GET": Call(summary="接口说明")}

    def get(self, request: Request) -> Response:
        """OpenAPI 3.1 as it stands, without the envelope."""
        from hrss_portal.desk.api import schema  # noqa: PLC0415 - loaded when somebody asks for it

        return Response(schema.description())


class NowhereView(ApiView):
    """An address under /api/ that does not exist answers in the envelope as well."""

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """404 whatever the method."""
        raise absent()
