"""Pages of reports: numbers are links, states are words, wrong turns are explained."""

import re
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from hrss_portal.access.models import Absence
from hrss_portal.access.scope import acting_as_system
from hrss_portal.jobs.models import Job
from hrss_portal.reports import freezing, frozen_rows, writers, writing
from hrss_portal.reports.models import Handover, Report, Section
from tests.factories.access import UserFactory
from tests.kernel.reports.test_writing import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client, office_clerk) -> Client:
    client.force_login(office_clerk)
    return client


def section(report: Report, code: str = "disputes") -> Section:
    with acting_as_system("test"):
        return Section.objects.get(report=report, code=code)


def acts(office: Any, report: Any, code: str) -> str:
    """The line under a section: its state and what may be done."""
    page = BeautifulSoup(office.get(f"/reports/{report.pk}/").content, "html.parser")
    line = page.find(attrs={"data-section": code}).find(attrs={"data-test": "section-state"})
    return " ".join(line.get_text(" ").split())


def test_a_section_with_gaps_counts_them_and_cannot_be_checked(report, office):
    words = acts(office, report, "disputes")
    assert words.startswith("待填 1 处 劳动人事争议仲裁院")
    assert "核数无误" not in words
    with acting_as_system("test"):
        writing.fill_texts(report, {"lead_employer": "测试公司"}, version=report.version)
    words = acts(office, report, "disputes")
    assert words.startswith("待填 劳动人事争议仲裁院 改正文 核数无误 本期不编入")


def test_every_number_of_the_page_is_a_link_to_its_rows(report, office, office_clerk, director):
    html = office.get(f"/reports/{report.pk}/").content.decode()
    found = re.findall(r'<a class="tag waiting" href="([^"]+)"[^>]*>([^<]+)<span', html)
    assert (found[0][1], found[-1][1]) == ("3起", "均无超期情况")
    assert re.findall(r"待核 <strong>(\d+)</strong>", html) == [str(len(found))]
    for user in (office_clerk, director):
        office.force_login(user)
        pages = [office.get(url).content.decode() for url, _ in found]
        assert all("明细 3 行" in page for page in pages[:-1])
        assert "明细 0 行" in pages[-1]


def test_rows_held_back_from_a_reader_are_counted_in_words(
    report, client, employment_clerk, office
):
    """Who drafts sees every row, masked beyond the own scope; others their own and the count."""
    links = re.compile(r'<a class="tag waiting" href="([^"]+)"')
    first = links.findall(office.get(f"/reports/{report.pk}/").content.decode())[0]
    assert office.get(first).content.decode().count(frozen_rows.HELD_BACK) == 3
    with acting_as_system("test"):
        Absence.objects.create(
            user=employment_clerk, from_on=date(2023, 5, 1), to_on=date(2023, 5, 2)
        )
    client.force_login(employment_clerk)
    html = client.get(first).content.decode()
    assert re.findall(r"data-test=.total.>([^<]*)", html) == ["共 4，您可见 1"]
    assert frozen_rows.HELD_BACK not in html


def test_the_list_starts_a_draft(told, office):
    form = {"narrative": "county-2023", "frm": "2023-01-01", "to": "2023-11-16"}
    first = office.post("/reports/", form)
    assert office.post("/reports/", form).url == first.url
    assert office.get(first.url).status_code == 200
    assert "county" not in office.get("/reports/").content.decode().split("<main")[0]
    wrong = office.post("/reports/", form | {"to": "2022-01-01"})
    assert "截止日期早于起始日期" in wrong.content.decode()


def test_a_section_is_edited_with_its_problems_named(report, office):
    address = f"/reports/{report.pk}/sections/disputes/"
    body = {"body": "共{fig:no.such}", "awaiting": "", "version": 1}
    assert "没有指标 no.such" in office.post(address, body).content.decode()
    office.post(address, body | {"body": "共{fig:arb.staff_officers}。", "awaiting": "甲\n\n乙"})
    one = section(report)
    assert (one.body, one.awaiting, one.version) == (
        "共{fig:arb.staff_officers}。", ["甲", "乙"], 2,
    )  # fmt: skip
    stale = office.post(address, body | {"body": "别的"})
    assert stale.status_code == 409
    assert "你的修改没有保存" in stale.content.decode()
    assert office.get(address).status_code == 200


def test_the_editor_shows_figures_by_name_and_value_and_keeps_their_codes(report, office):
    """What is shown, sent back as it is, is what was stored."""
    address = f"/reports/{report.pk}/sections/disputes/"
    before = section(report).body
    assert "[[若 arb.internet_overdue = 0" in before
    page = BeautifulSoup(office.get(address).content, "html.parser")
    text = page.find(id="id_body").text.lstrip("\n")
    assert "[[若 超期件数 = 0" in text
    assert "{fig:" not in text
    lines = page.find(attrs={"data-test": "uses"}).find_all("tr")
    assert any("超期件数" in line.text for line in lines)
    version = page.find(id="id_version")["value"]
    office.post(address, {"body": text, "awaiting": "", "version": version})
    assert section(report).body.splitlines() == before.splitlines()


def test_sections_are_checked_and_locked_on_the_page(report, office):
    texts = {"lead_employer": "测试公司", "measures": "《甲》"}
    for version in ("", "9", "1"):
        office.post(f"/reports/{report.pk}/texts/", texts | {"version": version})
        report.refresh_from_db()
        assert (report.texts == texts) == (version == "1")
    for verb, state in (("check", "checked"), ("lock", "locked"), ("reopen", "blank")):
        one = section(report)
        office.post(
            f"/reports/{report.pk}/sections/disputes/{verb}/",
            {"version": one.version, "reason": "补录"},
        )
        assert section(report).state == state
    assert office.get(f"/reports/{report.pk}/").status_code == 200


def test_an_office_leaves_its_section_out_with_a_reason(
    report, client, employment_clerk, employment_head
):
    address = f"/reports/{report.pk}/sections/services/omit/"
    client.force_login(employment_clerk)
    assert client.post(address, {"version": 1, "reason": "未接入"}).status_code == 403
    client.force_login(employment_head)
    for given, words in (("", "填写不编入的原因"), ("长" * 201, "最多 200 字")):
        answer = client.post(address, {"version": 1, "reason": given}, follow=True)
        assert words in answer.content.decode()
    assert section(report, "services").state == "blank"
    html = client.post(address, {"version": 1, "reason": "未接入。"}, follow=True).content.decode()
    assert "本节本期不编入：未接入。" in html
    assert "本期不编入 1 节" in html
    assert "春风行动现场参会人数" not in html
    one = section(report, "services")
    assert (one.state, one.omitted_by, one.omitted_reason) == (
        "omitted", employment_head, "未接入",
    )  # fmt: skip
    client.post(address, {"version": "x", "reason": "未接入"})
    assert section(report, "services").version == one.version


def test_a_frozen_number_keeps_its_rows(report, office, office_clerk, employment_clerk):
    with acting_as_system("test"):
        finish(report, office_clerk)
    office.post(f"/reports/{report.pk}/freeze/")
    with acting_as_system("test"):
        first, second, _ = Absence.objects.order_by("pk")
        Absence.objects.filter(pk=first.pk).delete()
        Absence.objects.filter(pk=second.pk).update(
            from_on=date(2024, 2, 1), to_on=date(2024, 2, 2)
        )
        Absence.objects.create(
            user=employment_clerk, from_on=date(2023, 5, 1), to_on=date(2023, 5, 2)
        )
    html = office.get(f"/reports/{report.pk}/figures/1/rows/").content.decode()
    assert re.findall(r"data-test=.total.>([^<]*)", html) == ["明细 3 行"]
    assert (html.count("现在不计入"), html.count(frozen_rows.GONE)) == (2, 1)
    html = office.get(f"/reports/{report.pk}/difference/").content.decode()
    assert "定格 3 行，现在 2 行" in html
    assert ("增 1 行" in html, "减 2 行" in html) == (True, True)
    office.force_login(employment_clerk)
    html = office.get(f"/reports/{report.pk}/figures/1/rows/").content.decode()
    assert re.findall(r"data-test=.total.>([^<]*)", html) == ["共 3，您可见 0"]


@pytest.mark.parametrize("frozen", [False, True])
def test_a_rate_opens_both_its_parts_and_a_change_both_periods(
    report, office, office_clerk, frozen
):
    with acting_as_system("test"):
        last_year = UserFactory(unit=office_clerk.unit)
        Absence.objects.create(user=last_year, from_on=date(2022, 3, 1), to_on=date(2022, 3, 2))
        finish(report, office_clerk)
        one = section(report)
        writing.reopen(one, reason="加同比", version=one.version)
        body = "办理率{fig:arb.online_rate}，共{fig:arb.staff_officers}，{fig:t.change}。"
        writing.edit(one, body=body, awaiting=[], version=one.version, by=None)
        writing.check(one, by=office_clerk, version=one.version)
        writing.lock(one, by=office_clerk, version=one.version)
        if frozen:
            freezing.freeze(report, by=office_clerk)

    def total(use: int, part: str) -> list[str]:
        html = office.get(f"/reports/{report.pk}/figures/{use}/rows/?part={part}").content.decode()
        return re.findall(r"data-test=.total.>([^<]*)", html)

    assert [total(1, part) for part in ("num", "den")] == [["分子明细 3 行"], ["分母明细 3 行"]]
    assert [total(3, part) for part in ("num", "previous")] == [
        ["本期明细 3 行"], ["上年同期明细 1 行"],
    ]  # fmt: skip
    for use, part in ((1, "previous"), (2, "den"), (3, "x")):
        url = f"/reports/{report.pk}/figures/{use}/rows/?part={part}"
        assert office.get(url).status_code == 404


def test_only_the_texts_that_the_report_comes_to_are_asked(report, office):
    """Hearings were held, so nobody is asked what to say where none is; what was said stays."""
    with acting_as_system("test"):
        Report.objects.update(texts={"uniform": "本期没有开庭"})
    url = f"/reports/{report.pk}/"
    html = office.get(url).content.decode()
    assert 'name="lead_employer"' in html
    assert 'name="uniform"' not in html
    given = {"lead_employer": "示例公司", "version": report.version, "_key": "texts-1"}
    office.post(f"{url}texts/", given)
    with acting_as_system("test"):
        report.refresh_from_db()
    assert report.texts == {"uniform": "本期没有开庭", "lead_employer": "示例公司"}
    with acting_as_system("test"):
        Absence.objects.all().delete()
    html = office.get(url).content.decode()
    assert ('name="lead_employer"' in html, 'name="uniform"' in html) == (False, True)


def test_a_final_version_is_refused_in_words(report, office):
    answer = office.post(f"/reports/{report.pk}/export/", {"kind": "final"}, follow=True)
    assert "不能导出正式稿" in answer.content.decode()
    assert not Job.objects.filter(kind="reports.export").exists()
    office.post(f"/reports/{report.pk}/export/", {"kind": "draft"})
    assert Job.objects.get(kind="reports.export").payload == {
        "report": report.pk,
        "kind": "draft",
    }


def test_a_report_is_frozen_compared_and_handed_over(report, office, office_clerk):
    assert "还不能定格" in office.get(f"/reports/{report.pk}/freeze/").content.decode()
    with acting_as_system("test"):
        finish(report, office_clerk)
    asked = office.get(f"/reports/{report.pk}/freeze/").content.decode()
    office.post(f"/reports/{report.pk}/freeze/")
    assert f"{report.figures.count()} 个数" in asked
    assert report.figures.count() > 10
    html = office.get(f"/reports/{report.pk}/").content.decode()
    assert "已定格" in html
    assert "没有变化" in office.get(f"/reports/{report.pk}/difference/").content.decode()
    form = {"sent_to": "市人社局", "sent_on": "2023-12-01"}
    for _ in range(2):
        office.post(f"/reports/{report.pk}/send/", form)
    with acting_as_system("test"):
        sent = Handover.objects.get()
    office.post(
        f"/reports/{report.pk}/handovers/{sent.pk}/",
        {"receipt": "收文12号", "score": "98.5", "note": ""},
    )
    html = office.get(f"/reports/{report.pk}/").content.decode()
    assert "收文12号" in html
    assert "98.50" in html


def test_another_county_finds_nothing(report, client, stranger):
    client.force_login(stranger)
    assert client.get(f"/reports/{report.pk}/").status_code == 404


def test_window_and_lawyer_have_no_part_in_reports(report, office, client, window_clerk, lawyer):
    assert 'href="/reports/"' in office.get("/", follow=True).content.decode()
    for user in (window_clerk, lawyer):
        client.force_login(user)
        for url in ("/reports/", f"/reports/{report.pk}/"):
            assert client.get(url).status_code == 403
        assert 'href="/reports/"' not in client.get("/", follow=True).content.decode()


def test_a_clerk_may_write_but_not_check(report, client, employment_clerk):
    client.force_login(employment_clerk)
    assert client.get(f"/reports/{report.pk}/sections/services/").status_code == 200
    answer = client.post(f"/reports/{report.pk}/sections/services/check/", {"version": 1})
    assert answer.status_code == 403


def test_a_section_belongs_to_its_office(
    report, client, employment_clerk, employment_head, arbitration_head, town_officer
):
    """Other offices and the townships read it; its own office writes it, its chief checks it."""
    address, body = f"/reports/{report.pk}/sections/disputes/", {"awaiting": "", "version": 1}
    for user, expected in (
        (town_officer, 403),
        (employment_clerk, 403),
        (employment_head, 403),
        (arbitration_head, 200),
    ):
        client.force_login(user)
        assert client.get(f"/reports/{report.pk}/").status_code == 200
        assert client.get(address).status_code == expected
    for user in (town_officer, employment_clerk, employment_head):
        client.force_login(user)
        assert client.post(address, body | {"body": "改"}).status_code == 403
        assert client.post(f"{address}check/", {"version": 1}).status_code == 403
        assert address not in client.get(f"/reports/{report.pk}/").content.decode()
    assert section(report).version == 1


def test_who_wrote_a_section_does_not_check_it(report, client, arbitration_head, office_clerk):
    address = f"/reports/{report.pk}/sections/disputes/"
    client.force_login(arbitration_head)
    client.post(address, {"body": "本期无新增。", "awaiting": "", "version": 1})
    answer = client.post(f"{address}check/", {"version": 2}, follow=True)
    assert "须由另一人核数" in answer.content.decode()
    assert section(report).state == "blank"
    client.force_login(office_clerk)
    client.post(f"{address}check/", {"version": 2})
    assert section(report).state == "checked"


def test_nobody_writes_a_figure_whose_rows_are_closed_to_him(
    report, client, employment_clerk, monkeypatch
):
    monkeypatch.setattr(writers, "may_see", lambda user, code: code != "arb.staff_officers")
    client.force_login(employment_clerk)
    address = f"/reports/{report.pk}/sections/services/"
    body = {"body": "共{fig:arb.staff_officers}。", "awaiting": "", "version": 1}
    assert "不能写入报告" in client.post(address, body).content.decode()
    assert section(report, "services").version == 1
    client.post(address, body | {"body": "共{fig:arb.staff_assistants}。"})
    assert section(report, "services").version == 2


def test_a_form_sent_twice_is_answered_once(report, office):
    html = office.get(f"/reports/{report.pk}/").content.decode()
    keys = re.findall(r'name="_key" value="([0-9a-f]{32})"', html)
    assert len(keys) == len(set(keys)) > 3
    form = {"kind": "draft", "_key": keys[0]}
    first = office.post(f"/reports/{report.pk}/export/", form)
    again = office.post(f"/reports/{report.pk}/export/", form)
    assert again.url == first.url
    assert Job.objects.filter(kind="reports.export").count() == 1
    office.post(f"/reports/{report.pk}/export/", form | {"kind": "checks"})
    assert Job.objects.filter(kind="reports.export").count() == 1
