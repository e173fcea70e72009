"""业务模块: which optional parts of the areas the bureau has."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hrss_portal.access import keys, switching
from hrss_portal.access.forms.modules import SwitchForm
from hrss_portal.access.policy import can
from hrss_portal.access.routes import policy
from hrss_portal.access.views.common import me


@policy("access.module.view")
@require_safe
def module_list(request: HttpRequest) -> HttpResponse:
    """Each module, whether the bureau has it, since when and why."""
    page = {
        "title": "业务模块",
        "rows": list(switching.standing(me(request).unit.root)),
        "may_propose": can(me(request), "access.module.propose"),
    }
    return render(request, "access/modules.html", page)


@policy("access.module.propose")
@require_http_methods(["GET", "POST"])
@keys.idempotent
def module_switch(request: HttpRequest) -> HttpResponse:
    """Proposes to switch a module on or off for the own bureau."""
    form = SwitchForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    by = me(request)
    if request.method == "POST" and form.is_valid():
        try:
            switching.propose_switch(**form.cleaned_data, unit=by.unit.root, by=by)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = f"已提交，另一人复核后自所写日期起生效{switching.LATER}"
            messages.success(request, words)
            return redirect("access:module_list")
    page = {"title": "开关业务模块", "form": form, "key": keys.new()}
    return render(request, "access/module_switch.html", page, status=422 if form.errors else 200)
