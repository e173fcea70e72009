"""A case in the browser: taken in, looked at, moved, corrected; once, and never over another's."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.test import Client

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.audit.models import AccessEntry
from hrss_portal.casework import door
from hrss_portal.casework.models import Draft, Event
from hrss_portal.desk import finding
from hrss_portal.parties.identifiers import mask_name
from tests.cast import County
from tests.factories import arbitration as make

LIST = "/arbitration/disputes/"
DAY = date(2023, 11, 14)
pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def dispute(county: County, acting: Callable[..., Any]) -> Dispute:
    """One dispute, received on Tuesday."""
    acting("test")
    return make.dispute(county, None, DAY)


def soup(response: Any) -> BeautifulSoup:
    """The parsed page."""
    return BeautifulSoup(response.content, "html.parser")


def fields(page: BeautifulSoup, form: str = "main form[method=post][data-test]") -> dict[str, Any]:
    """What the browser would send of the form as it stands."""
    found: dict[str, Any] = {}
    for box in page.select_one(form).select("input[name], select[name], textarea[name]"):
        kind = box.get("type")
        if kind in {"checkbox", "radio"} and not box.has_attr("checked"):
            continue
        if box.find_parent("template"):
            continue
        if box.name == "select":
            chosen = box.select_one("option[selected]") or box.select_one("option")
            found[box["name"]] = chosen["value"] if chosen else ""
        elif box.name == "textarea":
            found[box["name"]] = box.text.removeprefix("\n")
        else:
            found[box["name"]] = box.get("value", "")
    return found


def required(page: BeautifulSoup) -> list[str]:
    """The names of the empty text boxes that the form marks as required."""
    boxes = [label.find_next(["input", "textarea"]) for label in page.select("label:has(.req)")]
    return [box["name"] for box in boxes if not box.get("value")]


def test_the_page_follows_the_anatomy_and_opening_it_is_written_down(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    response = visit(arbitration_head).get(f"{LIST}{dispute.pk}/")
    page = soup(response)
    assert page.h1.get_text(strip=True).startswith(dispute.reference)
    assert page.select_one("[data-test=state]").get_text() == "收件"
    assert page.select_one("[data-test=case-head] [data-deadline]")["data-deadline"] in {
        "ok",
        "due",
    }
    assert len(page.select("[data-test=steps] > a")) == 3
    headings = [head.get_text() for head in page.select("h2")]
    assert [
        word for word in ("办理清单", "材料", "时限", "时间轴", "当事人") if word not in headings
    ] == []
    assert AccessEntry.objects.filter(kind="open", case_id=dispute.pk).count() == 1


def test_a_date_only_event_shows_no_hour(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    page = soup(visit(arbitration_head).get(f"{LIST}{dispute.pk}/"))
    assert page.select_one("[data-test=timeline] time").get_text() == "11-14"


def test_who_may_not_see_it_finds_nothing(
    visit: Callable[[User], Client], stranger: User, dispute: Dispute
) -> None:
    assert visit(stranger).get(f"{LIST}{dispute.pk}/").status_code in {403, 404}


def test_a_move_is_made_once_however_often_it_is_sent(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/move/withdraw_early/"
    page = soup(client.get(url))
    sent = fields(page) | dict.fromkeys(required(page), "当事人撤回")
    first, again = client.post(url, sent), client.post(url, sent)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.url == again.url == f"{LIST}{dispute.pk}/"
    assert Event.objects.filter(case=dispute.pk, move="withdraw_early").count() == 1
    assert client.post(url, sent | {"note": "改了再发"}).status_code in {403, 409}


def test_a_refused_move_keeps_every_value_and_says_why(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/move/withdraw_early/"
    sent = fields(soup(client.get(url))) | {"on": "2023-11-30", "note": "当事人撤回"}
    response = client.post(url, sent)
    page = soup(response)
    assert response.status_code == 422
    assert page.title.get_text(strip=True).startswith("错误：")
    assert page.find(id="id_note").get_text(strip=True) == "当事人撤回"
    assert page.select("#errors a")[0]["href"].startswith("#id_")
    assert Event.objects.filter(case=dispute.pk).count() == 1


def test_a_move_from_another_state_is_not_offered(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    response = visit(arbitration_head).get(f"{LIST}{dispute.pk}/move/corrected/")
    assert response.status_code == 409
    assert "不能材料补齐" in soup(response).get_text()


def test_a_move_of_another_post_is_refused(
    visit: Callable[[User], Client], director: User, dispute: Dispute
) -> None:
    client = visit(director)
    assert client.get(f"{LIST}{dispute.pk}/").status_code == 200
    assert client.get(f"{LIST}{dispute.pk}/move/to_mediation/").status_code == 403
    assert client.post(f"{LIST}{dispute.pk}/move/to_mediation/", {"_key": "k"}).status_code == 403


def test_a_form_without_its_key_is_not_taken(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    response = visit(arbitration_head).post(f"{LIST}{dispute.pk}/edit/", {"reason": "x"})
    assert response.status_code == 409


def test_a_correction_over_somebody_elses_shows_both_versions(
    visit: Callable[[User], Client], arbitration_head: User, clerk: User, dispute: Dispute
) -> None:
    head, other = visit(arbitration_head), visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/edit/"
    mine, theirs = fields(soup(head.get(url))), fields(soup(other.get(url)))
    theirs |= {"facts": "拖欠两个月工资。", "reason": "补充"}
    mine |= {"facts": "拖欠三个月工资。", "reason": "当事人更正"}
    assert other.post(url, theirs).status_code == 302
    response = head.post(url, mine)
    page = soup(response)
    assert response.status_code == 409
    assert page.body["data-state"] == "stale"
    assert page.select_one("td.mine").get_text(strip=True) == "拖欠三个月工资。"
    assert page.select_one("td.theirs").get_text(strip=True) == "拖欠两个月工资。"
    sent = fields(page, "form[data-test=merge]")
    assert sent["take:facts"] == "mine"
    assert head.post(url, sent).status_code == 302
    assert Dispute._base_manager.get(pk=dispute.pk).facts == "拖欠三个月工资。"
    assert Dispute._base_manager.get(pk=dispute.pk).version == 3


@pytest.mark.parametrize("version", [None, "", "x"])
def test_a_correction_that_says_no_version_is_stale(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute, version: str | None
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/edit/"
    sent = fields(soup(client.get(url))) | {"facts": "覆盖", "reason": "更正"}
    del sent["_version"]
    response = client.post(url, sent if version is None else sent | {"_version": version})
    assert (response.status_code, soup(response).body["data-state"]) == (409, "stale")
    assert Dispute._base_manager.get(pk=dispute.pk).facts != "覆盖"


def test_a_search_for_a_person_is_noted_with_the_name_masked(
    visit: Callable[[User], Client], arbitration_head: User
) -> None:
    visit(arbitration_head).get("/search/", {"q": "张小明"})
    noted = AccessEntry.objects.get(kind="search", subject_type="parties.person")
    assert noted.fields == ["name"]
    assert noted.label.startswith("张")
    assert "小" not in noted.label


@pytest.mark.parametrize(
    ("address", "kind"), [("/search/", "casework.case"), (LIST, "arbitration.dispute")]
)
def test_a_search_for_cases_is_noted_with_its_hits_and_no_clear_name(
    visit: Callable[[User], Client],
    arbitration_head: User,
    dispute: Dispute,
    address: str,
    kind: str,
) -> None:
    client, party = visit(arbitration_head), dispute.parties.get(role="applicant").name
    for words, label, field, hits in (
        (party, mask_name(party), "name", 1),
        ("没有这个人", "没*人", "name", 0),
        ("某劳人仲案(2020) 7号", "某劳人仲案〔2020〕7号", "number", 0),
    ):
        client.get(address, {"q": words})
        noted = AccessEntry.objects.filter(kind="search", subject_type=kind).latest("pk")
        assert (noted.label, noted.fields) == (label, [field])
        assert (noted.actor_id, noted.reason) == (arbitration_head.pk, f"找到 {hits} 件")
    assert AccessEntry.objects.filter(kind="search", subject_type=kind).count() == 3
    client.get(address)
    assert AccessEntry.objects.filter(kind="search", subject_type=kind).count() == 3


def test_the_way_to_all_results_carries_the_words_as_typed() -> None:
    words = "a&b=#c"
    query = finding._all("parties:persons", words).partition("?")[2]
    assert QueryDict(query).dict() == {"q": words}


def test_taking_theirs_drops_the_own_value(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/edit/"
    mine = fields(soup(client.get(url))) | {"facts": "甲", "post": "木工", "reason": "更正"}
    theirs = fields(soup(client.get(url))) | {"facts": "乙", "reason": "更正"}
    client.post(url, theirs)
    sent = fields(soup(client.post(url, mine)), "form[data-test=merge]") | {"take:facts": "theirs"}
    assert client.post(url, sent).status_code == 302
    case = Dispute._base_manager.get(pk=dispute.pk)
    assert (case.facts, case.post) == ("乙", "木工")


def test_the_timeline_keeps_old_and_new(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/edit/"
    client.post(url, fields(soup(client.get(url))) | {"post": "瓦工", "reason": "笔误"})
    page = soup(client.get(f"{LIST}{dispute.pk}/"))
    first = page.select_one("[data-test=timeline] li").get_text()
    assert "瓦工" in first
    assert "笔误" in first


def test_intake_without_scripts_adds_a_row_and_keeps_what_was_typed(
    visit: Callable[[User], Client], arbitration_head: User, county: County
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}new/"
    sent = fields(soup(client.get(url)), "form[data-test=form]") | {"facts": "拖欠"}
    page = soup(client.post(url, sent | {"add_row": "claims"}))
    assert page.find("input", {"name": "claims-TOTAL_FORMS"})["value"] == "2"
    assert page.find(id="id_facts").get_text(strip=True) == "拖欠"
    assert page.select("#errors") == []


def test_intake_says_everything_at_once_and_leads_to_every_field(
    visit: Callable[[User], Client], arbitration_head: User, county: County
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}new/"
    response = client.post(url, fields(soup(client.get(url)), "form[data-test=form]"))
    page = soup(response)
    assert response.status_code == 422
    targets = [link["href"].lstrip("#") for link in page.select("#errors a")]
    assert [target for target in targets if target and page.find(id=target) is None] == []
    assert len(targets) >= 4
    assert not Dispute._base_manager.exists()


def test_intake_by_keyboard_values_opens_the_case_once(
    visit: Callable[[User], Client], arbitration_head: User, county: County
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}new/"
    sent = fields(soup(client.get(url)), "form[data-test=form]") | {
        "opened_on": "20231116",
        "channel": "window",
        "cause": "pay",
        "dispute_on": "2023-11-01",
        "facts": "拖欠工资",
        "town": str(county.town("城关镇").pk),
        "applicants-0-name": "古丽米热·艾比布力",
        "respondents-0-name": "某建设公司",
        "respondents-0-legal_rep": "李某",
        "claims-0-text": "支付工资",
        "claims-0-amount": "3127",
    }
    for prefix in ("applicants", "respondents"):
        sent |= {f"{prefix}-0-address": "霍邱县示例路", f"{prefix}-0-phone": "13800001402"}
    first = client.post(url, sent)
    errors = [line.get_text() for line in soup(first).select("#errors li")]
    assert (first.status_code, errors) == (302, [])
    assert client.post(url, sent).url == first.url
    assert Dispute._base_manager.count() == 1
    page = soup(client.get(first.url))
    assert "古丽米热·艾比布力" in page.get_text()
    assert "已收件" in page.select_one("[data-test=notice]").get_text()


def test_a_draft_is_kept_offered_used_and_gone_after_sending(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/edit/"
    data = '{"facts": ["写到一半"], "reason": ["更正"]}'
    answer = client.post("/desk/draft/", {"key": url, "title": "更正", "data": data})
    assert answer.status_code == 200
    assert soup(client.get(url)).select_one("[data-test=draft-offer] a")["href"] == "?draft=use"
    page = soup(client.get(url, {"draft": "use"}))
    assert page.find(id="id_facts").get_text(strip=True) == "写到一半"
    assert page.select("#errors") == []
    sent = fields(soup(client.get(url))) | {"facts": "写完了", "reason": "更正"}
    assert client.post(url, sent).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_belongs_to_its_user_and_a_forged_one_is_refused(
    visit: Callable[[User], Client], arbitration_head: User, clerk: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/edit/"
    client.post("/desk/draft/", {"key": url, "data": '{"facts": ["x"]}'})
    assert client.post("/desk/draft/", {"key": url, "data": "[1]"}).status_code == 400
    assert soup(visit(clerk).get(url)).select("[data-test=draft-offer]") == []


def test_the_workbench_counts_what_the_list_shows(
    visit: Callable[[User], Client],
    arbitration_head: User,
    arbitrator: User,
    dispute: Dispute,
) -> None:
    head = visit(arbitration_head)
    url = f"{LIST}{dispute.pk}/assign/"
    sent = fields(soup(head.get(url)), "form[data-test=form]") | {"handler": str(arbitrator.pk)}
    assert head.post(url, sent).status_code == 302
    late = head.post(url, sent | {"_key": "another", "reason": "改派"})
    assert "被别人改过" in soup(late).get_text()
    assert late.status_code == 409
    client = visit(arbitrator)
    home, todo = soup(client.get("/")), soup(client.get("/todo/"))
    assert client.get("/desk/badge/").json() == {"todo": 1, "unread": 1}
    assert home.select_one("[data-count=todo]").get_text().startswith("1")
    assert len(todo.select("tbody tr")) == 1
    assert home.select_one("tbody a")["href"] == f"{LIST}{dispute.pk}/"


def test_search_opens_a_number_at_once_and_lists_the_rest(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    written = dispute.reference.replace("〔", "(").replace("〕", ")")
    assert client.get("/search/", {"q": written}).url == f"{LIST}{dispute.pk}/"
    name = dispute.parties.get(role="applicant").name
    page = soup(client.get("/search/", {"q": name}))
    assert dispute.reference in page.get_text()
    assert soup(client.get("/search/", {"q": "查无此人"})).body["data-state"] == "empty"


def test_a_case_is_followed_and_left(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    client.post("/desk/follow/", {"case": dispute.pk})
    assert "取消关注" in soup(client.get(f"{LIST}{dispute.pk}/")).get_text()
    client.post("/desk/follow/", {"case": dispute.pk})
    assert not dispute.followers.exists()


def test_every_page_has_one_heading_landmarks_and_a_skip_link(
    visit: Callable[[User], Client], arbitration_head: User, dispute: Dispute
) -> None:
    client = visit(arbitration_head)
    tail = f"{LIST}{dispute.pk}/"
    urls = ["/", "/todo/", "/search/", "/intake/", "/settings/", LIST, f"{LIST}new/", tail]
    urls += [f"{tail}edit/", f"{tail}files/new/", f"{tail}print/", f"{tail}move/to_mediation/"]
    for url in urls:
        page = soup(client.get(url))
        assert (url, len(page.select("h1")), len(page.select("main"))) == (url, 1, 1)
        assert page.body.find("a")["href"] == "#main"
        assert page.html["lang"] == "zh-Hans"
        assert page.body["data-page"] != ""
        ids = [tag["id"] for tag in page.select("[id]") if not tag.find_parent("template")]
        assert (url, sorted(one for one in set(ids) if ids.count(one) > 1)) == (url, [])
        assert re.search(r"\sstyle=|<style", str(page)) is None


def test_the_numbers_of_the_own_month_open_to_their_cases(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    ended, worked = make.dispute(county, clerk, DAY), make.dispute(county, clerk, DAY)
    make.dispute(county, clerk, DAY)
    with door.opened():
        Dispute.objects.filter(pk=ended.pk).update(closed_on=DAY, handler=clerk)
        Event.objects.create(
            case=worked,
            kind="move",
            move="propose",
            label="报立案",
            on=DAY,
            by=clerk,
            by_name=clerk.name,
        )
    browser = Client()
    browser.force_login(clerk)
    links = {
        one.select_one("dt").get_text(): one.select_one("dd a")
        for one in soup(browser.get("/")).select("dl.figures > div")
    }
    assert len(links) == 3
    for label, case in (("办结仲裁案件", ended), ("办理仲裁案件", worked)):
        assert links[label].get_text() == "1"
        listed = soup(browser.get(links[label]["href"])).select("main tbody tr")
        assert len(listed) == 1
        assert case.reference in listed[0].get_text()
