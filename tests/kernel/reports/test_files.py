"""The docx in its official layout, the check workbook, the job and the command."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from openpyxl import load_workbook

from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.documents.models import File
from hrss_portal.jobs.models import Job
from hrss_portal.jobs.runner import run_job
from hrss_portal.reports import exporting, freezing, writing
from hrss_portal.reports.composed import NotReady
from hrss_portal.reports.docx import build_docx
from hrss_portal.reports.workbook import build_workbook
from tests.kernel.reports.test_writing import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def composed(report, acting):
    acting("test")
    return writing.composed_of(report)


@pytest.fixture
def document(composed):
    return Document(BytesIO(build_docx(composed, draft=True)))


def east(run) -> str:
    return run._r.rPr.rFonts.get(qn("w:eastAsia"))


def test_every_number_is_a_link_to_its_rows(composed, document, settings):
    links = {
        document.part.rels[link.get(qn("r:id"))].target_ref: "".join(
            run.text for run in link.findall(f".//{qn('w:t')}")
        )
        for link in document.element.body.iter(qn("w:hyperlink"))
    }
    shown = {
        f"{settings.PORTAL_URL}{use.rows_url}": use.printed for use in composed.uses if use.rows_url
    }
    assert links == shown
    assert shown


def starting(document, words: str):
    return next(line for line in document.paragraphs if line.text.startswith(words))


def test_the_page_is_a4_with_the_official_margins(document):
    page = document.sections[0]
    sizes = [page.page_width, page.page_height, page.top_margin, page.left_margin,
             page.right_margin, page.bottom_margin]  # fmt: skip
    wanted = [Mm(210), Mm(297), Mm(37), Mm(28), Mm(26), Mm(35)]
    for found, size in zip(sizes, wanted, strict=True):
        assert abs(found - size) < Mm(1) / 10


def test_lines_are_exactly_a_twenty_second_of_the_page(document):
    body = starting(document, "一是")
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert document.core_properties.author == "测试县人力资源和社会保障局"
    assert document.core_properties.last_modified_by == ""
    assert body.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"


@pytest.mark.parametrize(
    ("words", "font", "size"),
    [
        ("2023年创优", "方正小标宋简体", 22),
        ("一、工作开展情况", "黑体", 16),
        ("（二）劳动人事争议调解仲裁", "楷体_GB2312", 16),
        ("一是", "仿宋_GB2312", 16),
    ],
)
def test_each_level_has_its_font(document, words, font, size):
    run = starting(document, words).runs[0]
    assert (east(run), run.font.size) == (font, Pt(size))
    assert run._r.rPr.rFonts.get(qn("w:ascii")) == "Times New Roman"


def test_page_numbers_differ_on_odd_and_even_pages(document):
    assert document.settings.odd_and_even_pages_header_footer is True
    page = document.sections[0]
    for footer in (page.footer, page.even_page_footer):
        assert "PAGE" in footer._element.xml


def test_headings_come_in_the_order_of_the_assessment(document):
    headings = [line.text for line in document.paragraphs if line.text.startswith("（")]
    assert [line[1 : line.index("）")] for line in headings] == [
        "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一",
    ]  # fmt: skip


def test_gaps_are_highlighted_in_a_draft_and_refused_in_a_final_version(composed, document):
    marked = [
        run.text for line in document.paragraphs for run in line.runs if run.font.highlight_color
    ]
    assert marked[0] == "【待填：对照的文件全称（带书名号和文号）】"
    assert "草稿" in document.sections[0].header.paragraphs[0].text
    with pytest.raises(NotReady):
        build_docx(composed, draft=False)


def test_the_same_report_gives_the_same_bytes(composed):
    assert build_docx(composed, draft=True) == build_docx(composed, draft=True)


def test_the_check_workbook_has_a_line_per_figure(report, composed):
    content = build_workbook(
        composed, headings=writing.headings_of(report), checks=writing.checks_of(report)
    )
    book = load_workbook(BytesIO(content))
    rows = list(book["核数表"].iter_rows(min_row=5, values_only=True))
    assert len(rows) == len(composed.uses)
    assert rows[0][1:8] == (
        "（二）劳动人事争议调解仲裁工作质效评估",
        "arb.mediation_resolved",
        "arb.mediation_resolved",
        "测试",
        rows[0][5],
        "3起",
        3,
    )
    assert rows[0][18] == "待填"
    assert book["待填"].max_row == len(composed.missing) + 1


def test_a_job_makes_the_file_and_the_report_owns_it(report, office_clerk):
    with acting_as(office_clerk):
        job = exporting.request_export(report, "draft", by=office_clerk)
    assert run_job(job.pk) == "done"
    with acting_as_system("test"):
        done = Job.objects.get(pk=job.pk)
        file = File.objects.get(pk=done.result["file"])
    assert (file.owner_label, file.owner_id) == ("reports.report", report.pk)
    with default_storage.open(file.content.name) as stored:
        assert Document(stored).core_properties.title == report.title


def test_the_final_version_needs_a_frozen_report(report, office_clerk):
    with acting_as(office_clerk):
        with pytest.raises(NotReady, match="待填"):
            exporting.request_export(report, "final", by=office_clerk)
        finish(report, office_clerk)
        freezing.freeze(report, by=office_clerk)
        report.refresh_from_db()
        job = exporting.request_export(report, "final", by=office_clerk)
    assert run_job(job.pk) == "done"


def test_the_command_answers_in_the_promised_shape(told, tmp_path: Path, capsys):
    out = tmp_path / "report.docx"
    period = ("--from", "2023-01-01", "--to", "2023-11-16")
    call_command("report", "county-2023", *period, "--out", str(out), "--json")
    data = json.loads(capsys.readouterr().out)["data"]
    assert list(data) == ["code", "org", "period", "figures", "missing"]
    assert data["period"] == {"from": "2023-01-01", "to": "2023-11-16"}
    first = data["figures"][0]
    assert list(first) == ["id", "code", "printed", "value", "state", "rows_url"]
    assert (first["code"], first["printed"], first["state"]) == (
        "arb.mediation_resolved", "3起", "待核",
    )  # fmt: skip
    assert Document(out).paragraphs[1].text.endswith("工作情况汇报")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("no-such", "--out", "x.docx"), "unknown_report"),
        (("county-2023", "--out", "/nowhere/x.docx"), "bad_path"),
        (("county-2023", "--out", "x.docx", "--org", "月球"), "unknown_org"),
    ],
)
def test_bad_input_to_the_command_exits_two(told, capsys, args, code):
    with pytest.raises(SystemExit) as left:
        call_command("report", *args, "--json")
    assert left.value.code == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == code


def test_the_command_prints_a_locked_report_as_it_was(report, office_clerk, tmp_path, capsys):
    with acting_as(office_clerk):
        finish(report, office_clerk)
        freezing.freeze(report, by=office_clerk)
    out = tmp_path / "final.docx"
    call_command("report", "county-2023", "--out", str(out), "--json")
    data = json.loads(capsys.readouterr().out)["data"]
    assert {figure["state"] for figure in data["figures"]} == {"锁定"}
    assert data["missing"] == []
    assert Document(out).core_properties.comments == ""
    assert date.fromisoformat(data["period"]["to"]) == report.to_on
