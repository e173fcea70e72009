"""The thirteen-month trend of a figure, drawn on the server as SVG.

The running month is drawn pale: it is not complete.  The page prints the same numbers as a table.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hrss_portal.indicators.breakdown import Cell, whole_month

WIDTH, HEIGHT, FOOT, HEAD = 660, 180, 24, 22


def columns(cells: Sequence[Cell]) -> SafeString:
    """One column a month from zero, its value above it; nothing where no month has a value."""
    values = [float(cell.value) if cell.value is not None else 0.0 for cell in cells]
    if not values or max(values) <= 0:
        return SafeString("")
    step, room, top = WIDTH / len(cells), HEIGHT - FOOT - HEAD, max(values)
    rows = []
    for number, (cell, value) in enumerate(zip(cells, values, strict=True)):
        height = round(room * max(value, 0) / top, 1)
        left, middle = round(number * step + step * 0.2, 1), round((number + 0.5) * step, 1)
        y = round(HEAD + room - height, 1)
        strength = "1" if whole_month(cell.question.period) else "0.45"
        shown = cell.printed if cell.value is not None else "—"
        rows.append(
            (
                strength,
                left,
                y,
                round(step * 0.6, 1),
                height,
                middle,
                y - 5,
                _digits(shown),
                middle,
                HEIGHT - 8,
                _month(cell.key),
            )
        )
    body = format_html_join(
        "",
        '<rect class="bar" fill-opacity="{}" x="{}" y="{}" width="{}" height="{}"></rect>'
        '<text class="label" text-anchor="middle" x="{}" y="{}">{}</text>'
        '<text class="label" text-anchor="middle" x="{}" y="{}">{}</text>',
        rows,
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="presentation" focusable="false" aria-hidden="true">{}'
        '<line class="axis" x1="0" y1="{}" x2="{}" y2="{}"></line></svg>',
        WIDTH,
        HEIGHT,
        body,
        HEIGHT - FOOT,
        WIDTH,
        HEIGHT - FOOT,
    )


def _digits(printed: str) -> str:
    return "".join(sign for sign in printed if sign.isdigit() or sign in ".%—万亿")


def _month(key: str) -> str:
    year, month = key.split("-")
    return f"{int(month)}月" if month != "01" else f"{year[2:]}年1月"
