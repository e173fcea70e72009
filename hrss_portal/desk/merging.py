"""Two people changed one case: both versions side by side, field by field."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from hrss_portal.access import keys
from hrss_portal.casework.models import Event
from hrss_portal.desk import wording

TAKE = "take:"


NEVER_SEEN = 0  # no record has this version: whoever sends none is told that his page is stale


def version_of(post: QueryDict) -> int:
    """The version that the user saw; ``NEVER_SEEN`` where the form carries none."""
    text = post.get("_version", "")
    return int(text) if text.isdecimal() else NEVER_SEEN


def taken(post: QueryDict, case: Any) -> QueryDict:
    """What was posted, with the present value wherever the user chose theirs."""
    theirs = [
        key.removeprefix(TAKE)
        for key, value in post.items()
        if key.startswith(TAKE) and value == "theirs"
    ]
    if not theirs:
        return post
    merged = post.copy()
    for name in theirs:
        merged[name] = _posted(getattr(case, name, ""))
    return merged


def _posted(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "pk"):
        return str(value.pk)
    return "True" if value is True else "False" if value is False else str(value)


def page(request: HttpRequest, form: Any, case: Any, *, back: str) -> HttpResponse:
    """The 409 page.  Sending it carries the present version, so the choice is saved."""
    fresh = case.specific
    rows = [row for row in (_row(form, bound, fresh) for bound in form.visible_fields()) if row]
    skip = {"csrfmiddlewaretoken", "_version", keys.FIELD}
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in skip and not name.startswith(TAKE)
    ]
    hidden += [("_version", str(fresh.version)), (keys.FIELD, keys.new())]
    last = Event.objects.filter(case=fresh.pk).order_by("-at", "-pk").first()
    asked = {row["name"] for row in rows}
    context = {
        "typed": [
            (bound.label, _words(bound, form.cleaned_data.get(bound.name)))
            for bound in form.visible_fields()
            if bound.name in form.changed_data and bound.name not in asked
        ],
        "changed_by": last.doer if last and last.doer else "系统",
        "changed_at": last.at if last else timezone.now(),
        "changed_what": last.label if last else "",
        "fields": rows,
        "hidden": hidden,
        "action": request.path,
        "back": back,
    }
    return render(request, "409.html", context, status=409)


def _row(form: Any, bound: forms.BoundField, fresh: Any) -> dict[str, Any] | None:
    """One field in both versions; fields that are the same, or the page's own, are left out."""
    mine = form.cleaned_data.get(bound.name)
    if not hasattr(fresh, bound.name):
        return None
    theirs = getattr(fresh, bound.name)
    if mine == theirs or (mine in (None, "") and theirs in (None, "")):
        return None
    changed = bound.name in form.changed_data
    return {
        "name": bound.name,
        "label": bound.label,
        "mine": _words(bound, mine),
        "theirs": _words(bound, theirs),
        "prefer": "mine" if changed else "theirs",
    }


def _words(bound: forms.BoundField, value: Any) -> str:
    choices: Any = getattr(bound.field, "choices", None)
    if choices is not None and not hasattr(value, "pk"):
        for key, label in choices:
            if str(key) == str(value):
                return str(label)
    return wording.worded(value) if value not in (None, "") else wording.NOTHING
