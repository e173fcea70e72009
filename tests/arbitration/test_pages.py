"""The court's pages answer with what was entered, for those who may see it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute, MediationCase, StaffMember
from arbitration.workflows.posts import PARTY_ROLES
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.access import GrantFactory
from tests.factories.parties import EmployerFactory, PersonFactory

pytestmark = pytest.mark.usefixtures("rules")


def client_of(user: User) -> Client:
    """A browser in which the user is logged in."""
    browser = Client()
    browser.force_login(user)
    return browser


PAGES = (
    "dispute_list",
    "dispute_open",
    "mediationcase_list",
    "mediationcase_open",
    "looks",
    "hearing_list",
    "calendar",
    "workload",
    "staffmember_list",
    "staffmember_add",
    "mediationorganisation_list",
    "mediationorganisation_add",
    "platformlook_list",
    "platformlook_add",
    "equipment_list",
    "equipment_add",
    "equipmentcheck_list",
    "budgetline_list",
    "budgetline_add",
    "jointnotice_list",
    "jointnotice_add",
    "uppersystem_list",
    "uppersystem_add",
    "systemcheck_list",
    "systemcheck_add",
)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_the_head(name: str, arbitration_head: User) -> None:
    response = client_of(arbitration_head).get(reverse(f"arbitration:{name}"))
    assert response.status_code == 200


def test_the_page_of_a_dispute_shows_its_claims_and_clocks(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1))
    page = client_of(clerk).get(reverse("arbitration:dispute_detail", args=[case.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "支付工资" in text
    assert "受理决定或不予受理通知" in text
    dates = client_of(clerk).get(reverse("arbitration:prehearing", args=[case.pk]))
    printed = dates.content.decode()
    assert "《劳动争议调解仲裁法》第29条" in printed
    for party in case.parties.all():
        assert f"{PARTY_ROLES[party.role]} {party.name}" in printed
    assert "标的额（元） 3,127.00" in printed


def test_a_clerk_takes_in_a_dispute_by_the_form(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    person = PersonFactory(unit=make.court(county))
    firm = EmployerFactory(unit=make.court(county))
    browser = client_of(clerk)
    url = reverse("arbitration:dispute_open")
    key = browser.get(url).context["key"]
    data = {
        "_key": key,
        "opened_on": "2023-11-01",
        "channel": "window",
        "apply_mode": "written",
        "signed_on": "2023-11-01",
        "copies": "2",
        "cause": "pay",
        "town": str(county.town("城关镇").pk),
        "dispute_on": "20231001",
        "facts": "拖欠工资三个月。",
        "applicants-TOTAL_FORMS": "1",
        "applicants-INITIAL_FORMS": "0",
        "applicants-0-kind": "person",
        "applicants-0-id_number": person.id_number,
        "applicants-0-name": person.name,
        "applicants-0-phone": "13856401234",
        "applicants-0-address": "霍邱县示例村",
        "respondents-TOTAL_FORMS": "1",
        "respondents-INITIAL_FORMS": "0",
        "respondents-0-kind": "employer",
        "respondents-0-uscc": firm.uscc,
        "respondents-0-name": firm.name,
        "respondents-0-legal_rep": "李某 经理",
        "claims-TOTAL_FORMS": "1",
        "claims-INITIAL_FORMS": "0",
        "claims-0-text": "支付工资",
        "claims-0-amount": "9000",
        **{
            f"{name}-{kind}_FORMS": "0"
            for name in ("third_parties", "evidence", "witnesses", "agents")
            for kind in ("TOTAL", "INITIAL")
        },
    }
    first = browser.post(url, data)
    again = browser.post(url, data)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    fresh = {**data, "_key": browser.get(url).context["key"]}
    twin = browser.post(url, fresh)
    assert (twin.status_code, "仍要登记" in twin.content.decode()) == (422, True)
    assert led_to(twin) == {"id_again": "checkbox"}
    empty = {name: "" for name in data if name.startswith(("applicants-0", "claims-0"))}
    empty["applicants-0-kind"] = "person"
    asked = led_to(browser.post(url, {**fresh, **empty}))
    assert asked == {"id_applicants-0-kind": "select", "id_claims-0-text": "text"}
    acting("test")
    case = Dispute.objects.get()
    assert (case.amount, case.people, case.created_by) == (9000, 1, clerk)
    assert case.parties.get(role="applicant").person == person
    assert case.claims.get().text == "支付工资"


def led_to(answer: Any) -> dict[str, str]:
    """The boxes to which the lines of the summary of errors lead, each a box that one can reach."""
    page = BeautifulSoup(answer.content, "html.parser")
    found = {}
    for link in page.select(".errors a"):
        box = page.find(id=str(link["href"]).removeprefix("#"))
        found[str(box["id"])] = str(box.get("type", box.name))
    assert "hidden" not in found.values()
    return found


def test_a_look_is_registered_once_a_day(county: County, clerk: User) -> None:
    browser = client_of(clerk)
    url = reverse("arbitration:platformlook_add")
    for status in (302, 422):
        key = browser.get(url).context["key"]
        data = {"_key": key, "on": "2023-11-15", "new_cases": "0", "pending": "0"}
        assert browser.post(url, data).status_code == status


def test_a_register_refuses_a_stale_version(
    county: County, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    member = make.staff(county)
    browser = client_of(arbitration_head)
    url = reverse("arbitration:staffmember_edit", args=[member.pk])
    data = {
        "_key": browser.get(url).context["key"],
        "_version": "0",
        "name": "改名",
        "conflicts-TOTAL_FORMS": "0",
        "conflicts-INITIAL_FORMS": "0",
        "role": "officer",
        "started_on": "2020-01-01",
    }
    assert browser.post(url, data).status_code == 409
    data = {**data, "_version": "1", "_key": browser.get(url).context["key"]}
    assert browser.post(url, data).status_code == 302
    assert StaffMember._base_manager.get(pk=member.pk).version == 2


def test_a_town_sees_its_own_mediation_and_no_dispute(
    county: County, town_officer: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    own = make.mediation(county, None, date(2023, 11, 1))
    other = make.mediation(
        county,
        None,
        date(2023, 11, 1),
        town=county.town("周集镇"),
        organisation=own.organisation,
    )
    case = make.dispute(county, None, date(2023, 11, 1))
    browser = client_of(town_officer)
    found = {
        pk: browser.get(reverse("arbitration:mediationcase_detail", args=[pk])).status_code
        for pk in (own.pk, other.pk)
    }
    assert sorted(found.values()) == [200, 404]
    assert browser.get(reverse("arbitration:dispute_detail", args=[case.pk])).status_code == 403
    assert MediationCase._base_manager.count() == 2


def test_who_sees_a_case_and_changes_only_the_own_adds_no_material(
    county: County, arbitrator: User, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    """法制审核 sees every dispute; as an arbitrator the person changes only the own ones."""
    acting(arbitration_head)
    GrantFactory(user=arbitrator, post="LEG", unit=county.office("政策法规股"))
    case = make.dispute(county, arbitration_head, date(2023, 11, 1))
    browser = client_of(arbitrator)
    assert browser.get(reverse("arbitration:dispute_detail", args=[case.pk])).status_code == 200
    url = reverse("arbitration:dispute_attach", args=[case.pk])
    upload = SimpleUploadedFile("申请书.txt", "申请书".encode(), content_type="text/plain")
    data = {"_key": "k" * 32, "kind": "申请书", "part": "main", "uploads": upload}
    assert (browser.get(url).status_code, browser.post(url, data).status_code) == (403, 403)
    assert not case.attachments.exists()


def test_material_added_to_a_case_opens_for_whoever_sees_the_case(
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    acting: Callable[..., Any],
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 1))
    moves.assign(case, by=arbitration_head, handler=arbitrator, deputy=clerk)
    browser = client_of(arbitration_head)
    url = reverse("arbitration:dispute_attach", args=[case.pk])
    upload = SimpleUploadedFile("申请书.txt", "申请书".encode(), content_type="text/plain")
    data = {"_key": browser.get(url).context["key"], "kind": "申请书", "part": "main"}
    assert browser.post(url, {**data, "uploads": upload}).status_code == 302
    file = case.attachments.get().file
    download = reverse("documents:download", args=[file.pk])
    response = client_of(clerk).get(download)
    assert (response.status_code, response.getvalue().decode()) == (200, "申请书")
    response.close()
