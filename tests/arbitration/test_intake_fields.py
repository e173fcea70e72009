"""Each field of the intake form (A01) lands where it belongs: in the case, its rows, its people."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.forms import DisputeForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.parties.models import Person
from hrss_portal.parties.synthetic import resident_number
from tests.cast import County
from tests.factories.parties import EmployerFactory, PersonFactory

pytestmark = pytest.mark.usefixtures("rules", "today")

FIELDS: dict[str, Any] = {
    "opened_on": "2023-11-15",
    "channel": "inspection",
    "apply_mode": "written",
    "signed_on": "2023-11-14",
    "copies": "3",
    "cause": "pay",
    "is_migrant_wage": "on",
    "mediation_ok": "on",
    "dispute_on": "2023-10-01",
    "facts": "拖欠工资三个月。",
    "hired_on": "2021-03-04",
    "post": "瓦工",
    "monthly_wage": "6500.50",
    "occupation": "建筑工人",
    "work_unit": "霍邱某某劳务有限公司",
    "hukou_kind": "farm",
    "people": "4",
    "handling": "offline",
    "offline_step": "窗口收件",
    "remark": "急件",
    "confirmed_not_same": "on",
}
ROWS: dict[str, dict[str, Any]] = {
    "applicants": {
        "kind": "person",
        "id_number": resident_number("341522", date(1990, 3, 7), 123),
        "name": "张试甲",
        "phone": "13805600101",
        "address": "霍邱县城关镇测试路103号",
    },
    "respondents": {
        "kind": "employer",
        "name": "霍邱某某建筑有限公司",
        "phone": "0564-6050101",
        "address": "安徽省六安市霍邱县周集镇工业路8号",
        "legal_rep": "王某 经理",
    },
    "claims": {"text": "支付拖欠的工资", "amount": "19501.50"},
    "third_parties": {
        "kind": "employer",
        "name": "固始某某劳务有限公司",
        "phone": "0376-6050101",
        "address": "固始县城关镇红苏路1号",
        "legal_rep": "赵某 经理",
    },
    "evidence": {"name": "考勤表", "source": "工地", "pages": "7", "is_original": "on"},
    "witnesses": {"name": "李试乙", "address": "霍邱县河口镇某村"},
    "agents": {
        "for_role": "applicant",
        "name": "钱试丙",
        "kind": "律师",
        "power": "special",
        "phone": "13805600102",
    },
}
#: What a row of the other kind asks (a firm has no number of a person, a person none of a firm),
#: and the representatives that only ten people have.
OTHER_KIND = {"id_number", "uscc", "legal_rep", "is_representative"}


def posted(county: County, **more: str) -> dict[str, str]:
    """The whole form as a browser sends it, worked under a contract in 河口镇."""
    data = {**FIELDS, "town": str(county.town("河口镇").pk)}
    for name, row in ROWS.items():
        data |= {f"{name}-TOTAL_FORMS": "1", f"{name}-INITIAL_FORMS": "0"}
        data |= {f"{name}-0-{key}": value for key, value in row.items()}
    return data | more


def take_in(county: County, clerk: User, **more: str) -> Dispute:
    """What the clerk sends, stored."""
    browser = Client()
    browser.force_login(clerk)
    url = reverse("arbitration:dispute_open")
    data = posted(county, _key=browser.get(url).context["key"], **more)
    answer = browser.post(url, data)
    form = answer.context and answer.context["form"]
    assert answer.status_code == 302, (form.errors, form.row_errors())
    return Dispute._base_manager.latest("pk")


def test_nothing_of_the_form_is_left_untyped(county: County, clerk: User) -> None:
    form = DisputeForm(user=clerk, unit=county.office("劳动人事争议仲裁院"))
    assert set(form.fields) == set(FIELDS) | {"town"}
    for name, rows in form.rows.items():
        assert set(rows.empty_form.fields) - set(ROWS[name]) <= OTHER_KIND | {"DELETE"}


def test_what_a_known_applicant_has_on_file_is_not_typed_again(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    known = PersonFactory(unit=clerk.unit, address="霍邱县城关镇已知路1号")
    row = {"id_number": known.id_number, "name": known.name, "phone": "", "address": ""}
    case = take_in(county, clerk, **{f"applicants-0-{key}": text for key, text in row.items()})
    acting("test")
    party = case.parties.get(role="applicant")
    assert (party.person, party.phone, party.address) == (known, known.phone, known.address)
    data = posted(county, **{"applicants-0-phone": "", "applicants-0-address": ""})
    form = DisputeForm(data, user=clerk, unit=clerk.unit)
    assert not form.is_valid()
    assert {"phone", "address"} == set(form.rows["applicants"].forms[0].errors)


def test_each_typed_value_is_stored_where_it_belongs(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    case = take_in(county, clerk)
    acting("test")
    stored = {name: getattr(case, name) for name in FIELDS if hasattr(case, name)}
    assert set(FIELDS) - set(stored) == {"confirmed_not_same"}
    typed = {name: value for name, value in FIELDS.items() if name in stored}
    wanted = {
        **typed,
        **{name: date.fromisoformat(typed[name]) for name in typed if name.endswith("_on")},
        "is_migrant_wage": True,
        "mediation_ok": True,
        "copies": 3,
        "people": 4,
        "monthly_wage": Decimal("6500.50"),
    }
    assert stored == wanted
    assert (case.town, case.amount) == (county.town("河口镇"), Decimal("19501.50"))
    for name in ("claims", "evidence", "witnesses", "agents"):
        row = getattr(case, name).get()
        told = {key: str(getattr(row, key)) for key in ROWS[name]}
        assert told == {key: {"on": "True"}.get(text, text) for key, text in ROWS[name].items()}


def test_the_people_of_the_case_live_where_their_addresses_say(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    case = take_in(county, clerk)
    acting("test")
    for name, role in DisputeForm.party_rows.items():
        row, party = ROWS[name], case.parties.get(role=role)
        for key in ("name", "phone", "address", "legal_rep"):
            assert getattr(party, key) == row.get(key, ""), (name, key)
    person = case.parties.get(role="applicant").person
    worker = ROWS["applicants"]
    assert (person.name, person.id_number) == (worker["name"], worker["id_number"])
    assert (person.phone, person.birth) == (worker["phone"], date(1990, 3, 7))
    assert (person.address, person.town) == (worker["address"], county.town("城关镇"))
    firm = case.parties.get(role="respondent").employer
    assert (firm.town, firm.legal_rep) == (county.town("周集镇"), "王某 经理")
    third = case.parties.get(role="third").employer
    assert (third.town, third.name) == (None, ROWS["third_parties"]["name"])


def test_who_is_known_already_stays_as_he_is(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    known = PersonFactory(unit=county.bureau, town=county.town("周集镇"), address="旧址")
    firm = EmployerFactory(unit=county.bureau, town=None)
    case = take_in(
        county,
        clerk,
        **{
            "applicants-0-id_number": known.id_number,
            "applicants-0-name": known.name,
            "respondents-0-uscc": firm.uscc,
            "respondents-0-name": firm.name,
        },
    )
    acting("test")
    person = Person.objects.get(pk=known.pk)
    assert case.parties.get(role="applicant").person == person
    assert (person.town, person.address) == (county.town("周集镇"), "旧址")
    assert case.parties.get(role="respondent").employer.town is None
