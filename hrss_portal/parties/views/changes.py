"""Merging with the two rows side by side, undoing a merge, setting and lifting restrictions."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from hrss_portal.access.routes import policy as route_policy
from hrss_portal.parties import matching, merging
from hrss_portal.parties.forms import LiftForm, RestrictionForm
from hrss_portal.parties.models import Employer, Merge, Person, Restriction
from hrss_portal.parties.restrictions import lift_restriction, set_restriction
from hrss_portal.parties.views.detail import employer_rows, person_rows
from hrss_portal.parties.views.kinds import EMPLOYER, PERSON, Kind, party_or_404, user_of


def compared(left: Any, right: Any) -> list[dict[str, Any]]:
    """The lines of two pages side by side, with whether they differ; numbers masked."""

    def lines(party: Any) -> dict[str, str]:
        sections = (
            person_rows(party, health=False, reveal="")
            if isinstance(party, Person)
            else employer_rows(party, reveal="")
        )
        return {one["label"]: str(one["value"] or "") for _, rows in sections for one in rows}

    one, other = lines(left), lines(right)
    labels = list(dict.fromkeys([*one, *other]))
    return [
        {
            "label": label,
            "left": one.get(label, ""),
            "right": other.get(label, ""),
            "differs": one.get(label, "") != other.get(label, ""),
        }
        for label in labels
    ]


@method_decorator(never_cache, name="dispatch")
class MergePage(View):
    """合并: choose the other row, compare, say which stands and why; a second person confirms."""

    kind: ClassVar[Kind]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Candidates, or the comparison with the one that ``with`` names."""
        party = party_or_404(self.kind, pk)
        wanted = request.GET.get("with", "")
        other = party_or_404(self.kind, int(wanted)) if wanted.isdecimal() else None
        return self.page(request, party, other)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Propose the merge."""
        party = party_or_404(self.kind, pk)
        chosen = request.POST.get("with", "")
        if not chosen.isdecimal():
            return self.page(request, party, None, ["选择要合并的另一条"])
        other = party_or_404(self.kind, int(chosen))
        stands = request.POST.get("stands", "")
        if stands not in {str(party.pk), str(other.pk)}:
            return self.page(request, party, other, ["选择保留哪一条"])
        keep, goes = (party, other) if stands == str(party.pk) else (other, party)
        try:
            merging.propose_merge(
                keep, goes, by=user_of(request), reason=request.POST.get("reason", "")
            )
        except ValidationError as error:
            return self.page(request, party, other, error.messages)
        messages.success(request, "已提出合并，等待另一人复核")
        return redirect(keep.get_absolute_url())

    def page(
        self, request: HttpRequest, party: Any, other: Any, errors: list[str] | None = None
    ) -> HttpResponse:
        """The comparison or the choice."""
        text = request.GET.get("q", "").strip()
        context = {
            "title": f"合并{self.kind.word}",
            "page_id": f"parties-{self.kind.noun}-merge",
            "page_state": "error" if errors else "ready",
            "kind": self.kind,
            "party": party,
            "other": other,
            "lines": compared(party, other) if other else [],
            "obstacles": merging.check_pair(party, other) if other else [],
            "errors": errors or [],
            "q": text,
            "candidates": [] if other else self.candidates(party, text),
            "reason": request.POST.get("reason", ""),
        }
        return render(request, "parties/merge.html", context, status=422 if errors else 200)

    def candidates(self, party: Any, text: str) -> list[Any]:
        """Rows that may be the same, of those that the user may see."""
        rows = self.kind.model.objects.standing().exclude(pk=party.pk).select_related("town")
        if text:
            return list(rows.named(text).order_by("pk")[:20])
        if isinstance(party, Employer):
            return list(rows.filter(name_key=party.name_key).order_by("pk")[:20])
        match = matching.match_person(
            name=party.name, birth=party.birth, phone="/".join(party.phones)
        )
        near = [found.pk for found, _ in match.candidates]
        return list((rows.filter(pk__in=near) | rows.filter(name=party.name)).order_by("pk")[:20])


@route_policy("parties.merge.undo")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge back, with the reason."""
    record = get_object_or_404(Merge.objects.all(), pk=pk)
    kind = PERSON if record.noun == "person" else EMPLOYER
    party = party_or_404(kind, record.stands_id)
    if request.method == "POST":
        try:
            merging.undo_merge(record, by=user_of(request), reason=request.POST.get("reason", ""))
            messages.success(request, "已撤销合并，两条各自恢复")
        except ValidationError as error:
            messages.error(request, "；".join(error.messages))
    return redirect(party.get_absolute_url())


class Restrict(View):
    """设置限制 on a party."""

    policy = "parties.restriction.add"
    kind: ClassVar[Kind]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The empty form."""
        return self.page(request, party_or_404(self.kind, pk), RestrictionForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Record it once: the same restriction from the same day is already there."""
        party = party_or_404(self.kind, pk)
        form = RestrictionForm(request.POST)
        if not form.is_valid():
            return self.page(request, party, form, status=422)
        given = form.cleaned_data
        same = {f"{self.kind.noun}_id": party.standing_id, "kind": given["kind"]}
        same |= {"from_on": given["from_on"], "basis": given["basis"], "lifted_on": None}
        if not Restriction.objects.filter(**same).exists():
            user = user_of(request)
            set_restriction(party, by=user, unit_id=user.unit_id, **given)
            messages.success(request, "已设置限制，各业务受理时会提示")
        return redirect(party.get_absolute_url())

    def page(
        self, request: HttpRequest, party: Any, form: RestrictionForm, status: int = 200
    ) -> HttpResponse:
        """The form on its page."""
        context = {
            "title": "设置限制",
            "page_id": "parties-restrict",
            "page_state": "error" if form.errors else "ready",
            "party": party,
            "form": form,
        }
        return render(request, "parties/restrict.html", context, status=status)


@route_policy("parties.restriction.lift")
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """解除限制."""
    restriction = get_object_or_404(Restriction.objects.all(), pk=pk)
    kind = PERSON if restriction.person_id else EMPLOYER
    party = party_or_404(kind, restriction.person_id or restriction.employer_id)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if restriction.lifted_on is None:
            lift_restriction(restriction, **form.cleaned_data)
            messages.success(request, "已解除限制")
        return redirect(party.get_absolute_url())
    context = {
        "title": "解除限制",
        "page_id": "parties-lift",
        "page_state": "error" if form.errors else "ready",
        "party": party,
        "restriction": restriction,
        "form": form,
    }
    return render(request, "parties/restrict.html", context, status=422 if form.errors else 200)


class PersonMerge(MergePage):
    """合并人员."""

    policy = PERSON.action("merge")
    kind = PERSON


class EmployerMerge(MergePage):
    """合并单位."""

    policy = EMPLOYER.action("merge")
    kind = EMPLOYER


class PersonRestrict(Restrict):
    """限制人员."""

    kind = PERSON


class EmployerRestrict(Restrict):
    """限制单位."""

    kind = EMPLOYER
