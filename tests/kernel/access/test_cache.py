"""A cache that is away is an empty one: the work goes on from the database."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from hrss_portal.access.models import User


@pytest.fixture
def away(settings: Any) -> Any:
    """The cache of a server that does not answer."""
    settings.CACHES = {
        "default": {
            "BACKEND": "hrss_portal.access.cache.MayBeAwayCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    return caches["default"]


def test_reading_gives_the_default_and_writing_nothing(away: Any) -> None:
    assert away.get("a", "b") == "b"
    away.set("a", 1)
    away.set_many({"a": 1})
    assert away.get_many(["a"]) == {}
    assert away.delete("a") is False
    away.delete_many(["a"])


def test_who_works_goes_on_working(away: Any, arbitration_head: User) -> None:
    browser = Client()
    browser.force_login(arbitration_head)
    for path in ("/", "/intake/", "/arbitration/disputes/"):
        assert browser.get(path).status_code == 200
