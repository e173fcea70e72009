"""Public pages: what they may read, how they are guarded, what they never say."""

import re

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from hrss_portal.access.public import nothing, public_page, recording
from hrss_portal.access.routes import policy, policy_of
from hrss_portal.access.scope import ScopeMissing, acting_as, acting_as_public, current
from tests.kernel.access.trial import Matter


@pytest.fixture(autouse=True)
def _rested() -> None:
    cache.clear()


def only(label):
    """Names the matters with a label."""
    return {Matter: Q(label=label)}


def open_page(view, method="get", **arguments):
    """What a public page answers."""
    form = arguments.pop("form", {})
    return view(getattr(RequestFactory(), method)("/p/", form), **arguments)


def test_only_the_named_rows_are_read(matters):
    with acting_as_public(only("b")):
        assert [matter.label for matter in Matter.objects.all()] == ["b"]
        assert not Matter.objects.filter(label="a").exists()
        assert Matter.objects.filter(label="a").update(label="z") == 0


def test_a_model_that_the_page_does_not_name_is_a_fault_of_the_page(matters):
    with acting_as_public({}), pytest.raises(ScopeMissing, match="does not name"):
        Matter.objects.count()
    with acting_as_public(only("a")), pytest.raises(ScopeMissing, match="nobody has rights"):
        Matter.objects.may("view")


def test_a_member_of_staff_sees_no_more_than_anybody(matters, director):
    @public_page("p", sees=lambda request: only("b"))
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("".join(matter.label for matter in Matter.objects.all()))

    with acting_as(director):
        assert open_page(view).content == b"b"


def test_what_is_recorded_is_written_by_the_system_and_the_page_goes_on_as_before(matters):
    with acting_as_public(only("b")):
        with recording():
            assert Matter.objects.filter(label="a").update(label="z") == 1
        assert Matter.objects.count() == 1


def test_a_clerk_who_enters_the_same_by_hand_stays_the_actor(matters, director):
    with acting_as(director), recording():
        assert current().user == director


def test_whoever_declares_public_by_hand_is_told_how(db):
    with pytest.raises(ValueError, match="not 'public'"):
        policy("public")


@public_page("p", sees=nothing, per="code", tries=3, tries_each=3, absent=("没有查到", "请核对"))
def guarded(request: HttpRequest, code: str = "") -> HttpResponse:
    """A page of one secret."""
    if code != "right":
        raise Http404("why it is not there")
    return HttpResponse("found")


def test_each_page_says_how_it_may_be_kept_and_what_it_may_load():
    response = open_page(guarded, code="right")
    assert policy_of(guarded) == "public"
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response._csp_replace["script-src"] == ["'none'"]


def test_a_page_about_nobody_may_be_kept():
    @public_page("p", sees=nothing, keeps=300)
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("同样的内容")

    assert open_page(view)["Cache-Control"] == "public, max-age=300"


def test_other_methods_are_refused():
    assert open_page(guarded, "put", code="right").status_code == 405


def test_absent_and_forged_are_one_answer_word_for_word(db):
    answers = [open_page(guarded, code=code) for code in ("wrong", "right-ish")]
    texts = {re.sub(r"\s", "", answer.content.decode()) for answer in answers}
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(texts) == 1
    assert "why" not in texts.pop()


def test_an_address_that_tries_often_is_slowed_down(db):
    statuses = [open_page(guarded, code=f"guess-{n}").status_code for n in range(4)]
    assert statuses == [404, 404, 404, 429]


def test_a_secret_that_is_tried_from_many_addresses_is_slowed_down(db):
    statuses = []
    for n in range(4):
        request = RequestFactory().get("/p/", REMOTE_ADDR=f"10.0.0.{n}")
        response = guarded(request, code="right")
        statuses.append((response.status_code, response.headers.get("Retry-After")))
    assert statuses == [(200, None)] * 3 + [(429, "60")]


def test_a_secret_in_a_form_counts_too(db):
    @public_page("f", sees=nothing, per="code", tries_each=1)
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("")

    seen = []
    for n in range(2):
        request = RequestFactory().post("/p/", {"code": "x"}, REMOTE_ADDR=f"10.0.1.{n}")
        seen.append(view(request).status_code)
    assert seen == [200, 429]


@pytest.mark.urls("tests.kernel.access.urls")
def test_a_public_page_leaves_the_session_of_staff_alone(client, director):
    client.force_login(director)
    before = dict(client.cookies)
    response = client.get("/public/")
    assert response.status_code == 200
    assert not response.cookies
    assert dict(client.cookies) == before
    assert "script-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.urls("tests.kernel.access.urls")
def test_a_form_of_a_public_page_needs_no_token_of_a_session(db):
    assert Client(enforce_csrf_checks=True).post("/public/").status_code == 200
