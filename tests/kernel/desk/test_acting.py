"""A page that asks for something and does it once: what ``ActPage`` gives to each of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arbitration.models import Room
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import RefusalEntry
from tests.cast import County
from tests.factories import arbitration as make


@pytest.fixture
def room(county: County, settings: Any) -> Room:
    """A hearing room, and the route of a page that renames it."""
    settings.ROOT_URLCONF = "tests.kernel.desk.act_urls"
    with acting_as_system("test"):
        return make.room(county, "第一仲裁庭")


@pytest.fixture
def page(room: Room, arbitration_head: User) -> Callable[..., Any]:
    """``page(**sent)`` is the answer to the head: the page, or with words what was sent."""
    browser = Client()
    browser.force_login(arbitration_head)
    url = f"/rename/{room.pk}/"

    def ask(**sent: Any) -> Any:
        return browser.post(url, sent) if sent else browser.get(url)

    return ask


def name_of(room: Room) -> str:
    """The stored name."""
    return Room._base_manager.get(pk=room.pk).name


def test_the_page_asks_with_a_key_and_the_version_that_it_shows(page: Any, room: Room) -> None:
    shown = page()
    assert (shown.status_code, shown.context["title"]) == (200, f"改名：{room}")
    assert shown.context["key"]
    assert "旧名称留在变更记录里。" in shown.content.decode()
    assert f'name="_version" value="{room.version}"' in shown.content.decode()


def test_sent_twice_it_is_done_once_and_says_so(page: Any, room: Room) -> None:
    with CaptureQueriesContext(connection) as asked:
        first = page(name="第二仲裁庭", _key="k1", _version=1)
    assert (first.status_code, first.url, name_of(room)) == (302, "/rooms/", "第二仲裁庭")
    assert [str(one) for one in get_messages(first.wsgi_request)] == ["已改名：第二仲裁庭"]
    assert any("FOR UPDATE" in one["sql"] and "arbitration_room" in one["sql"] for one in asked)
    again = page(name="第二仲裁庭", _key="k1", _version=1)
    assert (again.status_code, again.url) == (302, "/rooms/")
    assert Room._base_manager.get(pk=room.pk).version == 2


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"name": "第二仲裁庭", "_version": 1}, 409, "表单不完整"),
        ({"name": "第二仲裁庭", "_version": 7, "_key": "k1"}, 409, "被别人改过"),
        ({"name": "第二仲裁庭", "_key": "k1"}, 409, "被别人改过"),
        ({"name": "", "_version": 1, "_key": "k1"}, 422, "新名称"),
        ({"name": "没有这间", "_version": 1, "_key": "k1"}, 422, "换一个名称"),
    ],
)
def test_what_is_refused_changes_nothing(
    sent: dict[str, Any], status: int, words: str, page: Any, room: Room
) -> None:
    answer = page(**sent)
    assert (answer.status_code, name_of(room)) == (status, "第一仲裁庭")
    assert words in answer.content.decode()
    if status == 422:  # nothing was kept under the key: mended, the form may be sent again
        assert page(**{**sent, "name": "第二仲裁庭"}).status_code == 302


def test_a_voided_row_is_not_there(page: Any, room: Room) -> None:
    with acting_as_system("test"):
        Room._base_manager.filter(pk=room.pk).update(voided_at=timezone.now(), void_reason="重复")
    assert page().status_code == 404
    assert page(name="第二仲裁庭", _version=1, _key="k1").status_code == 404


def test_whoever_only_sees_the_row_is_refused(room: Room, director: User) -> None:
    browser = Client()
    browser.force_login(director)
    assert browser.get(f"/rename/{room.pk}/").status_code == 403
    assert RefusalEntry.objects.count() == 1
