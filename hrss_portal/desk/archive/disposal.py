"""到期鉴定 and 保管期限: the files over their time, the table of periods, both with two people."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import Proposal
from hrss_portal.access.proposals import known_in
from hrss_portal.access.routes import policy
from hrss_portal.casework import retention
from hrss_portal.casework.models import Case, RetentionRule, Tombstone
from hrss_portal.casework.workflow import workflow_of, workflows
from hrss_portal.desk.acting import ActPage
from hrss_portal.desk.administration.pages import (
    ADMIN_FORM,
    ReasonForm,
    key_of,
    me,
    say,
    waits,
)
from hrss_portal.desk.forms import DeskForm
from hrss_portal.desk.links import url_of
from hrss_portal.parties.fields import TextCell

SHOWN = 200


@policy("casework.archive.run")
@keys.idempotent
def disposal(request: HttpRequest) -> HttpResponse:
    """The dry run: files over their time that nothing holds; ticked ones go to a second person."""
    user = me(request)
    root = user.unit.root
    may_propose = policies.can(user, "casework.disposal.propose")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        policies.require(user, "casework.disposal.propose")
        ticked = [int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal()]
        cases = list(Case.objects.filter(pk__in=ticked).order_by("pk"))
        try:
            retention.propose_disposal(cases, root, by=user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            say(request, form, error)
        else:
            messages.success(request, waits("销毁清单"))
            return redirect("desk:disposal")
    over = retention.over(root)
    seen = set(Case.objects.filter(pk__in=[case.pk for case, _ in over]).values_list("pk"))
    mine = [(case, until) for case, until in over if (case.pk,) in seen]
    waiting = Proposal.objects.filter(kind=retention.RUN_KIND, unit=root).select_related(
        "proposed_by", "confirmed_by"
    )
    done = Tombstone.objects.select_related("case", "proposal").order_by("-at")
    context = {
        "title": "到期鉴定",
        "rows": [_line(case, until) for case, until in mine[:SHOWN]],
        "total": len(mine),
        "form": form,
        "may_propose": may_propose,
        "lists": [(row, url_of("access:proposal_detail", row.pk)) for row in waiting[:10]],
        "tombstones": done[:20],
        "key": key_of(request),
    }
    return render(
        request, "desk/archive/disposal.html", context, status=422 if form.errors else 200
    )


def _line(case: Case, until: Any) -> dict[str, Any]:
    return {
        "pk": case.pk,
        "reference": case.reference,
        "title": case.title,
        "kind": workflow_of(case).label,
        "archived_on": case.archived_on,
        "until": until,
        "url": url_of("desk:case_file", case.pk),
    }


class RetentionForm(DeskForm):
    """One row of the table."""

    kind = forms.ChoiceField(label="业务")
    outcome = TextCell(
        label="办理结果代码", max_length=40, required=False, help_text="只对这种结果；空为其余全部"
    )
    label = TextCell(label="名称", max_length=80)
    action = forms.ChoiceField(label="到期处理", choices=RetentionRule.Action.choices)
    years = forms.IntegerField(
        label="保存年数", min_value=1, max_value=200, required=False, help_text="永久保存的留空"
    )
    article = TextCell(label="依据", max_length=200)
    standing = forms.ChoiceField(label="性质", choices=RetentionRule.Standing.choices)
    reason = TextCell(label="修改理由", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(workflow.of, workflow.label) for workflow in workflows()]
        known = {code for code, _ in kinds}
        given = (self.initial or {}).get("kind")
        if given and given not in known:
            kinds.append((given, given))
        self.fields["kind"] = forms.ChoiceField(label="业务", choices=kinds)


@policy("casework.retention.view")
def table(request: HttpRequest) -> HttpResponse:
    """The keeping periods, and what waits for a second person."""
    user = me(request)
    waiting = Proposal.objects.filter(
        known_in(user.unit), kind=retention.RULE_KIND, state=Proposal.State.WAITING
    )
    labels = {workflow.of: workflow.label for workflow in workflows()}
    rows = [(row, labels.get(row.kind, row.kind)) for row in RetentionRule.objects.all()]
    context = {
        "title": "保管期限",
        "rows": rows,
        "waiting": [(row, url_of("access:proposal_detail", row.pk)) for row in waiting],
        "may_propose": policies.can(user, "casework.retention.propose"),
    }
    return render(request, "desk/archive/retention.html", context)


class RetentionPropose(ActPage):
    """Propose a new row, or another content of one."""

    policy, template_name = "casework.retention.propose", ADMIN_FORM
    submit = "提交复核"

    def find(self, **place: Any) -> RetentionRule | None:
        """The row that is to change; None for a new one."""
        return get_object_or_404(RetentionRule, **place) if place else None

    def make(self, thing: RetentionRule | None, data: Any = None) -> RetentionForm:
        """The row as it stands."""
        initial = {name: getattr(thing, name) for name in retention.FIELDS} if thing else {}
        return RetentionForm(data, initial=initial)

    def act(self, thing: RetentionRule | None, form: Any) -> str:
        """Propose it."""
        values = dict(form.cleaned_data)
        reason = values.pop("reason")
        retention.propose_rule(values, by=self.user, reason=reason)
        return waits("保管期限")

    def heading(self, thing: RetentionRule | None) -> str:
        """Which row."""
        return f"修改保管期限：{thing}" if thing else "新增保管期限"

    def back(self, thing: RetentionRule | None) -> str:
        """The table."""
        return reverse("desk:retention")
