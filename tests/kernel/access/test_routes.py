"""Routes: each declares its policy, and a hidden object answers exactly as an absent one."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path

from hrss_portal import areas
from hrss_portal.access import checks, routes
from hrss_portal.access.middleware import PolicyMiddleware
from hrss_portal.access.models import User
from hrss_portal.access.policy import NotVisible
from hrss_portal.access.roles import Role
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.audit.models import RefusalEntry
from tests.kernel.access.trial import Matter


def forgotten(request):
    """A view whose policy was forgotten."""
    return HttpResponse()


@routes.policy("login")
def matter(request, pk: int):
    """One matter."""
    return HttpResponse(routes.get_visible_or_404(Matter, pk=pk).label)


urlpatterns = [path("forgotten/", forgotten, name="forgotten")]


def test_every_route_of_the_portal_declares_its_policy():
    assert routes.undeclared() == []
    assert checks.every_route_has_a_policy() == []
    assert checks.every_role_names_a_post() == []


@pytest.mark.urls("tests.kernel.access.test_routes")
def test_a_forgotten_policy_stops_the_start():
    assert [error.id for error in checks.every_route_has_a_policy()] == ["access.E001"]
    with pytest.raises(ImproperlyConfigured, match="forgotten"):
        PolicyMiddleware(forgotten)


def test_a_role_of_an_unknown_post_is_found(monkeypatch):
    role = Role(post="KING", area="x", can=frozenset(), scope="own")
    real = areas.declared
    monkeypatch.setattr(areas, "declared", lambda kind: (role,) if kind == "roles" else real(kind))
    assert [error.id for error in checks.every_role_names_a_post()] == ["access.E002"]


def test_a_policy_is_an_action_or_one_of_few_words():
    with pytest.raises(ValueError, match=r"area\.noun\.verb"):
        routes.policy("everybody")
    assert routes.policy_of(routes.policy("api:a.b.view")(lambda: None)) == "api:a.b.view"


def test_hidden_and_absent_are_one_answer_but_only_hidden_is_a_refusal(
    matters, arbitration_head: User
):
    with acting_as_system("test"):
        hidden = Matter.objects.get(label="c").pk
        seen = Matter.objects.get(label="a").pk
    with acting_as(arbitration_head):
        assert routes.get_visible_or_404(Matter, pk=seen).label == "a"
        with pytest.raises(NotVisible):
            routes.get_visible_or_404(Matter, pk=hidden)
        for absent in (10**9, "x", 10**30):
            with pytest.raises(Http404) as error:
                routes.get_visible_or_404(Matter.objects.filter(label="a"), pk=absent)
            assert not isinstance(error.value, NotVisible)


@pytest.mark.urls("tests.kernel.access.matter_urls")
def test_the_two_pages_are_identical(matters, arbitration_head: User, client: Client):
    with acting_as_system("test"):
        hidden = Matter.objects.get(label="c").pk
        seen = Matter.objects.get(label="a").pk
    client.force_login(arbitration_head)
    assert client.get(f"/matters/{seen}/").content == b"a"
    pages = []
    for pk in (hidden, 987654):
        answer = client.get(f"/matters/{pk}/")
        text = answer.content.decode().replace(f"/{pk}/", "").replace(answer["X-Request-Id"], "")
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
        pages.append((answer.status_code, text))
    assert pages[0] == pages[1]
    assert pages[0][0] == 404
    assert RefusalEntry.objects.get().subject == f"trial.Matter pk={hidden}"
