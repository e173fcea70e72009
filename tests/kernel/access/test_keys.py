"""A form of accounts sent twice has one effect, and the password shown once is not lost."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access import accounts, keys, urls
from hrss_portal.access.models import Absence, Grant, Proposal, Unit, User
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.casework.models import IdempotencyKey
from tests.cast import County

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(administrator: User) -> Client:
    """The administrator's."""
    client = Client()
    client.force_login(administrator)
    return client


def password_in(answer: HttpResponse) -> str:
    """The temporary password of a page."""
    found = re.search(r'data-test="temporary-password">([^<]+)<', answer.content.decode())
    assert found is not None
    return found[1]


def key_of(page: HttpResponse) -> str:
    """The hidden key of the page's form."""
    found = re.search(rf'name="{keys.FIELD}" value="(\w+)"', page.content.decode())
    assert found is not None
    return found[1]


def test_a_new_user_pressed_twice_is_one_with_one_password(browser: Client, county: County):
    url = reverse("access:user_new")
    data = {"staff_no": "N88", "name": "新人", "unit": county.office("就业股").pk}
    data["_key"] = key_of(browser.get(url))
    shown = {password_in(browser.post(url, data)) for _ in range(2)}
    user = User.objects.get(staff_no="N88")
    assert len(shown) == 1
    assert user.check_password(shown.pop())


def test_a_reset_pressed_twice_is_one(browser: Client, clerk: User):
    key = key_of(browser.get(reverse("access:user_detail", args=[clerk.pk])))
    url = reverse("access:user_password", args=[clerk.pk])
    first, second = (password_in(browser.post(url, {"_key": key})) for _ in range(2))
    clerk.refresh_from_db()
    assert (first == second, clerk.session_epoch) == (True, 1)
    assert clerk.check_password(first)
    other = password_in(browser.post(url, {"_key": keys.new()}))
    assert other != first


def test_a_password_changed_since_is_not_shown_again(browser: Client, clerk: User, acting):
    url = reverse("access:user_password", args=[clerk.pk])
    password_in(browser.post(url, {"_key": "a"}))
    acting("test")
    clerk.refresh_from_db()
    clerk.set_password("Neues-Wort-2026")
    clerk.must_change_password = False
    clerk.save()
    again = browser.post(url, {"_key": "a"})
    assert (again.status_code, again["Location"]) == (
        302,
        reverse("access:user_detail", args=[clerk.pk]),
    )
    clerk.refresh_from_db()
    assert clerk.check_password("Neues-Wort-2026")


#: What changes the own session, password or second factor alone: the key would be gone with the
#: session, and a wrong password or code must stay counted, which a form taken back would undo.
SESSIONS = {"login", "logout", "lock", "unlock", "password_change", "totp"}
READS = {
    "unit_list",
    "user_list",
    "user_detail",
    "module_list",
    "log_list",
    "log",
}
WRITES = [one.name for one in urls.urlpatterns if one.name not in SESSIONS | READS]


@pytest.mark.parametrize("name", WRITES)
def test_a_form_without_its_key_is_refused(browser: Client, clerk: User, name: str):
    pattern = next(one for one in urls.urlpatterns if one.name == name).pattern
    args = [clerk.pk] if pattern.regex.groups else []
    assert browser.post(reverse(f"access:{name}", args=args), {"reason": "x"}).status_code == 409


@pytest.mark.parametrize("name", sorted(READS))
def test_what_carries_no_key_writes_nothing(browser: Client, name: str):
    pattern = next(one for one in urls.urlpatterns if one.name == name).pattern
    args = {"log": ["refusals"], "user_detail": [1]}.get(name, [1] if pattern.regex.groups else [])
    assert browser.post(reverse(f"access:{name}", args=args)).status_code == 405


@pytest.fixture
def twenty(browser: Client, acting: Any) -> Callable[..., None]:
    """``twenty(name, args, page, data)`` presses the button of a page's form twenty times: one
    change by one, and the same answer each time."""

    def press(route: str, args: list[Any], page: str, /, **data: Any) -> None:
        url = reverse(f"access:{route}", args=args)
        sent = {**data, "_key": key_of(browser.get(page))}
        first = browser.post(url, sent)
        assert first.status_code == 302, first.content.decode()[-600:]
        made = stored()
        again = [browser.post(url, sent) for _ in range(19)]
        assert {(one.status_code, one["Location"]) for one in again} == {(302, first["Location"])}
        assert stored() == made

    return press


def stored() -> tuple[int, ...]:
    """How many changes, proposals, grants, units and second factors there are."""
    rows = (ChangeEntry, Proposal, Grant, Unit, TOTPDevice)
    return tuple(one._base_manager.count() for one in rows)


def test_twenty_presses_on_a_person_are_one_change(twenty, clerk: User, county: County):
    page = reverse("access:user_detail", args=[clerk.pk])
    office = county.office("就业股")
    before = clerk.unit_id
    data = {"name": "改名", "staff_no": clerk.staff_no, "unit": office.pk, "version": clerk.version}
    twenty("user_edit", [clerk.pk], page, **data)
    clerk.refresh_from_db()
    assert (clerk.name, clerk.unit_id) == ("改名", office.pk) != ("改名", before)
    twenty("grant_propose", [clerk.pk], page, post="EMP", unit=office.pk, reason="轮岗")
    assert Proposal.objects.get(kind="access.grant").payload["user"] == clerk.pk
    twenty("user_disable", [clerk.pk], page, act="disable", knowing="1")
    clerk.refresh_from_db()
    assert not clerk.is_active


def test_twenty_presses_on_a_unit_make_one(twenty, county: County):
    data = {"name": "新股室", "kind": "office", "parent": county.office("就业股").root_id}
    twenty("unit_new", [], reverse("access:unit_new"), **data)
    assert Unit.objects.filter(name="新股室").count() == 1


def test_twenty_presses_end_one_grant_and_its_neighbour_can_be_ended_from_the_same_page(
    browser: Client, twenty, clerk: User, acting
):
    acting("test")
    page = reverse("access:user_detail", args=[clerk.pk])
    one = clerk.grants.get()
    other = Grant.objects.create(user=clerk, post="EMP", unit=clerk.unit, granted_by=one.granted_by)
    key = key_of(browser.get(page))
    for grant in (one, other):
        for _ in range(20):
            url = reverse("access:grant_revoke", args=[grant.pk])
            assert browser.post(url, {"_key": key}).status_code == 302
    assert not clerk.grants.filter(revoked_at=None).exists()
    ended = ChangeEntry._base_manager.filter(table="access_grant", op="U")
    assert sorted(ended.values_list("row_id", flat=True)) == sorted([str(one.pk), str(other.pk)])


def test_twenty_presses_on_a_proposal_sign_it_once(clerk: User, director: User, security_admin):
    asked = accounts.propose_grant(clerk, post="EMP", unit=clerk.unit, by=director, reason="轮岗")
    client, url = Client(), reverse("access:proposal_detail", args=[asked.pk])
    client.force_login(security_admin)
    sent = {"act": "confirm", "answer": "", "_key": key_of(client.get(url))}
    answers = {client.post(url, sent)["Location"] for _ in range(20)}
    assert answers == {reverse("access:proposal_list")}
    assert Grant.objects.filter(user=clerk, post="EMP").count() == 1


def test_a_key_counts_for_one_body_and_says_nothing_of_it(browser: Client, clerk: User):
    url = reverse("access:user_disable", args=[clerk.pk])
    assert browser.post(url, {"_key": "k", "act": "enable"}).status_code == 302
    assert browser.post(url, {"_key": "k", "act": "disable"}).status_code == 409
    kept = IdempotencyKey.objects.get(key="k")
    assert kept.body_sha256 != sha256(b"act=enable").hexdigest()


def test_an_absence_pressed_twice_is_one(director: User, clerk: User, acting):
    acting("test")
    director.deputy = clerk
    director.save()
    client, day = Client(), timezone.localdate().isoformat()
    client.force_login(director)
    url = reverse("access:absence_list")
    data = {"user": director.pk, "from_on": day, "to_on": day, "_key": key_of(client.get(url))}
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert Absence.objects.count() == 1


def test_temporary_passwords_are_letters_that_nobody_misreads():
    made = {accounts.temporary_password() for _ in range(20)}
    assert len(made) == 20
    assert {len(word) for word in made} == {14}
    assert set("".join(made)) <= {*accounts.LETTERS, "-"}


def test_a_form_that_came_back_is_mended_and_sent_with_its_key(
    rf: RequestFactory, administrator: User
):
    def send(name: str, answer: HttpResponse) -> HttpResponse:
        request = rf.post("/units/new/", {keys.FIELD: "k", "name": name})
        request.user = administrator
        return keys.once(request, lambda: answer)

    assert send("", HttpResponse(status=422)).status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert send("股室", HttpResponseRedirect("/units/1/")).headers["Location"] == "/units/1/"
    assert send("股室", HttpResponseRedirect("/units/2/")).headers["Location"] == "/units/1/"
