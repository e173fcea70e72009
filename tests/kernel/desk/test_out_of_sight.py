"""A case that the scope or the role hides stays hidden on every way round its own page.

Each test fails when one way forgets the scope: the colleague sits in the same court, may work with
disputes, and sees none of this one.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.audit.models import AccessEntry
from hrss_portal.casework.models import Follow
from hrss_portal.desk.api.resources import resources
from hrss_portal.documents.uploads import attach, store_bytes
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.clients import Caller, client_system

LIST = "/arbitration/disputes/"
DAY = date(2023, 11, 14)
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
