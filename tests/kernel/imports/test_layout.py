"""Finding the table: title rows, merged headings, synonyms, totals, signatures, fill-down."""

import datetime
from typing import Any

import pytest

from hrss_portal.imports.headings import Heading, Matcher, bare, letter, problem_words, unit
from hrss_portal.imports.layout import DataRow, Layout, Rows, find_layout, map_columns
from hrss_portal.imports.reading import open_book
from hrss_portal.imports.refusals import FileRefused
from tests.factories.imports import text_table, workbook
from tests.kernel.imports.sheets import HEADINGS, PEOPLE


def look(content: bytes, name: str = "a.xlsx") -> tuple[Layout, list[DataRow], Rows]:
    with open_book(content, name) as book:
        heads = [(info.index, info.name, book.head(info.index)) for info in book.sheets]
        layout = find_layout(PEOPLE, heads)
        rows = Rows(PEOPLE, layout)
        merged = book.merged(layout.sheet_index)
        return layout, list(rows.walk(book.rows(layout.sheet_index), merged)), rows


def found(layout: Layout) -> dict[str, str]:
    return {letter(number): name for number, (name, _) in layout.columns.items()}


def test_headings_below_title_rows_with_synonyms_line_breaks_and_full_width_forms() -> None:
    layout, rows, _ = look(
        workbook(
            [
                ["霍县2023年测试台账", None, None, None],
                ["填报单位(盖章):", None, "单位:人、万元", None],
                ["序号", "姓 名", "身份证\n号", "手机", "所属乡镇", "登记时间*", "备　注"],
                [1, "甲甲", "x", "1", "城关镇", None, None],
            ],
            merged=[(1, 1, 1, 7, "霍县2023年测试台账")],
        )
    )
    assert layout.header_rows == [3]
    assert found(layout) == {
        "B": "name",
        "C": "id_no",
        "D": "phone",
        "E": "town",
        "F": "on",
        "G": "note",
    }
    assert layout.unknown == [1]
    assert layout.missing == ["amount"]
    assert [row.number for row in rows] == [4]


def test_two_row_merged_headings_are_read_together() -> None:
    layout, rows, _ = look(
        workbook(
            [
                ["台账"],
                ["姓名", "户籍", None, "证件", None],
                [None, "乡镇", "村", "身份证号码", "联系电话"],
                ["甲甲", "城关镇", "一村", "x", "1"],
            ],
            merged=[
                (1, 1, 1, 5, "台账"),
                (2, 1, 3, 1, "姓名"),
                (2, 2, 2, 3, "户籍"),
                (2, 4, 2, 5, "证件"),
            ],
        )
    )
    assert layout.header_rows == [2, 3]
    assert found(layout) == {"A": "name", "B": "town", "D": "id_no", "E": "phone"}
    assert layout.headings[2] == "户籍_乡镇"
    assert [row.number for row in rows] == [4]


def test_ambiguous_headings_are_reported_never_guessed() -> None:
    layout, _, _ = look(workbook([["姓名", "身份证号", "手机", "电话"], ["甲甲", "x", "1", "2"]]))
    assert found(layout) == {"A": "name", "B": "id_no"}
    assert [problem_words(problem, PEOPLE) for problem in layout.problems] == [
        "C列“手机”、D列“电话”都像“联系电话”，请指定用哪一列。"
    ]
    chosen = {1: "name", 2: "id_no", 3: "phone", 4: ""}
    settled = map_columns(layout, PEOPLE, chosen)
    assert settled.problems == []
    assert settled.columns[3] == ("phone", 9)
    assert settled.columns[1] == ("name", 0)
    assert settled.unknown == [4]


def test_canonical_heading_wins_over_a_synonym() -> None:
    layout, _, _ = look(workbook([["姓名", "联系电话", "手机"], ["甲甲", "1", "2"]]))
    assert found(layout) == {"A": "name", "B": "phone"}
    assert layout.problems == []


def money(heading: str, *above: list[str | None]) -> Layout:
    rows = [*above, ["姓名", "身份证号", heading], ["甲甲", "x", 5]]
    return look(workbook(rows))[0]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("贷款金额（元）", "元"),
        ("贷款金额(万元)", "万元"),
        ("贷款金额（单位：千元）", "千元"),
        ("贷款金额（人民币 亿元）", "亿元"),
        ("贷款金额万元", "万元"),
        ("贷款金额", ""),
    ],
)
def test_a_unit_of_money_in_the_heading_is_that_of_the_column(heading: str, name: str) -> None:
    layout = money(heading)
    assert (found(layout)["C"], layout.problems, layout.unit_of("amount")) == ("amount", [], name)


def test_a_unit_above_the_table_holds_where_a_heading_names_none() -> None:
    above: list[str | None] = ["填报单位：元素公司", None, "单位：人、千元"]
    assert money("贷款金额", above).unit_of("amount") == "千元"
    assert money("贷款金额（元）", above).unit_of("amount") == "元"
    assert money("贷款金额", ["单位：元素科技有限公司", None, None]).unit_of("amount") == ""


@pytest.mark.parametrize(
    ("above", "unit"),
    [
        (["填报单位：霍邱县仲裁院", None, "单位：万元"], "万元"),
        (["填报单位：仲裁院    单位：万元"], "万元"),
        (["单位：霍邱县人社局", None, "计量单位：万元"], "万元"),
        (["填报单位：仲裁院   填报时间：2023年1月5日   金额单位：万元"], "万元"),
        (["单位：万元   填报时间：2023年1月5日", "填报单位：仲裁院"], "万元"),
        (["单位：", "千元"], "千元"),
        (["填报单位：仲裁院", "金额单位：人民币万元"], "万元"),
        (["制表单位：万元乐超市", "填报单位：亿元商贸公司"], ""),
        (["填报单位：万佛湖镇   填表人：张三"], ""),
        (["填报单位：亿家村 制表：王某", "单位：元"], "元"),
        (["填报单位：万集镇 联系电话：123    单位：千元 审核：李某"], "千元"),
        (["单位：万元", "单位：万元"], "万元"),
        (["单位：元、万元"], "元、万元"),
    ],
)
def test_the_unit_is_found_beside_whose_table_it_is(above: list[str | None], unit: str) -> None:
    assert money("贷款金额", above).unit_of("amount") == unit


@pytest.mark.parametrize("unknown", ["美元", "万美元", "元、万元", "HKD"])
def test_a_unit_that_is_not_known_is_refused_with_words(unknown: str) -> None:
    layout = money(f"贷款金额（{unknown}）")
    words = problem_words(layout.problems[0], PEOPLE)
    assert f"“{unknown.lower()}”不认得" in words
    assert "只认 元、千元、万元" in words
    kept = map_columns(layout, PEOPLE, {1: "name", 2: "id_no", 3: "amount"})
    assert kept.problems == layout.problems
    assert map_columns(layout, PEOPLE, {1: "name", 2: "id_no"}).problems == []


def test_each_column_is_chosen_once() -> None:
    layout, _, _ = look(workbook([["姓名", "身份证号"], ["甲甲", "x"]]))
    with pytest.raises(ValueError, match="once"):
        map_columns(layout, PEOPLE, {1: "name", 2: "name"})


def test_totals_signatures_and_number_rows_are_left_out_and_named() -> None:
    _, rows, walker = look(
        workbook(
            [
                ["姓名", "身份证号", "乡镇", "贷款金额（万元）"],
                [1, 2, 3, 4],
                ["甲甲", "x", "城关镇", 5],
                ["城关镇小计", None, None, 5],
                ["合 计", None, None, 5],
                ["填表人:某某", None, "审核人:某某", None],
                ["注:金额按实际发放数填写", None, None, None],
            ]
        )
    )
    assert [row.number for row in rows] == [3]
    assert [(number, why) for number, why, _ in walker.left_out] == [
        (2, "numbers"),
        (4, "total"),
        (5, "total"),
        (6, "signature"),
        (7, "signature"),
    ]


def test_people_who_look_like_totals_are_kept() -> None:
    _, rows, _ = look(workbook([["姓名", "身份证号"], ["合计", "x"], ["总计有限公司", None]]))
    assert [row.number for row in rows] == [2, 3]


def test_merged_cells_are_filled_down_only_where_the_column_says_so() -> None:
    _, rows, _ = look(
        workbook(
            [
                ["乡镇", "姓名", "身份证号", "备注"],
                ["城关镇", "甲甲", "x", "同上"],
                [None, "乙乙", "y", None],
                ["河口镇", "丙丙", "z", None],
                [None, "丁丁", "w", None],
            ],
            merged=[(2, 1, 3, 1, "城关镇"), (2, 4, 3, 4, "同上")],
        )
    )
    assert [row.cells["town"] for row in rows] == ["城关镇", "城关镇", "河口镇", "河口镇"]
    assert [row.cells["note"] for row in rows] == ["同上", None, None, None]
    assert [row.filled for row in rows] == [{}, {}, {}, {"town": "河口镇"}]


def test_group_rows_and_blank_rows_between_towns() -> None:
    _, rows, walker = look(
        workbook(
            [
                ["乡镇", "姓名", "身份证号"],
                ["城关镇"],
                [None, "甲甲", "x"],
                [" ", None, None],
                ["河口镇"],
                [None, "乙乙", "y"],
            ]
        )
    )
    assert [(row.number, row.cells["town"]) for row in rows] == [(3, "城关镇"), (6, "河口镇")]
    assert [why for _, why, _ in walker.left_out] == ["group", "group"]


def test_best_sheet_of_a_workbook_is_found() -> None:
    layout, _, _ = look(text_table([HEADINGS, ["城关镇", "甲甲"]]), "a.csv")
    assert layout.missing == []


def test_no_header_is_refused_with_what_to_do() -> None:
    with pytest.raises(FileRefused, match="下载模板"):
        look(workbook([["甲", "乙"], [1, 2]]))


def test_a_row_of_data_is_never_a_heading() -> None:
    layout, _, _ = look(
        workbook([["姓名", "备注"], ["姓名", datetime.date(2023, 1, 1)], ["甲甲", "姓名"]])
    )
    assert layout.header_rows == [1]


def test_layout_survives_its_batch() -> None:
    layout, _, _ = look(workbook([["姓名", "身份证号", "手机", "电话"], ["甲甲", "x", "1", "2"]]))
    assert Layout.from_json(layout.as_json()) == layout


@pytest.mark.parametrize(
    ("text", "without", "money"),
    [
        ("贷款金额（万元）", "贷款金额", "万元"),
        ("薪资待遇（元/月）", "薪资待遇", "元"),
        ("参会企业数 (家)", "参会企业数", ""),
        ("*姓 名：", "姓名", ""),
        ("村（社区）", "村", ""),
    ],
)
def test_brackets_and_marks(text: str, without: str, money: str) -> None:
    assert (bare(text), unit(text)) == (without, money)


def test_words_that_fit_two_columns() -> None:
    heading: Any = Heading(1, "时间", ("时间",))
    assert Matcher(PEOPLE).candidates(heading) == (set(), 9)
