"""Draws whose seed is two sealed halves, and what the database keeps of a draw."""

import html
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.activities import drawing, draws
from hrss_portal.activities.drawing import half_hash
from hrss_portal.activities.models import Draw
from hrss_portal.desk.wording import moment
from tests.kernel.activities.test_draws import (
    FORM,
    HALVES,
    HIS,
    LATER,
    MINE,
    kept,
    page_of,
    published,
    reread,
)


def test_two_sealed_halves_make_the_seed(pages, office_clerk, director):
    draw = published(pages, **HALVES)
    assert pages.post(page_of("seal", draw), {"_key": "h-1", "half": MINE}).status_code == 302
    with acting_as(director):
        draws.seal(draw, HIS, by=director)
    assert reread(draw).seed == ""
    assert pages.post(page_of("open", draw), {"_key": "h-2", "half": MINE}).status_code == 302
    assert reread(draw).drawn_at is None
    with acting_as(director):
        draws.open_half(draw, HIS, by=director)
    drawn = reread(draw)
    assert drawn.seed == f"{MINE}+{HIS}"
    with acting_as(director):
        assert drawing.faults(drawn.file) == []
        told = drawing.summary(drawn.file)["halves"]
    assert told == [half_hash(MINE), half_hash(HIS)]
    handed = b"".join(Client().get(page_of("public_file", draw)))
    assert drawing.summary(handed)["halves"] == told


def test_everybody_sees_the_sealed_digests_and_can_check_the_halves(pages, office_clerk, director):
    draw = published(pages, **HALVES)
    seal_both(draw, office_clerk, director)
    with acting_as_system("test"):
        halves = list(draw.halves.order_by("pk"))
    before = Client().get(page_of("public", draw)).content.decode()
    for half in halves:
        assert half.digest in before
        assert moment(half.sealed_at) in before
    assert MINE not in before
    for half, by in ((MINE, office_clerk), (HIS, director)):
        with acting_as(by):
            draws.open_half(draw, half, by=by)
    after = Client().get(page_of("public", draw)).content.decode()
    inside = pages.get(page_of("detail", draw)).content.decode()
    text = drawing.halves_text(draw.list_sha256, [(half_hash(one), one) for one in (MINE, HIS)])
    for page in (after, inside):
        assert text in html.unescape(page)
    assert office_clerk.name not in after
    assert director.name not in after


def test_a_half_that_was_entered_is_shown_to_nobody_until_both_are(pages, office_clerk, director):
    draw = published(pages, **HALVES)
    seal_both(draw, office_clerk, director)
    assert pages.post(page_of("open", draw), {"_key": "o-1", "half": MINE}).status_code == 302
    watching = Client()
    watching.force_login(director)
    for browser, name in ((pages, "detail"), (watching, "detail"), (Client(), "public")):
        page = browser.get(page_of(name, draw)).content.decode()
        assert "交来" in page
        assert MINE not in html.unescape(page)
    with acting_as_system("test"):
        assert list(draw.halves.values_list("half", "opened_at")) == [("", None)] * 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT draw_half::text FROM activities_drawhalf draw_half")
        assert MINE not in str(cursor.fetchall())
        cursor.execute("SELECT entry::text FROM audit_changeentry entry")
        assert MINE not in str(cursor.fetchall())
    with acting_as(office_clerk), pytest.raises(ValidationError, match="已经交来了"):
        draws.open_half(draw, MINE, by=office_clerk)
    with acting_as(director):
        draws.open_half(draw, HIS, by=director)
    with acting_as_system("test"):
        opened = list(draw.halves.order_by("pk"))
    assert [(one.half, one.held) for one in opened] == [(MINE, ""), (HIS, "")]
    assert opened[0].opened_at == opened[1].opened_at


def test_a_half_not_opened_by_its_day_is_told_to_everybody(pages, office_clerk, director):
    draw, unsealed = published(pages, _key="one", **HALVES), published(pages, _key="two", **HALVES)
    seal_both(draw, office_clerk, director)
    with acting_as(office_clerk):
        draws.open_half(draw, MINE, by=office_clerk)
    assert "到期限没有" not in Client().get(page_of("public", draw)).content.decode()
    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        page = Client().get(page_of("public", draw)).content.decode()
        assert page.count("到期限没有交来打开") == 1
        never = Client().get(page_of("public", unsealed)).content.decode()
        assert "到期限没有封存两半" in never
        with acting_as(director):
            draws.open_half(draw, HIS, by=director)
        assert "超过期限" in Client().get(page_of("public", draw)).content.decode()


@pytest.mark.parametrize("day", ["", "2020-01-01"])
def test_halves_need_a_day_by_which_they_are_opened(pages, day):
    done = pages.post(reverse("activities:draw_add"), FORM | HALVES | {"open_by": day})
    assert done.status_code == 422
    assert "写明两半打开的期限" in done.content.decode()


def seal_both(draw, first, second):
    """Both halves sealed."""
    for half, by in ((MINE, first), (HIS, second)):
        with acting_as(by):
            draws.seal(draw, half, by=by)


def test_halves_are_two_peoples_and_opened_as_sealed(pages, office_clerk, director, arbitrator):
    draw = published(pages, **HALVES)
    with acting_as(office_clerk):
        with pytest.raises(ValidationError, match="至少写 16"):
            draws.seal(draw, "短", by=office_clerk)
        draws.seal(draw, MINE, by=office_clerk)
        with pytest.raises(ValidationError, match="另一个人"):
            draws.seal(draw, HIS, by=office_clerk)
        with pytest.raises(ValidationError, match="两半都封存了"):
            draws.open_half(draw, MINE, by=office_clerk)
    with acting_as(director):
        draws.seal(draw, HIS, by=director)
        with pytest.raises(ValidationError, match="不一致"):
            draws.open_half(draw, MINE, by=director)
    with acting_as(arbitrator):
        with pytest.raises(ValidationError, match="两半都已经封存"):
            draws.seal(draw, MINE, by=arbitrator)
        with pytest.raises(ValidationError, match="没有封存过"):
            draws.open_half(draw, MINE, by=arbitrator)


def test_only_hashes_are_kept_until_a_half_is_opened(pages, office_clerk):
    draw = published(pages, **HALVES)
    pages.post(page_of("seal", draw), {"_key": "h-1", "half": MINE})
    with acting_as_system("test"):
        half = draw.halves.get()
    assert (half.digest, half.half) == (drawing.half_hash(MINE), "")


def refused(statement, *values):
    """That the database refuses a statement, whoever sends it."""
    with (
        pytest.raises(DatabaseError, match="pgtrigger: Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def test_what_was_drawn_and_opened_is_never_rewritten_or_deleted(pages, office_clerk, director):
    draw = published(pages, **HALVES)
    seal_both(draw, office_clerk, director)
    for half, by in ((MINE, office_clerk), (HIS, director)):
        with acting_as(by):
            draws.open_half(draw, half, by=by)
    other = director if reread(draw).drawn_by == office_clerk else office_clerk
    with acting_as_system("test"):
        refused("UPDATE activities_draw SET drawn_at = now() WHERE id = %s", draw.pk)
        refused("UPDATE activities_draw SET drawn_by_id = %s WHERE id = %s", other.pk, draw.pk)
        refused("UPDATE activities_drawhalf SET half = 'x' WHERE draw_id = %s", draw.pk)
        refused("UPDATE activities_drawhalf SET opened_at = NULL WHERE draw_id = %s", draw.pk)
        refused("UPDATE activities_drawhalf SET entered_at = NULL WHERE draw_id = %s", draw.pk)
        refused("DELETE FROM activities_drawhalf WHERE draw_id = %s", draw.pk)
        refused("DELETE FROM activities_draw WHERE id = %s", draw.pk)


def test_a_published_list_is_not_deleted_one_kept_may_be(pages):
    draw, waiting = published(pages, _key="one"), kept(pages, _key="two")
    with acting_as_system("test"):
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).delete()
        assert Draw.objects.filter(pk=waiting.pk).delete()[0] == 1
