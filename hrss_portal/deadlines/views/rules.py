"""Rules, parameters and conditions: lists, versions, and proposing another version."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access import keys
from hrss_portal.access.models import Proposal, User
from hrss_portal.access.proposals import known_in
from hrss_portal.access.routes import policy
from hrss_portal.deadlines import changes
from hrss_portal.deadlines.conditions import known_sets
from hrss_portal.deadlines.forms import (
    FOREIGN,
    ConditionForm,
    ParameterForm,
    ReasonForm,
    RuleFilter,
    RuleForm,
    VersionForm,
)
from hrss_portal.deadlines.models import Condition, Dated, LegalRule, Parameter
from hrss_portal.deadlines.regions import holds_in
from hrss_portal.deadlines.views.pages import home_of, may, person, show

SEARCHED = ("code", "name_zh", "trigger_event", "legal_basis_zh", "case_kind")
Row = TypeVar("Row", bound=Dated)


def standing_now(rows: Iterable[Row], *keys: str) -> list[Row]:
    """One row for each key: the version that holds today, else the latest."""
    today, found = timezone.localdate(), dict[tuple[Any, ...], Row]()
    for row in rows:
        key = tuple(getattr(row, name) for name in keys)
        if key not in found or row.holds_on(today) or not found[key].holds_on(today):
            found[key] = row
    return list(found.values())


def waiting(request: HttpRequest, kind: str) -> QuerySet[Proposal]:
    """Proposals of one kind that wait for their second person: of the bureau or of all."""
    rows = Proposal.objects.filter(known_in(person(request).unit))
    return rows.filter(kind=kind, state=Proposal.State.WAITING)


def is_home(request: HttpRequest, form: VersionForm) -> bool:
    """Whether a valid form speaks of the bureau's own region or one above; else it says so."""
    home = holds_in(form.cleaned_data["region"], home_of(request))
    if not home:
        form.add_error("region", FOREIGN)
    return home


@policy("deadlines.rule.view")
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in the version of today, by work, nature and sureness."""
    form = RuleFilter(request.GET)
    found = LegalRule.objects.order_by("code", "region", "valid_from")
    asked = form.cleaned_data if form.is_valid() else {}
    for name in ("app", "nature", "sureness"):
        if asked.get(name):
            found = found.filter(**{name: asked[name]})
    if text := asked.get("q", "").strip():
        found = found.filter(_any(SEARCHED, text))
    return show(
        request,
        "rules",
        title="期限规则",
        form=form,
        rows=standing_now(found, "code", "region"),
        waiting=waiting(request, changes.RULE).order_by("pk"),
        filtered=any(asked.values()),
        may_propose=may(request, "rule.propose"),
    )


def _any(names: Sequence[str], text: str) -> Q:
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": text})
    return found


@policy("deadlines.rule.view")
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule with all its versions, the newest first."""
    versions = list(
        LegalRule.objects.filter(code=code)
        .select_related("proposal__proposed_by", "proposal__confirmed_by")
        .order_by("region", "-valid_from")
    )
    if not versions:
        raise Http404
    current = standing_now(versions[::-1], "code")[0]
    return show(
        request,
        "rule",
        title=f"{code} {current.name_zh}",
        rule=current,
        versions=versions,
        waiting=waiting(request, changes.RULE).filter(payload__values__code=code).order_by("pk"),
        may_propose=may(request, "rule.propose"),
    )


@policy("deadlines.rule.propose")
@keys.idempotent
def propose_rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Proposes a new version of a rule, or a new rule."""
    old = _found(LegalRule, pk)
    form = RuleForm(request.POST or None, initial=_initial(RuleForm, old))
    return _propose(
        request,
        form,
        lambda by, reason: changes.propose_rule(form, by=by, reason=reason, replaces=old),
        title=f"修改 {old}" if old else "新增期限规则",
        back=reverse("deadlines:rule", args=[old.code]) if old else reverse("deadlines:rules"),
    )


@policy("deadlines.parameter.view")
def parameters(request: HttpRequest) -> HttpResponse:
    """Rates, limits and thresholds with all their versions."""
    text = request.GET.get("q", "").strip()
    found = Parameter.objects.order_by("code", "name", "region", "valid_from")
    if text:
        found = found.filter(_any(("code", "name", "legal_basis", "value"), text))
    return show(
        request,
        "parameters",
        title="费率与标准",
        q=text,
        rows=found,
        today=timezone.localdate(),
        waiting=waiting(request, changes.PARAMETER).order_by("pk"),
        may_propose=may(request, "parameter.propose"),
    )


@policy("deadlines.parameter.propose")
@keys.idempotent
def propose_parameter(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Proposes a new value of a parameter, or a new parameter."""
    old = _found(Parameter, pk)
    form = ParameterForm(request.POST or None, initial=_initial(ParameterForm, old))
    back = reverse("deadlines:parameters")
    return _propose(
        request,
        form,
        lambda by, reason: changes.propose_parameter(form, by=by, reason=reason, replaces=old),
        title=f"修改 {old}" if old else "新增参数",
        place=[("费率与标准", back)],
        back=back,
    )


@policy("deadlines.condition.view")
def conditions(request: HttpRequest) -> HttpResponse:
    """The conditions of every declared rule set with all their versions."""
    rows = list(Condition.objects.order_by("seq", "region", "valid_from"))
    rates = dict(Parameter.objects.order_by("valid_from").values_list("code", "name"))
    groups = []
    for code, one in known_sets().items():
        mine = [(row, row.value_words(rates)) for row in rows if row.ruleset == code]
        chooses = any(row.alternative for row, _ in mine)
        groups.append({"label": one.label, "rows": mine, "chooses": chooses})
    return show(
        request,
        "conditions",
        title="办理条件",
        groups=groups,
        waiting=waiting(request, changes.CONDITION).order_by("pk"),
        may_propose=may(request, "condition.propose"),
    )


@policy("deadlines.condition.propose")
@keys.idempotent
def propose_condition(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Proposes a new version of a condition, or a new condition."""
    old = _found(Condition, pk)
    form = ConditionForm(request.POST or None, initial=_initial(ConditionForm, old))
    back = reverse("deadlines:conditions")
    return _propose(
        request,
        form,
        lambda by, reason: changes.propose_condition(form, by=by, reason=reason, replaces=old),
        title=f"修改条件 {old.words}" if old else "新增条件",
        place=[("办理条件", back)],
        back=back,
    )


def _propose(
    request: HttpRequest,
    form: VersionForm,
    propose: Callable[[User, str], Proposal],
    **page: Any,
) -> HttpResponse:
    """Hands a valid change to the second person; else shows the form on its ``page``."""
    reason = ReasonForm(request.POST or None)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid() and reason.is_valid() and is_home(request, form):
        return proposed(request, propose(person(request), reason.cleaned_data["reason"]))
    status = 400 if is_sent else 200
    return show(request, "propose", form=form, reason=reason, status=status, **page)


def _found(model: type[Row], pk: int | None) -> Row | None:
    if pk is None:
        return None
    found: Row | None = model._default_manager.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _initial(form: type[VersionForm], row: Dated | None) -> dict[str, Any]:
    """The old version's values; the new one's first day is for the proposer to say."""
    if row is None:
        return {"region": "CN"}
    left_out = {"valid_from", "valid_to"}
    values = {name: getattr(row, name) for name in form.base_fields if name not in left_out}
    return {name: "" if value is None else changes.plain(value) for name, value in values.items()}


def proposed(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Says that the change waits, and shows it."""
    messages.success(request, "已提交，由另一位同事复核后生效。")
    return redirect("deadlines:proposal", proposal.pk)
