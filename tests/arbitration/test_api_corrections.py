"""Another system puts right what it sent wrongly: tried first, stored once, by the page's rules."""

from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.audit.log import viewers
from hrss_portal.audit.models import RefusalEntry
from hrss_portal.casework.models import Clock, Event
from hrss_portal.desk.api import schema
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.clients import Caller, client_system

pytestmark = pytest.mark.usefixtures("rules", "today")
URL = "/api/v1/cases/arbitration.dispute/province/77/corrections"
PHONES = ("13900004417", "13900005528/13900006639")


@pytest.fixture
def case(county: County, clerk: User, acting: Any) -> Dispute:
    """A dispute that the province sent on 1 November 2023, typed by the clerk; each party has left
    a telephone."""
    acting("test")
    sent = {"external_system": "province", "external_no": "77"}
    made = make.dispute(county, clerk, date(2023, 11, 1), **sent)
    for party, phone in zip(made.parties.order_by("pk"), PHONES, strict=True):
        party.phone = phone
        party.save()
    return made


@pytest.fixture
def call(case: Dispute, county: County) -> Caller:
    """The platform, whose account heads the court."""
    account = person("S001", "省平台", make.court(county), "ARB-C")
    return Caller(client_system(account, make.court(county))[1])


def body(case: Dispute, **values: Any) -> dict[str, Any]:
    """A correction of the only claim."""
    row = case.claims.get().pk
    return {"what": "claim", "row": row, "values": values, "reason": "录错了"}


def fits(name: str, found: Any) -> None:
    """An answer has the shape that the description promises."""
    described = schema.description()
    rule = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    Draft202012Validator(rule).validate(found)


def test_what_can_be_put_right_is_listed_with_what_stands_there(
    call: Caller, case: Dispute
) -> None:
    found = call("GET", URL)
    assert found.status_code == 200
    entries = found.json()["data"]
    for one in entries:
        fits("Correctable", one)
    assert [(one["what"], one["label"]) for one in entries] == [
        ("day", "办理日期"),
        ("party", "当事人"),
        ("party", "当事人"),
        ("claim", "仲裁请求"),
    ]
    fields = {one["name"]: one for one in entries[-1]["fields"]}
    assert (fields["text"]["value"], fields["amount"]["value"]) == ("支付工资", "3127.00")
    assert fields["how"]["choices"] == ["mend", "void"]
    phones = [f["value"] for e in entries for f in e["fields"] if f["name"] == "phone"]
    assert phones == ["139****4417", "139****5528/139****6639"]
    assert not any(phone in found.content.decode() for phone in "/".join(PHONES).split("/"))


def test_a_correction_is_tried_first_and_stored_once(call: Caller, case: Dispute) -> None:
    wanted = body(case, amount="3217.00")
    tried = call("POST", URL, wanted)
    assert tried.status_code == 200, tried.json()
    found = tried.json()["data"]
    fits("Corrected", found)
    assert found["is_stored"] is False
    assert {"label": "金额（元）", "old": "3,127.00", "new": "3,217.00"} in found["values"]
    assert str(case.claims.get().amount) == "3127.00"
    assert not Event._base_manager.filter(move="correct").exists()
    sent = {**wanted, "seen": found["seen"], "version": 1}
    first, again = (call("POST", URL, sent, key="correct-0001") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["data"]["is_stored"] is True
    claim = case.claims.get()
    assert (claim.text, str(claim.amount)) == ("支付工资", "3217.00")
    assert Event._base_manager.get(move="correct").note == "录错了"
    late = call("POST", URL, {**sent, "values": {"amount": "1.00"}}, key="correct-0002")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "stale")


def test_what_was_tried_is_what_is_stored(call: Caller, case: Dispute) -> None:
    seen = call("POST", URL, body(case, amount="3217.00")).json()["data"]["seen"]
    other = call("POST", URL, {**body(case, amount="9.00"), "seen": seen}, key="correct-0001")
    assert (other.status_code, set(other.json()["error"]["fields"])) == (422, {"seen"})
    assert str(case.claims.get().amount) == "3127.00"


def test_a_day_that_is_put_right_moves_the_clocks(call: Caller, case: Dispute) -> None:
    row = Event._base_manager.get(case=case.pk, move="open").pk
    wanted = {"what": "day", "row": row, "values": {"on": "2023-10-30"}, "reason": "录错了"}
    tried = call("POST", URL, wanted).json()["data"]
    assert any("起算日由 2023-11-01 改为 2023-10-30" in c["changes"] for c in tried["clocks"])
    stored = call("POST", URL, {**wanted, "seen": tried["seen"]}, key="correct-0001")
    assert stored.status_code == 201
    clock = Clock._base_manager.get(case=case.pk, term="arb.accept")
    assert str(clock.started_on) == "2023-10-30"


def test_what_is_no_correction_is_refused_in_the_envelope(
    call: Caller, case: Dispute, county: County
) -> None:
    wanted = body(case, amount="3217.00")
    for wrong, status, field in (
        ({**wanted, "row": 999999}, 404, None),
        ({**wanted, "what": "nothing"}, 404, None),
        ({**wanted, "row": "1"}, 422, "row"),
        ({**wanted, "state": "closed"}, 422, "state"),
        ({**wanted, "values": {"awarded": "1"}}, 422, "awarded"),
        ({**wanted, "reason": " "}, 422, "reason"),
        (body(case), 422, ""),
    ):
        found = call("POST", URL, wrong)
        assert found.status_code == status, found.json()
        if field is not None:
            assert field in found.json()["error"]["fields"]
    reader = person("S002", "只读平台", make.court(county), "CLK")
    may_read = client_system(
        reader, make.court(county), word="reader", name="只读平台", actions=["read"]
    )
    few = Caller(may_read[1])
    assert few("POST", URL, wanted).status_code == 403


def test_whoever_reads_what_can_be_put_right_stands_among_those_who_looked(
    call: Caller, case: Dispute
) -> None:
    looked = viewers(case.kind, case.pk)
    assert call("GET", URL).status_code == 200
    (line,) = looked
    assert (line.kind, line.case_id, line.label) == ("open", case.pk, case.reference)
    assert (line.actor_name, line.reason) == ("省平台", "省调解仲裁平台")
    tried = call("POST", URL, body(case, amount="3217.00"))
    assert (tried.status_code, looked.all().count()) == (
        200,
        2,
    )  # the trial is taken back, not the line


def test_a_client_that_may_amend_but_not_read_learns_nothing_of_a_case(
    call: Caller, case: Dispute, county: County
) -> None:
    account = person("S004", "只更正平台", make.court(county), "ARB-C")
    made = client_system(
        account, make.court(county), word="blind", name="只更正平台", actions=["amend"]
    )
    blind = Caller(made[1])
    for method, sent in (("GET", None), ("POST", body(case, amount="3217.00"))):
        assert call(method, URL, sent).status_code == 200
        refused = blind(method, URL, sent)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "refused")
    rules = RefusalEntry.objects.filter(actor_name="只更正平台").values_list("rule", flat=True)
    assert list(rules) == ["client-read arbitration.dispute.edit"] * 2


def test_whoever_sees_the_case_but_may_not_edit_it_puts_nothing_right(
    call: Caller, case: Dispute, county: County
) -> None:
    """法规股 sees every dispute; an arbitrator may edit the own ones, and only those."""
    account = person("S005", "兼任平台", county.office("劳动人事争议仲裁院"), "LEG", "ARB")
    made = client_system(account, make.court(county), word="sees", name="兼任平台")
    seeing = Caller(made[1])
    assert seeing("GET", URL.removesuffix("/corrections")).status_code == 200
    for method, sent in (("GET", None), ("POST", body(case, amount="3217.00"))):
        assert call(method, URL, sent).status_code == 200
        assert seeing(method, URL, sent).status_code == 403
    rules = RefusalEntry.objects.filter(actor_name="兼任平台").values_list("rule", flat=True)
    assert len(rules) == 2
    assert all(rule.endswith(" arbitration.dispute.edit") for rule in rules), list(rules)


def test_whoever_does_not_see_the_case_learns_nothing_of_it(
    call: Caller, case: Dispute, county: County
) -> None:
    account = person("S003", "就业平台", county.office("就业股"), "EMP")
    other = client_system(account, county.office("就业股"), word="other", name="就业平台")
    neighbour, absent = Caller(other[1]), URL.replace("/77/", "/78/")
    for method, sent in (("GET", None), ("POST", body(case, amount="1.00"))):
        hidden, nothing = neighbour(method, URL, sent), neighbour(method, absent, sent)
        assert hidden.status_code == nothing.status_code
        assert hidden.json()["error"] == nothing.json()["error"]
        assert hidden.status_code in {403, 404}
