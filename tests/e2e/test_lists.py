"""Lists in a browser: rows on a screen, columns that line up, addresses that carry everything."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.sites import CLERK, DIRECTOR, HEAD, JUDGE, MEDIATOR

pytestmark = pytest.mark.browser
LIST = "/arbitration/disputes/"
ROWS = """() => {
  const box = document.querySelector(".table-wrap").getBoundingClientRect();
  const foot = Math.min(box.bottom, innerHeight);
  return [...document.querySelectorAll("table.t tbody tr")].filter((row) => {
    const r = row.getBoundingClientRect();
    return r.top >= box.top && r.bottom <= foot;
  }).length;
}"""


def references(page: Page) -> list[str]:
    """The numbers in the first column."""
    return page.locator("tbody th a[data-open]").all_inner_texts()


def test_a_screen_shows_enough_rows(demo: Any) -> None:
    page = demo.enter(CLERK, width=1349, height=625)
    page.goto(LIST)
    assert page.evaluate(ROWS) >= 10
    page.set_viewport_size({"width": 1920, "height": 937})
    assert page.evaluate(ROWS) >= 18


def test_first_column_and_headings_stay_while_a_wide_table_moves(demo: Any) -> None:
    page = demo.enter(CLERK, width=1024, height=700)
    page.goto(LIST)
    page.click("summary:has-text('列设置')")
    for box in page.locator("input[name=columns]:not(:disabled)").all():
        box.check()
    page.click("button[value=columns]")
    page.evaluate("document.querySelector('.table-wrap').scrollTo(300, 200)")
    places = page.evaluate(
        """() => {
          const wrap = document.querySelector(".table-wrap").getBoundingClientRect();
          const rows = [...document.querySelectorAll("tbody tr")];
          const top = (cell) => cell.getBoundingClientRect().top;
          return {
            head: top(document.querySelector("thead th")) - wrap.top,
            first: rows[8].querySelector("th").getBoundingClientRect().left - wrap.left,
            level: rows.every((row) => top(row.firstElementChild) === top(row.lastElementChild)),
          };
        }"""
    )
    assert abs(places["head"]) <= 1.5
    assert 0 <= places["first"] <= 45
    assert places["level"]
    assert page.locator("thead th").count() >= 13
    again = demo.enter(CLERK)
    again.goto(LIST)
    assert again.locator("thead th").count() == page.locator("thead th").count()
    again.click("summary:has-text('列设置')")
    again.click("button[value=reset]")


def test_numbers_stand_right_in_figures_of_one_width(demo: Any) -> None:
    page = demo.enter(HEAD)
    page.goto("/boards/arb.board/")
    styles = page.evaluate(
        """() => [...document.querySelectorAll("td.num")].map((cell) => {
          const style = getComputedStyle(cell);
          return style.textAlign + " " + style.fontVariantNumeric;
        })"""
    )
    assert set(styles) == {"right tabular-nums"}


def test_an_address_carries_the_whole_list(demo: Any) -> None:
    page = demo.enter(CLERK)
    page.goto(LIST)
    page.fill("[name=q]", "霍邱")
    page.select_option("[name=stage]", "closed")
    page.click("[data-test=query] button[type=submit]")
    page.click("thead a:has-text('收到')")
    page.select_option("#list-size", "20")
    page.wait_for_url(re.compile("size=20"))
    page.click("a[rel=next]")
    shown = references(page)
    assert shown
    other = demo.enter(CLERK)
    other.goto(page.url)
    assert references(other) == shown
    page.click("tbody th a >> nth=6")
    page.go_back()
    assert page.url == other.url
    assert references(page) == shown


@pytest.mark.parametrize("staff_no", [CLERK, HEAD, JUDGE, MEDIATOR, DIRECTOR])
def test_the_badge_counts_the_rows_behind_it(demo: Any, staff_no: str) -> None:
    page = demo.enter(staff_no)
    page.goto("/")
    counted = page.evaluate(
        "() => Number(document.querySelector('.topbar [data-count=todo]').firstChild.textContent)"
    )
    page.goto("/todo/")
    expect(page.locator("[data-test=total]")).to_have_text(f"共 {counted} 条")


@pytest.mark.parametrize("typed", ["cgz", "chengguan", "城关"])
def test_a_town_is_found_by_initials_reading_and_words(demo: Any, typed: str) -> None:
    page = demo.enter(CLERK)
    page.goto("/arbitration/disputes/new/")
    page.focus("#id_town-ts-control")
    page.keyboard.type(typed)
    expect(page.locator("#id_town-ts-dropdown .option").first).to_contain_text("城关镇")


def test_states_have_five_glyphs_and_colours_that_the_colour_blind_tell_apart(demo: Any) -> None:
    page = demo.enter(HEAD)
    page.goto("/todo/")
    badges = page.locator("[data-deadline]").all()
    assert badges
    for badge in badges:
        assert len(badge.inner_text().strip()) > 1
    colours = page.evaluate(
        """() => Object.fromEntries(["overdue", "due", "ok"].map((state) => {
          const probe = document.createElement("span");
          probe.className = "clock";
          probe.dataset.deadline = state;
          document.querySelector("main").append(probe);
          return [state, getComputedStyle(probe).backgroundColor.match(/\\d+/g).map(Number)];
        }))"""
    )
    assert least_difference([colours[state] for state in ("overdue", "due", "ok")]) >= 20


# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear light.
BLINDNESS = (
    (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
)


def least_difference(colours: list[list[int]]) -> float:
    """The least CIE76 difference among the colours as seen with each colour blindness."""
    least = 1000.0
    for matrix in BLINDNESS:
        seen = [lab(matrix, colour) for colour in colours]
        for i, one in enumerate(seen):
            for other in seen[i + 1 :]:
                least = min(
                    least, sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
                )
    return least


def lab(matrix: tuple[tuple[float, ...], ...], colour: list[int]) -> tuple[float, float, float]:
    """CIELAB (D65) of an sRGB colour behind a colour blindness."""
    light = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in light]
    r, g, b = (
        min(1, max(0, sum(m * c for m, c in zip(row, linear, strict=True)))) for row in matrix
    )
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
