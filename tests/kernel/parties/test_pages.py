"""Pages: lists, the 360 page, reveal, merge, restrictions, lookups; entry: ``test_entry``."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import AccessEntry
from hrss_portal.parties import reveals, timeline
from hrss_portal.parties.models import Merge, Person, Restriction
from hrss_portal.parties.models.persons import tail_index
from tests.factories.parties import PersonFactory

# --- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?q=小", True),
        ("?q=zxs", True),
        ("?q=四", False),
        ("?town=周集", True),
        ("?tag=graduate", False),
        ("?state=stopped", False),
        ("?q=小&sort=name&size=20&page=9", True),
        ("?town=没有这个镇", True),
    ],
)
def test_the_person_list_answers_its_address(browse, employment_clerk, person, query, found):
    response = browse(employment_clerk).get(reverse("parties:persons") + query)
    assert response.status_code == 200
    page = response.content.decode()
    assert ("张小三" in page) is found
    assert person.id_number not in page
    assert (person.masked_id in page) is found


def test_a_search_by_name_is_noted_masked(browse, employment_clerk, person):
    browse(employment_clerk).get(reverse("parties:persons") + "?q=张小三")
    noted = AccessEntry.objects.get(kind="search")
    assert (noted.actor_id, noted.label) == (employment_clerk.pk, "张*三")


def test_a_number_is_looked_for_by_post_only(browse, employment_clerk, person):
    client = browse(employment_clerk)
    url = reverse("parties:person_find")
    assert client.get(url, {"number": person.id_number}).status_code == 405
    for number in (person.id_number.lower(), "138-0013-8000"):
        response = client.post(url, {"number": number})
        assert (response.status_code, response.url) == (302, f"/persons/{person.pk}/")
    assert client.post(url, {"number": "13900139000"}).status_code == 200
    labels = AccessEntry.objects.filter(kind="search").values_list("label", flat=True)
    assert person.id_number not in str(list(labels))


def test_a_person_is_found_by_the_last_four_inside_the_own_scope(
    browse, employment_clerk, town_officer, county, person
):
    client, url = browse(employment_clerk), reverse("parties:person_find")
    tail = person.id_number[-4:]
    for typed in (tail, tail.lower(), f"张小三 {tail}", f"张{tail}"):
        response = client.post(url, {"number": typed})
        assert (response.status_code, response.url) == (302, f"/persons/{person.pk}/")
    for typed in (f"李 {tail}", tail[:3], f"0{tail}"):
        assert client.post(url, {"number": typed}).status_code == 200
    noted = AccessEntry.objects.filter(kind="search", subject_id=str(person.pk))
    assert {(row.label, *row.fields) for row in noted} == {(f"尾号 {tail}", "id_number")}
    assert town_officer.unit != person.town
    other = browse(town_officer).post(url, {"number": tail})
    assert (other.status_code, f"/persons/{person.pk}/" in other.text) == (200, False)


def test_the_index_of_the_last_four_follows_the_number(person):
    before = person.id_tail_index
    other = PersonFactory(unit=person.unit)
    with acting_as_system("test"):
        person.id_number, other.id_number = other.id_number, ""
        person.refresh_derived()
        other.refresh_derived()
    assert before != person.id_tail_index
    assert person.id_tail_index == tail_index(person.id_number)
    assert other.id_tail_index == ""
    assert person.id_tail_index != person.id_number_index


def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(browse, employment_clerk, county):
    client, counts = browse(employment_clerk), []
    for rows in (1, 2):
        for _ in range(rows):
            PersonFactory(unit=county.office("就业股"), town=county.town("城关镇"))
        client.get(reverse("parties:persons"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("parties:persons"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_employer_list_answers_its_address(browse, employment_clerk, employer):
    client = browse(employment_clerk)
    for query in ("?q=食品", f"?q={employer.uscc}", "?q=hqxs", "?kind=company", "?status=active"):
        page = client.get(reverse("parties:employers") + query).content.decode()
        assert employer.name in page
    page = client.get(reverse("parties:employers") + "?mark=paired").content.decode()
    assert employer.name not in page


@pytest.mark.parametrize("who", ["administrator", "stranger", "town_officer"])
def test_others_do_not_see_the_person(request, browse, person, who):
    user = request.getfixturevalue(who)
    client = browse(user)
    response = client.get(reverse("parties:persons"))
    assert "张小三" not in response.content.decode()
    url = reverse("parties:person", args=[person.pk])
    assert client.get(url).status_code == (403 if who == "administrator" else 404)


# --- the 360 page and reveals ---------------------------------------------------------------------


def test_the_360_page_masks_and_tells_who_looked(browse, employment_clerk, person):
    client, url = browse(employment_clerk), reverse("parties:person", args=[person.pk])
    client.get(url)
    page = client.get(url).content.decode()
    assert person.id_number not in page
    assert "13800138000" not in page
    assert person.masked_id in page
    assert "谁看过" in page
    assert "庄业 查看" in page


def tell(party, *, user):
    """A provider as an app above would register it."""
    yield timeline.Entry(at=date(2023, 11, 16), title="登记失业", by="庄业", area="就业", open=True)
    yield 1


def test_the_timeline_is_filled_from_above(browse, employment_clerk, person, monkeypatch):
    monkeypatch.setattr(timeline, "timeline_providers", [f"{__name__}.tell"])
    url = reverse("parties:person", args=[person.pk])
    page = browse(employment_clerk).get(url).content.decode()
    assert "登记失业" in page
    assert "就业 1" in page
    assert "1 条内部记录不可见" in page
    assert "登记失业" not in browse(employment_clerk).get(url + "?area=仲裁").content.decode()


def test_opening_an_employers_page_is_noted(browse, employment_clerk, employer):
    assert browse(employment_clerk).get(employer.get_absolute_url()).status_code == 200
    noted = AccessEntry.objects.get(kind="view")
    assert (noted.subject_type, noted.subject_id) == ("parties.employer", str(employer.pk))


def test_a_reveal_needs_a_reason_and_is_logged_before(browse, employment_clerk, person):
    client, url = browse(employment_clerk), reverse("parties:person_reveal", args=[person.pk])
    assert person.id_number not in client.get(url, {"field": "id_number"}).content.decode()
    response = client.post(url, {"field": "id_number"})
    assert response.status_code == 400
    assert "选择查看理由" in response.content.decode()
    assert AccessEntry.objects.filter(kind="reveal").count() == 0
    assert (
        client.post(url, {"field": "id_number", "reason": "other", "note": "看"}).status_code == 400
    )
    response = client.post(url, {"field": "id_number", "reason": "handling"})
    assert person.id_number in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    noted = AccessEntry.objects.get(kind="reveal")
    assert (noted.subject_id, noted.reason, noted.fields, noted.case_id) == (
        str(person.pk),
        "办理业务核对身份",
        ["id_number"],
        None,
    )
    assert person.id_number not in noted.label


def test_an_auditor_reads_but_reveals_nothing(browse, auditor, person):
    client = browse(auditor)
    assert client.get(reverse("parties:person", args=[person.pk])).status_code == 200
    url = reverse("parties:person_reveal", args=[person.pk])
    assert client.post(url, {"field": "phone", "reason": "handling"}).status_code == 403


def test_person_201_of_a_day_waits_for_the_head(
    employment_clerk, employment_head, person, county, monkeypatch, acting
):
    monkeypatch.setattr(reveals, "SOFT", 2)
    monkeypatch.setattr(reveals, "HARD", 3)
    people = [PersonFactory(unit=county.office("就业股")) for _ in range(4)]
    acting(employment_clerk)

    def look(one):
        return reveals.reveal(one, "phone", by=employment_clerk, reason="contact")

    look(people[0])
    look(people[1])
    assert look(people[0])  # the same person again does not count
    with pytest.raises(reveals.NeedsUnlock):
        look(people[2])
    proposal = reveals.ask_unlock(employment_clerk, "集中回访")
    acting(employment_head)
    proposals.confirm(proposal, by=employment_head, answer="同意")
    acting(employment_clerk)
    look(people[2])
    with pytest.raises(ValidationError, match="到了上限"):
        look(people[3])


def test_what_the_head_agreed_to_holds_for_a_day(
    employment_clerk, employment_head, acting, time_machine
):
    time_machine.move_to("2023-11-16T09:00:00+08:00", tick=False)
    acting(employment_clerk)
    proposal = reveals.ask_unlock(employment_clerk, "集中回访")
    assert not reveals.is_unlocked(employment_clerk)
    acting(employment_head)
    proposals.confirm(proposal, by=employment_head, answer="同意")
    time_machine.move_to("2023-11-17T08:59:00+08:00", tick=False)
    assert reveals.is_unlocked(employment_clerk)
    time_machine.move_to("2023-11-17T09:01:00+08:00", tick=False)
    assert not reveals.is_unlocked(employment_clerk)


# --- merge, stop, restrictions --------------------------------------------------------------------


def test_two_people_merge_and_one_undoes(
    browse, county, employment_clerk, inspection_head, employment_head, person, acting
):
    other = PersonFactory(
        name="张小三", id_number="", no_id_reason="旧台账", unit=county.office("就业股")
    )
    url = reverse("parties:person_merge", args=[person.pk])
    client = browse(employment_clerk)  # handlers ask their head
    assert client.get(url).status_code == client.post(url).status_code == 403
    assert url not in client.get(reverse("parties:person", args=[person.pk])).content.decode()
    client = browse(inspection_head)
    assert f"?with={other.pk}" in client.get(url).content.decode()
    page = client.get(url, {"with": other.pk}).content.decode()
    assert "保留左边" in page
    assert person.id_number not in page
    data = {"with": other.pk, "stands": person.pk, "reason": "同一人"}
    assert client.post(url, {**data, "stands": ""}).status_code == 422
    for _ in range(2):
        assert client.post(url, data).status_code == 302
    proposal = Proposal.objects.get()
    acting(employment_head)
    proposals.confirm(proposal, by=employment_head, answer="同意")
    assert Person.objects.get(pk=other.pk).merged_into_id == person.pk
    client = browse(employment_head)
    page = client.get(reverse("parties:person", args=[other.pk])).content.decode()
    assert "这一条已并入另一条" in page
    record = Merge.objects.get()
    undo = reverse("parties:merge_undo", args=[record.pk])
    assert client.post(undo, {"reason": "弄错了"}).status_code == 302
    assert Person.objects.get(pk=other.pk).merged_into_id is None
    assert browse(employment_clerk).post(undo, {"reason": "x"}).status_code == 403


def test_stopping_is_for_heads_and_says_why(
    browse, employment_clerk, employment_head, person, acting
):
    url = reverse("parties:person_stop", args=[person.pk])
    data = {"state": "stopped", "reason": "死亡"}
    assert browse(employment_clerk).post(url, data).status_code == 403
    client = browse(employment_head)
    client.post(url, {"state": "stopped"})
    acting(employment_head)
    assert Person.objects.get(pk=person.pk).state == "valid"
    client.post(url, data)
    assert Person.objects.get(pk=person.pk).state == "stopped"


def test_a_restriction_is_set_once_and_lifted(browse, inspection_head, employer, acting):
    client, url = browse(inspection_head), reverse("parties:employer_restrict", args=[employer.pk])
    assert client.get(url).status_code == 200
    data = {"kind": "no_subsidy", "basis": "行政处罚", "from_on": "20260101"}
    bad = client.post(url, {**data, "to_on": "20250101"})
    assert "截止日期不能早于起始日期" in bad.content.decode()
    for _ in range(2):
        assert client.post(url, data).status_code == 302
    acting(inspection_head)
    restriction = Restriction.objects.get()
    page = client.get(reverse("parties:employer", args=[employer.pk])).content.decode()
    assert "不得享受补贴资金" in page
    lift = reverse("parties:restriction_lift", args=[restriction.pk])
    assert client.get(lift).status_code == 200
    assert client.post(lift, {"on": "20260301", "reason": "整改"}).status_code == 302
    restriction.refresh_from_db()
    assert restriction.lifted_on == date(2026, 3, 1)


# --- lookups --------------------------------------------------------------------------------------


def test_the_lookup_finds_while_typing(browse, employment_clerk, person):
    client, url = browse(employment_clerk), reverse("parties:person_lookup")
    assert client.get(url, {"id_number": person.id_number}).status_code == 405
    answer = client.post(url, {"id_number": person.id_number}).json()
    assert answer["exact"] is True
    (card,) = answer["candidates"]
    assert card["label"] == f"张小三 · {person.masked_id} · 周集镇"
    assert card["note"].startswith("证件号相同 · 系统 ")
    assert card["held"]["phone"].startswith(f"{person.masked_phone}（{person.unit} ")
    assert person.phone not in str(card)
    answer = client.post(url, {"name": "张小三", "birth": person.birth.isoformat()}).json()
    assert [card["why"] for card in answer["candidates"]] == ["姓名和出生日期相同"]
    assert client.post(url, {"phone": "13800138000"}).json()["candidates"][0]["id"] == person.pk


def test_the_employer_lookup(browse, employment_clerk, employer):
    client, url = browse(employment_clerk), reverse("parties:employer_lookup")
    answer = client.post(url, {"uscc": employer.uscc}).json()
    assert answer["candidates"][0]["label"] == f"{employer.name} · {employer.uscc} · 城关镇"
    wrong = employer.uscc[:-1] + ("0" if employer.uscc[-1] != "0" else "1")
    assert client.post(url, {"uscc": wrong}).json()["error"] == (
        "统一社会信用代码末位校验不对，请对照营业执照检查"
    )
