"""Charts drawn on the server as SVG: a bullet to a target, a line of thirteen months.

A chart never stands alone: its heading says the message, its table twin has the same numbers, and
nothing in it needs a pointer.  Sizes are SVG user units; colours come from the style sheet.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString


def bullet(value: float | Decimal | None, target: float | Decimal | None) -> SafeString:
    """A measure against its target: a bar on a track, the target as a stroke.

    The track ends at the larger of target and value plus a tenth, so that 143 % of a target still
    shows where the target stood.
    """
    measure, goal = float(value or 0), float(target or 0)
    if goal <= 0:
        return SafeString("")
    full = max(goal, measure) * 1.1
    return format_html(
        '<svg class="bullet" viewBox="0 0 160 16" width="160" height="16" aria-hidden="true" '
        'focusable="false"><rect class="track" x="0" y="3" width="160" height="10"></rect>'
        '<rect class="bar" x="0" y="5" width="{}" height="6"></rect>'
        '<rect class="mark" x="{}" y="0" width="2" height="16"></rect></svg>',
        round(160 * max(measure, 0) / full, 1),
        round(160 * goal / full, 1),
    )


def sparkline(values: Sequence[float | Decimal | int | None]) -> SafeString:
    """A line of the last months; a month without data breaks the line instead of being zero."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = 96 / max(1, len(values) - 1)
    path, pen = [], "M"
    last = (0.0, 0.0)
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        last = (round(2 + index * step, 1), round(18 - 16 * (float(value) - low) / span, 1))
        path.append(f"{pen}{last[0]} {last[1]}")
        pen = "L"
    return format_html(
        '<svg class="spark" viewBox="0 0 100 20" width="100" height="20" aria-hidden="true" '
        'focusable="false"><path d="{}"></path><circle cx="{}" cy="{}" r="2"></circle></svg>',
        " ".join(path),
        last[0],
        last[1],
    )
