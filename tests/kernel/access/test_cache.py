"""A cache that is away is an empty one: the work goes on from the database."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from hrss_portal.access.cache import MayBeAwayClient
from hrss_portal.access.models import User


@pytest.fixture
def away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The cache of a server that does not answer."""
    monkeypatch.setattr(MayBeAwayClient, "asked_again_at", 0.0)
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


def test_a_server_that_hangs_is_waited_for_once(
    away: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert away.get("a") is None
    assert len([line for line in caplog.messages if "cache is away" in line]) == 1
    for _ in range(5):
        assert away.get("a", "b") == "b"
    assert len([line for line in caplog.messages if "cache is away" in line]) == 1
    monkeypatch.setattr(MayBeAwayClient, "asked_again_at", 0.0)  # the ten seconds are over
    assert away.get("a") is None
    assert len([line for line in caplog.messages if "cache is away" in line]) == 2
