"""A form of accounts sent twice has one effect, and the password shown once is not lost."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access import accounts, keys
from hrss_portal.access.models import Absence, User
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


@pytest.mark.parametrize("name", ["user_new", "absence_list", "delegation_list"])
def test_a_form_without_its_key_is_refused(browser: Client, name: str):
    assert browser.post(reverse(f"access:{name}"), {"reason": "x"}).status_code == 409


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
