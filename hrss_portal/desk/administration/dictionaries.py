"""字典: lists that the bureau keeps, ways of writing that mean another word, and the code lists of
all forms to look up."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from hrss_portal import areas
from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.routes import policy
from hrss_portal.desk.administration.pages import key_of, me
from hrss_portal.desk.forms import ask_in_words
from hrss_portal.parties import aliases
from hrss_portal.parties.dictionaries import KeptList, ListedField, kept_lists
from hrss_portal.parties.models import Alias


class AliasForm(forms.ModelForm):
    """One way of writing."""

    class Meta:
        model = Alias
        fields = ("list", "written", "means", "note")
        help_texts = {
            "list": "栏目名，如 案由、乡镇（园区）；空为任何栏目",
            "written": "材料、表格里的写法",
            "means": "本系统的写法",
        }


@policy("desk.dictionary.use")
@keys.idempotent
def dictionaries(request: HttpRequest) -> HttpResponse:
    """The ways of writing with a new one; the code lists, found by words."""
    user = me(request)
    form = AliasForm(request.POST or None)
    ask_in_words(form)
    if request.method == "POST" and form.is_valid():
        policies.require(user, "desk.dictionary.edit")
        made = form.save(commit=False)
        made.noted_by = user
        made.save()
        aliases.forget()
        messages.success(request, f"已登记：{made}，录入和导入时按“{made.means}”认")
        return redirect("desk:dictionaries")
    wanted = request.GET.get("q", "").strip()[:40]
    found = [one for one in code_lists() if not wanted or wanted in one["text"]]
    context = {
        "title": "字典",
        "rows": Alias.objects.all(),
        "form": form,
        "key": key_of(request),
        "may_edit": policies.can(user, "desk.dictionary.edit"),
        "kept": dictionaries_kept(),
        "lists": found,
        "q": wanted,
    }
    status = 422 if form.errors else 200
    return render(request, "desk/admin/dictionaries.html", context, status=status)


@policy("desk.dictionary.edit")
@require_POST
@keys.idempotent
def alias_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a way of writing out; what was stored by it stays as it is."""
    found = get_object_or_404(Alias, pk=pk)
    found.delete()
    aliases.forget()
    messages.success(request, f"已删除：{found}")
    return redirect("desk:dictionaries")


def dictionaries_kept() -> list[tuple[KeptList, int]]:
    """The lists that the bureau keeps, each with how many entries are in use."""
    return [
        (kept, sum(not entry.is_retired for entry in kept.entries()))
        for kept in sorted(kept_lists().values(), key=lambda kept: kept.code)
    ]


def code_lists() -> Iterator[dict[str, Any]]:
    """Every list of codes that a field of the portal offers, once, with where it is used."""
    seen: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
    for app in areas.portal_apps():
        for model in app.get_models():
            for field in model._meta.local_concrete_fields:
                pairs = _pairs(field)
                if not pairs or isinstance(field, ListedField):
                    continue
                place = f"{model._meta.verbose_name}·{field.verbose_name}"
                if pairs in seen:
                    seen[pairs]["places"].append(place)
                    continue
                seen[pairs] = {
                    "label": str(field.verbose_name),
                    "area": str(app.verbose_name),
                    "pairs": pairs,
                    "places": [place],
                    "text": f"{place} {' '.join(word for pair in pairs for word in pair)}",
                }
    return iter(seen.values())


def _pairs(field: "Field[Any, Any]") -> tuple[tuple[str, str], ...]:
    """The codes with their words, groups flattened."""
    return tuple((str(code), str(label)) for code, label in field.flatchoices if code != "")
