"""Accounts: list, one account, its password, its end, its grants."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hrss_portal.access import accounts, custody, keys
from hrss_portal.access.forms.finding import UserQuery
from hrss_portal.access.forms.grants import GrantForm
from hrss_portal.access.forms.session import device_of
from hrss_portal.access.forms.units import UserForm
from hrss_portal.access.models import Grant, Proposal, User
from hrss_portal.access.policy import can
from hrss_portal.access.routes import policy
from hrss_portal.access.views.common import me, mine_or_404, page_of, paged


@policy("access.user.view")
@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    """The accounts with their posts, by name, unit, post and state."""
    query = UserQuery(request.GET, user=me(request))
    rows = Grant.objects.in_force().select_related("unit").order_by("pk")
    held = Prefetch("grants", rows, to_attr="held")
    users = query.found(User.objects.filter(page_of(request, User)))
    users = users.select_related("unit").prefetch_related(held)
    page = {
        "title": "用户",
        "page": paged(request, users.order_by("staff_no")),
        "query": query,
        "may_edit": can(me(request), "access.user.edit"),
    }
    return render(request, "access/users.html", page)


@policy("access.user.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def user_new(request: HttpRequest) -> HttpResponse:
    """A new account; the temporary password is shown once."""
    if request.method == "POST":
        return _with_password(request, keys.once(request, lambda: _user_new(request)))
    return _user_new(request)


def _user_new(request: HttpRequest) -> HttpResponse:
    form = UserForm(me(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        accounts.reset_password(user, _seed(request, user))
        return redirect("access:user_detail", pk=user.pk)
    page = {"title": "新增用户", "form": form, "key": keys.new()}
    status = 422 if form.errors else 200
    return render(request, "access/user_edit.html", page, status=status)


@policy("access.user.view")
@require_safe
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account with its grants and, for administrators, the forms to change them."""
    user = mine_or_404(request, User, pk)
    return _detail(request, user)


def _detail(
    request: HttpRequest,
    user: User,
    form: UserForm | None = None,
    grant_form: GrantForm | None = None,
) -> HttpResponse:
    by = me(request)
    may_edit = can(by, "access.user.edit", user)
    may_grant = can(by, "access.grant.propose") and by.pk != user.pk
    kinds = [f"access.{name}" for name in ("grant", "deputy", "absence", "password", "totp")]
    waiting = Proposal.objects.filter(
        kind__in=kinds, state=Proposal.State.WAITING, payload__user=user.pk
    )
    bad = any(one is not None and bool(one.errors) for one in (form, grant_form))
    page = {
        "title": user.name,
        "person": user,
        "grants": user.grants.select_related("unit", "granted_by", "confirmed_by").order_by("pk"),
        "waiting": list(waiting.select_related("proposed_by").order_by("pk")),
        "form": form or (UserForm(by, instance=user) if may_edit else None),
        "grant_form": grant_form or (GrantForm(by) if may_grant else None),
        "may_edit": may_edit,
        "key": keys.new(),
        "may_end_totp": by.pk != user.pk
        and can(by, "access.user.confirm", user)
        and device_of(user) is not None,
        "may_revoke": can(by, "access.grant.revoke"),
    }
    return render(request, "access/user.html", page, status=422 if bad else 200)


@policy("access.user.edit")
@require_POST
@keys.idempotent
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Saves name, unit and telephone; a new unit ends nothing but moves the person.

    Another B is proposed for a second person.
    """
    user = mine_or_404(request, User, pk, "edit")
    before = user.deputy_id
    form = UserForm(me(request), request.POST, instance=user)
    if not form.is_valid():
        return _detail(request, User.objects.get(pk=pk), form=form)
    deputy = form.cleaned_data["deputy"]
    user.deputy_id = before
    form.save()
    messages.success(request, f"已保存：{user.name}")
    if before != (deputy.pk if deputy else None):
        custody.propose_deputy(user, deputy, by=me(request))
        messages.success(request, "B 岗的修改已提交，另一人复核后生效")
    return redirect("access:user_detail", pk=pk)


@policy("access.user.edit")
@never_cache
@require_POST
def user_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Resets the password and shows the temporary one once.

    A guard's or a leader's needs a second person first.
    """
    user = mine_or_404(request, User, pk, "edit")
    return _with_password(request, keys.once(request, lambda: _user_password(request, user)))


def _user_password(request: HttpRequest, user: User) -> HttpResponse:
    if custody.password_needs_two(user):
        release = custody.released(user, me(request))
        if release is None:
            custody.propose_password(user, by=me(request))
            messages.success(request, "已提交，另一人复核后一天内再按“重置密码”")
            return redirect("access:user_detail", pk=user.pk)
        custody.spend(release)
    accounts.reset_password(user, _seed(request, user))
    return redirect("access:user_detail", pk=user.pk)


def _seed(request: HttpRequest, user: User) -> str:
    return f"{user.staff_no}:{request.POST.get(keys.FIELD, '')}"


def _with_password(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The temporary password in place of the page to go on to, as long as it is in force.

    Whoever presses twice sees it twice: it follows from the key of the form.
    """
    if not isinstance(answer, HttpResponseRedirect):
        return answer
    user = User.objects.get(pk=resolve(answer.url).kwargs["pk"])
    password = accounts.temporary_password(_seed(request, user))
    if not user.must_change_password or not user.check_password(password):
        return answer
    page = {"title": "临时密码", "person": user, "password": password}
    return render(request, "access/user_password.html", page)


@policy("access.user.confirm")
@require_POST
@keys.idempotent
def user_totp(request: HttpRequest, pk: int) -> HttpResponse:
    """Proposes to switch off the second factor of a person whose phone is lost."""
    user = mine_or_404(request, User, pk, "confirm")
    try:
        custody.propose_totp_off(user, by=me(request))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, "已提交，另一人复核后停用动态口令")
    return redirect("access:user_detail", pk=pk)


@policy("access.user.edit")
@require_POST
@keys.idempotent
def user_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Disables or enables an account; nobody disables their own.

    Who still has open items in hand is shown with them first: they are handed over, or the
    account is ended all the same (a leaver loses access the same day).
    """
    user = mine_or_404(request, User, pk, "edit")
    if user.pk == me(request).pk:
        messages.error(request, "不能停用自己的账号，请另一位管理员办理")
    elif request.POST.get("act") == "enable":
        accounts.enable(user)
        messages.success(request, f"已启用 {user.name} 的账号，重置密码后可登录")
    elif request.POST.get("knowing") != "1" and (items := accounts.open_items(user)):
        title = f"停用 {user.name} 的账号"
        page = {"title": title, "person": user, "items": items, "key": keys.new()}
        return render(request, "access/user_disable.html", page)
    else:
        accounts.disable(user, by=me(request))
        messages.success(request, f"已停用 {user.name} 的账号，对方的下一次操作即被退出")
    return redirect("access:user_detail", pk=pk)


@policy("access.grant.propose")
@require_POST
@keys.idempotent
def grant_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Proposes a grant for a second person."""
    user = mine_or_404(request, User, pk)
    form = GrantForm(me(request), request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            accounts.propose_grant(user, by=me(request), **data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已提交，另一位有复核权限的同事复核后生效")
            return redirect("access:user_detail", pk=pk)
    return _detail(request, user, grant_form=form)


@policy("access.grant.revoke")
@require_POST
@keys.idempotent
def grant_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a grant back at once."""
    grant = mine_or_404(request, Grant, pk, "revoke")
    accounts.revoke(grant, by=me(request))
    messages.success(request, f"已收回：{grant}")
    return redirect("access:user_detail", pk=grant.user_id)
