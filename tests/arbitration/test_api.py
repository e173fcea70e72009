"""A provincial platform exchanges cases with the court: by its own number, by the page's rules."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from jsonschema import Draft202012Validator, ValidationError

from arbitration.models import Dispute, MediationCase
from hrss_portal.access.models import User
from hrss_portal.audit.models import AccessEntry, RefusalEntry
from hrss_portal.casework.models import Event
from hrss_portal.desk.api import events, schema
from hrss_portal.notifications.models import Endpoint, OutboxMessage
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.access import GrantFactory
from tests.factories.clients import Caller, client_system, sent_application
from tests.factories.parties import EmployerFactory, PersonFactory
from tests.racing import together

pytestmark = pytest.mark.usefixtures("rules")
DISPUTES = "/api/v1/cases/arbitration.dispute"
MEDIATIONS = "/api/v1/cases/arbitration.mediationcase"


@pytest.fixture
def account(county: County) -> User:
    """The account of the platform: mediation and the court's intake."""
    return person("S001", "省平台", make.court(county), "ARB-C")


@pytest.fixture
def call(account: User, county: County) -> Caller:
    """The platform."""
    return Caller(client_system(account, make.court(county))[1])


@pytest.fixture
def application(county: County) -> dict[str, Any]:
    """A whole application for arbitration."""
    return sent_application(county)


def count(model: Any) -> int:
    """All rows, whoever may see them."""
    return int(model._base_manager.count())


def test_a_case_is_opened_once_under_the_senders_number(
    call: Caller, application: dict[str, Any], account: User, county: County
) -> None:
    first = call("PUT", f"{DISPUTES}/province/2023-77", application)
    again = call("PUT", f"{DISPUTES}/province/2023-77", application)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    case = Dispute._base_manager.get()
    assert (case.external_system, case.external_no, case.source) == ("province", "2023-77", "api")
    assert (str(case.amount), case.is_migrant_wage, case.created_by) == ("9000.50", True, account)
    assert (case.unit, case.town) == (make.court(county), county.town("城关镇"))
    assert Event._base_manager.filter(case=case.pk).count() == 1
    found = first.json()["data"]
    assert (found["state"], found["external_no"], found["version"]) == ("received", "2023-77", 1)


def test_another_body_amends_what_the_rule_allows_and_conflicts_otherwise(
    call: Caller, application: dict[str, Any]
) -> None:
    url = f"{DISPUTES}/province/1"
    call("PUT", url, application)
    amended = call("PUT", url, {**application, "facts": "拖欠工资四个月。"})
    assert (amended.status_code, amended.json()["data"]["version"]) == (200, 2)
    case = Dispute._base_manager.get()
    assert case.facts == "拖欠工资四个月。"
    conflict = call("PUT", url, {**application, "facts": "又改", "cause": "contract"})
    assert conflict.status_code == 409
    assert conflict.json()["error"]["code"] == "different_body"
    assert set(conflict.json()["error"]["fields"]) == {"cause"}
    assert Dispute._base_manager.get().facts == "拖欠工资四个月。"


def test_the_forms_rules_answer_all_at_once_and_nothing_is_saved(
    call: Caller, application: dict[str, Any]
) -> None:
    body = {
        **application,
        "cause": "nothing",
        "signed_on": "2023-11-02",
        "status": "closed",
        "state": "closed",
        "unit": 1,
        "applicants": [{**application["applicants"][0], "id_number": 11010519491231002}],
        "claims": [],
    }
    refused = call("PUT", f"{DISPUTES}/province/1", body)
    assert refused.status_code == 422
    fields = refused.json()["error"]["fields"]
    assert {"cause", "signed_on", "status", "state", "unit", "claims"} <= set(fields)
    assert fields["applicants[0].id_number"] == ["须写成文本（加引号），数字会丢位"]
    assert count(Dispute) == 0


@pytest.mark.parametrize("name", ["handler", "created_by", "number", "version", "is_live", "id"])
def test_no_field_of_the_case_can_be_assigned(
    name: str, call: Caller, application: dict[str, Any]
) -> None:
    refused = call("PUT", f"{DISPUTES}/province/1", {**application, name: 1})
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, [name])
    assert count(Dispute) == 0


def test_a_client_writes_only_under_its_own_system(
    call: Caller, application: dict[str, Any]
) -> None:
    refused = call("PUT", f"{DISPUTES}/other/1", application)
    assert (refused.status_code, count(Dispute)) == (403, 0)
    assert RefusalEntry.objects.get().rule.startswith("client-system")


def test_a_mediation_case_comes_with_its_platform_number_and_moves_once_per_key(
    call: Caller, county: County, account: User, acting: Callable[..., Any], today: Any
) -> None:
    acting("test")
    body = make.mediation_body(county)
    worker, firm = PersonFactory(unit=make.court(county)), EmployerFactory(unit=make.court(county))
    sent = {
        "channel": "platform",
        "platform_due_at": "2023-11-20T17:00:00+08:00",
        "opened_on": "2023-11-16",
        "organisation": body.name,
        "cause": "pay",
        "people": 1,
        "town": "城关镇",
        "applicants": [
            {"kind": "person", "id_number": worker.id_number, "name": worker.name}
            | {"phone": "13856401234", "address": "示例村"}
        ],
        "respondents": [{"uscc": firm.uscc, "name": firm.name}],
    }
    url = f"{MEDIATIONS}/province/PT-9"
    opened = call("PUT", url, sent)
    assert opened.status_code == 201, opened.json()
    case = MediationCase._base_manager.get()
    assert (case.external_system, case.external_no) == ("province", "PT-9")
    assert case.organisation == body
    accept = {"on": "2023-11-16", "consent": "yes", "handler": account.pk, "version": 1}
    first = call("POST", f"{url}/moves/accept", accept, key="accept-0001")
    again = call("POST", f"{url}/moves/accept", accept, key="accept-0001")
    assert (first.status_code, again.status_code) == (201, 201), first.json()
    assert first.json() == again.json()
    assert again["Idempotent-Replay"] == "true"
    assert first.json()["data"]["case"]["state"] == "accepted"
    assert Event._base_manager.filter(move="accept").count() == 1
    other = call("POST", f"{url}/moves/accept", {**accept, "note": "x"}, key="accept-0001")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")
    stale = call(
        "POST",
        f"{url}/moves/note",
        {"on": "2023-11-16", "process": "经过", "version": 1},
        key="note-00001",
    )
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale")
    wrong = call("POST", f"{url}/moves/accept", accept, key="accept-0002")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (409, "stale")
    late = call("POST", f"{url}/moves/accept", {**accept, "version": 2}, key="accept-0002")
    assert (late.status_code, late.json()["error"]["code"]) == (422, "refused_by_rule")


def test_a_move_needs_a_key_a_known_code_and_no_second_person(
    call: Caller, application: dict[str, Any]
) -> None:
    url = f"{DISPUTES}/province/1"
    call("PUT", url, application)
    missing = call("POST", f"{url}/moves/ask_correction", {"on": "2023-11-02"})
    assert (missing.status_code, missing.json()["error"]["code"]) == (400, "key_missing")
    assert call("POST", f"{url}/moves/teleport", {}, key="k" * 8).status_code == 404
    signed = call("POST", f"{url}/moves/accept", {"on": "2023-11-02"}, key="k" * 8)
    assert (signed.status_code, signed.json()["error"]["code"]) == (403, "refused")
    empty = call("POST", f"{url}/moves/ask_correction", {}, key="k" * 9)
    wrong = set(empty.json()["error"]["fields"])
    assert (empty.status_code, wrong) == (422, {"on", "to_correct", "correct_by"})


def test_numbers_are_masked_until_a_reason_opens_them(
    call: Caller, application: dict[str, Any], acting: Callable[..., Any]
) -> None:
    url = f"{DISPUTES}/province/1"
    call("PUT", url, application)
    number = application["applicants"][0]["id_number"]
    plain = call("GET", url)
    assert number not in plain.content.decode()
    assert "13856401234" not in plain.content.decode()
    applicant = next(p for p in plain.json()["data"]["parties"] if p["role"] == "applicant")
    assert applicant["id_number"].endswith(number[-4:])
    assert AccessEntry.objects.filter(kind="open").count() == 1
    assert call("GET", url, X_Reveal_Reason="curiosity").status_code == 422
    opened = call("GET", url, X_Reveal_Reason="handling")
    assert opened.status_code == 200, opened.json()
    assert number in opened.content.decode()
    assert {row.case_id for row in AccessEntry.objects.filter(kind="reveal")} == {
        Dispute._base_manager.get().pk
    }


def test_a_case_of_another_county_is_absent(
    call: Caller, stranger: User, other_county: County, application: dict[str, Any]
) -> None:
    call("PUT", f"{DISPUTES}/province/1", application)
    case = Dispute._base_manager.get()
    token = client_system(
        stranger,
        other_county.office("劳动人事争议仲裁院"),
        word="neighbour",
        name="邻县平台",
    )[1]
    neighbour = Caller(token)
    hidden = [
        neighbour("GET", f"{DISPUTES}/province/1"),
        neighbour("GET", f"{DISPUTES}/{case.pk}"),
        neighbour("POST", f"{DISPUTES}/province/1/moves/ask_correction", {}, key="k" * 8),
        neighbour("POST", f"{DISPUTES}/province/1/attachments", key="k" * 8),
    ]
    absent = neighbour("GET", f"{DISPUTES}/province/2")
    assert {one.status_code for one in hidden} == {404}
    assert {one.content for one in hidden} == {absent.content}
    assert neighbour("GET", DISPUTES).json()["data"] == []
    assert neighbour("PUT", f"{DISPUTES}/province/1", application).status_code == 409
    assert {row.rule for row in RefusalEntry.objects.all()} == {"hidden"}


def test_the_list_pages_by_key_and_filters_only_by_known_names(
    call: Caller, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    for day in (1, 2, 3):
        make.dispute(county, None, date(2023, 11, day))
    first = call("GET", f"{DISPUTES}?limit=2").json()
    second = call("GET", f"{DISPUTES}?limit=2&cursor={first['next']}").json()
    assert [len(first["data"]), len(second["data"]), second["next"]] == [2, 1, None]
    some = call("GET", f"{DISPUTES}?opened_from=2023-11-02&opened_to=2023-11-02").json()["data"]
    assert [row["opened_on"] for row in some] == ["2023-11-02"]
    for query in (
        "created_by__password__startswith=a",
        "ordering=handler",
        "limit=0",
        "limit=²",
        "cursor=5",
        "opened_from=yesterday",
        "state=%00",
    ):
        refused = call("GET", f"{DISPUTES}?{query}")
        assert (refused.status_code, refused.json()["ok"]) == (400, False), query


def test_materials_arrive_once_per_key(
    call: Caller, application: dict[str, Any], acting: Callable[..., Any]
) -> None:
    url = f"{DISPUTES}/province/1"
    call("PUT", url, application)

    def send(text: str, key: str = "material-1", **more: str) -> Any:
        upload = SimpleUploadedFile("证据.txt", text.encode(), content_type="text/plain")
        data = {"kind": "证据", "part": "main", "uploads": upload, **more}
        headers = {**call.headers, "Idempotency-Key": key}
        return Client().post(f"{url}/attachments", data, headers=headers)

    first, again, other = send("工资条"), send("工资条"), send("另一份")
    assert (first.status_code, again.json(), other.status_code) == (201, first.json(), 422)
    acting("test")
    assert Dispute.objects.get().attachments.count() == 1
    assert send("工资条", "material-2", owner="1").json()["error"]["fields"] == {
        "owner": ["没有这一项"]
    }
    wrong = call("POST", f"{url}/attachments", {"kind": "证据"}, key="material-3")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (415, "media_type")


def test_events_come_once_in_order_and_wait_for_open_transactions(
    call: Caller, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    call("PUT", f"{DISPUTES}/province/1", application)
    early = call("GET", "/api/v1/events").json()
    assert (early["data"], early["more"]) == ([], False)
    monkeypatch.setattr(events, "MARGIN", "-1 seconds")
    found = call("GET", "/api/v1/events").json()
    assert [(row["move"], row["case"]["external_no"]) for row in found["data"]] == [("open", "1")]
    after = call("GET", f"/api/v1/events?cursor={found['next']}").json()
    assert (after["data"], after["next"]) == ([], found["next"])
    assert call("GET", "/api/v1/events?kind=x").status_code == 400


def test_a_subscribed_system_is_told_through_the_outbox_without_personal_data(
    call: Caller, application: dict[str, Any], account: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    endpoint = Endpoint.objects.create(
        bureau=account.unit.root, name="省平台", url="https://example.org/in", secret="s"
    )
    client = account.client_systems.get()
    client.endpoint, client.told_kinds = endpoint, ["arbitration.dispute"]
    client.save()
    call("PUT", f"{DISPUTES}/province/1", application)
    message = OutboxMessage.objects.get(kind__code="api.event")
    assert (message.endpoint, message.channel, message.state) == (endpoint, "webhook", "waiting")
    assert '"external_no": "1"' in message.text
    worker = application["applicants"][0]
    assert worker["name"] not in message.text
    assert worker["id_number"] not in message.text


def test_an_account_that_may_not_see_the_case_is_not_told(
    call: Caller, application: dict[str, Any], stranger: User, other_county: County
) -> None:
    endpoint = Endpoint.objects.create(
        bureau=other_county.bureau, name="邻县", url="https://example.org/in", secret="s"
    )
    client_system(
        stranger,
        other_county.office("劳动人事争议仲裁院"),
        word="neighbour",
        name="邻县平台",
        endpoint=endpoint,
        told_kinds=["arbitration.dispute"],
    )
    call("PUT", f"{DISPUTES}/province/1", application)
    assert OutboxMessage.objects.filter(kind__code="api.event").count() == 0


def test_figures_are_those_of_the_boards(call: Caller, county: County, today: Any) -> None:
    codes = {row["code"] for row in call("GET", "/api/v1/figures").json()["data"]}
    assert "arb.accepted" in codes
    found = call("GET", "/api/v1/figures/arb.accepted?from=2023-01-01&to=2023-11-16").json()
    assert (found["data"]["value"], found["data"]["to"]) == ("0", "2023-11-16")
    assert call("GET", "/api/v1/figures/arb.accepted?to=never").status_code == 400
    assert call("GET", "/api/v1/figures/arb.nothing?to=2023-11-16").status_code == 404


def test_an_account_without_the_class_opens_no_number(
    application: dict[str, Any], call: Caller, county: County
) -> None:
    url = f"{DISPUTES}/province/1"
    call("PUT", url, application)
    reader = person("S002", "法制平台", county.office("政策法规股"), "WIN")
    window = Caller(client_system(reader, reader.unit, word="window", name="窗口")[1])
    assert window("GET", url).status_code == 404
    lender = person("S003", "无号", make.court(county))
    GrantFactory(user=lender, post="ARB-C", unit=lender.unit, classes=[])
    masked = Caller(client_system(lender, lender.unit, word="masked", name="只看掩码")[1])
    assert masked("GET", url).status_code == 200
    refused = masked("GET", url, X_Reveal_Reason="handling")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "refused")
    assert application["applicants"][0]["id_number"] not in refused.content.decode()
    assert AccessEntry.objects.filter(kind="reveal").count() == 0


def test_a_window_opens_for_the_court_and_reads_what_it_sent_and_changes_nothing(
    application: dict[str, Any], county: County
) -> None:
    opener = person("S004", "窗口平台", county.office("政务服务股"), "WIN-C")
    window = Caller(client_system(opener, make.court(county), word="window")[1])
    url = f"{DISPUTES}/province/1"
    first, again = window("PUT", url, application), window("PUT", url, application)
    assert (first.status_code, again.status_code) == (201, 200), first.json()
    assert {"state", "parties"} <= set(again.json()["data"])
    assert window("GET", url).status_code == 200
    other = window("PUT", url, {**application, "facts": "又改"})
    assert (other.status_code, other.json()["error"]["code"]) == (403, "refused")


def test_bodies_and_answers_are_as_described(call: Caller, application: dict[str, Any]) -> None:
    described = schema.description()

    def check(name: str, value: Any) -> None:
        reference = {"$ref": f"#/components/schemas/{name}", **described}
        Draft202012Validator(reference).validate(value)

    check("arbitration.dispute.open", application)
    with pytest.raises(ValidationError):
        check("arbitration.dispute.open", {**application, "state": "closed"})
    with pytest.raises(ValidationError):
        check("arbitration.dispute.open", {**application, "cause": "nothing"})
    url = f"{DISPUTES}/province/1"
    case = call("PUT", url, application).json()["data"]
    check("Case", case)
    shapes = described["components"]["schemas"]
    assert set(case) == set(shapes["Case"]["properties"])
    assert {key for party in case["parties"] for key in party} == set(shapes["Party"]["properties"])
    assert set(case["clocks"][0]) == set(shapes["Clock"]["properties"])
    row = call("GET", DISPUTES).json()["data"][0]
    check("CaseSummary", row)
    assert set(row) == set(shapes["CaseSummary"]["properties"])
    asked = {"on": "2023-11-02", "to_correct": "身份证复印件", "correct_by": "2023-11-09"}
    check("arbitration.dispute.move.ask_correction", asked)
    made = call("POST", f"{url}/moves/ask_correction", asked, key="k" * 8).json()["data"]
    check("MoveMade", made)
    assert set(made["event"]) == set(shapes["Event"]["properties"])
    check("Error", call("GET", f"{DISPUTES}/province/2").json())


@pytest.mark.django_db(transaction=True)
def test_the_same_case_sent_by_many_at_once_is_one_case(
    account: User, county: County, application: dict[str, Any]
) -> None:
    _, token = client_system(account, make.court(county))

    def send(number: int) -> int:
        return int(Caller(token)("PUT", f"{DISPUTES}/province/1", application).status_code)

    assert sorted(together(6, send)) == [200] * 5 + [201]
    assert (count(Dispute), Event._base_manager.filter(move="open").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_events_of_a_transaction_that_is_still_open_are_not_jumped_over(
    account: User,
    county: County,
    application: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    second_connection: Callable[..., Any],
) -> None:
    monkeypatch.setattr(events, "MARGIN", "0 seconds")
    call = Caller(client_system(account, make.court(county))[1])
    with second_connection() as cursor:
        cursor.execute("BEGIN; CREATE TABLE writing (id int)")  # a writer that began earlier
        call("PUT", f"{DISPUTES}/province/1", application)
        assert call("GET", "/api/v1/events").json()["data"] == []
        cursor.execute("ROLLBACK")
    assert len(call("GET", "/api/v1/events").json()["data"]) == 1
