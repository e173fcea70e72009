"""Delegations, absences, and the proposals that wait for a second person."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hrss_portal.access import custody, delegating, keys, proposals
from hrss_portal.access.forms.grants import AbsenceForm, AnswerForm, DelegationForm
from hrss_portal.access.models import Absence, Delegation, Proposal, User
from hrss_portal.access.policy import NotVisible, can
from hrss_portal.access.routes import policy
from hrss_portal.access.views.common import me, mine_or_404, page_of, paged


@policy("access.delegation.view")
@require_http_methods(["GET", "POST"])
@keys.idempotent
def delegation_list(request: HttpRequest) -> HttpResponse:
    """The recorded delegations; a new one by those who may."""
    may_edit = can(me(request), "access.delegation.edit")
    form = None
    if may_edit:
        form = DelegationForm(me(request), request.POST or None, request.FILES or None)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            row, asked = delegating.record_delegation(
                form.instance, form.cleaned_data["scan"], by=me(request)
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            waits = f"，{row.giver.name}本人确认后生效" if asked else ""
            messages.success(request, f"已登记：{row}{waits}")
            return redirect("access:delegation_list")
    today, history = timezone.localdate(), "history" in request.GET
    over = Q(revoked_at__isnull=False) | Q(to_on__lt=today)
    rows = Delegation.objects.filter(page_of(request, Delegation), over if history else ~over)
    rows = rows.select_related("giver", "taker")
    page = {
        "title": "委托（历史）" if history else "委托",
        "history": history,
        "page": paged(request, rows),
        "form": form,
        "key": keys.new(),
        "today": today,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "access/delegations.html", page, status=status)


@policy("access.delegation.edit")
@require_POST
@keys.idempotent
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a delegation at once."""
    delegation = mine_or_404(request, Delegation, pk, "edit")
    if delegation.revoked_at is None:
        delegation.revoked_at = timezone.now()
        delegation.save()
    messages.success(request, "委托已终止")
    return redirect("access:delegation_list")


@policy("access.absence.view")
@require_http_methods(["GET", "POST"])
@keys.idempotent
def absence_list(request: HttpRequest) -> HttpResponse:
    """The recorded absences; a new one by those who may."""
    may_edit = can(me(request), "access.absence.edit")
    form = AbsenceForm(me(request), request.POST or None) if may_edit else None
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        made = custody.record_absence(**data, by=me(request))
        if isinstance(made, Proposal):
            messages.success(request, f"已提交，另一人复核后生效：{made.title}")
        else:
            messages.success(request, f"已登记：{data['user']}缺勤，待办由 B 岗办理")
        return redirect("access:absence_list")
    rows = Absence.objects.filter(page_of(request, Absence)).select_related("user__deputy")
    page = {
        "title": "缺勤",
        "page": paged(request, rows),
        "form": form,
        "key": keys.new(),
        "today": timezone.localdate(),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "access/absences.html", page, status=status)


@policy("access.absence.edit")
@require_POST
@keys.idempotent
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes an absence that has not begun, or ends a running one yesterday."""
    absence = mine_or_404(request, Absence, pk, "edit")
    yesterday = timezone.localdate() - timedelta(days=1)
    if absence.from_on > yesterday:
        absence.delete()
    elif absence.to_on > yesterday:
        absence.to_on = yesterday
        absence.save()
    messages.success(request, "缺勤已结束，B 岗不再看到其待办")
    return redirect("access:absence_list")


@policy("login")
@require_http_methods(["GET", "HEAD", "POST"])
@keys.idempotent
def proposal_list(request: HttpRequest) -> HttpResponse:
    """What waits for the person's second signature, what the person proposed, what was decided.

    Those that are ticked are confirmed one by one; a refused one keeps none of the others back.
    """
    by = me(request)
    if request.method == "POST":
        _confirm_ticked(request, by)
        return redirect("access:proposal_list")
    waiting = Proposal.objects.filter(state=Proposal.State.WAITING)
    waiting = waiting.select_related("proposed_by", "unit").order_by("pk")
    done = Proposal.objects.exclude(state=Proposal.State.WAITING).filter(_known_to(by))
    to_confirm = proposals.to_confirm(by)
    own = [row for row in waiting if row.proposed_by_id == by.pk and row not in to_confirm]
    page = {
        "title": "双人复核",
        "to_confirm": to_confirm,
        "own": own,
        "alone": any(row.proposed_by_id == by.pk for row in to_confirm),
        "form": AnswerForm(),
        "key": keys.new(),
        "page": paged(request, done.select_related("proposed_by", "confirmed_by")),
    }
    return render(request, "access/proposals.html", page)


def _confirm_ticked(request: HttpRequest, by: User) -> None:
    """Confirm what was ticked, and say of each what became of it."""
    ticked = {int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal()}
    answer = request.POST.get("answer", "")
    rows = [row for row in proposals.to_confirm(by) if row.pk in ticked]
    told = proposals.confirm_each(rows, by=by, answer=answer)
    if done := [row.title for row, words in told if not words]:
        messages.success(request, f"已复核生效 {len(done)} 项：{'；'.join(done)}")
    for row, words in told:
        if words:
            messages.error(request, f"没有生效：{row.title}。{words}")
    if gone := len(ticked) - len(rows):
        messages.error(request, f"有 {gone} 项已不在待复核之列")
    if not ticked:
        messages.error(request, "先勾选要复核的事项")


def _known_to(by: User) -> Q:
    if can(by, "access.proposal.view"):
        return proposals.known_in(by.unit) | Q(proposed_by=by)
    return Q(proposed_by=by) | Q(confirmed_by=by)


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    found = Proposal.objects.select_related("proposed_by", "confirmed_by", "unit").filter(pk=pk)
    proposal = found.first()
    if proposal is None:
        raise Http404
    by = me(request)
    if proposals.may_confirm(proposal, by) or found.filter(_known_to(by)).exists():
        return proposal
    raise NotVisible(f"access.Proposal {pk}", "hidden")


@policy("login")
@require_http_methods(["GET", "POST"])
@keys.idempotent
def proposal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: confirm it, send it back, or withdraw one's own."""
    proposal, by = _proposal(request, pk), me(request)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            words = _decide(proposal, by, request.POST.get("act", ""), form.cleaned_data["answer"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{words}：{proposal.title}")
            return redirect("access:proposal_list")
    page = {
        "title": proposal.title,
        "proposal": proposal,
        "lines": [_labelled(line) for line in proposal.words],
        "form": form,
        "key": keys.new(),
        "may_confirm": proposals.may_confirm(proposal, by),
        "alone": proposals.may_sign_alone(proposal, by),
        "is_own": proposal.proposed_by_id == by.pk,
    }
    status = 422 if form.errors else 200
    return render(request, "access/proposal.html", page, status=status)


def _labelled(line: str) -> tuple[str, str]:
    label, _, value = line.partition("：")
    return (label, value) if value else ("内容", line)


def _decide(proposal: Proposal, by: User, act: str, answer: str) -> str:
    if act == "confirm":
        proposals.confirm(proposal, by=by, answer=answer)
        return "已复核生效"
    if act == "refuse":
        proposals.refuse(proposal, by=by, answer=answer)
        return "已退回"
    if act == "withdraw":
        proposals.withdraw(proposal, by=by)
        return "已撤回"
    raise ValidationError("选择复核、退回或撤回")
