"""One kept list: its entries, a new one, a change of one, and what was changed before."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import policy
from hrss_portal.desk.acting import ActPage
from hrss_portal.desk.administration.pages import ADMIN_FORM, key_of, me, say
from hrss_portal.desk.forms import DeskForm
from hrss_portal.parties.dictionaries import STEP, Entry, KeptList, kept_lists
from hrss_portal.parties.dictionary_changes import Wanted, change
from hrss_portal.parties.fields import TextCell
from hrss_portal.parties.models import ListEntry


class EntryForm(DeskForm):
    """An entry as it shall be; ``version`` is the one that the reader saw."""

    label = TextCell(label="名称", max_length=60)
    place = forms.IntegerField(
        label="次序", min_value=1, max_value=9999, help_text="小的在前；自带的每项隔 10"
    )
    is_retired = forms.BooleanField(
        label="停用", required=False, help_text="新的办件不再可选，已有记录照常显示"
    )
    reason = TextCell(label="理由", max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def _kept(code: str) -> KeptList:
    found = kept_lists().get(code)
    if found is None:
        raise Http404
    return found


@policy("desk.dictionary.use")
@keys.idempotent
def dictionary(request: HttpRequest, code: str) -> HttpResponse:
    """The entries of a list with a form for a new one, and its history."""
    kept, user = _kept(code), me(request)
    last = max((entry.place for entry in kept.entries()), default=0)
    first = {"place": last + STEP, "version": 0}
    form = EntryForm(request.POST or None, initial=first)
    del form.fields["is_retired"]
    if request.method == "POST" and form.is_valid():
        policies.require(user, "desk.dictionary.propose")
        try:
            words = changed(form, kept, None, by=user)
        except ValidationError as error:
            say(request, form, error)
        else:
            messages.success(request, words)
            return redirect("desk:dictionary", code=code)
    history = ListEntry.objects.filter(list=code).select_related("by", "proposal__confirmed_by")
    context = {
        "title": f"字典：{kept.label}",
        "kept": kept,
        "entries": kept.entries(),
        "history": history.order_by("-pk")[:100],
        "form": form,
        "key": key_of(request),
        "may_edit": policies.can(user, "desk.dictionary.propose"),
        "crumbs": [("字典", reverse("desk:dictionaries")), (kept.label, "")],
    }
    status = 422 if form.errors else 200
    return render(request, "desk/admin/dictionary.html", context, status=status)


class DictionaryEntry(ActPage):
    """Rename, move, retire or take up again one entry."""

    policy, template_name = "desk.dictionary.propose", ADMIN_FORM

    def find(self, **place: Any) -> Entry:
        """The entry of the list."""
        self.kept = _kept(place["code"])
        found = next((one for one in self.kept.entries() if one.code == place["entry"]), None)
        if found is None:
            raise Http404
        return found

    def make(self, thing: Entry, data: Any = None) -> EntryForm:
        """The entry as it stands."""
        return EntryForm(data, initial=vars(thing))

    def act(self, thing: Entry, form: Any) -> str:
        """Change it, or propose the change."""
        return changed(form, self.kept, thing, by=self.user)

    def heading(self, thing: Entry) -> str:
        """Which entry."""
        return f"修改“{thing.label}”"

    def back(self, thing: Entry) -> str:
        """The list."""
        return reverse("desk:dictionary", args=[self.kept.code])

    def more(self, thing: Entry) -> dict[str, Any]:
        """Where the list is used."""
        return {
            "submit": "提交复核" if self.kept.legal else "保存",
            "intro": f"用于：{'、'.join(self.kept.places)}。"
            f"代码 {thing.code} 不变，已有记录改显示新名称。",
        }


def changed(form: EntryForm, kept: KeptList, found: Entry | None, *, by: User) -> str:
    """Carries a valid form out and says what happens next.  Raises ``ValidationError``."""
    given: dict[str, Any] = form.cleaned_data
    wanted = Wanted(
        code=found.code if found else "",
        label=given["label"],
        place=given["place"],
        is_retired=given.get("is_retired", False),
        version=given["version"],
    )
    waiting = change(kept, wanted, by=by, reason=given["reason"])
    done = "已提交，另一人复核后生效" if waiting else "已保存，新的办件即可使用"
    return f"{done}：{wanted.label}"
