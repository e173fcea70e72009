"""Merging by two people, counting by the standing row, and taking it back."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Count

from hrss_portal.parties import merging
from hrss_portal.parties.facts import facts_of, latest_value, record_fact
from hrss_portal.parties.models import EmployerFact, Merge, Person
from tests.factories.parties import EmployerFactory, PersonFactory


@pytest.fixture
def same(db):
    """The same person, once with and once without a number."""
    known = PersonFactory(name="张小三")
    return known, PersonFactory(name="张小三", id_number="", no_id_reason="旧台账")


def test_nothing_is_rewritten_and_undo_restores(same, acting, employment_head):
    acting("test")
    stands, went = same
    record = merging.merge(
        "person", stands_id=stands.pk, goes_id=went.pk, reason="同一人", by=employment_head
    )
    row = Person.objects.get(pk=went.pk)
    assert (row.merged_into_id, row.state, row.name) == (stands.pk, "merged", "张小三")
    assert list(Person.objects.standing()) == [stands]
    merging.undo_merge(record, by=employment_head, reason="弄错了")
    row = Person.objects.get(pk=went.pk)
    assert (row.merged_into_id, row.state) == (None, "valid")
    assert Merge.objects.get().state == "undone"
    with pytest.raises(ValidationError, match="已经撤销"):
        merging.undo_merge(record, by=employment_head, reason="再撤")


def test_chains_are_always_one_step_and_part_in_order(db, acting):
    acting("test")
    a, b, c = (PersonFactory(id_number="", no_id_reason="旧台账") for _ in range(3))
    first = merging.merge("person", stands_id=b.pk, goes_id=a.pk, reason="一", by=None)
    second = merging.merge("person", stands_id=c.pk, goes_id=b.pk, reason="二", by=None)
    assert set(Person.objects.filter(merged_into=c).values_list("pk", flat=True)) == {a.pk, b.pk}
    with pytest.raises(ValidationError, match="先撤销那一次"):
        merging.undo_merge(first, by=None, reason="错")
    merging.undo_merge(second, by=None, reason="错")
    assert Person.objects.get(pk=a.pk).merged_into_id == b.pk
    assert Person.objects.get(pk=b.pk).merged_into_id is None
    merging.undo_merge(first, by=None, reason="错")
    assert Person.objects.standing().count() == 3


def test_two_different_numbers_are_two_people(db, acting):
    acting("test")
    one, two = PersonFactory(), PersonFactory()
    assert merging.check_pair(one, two) == [
        "两条都有 18 位身份证号且不相同，是两个人。号码录错的先更正号码"
    ]
    with pytest.raises(ValidationError):
        merging.merge("person", stands_id=one.pk, goes_id=two.pk, reason="x", by=None)


def test_figures_count_the_standing_employer(db, acting):
    acting("test")
    stands = EmployerFactory()
    went = EmployerFactory(uscc=None, no_uscc_reason="旧台账")
    record_fact(stands, "headcount", 30, period="2023-11", source="a")
    record_fact(went, "headcount", 31, period="2023-12", source="a")
    merging.merge("employer", stands_id=stands.pk, goes_id=went.pk, reason="同一家", by=None)
    counted = EmployerFact.objects.order_by().aggregate(
        n=Count(merging.standing_key("employer"), distinct=True)
    )
    assert counted == {"n": 1}
    assert [fact.period for fact in facts_of(stands)] == ["2023-12", "2023-11"]
    went.refresh_from_db()
    assert latest_value(went, "headcount") == 31
    assert latest_value(went, "headcount", upto="2023-11") == 30


def test_a_fact_is_replaced_not_doubled(db, acting):
    acting("test")
    employer = EmployerFactory()
    for value in (30, 32):
        record_fact(employer, "headcount", value, period="2023", source="参保", measure="人")
    assert str(facts_of(employer).get()) == "headcount 2023: 32人"


def test_two_people_merge(same, acting, employment_clerk, employment_head):
    stands, went = same
    acting(employment_clerk)
    proposal = merging.propose_merge(stands, went, by=employment_clerk, reason="同一人")
    assert proposal.title == "合并人员:张*三并入张*三"
    proposal.confirmed_by = employment_head
    merging.apply_merge(proposal)
    acting("test")
    assert Person.objects.get(pk=went.pk).merged_into_id == stands.pk
    assert Merge.objects.get().done_by == employment_head


def test_undoing_parts_only_those_who_came_with_it(db, acting):
    acting("test")
    stands, went, follower, own = (
        PersonFactory(id_number="", no_id_reason="旧台账") for _ in range(4)
    )
    merging.merge("person", stands_id=stands.pk, goes_id=own.pk, reason="一", by=None)
    merging.merge("person", stands_id=went.pk, goes_id=follower.pk, reason="二", by=None)
    record = merging.merge("person", stands_id=stands.pk, goes_id=went.pk, reason="三", by=None)
    merging.undo_merge(record, by=None, reason="错")
    now = dict(Person.objects.values_list("pk", "merged_into"))
    assert now == {stands.pk: None, went.pk: None, follower.pk: went.pk, own.pk: stands.pk}
