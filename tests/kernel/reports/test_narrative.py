"""The small language of narratives: what it reads, and how it says what is wrong."""

from decimal import Decimal

import pytest

from hrss_portal.reports import editing
from hrss_portal.reports import narrative as plan
from hrss_portal.reports.narrative import Bound, Choice, Filled, Line, Parametric, Plain


def test_lines_have_kinds():
    lines = plan.parse("## 甲\n# 乙\n- 丙；\n\n丁")
    assert [(line.kind, line.nodes[0].text) for line in lines] == [
        ("h4", "甲"),
        ("h3", "乙"),
        ("item", "丙"),
        ("body", "丁"),
    ]


def test_placeholders_carry_filter_and_own_period():
    (line,) = plan.parse("共{fig:a.b|town=甲|from=2023-04-01}、{num:a.c}、{param:p}、{text:t}")
    assert line.nodes[1::2] == (
        Bound("a.b", filters=(("town", ("甲",)),), frm="2023-04-01"),
        Bound("a.c", bare=True),
        Parametric("p"),
        Filled("t"),
    )


def test_a_choice_reads_both_branches():
    (line,) = plan.parse("[[若 a.b ≥ 1.5 则 好 否则 共{num:a.b}]]。")
    assert line == Line(
        "body",
        (
            Choice(
                Bound("a.b"), ">=", Decimal("1.5"), (Plain("好"),),
                (Plain("共"), Bound("a.b", bare=True)),
            ),
            Plain("。"),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("一\n{fig:}", "第 2 行：{fig:} 里要写代码"),
        ("{fig:a|town}", "第 1 行：筛选“town”要写成 键=值 或 键=值|值"),
        ("{fig:a|from=昨天}", "第 1 行：from“昨天”写成 2023-11-16"),
        ("{fig:a||colour=1}", "第 1 行：“colour=1”只能写 from=日期,to=日期"),
        ("{figure:a}", "第 1 行：“{figure:a}”里的花括号不成对，或写了没有的标记"),
        ("{% for x in y %}", "第 1 行：“{% for x in y %}”里的花括号不成对，或写了没有的标记"),
        ("[[若 a 则 b]]", "第 1 行：条件句写成 [[若 指标代码 = 0 则 … 否则 …]]"),
    ],
)
def test_what_cannot_be_read_names_line_and_mend(text, problem):
    assert plan.problems(text) == [problem]


def test_unknown_codes_are_a_problem_before_saving():
    assert plan.problems("{fig:no.such}") == ["没有指标 no.such，到指标目录查代码"]


def test_the_shipped_narrative_has_the_sections_of_the_report():
    story = plan.load("county-2023")
    assert [section.number for section in story.sections] == [
        "一、", "（一）", "（二）", "（三）", "（四）", "（五）", "（六）",
        "（七）", "（八）", "（九）", "（十）", "（十一）",
    ]  # fmt: skip
    for section in story.sections:
        plan.parse(section.body)
        assert section.is_heading_only or section.body or section.awaiting


def test_an_unknown_narrative_is_named():
    with pytest.raises(plan.UnknownNarrative):
        plan.load("../secrets")


@pytest.mark.parametrize("code", plan.codes())
def test_a_text_shown_by_names_is_stored_by_codes_again(code: str) -> None:
    """With the figures that are declared: nothing of the skeleton's text is lost on the way."""
    story = plan.load(code)
    for part in story.sections:
        names_shown = editing.shown(part.body, story.texts)
        assert editing.stored(names_shown, story.texts) == part.body
        left = [one for one in editing.names() if f":{one}}}" in names_shown]
        assert not left, names_shown
