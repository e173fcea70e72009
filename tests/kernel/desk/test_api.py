"""Who may call the API at all, how calls fail, and what the interface description promises."""

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import resolve
from drf_spectacular.validation import validate_schema

from hrss_portal.access.models import User
from hrss_portal.audit.models import RefusalEntry
from hrss_portal.desk.api import schema
from hrss_portal.desk.api.resources import CaseResource, _problems, resources
from hrss_portal.desk.models import ClientCall, ClientSystem
from tests.cast import County, person
from tests.factories.clients import Caller, client_system

CASES = "/api/v1/cases/arbitration.dispute"


@pytest.fixture
def system(county: County) -> tuple[ClientSystem, str]:
    """A client system with its token."""
    office = county.office("劳动人事争议仲裁院")
    return client_system(person("S001", "省平台", office, "ARB-C"), office)


@pytest.fixture
def call(system: tuple[ClientSystem, str]) -> Caller:
    """The platform."""
    return Caller(system[1])


def error_of(response: Any) -> tuple[int, str]:
    """Status and code, after making sure of the envelope."""
    body = response.json()
    assert response["Content-Type"] == "application/json"
    assert (set(body), body["ok"]) == ({"ok", "error"}, False)
    assert set(body["error"]) == {"code", "message", "hint", "fields"}
    return response.status_code, body["error"]["code"]


def test_without_a_token_there_is_nothing(db: None) -> None:
    for path in ("/api/v1/client", "/api/schema/", CASES, "/api/v1/events", "/api/nowhere"):
        response = Caller()("GET", path)
        assert error_of(response) == (401, "unauthenticated")
        assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["nonsense", "hrss_wrong", "", "hrss_" + "x" * 500, "é"])
def test_a_bad_token_is_refused(token: str, db: None) -> None:
    response = Caller(token or " ")("GET", "/api/v1/client")
    assert error_of(response) == (401, "unauthenticated")
    assert RefusalEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"confirmed_at": None}, "待复核"),
        ({"expires_on": date(2020, 1, 1)}, "已过期"),
        ({"revoked": True}, "已吊销"),
        ({"inactive": True}, "账号已停用"),
    ],
)
def test_a_token_that_no_longer_holds_is_refused_at_the_next_call(
    change: dict[str, Any], rule: str, system: tuple[ClientSystem, str], call: Caller, acting: Any
) -> None:
    client = system[0]
    assert call("GET", "/api/v1/client").status_code == 200
    acting("test")
    if change.pop("revoked", False):
        change = {"revoked_at": client.created_at, "revoke_reason": "测试"}
    if change.pop("inactive", False):
        client.user.is_active = False
        client.user.save()
    for name, value in change.items():
        setattr(client, name, value)
    client.save()
    unknown = Caller("hrss_unknown")("GET", "/api/v1/client")
    refused = call("GET", "/api/v1/client")
    assert error_of(refused) == (401, "unauthenticated")
    assert refused.content == unknown.content
    assert rule in RefusalEntry.objects.order_by("pk").first().rule + "".join(
        RefusalEntry.objects.values_list("rule", flat=True)
    )


def test_guessing_tokens_is_slowed_down(db: None) -> None:
    caller = Caller("hrss_guess")
    found = [caller("GET", "/api/v1/client").status_code for _ in range(25)]
    assert (found[0], found[-1]) == (401, 429)


def test_rights_are_read_at_each_call(
    system: tuple[ClientSystem, str], call: Caller, acting: Any
) -> None:
    assert call("GET", CASES).status_code == 200
    acting("test")
    system[0].user.grants.all().delete()
    assert error_of(call("GET", CASES)) == (403, "refused")
    assert RefusalEntry.objects.count() == 1


def test_a_client_does_only_what_it_was_given(
    system: tuple[ClientSystem, str], call: Caller, acting: Any
) -> None:
    client = system[0]
    acting("test")
    client.actions, client.kinds = ["read"], ["arbitration.mediationcase"]
    client.save()
    assert error_of(call("GET", CASES)) == (403, "refused")
    assert error_of(call("PUT", f"{CASES}/province/1", {})) == (403, "refused")
    assert error_of(call("GET", "/api/v1/events")) == (403, "refused")
    assert error_of(call("GET", "/api/v1/figures")) == (403, "refused")
    assert call("GET", "/api/v1/cases/arbitration.mediationcase").status_code == 200


def test_only_json_is_spoken_and_options_tells_nothing(call: Caller) -> None:
    page = call("GET", CASES, Accept="text/html")
    assert (page.status_code, page["Content-Type"]) == (200, "application/json")
    options = call("OPTIONS", CASES)
    assert error_of(options) == (405, "method_not_allowed")
    assert "actions" not in options.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    assert not page.cookies


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("DELETE", f"{CASES}/province/1", (405, "method_not_allowed")),
        ("POST", CASES, (405, "method_not_allowed")),
        ("PATCH", f"{CASES}/province/1", (405, "method_not_allowed")),
        ("GET", "/api/v1/cases/no.kind", (404, "not_found")),
        ("GET", "/api/v1/cases/no.kind/province/1", (404, "not_found")),
        ("POST", "/api/v1", (404, "not_found")),
        ("GET", f"{CASES}/99999999999999999999", (404, "not_found")),
        ("GET", f"{CASES}/province/%00", (404, "not_found")),
        ("GET", f"{CASES}/province/{'9' * 61}", (404, "not_found")),
        ("GET", "/api/v1/client?x=1", (400, "bad_parameter")),
    ],
)
def test_wrong_addresses_and_methods(
    method: str, path: str, expected: tuple[int, str], call: Caller
) -> None:
    assert error_of(call(method, path)) == expected


@pytest.mark.parametrize(
    "body",
    ["{", "[]", '"x"', '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 5000, "\ufeff{}", '{"a": Infinity}'],
)
def test_bad_json_is_refused(body: str, call: Caller) -> None:
    assert error_of(call("PUT", f"{CASES}/province/1", body)) == (400, "bad_json")


def test_other_content_types_are_refused(call: Caller) -> None:
    response = call.browser.put(
        f"{CASES}/province/1", "a=1", content_type="text/plain", headers=call.headers
    )
    assert error_of(response) == (415, "media_type")


def test_a_body_that_is_too_large_is_refused_unread(call: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = {"facts": "长" * 1000}
    assert error_of(call("PUT", f"{CASES}/province/1", body)) == (413, "too_large")


def test_calls_are_limited_and_refused_ones_count(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hrss_portal.desk.api.security import ClientThrottle

    monkeypatch.setattr(ClientThrottle, "get_rate", lambda self: "3/minute")
    statuses = [call("GET", "/api/v1/cases/no.kind").status_code for _ in range(3)]
    limited = call("GET", "/api/v1/client")
    assert statuses == [404, 404, 404]
    assert error_of(limited) == (429, "throttled")
    assert int(limited["Retry-After"]) > 0


def test_a_cache_that_is_away_lets_calls_through(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr(cache, "get", broken)
    assert call("GET", "/api/v1/client").status_code == 200


def test_every_call_of_a_client_is_logged_also_a_failed_one(
    system: tuple[ClientSystem, str], call: Caller
) -> None:
    call("GET", "/api/v1/client")
    call("PUT", f"{CASES}/province/1", "{")
    rows = ClientCall.objects.order_by("pk").values_list("client", "method", "status", "code")
    assert list(rows) == [
        (system[0].pk, "GET", 200, ""),
        (system[0].pk, "PUT", 400, "bad_json"),
    ]
    assert all(row.request_id.startswith("E-") for row in ClientCall.objects.all())


def test_a_fault_is_an_envelope_with_a_number(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hrss_portal.desk.api.portal import ClientView

    def broken(self: Any, request: Any) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(ClientView, "get", broken)
    call.browser.raise_request_exception = False
    response = call("GET", "/api/v1/client")
    assert error_of(response) == (500, "fault")
    assert "secret" not in response.content.decode()
    assert response["X-Request-Id"] in response.json()["error"]["hint"]


def test_a_session_of_the_pages_opens_nothing_here(administrator: User, client: Any) -> None:
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/client").status_code == 401


def test_the_description_is_valid_and_matches_the_routes(call: Caller) -> None:
    found = call("GET", "/api/schema/")
    described = found.json()
    validate_schema(described)
    assert described["openapi"] == "3.1.0"
    pairs = {(path, method) for path, item in described["paths"].items() for method in item}
    for path, method in pairs:
        plain = path.replace("{id}", "1").replace("{pk}", "1")
        view = resolve(plain.replace("{", "").replace("}", "")).func
        assert method.upper() in view.cls.calls
    kinds = resources()
    assert len(kinds) > 0
    for kind, resource in kinds.items():
        item = f"/api/v1/cases/{kind}/{{system}}/{{external_no}}"
        assert {(item, "get"), (item, "put"), (f"{item}/attachments", "post")} <= pairs
        for move in resource.moves:
            assert f"{kind}.move.{move.code}" in described["components"]["schemas"]
    ids = [one["operationId"] for item in described["paths"].values() for one in item.values()]
    assert len(ids) == len(set(ids))


def test_every_reference_of_the_description_leads_somewhere(db: None) -> None:
    described = schema.description()
    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}

    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if "$ref" in node else set()
            return own.union(*(references(value) for value in node.values()))
        if isinstance(node, list):
            return set().union(*(references(value) for value in node))
        return set()

    assert references(described) - known == set()


def test_a_resource_that_names_what_is_not_there_is_found() -> None:
    kind = next(iter(resources()))
    bad = CaseResource(of=kind, fields=("nothing",), amend=("state",))
    assert list(_problems(bad)) == [
        "the case has no field 'nothing'",
        "the intake form has no field 'state'",
    ]
    assert [str(text) for text in _problems(CaseResource(of="no.kind"))] != []
