"""The units of the bureau: the tree, and one unit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hrss_portal.access import keys
from hrss_portal.access.forms.units import UnitForm
from hrss_portal.access.models import Unit
from hrss_portal.access.policy import can
from hrss_portal.access.routes import policy
from hrss_portal.access.views.common import me, mine_or_404, page_of


@policy("access.unit.view")
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """The tree of units; villages are shown below the one town asked for."""
    units = Unit.objects.filter(page_of(request, Unit)).select_related("led_by")
    town = request.GET.get("town", "")
    shown = units.exclude(kind=Unit.Kind.VILLAGE)
    if town.isdigit():
        shown = units.filter(parent_id=int(town))
    rows = [(unit, unit.path.count("/") - 1) for unit in shown.order_by("path")]
    page = {"title": "机构设置", "rows": rows, "may_edit": can(me(request), "access.unit.edit")}
    return render(request, "access/units.html", page)


@policy("access.unit.edit")
@require_http_methods(["GET", "POST"])
@keys.idempotent
def unit_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new unit, or an existing one."""
    unit = mine_or_404(request, Unit, pk, "edit") if pk is not None else None
    form = UnitForm(me(request), request.POST or None, instance=unit)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"已保存：{saved.name}")
        return redirect("access:unit_list")
    title = unit.name if unit else "新增单位"
    page = {"title": title, "form": form, "unit": unit, "key": keys.new()}
    status = 422 if form.errors else 200
    return render(request, "access/unit_edit.html", page, status=status)
