"""Log-in and out, the lock screen, the own password, the second factor."""

import secrets
from typing import cast

import segno
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access.forms.session import (
    LoginForm,
    PasswordForm,
    TokenForm,
    UnlockForm,
    device_of,
)
from hrss_portal.access.middleware import GUARDED, LOCKED
from hrss_portal.access.models import User
from hrss_portal.access.routes import policy
from hrss_portal.access.scope import acting_as


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of this portal; else the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    secure = request.is_secure()
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=secure):
        return wanted
    try:
        return reverse("desk:home")
    except NoReverseMatch:
        return "/"


@policy("entry")
@never_cache
@sensitive_post_parameters("password", "token")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Log-in by staff number; a person already logged in goes on."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(_next(request))
    form = LoginForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        before = form.user.last_login
        with acting_as(form.user, "login"):
            login(request, form.user)
            if form.device is not None:
                otp_login(request, form.device)
        request.session[GUARDED] = secrets.token_urlsafe(16)
        request.session[LOCKED] = False
        if before is not None:
            messages.info(request, f"上次登录：{localtime(before):%Y-%m-%d %H:%M}")
        return redirect(_next(request))
    page = {"form": form, "next": _next(request)}
    return render(request, "access/login.html", page, status=422 if form.errors else 200)


@policy("login")
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("access:login")


@policy("login")
@never_cache
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """POST locks the screen; GET shows the locked screen, which asks for the password."""
    if request.method == "POST":
        request.session[LOCKED] = True
        request.is_locked = True  # type: ignore[attr-defined]
        here = request.META.get("HTTP_REFERER", "")
        if request.headers.get("X-Requested-With"):
            return HttpResponse(status=204)
        return redirect(f"{reverse('access:lock')}?{urlencode({'next': here})}")
    if not getattr(request, "is_locked", False):
        return redirect(_next(request))
    page = {"form": UnlockForm(request), "next": _next(request)}
    return render(request, "access/lock.html", page)


@policy("login")
@never_cache
@sensitive_post_parameters("password")
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Unlocks with the password.  A script of the page in front gets 204, or 422 and the words."""
    form = UnlockForm(request, request.POST)
    by_script = bool(request.headers.get("X-Requested-With") or request.headers.get("HX-Request"))
    if form.is_valid():
        request.session[LOCKED] = False
        request.is_locked = False  # type: ignore[attr-defined]
        return HttpResponse(status=204) if by_script else redirect(_next(request))
    if by_script:
        words = "；".join(str(error) for error in form.errors["password"])
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    page = {"form": form, "next": _next(request)}
    return render(request, "access/lock.html", page, status=422)


@policy("login")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """The own password.  Changing it ends the person's other sessions."""
    user = cast(User, request.user)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user.must_change_password = False
        user.end_sessions()
        form.save()
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改，其他电脑上的登录已退出")
        return redirect(_next(request))
    page = {"form": form, "next": _next(request), "forced": user.must_change_password}
    return render(request, "access/password.html", page, status=422 if form.errors else 200)


@policy("login")
@never_cache
@require_http_methods(["GET", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """The second factor: start, confirm with six digits, remove with six digits."""
    user = cast(User, request.user)
    act = request.POST.get("act", "")
    confirmed = device_of(user)
    device = confirmed or TOTPDevice.objects.filter(user=user).order_by("-pk").first()
    if request.method == "POST" and act == "start" and device is None:
        TOTPDevice.objects.create(user=user, name="手机", confirmed=False)
        return redirect("access:totp")
    form = None
    if device is not None:
        form = TokenForm(device, request.POST if act in {"confirm", "remove"} else None)
        if form.is_bound and form.is_valid():
            return _totp_done(request, device, act)
    picture = ""
    if device is not None and confirmed is None:
        picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=3)
    page = {
        "form": form,
        "device": device,
        "confirmed": confirmed is not None,
        "picture": picture,
        "secret": _grouped(device) if picture and device else "",
    }
    failed = form is not None and bool(form.errors)
    return render(request, "access/totp.html", page, status=422 if failed else 200)


def _totp_done(request: HttpRequest, device: TOTPDevice, act: str) -> HttpResponse:
    if act == "remove" and device.confirmed:
        device.delete()
        messages.success(request, "动态口令已停用，登录只需密码")
    elif act == "confirm" and not device.confirmed:
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        otp_login(request, device)
        messages.success(request, "动态口令已启用，下次登录时填写")
    return redirect("access:totp")


def _grouped(device: TOTPDevice) -> str:
    """The secret in groups of four letters, for phones that cannot scan."""
    secret = device.config_url.split("secret=")[1].split("&")[0]
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
