"""Template tags of the desk, built into every template."""

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    FileInput,
    Select,
    Textarea,
)
from django.http import HttpRequest
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from lucide.templatetags import lucide

from hrss_portal.desk import charts, wording
from hrss_portal.desk.clockface import face_of
from hrss_portal.desk.forms import dash_for_none, hooks_of
from hrss_portal.desk.links import working_days_counter
from hrss_portal.parties import identifiers
from hrss_portal.parties.names import organisation_reading

LONG_CHOICE = 40  # characters; nobody types the initials of a sentence
register = template.Library()
register.filter("money", wording.money)
register.filter("wan", wording.wan)
register.filter("count", wording.count)
register.filter("day", wording.day)
register.filter("date_zh", wording.day_zh)
register.filter("moment", wording.moment)
register.filter("short_moment", wording.short_moment)
register.filter("file_size", wording.size)
register.simple_tag(wording.rate, name="rate")

MASKS: dict[str, Callable[[str], str]] = {
    "name": identifiers.mask_name,
    "id": identifiers.mask_id,
    "phone": identifiers.mask_phone,
}


@register.filter
def mask(value: Any, kind: str = "name") -> str:
    """A person's name, ID number or phone as lists show it.  ``kind``: name, id, phone."""
    return MASKS[kind](str(value)) if value else wording.NOTHING


@register.filter
def dash(value: Any) -> Any:
    """``—`` where there is nothing to show; zero stays zero."""
    return wording.NOTHING if value is None or value == "" else value


@register.filter
@lru_cache(maxsize=4096)
def pinyin(label: Any) -> str:
    """What finds a choice besides its words: initials and reading, ``cgz chengguanzhen``.

    Empty for words without Chinese characters.
    """
    text = str(label)
    if text.isascii() or len(text) > LONG_CHOICE:
        return ""
    read = organisation_reading(text).split()
    return f"{''.join(part[0] for part in read)} {''.join(read)}" if read else ""


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> str:
    """A line icon beside words; it says nothing of its own and is hidden from readers."""
    hidden = {"class": "icon", "aria_hidden": "true", "focusable": "false"}
    drawn: str = lucide.lucide(name, size=size, **hidden)
    return drawn


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query string with some keys replaced (``None`` takes one out): ``?page=2&q=…``."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        elif isinstance(value, list | tuple):
            params.setlist(key, [str(one) for one in value])
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.inclusion_tag("components/clock.html")
def clock(value: Any, full: bool = False) -> dict[str, Any]:
    """A deadline: glyph, words, and with ``full`` the date it ends on."""
    face = face_of(value, today=timezone.localdate(), working_days=working_days_counter())
    return {"face": face, "full": full}


@register.inclusion_tag("components/change.html")
def change(value: Any, unit: str = "%", word: str = "") -> dict[str, Any]:
    """A change against last year: arrow and words; ``word`` says whether it is better or worse.

    The colour follows the word, not the arrow: a fall that is worse is never green.
    """
    words, direction = wording.change(value, unit)
    tint = {"变好": "better", "变差": "worse"}.get(word, "plain") if direction else ""
    return {"words": words, "direction": tint, "word": word}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """A form field with label, hint, error and the control, wired for screen readers."""
    widget = bound.field.widget
    options.setdefault("show_when", show_when(bound))
    return {
        "asleep": is_asleep(bound),
        "field": bound,
        "options": options,
        "group": bool(getattr(widget, "use_fieldset", False)),
        "checkbox": isinstance(widget, CheckboxInput),
        "wide": options.get("wide", isinstance(widget, Textarea | FileInput)),
        "control": control(bound, **options),
    }


def show_when(bound: BoundField) -> str:
    """``field=value`` after which this field is asked, with the prefix of its row.

    ``field=a|b`` is one of several answers, ``field=`` any answer, ``field=|`` none yet.
    """
    wanted = getattr(bound.form, "show_when", {}).get(bound.name, "")
    if not wanted:
        return ""
    name, _, values = wanted.partition("=")
    return f"{bound.form.add_prefix(name)}={values}"


def is_asleep(bound: BoundField) -> bool:
    """Whether this field waits for an answer that the form does not hold yet.

    Said by the server, so that the page stands from its first paint as the scripts keep it.
    """
    name, _, values = getattr(bound.form, "show_when", {}).get(bound.name, "").partition("=")
    if name not in bound.form.fields:
        return False
    widget, given = bound.form.fields[name].widget, bound.form[name].value()
    if not given and isinstance(widget, Select):
        given = next((value for value, _ in widget.choices), "")
    answers = given if isinstance(given, list | tuple) else [given]
    wanted = values.split("|")
    return not any(str(one or "") in wanted if values else one for one in answers)


@register.simple_tag
def control(bound: BoundField, **options: Any) -> SafeString:
    """The control of a field alone, with its class and the hooks that the scripts look for."""
    widget = bound.field.widget
    dash_for_none(bound.field)
    attrs = {**hooks_of(bound.field), **options.get("attrs", {})}
    if not isinstance(widget, CheckboxInput) and not getattr(widget, "use_fieldset", False):
        kinds = ["i", str(widget.attrs.get("class", "")), str(options.get("class", ""))]
        attrs["class"] = " ".join(kind for kind in kinds if kind)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    described = described_by(bound)
    if described:
        attrs["aria-describedby"] = described
    if isinstance(widget, Select) and len(list(islice(widget.choices, 13))) > 12:
        attrs.setdefault("data-search", "1")
    return bound.as_widget(attrs=attrs)


def described_by(bound: BoundField) -> str:
    """The ids of the hint and the error that belong to a field."""
    name = bound.auto_id
    ids = [f"{name}_hint"] if bound.help_text else []
    return " ".join([*ids, *([f"{name}_error"] if bound.errors else [])])


register.simple_tag(charts.sparkline, name="sparkline")
register.simple_tag(charts.bullet, name="bullet")


@register.simple_tag(takes_context=True)
def here(context: Context, url: str) -> SafeString:
    """``aria-current="page"`` where the link leads to this page or a page below it."""
    path = context["request"].path
    same = path == url or (url != "/" and path.startswith(url))
    return format_html(' aria-current="{}"', "page") if same else SafeString("")
