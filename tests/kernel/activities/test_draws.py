"""Draws over the pages: list first, seed later, result for everybody, nothing changed after."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.activities import drawing, draws
from hrss_portal.activities.forms.draws import officers_of, rows_of
from hrss_portal.activities.models import Draw
from hrss_portal.desk.activities.draws import lines

LIST = "E1 甲公司\nE2 乙公司\nE3 丙公司\n"
PEOPLE = "P1 赵某 | E1\nP2 钱某\nP3 孙某\n"
FORM = {
    "_key": "draw-1",
    "title": "2023年第一次抽查",
    "k": "2",
    "objects_text": LIST,
    "officers_text": PEOPLE,
    "seed_kind": "public",
    "seed_source": "上海证券交易所上证指数收盘点位",
    "seed_on": "2023-11-20",
}
HALVES = {"seed_kind": "halves", "seed_source": "", "seed_on": "", "open_by": "2023-11-20"}
LATER = datetime(2023, 11, 20, 9, tzinfo=UTC)
MINE, HIS = "天青色等烟雨-而我在等你-1234", "帘外芭蕉惹骤雨-门环惹铜绿-567"


def page_of(name, draw):
    """The address of a page of a draw."""
    return reverse(f"activities:draw_{name}", args=[draw.pk])


def kept(pages, **changes):
    """A draw whose list was entered in the browser and is not published yet."""
    done = pages.post(reverse("activities:draw_add"), FORM | changes)
    assert done.status_code == 302, done.content.decode()
    with acting_as_system("test"):
        return Draw.objects.latest("pk")


def publish(pages, draw, **form):
    """What publishing a list in the browser answers."""
    form = {"_key": f"p-{draw.pk}", "to_everybody": "on"} | form
    return pages.post(page_of("publish", draw), form)


def published(pages, **changes):
    """A draw whose list was published to everybody in the browser."""
    draw = kept(pages, **changes)
    done = publish(pages, draw)
    assert done.status_code == 302, done.content.decode()
    return reread(draw)


def reread(draw):
    """The row as it stands."""
    with acting_as_system("test"):
        return Draw.objects.get(pk=draw.pk)


def test_the_list_is_published_before_the_seed(pages, office_clerk):
    draw = published(pages)
    assert draw.published_by == office_clerk
    assert draw.list_sha256 == drawing.list_hash(draw.objects_list, draw.officers, 2)
    assert draw.officers[0] == {"id": "P1", "label": "赵某", "avoid": ["E1"]}
    page = pages.get(page_of("detail", draw)).content.decode()
    for words in (draw.list_sha256, "种子还没有定", "填公开数值并抽取"):
        assert words in page
    assert pages.get(page_of("file", draw)).status_code == 404


@pytest.mark.parametrize("gap", [" ", "\t", "\u3000", "   ", " \t\u3000", "\u00a0"])
def test_a_list_pasted_from_a_sheet_is_split_at_any_blank(gap):
    assert rows_of(f"E1{gap}甲 公司\nE2{gap}乙公司\n") == [
        {"id": "E1", "label": "甲 公司"},
        {"id": "E2", "label": "乙公司"},
    ]
    assert officers_of(f"P1{gap}赵某{gap}|{gap}E1{gap}E2") == [
        {"id": "P1", "label": "赵某", "avoid": ["E1", "E2"]}
    ]


def test_the_list_is_shown_as_it_was_read_before_it_is_published(pages):
    draw = kept(pages, objects_text="E1\t甲公司\nE2\u3000乙公司\nE3   丙公司")
    page = pages.get(page_of("publish", draw)).content.decode()
    assert "对象 3 个，抽取 2 个；检查人员 3 名" in page
    for cells in ("<td>E1</td><td>甲公司</td>", "<td>E2</td><td>乙公司</td>"):
        assert cells in page
    assert "<td>P1</td><td>赵某</td><td>E1</td>" in page


def test_a_list_that_cannot_be_drawn_is_not_published(pages):
    done = pages.post(reverse("activities:draw_add"), FORM | {"k": "4"})
    assert done.status_code == 422
    assert "抽取数量要在 1 到 3 之间" in done.content.decode()


def test_a_public_value_needs_its_source_and_day(pages):
    done = pages.post(reverse("activities:draw_add"), FORM | {"seed_source": "", "seed_on": ""})
    assert done.status_code == 422
    assert "事先写明出处和日期" in done.content.decode()


def test_a_public_value_that_may_be_known_already_is_refused(pages):
    today = str(timezone.localdate())
    done = pages.post(reverse("activities:draw_add"), FORM | {"seed_on": today})
    assert done.status_code == 422
    assert "要在今天以后" in done.content.decode()


def test_a_public_value_is_taken_on_its_day_and_the_file_proves_the_result(pages, office_clerk):
    draw = published(pages)
    early = pages.post(page_of("seed", draw), {"_key": "s-1", "seed": "3068.32"})
    assert early.status_code == 422
    assert "才有这个数值" in early.content.decode()
    with time_machine.travel(LATER, tick=False):
        pages.force_login(office_clerk)
        done = pages.post(page_of("seed", draw), {"_key": "s-2", "seed": "3068.32"})
    assert (done.status_code, done.url) == (302, page_of("detail", draw))
    pages.force_login(office_clerk)
    content = pages.get(page_of("file", draw)).content
    assert drawing.faults(content) == []
    told = json.loads(content)
    assert (told["seed"], told["k"], len(told["result"])) == ("3068.32", 2, 2)
    assert told["result"] == reread(draw).result
    page = pages.get(page_of("detail", draw)).content.decode()
    assert "verify_draw.py" in page


def test_objects_and_officers_of_the_same_number_keep_their_own_names(pages, office_clerk):
    draw = published(
        pages, objects_text="1 甲公司\n2 乙公司\n3 丙公司", officers_text="1 赵某\n2 钱某", k="3"
    )
    with acting_as(office_clerk), time_machine.travel(LATER, tick=False):
        draws.fix_seed(draw, "3068.32", by=office_clerk)
    named = lines(reread(draw))
    assert {row["label"] for row in named} == {"甲公司", "乙公司", "丙公司"}
    assert {"、".join(sorted(row["officers"].split("、"))) for row in named} == {"赵某、钱某"}


@pytest.mark.parametrize(
    "change",
    [
        {"objects_list": []},
        {"k": 1},
        {"list_sha256": "0" * 64},
        {"seed_source": "另一个"},
        {"title": "另一次"},
        {"is_public": False},
        {"published_at": LATER},
    ],
)
def test_what_was_published_cannot_be_changed_in_the_database(pages, change):
    draw = published(pages)
    with acting_as_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(**change)


def test_a_result_is_made_once(pages, office_clerk):
    draw = published(pages)
    with acting_as(office_clerk), time_machine.travel(LATER, tick=False):
        draws.fix_seed(draw, "3068.32", by=office_clerk)
        with pytest.raises(ValidationError, match="不能再变"):
            draws.fix_seed(draw, "3068.33", by=office_clerk)
    with acting_as_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(seed="3068.33")


def test_afterwards_only_the_note_is_edited(pages):
    draw = published(pages)
    page = pages.get(page_of("edit", draw)).content.decode()
    assert 'name="note"' in page
    assert 'name="objects_text"' not in page
    done = pages.post(
        page_of("edit", draw),
        {"_key": "e-1", "_version": draw.version, "note": "改期公布", "k": "1"},
    )
    assert done.status_code == 302
    assert (reread(draw).note, reread(draw).k) == ("改期公布", 2)
