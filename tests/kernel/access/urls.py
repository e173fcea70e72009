"""Routes for the tests of sessions and policies: a page per kind of policy."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from hrss_portal.access.models import Unit, User
from hrss_portal.access.policy import Refused, decide
from hrss_portal.access.public import nothing, public_page
from hrss_portal.access.routes import policy


@policy("login")
def home(request: HttpRequest) -> HttpResponse:
    """A page for everybody who is logged in."""
    return HttpResponse(request.user.name)


@public_page("test", sees=nothing)
def public(request: HttpRequest) -> HttpResponse:
    """A page for anybody."""
    return HttpResponse("public")


@policy("access.user.edit")
def users(request: HttpRequest) -> HttpResponse:
    """A page for administrators."""
    return HttpResponse("users")


@policy("login")
def refusing(request: HttpRequest) -> HttpResponse:
    """Changes something, then refuses: the change must be gone and the refusal kept."""
    assert isinstance(request.user, User)
    Unit.objects.update(phone="changed")
    action = "access.grant.confirm"
    raise Refused(action, decide(request.user, action))


urlpatterns = [
    path("", include(([path("", home, name="home")], "desk"))),
    path("", include("hrss_portal.access.urls")),
    path("public/", public, name="public"),
    path("users/", users, name="users"),
    path("refusing/", refusing, name="refusing"),
]
