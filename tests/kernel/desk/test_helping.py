"""Help on each page: what it is for, whom to ask, the number to quote."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hrss_portal.access.models import User
from hrss_portal.desk import helping
from tests.cast import County


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    """The client, logged in as a user."""

    def log_in(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def test_every_text_belongs_to_a_route() -> None:
    names = helping.policies_by_route()
    lost = [
        key
        for key in helping.entries()
        if key not in names and not any(name.startswith(key.rstrip("*")) for name in names)
    ]
    assert lost == []


def test_every_page_with_a_namespace_of_the_kernel_has_a_text() -> None:
    silent = [
        name
        for name, needed in helping.policies_by_route().items()
        if needed and ":" in name and not needed.startswith(("api:", "public", "entry"))
        if not name.startswith(("api:", "desk:", "access:")) and not helping.text_of(name)
    ]
    assert silent == []


def test_the_longest_beginning_answers() -> None:
    assert "五步" in str(helping.text_of("imports:fix")["about"])
    assert helping.text_of("deadlines:rule") != helping.text_of("deadlines:calculate")
    assert helping.text_of("nowhere:at_all") == {}


def test_the_panel_names_colleagues_who_do_it(
    enter: Callable[[User], Client], arbitration_head: User, director: User, stranger: User
) -> None:
    client = enter(director)
    answer = client.get("/help/desk:archive/", HTTP_HX_REQUEST="true").text
    assert arbitration_head.name in answer
    assert stranger.name not in answer
    assert "<html" not in answer
    assert "<html" in client.get("/help/desk:archive/").text
    assert client.get("/help/desk:nothing/").status_code == 404


def test_the_number_of_the_page_is_quoted(
    enter: Callable[[User], Client], county: County, director: User
) -> None:
    client = enter(director)
    page = client.get("/todo/").text
    found = re.search(r'href="(/help/desk:todo/\?number=([^"]+))"', page)
    assert found is not None
    assert found[2] in client.get(found[1]).text
    foreign: Any = client.get("/help/desk:todo/?number=<script>")
    assert "<script>alert" not in foreign.text
    assert "&lt;script" not in foreign.text
