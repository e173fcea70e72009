"""Adding and editing persons and employers."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.parties import duplicates, matching
from hrss_portal.parties.forms import PartyForm
from hrss_portal.parties.models import Party, Person
from hrss_portal.parties.views.kinds import EMPLOYER, PERSON, Kind, party_or_404, user_of


def hidden_fields(user: Any, kind: Kind, party: Party | None) -> list[str]:
    """Health data is for those whose posts include class P5."""
    if kind.noun != "person":
        return []
    known = party or Person(unit=user.unit, town=None)
    return [] if policy.sees_class(user, known, "P5") else ["disability", "disability_grade"]


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Add(View):
    """A new row.  The number first; what is known already is offered while typing."""

    kind: ClassVar[Kind]

    def form(self, request: HttpRequest, data: Any = None) -> PartyForm:
        """The empty or the sent form."""
        user = user_of(request)
        initial = {"town": user.unit_id} if user.unit.kind == "town" else {}
        hidden = hidden_fields(user, self.kind, None)
        return self.kind.form(data, hidden=hidden, initial=initial)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        return self.page(request, self.form(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save once: the same form again leads to the same row."""
        form = self.form(request, request.POST)
        valid = form.is_valid()
        if chosen := form.cleaned_data.get("party_id"):
            party = self.kind.model.objects.filter(pk=chosen).first()
            if party is not None:
                messages.info(request, "已打开库里原有的一条，没有新建")
                return redirect(matching.standing(party).get_absolute_url())
        if not valid:
            return self.page(request, form, status=422)
        vault = form.new_vault
        if known := self.kind.model._base_manager.filter(vault=vault).first():
            return redirect(known.get_absolute_url())
        user = user_of(request)
        if self.near(form, user) and not form.cleaned_data.get("distinct_reason"):
            return self.page(request, form, status=422)
        party = self.kind.model(
            vault=vault, unit=user.unit, created_by=user, updated_by=user, source="form"
        )
        form.put(party)
        try:
            with transaction.atomic():
                party.save()
        except IntegrityError:
            form.add_error(None, "这个号码刚刚由别人登记，请重新查找")
            return self.page(request, form, status=422)
        messages.success(request, f"已登记{self.kind.word}{party}")
        return redirect(party.get_absolute_url())

    def near(self, form: PartyForm, user: User) -> bool:
        """Whether rows may be the same; asks for the reason to make another one none the less."""
        given = form.cleaned_data
        cards = (
            duplicates.near_people(user, given)
            if self.kind.noun == "person"
            else duplicates.near_employers(user, given)
        )
        if cards and not given.get("distinct_reason"):
            known = "；".join(card.label for card in cards)
            words = f"库里有相近的{self.kind.word}:{known}。确实不是同一个的，写明理由后再保存"
            form.add_error("distinct_reason", words)
        return bool(cards)

    def page(self, request: HttpRequest, form: PartyForm, status: int = 200) -> HttpResponse:
        """The form on its page."""
        context = {
            "title": f"新增{self.kind.word}",
            "page_id": f"parties-{self.kind.noun}-add",
            "page_state": "error" if form.is_bound else "ready",
            "kind": self.kind,
            "form": form,
            "draft": f"parties.{self.kind.noun}.add",
        }
        return render(request, "parties/form.html", context, status=status)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Edit(View):
    """Changing a row.  Two people at once: the second sees what the first did, nothing is lost."""

    kind: ClassVar[Kind]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form with what is there; numbers stay masked."""
        party = self.party(request, pk)
        return self.page(request, party, self.form(request, party))

    def party(self, request: HttpRequest, pk: int) -> Any:
        """The row, if it may be changed."""
        party = party_or_404(self.kind, pk)
        policy.require(user_of(request), self.kind.action("edit"), party)
        return party

    def form(self, request: HttpRequest, party: Any, data: Any = None) -> PartyForm:
        """The form over the row."""
        return self.kind.form(
            data, party=party, hidden=hidden_fields(user_of(request), self.kind, party)
        )

    @method_decorator(transaction.atomic)
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save if nobody saved in between."""
        party = self.party(request, pk)
        self.kind.model._base_manager.select_for_update(of=("self",)).get(pk=pk)
        party.refresh_from_db()
        form = self.form(request, party, request.POST)
        valid = form.is_valid()
        if valid and form.cleaned_data.get("version") != party.version:
            return self.stale(request, party, form)
        if not valid:
            return self.page(request, party, form, status=422)
        before = party.version
        form.put(party)
        party.version, party.updated_by = before + 1, user_of(request)
        party.save()
        messages.success(request, "已保存修改")
        return redirect(party.get_absolute_url())

    def stale(self, request: HttpRequest, party: Any, form: PartyForm) -> HttpResponse:
        """409: what stands now beside what was typed; sending again puts the typed values in."""
        theirs = self.kind.form(party=party)
        different = []
        for name in form.fields:
            if (
                name in form.secret
                or name not in theirs.fields
                or form.fields[name].widget.is_hidden
            ):
                continue
            now, typed = theirs[name].value(), form.cleaned_data.get(name)
            typed = getattr(typed, "pk", typed)
            if (now or "") != (typed or ""):
                shown = dict(getattr(form.fields[name], "choices", None) or {})
                different.append(
                    {
                        "label": form.fields[name].label,
                        "theirs": shown.get(now, now),
                        "mine": shown.get(typed, typed),
                    }
                )
        data = request.POST.copy()
        data["version"] = str(party.version)
        again = self.form(request, party, data)
        by = party.updated_by.name if party.updated_by_id else "系统"
        at = timezone.localtime(party.updated_at)
        words = f"{by} {at:%H:%M} 已改过这一条，你的修改没有保存。核对后再保存就以你的为准"
        return self.page(request, party, again, 409, stale=words, different=different)

    def page(
        self, request: HttpRequest, party: Any, form: PartyForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The form on its page."""
        state = {200: "ready", 409: "stale"}.get(status, "error")
        context = {
            "title": f"修改{self.kind.word}",
            "page_id": f"parties-{self.kind.noun}-edit",
            "page_state": state,
            "kind": self.kind,
            "form": form,
            "party": party,
            "draft": f"parties.{self.kind.noun}.{party.pk}",
            **more,
        }
        return render(request, "parties/form.html", context, status=status)


class PersonAdd(Add):
    """新增人员."""

    policy = PERSON.action("add")
    kind = PERSON


class EmployerAdd(Add):
    """新增单位."""

    policy = EMPLOYER.action("add")
    kind = EMPLOYER


class PersonEdit(Edit):
    """修改人员."""

    policy = PERSON.action("edit")
    kind = PERSON


class EmployerEdit(Edit):
    """修改单位."""

    policy = EMPLOYER.action("edit")
    kind = EMPLOYER
