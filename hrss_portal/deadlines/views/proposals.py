"""A proposed change beside what holds now, and the second signature."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from hrss_portal.access import keys, proposals
from hrss_portal.access.models import Proposal
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.deadlines import changes
from hrss_portal.deadlines.forms import (
    AnswerForm,
    ConditionForm,
    ParameterForm,
    RuleForm,
    VersionForm,
)
from hrss_portal.deadlines.models import Condition, Dated, LegalRule, Parameter
from hrss_portal.deadlines.notices import cross_check, missing_holidays
from hrss_portal.deadlines.views.pages import person, show

VERSIONED: dict[str, tuple[type[Dated], type[VersionForm]]] = {
    changes.RULE: (LegalRule, RuleForm),
    changes.PARAMETER: (Parameter, ParameterForm),
    changes.CONDITION: (Condition, ConditionForm),
}
DONE = {"confirm": "已复核，修改生效。", "refuse": "已退回提议人。", "withdraw": "已撤回。"}


def _found(request: HttpRequest, pk: int) -> Proposal:
    """The proposal, if it is the person's bureau's or holds for all; else as if not there."""
    rows = Proposal.objects.filter(proposals.known_in(person(request).unit), kind__in=changes.KINDS)
    found: Proposal = get_visible_or_404(rows.select_related("proposed_by", "confirmed_by"), pk=pk)
    return found


@policy("deadlines.rule.view")
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """The change in detail; the second person confirms or sends it back here."""
    return _page(request, _found(request, pk), AnswerForm())


def _page(
    request: HttpRequest, found: Proposal, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    user = person(request)
    return show(
        request,
        "proposal",
        title="双人复核",
        proposal=found,
        form=form,
        rows=_differences(found) if found.kind in VERSIONED else [],
        notice=_notice(found) if found.kind == changes.YEAR else None,
        may_confirm=proposals.may_confirm(found, user),
        alone=proposals.may_sign_alone(found, user),
        own=found.proposed_by_id == user.pk,
        is_waiting=found.state == Proposal.State.WAITING,
        status=status,
    )


def _differences(found: Proposal) -> list[dict[str, Any]]:
    """Each field with what it says now and what is proposed."""
    model, form = VERSIONED[found.kind]
    old = model._default_manager.filter(pk=found.payload["replaces"] or 0).first()
    asked = form(found.payload["values"])
    rows = []
    for bound in asked:
        now = changes.value_words(bound, bound.value())
        before = changes.value_words(bound, getattr(old, bound.name)) if old else ""
        rows.append(
            {"label": bound.label, "before": before, "after": now, "changed": now != before}
        )
    return rows


def _notice(found: Proposal) -> dict[str, Any]:
    """The days of a proposed year, and what does not agree with the law or the library."""
    year, days = found.payload["year"], changes.days_of(found)
    return {
        "year": year,
        "days": days,
        "missing": missing_holidays(days, year),
        "differing": cross_check(year, days),
    }


@policy("deadlines.rule.view")
@require_POST
@keys.idempotent
def answer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Confirms, sends back or withdraws; the right to do so is checked by the door itself."""
    found, form, user = _found(request, pk), AnswerForm(request.POST), person(request)
    if form.is_valid():
        try:
            if verb == "withdraw":
                proposals.withdraw(found, by=user)
            elif verb == "refuse":
                proposals.refuse(found, by=user, answer=form.cleaned_data["answer"])
            else:
                proposals.confirm(found, by=user, answer=form.cleaned_data["answer"])
        except ValidationError as error:
            form.add_error(None, error.messages)  # the fields it names are not this form's
        else:
            messages.success(request, DONE[verb])
            return redirect(reverse("deadlines:proposal", args=[pk]))
    return _page(request, _found(request, pk), form, status=400)
