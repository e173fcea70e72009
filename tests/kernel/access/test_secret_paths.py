"""Codes and tokens in addresses stand in no log that the portal writes."""

import io
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.urls import path as url_path
from gunicorn.config import Config

from hrss_portal.access import public, secret_paths
from hrss_portal.audit import log, logs
from hrss_portal.audit.models import RefusalEntry
from hrss_portal.audit.weblog import MaskedLogger

SECRETS = ("QQQQ-7777-WWWW-8888", "zJ3-Xk_9aaaaaaaaaaaaaa")
NGINX = Path(settings.BASE_DIR) / "deploy" / "nginx" / "portal.conf"


@pytest.fixture
def written():
    """What the handler of the portal writes, as it is set up."""
    cache.clear()
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.MaskIdentifiers())
    handler.setFormatter(logs.json_formatter())
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


@pytest.mark.parametrize(
    "path",
    [
        reverse("casework:progress_of", args=[SECRETS[0]]),
        reverse("casework:progress_of", args=[SECRETS[0]]).rstrip("/"),
        reverse("casework:progress_of", args=[SECRETS[0]]) + "more/",
        reverse("casework:progress_of", args=[SECRETS[0].replace("-", " ")]),
        "/Progress/QQQQ-7777-WWWW-8888/",
        reverse("notifications:answer", args=[SECRETS[1]]),
    ],
)
def test_no_log_of_the_portal_holds_the_secret_of_an_address(db, written, path):
    statuses = {Client().get(path).status_code for _ in range(21)}
    assert 404 in statuses or 301 in statuses
    logging.getLogger("somewhere").error("seen %s and %s", path, {"path": path})
    try:
        raise ValueError(unquote(path))
    except ValueError:
        logging.getLogger("somewhere").exception("failed")
    text = written.getvalue()
    assert "***" in text
    assert not re.search(r"QQQQ.{1,3}7777|7777.{1,3}WWWW|WWWW.{1,3}8888|Xk_9", text)


def test_too_many_tries_are_logged_without_the_code(db, written):
    statuses = [
        Client().get(reverse("casework:progress_of", args=[SECRETS[0]])).status_code
        for _ in range(21)
    ]
    assert statuses[-1] == 429
    assert "Too Many Requests: /progress/***" in written.getvalue()


def test_the_log_of_refusals_holds_no_secret(db):
    path = f"/progress/{SECRETS[0]}/more/"
    log.record_refusal(route=path, method="GET", rule="x", subject=f"at {path}")
    (row,) = RefusalEntry.objects.all()
    assert (row.route, row.subject) == ("/progress/***/more/", "at /progress/***/more/")


def test_gunicorn_writes_through_the_same_mask(tmp_path):
    target = tmp_path / "error.log"
    config = Config()
    config.set("errorlog", str(target))
    logger = MaskedLogger(config)
    logger.error("Error handling request %s", f"/progress/{SECRETS[0]}/")
    for handler in logger.error_log.handlers:
        handler.close()
    assert "/progress/***/" in target.read_text("utf-8")
    assert "7777" not in target.read_text("utf-8")


def test_gunicorn_takes_the_masked_logger_by_itself():
    namespace: dict[str, str] = {}
    exec((Path(settings.BASE_DIR) / "gunicorn.conf.py").read_text("utf-8"), namespace)  # noqa: S102
    assert namespace["logger_class"] == f"{MaskedLogger.__module__}.{MaskedLogger.__name__}"


def test_the_public_routes_with_a_secret_are_known():
    heads = {head for head, _ in secret_paths.secret_routes()}
    assert {"/progress/", "/t/"} <= heads


def nginx_rules() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What nginx masks in its own log, and where it keeps its error log from naming the address."""
    text = NGINX.read_text("utf-8")
    (mask,) = re.findall(r"^\s*~\*(\S+)\s+\"\$kept\*\*\*\";", text, re.MULTILINE)
    (quiet,) = re.findall(r"location ~\* (\S+) \{\s+error_log \S+ crit;", text)
    assert set(re.findall(r"access_log \S+(.*);", text)) == {" portal"}
    return (
        re.compile(mask.replace("?<kept>", "?P<kept>"), re.IGNORECASE),
        re.compile(quiet, re.IGNORECASE),
    )


def told(routes: Iterable[tuple[str, str]]) -> list[str]:
    """The routes whose secret a log of nginx or gunicorn would hold, each with which log."""
    mask, quiet = nginx_rules()
    found = []
    for head, pattern in routes:
        path = secret_paths.ARGUMENT.sub("7", head) + SECRETS[0]
        masked = mask.match(path)
        if not masked or masked["kept"] not in path[: -len(SECRETS[0])]:
            found.append(f"{head}: access log of nginx (map $portal_uri)")
        if not quiet.match(path):
            found.append(f"{head}: error log of nginx (location with error_log crit)")
        if not re.match(pattern, path):
            found.append(f"{head}: logs of the portal and of gunicorn (secret_paths)")
    return found


def test_nginx_and_gunicorn_mask_every_public_address_with_a_secret():
    assert told(secret_paths.secret_routes()) == []


def test_a_new_public_address_that_nginx_does_not_mask_is_noticed():
    @public.public_page("rating", sees=public.nothing, per="token")
    def rate(request: HttpRequest, token: str) -> HttpResponse:
        return HttpResponse()

    found = told(secret_paths.secret_routes([url_path("rate/<str:token>/", rate)]))
    assert len(found) == 2
    assert all("nginx" in line for line in found)


def test_a_public_address_holds_a_secret_that_is_named_or_the_number_of_a_row():
    """An argument that is neither would stand in every log."""
    seen = 0
    for route, page in public_routes(get_resolver().url_patterns, "/"):
        for converter, name in re.findall(r"<(?:([^:>]+):)?([^>]+)>", route):
            assert name == page.per or converter == "int", f"{route}: name {name} as `per`"
            seen += 1
    assert seen >= 4


def public_routes(patterns: Iterable[Any], before: str) -> Iterator[tuple[str, public.PublicPage]]:
    """Every public page with its written route."""
    for one in patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from public_routes(one.url_patterns, route)
        elif page := getattr(one.callback, "page", None):
            yield route, page


def test_other_addresses_stay_as_they_are():
    for text in ("GET /arbitration/disputes/12/", "/progress/", "no address", "/task-links/3/"):
        assert secret_paths.hide(text) == text
