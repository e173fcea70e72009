"""举报人: kept apart and encrypted, read with class P2 and a reason, shown nowhere else.

No area of this step has any, so a kind of case of the kernel is given some here.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from hrss_portal.access import rights
from hrss_portal.access.models import User
from hrss_portal.access.policy import Refused
from hrss_portal.access.roles import Role
from hrss_portal.access.scope import acting_as_system
from hrss_portal.activities.models import Task
from hrss_portal.audit.models import AccessEntry
from hrss_portal.casework import disposal, informants, moves, workflow
from hrss_portal.casework.models import CaseParty, Event, Informant
from tests.cast import County

SECRET = "丁不显"
TOLD = {"name": SECRET, "phone": ["13800000001"], "address": "城关镇示例路1号", "remark": ""}
KIND = "activities.task"
WHY = {"reason": "contact", "note": ""}


@pytest.fixture
def declared(rules: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks may have 举报人; the window clerk knows those of the own ones, the director of all."""
    kinds = {one.of: one for one in workflow.workflows()}
    kinds[KIND] = replace(kinds[KIND], informants="举报人")
    monkeypatch.setattr(workflow, "_by_kind", lambda: kinds)
    posts = {post: list(held) for post, held in rights._roles_by_post().items()}
    for post, scope in (("WIN", "own"), ("DIR", "bureau")):
        sees = Role(
            post=post,
            area="activities",
            can=frozenset({"task.view"}),
            scope=scope,  # type: ignore[arg-type]
            classes=frozenset({"P2"}),
        )
        posts[post].append(sees)
    monkeypatch.setattr(rights, "_roles_by_post", lambda: posts)


@pytest.fixture
def task(declared: None, county: County, window_clerk: User) -> Task:
    """A matter told by somebody who must stay unknown."""
    slip = Task(
        unit=county.office("政务服务股"),
        task_kind="slip",
        subject="取号机故障",
        issuer="章局",
        due_given=date(2023, 5, 30),
        handler=window_clerk,
    )
    with acting_as_system("test"):
        made = moves.open_case(slip, by=None, on=date(2023, 5, 3), informants=[TOLD])
    assert isinstance(made, Task)
    return made


def browse(user: User) -> Client:
    """Somebody's browser."""
    client = Client()
    client.force_login(user)
    return client


def test_it_is_stored_encrypted_and_in_no_other_row(task: Task) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(told, 'escape') FROM casework_informant")
        [(stored,)] = cursor.fetchall()
    assert SECRET not in stored
    assert not CaseParty._base_manager.filter(case=task.pk).exists()
    events = Event._base_manager.filter(case=task.pk)
    assert SECRET not in json.dumps([[one.data, one.note] for one in events], ensure_ascii=False)
    task.refresh_from_db()
    assert SECRET not in task.title + "".join(task.grams)
    assert json.loads(Informant._base_manager.get().told)["name"] == SECRET


def test_a_kind_of_case_that_declares_none_takes_none(
    county: County, window_clerk: User, acting: Callable[..., Any]
) -> None:
    acting(window_clerk)
    with pytest.raises(ValueError, match="keeps no informants"):
        informants.keep(Task(kind=KIND), [TOLD], by=window_clerk)


def test_with_class_and_reason_it_is_shown_once_and_logged_before(
    task: Task, window_clerk: User
) -> None:
    browser, url = browse(window_clerk), reverse("desk:case_informants", args=[task.pk])
    page = browser.get(task.get_absolute_url(), follow=True).content.decode()
    assert url in page
    assert SECRET not in page
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert not AccessEntry.objects.filter(kind="reveal").exists()
    shown = browser.post(url, WHY)
    assert SECRET in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = AccessEntry.objects.get(kind="reveal")
    assert (entry.subject_id, entry.fields) == (str(task.pk), ["informants"])
    assert entry.reason == "联系本人或单位"
    assert SECRET not in entry.label
    assert SECRET not in browser.get(url).content.decode()


def test_who_sees_the_case_without_the_class_learns_only_that_there_is_one(
    task: Task, office_clerk: User, employment_clerk: User
) -> None:
    url = reverse("desk:case_informants", args=[task.pk])
    add = reverse("desk:case_informant_add", args=[task.pk])
    reader = browse(office_clerk)  # sees every task of the bureau
    page = reader.get(task.get_absolute_url(), follow=True).content.decode()
    assert "信息保密" in page
    assert url not in page
    assert add not in page
    assert reader.get(url).status_code == reader.post(url, WHY).status_code == 403
    assert reader.post(add, {"name": "某人", "_key": "k"}).status_code == 403
    assert browse(employment_clerk).get(url).status_code == 404  # does not see the case
    with acting_as_system("test"), pytest.raises(Refused):
        informants.reveal(task, by=office_clerk, **WHY)


def test_the_director_gives_a_reason_as_well(task: Task, director: User) -> None:
    with acting_as_system("test"), pytest.raises(ValidationError, match="理由"):
        informants.reveal(task, by=director, reason="")
    with acting_as_system("test"):
        assert informants.reveal(task, by=director, **WHY)[0]["name"] == SECRET


def test_one_who_becomes_known_later_is_added_and_not_named_in_the_timeline(
    task: Task, window_clerk: User
) -> None:
    url = reverse("desk:case_informant_add", args=[task.pk])
    sent = {"name": "戊不显", "phone": "13800000002", "_key": "k1"}
    browser = browse(window_clerk)
    assert browser.post(url, sent).status_code == browser.post(url, sent).status_code == 302
    assert Informant._base_manager.filter(case=task.pk).count() == 2
    page = browser.get(task.get_absolute_url(), follow=True).content.decode()
    assert "补登举报人（信息保密）" in page
    assert "戊不显" not in page


def test_no_list_and_no_search_holds_it(task: Task, window_clerk: User) -> None:
    browser = browse(window_clerk)
    assert SECRET not in browser.get(reverse("activities:task_list")).content.decode()
    found = browser.get(reverse("desk:search"), {"q": SECRET}).content.decode()
    assert task.reference not in found


def test_it_goes_with_the_file(task: Task) -> None:
    assert (Informant, "case") in list(disposal.tables_of(Task))
    with acting_as_system("test"):
        disposal._blank(Informant._base_manager.get())
    assert Informant._base_manager.get().told == ""


def test_who_takes_no_part_in_the_case_reads_nobody(
    task: Task, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The director may be the one who was reported."""
    monkeypatch.setattr(informants, "barred_from", lambda case, user: ["本人案件"])
    url = reverse("desk:case_informants", args=[task.pk])
    assert browse(director).post(url, WHY).status_code == 403


def test_a_delegation_of_moves_does_not_hand_it_on(task: Task, director: User) -> None:
    paper = {"moves": ["check"], "area": "activities", "pk": 1, "file_ref": "委1号"}
    held = [one for one in rights.rights_of(director).abilities if "P2" in one.classes]
    assert held
    handed = rights._from_delegation(held, paper, director)
    assert handed
    assert not any("P2" in one.classes for one in handed)


def test_nothing_is_added_to_an_archived_case(task: Task, window_clerk: User) -> None:
    with acting_as_system("test"):
        Task._base_manager.filter(pk=task.pk).update(archived_on=date(2023, 6, 1))
    with acting_as_system("test"), pytest.raises(ValidationError, match="已归档"):
        informants.add(Task._base_manager.get(), {"name": "某人"}, by=window_clerk)
