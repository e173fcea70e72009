"""对接系统: which systems of other bodies may call the API, with which rights, and their calls."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import Grant, Unit, User
from hrss_portal.access.roles import GUARDS
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.casework.idempotency import KeyReused, claim
from hrss_portal.desk.acting import ActPage
from hrss_portal.desk.administration.pages import (
    ADMIN_FORM,
    ReasonForm,
    key_of,
    me,
    say,
    signing,
)
from hrss_portal.desk.api import clients, resources
from hrss_portal.desk.forms import DeskModelForm, Section
from hrss_portal.desk.links import url_of
from hrss_portal.desk.models import ClientSystem
from hrss_portal.notifications.models import Endpoint
from hrss_portal.parties.fields import DateField, TextCell

LAST_CALLS = 50
LONGEST = timedelta(days=3 * 366)


class ClientForm(DeskModelForm):
    """A new client system: what it is called, whose rights it has, which of them, until when."""

    sections = (
        Section(title="系统", fields=("name", "system", "expires_on", "reason")),
        Section(title="权限", fields=("user", "unit", "kinds", "actions")),
        Section(title="动态推送", fields=("endpoint", "told_kinds"), folded=True),
    )
    kinds = forms.MultipleChoiceField(
        label="业务", choices=resources.choices, widget=forms.CheckboxSelectMultiple
    )
    actions = forms.MultipleChoiceField(
        label="允许的操作",
        choices=ClientSystem.Action.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    told_kinds = forms.MultipleChoiceField(
        label="推送的业务",
        choices=resources.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    expires_on = DateField(label="有效期至", help_text="最长三年")
    reason = TextCell(label="接入依据", max_length=200, help_text="如 对接通知的文号")

    class Meta:
        model = ClientSystem
        fields = (
            "name",
            "system",
            "user",
            "unit",
            "kinds",
            "actions",
            "endpoint",
            "told_kinds",
            "expires_on",
        )
        help_texts = {
            "system": "对方编号的来源，如 province；登记后不能改",
            "user": "为对接单独建的账号；系统的权限不会超过它",
            "unit": "接口登记的办件由哪个单位承办",
            "endpoint": "先在“外发消息”登记地址",
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)
        root = by.unit.path.split("/", 1)[0] + "/"
        people = User.objects.filter(is_active=True, unit__path__startswith=root)
        units = Unit.objects.filter(is_active=True, path__startswith=root)
        fields: dict[str, Any] = self.fields
        fields["user"].queryset = people.exclude(pk=by.pk).order_by("staff_no")
        fields["unit"].queryset = units.exclude(kind=Unit.Kind.VILLAGE).order_by("path")
        fields["endpoint"].queryset = Endpoint.objects.filter(
            is_active=True, bureau=by.unit.root_id
        )
        self.initial.setdefault("expires_on", timezone.localdate() + timedelta(days=365))

    def clean_user(self) -> User:
        """An account of the portal's own administration is lent to nobody."""
        user: User = self.cleaned_data["user"]
        if Grant.objects.in_force().filter(user=user, post__in=GUARDS).exists():
            raise ValidationError("系统、安全、审计管理员的账号不能用于对接")
        return user

    def clean_system(self) -> str:
        """The code stands in addresses; two bureaus never share one."""
        system: str = self.cleaned_data["system"].strip()
        if not system.isprintable() or "/" in system:
            raise ValidationError("不能含有 / 和不可见字符")
        others = ClientSystem.objects.filter(system=system, revoked_at=None)
        root = self.by.unit.path.split("/", 1)[0] + "/"
        if others.exclude(unit__path__startswith=root).exists():
            raise ValidationError("这个代码已由其他单位使用")
        return system

    def clean_expires_on(self) -> date:
        """In the future, and not for ever."""
        day: date = self.cleaned_data["expires_on"]
        if not timezone.localdate() < day <= timezone.localdate() + LONGEST:
            raise ValidationError("填今天以后、三年以内的日期")
        return day

    def clean(self) -> dict[str, Any]:
        """What is told has an address, and is of the kinds given."""
        data = super().clean() or {}
        told = set(data.get("told_kinds") or ())
        if told and not data.get("endpoint"):
            self.add_error("endpoint", "选择推送到哪个地址")
        if told - set(data.get("kinds") or ()):
            self.add_error("told_kinds", "只能推送已开通的业务")
        return data


def own(request: HttpRequest) -> QuerySet[ClientSystem]:
    """The client systems of the user's bureau."""
    root = me(request).unit.path.split("/", 1)[0] + "/"
    rows = ClientSystem.objects.filter(unit__path__startswith=root)
    return rows.select_related("user", "unit", "endpoint", "proposal", "created_by", "revoked_by")


def state_of(client: ClientSystem) -> str:
    """In words whether its token works; a refused proposal says so."""
    because = client.closed_because
    if because == "待复核" and client.proposal and client.proposal.state != "waiting":
        return client.proposal.get_state_display()
    return because or "在用"


@policy("desk.client.list")
@require_GET
def client_list(request: HttpRequest) -> HttpResponse:
    """Every client system with its state and its last call."""
    rows = own(request).annotate(last_at=Max("calls__at")).order_by("revoked_at", "name")
    context = {
        "title": "对接系统",
        "rows": [{"client": client, "state": state_of(client)} for client in rows],
        "may_edit": policies.can(me(request), "desk.client.edit"),
    }
    return render(request, "desk/admin/clients.html", context)


@method_decorator(never_cache, name="dispatch")
class ClientNew(ActPage):
    """Enter a client system; its token is shown this once, also where the form is sent twice."""

    policy, template_name = "desk.client.edit", ADMIN_FORM
    title, submit = "接入外部系统", "登记并生成令牌"
    intro = "登记后须由另一人复核，令牌才生效。令牌只显示一次。"

    def make(self, thing: None, data: Any = None) -> ClientForm:
        """What it is called, whose rights it has."""
        return ClientForm(data, by=self.user)

    def back(self, thing: None) -> str:
        """The list."""
        return reverse("desk:clients")

    def post(self, request: HttpRequest, **place: Any) -> HttpResponse:
        """Once for the form's key; an answer with the token cannot be repeated, so a second one
        goes to the page of the system.  A form that is refused leaves its key free."""
        key = request.POST.get(keys.FIELD, "")[:64]
        with transaction.atomic():
            try:
                claimed = claim(self.user, "desk:client_new", key, keys.fingerprint(request))
            except KeyReused:
                return redirect("desk:clients")
            if claimed.earlier is not None and claimed.earlier.location:
                return redirect(claimed.earlier.location)
            form = self.make(None, request.POST)
            if form.is_valid():
                client, reason = form.save(commit=False), form.cleaned_data["reason"]
                token = clients.register_client(client, by=self.user, reason=reason)
                where = reverse("desk:client", args=[client.pk])
                claimed.answer(status=302, location=where)
                context = {"title": "令牌", "client": client, "token": token, "url": where}
                return render(request, "desk/admin/client_token.html", context)
            transaction.set_rollback(True)
        return self.page(None, form, status=422)


@policy("desk.client.list")
@require_GET
def client_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One client system: its rights, who confirmed it, its last calls."""
    client = get_visible_or_404(own(request), pk=pk)
    return _detail(request, client, ReasonForm())


def _detail(request: HttpRequest, client: ClientSystem, form: ReasonForm) -> HttpResponse:
    user, labels = me(request), dict(resources.choices())
    actions = dict(ClientSystem.Action.choices)
    context = {
        "title": client.name,
        "client": client,
        "state": state_of(client),
        "kinds": [labels.get(kind, kind) for kind in client.kinds],
        "actions": [actions[code] for code in client.actions],
        "told": [labels.get(kind, kind) for kind in client.told_kinds],
        "calls": client.calls.order_by("-pk")[:LAST_CALLS],
        "form": form,
        "key": key_of(request),
        "may_revoke": client.revoked_at is None and policies.can(user, "desk.client.edit"),
        **signing(client.proposal, user),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/admin/client.html", context, status=status)


@policy("desk.client.edit")
@require_POST
@keys.idempotent
def client_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The token opens nothing from the next call on."""
    client = get_visible_or_404(own(request), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            clients.revoke(client, by=me(request), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            say(request, form, error)
        else:
            messages.success(request, f"已吊销：{client.name}")
            return redirect(url_of("desk:client", client.pk))
    return _detail(request, client, form)


@policy("desk.client.list")
@require_GET
def client_schema(request: HttpRequest) -> HttpResponse:
    """The interface description, to hand to the other body's developers."""
    from hrss_portal.desk.api import schema  # noqa: PLC0415 - loaded when somebody asks for it

    response = JsonResponse(schema.description(), json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="openapi.json"'
    return response
