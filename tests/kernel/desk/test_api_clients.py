"""对接系统: one enters, another confirms, the token is shown once, revoking works at once."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from hrss_portal.access import proposals
from hrss_portal.access.models import Proposal, User
from hrss_portal.access.scope import acting_as
from hrss_portal.desk.api import clients, upkeep
from hrss_portal.desk.models import ClientCall, ClientSystem
from hrss_portal.jobs.models import Job
from hrss_portal.notifications.models import Endpoint
from tests.cast import County, person
from tests.factories.clients import Caller, client_system

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def account(county: County) -> User:
    """An account made for the exchange."""
    return person("S001", "省平台", county.office("劳动人事争议仲裁院"), "ARB-C")


def browser_of(user: User) -> Client:
    """A browser in which the user is logged in."""
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser


def entry(account: User, **values: Any) -> dict[str, Any]:
    """The form of a new client system, filled."""
    plain = {
        "_key": "k" * 32,
        "name": "省平台",
        "system": "province",
        "user": account.pk,
        "unit": account.unit_id,
        "kinds": ["arbitration.dispute"],
        "actions": ["read", "open"],
        "expires_on": (timezone.localdate() + timedelta(days=300)).isoformat(),
        "reason": "皖人社〔2026〕1号",
    }
    return plain | values


def test_one_enters_another_confirms_and_the_token_is_shown_once(
    administrator: User, security_admin: User, account: User
) -> None:
    browser = browser_of(administrator)
    assert browser.get(reverse("desk:client_new")).status_code == 200
    shown = browser.post(reverse("desk:client_new"), entry(account))
    token = shown.context["token"]
    assert (shown.status_code, token[:5]) == (200, "hrss_")
    assert shown["Cache-Control"].startswith("max-age=0")
    again = browser.post(reverse("desk:client_new"), entry(account))
    client = ClientSystem.objects.get()
    where = reverse("desk:client", args=[client.pk])
    assert (again.status_code, again["Location"]) == (302, where)
    assert token not in browser.get(where).text
    call = Caller(token)
    assert call("GET", "/api/v1/client").status_code == 401
    proposal = Proposal.objects.get()
    with acting_as(administrator), pytest.raises(Exception, match="不能复核自己的提议"):
        proposals.confirm(proposal, by=administrator, answer="同意")
    with acting_as(security_admin):
        proposals.confirm(proposal, by=security_admin, answer="同意")
    found = call("GET", "/api/v1/client").json()["data"]
    assert (found["system"], found["kinds"]) == ("province", ["arbitration.dispute"])
    page = browser.get(where)
    assert "在用" in page.text
    assert "api:client" in page.text
    assert "省平台" in browser.get(reverse("desk:clients")).text
    revoke = reverse("desk:client_revoke", args=[client.pk])
    assert browser.post(revoke, {"_key": "r" * 32, "reason": ""}).status_code == 422
    assert browser.post(revoke, {"_key": "s" * 32, "reason": "停用"}).status_code == 302
    assert call("GET", "/api/v1/client").status_code == 401
    assert "停用" in browser.get(where).text


def test_the_words_for_the_second_person_say_whose_rights_are_lent(
    administrator: User, security_admin: User, account: User
) -> None:
    browser_of(administrator).post(reverse("desk:client_new"), entry(account))
    page = browser_of(security_admin).get(
        reverse("access:proposal_detail", args=[Proposal.objects.get().pk])
    )
    assert "使用账号省平台（S001）" in re.sub(r"\s+", "", strip_tags(page.text))
    assert "登记办件" in page.text


def test_a_revoked_system_cannot_be_confirmed_afterwards(
    administrator: User, security_admin: User, account: User
) -> None:
    browser_of(administrator).post(reverse("desk:client_new"), entry(account))
    client = ClientSystem.objects.get()
    with acting_as(administrator):
        clients.revoke(client, by=administrator, reason="填错了")
    with acting_as(security_admin), pytest.raises(Exception, match="已经吊销"):
        proposals.confirm(Proposal.objects.get(), by=security_admin, answer="同意")


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("expires_on", "2020-01-01", "三年以内"),
        ("expires_on", "2035-01-01", "三年以内"),
        ("system", "a/b", "不能含有"),
        ("kinds", ["no.kind"], "no.kind"),
        ("actions", [], "选择允许的操作"),
        ("told_kinds", ["arbitration.dispute"], "选择推送到哪个地址"),
        ("reason", "", "填写接入依据"),
    ],
)
def test_a_wrong_entry_is_refused_in_words(
    field: str, value: Any, words: str, administrator: User, account: User
) -> None:
    page = browser_of(administrator).post(
        reverse("desk:client_new"), entry(account, **{field: value})
    )
    assert (page.status_code, ClientSystem.objects.count()) == (422, 0)
    assert words in page.text


def test_the_accounts_of_administrators_are_lent_to_nobody(
    administrator: User, security_admin: User, account: User, stranger: User
) -> None:
    browser = browser_of(administrator)
    for user in (administrator, security_admin, stranger):
        page = browser.post(reverse("desk:client_new"), entry(account, user=user.pk))
        assert page.status_code == 422
    assert ClientSystem.objects.count() == 0


def test_only_told_kinds_that_are_given_and_a_code_of_ones_own(
    administrator: User, account: User, stranger: User, acting: Any
) -> None:
    acting("test")
    endpoint = Endpoint.objects.create(
        bureau=administrator.unit.root, name="省", url="https://example.org/", secret="s"
    )
    client_system(stranger, stranger.unit, name="邻县平台", system="taken")
    browser = browser_of(administrator)
    values = {"endpoint": endpoint.pk, "told_kinds": ["arbitration.mediationcase"]}
    page = browser.post(reverse("desk:client_new"), entry(account, **values))
    assert "只能推送已开通的业务" in page.text
    page = browser.post(reverse("desk:client_new"), entry(account, system="taken"))
    assert "已由其他单位使用" in page.text


def test_who_may_open_the_pages(
    administrator: User,
    security_admin: User,
    auditor: User,
    clerk: User,
    stranger: User,
    account: User,
    other_county: County,
) -> None:
    client, _ = client_system(account, account.unit)
    page = reverse("desk:client", args=[client.pk])
    neighbour = person("8901", "邻管", other_county.bureau, "SYS")
    found = {
        user.name: (
            browser_of(user).get(page).status_code,
            browser_of(user).get(reverse("desk:client_new")).status_code,
            browser_of(user).get(reverse("desk:client_schema")).status_code,
        )
        for user in (administrator, security_admin, auditor, clerk, neighbour)
    }
    assert found == {
        "管理": (200, 200, 200),
        "安全": (200, 403, 200),
        "纪检": (200, 403, 200),
        "苏书": (403, 403, 403),
        "邻管": (404, 200, 200),
    }


def test_old_calls_are_forgotten(account: User) -> None:
    client, _ = client_system(account, account.unit)
    now = timezone.now()
    for days in (10, 399, 401):
        ClientCall.objects.create(
            client=client,
            at=now - timedelta(days=days),
            method="GET",
            route="api:client",
            status=200,
            took_ms=1,
        )
    assert upkeep.forget(Job(kind="desk.forget_calls")) == {"calls": 1}
    assert ClientCall.objects.count() == 2


def test_a_token_ends_on_its_day(account: User) -> None:
    client, token = client_system(account, account.unit, expires_on=timezone.localdate())
    assert Caller(token)("GET", "/api/v1/client").status_code == 200
    assert client.closed_because == ""
    client.expires_on = date(2020, 1, 1)
    assert client.closed_because == "已过期"
