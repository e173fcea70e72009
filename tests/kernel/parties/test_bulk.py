"""The sheets PERSONS and EMPLOYERS: land, land again, refuse, take back, export masked."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hrss_portal.parties import bulk, identifiers, matching, synthetic
from hrss_portal.parties.imports import EMPLOYERS, PERSONS
from hrss_portal.parties.models import Employer, Person
from hrss_portal.parties.rules import check_employer, check_person
from tests.factories.parties import EmployerFactory, PersonFactory, RestrictionFactory


@dataclass
class Row:
    number: int
    cleaned: dict[str, Any]
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass
class Context:
    user: Any
    unit: Any


def clean(sheet, cells):
    """Cells by column name, cleaned by the sheet's fields; nothing for the others."""
    cleaned = {}
    for column in sheet.columns:
        value = cells.get(column.name)
        form_field = column.field()
        cleaned[column.name] = (
            form_field.clean(value) if value is not None else form_field.to_python(None)
        )
    return cleaned


def person_row(number, fake, **cells):
    given = {"name": fake.name, "id_number": fake.id_number, "phone": fake.phone, **cells}
    return Row(number, clean(PERSONS, given))


@pytest.fixture
def context(county, employment_clerk, acting):
    acting(employment_clerk, "import")
    return Context(employment_clerk, county.office("就业股"))


def test_people_are_created_then_unchanged_then_updated(context, county):
    fakes = list(synthetic.people(3, seed=21))
    rows = [person_row(n, fake, town="城关") for n, fake in enumerate(fakes, 2)]
    answers = bulk.commit_persons(rows, context=context)
    assert [answer["action"] for answer in answers] == ["created"] * 3
    person = Person.objects.get(pk=answers[0]["pk"])
    assert (person.name, person.id_number, person.phone) == (
        fakes[0].name,
        fakes[0].id_number,
        fakes[0].phone,
    )
    assert (person.birth, person.sex) == (fakes[0].birth, fakes[0].sex)
    assert (person.town, person.unit, person.source) == (
        county.town("城关镇"),
        county.office("就业股"),
        "PERSONS",
    )
    assert list(Person.objects.named(fakes[0].name)) == [person]
    again = bulk.commit_persons(rows, context=context)
    assert [answer["action"] for answer in again] == ["unchanged"] * 3
    rows[1].cleaned |= {"education": "college", "phone": "13900139000"}
    third = bulk.commit_persons(rows, context=context)
    assert [answer["action"] for answer in third] == ["unchanged", "updated", "unchanged"]
    person = Person.objects.get(pk=third[1]["pk"])
    assert (person.education, person.phone, person.other_phones) == (
        "college",
        "13900139000",
        fakes[1].phone,
    )
    assert person.version == 2
    assert len(person.phone_indexes) == 2


def test_the_number_of_queries_does_not_grow_with_the_rows(context):
    def queries(count, seed):
        rows = [person_row(n, fake) for n, fake in enumerate(synthetic.people(count, seed=seed))]
        with CaptureQueriesContext(connection) as captured:
            bulk.commit_persons(rows, context=context)
            for row in rows:
                row.cleaned["remark"] = "改"
            bulk.commit_persons(rows, context=context)
        return len(captured)

    queries(2, 30)  # reads the rights once
    assert queries(5, 31) == queries(40, 32)


def test_a_number_under_another_name_is_refused(context):
    known = PersonFactory(name="张小三")
    fake = synthetic.FakePerson("李四四", known.id_number, "1", known.birth, "13800138000")
    (answer,) = bulk.commit_persons([person_row(2, fake)], context=context)
    assert answer["action"] == "rejected"
    assert answer["messages"] == [
        ("name", "这个证件号登记的姓名是张*三，与“李四四”不一致，请对照证件")
    ]


def test_a_column_that_excel_cut_is_refused_even_where_digits_fit(context):
    rows = []
    for born in range(1, 29):
        for sequence in range(0, 1000, 100):
            number = synthetic.resident_number("341522", date(2001, 2, born), sequence)
            if number.endswith("000"):
                fake = synthetic.FakePerson(
                    "张三丰", number, "2", date(2001, 2, born), "13800138000"
                )
                rows.append(person_row(len(rows) + 2, fake))
    assert len(rows) > 10
    answers = bulk.commit_persons(rows, context=context)
    assert {answer["messages"][0][1] for answer in answers} == {identifiers.EXCEL_LOST}


def test_people_without_a_number_are_not_doubled_by_the_same_sheet(context):
    fake = next(synthetic.people(1, seed=41))
    row = Row(2, clean(PERSONS, {"name": fake.name, "phone": fake.phone, "no_id_reason": "未办"}))
    assert bulk.commit_persons([row], context=context)[0]["action"] == "created"
    assert bulk.commit_persons([row], context=context)[0]["action"] == "unchanged"


def test_a_township_does_not_change_another_townships_row(county, town_officer, acting):
    known = PersonFactory(name="张小三", town=county.town("周集镇"), unit=county.office("就业股"))
    acting(town_officer, "import")
    fake = synthetic.FakePerson("张小三", known.id_number, "1", known.birth, "13800138000")
    (answer,) = bulk.commit_persons(
        [person_row(2, fake)], context=Context(town_officer, county.town("城关镇"))
    )
    assert answer["action"] == "unchanged"
    assert answer["messages"] == [("id_number", "本局已有，由就业股维护，没有改动")]


def test_taking_back(context):
    known = PersonFactory(name="张小三", unit=context.unit)
    before = known.phone
    changed = synthetic.FakePerson("张小三", known.id_number, "1", known.birth, "13900139000")
    fakes = [changed, *synthetic.people(3, seed=51)]
    answers = bulk.commit_persons(
        [person_row(n, fake) for n, fake in enumerate(fakes, 2)], context=context
    )
    RestrictionFactory(employer=None, person_id=answers[1]["pk"])
    touched = Person.objects.get(pk=answers[2]["pk"])
    touched.version += 1
    touched.save()
    outcome = bulk.undo_persons(answers, context=context)
    assert [one["undone"] for one in outcome] == [True, False, False, True]
    assert outcome[1]["message"] == "导入后已有办件引用，保留"
    assert outcome[2]["message"].endswith("导入后又改过，保留")
    again = Person.objects.get(pk=known.pk)
    assert (again.phone, again.other_phones) == (before, "")
    assert not Person.objects.filter(pk=answers[3]["pk"]).exists()


def employer_row(number, fake, **cells):
    given = {
        "name": fake.name,
        "uscc": fake.uscc,
        "legal_rep": fake.legal_rep,
        "contact": fake.legal_rep,
        "contact_phone": fake.phone,
        "kind": "有限公司",
        "industry": "C13",
        "reg_address": "示例路 1 号",
        "town": "城关镇",
        **cells,
    }
    return Row(number, clean(EMPLOYERS, given))


def test_employers_are_created_then_unchanged_then_updated(context):
    fakes = list(synthetic.employers(2, seed=61))
    rows = [employer_row(n, fake, revenue="3.5", headcount="12") for n, fake in enumerate(fakes, 2)]
    answers = bulk.commit_employers(rows, context=context)
    assert [answer["action"] for answer in answers] == ["created"] * 2
    employer = Employer.objects.get(pk=answers[0]["pk"])
    assert (employer.revenue, employer.size, employer.industry) == (35_000, "micro", "13")
    assert (employer.kind, employer.contact_phone) == ("company", fakes[0].phone)
    assert [a["action"] for a in bulk.commit_employers(rows, context=context)] == ["unchanged"] * 2
    rows[0].cleaned |= {"headcount": 500, "revenue": 30_000_000}
    assert bulk.commit_employers(rows, context=context)[0]["action"] == "updated"
    employer.refresh_from_db()
    assert employer.size == "medium" if employer.revenue >= 20_000_000 else "small"


def test_exports_are_masked(context):
    person = PersonFactory(unit=context.unit, phone="13800138000", tags=["graduate"])
    cells = bulk.person_cells(bulk.export_persons().get())
    assert set(cells) == {column.name for column in PERSONS.columns}
    assert cells["id_number"] == person.masked_id
    assert (cells["phone"], cells["tags"], cells["disability"]) == ("138****8000", "高校毕业生", "")
    employer = EmployerFactory(unit=context.unit, revenue=1_234_500, is_short_staffed=True)
    cells = bulk.employer_cells(bulk.export_employers().get())
    assert set(cells) == {column.name for column in EMPLOYERS.columns}
    assert (cells["uscc"], float(cells["revenue"])) == (employer.uscc, 123.45)
    assert cells["is_short_staffed"] == "是"


def test_rules_of_a_person():
    number = synthetic.resident_number("341522", date(2001, 2, 3), 421)
    given = {"id_number": number, "birth": date(2001, 2, 4)}
    assert list(check_person(given)) == [
        ("birth", "与身份证号里的出生日期 2001-02-03 不一致，请对照证件")
    ]
    assert list(check_person({})) == [("id_number", "填写身份证号；没有的写明无证件号原因")]
    assert list(check_person({"id_kind": "passport", "other_id": "E1"})) == [
        ("other_id", "护照号是 5 至 17 位字母和数字"),
        ("birth", "填写出生日期"),
    ]


def test_rules_of_an_employer():
    assert list(check_employer({})) == [("uscc", "填写统一社会信用代码；没有的写明无信用代码原因")]
    given = {"uscc": "x", "industry": "70", "industry_group": "51"}
    assert list(check_employer(given)) == [("industry_group", "中类、小类代码要以行业大类 70 开头")]


@pytest.mark.parametrize("sheet", [PERSONS, EMPLOYERS])
def test_declarations_are_whole(sheet):
    for name in ("commit", "undo", "check", "export", "row_of"):
        assert callable(sheet.call(name))
    headings = [word for c in sheet.columns for word in (c.heading, *c.synonyms)]
    assert len(headings) == len(set(headings))


def change(party, by, **values):
    """Somebody changes a row on its page."""
    kept = type(party)._base_manager.get(pk=party.pk)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.version, kept.updated_by = kept.version + 1, by
    kept.save()


@pytest.fixture
def meanwhile(monkeypatch):
    """Lets something happen once, after a landing has read the stored rows."""

    def arrange(name, happens):
        read, left = getattr(matching, name), [happens]

        def found(rows):
            answer = read(rows)
            while left:
                left.pop()()
            return answer

        monkeypatch.setattr(matching, name, found)

    return arrange


def test_what_a_page_changed_while_a_sheet_lands_stays(context, clerk, meanwhile):
    known = PersonFactory(name="张小三", unit=context.unit)
    fake = synthetic.FakePerson("张小三", known.id_number, "1", known.birth, "13900139000")
    meanwhile("match_people", lambda: change(known, clerk, school_major="示例学校", remark="一"))
    row = person_row(2, fake, education="大专")
    (answer,) = bulk.commit_persons([row], context=context)
    person = Person.objects.get(pk=known.pk)
    assert answer["action"] == "updated"
    assert (person.school_major, person.remark) == ("示例学校", "一")
    assert (person.education, person.phone, person.version) == ("college", "13900139000", 3)
    assert [one["undone"] for one in bulk.undo_persons([answer], context=context)] == [True]
    person.refresh_from_db()
    assert (person.school_major, person.education, person.phone) == ("示例学校", "", known.phone)


@pytest.mark.parametrize("told", ["二", "一"], ids=["otherwise", "as it was read"])
def test_a_cell_that_a_page_changed_meanwhile_keeps_the_row_out(context, clerk, meanwhile, told):
    known = PersonFactory(name="张小三", unit=context.unit, remark="一")
    fake = synthetic.FakePerson("张小三", known.id_number, "1", known.birth, "13900139000")
    meanwhile("match_people", lambda: change(known, clerk, remark="三"))
    (answer,) = bulk.commit_persons([person_row(2, fake, remark=told)], context=context)
    assert answer["action"] == "rejected"
    assert answer["messages"] == [("remark", f"导入期间{clerk.name}改过这一项，请核对后再导入")]
    person = Person.objects.get(pk=known.pk)
    assert (person.remark, person.phone, person.version) == ("三", known.phone, 2)


def test_a_telephone_and_a_row_merged_away_meanwhile(context, clerk, meanwhile):
    known, other = (PersonFactory(name="张小三", unit=context.unit) for _ in range(2))
    fakes = [
        synthetic.FakePerson("张小三", one.id_number, "1", one.birth, "13900139000")
        for one in (known, other)
    ]

    def happens():
        kept = Person._base_manager.get(pk=known.pk)
        kept.set_phones(["13700137000"])
        kept.version, kept.updated_by = 2, clerk
        kept.save()
        Person._base_manager.filter(pk=other.pk).update(
            merged_into=known, state="merged", version=2
        )

    meanwhile("match_people", happens)
    rows = [person_row(n, fake) for n, fake in enumerate(fakes, 2)]
    answers = bulk.commit_persons(rows, context=context)
    assert [one["action"] for one in answers] == ["rejected"] * 2
    assert [one["messages"][0][0] for one in answers] == ["phone", "id_number"]
    assert "合并" in answers[1]["messages"][0][1]
    assert Person._base_manager.get(pk=known.pk).phone == "13700137000"


def test_two_rows_about_one_employer_that_a_page_changed_meanwhile(context, clerk, meanwhile):
    (fake,) = synthetic.employers(1, seed=71)
    land = bulk.commit_employers
    land([employer_row(2, fake)], context=context)
    firm = Employer.objects.get()
    meanwhile("match_employers", lambda: change(firm, clerk, remark="一"))
    rows = [employer_row(2, fake, headcount="12"), employer_row(3, fake, headcount="15")]
    answers = land(rows, context=context)
    assert [one["action"] for one in answers] == ["updated"] * 2
    firm.refresh_from_db()
    assert (firm.remark, firm.headcount, firm.version) == ("一", 15, 4)
