"""移交: the whole queue of somebody who leaves goes to a colleague, one Event a case."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import policy
from hrss_portal.casework import assignment
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.administration.pages import key_of, me, say
from hrss_portal.desk.clockface import tell
from hrss_portal.desk.filing import StaffField
from hrss_portal.desk.forms import DeskForm
from hrss_portal.desk.links import case_url
from hrss_portal.desk.states import state_label
from hrss_portal.parties.fields import TextCell


class HandOverForm(DeskForm):
    """To whom, and why."""

    to = StaffField(label="接手人", queryset=None)
    reason = TextCell(label="移交理由", max_length=200, help_text="如 调离、退休、长期病假")

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        root = leaver.unit.path.split("/", 1)[0]
        staff = User.objects.filter(is_active=True, unit__path__startswith=f"{root}/")
        field: Any = self.fields["to"]
        field.queryset = staff.exclude(pk=leaver.pk).order_by("unit__path", "staff_no")
        field.load = assignment.workload(field.queryset)


@policy("casework.queue.hand_over")
@keys.idempotent
def hand_over(request: HttpRequest) -> HttpResponse:
    """Who has what in hand; with ``leaver`` the queue of one person and the form to move it.

    The administrator sees numbers only; cases are moved by whoever may assign them.
    """
    user = me(request)
    root = user.unit.path.split("/", 1)[0] + "/"
    wanted = request.GET.get("leaver", "")
    if not wanted.isdecimal():
        context: dict[str, Any] = {"title": "移交", "people": assignment.loaded(root)}
        return render(request, "desk/admin/hand_over_list.html", context)
    people = User.objects.filter(unit__path__startswith=root).select_related("unit")
    leaver = get_object_or_404(people, pk=wanted)
    total = assignment.queue_of(leaver).count()
    mine = _movable(user, leaver)
    form = HandOverForm(request.POST or None, leaver=leaver)
    if request.method == "POST" and form.is_valid():
        done = _move(request, form, leaver, mine)
        if done is not None:
            return done
    context = {
        "title": f"移交 {leaver.name} 的在办件",
        "leaver": leaver,
        "rows": [_line(case, leaver) for case in mine],
        "others": total - len(mine),
        "form": form,
        "key": key_of(request),
        "absence_url": reverse("access:absence_list"),
    }
    return render(request, "desk/admin/hand_over.html", context, status=422 if form.errors else 200)


def _movable(user: User, leaver: User) -> list[Case]:
    """The leaver's open cases that this user may assign, most urgent first."""
    keys_of = assignment.queue_of(leaver).values("pk")
    seen = Case.objects.filter(pk__in=keys_of).select_related("unit").order_by("due_on", "pk")
    found = [case for case in seen if policies.can(user, f"{case.kind}.assign", case)]
    tell(found)
    return found


def _line(case: Case, leaver: User) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "title": case.title,
        "kind": workflow_of(case).label,
        "url": case_url(case),
        "case": case,
        "state": state_label(case),
        "role": "承办" if case.handler_id == leaver.pk else "协办",
    }


def _move(
    request: HttpRequest, form: forms.Form, leaver: User, mine: list[Case]
) -> HttpResponse | None:
    """Hand them over and go back to the list; None with the words on the form where refused."""
    clean = form.cleaned_data
    try:
        moved = assignment.hand_over(
            leaver,
            to=clean["to"],
            by=me(request),
            reason=clean["reason"],
            only=[case.pk for case in mine],
        )
    except ValidationError as error:
        say(request, form, error)
        return None
    messages.success(request, f"已把 {len(moved)} 件移交给{clean['to'].name}，对方会收到消息")
    return redirect("desk:hand_over")
