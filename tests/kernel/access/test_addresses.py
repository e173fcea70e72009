"""From which address a request comes, with and without proxies of ours in front."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from hrss_portal.access.addresses import client_address
from hrss_portal.access.models import User
from tests.factories.access import PASSWORD


@pytest.mark.parametrize(
    ("proxies", "direct", "told", "address"),
    [
        (0, "10.1.2.3", "", "10.1.2.3"),
        (0, "10.1.2.3", "6.6.6.6", "10.1.2.3"),
        (1, "", "10.1.2.3", "10.1.2.3"),
        (1, "127.0.0.1", "6.6.6.6, 10.1.2.3", "10.1.2.3"),
        (2, "127.0.0.1", "6.6.6.6, 10.1.2.3, 10.0.0.1", "10.1.2.3"),
        (2, "10.9.9.9", "10.1.2.3", "10.9.9.9"),
        (1, "10.9.9.9", "", "10.9.9.9"),
        (1, "127.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        (1, "127.0.0.1", "nonsense", ""),
    ],
)
def test_the_caller_is_whom_our_last_proxy_saw(
    settings: Any, proxies: int, direct: str, told: str, address: str
) -> None:
    settings.PROXY_COUNT = proxies
    extra = {"HTTP_X_FORWARDED_FOR": told} if told else {}
    request = RequestFactory().get("/", REMOTE_ADDR=direct, **extra)
    assert client_address(request) == address


def test_behind_a_proxy_a_guesser_locks_out_himself_alone(
    client: Client, administrator: User, settings: Any
) -> None:
    settings.PROXY_COUNT = 1
    login = reverse("access:login")

    def answer(password: str, address: str) -> int:
        data = {"username": administrator.staff_no, "password": password}
        return client.post(login, data, REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=address).status_code

    assert [answer("wrong", "10.9.9.9") for _ in range(6)][-1] == 429
    assert answer(PASSWORD, "10.9.9.9") == 429
    assert answer(PASSWORD, "10.1.1.1") == 302
