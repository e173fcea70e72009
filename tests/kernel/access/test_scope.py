"""Scoped querysets: nothing without a scope, only visible rows with one, by every path."""

import pytest
from django.db import models
from django.db.models import Q

from hrss_portal.access.models import User
from hrss_portal.access.scope import (
    ScopeMissing,
    acting_as,
    acting_as_system,
)
from hrss_portal.casework.models import Case
from tests.kernel.access.trial import Matter


def labels() -> str:
    """The labels of the visible matters."""
    return "".join(matter.label for matter in Matter.objects.all())


def test_a_queryset_may_be_built_but_not_evaluated_without_a_scope(matters):
    queryset = Matter.objects.filter(label="a").order_by("-label").select_related(None)[:3]
    for evaluate in (
        lambda: list(queryset),
        Matter.objects.count,
        Matter.objects.exists,
        Matter.objects.first,
        lambda: Matter.objects.get(label="a"),
        lambda: Matter.objects.aggregate(models.Max("label")),
        lambda: Matter.objects.update(label="z"),
        lambda: Matter.objects.all().delete(),
        lambda: Matter.objects.filter(label="a")._raw_delete("default"),
        lambda: list(Matter.objects.iterator()),
        lambda: list(Matter.objects.values_list("label")),
        lambda: list(User.objects.filter(pk__in=Matter.objects.values("handler"))),
        lambda: list(Matter.objects.all().union(Matter.objects.all())),
        lambda: Matter.objects.in_bulk([1]),
        lambda: str(Matter.objects.all().query),
    ):
        with pytest.raises(ScopeMissing):
            evaluate()


def test_each_post_sees_its_rows(
    matters, arbitration_head, arbitrator, deputy_director, town_officer, director, stranger
):
    seen = {}
    people = (arbitration_head, arbitrator, deputy_director, town_officer, director, stranger)
    for user in people:
        with acting_as(user):
            seen[user.name] = labels()
    assert seen == {
        "程院": "ab",
        "孟仲": "ab",
        "邓副": "abc",
        "田乡": "ac",
        "章局": "abc",
        "莫生": "d",
    }


def test_a_post_without_a_role_sees_nothing_by_any_path(matters, window_clerk: User):
    with acting_as(window_clerk):
        assert list(Matter.objects.all()) == []
        assert Matter.objects.count() == 0
        assert Matter.objects.update(label="z") == 0
        assert Matter.objects.all().delete()[0] == 0
        assert Matter.objects.aggregate(last=models.Max("label")) == {"last": None}
    with acting_as_system("test"):
        assert labels() == "abcd"


def test_every_path_is_filtered(matters, arbitration_head: User):
    with acting_as(arbitration_head):
        assert Matter.objects.count() == 2
        assert Matter.objects.aggregate(last=models.Max("label")) == {"last": "b"}
        assert list(Matter.objects.values("unit").annotate(n=models.Count("pk")).values("n")) == [
            {"n": 2}
        ]
        assert not Matter.objects.filter(label__in="cd").exists()
        assert [m.label for m in Matter.objects.all()[1:5]] == ["b"]
        assert len(list(Matter.objects.iterator())) == 2
        assert Matter.objects.distinct().count() == 2
        union = Matter.objects.filter(label="a").union(Matter.objects.filter(label="c"))
        assert [matter.label for matter in union] == ["a"]
        handlers = User.objects.filter(pk__in=Matter.objects.values("handler"))
        assert [user.name for user in handlers] == ["孟仲"]
        assert Matter.objects.update(handler=None) == 2
        assert Matter.objects.filter(label__in="bc")._raw_delete("default") == 1
    with acting_as_system("test"):
        assert labels() == "acd"


def test_delete_takes_visible_rows_only(matters, stranger: User):
    with acting_as(stranger):
        assert Matter.objects.all().delete()[0] == 1
    with acting_as_system("test"):
        assert labels() == "abc"


def test_sql_written_by_hand_is_refused_since_nothing_narrows_it(matters, stranger: User):
    with acting_as(stranger), pytest.raises(ScopeMissing):
        Matter.objects.raw("SELECT * FROM access_matter")


def test_may_filters_by_another_verb(matters, arbitrator: User):
    with acting_as(arbitrator):
        assert [matter.label for matter in Matter.objects.may("edit")] == ["a"]


def test_a_queryset_built_in_one_scope_is_filtered_by_the_scope_that_runs_it(
    matters, stranger: User, arbitration_head: User
):
    with acting_as(stranger):
        queryset = Matter.objects.all()
    with acting_as(arbitration_head):
        assert [matter.label for matter in queryset] == ["a", "b"]


def test_an_unknown_purpose_is_refused():
    with pytest.raises(ValueError, match="not a purpose"), acting_as_system("because"):
        pass


def test_excluding_over_a_to_many_relation_keeps_the_scope(db, arbitrator: User):
    with acting_as(arbitrator):
        assert list(Case.objects.exclude(clocks__state="cancelled")) == []
        assert not Case.objects.filter(~Q(clocks__state="met"), number="x").exists()
