"""A case that the scope or the role hides stays hidden on every way round its own page.

Each test fails when one way forgets the scope: the colleague sits in the same court, may work with
disputes, and sees none of this one.
"""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.audit.models import AccessEntry
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Draft, Follow
from hrss_portal.desk.api.resources import resources
from hrss_portal.documents.uploads import attach, store_bytes
from hrss_portal.notifications.tasklinks import issue_task_link
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.clients import Caller, client_system
from tests.factories.parties import PersonFactory

LIST = "/arbitration/disputes/"
DAY = date(2023, 11, 14)
TOTAL = r"data-test=\"total\">([^<]+)<"
TITLE = "隐名纸业拖欠工资案"
SUMMARY = "合议前不外传的摘要"
OPINION = "合议前不外传的意见"
pytestmark = pytest.mark.usefixtures("rules", "today")
Visit = Callable[[User], Client]


@pytest.fixture
def dispute(county: County, arbitration_head: User, acting: Callable[..., Any]) -> Dispute:
    """A dispute that the head took in and gave to nobody."""
    acting("test")
    return make.dispute(county, arbitration_head, DAY, title=TITLE)


@pytest.fixture
def colleague(arbitrator: User) -> User:
    """An arbitrator of the same court: sees own disputes, and this is not one."""
    return arbitrator


@pytest.fixture
def windowed(county: County, window_clerk: User, acting: Callable[..., Any]) -> Dispute:
    """A dispute that the window took in; its role hides what the court thinks of it."""
    acting("test")
    return make.dispute(county, window_clerk, DAY, summary=SUMMARY, handler_opinion=OPINION)


def test_the_search_box_finds_no_hidden_case(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    for words in (dispute.title, dispute.parties.get(role="respondent").name):
        assert dispute.reference in visit(arbitration_head).get("/search/", {"q": words}).text
        assert dispute.reference not in visit(colleague).get("/search/", {"q": words}).text


def test_the_number_of_a_hidden_case_opens_nothing(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    typed = {"q": dispute.reference}
    assert visit(arbitration_head).get("/search/", typed).url == f"{LIST}{dispute.pk}/"
    answer = visit(colleague).get("/search/", typed)
    assert (answer.status_code, TITLE in answer.text) == (200, False)


def test_the_code_on_a_sheet_opens_no_hidden_case(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    scanned = {"q": f"HR-{dispute.pk}"}
    assert visit(arbitration_head).get("/search/", scanned).url == f"{LIST}{dispute.pk}/"
    answer = visit(colleague).get("/search/", scanned)
    assert (answer.status_code, dispute.reference in answer.text) == (200, False)


@pytest.mark.parametrize("role", ["applicant", "respondent"])
def test_the_page_of_a_party_tells_of_no_hidden_case(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute, role: str
) -> None:
    row = dispute.parties.get(role=role)
    page = (row.person or row.employer).get_absolute_url()
    told, untold = visit(arbitration_head).get(page), visit(colleague).get(page)
    assert dispute.reference in told.text
    assert untold.status_code == 200
    assert dispute.reference not in untold.text
    assert TITLE not in untold.text


def test_a_hidden_case_cannot_be_followed(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    wanted = {"case": dispute.pk}
    assert visit(colleague).post("/desk/follow/", wanted).status_code == 404
    assert not Follow.objects.exists()
    assert visit(arbitration_head).post("/desk/follow/", wanted).status_code == 302
    assert Follow.objects.get().user == arbitration_head


def test_printing_is_written_down_as_printing(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    sheet = f"{LIST}{dispute.pk}/print/"
    assert visit(colleague).get(sheet).status_code == 404
    assert not AccessEntry.objects.filter(kind="print").exists()
    assert visit(arbitration_head).get(sheet).status_code == 200
    entry = AccessEntry.objects.get(kind="print")
    assert (entry.actor_id, entry.case_id) == (arbitration_head.pk, dispute.pk)
    assert entry.label == dispute.reference


@pytest.mark.parametrize("routes", ["tests.kernel.desk.urls", "hrss_portal.urls"])
def test_the_page_leaves_out_what_the_role_hides(
    visit: Visit,
    arbitration_head: User,
    window_clerk: User,
    windowed: Dispute,
    routes: str,
    settings: Any,
) -> None:
    settings.ROOT_URLCONF = routes  # the common page with all fields, the court's with its own
    page = f"{LIST}{windowed.pk}/"
    whole, less = visit(arbitration_head).get(page), visit(window_clerk).get(page)
    assert (whole.status_code, less.status_code) == (200, 200)
    for words in (SUMMARY, OPINION):
        assert words in whole.text
        assert words not in less.text


def test_the_api_leaves_out_what_the_role_hides(
    county: County,
    arbitration_head: User,
    window_clerk: User,
    windowed: Dispute,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = "arbitration.dispute"
    offered = ("cause", "summary", "handler_opinion")  # no area offers them today
    monkeypatch.setitem(vars(resources()[kind]), "fields", offered)
    read = {}
    for user in (arbitration_head, window_clerk):
        token = client_system(
            user, county.office("劳动人事争议仲裁院"), word=user.staff_no, name=user.name
        )[1]
        answer = Caller(token)("GET", f"/api/v1/cases/{kind}/{windowed.pk}")
        assert answer.status_code == 200
        read[user.pk] = answer.json()["data"]["fields"]
    whole = {"cause": "pay", "summary": SUMMARY, "handler_opinion": OPINION}
    assert read[arbitration_head.pk] == whole
    assert read[window_clerk.pk] == {"cause": "pay"}


def test_a_file_of_a_class_that_the_post_has_not_is_absent(
    visit: Visit, arbitration_head: User, director: User, colleague: User, dispute: Dispute
) -> None:
    inner, main = (
        store_bytes(text, "笔录.txt", by=None, unit=dispute.unit) for text in (b"inner", b"main")
    )
    attach(inner, dispute, action=f"{dispute.kind}.view", data_class="P3")
    attach(main, dispute, action=f"{dispute.kind}.view")
    urls = [reverse("documents:download", args=[file.pk]) for file in (inner, main)]
    found = {
        user.staff_no: [_status(visit(user).get(url)) for url in urls]
        for user in (arbitration_head, director, colleague)
    }
    assert found == {
        arbitration_head.staff_no: [200, 200],
        director.staff_no: [404, 200],
        colleague.staff_no: [404, 404],
    }


def _status(response: Any) -> int:
    """The status; a file that came is read to its end, which closes it."""
    if response.streaming:
        b"".join(response.streaming_content)
    code: int = response.status_code
    return code


@pytest.mark.parametrize(
    "page", ["/case/{}/", "/case/{}/link/", "/case/{}/void/", "/archive/{}/", "/archive/{}/index/"]
)
def test_the_plain_addresses_of_a_hidden_case_are_absent(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute, page: str
) -> None:
    url = page.format(dispute.pk)
    assert visit(arbitration_head).get(url).status_code in {200, 302}
    assert visit(colleague).get(url).status_code == 404


def test_the_lists_hold_no_hidden_case(
    visit: Visit, arbitration_head: User, stranger: User, colleague: User, dispute: Dispute
) -> None:
    moves.move(dispute, "withdraw_early", by=arbitration_head, data={"note": "当事人撤回"})
    for page, other in ((LIST, colleague), ("/archive/", stranger)):
        assert dispute.reference in visit(arbitration_head).get(page).text
        untold = visit(other).get(page)
        assert (untold.status_code, dispute.reference in untold.text) == (200, False)


def test_the_total_of_a_list_counts_no_hidden_case(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    for page in (LIST, f"{LIST}?count=exact", f"{LIST}?stage=open"):
        assert re.findall(TOTAL, visit(arbitration_head).get(page).text) == ["共 1 条"]
        assert re.findall(TOTAL, visit(colleague).get(page).text) == ["共 0 条"]


def test_recent_pages_and_drafts_of_a_case_that_went_out_of_sight_are_left_out(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    with door.opened():
        Dispute.objects.filter(pk=dispute.pk).update(handler=colleague)
    browser, address = visit(colleague), f"{LIST}{dispute.pk}/"
    assert browser.get(address).status_code == 200
    kept = {"key": f"{address}edit/", "title": f"更正 {TITLE}", "data": "{}"}
    assert browser.post("/desk/draft/", kept).status_code == 200
    places = ("/", "/settings/", "/help/")
    assert f'href="{address}"' in browser.get("/").text
    assert f"更正 {TITLE}" in browser.get("/").text
    with door.opened():
        Dispute.objects.filter(pk=dispute.pk).update(handler=arbitration_head)
    for page in places:
        told = browser.get(page).text
        assert address not in told, page
        assert TITLE not in told, page
    assert Draft.objects.filter(user=colleague).count() == 1


def test_what_waits_for_a_post_waits_in_its_own_bureau(
    visit: Visit, arbitration_head: User, stranger: User, dispute: Dispute
) -> None:
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(dispute, "propose", by=arbitration_head, data=proposal)
    here, there = visit(arbitration_head), visit(stranger)
    assert here.get("/desk/badge/").json()["todo"] == 1
    assert there.get("/desk/badge/").json()["todo"] == 0
    for page in ("/", "/todo/"):
        assert dispute.reference in here.get(page).text
        assert dispute.reference not in there.get(page).text


def test_the_rows_of_a_figure_hold_no_hidden_case(
    visit: Visit, arbitration_head: User, stranger: User, dispute: Dispute
) -> None:
    rows = "/indicators/arb.received/rows/?from=2023-01-01&to=2023-12-31"
    assert dispute.reference in visit(arbitration_head).get(rows).text
    untold = visit(stranger).get(rows)
    assert untold.status_code == 200
    assert dispute.reference not in untold.text
    assert TITLE not in untold.text


def test_the_workbench_of_one_tells_nothing_of_another(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    mine, other = visit(arbitration_head), visit(colleague)
    assert mine.get(f"{LIST}{dispute.pk}/").status_code == 200
    sent = {"key": f"{LIST}{dispute.pk}/edit/", "title": "改案由的草稿", "data": "{}"}
    assert mine.post("/desk/draft/", sent).status_code == 200
    for page in ("/", "/settings/"):
        assert "改案由的草稿" in mine.get(page).text
        assert "改案由的草稿" not in other.get(page).text
        assert dispute.reference not in other.get(page).text


def test_of_a_person_of_another_town_typing_tells_whom_to_ask_only(
    visit: Visit, county: County, employment_clerk: User, town_officer: User
) -> None:
    court = county.office("劳动人事争议仲裁院")
    hidden = PersonFactory(unit=court, town=county.town("周集镇"), name="隐名甲乙丙")
    asked = {"name": hidden.name, "birth": str(hidden.birth), "phone": hidden.phone}
    answers = {
        user.staff_no: visit(user).post(reverse("parties:person_lookup"), asked)
        for user in (employment_clerk, town_officer)
    }
    known = answers[employment_clerk.staff_no].json()["candidates"][0]
    assert (known["url"], known["fields"]) == (hidden.get_absolute_url(), {"name": hidden.name})
    answer = answers[town_officer.staff_no]
    (card,) = answer.json()["candidates"]
    assert (card["url"], card["fields"]) == ("", {})
    assert card["ask"] == f"本局已有 1 条，请联系{court}"
    for secret in (hidden.name, hidden.id_number, hidden.phone):
        assert secret not in json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize("search", ["desk:search", "parties:persons"])
def test_a_person_of_another_town_is_not_found_by_name(
    visit: Visit, county: County, employment_clerk: User, town_officer: User, search: str
) -> None:
    court = county.office("劳动人事争议仲裁院")
    hidden = PersonFactory(unit=court, town=county.town("周集镇"), name="隐名甲乙丙")
    link = f'href="{hidden.get_absolute_url()}"'
    assert link in visit(employment_clerk).get(reverse(search), {"q": hidden.name}).text
    untold = visit(town_officer).get(reverse(search), {"q": hidden.name})
    assert (untold.status_code, link in untold.text) == (200, False)


def test_a_question_about_a_hidden_case_is_hidden_with_it(
    visit: Visit, arbitration_head: User, colleague: User, dispute: Dispute
) -> None:
    link, _ = issue_task_link(
        dispute,
        owner_action=f"{dispute.kind}.view",
        title="核实用工情况",
        question="该单位是否参保？",
        body_name="邻县医保局",
        unit=dispute.unit,
        by=arbitration_head,
        expires_at=timezone.now() + timedelta(days=3),
    )
    shown = reverse("notifications:task_link", args=[link.pk])
    revoked = reverse("notifications:task_link_revoke", args=[link.pk])
    other = visit(colleague)
    assert other.get(shown).status_code == 404
    assert other.post(revoked).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None
    assert visit(arbitration_head).get(shown).status_code == 200
