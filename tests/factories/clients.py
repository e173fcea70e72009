"""Client systems of the API and a caller that speaks for one."""

from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from hrss_portal.access.models import Unit, User
from hrss_portal.desk.api.clients import PREFIX, digest
from hrss_portal.desk.models import ClientSystem
from tests.cast import County
from tests.factories.parties import EmployerFactory, PersonFactory

ACTIONS = tuple(ClientSystem.Action.values)
KINDS = ("arbitration.dispute", "arbitration.mediationcase")


def client_system(
    user: User, unit: Unit, *, word: str = "province", **values: Any
) -> tuple[ClientSystem, str]:
    """A confirmed client system that may do everything its account may, and its token."""
    token = PREFIX + word
    plain = {
        "name": "省调解仲裁平台",
        "system": "province",
        "kinds": list(KINDS),
        "actions": list(ACTIONS),
        "expires_on": date(2030, 12, 31),
        "confirmed_at": timezone.now(),
        "created_by": user,
    }
    made = ClientSystem.objects.create(
        user=user,
        unit=unit,
        token_hash=digest(token),
        token_hint=token[-4:],
        **(plain | values),
    )
    return made, token


def sent_application(county: County) -> dict[str, Any]:
    """A whole application for arbitration as a platform sends it."""
    office = county.office("劳动人事争议仲裁院")
    worker, firm = PersonFactory(unit=office), EmployerFactory(unit=office)
    return {
        "opened_on": "2023-11-01",
        "channel": "window",
        "apply_mode": "written",
        "signed_on": "2023-11-01",
        "copies": 2,
        "cause": "pay",
        "is_migrant_wage": True,
        "town": "城关镇",
        "dispute_on": "2023-10-01",
        "facts": "拖欠工资三个月。",
        "applicants": [
            {
                "kind": "person",
                "id_number": worker.id_number,
                "name": worker.name,
                "phone": "13856401234",
                "address": "霍邱县示例村",
            }
        ],
        "respondents": [
            {"kind": "employer", "uscc": firm.uscc, "name": firm.name, "legal_rep": "李某 经理"}
        ],
        "claims": [{"text": "支付工资", "amount": 9000.5}],
    }


class Caller:
    """Calls the API with a token; answers are Django's responses, ``.json()`` their bodies."""

    def __init__(self, token: str = "") -> None:
        self.browser = Client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(
        self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
    ) -> Any:
        """One call; ``body`` a JSON object, or text sent as it is."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            more["Idempotency-Key"] = key
        send = getattr(self.browser, method.lower())
        if body is None:
            return send(path, headers={**self.headers, **more})
        return send(path, body, content_type="application/json", headers={**self.headers, **more})
