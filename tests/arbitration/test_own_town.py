"""Who acts for a town enters that town's cases under its own bodies: form, sheet, API, correction.

The county's people choose freely, in a list that is grouped by town.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.forms.bodies import ONLY_OWN, ONLY_OWN_BODY
from arbitration.forms.mediation import MediationForm
from arbitration.imports import mediations
from arbitration.models import MediationCase, MediationOrganisation
from hrss_portal.access.models import User
from hrss_portal.casework import moves
from tests.arbitration.test_corrected_ledgers import AGREED, Desk
from tests.cast import County, person
from tests.factories import arbitration as make
from tests.factories.clients import Caller, client_system
from tests.factories.parties import EmployerFactory, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
Bodies = dict[str, MediationOrganisation]


@pytest.fixture
def officer(county: County) -> User:
    """The officer of one town, 城关镇."""
    return person("3102", "田甲", county.town("城关镇"), "TOWN")


@pytest.fixture
def bodies(county: County, acting: Callable[..., Any]) -> Bodies:
    """The county's centre (with an address in 城关镇), two towns' committees, a firm's in each."""
    acting("test")
    town, other = county.town("城关镇"), county.town("河口镇")
    firm = EmployerFactory(unit=make.court(county), town=town)
    return {
        "centre": make.mediation_body(county, town=town),
        "own": make.mediation_body(county, name="城关镇调委会", level="town", town=town),
        "other": make.mediation_body(county, name="河口镇调委会", level="town", town=other),
        "firm": make.mediation_body(county, name="厂调委会", level="enterprise", employer=firm),
        "far": make.mediation_body(county, name="远厂调委会", level="enterprise", town=other),
        "trade": make.mediation_body(county, name="行业调委会", level="trade"),
    }


def offered(form: Any, name: str) -> list[str]:
    """The labels that a field offers, without the empty one and the names of groups."""
    found: list[str] = []
    for value, label in form.fields[name].choices:
        found += (
            [str(one) for _, one in label]
            if isinstance(label, list)
            else [str(label)] * bool(value)
        )
    return found


def given(body: MediationOrganisation, town: Any, **more: Any) -> dict[str, Any]:
    """A mediation as an officer fills the form in."""
    return {
        "opened_on": "2023-11-15",
        "channel": "visit",
        "organisation": str(body.pk),
        "town": str(town.pk),
        "cause": "pay",
        "people": "1",
        "applicants-TOTAL_FORMS": "1",
        "applicants-INITIAL_FORMS": "0",
        "applicants-0-kind": "person",
        "applicants-0-name": "张示例",
        "applicants-0-phone": "13900001234",
        "applicants-0-address": "某村",
        "respondents-TOTAL_FORMS": "1",
        "respondents-INITIAL_FORMS": "0",
        "respondents-0-kind": "employer",
        "respondents-0-name": "霍邱某某有限公司",
        **more,
    }


def test_the_form_is_preset_to_the_own_town_and_its_committee(
    county: County, officer: User, bodies: Bodies, acting: Callable[..., Any]
) -> None:
    acting(officer)
    form = MediationForm(user=officer, unit=officer.unit)
    assert offered(form, "town") == ["城关镇"]
    assert form["town"].value() == officer.unit.pk
    assert set(offered(form, "organisation")) == {"城关镇调委会", "厂调委会"}
    assert form["organisation"].value() == bodies["own"].pk


@pytest.mark.parametrize(
    ("body", "town", "wrong"),
    [
        ("own", "河口镇", "town"),
        ("other", "城关镇", "organisation"),
        ("centre", "城关镇", "organisation"),
        ("far", "城关镇", "organisation"),
    ],
)
def test_the_form_refuses_another_town_and_its_bodies(
    county: County, officer: User, bodies: Bodies, body: str, town: str, wrong: str, acting: Any
) -> None:
    acting(officer)
    sent = given(bodies[body], county.town(town))
    form = MediationForm(sent, user=officer, unit=officer.unit)
    assert not form.is_valid()
    words = {"town": ONLY_OWN, "organisation": ONLY_OWN_BODY}[wrong]
    assert form.errors == {wrong: [words]}


def test_the_own_case_is_registered(county: County, officer: User, bodies: Bodies) -> None:
    for body in ("own", "firm"):
        form = MediationForm(
            given(bodies[body], county.town("城关镇")), user=officer, unit=officer.unit
        )
        assert form.is_valid(), form.errors
        assert form.open().town == county.town("城关镇")


def test_an_officer_of_two_towns_chooses_between_them(
    town_officer: User, bodies: Bodies, acting: Callable[..., Any]
) -> None:
    acting(town_officer)
    form = MediationForm(user=town_officer, unit=town_officer.unit)
    assert offered(form, "town") == ["城关镇", "河口镇"]
    assert form["town"].value() is None
    assert "远厂调委会" in offered(form, "organisation")


def test_a_town_without_a_body_reads_who_registers_one(county: County, acting: Any) -> None:
    user = person("3103", "田乙", county.town("周集镇"), "TOWN")
    acting(user)
    form = MediationForm(user=user, unit=user.unit)
    assert "还没有登记调解组织" in form.fields["organisation"].help_text


@pytest.mark.parametrize("who", ["mediator", "arbitration_head"])
def test_the_county_chooses_freely_in_a_list_grouped_by_town(
    who: str, request: Any, county: County, bodies: Bodies, acting: Callable[..., Any]
) -> None:
    user = request.getfixturevalue(who)
    acting(user)
    form = MediationForm(user=user, unit=make.court(county))
    assert set(offered(form, "town")) >= {"城关镇", "河口镇", "周集镇"}
    assert len(offered(form, "organisation")) == 6
    groups = [
        group for group, rows in form.fields["organisation"].choices if isinstance(rows, list)
    ]
    assert groups == [
        "县劳动人事争议调解中心",
        "城关镇",
        "河口镇",
        "企业调委会",
        "行业协会调委会",
    ]
    assert '<optgroup label="河口镇">' in str(form["organisation"])
    sent = given(bodies["other"], county.town("河口镇"))
    assert MediationForm(sent, user=user, unit=make.court(county)).is_valid()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"town": "河口镇", "organisation": "城关镇调委会"}, "town"),
        ({"organisation": "河口镇调委会"}, "organisation"),
        ({"organisation": "县劳动人事争议调解中心"}, "organisation"),
    ],
)
def test_the_sheet_refuses_what_is_not_of_the_town(
    officer: User, bodies: Bodies, cells: dict[str, str], column: str
) -> None:
    desk = Desk(mediations.ledger, mediations.X16.columns, officer, officer.unit)
    (answer,) = desk.land({**AGREED, **cells})
    assert answer["action"] == "rejected"
    assert [name for name, _ in answer["messages"]] == [column]


def test_the_sheet_of_a_town_takes_its_own_rows_and_knows_where_they_are(
    county: County, officer: User, bodies: Bodies
) -> None:
    desk = Desk(mediations.ledger, mediations.X16.columns, officer, officer.unit)
    assert desk.action({**AGREED, "town": "", "organisation": "城关镇调委会"}) == ["created"]
    assert MediationCase.objects.get().town == county.town("城关镇")


def test_the_sheet_of_the_county_takes_every_town(
    county: County, mediator: User, bodies: Bodies
) -> None:
    desk = Desk(mediations.ledger, mediations.X16.columns, mediator, make.court(county))
    row = {**AGREED, "town": "河口镇", "organisation": "河口镇调委会"}
    assert desk.action(row) == ["created"]


def test_the_api_refuses_what_is_not_of_the_accounts_town(
    county: County, officer: User, bodies: Bodies
) -> None:
    call = Caller(client_system(officer, officer.unit)[1])
    worker, firm = PersonFactory(unit=officer.unit), EmployerFactory(unit=officer.unit)
    sent = {
        "channel": "platform",
        "opened_on": "2023-11-16",
        "organisation": bodies["other"].name,
        "cause": "pay",
        "people": 1,
        "town": "河口镇",
        "applicants": [
            {"kind": "person", "id_number": worker.id_number, "name": worker.name}
            | {"phone": "13856401234", "address": "示例村"}
        ],
        "respondents": [{"uscc": firm.uscc, "name": firm.name}],
    }
    url = "/api/v1/cases/arbitration.mediationcase/province/PT-9"
    answer = call("PUT", url, sent)
    assert answer.status_code == 422
    assert set(answer.json()["error"]["fields"]) == {"town", "organisation"}
    assert (
        call("PUT", url, {**sent, "town": "城关镇", "organisation": "城关镇调委会"}).status_code
        == 201
    )


def test_a_correction_does_not_move_the_case_to_another_town(
    county: County, officer: User, bodies: Bodies
) -> None:
    form = MediationForm(
        given(bodies["own"], county.town("城关镇")), user=officer, unit=officer.unit
    )
    assert form.is_valid()
    case = form.open()
    assert moves.workflow_of(case).of == "arbitration.mediationcase"
    browser = Client()
    browser.force_login(officer)
    url = reverse("arbitration:mediationcase_edit", args=[case.pk])
    page = browser.get(url)
    shown = page.context["form"]
    assert offered(shown, "town") == ["城关镇"]
    sent = {
        **{name: shown[name].value() or "" for name in shown.fields},
        "_key": page.context["key"],
        "_version": case.version,
        "town": county.town("河口镇").pk,
        "organisation": bodies["other"].pk,
        "reason": "写错",
    }
    refused = browser.post(url, sent)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"town", "organisation"}
