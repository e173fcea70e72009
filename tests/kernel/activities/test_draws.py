"""Draws over the pages: list first, seed later, result for everybody, nothing changed after."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal, Unit
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.activities import drawing, draws
from hrss_portal.activities.forms.draws import officers_of, rows_of
from hrss_portal.activities.models import Draw
from hrss_portal.desk.activities.draws import lines
from hrss_portal.desk.wording import moment

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


@pytest.fixture(autouse=True)
def _rested():
    cache.clear()


@pytest.fixture
def pages(office_clerk):
    """The browser of the office."""
    browser = Client()
    browser.force_login(office_clerk)
    return browser


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


def test_a_void_draw_is_never_made(pages, office_clerk):
    draw = kept(pages)
    void(pages, draw)
    with acting_as(office_clerk), pytest.raises(ValidationError, match="已经作废"):
        draws.fix_seed(draw, "3068.32", by=office_clerk)


def void(pages, draw, reason="名单有误"):
    """What voiding in the browser answers."""
    form = {"_key": f"v-{draw.pk}", "_version": draw.version, "reason": reason}
    return pages.post(page_of("void", draw), form)


def test_a_published_draw_is_void_only_with_a_second_person(pages, office_clerk, director):
    draw = published(pages)
    with acting_as(office_clerk), time_machine.travel(LATER, tick=False):
        draws.fix_seed(draw, "3068.32", by=office_clerk)
    assert void(pages, reread(draw)).status_code == 302
    assert not reread(draw).is_void
    with acting_as(office_clerk):
        proposal = Proposal.objects.get(kind="activities.draw_void")
        with pytest.raises(ValidationError, match="不能复核自己的提议"):
            proposals.confirm(proposal, by=office_clerk, answer="自己来")
    with acting_as(director):
        proposals.confirm(proposal, by=director)
    found = reread(draw)
    assert (found.void_reason, found.voided_by) == ("名单有误", director)


def test_a_void_draw_stays_where_it_was_published_with_day_and_reason(
    pages, office_clerk, director
):
    draw, other = published(pages, _key="one"), published(pages, _key="two")
    with acting_as(office_clerk), time_machine.travel(LATER, tick=False):
        draws.fix_seed(draw, "3068.32", by=office_clerk)
    void(pages, reread(draw))
    with acting_as(director):
        proposals.confirm(Proposal.objects.get(kind="activities.draw_void"), by=director)
    page = Client().get(page_of("public", draw)).content.decode()
    for words in ("作废", "名单有误", moment(reread(draw).voided_at), "3068.32"):
        assert words in page
    assert drawing.faults(Client().get(page_of("public_file", draw)).content) == []
    assert "名单有误" in Client().get(page_of("public", other)).content.decode()
    assert "3068.32" in pages.get(page_of("detail", draw)).content.decode()


def test_a_list_that_nobody_published_is_void_at_once(pages):
    draw = kept(pages)
    void(pages, draw)
    assert reread(draw).void_reason == "名单有误"


def test_everybody_may_verify_a_public_draw(pages, office_clerk):
    draw = published(pages)
    anybody = Client()
    before = anybody.get(page_of("public", draw)).content.decode()
    assert draw.list_sha256 in before
    assert "种子还没有定" in before
    assert anybody.get(page_of("public_file", draw)).status_code == 404
    with acting_as(office_clerk), time_machine.travel(LATER, tick=False):
        draws.fix_seed(draw, "3068.32", by=office_clerk)
    after = anybody.get(page_of("public", draw)).content.decode()
    for words in ("3068.32", "sha256-order-v1", "import hashlib, json, sys"):
        assert words in after
    assert office_clerk.name not in after
    assert drawing.faults(anybody.get(page_of("public_file", draw)).content) == []


def test_a_list_that_is_not_published_is_not_there(pages):
    inside = kept(pages, _key="in")
    publish(pages, inside, to_everybody="")
    waiting = kept(pages, _key="wait")
    anybody = Client()
    absent = anybody.get(reverse("activities:draw_public", args=[waiting.pk + 1000]))
    answers = [anybody.get(page_of("public", draw)) for draw in (inside, waiting)]
    assert {answer.status_code for answer in (absent, *answers)} == {404}
    assert {answer.content for answer in answers} == {absent.content}


def test_a_list_that_is_not_published_gets_no_seed(pages, office_clerk):
    waiting = kept(pages)
    assert "名单还没有公布" in pages.get(page_of("detail", waiting)).content.decode()
    halves = kept(pages, _key="halves", **HALVES)
    with acting_as(office_clerk):
        on_its_day = time_machine.travel(LATER, tick=False)
        with on_its_day, pytest.raises(ValidationError, match="还没有公布"):
            draws.fix_seed(waiting, "3068.32", by=office_clerk)
        with pytest.raises(ValidationError, match="还没有公布"):
            draws.seal(halves, MINE, by=office_clerk)
    with acting_as_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(pk=waiting.pk).update(
            seed="1", result=[], drawn_at=timezone.now(), drawn_by=office_clerk
        )


def test_the_favourite_of_several_hidden_lists_is_not_published_afterwards(pages, office_clerk):
    """Three lists of one matter are kept; once the value is known, none can be published."""
    lists = [kept(pages, _key=f"hidden-{n}", objects_text=f"{LIST}E9 丁{n}") for n in range(3)]
    with time_machine.travel(LATER, tick=False):
        pages.force_login(office_clerk)
        late = publish(pages, lists[1])
    assert late.status_code == 422
    assert "名单要在这以前公布" in late.content.decode()
    pages.force_login(office_clerk)
    form = {"_key": "e-1", "_version": reread(lists[1]).version, "note": "", "is_public": "on"}
    pages.post(page_of("edit", lists[1]), form)
    assert Client().get(page_of("public", lists[1])).status_code == 404


def test_the_page_tells_when_the_list_was_published_not_when_it_was_entered(pages, office_clerk):
    draw = kept(pages)
    later = timezone.now() + timedelta(hours=3)
    with time_machine.travel(later, tick=False):
        pages.force_login(office_clerk)
        assert publish(pages, draw).status_code == 302
    page = Client().get(page_of("public", draw)).content.decode()
    assert moment(later) in page
    assert moment(draw.created_at) not in page


def test_publication_is_once_and_never_taken_back(pages):
    draw = published(pages)
    again = publish(pages, draw, _key="again", to_everybody="")
    assert again.status_code == 422
    assert "已经公布" in again.content.decode()
    assert reread(draw).is_public


def test_several_published_lists_are_shown_together(pages):
    """Another title, another list: the day of the value brings them together."""
    first = published(pages, _key="one")
    second = published(pages, _key="two", title="又一次", objects_text=f"{LIST}E9 丁公司\n")
    page = Client().get(page_of("public", second)).content.decode()
    assert "对外公布过 1 次抽取" in page
    assert page_of("public", first) in page
    assert page_of("public", second) in Client().get(page_of("public", first)).content.decode()
    assert page_of("detail", first) in pages.get(page_of("detail", second)).content.decode()


def test_draws_of_another_bureau_are_not_counted_in(pages, county):
    first = published(pages, _key="one")
    root = Unit.objects.create(kind="bureau", code="E", name="邻县局", short_name="邻县局")
    with acting_as_system("test"):
        other = Draw.objects.get(pk=first.pk)
        other.pk, other.unit = None, root
        other.save()
    page = Client().get(page_of("public", other)).content.decode()
    assert "邻县局" in page
    assert county.bureau.name not in page
    assert "对外公布过 0 次抽取" in page
    assert page_of("public", first) not in page


def test_the_head_of_a_draw_tells_its_status_alone(pages):
    answer = Client().head(page_of("public", published(pages)))
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_is_published_inside_is_not_linked_outside(pages):
    inside = kept(pages, _key="in")
    publish(pages, inside, to_everybody="")
    draw = published(pages, _key="out")
    page = Client().get(page_of("public", draw)).content.decode()
    assert "对外公布过 0 次抽取" in page
    assert page_of("public", inside) not in page


def test_lists_are_read_line_by_line():
    assert rows_of(" E1 甲 公司 \n\nE2\n") == [
        {"id": "E1", "label": "甲 公司"},
        {"id": "E2", "label": "E2"},
    ]
    assert officers_of("P1 赵某｜E1、E2，E3\n| E1\n") == [
        {"id": "P1", "label": "赵某", "avoid": ["E1", "E2", "E3"]},
        {"id": "", "label": "", "avoid": ["E1"]},
    ]
