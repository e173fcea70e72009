"""What a system of another body learns from writing: as much as it may read, and no more."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.audit.models import AccessEntry
from hrss_portal.desk.api import schema
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.clients import Caller, client_system, sent_application

pytestmark = pytest.mark.usefixtures("rules")
DISPUTES = "/api/v1/cases/arbitration.dispute"


@pytest.fixture
def account(county: County) -> User:
    """The account of the platform."""
    return person("S001", "省平台", make.court(county), "ARB-C")


@pytest.fixture
def call(account: User, county: County) -> Caller:
    """The platform, which may read."""
    return Caller(client_system(account, make.court(county))[1])


@pytest.fixture
def application(county: County) -> dict[str, Any]:
    """A whole application for arbitration."""
    return sent_application(county)


RECEIPT = {
    "id",
    "kind",
    "external_system",
    "external_no",
    "number",
    "intake_no",
    "state",
    "state_label",
    "version",
}


def test_a_client_that_writes_but_does_not_read_learns_where_the_case_stands_and_no_more(
    call: Caller, application: dict[str, Any], account: User, county: County
) -> None:
    writes = client_system(
        account, make.court(county), word="writes", name="只报送", actions=["open", "amend", "move"]
    )[1]
    blind, url = Caller(writes), f"{DISPUTES}/province/1"
    opened = blind("PUT", url, application)
    again = blind("PUT", url, application)
    amended = blind("PUT", url, {**application, "facts": "拖欠工资四个月。"})
    assert [one.status_code for one in (opened, again, amended)] == [201, 200, 200]
    assert blind("GET", url).status_code == 403
    asked = {"on": "2023-11-02", "to_correct": "身份证复印件", "correct_by": "2023-11-09"}
    moved = blind("POST", f"{url}/moves/ask_correction", asked, key="k" * 8)
    assert moved.status_code == 201, moved.json()
    told = [*(one.json()["data"] for one in (opened, again, amended)), moved.json()["data"]["case"]]
    assert [set(one) for one in told] == [RECEIPT] * 4
    assert [one["version"] for one in told] == [1, 1, 2, 3]
    applicant = application["applicants"][0]
    for one in (opened, again, amended, moved):
        for secret in (applicant["name"], applicant["id_number"][-4:], "9000.50"):
            assert secret not in one.content.decode()
    described = schema.description()
    for name, value in (("CaseAnswer", told[0]), ("MoveMade", moved.json()["data"])):
        reference = {"$ref": f"#/components/schemas/{name}", **described}
        Draft202012Validator(reference).validate(value)
    shown = call("PUT", url, {**application, "facts": "拖欠工资四个月。"}).json()["data"]
    assert "parties" in shown


def test_the_key_of_a_client_that_reads_gives_its_answer_to_no_other_client(
    call: Caller, application: dict[str, Any], account: User, county: County
) -> None:
    url = f"{DISPUTES}/province/1"
    call("PUT", url, application)
    asked = {"on": "2023-11-02", "to_correct": "身份证复印件", "correct_by": "2023-11-09"}
    first = call("POST", f"{url}/moves/ask_correction", asked, key="k" * 8)
    assert "parties" in first.json()["data"]["case"]
    other = client_system(account, make.court(county), word="b", name="同账号", actions=["move"])[1]
    replayed = Caller(other)("POST", f"{url}/moves/ask_correction", asked, key="k" * 8)
    assert application["applicants"][0]["name"] not in replayed.content.decode()
    assert replayed.status_code == 422


def test_a_case_that_is_shown_again_stands_among_what_was_read(
    call: Caller, application: dict[str, Any]
) -> None:
    looked = AccessEntry.objects.filter(kind="open")
    url = f"{DISPUTES}/province/1"
    call("PUT", url, application)
    assert looked.count() == 0  # nothing but what was sent
    call("PUT", url, application)
    assert [row.reason for row in looked] == ["省调解仲裁平台"]


def test_a_client_that_may_only_open_amends_nothing(
    account: User, county: County, application: dict[str, Any]
) -> None:
    opens = Caller(
        client_system(account, make.court(county), name="只登记", actions=["open", "read"])[1]
    )
    url = f"{DISPUTES}/province/2023-81"
    assert opens("PUT", url, application).status_code == 201
    refused = opens("PUT", url, {**application, "facts": "拖欠工资四个月。"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "refused")
    case = Dispute._base_manager.get()
    assert (case.version, case.facts) == (1, application["facts"])
