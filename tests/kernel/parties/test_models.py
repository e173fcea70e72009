"""Persons and employers as rows: encryption at rest, derived columns, search, scope."""

from decimal import Decimal

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction

from hrss_portal.access.scope import ScopeMissing
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.parties import crypto, industries
from hrss_portal.parties.models import Employer, Person
from tests.factories.parties import EmployerFactory, PersonFactory


def raw(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def test_nothing_is_read_for_nobody(db):
    with pytest.raises(ScopeMissing):
        Person.objects.count()


def test_numbers_are_encrypted_at_rest_and_open_on_reading(db, acting):
    acting("test")
    person = PersonFactory(phone="13800138000", bank_card="6222020000000000000")
    stored = raw("SELECT id_number, phone, bank_card FROM parties_person WHERE id = %s", person.pk)
    for cell, text in zip(
        stored, (person.id_number, "13800138000", "6222020000000000000"), strict=True
    ):
        assert bytes(cell)[:4] == b"A\x02k1"
        assert text.encode() not in bytes(cell)
    again = Person.objects.get(pk=person.pk)
    assert repr(again.__dict__["id_number"]) == "<sealed>"
    assert (again.id_number, again.phone) == (person.id_number, "13800138000")
    assert again.masked_id == "*" * 14 + person.id_number[-4:]


def test_a_number_copied_to_another_row_does_not_open(db, acting):
    acting("test")
    one, two = PersonFactory(), PersonFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE parties_person SET id_number ="
            " (SELECT id_number FROM parties_person WHERE id = %s) WHERE id = %s",
            [one.pk, two.pk],
        )
    with pytest.raises(crypto.CannotOpenError):
        _ = Person.objects.get(pk=two.pk).id_number


def test_encrypted_columns_answer_no_question(db, acting):
    acting("test")
    PersonFactory()
    with pytest.raises(FieldError):
        Person.objects.filter(id_number="3").count()
    with pytest.raises(TypeError), transaction.atomic():
        Person.objects.update(id_number="3")
    assert Person.objects.filter(id_number__isnull=False).count() == 1


def test_saving_an_unchanged_person_keeps_the_stored_number(db, acting):
    acting("test")
    person = Person.objects.get(pk=PersonFactory().pk)
    before = raw("SELECT id_number FROM parties_person WHERE id = %s", person.pk)
    assert person.id_number
    person.remark = "改备注"
    person.save()
    assert raw("SELECT id_number FROM parties_person WHERE id = %s", person.pk) == before
    entry = ChangeEntry.objects.filter(table="parties_person").get()
    assert set(entry.new) == {"remark"}


def test_the_change_log_holds_no_number(db, acting):
    acting("test")
    person = PersonFactory()
    other = PersonFactory.build(unit=person.unit)
    before = person.id_number_index
    person.set_id("resident", other.id_number)
    person.save()
    entry = ChangeEntry.objects.filter(table="parties_person").get()
    assert before not in str(entry.old)
    assert other.id_number not in str(entry.new)


def test_one_number_one_person(db, acting):
    acting("test")
    person = PersonFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(id_number=person.id_number)
    PersonFactory(id_kind="passport", id_number="E12345678")
    PersonFactory(id_kind="hkmo", id_number="H12345678")


def test_a_person_without_a_number_says_why(db, acting):
    acting("test")
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(id_number="")
    PersonFactory(id_number="", no_id_reason="证件遗失")
    PersonFactory(id_number="", no_id_reason="证件遗失")


@pytest.mark.parametrize("name", ["古丽米热·艾比布力", "㛃𠅤", "字" * 50, "单雄信"])
def test_any_name_is_saved_found_and_sorted(db, acting, name):
    acting("test")
    person = PersonFactory(name=name)
    PersonFactory(name="旁人")
    again = Person.objects.order_by("reading", "name").get(pk=person.pk)
    assert again.name == name
    for piece in {name[0], name[-1], name[:2], name[-2:], name}:
        assert list(Person.objects.named(piece).values_list("pk", flat=True)) == [person.pk]


def test_people_are_found_by_initials_and_pinyin(db, acting):
    acting("test")
    person = PersonFactory(name="单雄信")
    assert [p.pk for p in Person.objects.named("sxx")] == [person.pk]
    assert [p.pk for p in Person.objects.named("shanx")] == [person.pk]
    assert list(Person.objects.named("dxx")) == []


def test_a_gram_search_uses_its_index(db, acting):
    acting("test")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM parties_person WHERE grams @> ARRAY['伟明']::text[]")
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "parties_person_grams" in plan


@pytest.mark.parametrize(
    ("columns", "size"),
    [
        ({"industry": "13", "headcount": 1000, "revenue": 400_000_000}, "large"),
        ({"industry": "13", "headcount": 999, "revenue": 400_000_000}, "medium"),
        ({"industry": "13", "headcount": 300, "revenue": 19_999_999}, "small"),
        ({"industry": "13", "headcount": 19, "revenue": 400_000_000}, "micro"),
        ({"industry": "13", "headcount": 19}, "micro"),
        ({"industry": "13", "headcount": 300}, ""),
        ({"industry": "47", "revenue": 800_000_000, "assets": 800_000_000}, "large"),
        ({"industry": "83", "headcount": 300}, ""),
        ({"industry": "53", "headcount": 3000, "revenue": 10**10}, ""),
        ({"industry": "70", "headcount": 1000, "revenue": 50_000_000}, ""),
        (
            {"industry": "70", "industry_group": "7020", "headcount": 1000, "revenue": 5 * 10**7},
            "large",
        ),
        ({"industry": "75", "headcount": 100}, "medium"),
        ({"industry": "", "headcount": 100}, ""),
    ],
)
def test_size_classes(columns, size):
    money = {k: Decimal(v) for k, v in columns.items() if k in ("revenue", "assets")}
    rest = {k: v for k, v in columns.items() if k in ("headcount",)}
    verdict = industries.size_of(
        columns["industry"], columns.get("industry_group", ""), **money, **rest
    )
    assert verdict.size == size
    assert verdict.why


def test_the_97_divisions():
    assert len(industries.divisions()) == 97
    assert str(industries.divisions()["13"]) == "C13 农副食品加工业"


def test_size_follows_the_rule_unless_set_by_hand(db, acting):
    acting("test")
    employer = EmployerFactory(headcount=10)
    assert (employer.size, employer.size_why) == ("micro", "按工业标准判定")
    employer.size, employer.size_why, employer.size_by_hand = "small", "统计局认定", True
    employer.save()
    assert Employer.objects.get(pk=employer.pk).size == "small"


def test_employers_with_a_class_of_the_four_are_four_up(db, acting):
    acting("test")
    assert EmployerFactory(four_up="industry").is_four_up is True
    assert EmployerFactory().is_four_up is None


def test_a_township_sees_its_own_and_an_office_all(county, town_officer, employment_clerk, acting):
    here = PersonFactory(town=county.town("城关镇"), unit=county.office("就业股"))
    PersonFactory(town=county.town("周集镇"), unit=county.office("就业股"))
    acting(town_officer)
    assert list(Person.objects.all()) == [here]
    acting(employment_clerk)
    assert Person.objects.count() == 2


def test_another_county_sees_nothing(county, stranger, acting):
    PersonFactory(town=county.town("城关镇"), unit=county.office("就业股"))
    acting(stranger)
    assert Person.objects.count() == 0
