"""A round of returns over three towns: the filled table, 无变化, urging, lateness, taking in."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from arbitration.imports import mediations
from arbitration.models import MediationCase
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.activities import rounds
from hrss_portal.activities.models import Round, Task
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Event
from hrss_portal.imports.models import Batch, StagedRow
from hrss_portal.notifications.models import Notice
from tests.arbitration.test_corrected_ledgers import AGREED, Desk
from tests.cast import County, person
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
TOWNS = ("城关镇", "河口镇", "周集镇")
DAYS = {
    "received_on": "2023-10-12",
    "accepted_on": "2023-10-12",
    "closed_on": "2023-10-20",
    "perform_by": "2023-11-19",
}
ASKED = {
    "_key": "round-1",
    "title": "10月调解案件核对",
    "sheet_code": "X16",
    "from_on": "2023-10-01",
    "to_on": "2023-10-31",
    "due_given": "2023-11-20",
    "content": "逐件核对。",
}


@pytest.fixture
def officers(county: County) -> list[User]:
    """One officer in each town."""
    return [
        person(f"311{number}", f"田{name[0]}", county.town(name), "TOWN")
        for number, name in enumerate(TOWNS)
    ]


@pytest.fixture
def head(arbitration_head: User) -> Client:
    """The browser of the head of the court."""
    return browser_of(arbitration_head)


@pytest.fixture
def tasks(county: County, officers: list[User], head: Client, acting: Any) -> list[Task]:
    """Three rows of 城关镇 in October, one earlier, one of 河口镇; the round, sent twice."""
    acting("test")
    for number, (name, officer) in enumerate(zip(TOWNS[:2], officers[:2], strict=True)):
        make.mediation_body(county, name=f"{name}调委会", level="town", town=county.town(name))
        desk = Desk(mediations.ledger, mediations.X16.columns, officer, county.town(name))
        own = AGREED | DAYS | {"town": name, "organisation": f"{name}调委会"}
        rows = [own | {"platform_no": f"PT-{number}{n}"} for n in range(3 - 2 * number)]
        early = {key: day.replace("2023", "2022") for key, day in DAYS.items()}
        landed = desk.action(*rows, own | early | {"platform_no": f"PT-{number}9"})
        assert set(landed) == {"created"}
    form = ASKED | {"towns": [county.town(name).pk for name in TOWNS]}
    assert [head.post(reverse("activities:round_add"), form).status_code for _ in "12"] == [
        302,
        302,
    ]
    return list(rounds.tasks_of(Round.objects.get()))


def test_what_a_round_asks_for_has_no_slip_that_is_made_again(tasks: list[Task]) -> None:
    slip = tasks[0].papers.get(kind="act.slip")
    assert papers.not_again(slip, [slip]) == [rounds.NO_SLIP]


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def page(name: str, row: Any, *more: Any) -> str:
    return reverse(f"activities:{name}", args=[row.pk, *more])


def send(browser: Client, url: str, **form: Any) -> Any:
    """The answer to a form of a page, followed to the page that it leads to."""
    return browser.post(url, {"_key": url, "on": "2023-11-16", **form}, follow=True)


def again(task: Task) -> Task:
    return Task._base_manager.get(pk=task.pk)


def line_of(head: Client, task: Task) -> str:
    """What the overview says of a town."""
    soup = BeautifulSoup(head.get(page("round_detail", task.round)).content, "html.parser")
    rows = soup.find("table", {"data-test": "round-towns"}).tbody.find_all("tr")
    texts = [" ".join(row.get_text(" ").split()) for row in rows]
    return next(text for text in texts if text.startswith(task.unit.name))


def change_one_cell(browser: Client, batch: Batch) -> None:
    """The town opens its first row, types another remark and lands the batch."""
    number = StagedRow.objects.filter(batch=batch).order_by("number")[0].number
    url = reverse("imports:row", args=[batch.pk, number])
    browser.post(
        url,
        {
            "_key": "row",
            "version": batch.version,
            "do": "cells",
            f"cell:{number}:remark": "已回访",
            f"was:{number}:remark": "",
        },
    )
    batch.refresh_from_db()
    confirm = reverse("imports:confirm", args=[batch.pk])
    landed = browser.post(confirm, {"_key": "land", "version": batch.version}, follow=True)
    assert "回到任务报送" in landed.content.decode()


def test_a_round_gives_each_town_one_task_that_only_it_sees(
    tasks: list[Task], officers: list[User]
) -> None:
    assert [(task.unit.name, task.handler) for task in tasks] == list(
        zip(TOWNS, officers, strict=True)
    )
    assert {(task.task_kind, task.due_on) for task in tasks} == {("fill", date(2023, 11, 20))}
    assert set(tasks[0].papers.values_list("state", flat=True)) == {"dropped"}
    own, other = browser_of(officers[0]), browser_of(officers[1])
    for name in ("task_detail", "task_fill", "task_table", "task_workbook"):
        assert other.get(page(name, tasks[0])).status_code == 404
        assert own.get(page(name, tasks[0])).status_code == 200
    assert own.get(page("round_detail", tasks[0].round)).status_code in {403, 404}
    assert "3 行" in own.get(page("task_detail", tasks[0])).content.decode()


def test_a_town_changes_one_row_of_the_filled_table_and_reports_the_counts(
    tasks: list[Task], officers: list[User], head: Client
) -> None:
    task, browser = tasks[0], browser_of(officers[0])
    early = send(browser, page("task_move", task, "hand_in"), _version=task.version)
    assert "还没有导入表格" in early.content.decode()
    filled = send(browser, page("task_fill", task))
    batch = again(task).batches.get()
    assert (batch.read, batch.unchanged, batch.unit) == (3, 3, task.unit)
    assert filled.request["PATH_INFO"] == reverse("imports:fix", args=[batch.pk])
    change_one_cell(browser, batch)
    assert MediationCase.objects.filter(remark="已回访").count() == 1
    refused = send(browser, page("task_move", task, "no_change"), _version=again(task).version)
    assert "已经导入了表格" in refused.content.decode()
    # a second table of the same rows: what the first one changed stays changed
    send(browser, page("task_fill", task), _key="second")
    second = again(task).batches.latest("pk")
    confirm = reverse("imports:confirm", args=[second.pk])
    browser.post(confirm, {"_key": "land", "version": second.version})
    done = send(
        browser, page("task_move", task, "hand_in"), _key="done", _version=again(task).version
    )
    assert "新增 0 行，更新 1 行，未变 2 行" in " ".join(done.content.decode().split())
    assert (again(task).state, again(task).handler) == ("done", officers[0])
    assert line_of(head, task).startswith("城关镇 已报 2023-11-16 田城 0 1 2")
    assert "看各行" in line_of(head, task)
    late = send(browser, page("task_fill", task), _key="late")
    assert "已经报送" in late.content.decode()
    StagedRow.objects.all().delete()  # as after the days of undoing: the figures of the batches
    assert rounds.received(task) == {"created": 0, "updated": 1, "unchanged": 5, "elsewhere": 0}


def test_a_return_that_was_undone_counts_nothing_and_goes_back(
    tasks: list[Task], officers: list[User], head: Client, today: Any
) -> None:
    task, browser = tasks[0], browser_of(officers[0])
    send(browser, page("task_fill", task))
    batch = again(task).batches.get()
    change_one_cell(browser, batch)
    send(browser, page("task_move", task, "hand_in"), _version=again(task).version)
    send(head, page("round_take_in", task.round))
    batch.refresh_from_db()
    today.move_to("2023-11-16T09:05:00+08:00")
    undo = {"_key": "undo", "version": batch.version}
    assert browser.post(reverse("imports:undo", args=[batch.pk]), undo).status_code == 302
    assert line_of(head, task).startswith("城关镇 已报，报送后又改过 2023-11-16 田城 0 0 0")
    said = {"check_note": "填报的数据撤销了，重新报", "_version": again(task).version}
    send(head, page("task_move", task, "reopen"), **said)
    assert line_of(head, task).startswith("城关镇 退回")
    assert (again(task).state, again(task).closed_on) == ("accepted", None)


def test_rows_of_other_days_are_told_apart(
    tasks: list[Task], officers: list[User], head: Client
) -> None:
    task, browser = tasks[0], browser_of(officers[0])
    task.round.from_on = date(2022, 1, 1)  # for the workbook alone: a ledger of two years
    with acting_as(officers[0]):
        batch = rounds.open_filled(task, by=officers[0])
    confirm = reverse("imports:confirm", args=[batch.pk])
    browser.post(confirm, {"_key": "land", "version": batch.version})
    done = send(browser, page("task_move", task, "hand_in"), _version=again(task).version)
    told = " ".join(done.content.decode().split())
    assert "新增 0 行，更新 0 行，未变 3 行，另有 1 行不在所属期内" in told
    assert line_of(head, task).endswith("看各行 ：城关镇 另有 1 行不在所属期内 —")


def test_one_press_says_that_nothing_changed_and_the_county_sends_it_back_or_takes_it_in(
    tasks: list[Task], officers: list[User], head: Client
) -> None:
    task, browser = tasks[1], browser_of(officers[1])
    url = page("task_move", task, "no_change")
    send(browser, url, _version=task.version)
    assert again(task).counts == {"created": 0, "updated": 0, "unchanged": 1}
    assert "无变化" in line_of(head, task)
    send(head, page("task_move", task, "fail"), check_note="漏了一件", _version=again(task).version)
    assert line_of(head, task).startswith("河口镇 退回")
    send(browser, url, _key="again", _version=again(task).version)
    taken = send(head, page("round_take_in", task.round))
    assert "已核收 1 个乡镇" in taken.content.decode()
    assert [again(one).state for one in tasks] == ["open", "closed", "open"]


def test_towns_are_urged_once_a_day_and_lateness_is_shown(
    tasks: list[Task],
    officers: list[User],
    head: Client,
    arbitration_head: User,
    today: Any,
) -> None:
    asked = tasks[0].round
    with acting_as(officers[2]):
        told = {"counts": rounds.standing(tasks[2])}
        moves.move(tasks[2], "no_change", by=officers[2], data=told)
    assert "已催报 2 个乡镇" in send(head, page("round_urge", asked)).content.decode()
    again_today = head.post(page("round_urge", asked), {"_key": "two"})
    assert (again_today.status_code, "今天已经催过" in again_today.content.decode()) == (422, True)
    today.move_to("2023-11-21T09:00:00+08:00")
    head.force_login(arbitration_head)
    assert "已催报 2 个乡镇" in send(head, page("round_urge", asked), _key="3").content.decode()
    urged = Notice.objects.filter(title__endswith="催办").values_list("user__name", flat=True)
    assert sorted(urged) == ["田城", "田城", "田河", "田河"]
    assert Event._base_manager.filter(move="urge", case=tasks[0].pk).count() == 2
    assert line_of(head, tasks[0]).startswith("城关镇 未报，逾期")
    assert "有逾期" in head.get(page("round_detail", asked)).content.decode()


def test_a_round_is_put_off_and_withdrawn_with_its_tasks(tasks: list[Task], head: Client) -> None:
    asked = tasks[0].round
    later = {"due_given": "2023-11-24", "content": "改期。", "_version": asked.version}
    send(head, page("round_edit", asked), **later)
    assert {again(task).due_on for task in tasks} == {date(2023, 11, 24)}
    send(head, page("round_void", asked), reason="发错了")
    assert {again(task).state for task in tasks} == {"withdrawn"}


def test_a_clerk_sees_the_round_of_the_office_and_another_office_does_not(
    tasks: list[Task], clerk: User, employment_head: User
) -> None:
    url = page("round_detail", tasks[0].round)
    assert browser_of(clerk).get(url).status_code == 200
    assert browser_of(clerk).post(page("round_urge", tasks[0].round)).status_code == 403
    assert browser_of(employment_head).get(url).status_code == 404
    choices = BeautifulSoup(
        browser_of(employment_head).get(reverse("activities:round_add")).content, "html.parser"
    ).find("select", {"name": "sheet_code"})
    assert choices.find_all("option") == []
