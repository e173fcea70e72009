"""Bulk actions: ticked rows over pages, or all that the filter finds; confirmed, then row by row.

A row that cannot be done does not stop the others; the result page names it with the reason.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hrss_portal.access import keys
from hrss_portal.access import policy as policies

if TYPE_CHECKING:
    from hrss_portal.desk.lists import ListPage

LIMIT = 1000
KEEP_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """An action on many rows.

    ``run(row, *, by, data)`` does one row in its own savepoint and raises ``ValidationError`` or
    ``PermissionDenied`` with the reason where it cannot.  ``form`` asks what all rows share.
    """

    code: str
    label: str
    policy: str
    run: Callable[..., Any]
    form: type[forms.Form] | None = None
    warning: str = ""


@dataclass
class Outcome:
    """What became of a bulk action."""

    label: str
    done: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)


def run(page: "ListPage") -> HttpResponse:
    """The confirming page, and on its confirmation the work."""
    post = page.request.POST
    chosen = next((one for one in page.bulk if one.code == post.get("do")), None)
    here = page.address(keep=None)
    if chosen is None:
        return redirect(f"{page.request.path}{here}")
    policies.require(page.user, chosen.policy)
    rows = ticked(page)
    if not rows:
        messages.error(page.request, f"先勾选要{chosen.label}的{page.noun}")
        return redirect(f"{page.request.path}{here}")
    if len(rows) > LIMIT:
        messages.error(page.request, f"一次最多 {LIMIT} 条，现在选了更多。请缩小条件分几次办")
        return redirect(f"{page.request.path}{here}")
    confirmed = "confirm" in post
    form = chosen.form(post if confirmed else None) if chosen.form else None
    if not confirmed or (form is not None and not form.is_valid()):
        context = {
            "list": page,
            "action": chosen,
            "rows": page.table(rows[:10]),
            "headings": page.headings(),
            "total": len(rows),
            "ids": [row.pk for row in rows],
            "form": form,
            "title": f"{chosen.label}：{len(rows)} 条{page.noun}",
            "page_id": f"{page.code}:bulk",
            "here": here,
            "key": post.get("_key") or keys.new(),
        }
        return render(page.request, "desk/bulk.html", context, status=422 if confirmed else 200)
    data = form.cleaned_data if form is not None else {}
    return keys.once(page.request, lambda: _work(page, chosen, rows, data))


def ticked(page: "ListPage") -> list[Any]:
    """The ticked rows, or all that the conditions find; one more than the limit at most."""
    post = page.request.POST
    rows = page.found()
    if post.get("all") != "1":
        ids = [pk for pk in post.getlist("pk") if pk.isdecimal()]
        rows = page.rows().filter(pk__in=ids)
    rows = rows.select_related(*page.related) if page.related else rows
    return list(rows.order_by("pk")[: LIMIT + 1])


def _work(page: "ListPage", action: Bulk, rows: list[Any], data: dict[str, Any]) -> HttpResponse:
    outcome = Outcome(action.label)
    for row in rows:
        try:
            with transaction.atomic():
                action.run(row, by=page.user, data=data)
            outcome.done += 1
        except ValidationError as error:
            outcome.failed.append(_failure(page, row, "；".join(error.messages)))
        except PermissionDenied as error:
            outcome.failed.append(_failure(page, row, str(error) or "没有这项权限"))
    kept = uuid4().hex
    cache.set(f"bulk:{page.user.pk}:{kept}", asdict(outcome), KEEP_SECONDS)
    return redirect(f"{page.request.path}{page.address(result=kept)}")


def _failure(page: "ListPage", row: Any, why: str) -> dict[str, str]:
    return {"label": str(row), "url": page.row_url(row), "why": why, "pk": str(row.pk)}


def result(page: "ListPage") -> HttpResponse:
    """What became of the rows, with those that could not be done and why."""
    found = cache.get(f"bulk:{page.user.pk}:{page.request.GET['result']}")
    back = f"{page.request.path}{page.address()}"
    if found is None:
        return redirect(back)
    context = {
        "outcome": found,
        "back": back,
        "title": f"{found['label']}结果",
        "page_id": f"{page.code}:result",
        "list": page,
    }
    return render(page.request, "desk/bulk_result.html", context)
