"""The ID number of a member of staff, beside the account (本人案件回避)."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hrss_portal.access import keys
from hrss_portal.access.models import User
from hrss_portal.access.policy import require
from hrss_portal.access.routes import policy
from hrss_portal.access.views.common import mine_or_404
from hrss_portal.parties import identifiers, staff
from hrss_portal.parties.models import StaffPerson
from hrss_portal.parties.views.kinds import user_of


class NumberForm(forms.Form):
    """The number; empty takes it away.  The stored one is never shown again in full."""

    id_number = forms.CharField(
        label="身份证号",
        max_length=30,
        required=False,
        help_text="只用于核对是不是本人的案件，加密保存；留空为删除",
    )


@policy("access.user.edit")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@keys.idempotent
def staff_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps the number of an account."""
    by = user_of(request)
    user = mine_or_404(request, User, pk, "edit")
    require(by, "access.user.edit", user)
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            staff.note_number(user, form.cleaned_data["id_number"], by=by)
        except ValidationError as error:
            form.add_error("id_number", error)
        else:
            messages.success(request, f"已保存 {user.name} 的身份证号")
            return redirect("access:user_detail", pk=pk)
    kept = StaffPerson.objects.filter(user=user).first()
    page = {
        "title": f"{user.name} 的身份证号",
        "person": user,
        "form": form,
        "kept": identifiers.mask_id(kept.id_number) if kept else "",
        "key": request.POST.get(keys.FIELD) or keys.new(),
    }
    status = 422 if form.errors else 200
    return render(request, "parties/staff_number.html", page, status=status)
