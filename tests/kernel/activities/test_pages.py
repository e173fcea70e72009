"""The pages: entered once, read with few queries, each number with its rows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as
from hrss_portal.activities.models import (
    Answer,
    ChecklistResult,
    Decision,
    Handout,
    Meeting,
    Survey,
    Task,
    TrainingClass,
    Visit,
)
from hrss_portal.activities.replies import ON_ANSWER
from hrss_portal.notifications.models import TaskLink
from hrss_portal.notifications.tasklinks import answer as answer_link
from hrss_portal.parties import synthetic
from tests.cast import County
from tests.factories import activities as make
from tests.factories.parties import EmployerFactory

VisitAs = Callable[[User], Client]
DAY = date(2023, 9, 12)
LISTS = (
    "visits",
    "meetings",
    "campaigns",
    "handouts",
    "publicity",
    "classes",
    "commendations",
    "surveys",
    "tasks",
)


def soup(response: Any) -> BeautifulSoup:
    """The parsed page."""
    return BeautifulSoup(response.content, "html.parser")


def fields(page: BeautifulSoup) -> dict[str, Any]:
    """What the browser would send of the form as it stands."""
    found: dict[str, Any] = {}
    for box in page.select_one("main form[data-test]").select("input, select, textarea"):
        name = box.get("name")
        if not name or box.find_parent("template"):
            continue
        if box.name == "select":
            chosen = [option["value"] for option in box.select("option[selected]")]
            first = box.select_one("option")
            single = chosen[0] if chosen else (first["value"] if first else "")
            found[name] = chosen if box.has_attr("multiple") else single
        elif box.name == "textarea":
            found[name] = box.text.removeprefix("\n")
        elif box.get("type") in {"checkbox", "radio"}:
            if box.has_attr("checked"):
                found.setdefault(name, []).append(box.get("value", "on"))
        elif box.get("type") != "file":
            found[name] = box.get("value", "")
    return found


def send(client: Client, url: str, **changes: Any) -> Any:
    """Open a form, fill it in, send it."""
    return client.post(url, fields(soup(client.get(url))) | changes)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_empty_and_offers_to_add(
    visit_as: VisitAs, arbitration_head: User, name: str
) -> None:
    client = visit_as(arbitration_head)
    page = client.get(f"/{name}/")
    assert page.status_code == 200
    assert client.get(f"/{name}/new/").status_code == 200
    assert soup(page).select_one(f'a[href="/{name}/new/"]') is not None


def test_the_menu_has_a_group_of_its_own(visit_as: VisitAs, arbitrator: User) -> None:
    page = soup(visit_as(arbitrator).get("/visits/"))
    assert "活动与任务" in page.select_one("nav.side, aside.side, .side").get_text()


def test_a_visit_is_entered_once_with_an_employer_nobody_knew(
    visit_as: VisitAs, arbitrator: User, acting: Callable[..., Any]
) -> None:
    client = visit_as(arbitrator)
    uscc = next(synthetic.employers(1, seed=99)).uscc
    tags = [make.topic("labour_law").pk, make.topic("working_time").pk]
    sent = fields(soup(client.get("/visits/new/"))) | {
        "on": "2023-11-15",
        "uscc": uscc,
        "employer_name": "霍邱新示例有限公司",
        "purposes": tags,
        "campaigns": [make.campaign("three_deliveries").pk],
        "advice": "补签合同",
        "follow_up_on": "12-15",
        "problems-0-kind": "contract",
        "problems-0-text": "3名职工没有签订劳动合同",
    }
    first, again = client.post("/visits/new/", sent), client.post("/visits/new/", sent)
    assert soup(first).select("#errors") == []
    assert (first.status_code, again.url) == (302, first.url)
    acting("test")
    visit = Visit.objects.get()
    assert (visit.employer.uscc, visit.unit, visit.created_by) == (
        uscc,
        arbitrator.unit,
        arbitrator,
    )
    assert (visit.purposes.count(), visit.staff_names) == (2, "孟仲")
    assert [row.text for row in visit.problems.all()] == ["3名职工没有签订劳动合同"]
    page = soup(client.get(first.url))
    assert page.h1.get_text() == "2023-11-15 霍邱新示例有限公司"
    assert len(page.select("[data-test=checklist] li")) == 4


def test_what_is_missing_is_asked_for_in_words(visit_as: VisitAs, arbitrator: User) -> None:
    response = send(visit_as(arbitrator), "/visits/new/", follow_up_on="2023-01-01")
    words = soup(response).select_one("#errors").get_text()
    assert response.status_code == 422
    assert [text for text in ("填写单位名称", "选择事由") if text not in words] == []


def test_rows_of_a_visit_are_changed_crossed_out_and_added(
    visit_as: VisitAs, arbitrator: User, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    visit = make.visit(county, DAY)
    for text in ("没有考勤", "没有公示"):
        visit.problems.create(kind="other", text=text)
    url = f"/visits/{visit.pk}/edit/"
    client = visit_as(arbitrator)
    sent = fields(soup(client.get(url))) | {
        "problems-0-text": "考勤不全",
        "problems-1-DELETE": "on",
        "problems-2-kind": "pay",
        "problems-2-text": "拖欠工资",
        "problems-TOTAL_FORMS": "3",
    }
    assert client.post(url, sent).status_code == 302
    acting("test")
    rows = visit.problems.order_by("pk").values_list("kind", "text")
    assert list(rows) == [("other", "考勤不全"), ("pay", "拖欠工资")]


def test_another_office_reads_a_visit_but_does_not_change_it(
    visit_as: VisitAs, inspector: User, stranger: User, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    visit = make.visit(county, DAY)
    assert visit_as(inspector).get(f"/visits/{visit.pk}/").status_code == 200
    assert visit_as(inspector).get(f"/visits/{visit.pk}/edit/").status_code == 403
    assert visit_as(inspector).get(f"/visits/{visit.pk}/follow-up/").status_code == 403
    assert visit_as(stranger).get(f"/visits/{visit.pk}/").status_code == 404


def test_follow_up_and_checklist(
    visit_as: VisitAs, arbitrator: User, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    visit = make.visit(county, DAY, campaigns=("three_deliveries",), follow_up_on=date(2023, 11, 1))
    item = make.campaign("three_deliveries").checklist.order_by("seq").last()
    client = visit_as(arbitrator)
    url = f"/visits/{visit.pk}/"
    ticked = {f"done_{item.pk}": "on", f"note_{item.pk}": "用工档案不全"}
    assert send(client, f"{url}checklist/", **ticked).status_code == 302
    assert send(client, f"{url}follow-up/", follow_up_note="已补齐").status_code == 302
    acting("test")
    result = ChecklistResult.objects.get(visit=visit)
    assert (result.item, result.is_done, result.note) == (item, True, "用工档案不全")
    visit.refresh_from_db()
    assert (visit.follow_up_state, visit.followed_up_on) == ("done", date(2023, 11, 16))


def test_a_campaign_counts_employers_once_and_each_number_opens_its_rows(
    visit_as: VisitAs, arbitration_head: User, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    firm = EmployerFactory(unit=county.bureau)
    campaign = make.campaign("hundred_arbitrators")
    for day in (DAY, date(2023, 10, 12)):
        make.visit(county, day, employer=firm, campaigns=("hundred_arbitrators",))
    voided = make.visit(county, DAY, campaigns=("hundred_arbitrators",))
    Visit.objects.filter(pk=voided.pk).update(voided_at="2023-11-01T00:00Z", void_reason="误录")
    campaign.pairs.create(staff=arbitration_head, employer=firm, planned_on=DAY)
    client = visit_as(arbitration_head)
    page = soup(client.get(f"/campaigns/{campaign.pk}/"))
    numbers = {
        line.dt.get_text(): (line.strong.get_text(), line.a["href"])
        for line in page.select("[data-test=numbers] > div")
    }
    assert (numbers["服务企业"][0], numbers["走访"][0]) == ("1", "2")
    listed = soup(client.get(numbers["走访"][1]))
    assert len(listed.select("table[data-list] tbody tr")) == 2
    assert page.select("[data-test=pairs] tbody td")[3].get_text(strip=True) == "2023-09-12"


def test_decisions_of_a_meeting_become_tasks_once(
    visit_as: VisitAs, arbitration_head: User, county: County, acting: Callable[..., Any]
) -> None:
    client = visit_as(arbitration_head)
    sent = fields(soup(client.get("/meetings/new/"))) | {
        "kind": "tripartite",
        "title": "三方会议",
        "on": "2023-11-15",
        "host": "程院",
        "decisions-0-text": "印发会商通知",
        "decisions-0-owner": str(county.office("劳动人事争议仲裁院").pk),
        "decisions-0-due_on": "2023-11-30",
    }
    response = client.post("/meetings/new/", sent)
    assert response.status_code == 302
    acting("test")
    decision = Decision.objects.get()
    url = f"/decisions/{decision.pk}/task/"
    form = fields(soup(client.get(url)))
    assert (form["subject"], form["due_given"], form["task_kind"]) == (
        "印发会商通知",
        "2023-11-30",
        "meeting",
    )
    assert client.post(url, form).status_code == 302
    acting("test")
    task = Task.objects.get()
    assert (task.meeting, task.due_on, task.origin) == (
        Meeting.objects.get(),
        date(2023, 11, 30),
        "2023-11-15 三方会议",
    )
    page = soup(client.get(response.url))
    assert task.reference in page.select_one("[data-test=decisions]").get_text()
    assert page.select_one(f'a[href="{url}"]') is None
    again = client.post(url, form | {"_key": "another"})
    assert (again.status_code, Task.objects.count()) == (422, 1)


def test_a_slip_goes_through_the_pages_with_its_evidence(
    visit_as: VisitAs, director: User, window_clerk: User, county: County
) -> None:
    office = county.office("政务服务股")
    client = visit_as(director)
    response = send(
        client,
        "/tasks/new/",
        task_kind="slip",
        subject="取号机故障",
        unit=str(office.pk),
        handler=str(window_clerk.pk),
        opened_on="2023-11-13",
        due_given="2023-11-20",
    )
    assert response.status_code == 302
    url = response.url
    worker = visit_as(window_clerk)
    assert worker.get(url).status_code == 200
    assert send(worker, f"{url}move/accept/").status_code == 302
    bare = send(worker, f"{url}move/report/", report="已修好")
    assert "上传佐证材料" in soup(bare).select_one("#errors").get_text()
    proof = SimpleUploadedFile("情况.txt", "已修好".encode(), content_type="text/plain")
    done = send(worker, f"{url}move/report/", report="已修好", evidence=proof)
    assert done.status_code == 302
    with acting_as(director):
        stored = Task.objects.get().attachments.get().file
    opened = client.get(f"/files/{stored.pk}/")  # by who checks the report
    assert b"".join(opened.streaming_content).decode() == "已修好"
    assert send(client, f"{url}move/check/", check_note="属实").status_code == 302
    assert send(client, f"{url}move/close/").status_code == 302
    page = soup(client.get(url))
    assert page.select_one("[data-test=state]").get_text() == "已销号"
    assert "情况.txt" in page.get_text() or "佐证材料" in page.get_text()


def test_an_outside_body_answers_through_a_link_and_the_task_has_it(
    visit_as: VisitAs, director: User, county: County, acting: Callable[..., Any]
) -> None:
    with acting_as(director):
        task = make.task(county, director, date(2023, 11, 13), date(2023, 11, 20))
    client = visit_as(director)
    url = f"/tasks/{task.pk}/ask/"
    asked = {"body_name": "县总工会", "question": "请反馈意见", "until": "2023-11-18"}
    filled = fields(soup(client.get(url))) | asked
    made = [client.post(url, filled)["Location"] for _ in range(2)]  # a double click
    assert made[0] == made[1]
    page = soup(client.get(made[1]))
    assert "/t/" in page.select_one("[data-test=asked] input")["value"]
    assert "address" not in client.get(made[1]).context  # shown this once
    acting("test")
    link = TaskLink.objects.get()
    assert link.on_answer == ON_ANSWER
    answer_link(link, text="无意见", name="工某")
    assert Task.objects.get().report == "县总工会（工某）答复：无意见"
    assert "已答复" in soup(client.get(f"/tasks/{task.pk}/")).get_text()


def test_leaflets_of_a_visit_know_it(
    visit_as: VisitAs, arbitrator: User, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    visit = make.visit(county, DAY)
    client = visit_as(arbitrator)
    url = f"/handouts/new/?visit={visit.pk}&on=2023-09-12"
    tags = [make.topic("labour_law").pk]
    assert send(client, url, what="工时制度问答", copies="30", topics=tags).status_code == 302
    acting("test")
    handout = Handout.objects.get()
    assert (handout.visit, handout.on, handout.copies) == (visit, DAY, 30)
    assert "工时制度问答" in soup(client.get(f"/visits/{visit.pk}/")).get_text()


def test_a_class_counts_its_stages_apart_and_masks_its_trainees(
    visit_as: VisitAs, employment_head: User, acting: Callable[..., Any]
) -> None:
    fakes = synthetic.people(2, seed=5)
    rows: dict[str, Any] = {"roll-TOTAL_FORMS": "2"}
    people = list(fakes)
    for number, fake in enumerate(people):
        rows |= {
            f"roll-{number}-id_number": fake.id_number,
            f"roll-{number}-name": fake.name,
            f"roll-{number}-completed_on": "2023-10-20" if number else "",
        }
    response = send(
        visit_as(employment_head),
        "/classes/new/",
        number="SYB2023-03",
        kind="startup",
        course="SYB",
        starts_on="2023-10-09",
        **rows,
    )
    assert response.status_code == 302
    acting("test")
    made = TrainingClass.objects.get()
    assert made.roll.count() == 2
    page = soup(visit_as(employment_head).get(response.url))
    assert (
        page.select_one("[data-test=stages]")
        .get_text(" ", strip=True)
        .startswith("在册 2 人 结业 1 人 发证 0 人")
    )
    assert people[0].name not in page.select_one("main").get_text()
    edited = send(visit_as(employment_head), f"{response.url}edit/", course="SYB（二期）")
    assert edited.status_code == 302
    acting("test")
    assert made.roll.count() == 2


def test_a_bad_answer_asks_for_a_follow_up(
    visit_as: VisitAs, arbitrator: User, acting: Callable[..., Any]
) -> None:
    client = visit_as(arbitrator)
    made = send(
        client,
        "/surveys/new/",
        title="企业感受",
        **{
            "questions-TOTAL_FORMS": "2",
            "questions-0-text": "是否满意",
            "questions-0-kind": "scale",
            "questions-0-is_required": "on",
            "questions-1-text": "还需要什么",
            "questions-1-kind": "text",
        },
    )
    assert made.status_code == 302
    acting("test")
    survey = Survey.objects.get()
    scale = survey.questions.get(kind="scale")
    url = f"/surveys/{survey.pk}/answers/new/"
    for score in ("2", "5"):
        sent = send(client, url, **{f"q{scale.pk}": score, "respondent": "李某"})
        assert sent.status_code == 302
    acting("test")
    assert list(Answer.objects.order_by("pk").values_list("needs_follow_up", flat=True)) == [
        True,
        False,
    ]
    page = soup(client.get(f"/surveys/{survey.pk}/"))
    assert "平均 3.50 分" in page.select_one("[data-test=results]").get_text()


def test_the_list_of_visits_costs_the_same_for_two_and_for_twenty(
    visit_as: VisitAs, arbitrator: User, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    client, both = visit_as(arbitrator), ("hundred_arbitrators", "three_deliveries")
    counted = []
    for number in (2, 18):
        for _ in range(number):
            make.visit(county, DAY, campaigns=both, purposes=("labour_law", "working_time"))
        client.get("/visits/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/visits/").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_an_employers_page_tells_its_visits(
    visit_as: VisitAs, arbitrator: User, county: County, acting: Callable[..., Any]
) -> None:
    acting("test")
    visit = make.visit(county, DAY, follow_up_on=date(2023, 11, 1))
    page = soup(visit_as(arbitrator).get(f"/employers/{visit.employer_id}/"))
    assert page.select_one(f'a[href="/visits/{visit.pk}/"]') is not None
    assert "逾期未跟进" in page.get_text()
