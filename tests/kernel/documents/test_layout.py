"""The page of GB/T 9704-2012, measured in the file."""

import io
import zipfile

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from hrss_portal.documents import layout


def opened(document):
    return Document(io.BytesIO(layout.to_bytes(document)))


def millimetres(length):
    return round(length / Mm(1))


def test_page_and_margins():
    section = opened(layout.new_document()).sections[0]
    page = [section.page_width, section.page_height]
    edges = [section.top_margin, section.left_margin, section.right_margin, section.bottom_margin]
    assert [millimetres(one) for one in page] == [210, 297]
    assert [millimetres(one) for one in edges] == [37, 28, 26, 35]
    assert layout.TEXT_WIDTH_MM == 210 - 28 - 26
    assert layout.TEXT_HEIGHT_MM == 297 - 37 - 35


def test_twenty_two_lines_of_twenty_eight_characters_fill_the_page():
    """Counted in twips, as Word counts: one more line or character would not fit."""
    document = layout.new_document()
    layout.add_paragraph(document, "正文")
    section = opened(document).sections[0]
    edges = [section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
    top, bottom, left, right = (int(edge.twips) for edge in edges)
    height = int(section.page_height.twips) - top - bottom
    width = int(section.page_width.twips) - left - right
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch")))
    character = (16 + int(grid.get(qn("w:charSpace"))) / 4096) * 20
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert (height // pitch, width // character) == (22, 28)
    paragraph = opened(document).paragraphs[0]
    assert paragraph.paragraph_format.line_spacing.twips == pitch
    assert paragraph._p.pPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"
    spacing = int(paragraph.runs[0]._r.rPr.find(qn("w:spacing")).get(qn("w:val")))
    assert width // (16 * 20 + spacing) == 28


def test_a_file_does_not_say_who_or_what_made_it():
    """Neither the library's own name nor that of whoever uploaded a template."""
    content = layout.to_bytes(layout.new_document(title="报告"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [name for name in archive.namelist() if "docProps" in name] == ["docProps/core.xml"]
        core = archive.read("docProps/core.xml").decode()
    assert "报告" in core
    for word in ("python", "2013", "Word"):
        assert word not in core
    template = Document(io.BytesIO(content))
    template.core_properties.author = template.core_properties.last_modified_by = "上传人"
    layout.forget_origin(template)
    assert "上传人" not in template.core_properties._element.xml


def test_fonts_are_named_for_every_script():
    document = layout.new_document()
    layout.add_title(document, "标题")
    layout.add_heading(document, "一、工作开展情况")
    layout.add_heading(document, "（一）就业", 2)
    layout.add_paragraph(document, "正文 32家")
    runs = [paragraph.runs[0] for paragraph in opened(document).paragraphs if paragraph.runs]
    fonts = [run._r.rPr.find(qn("w:rFonts")) for run in runs]
    assert [(font.get(qn("w:eastAsia")), font.get(qn("w:ascii"))) for font in fonts] == [
        ("方正小标宋简体", "Times New Roman"),
        ("黑体", "Times New Roman"),
        ("楷体_GB2312", "Times New Roman"),
        ("仿宋_GB2312", "Times New Roman"),
    ]
    assert [run.font.size.pt for run in runs] == [22, 16, 16, 16]


def test_first_line_indent_is_two_characters():
    document = layout.new_document()
    indent = layout.add_paragraph(document, "正文")._p.pPr.ind
    assert (indent.get(qn("w:firstLineChars")), indent.get(qn("w:firstLine"))) == ("200", "640")


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages():
    document = opened(layout.new_document())
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    sides = [
        footer.paragraphs[0].alignment for footer in (section.footer, section.even_page_footer)
    ]
    assert sides == [layout.ALIGN["right"], layout.ALIGN["left"]]
    assert section.footer.paragraphs[0].text == "— 1 —"


def test_table_head_repeats_and_cells_join():
    document = layout.new_document()
    rows = [["项目", "<", "数量"], ["甲", "乙", "1"], ["^", "丙", "2"]]
    layout.add_table(document, rows, widths=[1, 1, 2])
    table = opened(document).tables[0]
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [
        True,
        False,
        False,
    ]
    assert table.cell(0, 0)._tc is table.cell(0, 1)._tc
    assert table.cell(1, 0)._tc is table.cell(2, 0)._tc
    assert (table.cell(2, 0).text, table.cell(0, 0).text) == ("甲", "项目")


def test_landscape_page_keeps_the_binding_edge():
    section = layout.new_document(landscape=True).sections[0]
    assert (millimetres(section.page_width), millimetres(section.top_margin)) == (297, 28)


def test_file_has_no_times_of_its_own():
    content = layout.to_bytes(layout.new_document(title="报告"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
