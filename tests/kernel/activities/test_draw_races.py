"""Two people at one draw at the same moment: one result, the other is refused."""

from datetime import timedelta
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.activities import drawing, draws
from hrss_portal.activities.models import Draw
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
SEEDS = ("3068.32", "3068.33")
HALVES = ("天青色等烟雨-而我在等你-1234", "帘外芭蕉惹骤雨-门环惹铜绿-567")


def published(by: User, **seed: object) -> Draw:
    """A published draw of three objects."""
    objects = [{"id": f"E{n}", "label": f"企业{n}"} for n in range(3)]
    with acting_as(by):
        made = Draw.objects.create(
            unit=by.unit,
            created_by=by,
            updated_by=by,
            title="抽查",
            k=1,
            objects_list=objects,
            list_sha256=drawing.list_hash(objects, [], 1),
            **seed,
        )
        return draws.publish(made, to_everybody=True, by=by)


def hold_until_both_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The first to call ``drawing.name``, its rows read, waits for the other to have read them."""
    arrived, work = Event(), getattr(drawing, name)
    order: list[int] = []

    def slow(*told: object) -> object:
        order.append(1)
        if len(order) == 1:
            arrived.wait(1)  # seconds; with the lock nobody else arrives
        arrived.set()
        return work(*told)

    monkeypatch.setattr(drawing, name, slow)


def test_of_two_values_at_once_one_makes_the_result(
    office_clerk: User, monkeypatch: pytest.MonkeyPatch
):
    ahead = timezone.localdate() + timedelta(days=1)
    draw = published(office_clerk, seed_kind="public", seed_source="指数", seed_on=ahead)
    monkeypatch.setattr(draws.timezone, "localdate", lambda *told: ahead)
    hold_until_both_read(monkeypatch, "draw")
    results = together(
        2,
        lambda number: draws.fix_seed(draw, SEEDS[number], by=office_clerk),
        scope=lambda: acting_as(office_clerk),
    )
    refused = [one for one in results if isinstance(one, ValidationError)]
    assert [one.messages for one in refused] == [["已经抽取，结果不能再变"]]
    assert len([one for one in results if isinstance(one, Draw)]) == 1


def test_two_halves_entered_at_once_make_one_result(
    office_clerk: User, director: User, monkeypatch: pytest.MonkeyPatch
):
    until = timezone.localdate() + timedelta(days=1)
    draw = published(office_clerk, seed_kind="halves", open_by=until)
    people = (office_clerk, director)
    for by, half in zip(people, HALVES, strict=True):
        with acting_as(by):
            draws.seal(draw, half, by=by)
    hold_until_both_read(monkeypatch, "half_hash")
    results = together(
        2,
        lambda number: draws.open_half(draw, HALVES[number], by=people[number]),
        scope=lambda: acting_as(director),
    )
    assert sorted(one.drawn_at is None for one in results) == [False, True]
    assert Draw._base_manager.get(pk=draw.pk).seed == drawing.joined(HALVES)
