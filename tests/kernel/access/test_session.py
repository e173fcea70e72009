"""Log-in, lock, forced change of password, second factor, and sessions that end at once."""

import base64
import re

import pytest
from axes.models import AccessFailureLog
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import ChangeEntry
from tests.factories.access import PASSWORD

pytestmark = [pytest.mark.urls("tests.kernel.access.urls"), pytest.mark.django_db]


def log_in(client: Client, user: User, password: str = PASSWORD, **more: str):
    """Posts the log-in form."""
    data = {"username": user.staff_no, "password": password, **more}
    return client.post(reverse("access:login"), data)


def change(user: User, **fields: object) -> None:
    """Changes an account behind the person's back."""
    with acting_as_system("test"):
        for name, value in fields.items():
            setattr(user, name, value)
        user.save()


def test_the_login_page_stands_alone(client: Client):
    response = client.get("/login/")
    assert response.status_code == 200
    assert 'data-page="access-login"' in response.content.decode()


def test_head_is_answered_as_get_without_the_page(client: Client, clerk: User):
    page, head = client.get("/login/"), client.head("/login/")
    assert (head.status_code, head.content) == (page.status_code, b"") == (200, b"")
    client.force_login(clerk)
    assert client.head("/login/")["Location"] == client.get("/login/")["Location"]


def test_login_by_staff_number_goes_to_the_page_wanted(client: Client, clerk: User):
    response = client.get("/users/")
    assert response.url == "/login/?next=%2Fusers%2F"
    assert log_in(client, clerk, next="/?a=1").url == "/?a=1"
    assert client.get("/").content.decode() == clerk.name


def test_staff_number_may_be_typed_in_any_width_and_case(client: Client, clerk: User):
    change(clerk, staff_no="A1703")
    typed = {"username": " ａ１７０３ ", "password": PASSWORD}
    assert client.post("/login/", typed).status_code == 302


@pytest.mark.parametrize("target", ["//evil.example", "https:evil", "/\\evil.example", "http://x/"])
def test_login_never_leads_elsewhere(client: Client, clerk: User, target: str):
    assert log_in(client, clerk, next=target).url == "/"


def test_wrong_number_wrong_password_and_disabled_account_get_one_answer(
    client: Client, clerk: User, arbitrator: User
):
    change(arbitrator, is_active=False)
    absent = User(staff_no="0000")
    answers = set()
    for user, password in ((absent, PASSWORD), (clerk, "wrong"), (arbitrator, PASSWORD)):
        response = log_in(Client(), user, password)
        assert response.status_code == 422
        body = re.sub(r'value="[^"]*"|E-\w+', "", response.content.decode())
        answers.add(body)
    assert len(answers) == 1


def test_the_sixth_try_is_delayed_even_with_the_right_password(client: Client, clerk: User):
    statuses = [log_in(client, clerk, "wrong").status_code for _ in range(5)]
    assert statuses == [422, 422, 422, 422, 429]
    assert log_in(client, clerk).status_code == 429
    assert AccessFailureLog.objects.filter(username=clerk.staff_no).count() >= 5


def test_a_stranger_does_not_lock_a_colleague_out(client: Client, clerk: User):
    for _ in range(6):
        Client(REMOTE_ADDR="10.0.0.9").post(
            "/login/", {"username": clerk.staff_no, "password": "wrong"}
        )
    assert log_in(client, clerk).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client: Client, clerk: User):
    for _ in range(3):
        for _ in range(4):
            log_in(client, clerk, "wrong")
        assert log_in(client, clerk).status_code == 302


def test_login_changes_the_session_key(client: Client, clerk: User):
    client.get("/login/")
    before = client.session.session_key
    log_in(client, clerk)
    assert client.session.session_key != before


def test_logout_needs_post(client: Client, clerk: User):
    log_in(client, clerk)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == "/login/"
    assert client.get("/").status_code == 302


def test_a_disabled_user_is_out_at_the_next_request(client: Client, clerk: User):
    log_in(client, clerk)
    assert client.get("/").status_code == 200
    change(clerk, is_active=False)
    assert client.get("/").status_code == 302


def test_a_raised_epoch_ends_the_session_at_the_next_request(client: Client, clerk: User):
    log_in(client, clerk)
    change(clerk, session_epoch=clerk.session_epoch + 1)
    assert client.get("/").status_code == 302


def test_rights_are_read_at_each_request(client: Client, administrator: User):
    log_in(client, administrator)
    assert client.get("/users/").status_code == 200
    with acting_as_system("test"):
        administrator.grants.all().delete()
    assert client.get("/users/").status_code == 403


def test_an_idle_session_locks_in_place_and_unlocks(client: Client, clerk: User, settings):
    log_in(client, clerk)
    assert client.get("/").status_code == 200
    settings.IDLE_LOCK_SECONDS = -1
    assert client.get("/?page=2").url == "/lock/?next=%2F%3Fpage%3D2"
    assert "已锁屏" in client.get("/lock/?next=/?page=2").content.decode()
    settings.IDLE_LOCK_SECONDS = 600
    wrong = client.post("/unlock/", {"password": "wrong", "next": "/?page=2"})
    assert (wrong.status_code, "密码不对" in wrong.content.decode()) == (422, True)
    assert client.post("/unlock/", {"password": PASSWORD, "next": "/?page=2"}).url == "/?page=2"
    assert client.get("/").status_code == 200


def test_idleness_is_kept_without_writing_on_get(
    client: Client, clerk: User, django_assert_max_num_queries
):
    log_in(client, clerk)
    with django_assert_max_num_queries(8) as queries:
        client.get("/")
    words = {query["sql"].split()[0] for query in queries.captured_queries}
    assert words.isdisjoint({"UPDATE", "INSERT", "DELETE"})


def test_a_session_without_its_cookie_counts_as_idle(client: Client, clerk: User):
    log_in(client, clerk)
    del client.cookies["portal_seen"]
    assert client.get("/").url == "/lock/?next=%2F"


def test_a_page_refreshing_itself_is_nobody_being_there(client: Client, clerk: User):
    """Only a page that a person asked for renews the mark by which idleness is measured."""
    log_in(client, clerk)
    assert "portal_seen" in client.get("/").cookies
    for quiet in ({"X-Background": "1"}, {"Accept": "application/json"}):
        response = client.get("/", headers=quiet)
        assert (response.status_code, "portal_seen" in response.cookies) == (200, False)


def test_the_mark_of_another_session_does_not_keep_one_awake(client: Client, clerk: User):
    other = Client()
    log_in(other, clerk)
    log_in(client, clerk)
    client.cookies["portal_seen"] = other.get("/").cookies["portal_seen"].value
    assert client.get("/").url == "/lock/?next=%2F"
    assert other.get("/").status_code == 200


def test_locking_by_hand_holds_until_the_password(client: Client, clerk: User):
    log_in(client, clerk)
    assert client.post("/lock/", headers={"Referer": "http://testserver/users/"}).status_code == 302
    assert client.get("/").url == "/lock/?next=%2F"
    fragment = client.get("/", headers={"HX-Request": "true", "HX-Current-URL": "/x"})
    assert fragment["HX-Redirect"] == "/lock/?next=%2Fx"
    assert client.get("/", headers={"X-Background": "1"}).status_code == 423
    script = {"X-Requested-With": "fetch"}
    assert client.post("/unlock/", {"password": "no"}, headers=script).status_code == 422
    assert client.post("/unlock/", {"password": PASSWORD}, headers=script).status_code == 204
    assert client.get("/").status_code == 200


def test_a_reset_password_must_be_changed_first(client: Client, clerk: User):
    change(clerk, must_change_password=True)
    log_in(client, clerk)
    assert client.get("/").url == "/account/password/?next=%2F"
    new = "Neues-Wort-2026"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new, "next": "/"}
    same = {**form, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/account/password/", same).status_code == 422
    assert client.post("/account/password/", form).url == "/"
    assert client.get("/").status_code == 200
    entry = ChangeEntry.objects.filter(table="access_user", actor_id=clerk.pk).first()
    assert entry is not None
    assert entry.new["must_change_password"] is False


def test_a_changed_password_ends_the_other_sessions(client: Client, clerk: User):
    other = Client()
    log_in(other, clerk)
    log_in(client, clerk)
    new = "Neues-Wort-2026"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    client.post("/account/password/", form)
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302


def digits(device: TOTPDevice, step: int = 0) -> str:
    """What the phone shows, ``step`` times half a minute later."""
    secret = base64.b16decode(device.key.upper())
    return f"{totp(secret, step=device.step, t0=device.t0, drift=step):06d}"


def test_second_factor_is_set_up_confirmed_and_then_asked_for(client: Client, clerk: User):
    log_in(client, clerk)
    assert "启用动态口令" in client.get("/account/totp/").content.decode()
    client.post("/account/totp/", {"act": "start"})
    page = client.get("/account/totp/").content.decode()
    assert 'src="data:image/svg+xml' in page
    device = TOTPDevice.objects.get(user=clerk)
    wrong = client.post("/account/totp/", {"act": "confirm", "token": "abc"})
    assert wrong.status_code == 422
    client.post("/account/totp/", {"act": "confirm", "token": digits(device)})
    device.refresh_from_db()
    assert device.confirmed
    client.post("/logout/")
    assert log_in(client, clerk).status_code == 422
    device.refresh_from_db()
    device.throttle_reset()
    assert log_in(client, clerk, token=digits(device, step=1)).status_code == 302


@pytest.mark.parametrize("token", ["", "000000", "abcdef", "12345"])
def test_a_wrong_second_factor_lets_nobody_in(client: Client, clerk: User, token: str):
    device = TOTPDevice.objects.create(user=clerk, name="手机", confirmed=True)
    if token == digits(device):  # one in a million: ask for its neighbour
        token = "111111"
    refused = log_in(client, clerk, token=token)
    assert (refused.status_code, "动态口令不对或已过期" in refused.content.decode()) == (422, True)
    assert client.get("/").status_code == 302
    device.refresh_from_db()
    device.throttle_reset()
    assert log_in(client, clerk, token=digits(device)).status_code == 302


def test_refusals_are_logged_after_the_rollback_and_say_who_may(
    client: Client, clerk: User, security_admin: User
):
    from hrss_portal.access.models import Unit
    from hrss_portal.audit.models import RefusalEntry

    log_in(client, clerk)
    response = client.get("/refusing/")
    page = response.content.decode()
    assert (response.status_code, security_admin.name in page) == (403, True)
    assert f"{security_admin.name}（{security_admin.unit}）" in page
    assert not Unit.objects.filter(phone="changed").exists()
    entry = RefusalEntry.objects.get()
    assert (entry.route, entry.actor_id) == ("refusing", clerk.pk)
    assert entry.rule == "no-role access.grant.confirm"
    assert entry.request_id == response["X-Request-Id"]


def test_a_route_refused_by_policy_is_logged(client: Client, clerk: User):
    from hrss_portal.audit.models import RefusalEntry

    log_in(client, clerk)
    assert client.get("/users/").status_code == 403
    assert RefusalEntry.objects.get().rule == "no-role access.user.edit"


def test_staff_pages_are_not_stored(client: Client, clerk: User):
    log_in(client, clerk)
    assert client.get("/")["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("qz8-kx", ["密码至少 10 位"]),
        ("73920184657", ["密码不能全是数字，加上字母"]),
        ("password123", ["这个密码太常见，换一个不容易猜到的"]),
        ("wangfang-88", ["密码与姓名、工号太相近，换一个"]),
        ("luogu-7-xiyang", []),
    ],
)
def test_a_new_password_is_refused_in_chinese(chosen: str, words: list[str]):
    user = User(staff_no="wangfang88", name="王芳")
    try:
        validate_password(chosen, user)
        found: list[str] = []
    except ValidationError as error:
        found = error.messages
    assert found == words
