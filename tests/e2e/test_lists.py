"""Lists in a browser: rows on a screen, columns that line up, addresses that carry everything."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.colour import ciede2000, least_difference
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
    """A03: ten full rows at 1349 by 625, eighteen at 1920 by 937."""
    page = demo.enter(CLERK, width=1349, height=625)
    page.goto(LIST)
    assert page.evaluate(ROWS) >= 10
    page.set_viewport_size({"width": 1920, "height": 937})
    assert page.evaluate(ROWS) >= 18


def test_a_list_stands_straight_on_a_desk_and_on_a_phone(demo: Any) -> None:
    """The boxes of the filter are one line of one height; at 1366 no column is cut off; on a
    phone the tick does not lie on the number."""
    page = demo.enter(HEAD)
    page.goto(LIST)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".query .near select:not(.ts-hidden-accessible),"
          + ".query > .q .i:not(.ts-hidden-accessible), .query > .q .ts-control")]
          .map((one) => one.getBoundingClientRect())
          .map((one) => `${one.top} ${one.height}`)"""
    )
    assert len(boxes) >= 5
    assert len(set(boxes)) == 1
    assert (
        page.evaluate("""() => {
      const wrap = document.querySelector(".table-wrap");
      return wrap.querySelector("table").scrollWidth - wrap.clientWidth;
    }""")
        <= 0
    )
    page.set_viewport_size({"width": 360, "height": 800})
    tick = page.locator("tbody td.tick input").first.bounding_box()
    number = page.locator("tbody th a[data-open]").first.bounding_box()
    assert tick is not None
    assert number is not None
    assert tick["x"] >= number["x"] + number["width"]


def test_first_column_and_headings_stay_while_a_wide_table_moves(demo: Any) -> None:
    """A04: all columns of the list, scrolled; A19: another browser shows the same columns."""
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


def test_the_list_of_the_head_fits_an_ordinary_screen(demo: Any) -> None:
    """No column of those shown at first is cut off at 1366; on a phone no box lies on a number."""
    page = demo.enter(HEAD, width=1366, height=768)
    page.goto(LIST)
    wide = "() => (box => box.scrollWidth - box.clientWidth)(document.querySelector('.table-wrap'))"
    assert page.evaluate(wide) <= 0
    page.set_viewport_size({"width": 360, "height": 740})
    card = page.locator("tbody tr").first
    tick, link = card.locator("input[data-tick]"), card.locator("a[data-open]")
    box, words = tick.bounding_box(), link.bounding_box()
    assert box is not None and words is not None  # noqa: PT018
    assert words["x"] + words["width"] <= box["x"]
    assert box["x"] + box["width"] <= 360


NUMERIC = """() => [...document.querySelectorAll("table")].flatMap((table) => {
  const heads = [...table.querySelectorAll("thead tr:last-child > *")];
  return [...table.querySelectorAll("tbody tr")].flatMap((row) =>
    [...row.children].flatMap((cell, place) => {
      if (!heads[place]?.classList.contains("num") || cell.colSpan > 1) return [];
      const style = getComputedStyle(cell);
      return [[style.textAlign, style.fontVariantNumeric, cell.innerText.trim()]];
    }));
})"""
NUMBER = re.compile(r"[-+−]?[\d,]+(\.\d+)?|—|未登记")


@pytest.mark.parametrize(
    ("url", "mixed"),
    [
        ("/boards/arb.board/", True),  # a row of cases under one of percents: each says its unit
        ("/arbitration/staff/workload/", False),
        ("/arbitration/budget/", False),
    ],
)
def test_numbers_stand_right_in_figures_of_one_width(demo: Any, url: str, mixed: bool) -> None:
    """A05: cells under a numeric heading stand right, in figures of one width; the unit stands in
    the heading alone."""
    page = demo.enter(HEAD)
    page.goto(url)
    found = page.evaluate(NUMERIC)
    assert found
    assert {(align, figures) for align, figures, _ in found} == {("right", "tabular-nums")}
    assert mixed or [text for *_, text in found if not NUMBER.fullmatch(text)] == []


def test_an_address_carries_the_whole_list(demo: Any) -> None:
    """A17: another browser shows the same rows; A18: back from row 7 of page 4 to its place."""
    page = demo.enter(CLERK)
    page.goto(LIST)
    page.fill("[name=q]", "霍邱")
    page.select_option("[name=stage]", "closed")
    page.click("[data-test=query] button[type=submit]")
    page.click("thead a:has-text('收到')")
    page.select_option("#list-size", "20")
    page.wait_for_url(re.compile("size=20"))
    for number in ("2", "3", "4"):
        page.click("a[rel=next]")
        page.wait_for_url(re.compile(f"page={number}"))
    shown = references(page)
    assert len(shown) > 7
    other = demo.enter(CLERK)
    other.goto(page.url)
    assert references(other) == shown
    down = page.evaluate("document.querySelector('.table-wrap').scrollTop = 60")
    page.click("tbody th a >> nth=6")
    page.wait_for_url(re.compile(r"/disputes/\d+/$"))
    page.go_back()
    assert page.url == other.url
    assert abs(page.evaluate("document.querySelector('.table-wrap').scrollTop") - down) <= 50
    assert references(page) == shown


@pytest.mark.parametrize("staff_no", [CLERK, HEAD, JUDGE, MEDIATOR, DIRECTOR])
def test_the_badge_counts_the_rows_behind_it(demo: Any, staff_no: str) -> None:
    """A21: for five posts."""
    page = demo.enter(staff_no)
    page.goto("/")
    counted = page.evaluate(
        "() => Number(document.querySelector('.topbar [data-count=todo]').firstChild.textContent)"
    )
    page.goto("/todo/")
    expect(page.locator("[data-test=total]")).to_have_text(f"共 {counted} 条")


@pytest.mark.parametrize("typed", ["cgz", "chengguan", "城关"])
def test_a_town_is_found_by_initials_reading_and_words(demo: Any, typed: str) -> None:
    """A22: 城关镇 comes first."""
    page = demo.enter(CLERK)
    page.goto("/arbitration/disputes/new/")
    page.focus("#id_town-ts-control")
    page.keyboard.type(typed)
    expect(page.locator("#id_town-ts-dropdown .option").first).to_contain_text("城关镇")


def test_states_have_five_glyphs_and_colours_that_the_colour_blind_tell_apart(demo: Any) -> None:
    """A11: a glyph of its own and words for each state, so that grey paper tells them apart;
    A12: CIEDE2000 of the three traffic states is at least 20 under each colour blindness."""
    page = demo.enter(HEAD)
    page.goto(LIST)
    glyphs: dict[str, set[str]] = {}
    for badge in page.locator("[data-deadline]").all():
        words = badge.inner_text().strip()
        assert len(words) > 1
        glyphs.setdefault(str(badge.get_attribute("data-deadline")), set()).add(words[0])
    five = {"overdue", "due", "ok", "paused", "done"}
    assert set(glyphs) >= five
    assert len(set.union(*(glyphs[state] for state in five))) == 5
    colours = page.evaluate(
        """() => Object.fromEntries(["overdue", "due", "ok"].map((state) => {
          const probe = document.createElement("span");
          probe.className = "clock";
          probe.dataset.deadline = state;
          document.querySelector("main").append(probe);
          return [state, getComputedStyle(probe).backgroundColor.match(/\\d+/g).map(Number)];
        }))"""
    )
    assert round(ciede2000((50, 2.6772, -79.7751), (50, 0, -82.7485)), 4) == 2.0425
    assert least_difference([colours[state] for state in ("overdue", "due", "ok")]) >= 20
