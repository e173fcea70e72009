"""Who is meant: the number decides, a name only suggests."""

import time
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hrss_portal.parties import duplicates, identifiers, matching, synthetic
from hrss_portal.parties.models import Person
from tests.factories.parties import EmployerFactory, PersonFactory


def test_the_number_decides_whatever_its_spelling(db):
    person = PersonFactory()
    spelt = f" {person.id_number[:6]} {person.id_number[6:].lower()}"
    assert matching.match_person(id_number=spelt).person == person


def test_a_number_under_another_name_is_the_person_and_says_so(db):
    person = PersonFactory(name="张小三")
    match = matching.match_person(id_number=person.id_number, name="李四")
    assert match.person == person
    assert match.conflict == "这个证件号登记的姓名是张*三，与“李四”不一致，请对照证件"
    person.former_name = "李四"
    assert matching.name_conflict(person, "李四") == ""


def test_a_name_never_decides(db):
    person = PersonFactory(name="张小三", birth=date(1980, 1, 2))
    match = matching.match_person(name="张小三", birth=date(1980, 1, 2))
    assert match.person is None
    assert match.candidates == ((person, "姓名和出生日期相同"),)
    assert matching.match_person(name="张小三").candidates == ()


def test_same_name_and_birth_with_another_number_is_another_person(db):
    PersonFactory(name="张小三", birth=date(2001, 2, 3))
    other = synthetic.resident_number("341522", date(2001, 2, 3), 421)
    match = matching.match_person(id_number=other, name="张小三", birth=date(2001, 2, 3))
    assert (match.person, match.candidates) == (None, ())


def test_a_telephone_suggests_also_the_second_one(db):
    person = PersonFactory(phone="13800138000", other_phones="0564-6021234")
    for text in ("13800138000", "05646021234"):
        assert matching.match_person(phone=text).candidates == ((person, "联系电话相同"),)


def test_an_old_number_only_suggests_the_holder_of_the_new_one(db):
    number = synthetic.resident_number("342423", date(1970, 3, 4), 517)
    person = PersonFactory(id_number=number, birth=date(1970, 3, 4))
    old = number[:6] + number[8:17]
    match = matching.match_person(id_number=old, id_kind="old")
    assert (match.person, match.candidates) == (None, ((person, "18 位身份证号相符"),))


def test_employers_by_code_and_by_full_name(db):
    employer = EmployerFactory(name="霍邱县示例建材有限公司")
    assert matching.match_employer(uscc=employer.uscc.lower()).employer == employer
    assert matching.match_employer(name="霍邱县示例建材 有限公司").employer == employer
    EmployerFactory(name="霍邱县示例建材有限公司")
    match = matching.match_employer(name="霍邱县示例建材有限公司")
    assert match.employer is None
    assert len(match.candidates) == 2


def test_another_code_under_the_same_name_is_another_employer(db):
    EmployerFactory(name="霍邱县示例建材有限公司")
    other = synthetic.credit_code(99)
    match = matching.match_employer(uscc=other, name="霍邱县示例建材有限公司")
    assert (match.employer, match.candidates) == (None, ())


def test_find_or_create(db, county, employment_clerk):
    given = next(synthetic.people(1, seed=3))
    columns = {"unit": county.office("就业股"), "by": employment_clerk, "phone": given.phone}
    person, new = matching.find_or_create_person(
        name=given.name, id_number=given.id_number, **columns
    )
    assert (new, person.birth, person.sex) == (True, given.birth, given.sex)
    again, new = matching.find_or_create_person(
        name=given.name, id_number=given.id_number, **columns
    )
    assert (new, again.pk) == (False, person.pk)
    nameless, new = matching.find_or_create_person(name=given.name, **columns)
    assert (new, nameless.no_id_reason) == (True, "未提供")


def test_matching_in_bulk_takes_one_query(db):
    people = [PersonFactory() for _ in range(30)]
    rows = [{"id_number": person.id_number.lower()} for person in people]
    rows += [
        {"id_number": ""},
        {"id_number": synthetic.resident_number("110105", date(1990, 1, 1), 7)},
    ]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = matching.match_people(rows)
    assert found == [*people, None, None]
    assert len(queries) == 1


def test_employers_in_bulk_take_two_queries(db):
    one, two = EmployerFactory(), EmployerFactory()
    with CaptureQueriesContext(connection) as queries:
        found = matching.match_employers([{"uscc": one.uscc}, {"name": two.name}, {"name": "没有"}])
    assert found == [one, two, None]
    assert len(queries) == 2


@pytest.mark.bench
def test_two_hundred_thousand_rows_match_in_a_minute(db):
    rows = [{"id_number": person.id_number} for person in synthetic.people(20_000, seed=11)] * 10
    started = time.perf_counter()
    assert len(matching.match_people(rows)) == 200_000
    assert time.perf_counter() - started < 60


def ask(user, **typed):
    given = {
        "id_number": "",
        "id_kind": "resident",
        "name": "",
        "phone": "",
        "birth": None,
        **typed,
    }
    return duplicates.person_answer(user, **given)


def test_nothing_is_said_before_the_eighteenth_digit(db, employment_clerk, acting):
    acting(employment_clerk)
    number = synthetic.resident_number("341522", date(2001, 2, 3), 421)
    for length in range(1, 18):
        if length != 15:
            answer = ask(employment_clerk, id_number=number[:length])
            assert (answer["error"], answer["derived"], answer["candidates"]) == ("", None, [])
    answer = ask(employment_clerk, id_number=number)
    assert answer["derived"] == {
        "number": number,
        "birth": "2001-02-03",
        "sex": "1",
        "sex_label": "男",
        "region": "安徽省霍邱县",
        "warnings": [],
    }
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert ask(employment_clerk, id_number=wrong)["error"] == "身份证号末位校验不对，请对照证件检查"


def test_fifteen_digits_offer_the_new_number(db, employment_clerk, acting):
    acting(employment_clerk)
    answer = ask(employment_clerk, id_number="110105491231002")
    assert answer["suggestion"] == "11010519491231002X"


def test_a_card_tells_who_when_and_where(county, employment_clerk, town_officer, acting):
    person = PersonFactory(
        name="张小三",
        town=county.town("周集镇"),
        unit=county.office("就业股"),
        created_by=employment_clerk,
    )
    acting(employment_clerk)
    card = ask(employment_clerk, id_number=person.id_number)["candidates"][0]
    assert card["name"] == "张小三"
    assert card["number"] == identifiers.mask_id(person.id_number)
    assert (card["recorded_by"], card["town"], card["state"]) == ("庄业", "周集镇", "有效")
    assert card["url"] == f"/persons/{person.pk}/"
    acting(town_officer)
    card = ask(town_officer, id_number=person.id_number)["candidates"][0]
    assert (card["name"], card["url"]) == ("张*三", "")
    assert card["ask"] == "本局已有 1 条，请联系就业股"


def test_another_bureau_is_named_and_neither_its_people_nor_its_employers_are_offered(
    county, employment_clerk, stranger, acting
):
    person = PersonFactory(unit=county.office("就业股"), created_by=employment_clerk)
    firm = EmployerFactory(name="霍邱县远星服装有限公司", unit=county.office("就业股"))
    acting(stranger)
    card = ask(stranger, id_number=person.id_number)["candidates"][0]
    assert (card["ask"], card["recorded_by"]) == (f"{county.bureau}已有 1 条", str(county.bureau))
    assert employment_clerk.name not in str(card)
    assert duplicates.employer_suggestions(stranger, "远星服装")["candidates"] == []
    acting(employment_clerk)
    known = duplicates.employer_suggestions(employment_clerk, "远星服装")["candidates"]
    assert [one["name"] for one in known] == [firm.name]


def test_a_merged_person_is_answered_by_the_one_that_stands(db, acting):
    acting("test")
    stands, went = PersonFactory(), PersonFactory()
    Person.objects.filter(pk=went.pk).update(merged_into=stands, state="merged")
    assert matching.match_person(id_number=went.id_number).person == stands
    assert matching.match_people([{"id_number": went.id_number}]) == [stands]


def test_a_code_that_is_not_registered_never_binds_an_employer_by_name(db, acting):
    acting("test")
    known = EmployerFactory(uscc=None, no_uscc_reason="旧台账")
    code = EmployerFactory.build().uscc
    match = matching.match_employer(uscc=code, name=known.name)
    assert match.found is None
    assert [row for row, _ in match.candidates] == [known]
