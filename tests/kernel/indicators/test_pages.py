"""Pages of figures: every number links to a list that is as long as the number."""

import re
from datetime import date
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils.html import strip_tags
from openpyxl import load_workbook

from hrss_portal.access.models import Absence
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import AccessEntry
from hrss_portal.indicators.declare import Board, BoardLine, Count
from hrss_portal.indicators.models import AnnualTarget, Override
from tests.cast import County
from tests.factories.access import UserFactory
from tests.kernel.indicators.conftest import OF_ABSENCE, SAMPLE

pytestmark = pytest.mark.django_db
YEAR = "from=2023-01-01&to=2023-11-16"
BOARD = Board(
    code="t.board",
    title="请假看板",
    lines=("t.people", BoardLine(code="t.absences", target="t.task"), "t.away", "t.both"),
    monthly=("t.flow",),
)


@pytest.fixture
def page(county: County, declare, director, client: Client):
    """``page(address)`` gives the page of an address as the director sees it."""
    declare(*SAMPLE, BOARD)
    with acting_as_system("test"):
        for number in range(7):
            name = ("城关镇", "河口镇")[number % 2]
            user = UserFactory(unit=county.town(name), name=f"请假{number}")
            day = date(2023, 1 + number, 3)
            Absence.objects.create(user=user, from_on=day, to_on=date(2024, 1, 1))
    client.force_login(director)

    def get(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content[:500]
        return answer.content.decode()

    return get


def links_with_numbers(html: str) -> list[tuple[str, str]]:
    """(address, number) of every link to rows."""
    found = re.findall(r'<a href="([^"]*rows/[^"]*)"[^>]*>([^<]+)</a>', html)
    pairs = [(url.replace("&amp;", "&"), re.match(r"[\d,]+", words)) for url, words in found]
    return [(url, match.group().replace(",", "")) for url, match in pairs if match]


@pytest.mark.parametrize(
    "address",
    [
        f"/indicators/t.absences/?{YEAR}",
        f"/indicators/t.people/?{YEAR}",
        f"/indicators/t.absences/?{YEAR}&by=who",
        f"/indicators/t.flow/?{YEAR}",
        f"/boards/t.board/?{YEAR}",
    ],
)
def test_every_number_opens_to_that_many_rows(page, address):
    pairs = links_with_numbers(page(address))
    assert pairs != []
    for url, number in pairs:
        if "t.both" in url or "t.task" in url:
            continue
        total = re.search(r'data-test="total">\D*([\d,]+) 行', page(url))
        assert (url, total.group(1)) == (url, number)


def test_the_catalogue_lists_figures_with_their_words(page):
    html = page(f"/indicators/?{YEAR}&q=请假人")
    assert re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', html) == ["请假人数"]
    assert "7人" in html
    assert "数据截至" in html


def test_the_figure_page_shows_definition_trend_and_towns(page):
    html = page(f"/indicators/t.absences/?{YEAR}")
    assert 'data-page="indicators:figure"' in html
    for part in ("口径版本", "近 13 个月", "城关镇", "河口镇", "上年同期明细"):
        assert part in html
    assert html.count('class="bar') == 13


def test_a_rate_is_shown_with_its_parts(page):
    html = page(f"/indicators/t.both/?{YEAR}")
    assert "50.00%（7/14）" in html


def test_opening_rows_is_in_the_access_log(page, director):
    page(f"/indicators/t.absences/rows/?{YEAR}")
    entry = AccessEntry.objects.get(subject_type="indicators.figure")
    assert (entry.actor_id, entry.kind, entry.subject_id) == (director.pk, "search", "t.absences")


def test_a_bad_filter_is_explained_and_kept(page):
    html = page(f"/indicators/t.absences/?{YEAR}&filter=colour=red")
    assert "没有筛选键“colour”" in html
    assert 'data-state="error"' in html


def test_an_unknown_figure_is_not_found(page, client):
    assert client.get("/indicators/t.nothing/").status_code == 404


def test_a_figure_whose_rows_are_not_the_users_is_hidden_and_refused(
    county: County, declare, acting, client
):
    of_reports = Count(code="t.reports", label="报告数", of="reports.report",
                       dated_by="to_on", unit="org")  # fmt: skip
    declare(Count(code="t.absences", label="请假次数", **OF_ABSENCE), of_reports)
    with acting_as_system("test"):
        nobody = UserFactory(unit=county.office("就业股"))
    client.force_login(nobody)
    assert client.get("/indicators/").status_code == 403


def test_boards_show_tasks_and_pace(page, county, director):
    assert "完成率" not in strip_tags(page(f"/boards/t.board/?{YEAR}"))  # nobody has set a task
    with acting_as_system("test"):
        AnnualTarget.objects.create(
            code="t.absences", year=2023, unit=county.bureau, value=5, set_by=director
        )
    text = strip_tags(page(f"/boards/t.board/?{YEAR}"))
    assert "✓ 达标" in text
    assert "140.0%" in text
    assert "完成率" in text
    assert "请假看板" in strip_tags(page("/boards/"))


def test_tasks_are_entered_with_their_basis(page, client, county, director):
    form = {"year": 2023, "unit": county.bureau.pk, "value": "10", "basis": ""}
    refused = client.post("/indicators/t.absences/tasks/", form).content.decode()
    assert 'id="id_basis_error"' in refused
    for _ in range(2):
        client.post("/indicators/t.absences/tasks/", form | {"basis": "测目〔2023〕1号"})
    with acting_as_system("test"):
        task = AnnualTarget.objects.get()
    assert (task.value, task.set_by) == (10, director)
    assert "测目〔2023〕1号" in page("/indicators/t.absences/tasks/")


def test_an_as_reported_value_is_set_and_withdrawn_in_the_own_bureau_alone(
    page, client, other_county: County
):
    code, theirs = "t.absences_change", other_county.bureau
    address = f"/indicators/{code}/as-reported/?{YEAR}&org=%23{theirs.pk}"
    assert client.post(address, {"value": "1", "reason": "代报"}).status_code == 403
    row = {"code": code, "to_on": date(2023, 11, 16), "org": theirs, "reason": "x", "by_name": "x"}
    with acting_as_system("test"):
        set_there = Override.objects.create(**row, value=1)
    assert client.post(f"/as-reported/{set_there.pk}/withdraw/").status_code == 404
    assert Override.objects.get().withdrawn_at is None


def test_an_as_reported_value_is_printed_beside_the_computed_one(page, client, director):
    address = f"/indicators/t.absences_change/as-reported/?{YEAR}"
    client.post(address, {"value": "-31.3", "printed": "", "reason": "上年基数口径不同"})
    html = page(f"/indicators/t.absences_change/?{YEAR}")
    assert "同比下降31.3%" in html
    assert "上年基数口径不同" in html
    with acting_as_system("test"):
        pk = Override.objects.get().pk
    client.post(f"/as-reported/{pk}/withdraw/")
    assert "同比下降31.3%" not in page(f"/indicators/t.absences_change/?{YEAR}")


@pytest.mark.parametrize("address", ["/boards/t.board/", "/indicators/t.flow/"])
def test_a_monthly_table_stands_beside_the_year_before(page, address):
    rows = BeautifulSoup(page(f"{address}?{YEAR}"), "html.parser").select(
        '[data-test="monthly"] tr'
    )
    widths = {len(row.find_all(["th", "td"])) for row in rows}
    assert widths == {9}


def test_a_board_needs_few_queries(page, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page(f"/boards/t.board/?{YEAR}")


def test_rows_are_exported_with_their_conditions(page, client):
    html = page(f"/indicators/t.absences/rows/?{YEAR}&filter=town=城关镇")
    assert 'data-test="export"' in html
    answer = client.get(f"/indicators/t.absences/rows/export/?{YEAR}&filter=town=城关镇")
    book = load_workbook(BytesIO(answer.content))
    about = {row[0]: row[1] for row in book["导出说明"].iter_rows(values_only=True)}
    assert (about["筛选"], about["行数"]) == ("乡镇：城关镇", "4")
    assert book["明细"].max_row == 5
    assert AccessEntry.objects.filter(kind="export", subject_id="t.absences").count() == 1


def test_named_boxes_narrow_a_figure_and_its_chips_take_them_off(page):
    html = page(f"/indicators/t.absences/?{YEAR}")
    assert 'name="filter"' not in html
    assert re.search(r'<label for="is-town">乡镇</label>', html)
    code = re.search(r'<option value="([^"]+)">城关镇</option>', html).group(1)
    narrowed = page(f"/indicators/t.absences/?{YEAR}&is-town={code}")
    assert re.search(r'data-test="value"><a[^>]*>4人次', narrowed)
    assert f'<option value="{code}" selected>城关镇</option>' in narrowed
    chip = re.search(r'<a class="chip" href="([^"]*)"[^>]*>\s*(\S+)', narrowed)
    assert chip.group(2) == "乡镇=城关镇"
    assert re.search(r'data-test="value"><a[^>]*>7人次', page(f"/indicators/t.absences/{chip[1]}"))


def test_the_bar_keeps_what_else_the_address_says(page):
    html = page(f"/indicators/t.absences/rows/?{YEAR}&part=previous&filter=town=城关镇|河口镇")
    assert '<input type="hidden" name="part" value="previous">' in html
    assert '<option value="城关镇|河口镇" selected>城关镇或河口镇</option>' in html


def test_a_board_narrowed_by_what_some_lines_do_not_know_names_them(page):
    html = page(f"/boards/t.board/?{YEAR}&is-town=城关镇")
    lines = re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a></th>', html)
    assert lines == ["请假人数", "请假次数", "在假人数", "在假占比"]
    foot = re.search(r'data-test="undivided">([^<]*)<', html).group(1)
    assert "作业收办存" in foot


def test_codes_of_a_choice_are_words_in_the_boxes(page):
    html = page(f"/indicators/t.jobs/?{YEAR}")
    assert '<label for="is-state">' in html
    assert '<option value="dead">已停止</option>' in html
