"""The units that ship, the first administrator, the demo log-ins."""

import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access import setup
from hrss_portal.access.models import Grant, Unit, User
from hrss_portal.access.policy import can
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.notifications.models import Notice
from tests.factories.access import UserFactory

pytestmark = pytest.mark.django_db


def run(capsys, name: str, *args: str):
    """A command's data."""
    call_command(name, "--json", *args)
    return json.loads(capsys.readouterr().out)["data"]


def test_the_county_ships_with_its_offices_and_towns():
    root = setup.load_units("341522")
    below = Unit.objects.within(root)
    kinds = {kind: below.filter(kind=kind).count() for kind in ("office", "town", "bureau")}
    assert kinds == {"office": 12, "town": 32, "bureau": 1}
    assert Unit.objects.get(name="众兴集镇").initials == "zxjz"
    assert setup.load_units("341522") == root
    assert Unit.objects.count() == 45


def test_an_unknown_region_does_not_ship():
    with pytest.raises(LookupError):
        setup.load_units("999999")


def test_first_admin_makes_bureau_and_administrator_once(capsys, client):
    data = run(capsys, "first_admin", "--staff-no", "a1", "--name", "首任")
    user = User.objects.get(staff_no="A1")
    assert user.check_password(data["password"])
    assert (user.must_change_password, can(user, "access.user.edit")) == (True, True)
    with pytest.raises(SystemExit) as error:
        call_command("first_admin", "--json")
    assert error.value.code == 2


def refused(capsys, *args: str) -> dict[str, str]:
    """What ``first_admin`` says when it refuses."""
    with pytest.raises(SystemExit) as error:
        call_command("first_admin", "--json", *args)
    assert error.value.code == 2
    return json.loads(capsys.readouterr().err)["error"]


def test_the_only_administrator_is_let_in_again(capsys, client, director: User):
    assert refused(capsys, "--again")["code"] == "no_administrator"
    first = run(capsys, "first_admin", "--staff-no", "a1")
    assert "--again" in refused(capsys)["hint"]
    assert refused(capsys, "--again", "--staff-no", "1")["code"] == "unknown_account"
    user = User.objects.get(staff_no="A1")
    TOTPDevice.objects.create(user=user, name="手机", confirmed=True)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        client.post(reverse("access:login"), {"username": "A1", "password": "不是这个"})
    again = run(capsys, "first_admin", "--again")
    assert (again["staff_no"], again["password"] != first["password"]) == ("A1", True)
    user.refresh_from_db()
    assert (user.check_password(again["password"]), user.must_change_password) == (True, True)
    assert not TOTPDevice.objects.filter(user=user).exists()
    answer = client.post(
        reverse("access:login"), {"username": "A1", "password": again["password"]}, follow=True
    )
    assert answer.wsgi_request.user == user
    (told,) = Notice.objects.filter(user=director)
    assert "A1" in told.title
    changes = ChangeEntry.objects.filter(table="access_user", row_id=str(user.pk))
    assert changes.filter(purpose="command", op="U").exists()


def test_two_administrators_help_each_other(capsys, administrator: User, clerk: User):
    with acting_as_system("test"):
        Grant.objects.create(user=clerk, post="SYS", unit=clerk.unit.root)
    before = administrator.password
    said = refused(capsys, "--again")
    assert said["code"] == "administrator_exists"
    assert administrator.staff_no in said["message"]
    administrator.refresh_from_db()
    assert administrator.password == before


def test_the_administrator_of_another_bureau_is_no_help(capsys, administrator: User):
    with acting_as_system("test"):
        other = Unit.objects.create(kind="bureau", name="另县人社局", region="522328")
        there = UserFactory(unit=other, staff_no="B1")
        Grant.objects.create(user=there, post="SYS", unit=other)
    assert "--region" in refused(capsys, "--again")["hint"]
    assert refused(capsys, "--again", "--region", "999999")["code"] == "unknown_bureau"
    assert run(capsys, "first_admin", "--again", "--region", "522328")["staff_no"] == "B1"
    home = administrator.unit.root.region
    again = run(capsys, "first_admin", "--again", "--region", home)
    assert again["staff_no"] == administrator.staff_no


def test_first_admin_of_another_bureau_needs_its_name(capsys):
    with pytest.raises(SystemExit):
        call_command("first_admin", "--region", "522328")
    capsys.readouterr()
    data = run(capsys, "first_admin", "--region", "522328", "--bureau", "另县人社局")
    assert data["unit"] == "另县人社局"


def test_demo_logins_are_read_from_a_private_file(capsys, settings, tmp_path, clerk: User):
    settings.VAR_DIR = tmp_path
    assert run(capsys, "demo_logins") == []
    row = {"staff_no": clerk.staff_no, "name": clerk.name, "unit": "院", "posts": ["书记员"]}
    gone = {**row, "staff_no": "0000", "password": "x"}
    path = setup.write_demo_logins([{**row, "password": "x"}, gone])
    assert path.stat().st_mode & 0o777 == 0o600
    assert run(capsys, "demo_logins") == [{**row, "password": "x"}]
    call_command("demo_logins")
    assert clerk.staff_no in capsys.readouterr().out
    path.chmod(0o644)
    with pytest.raises(SystemExit):
        call_command("demo_logins")


def test_the_demo_logins_forget_an_administrator_who_was_let_in_again(
    capsys, settings, tmp_path, administrator: User, clerk: User, django_capture_on_commit_callbacks
):
    settings.VAR_DIR = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        run(capsys, "first_admin", "--again")
    assert list(tmp_path.iterdir()) == []  # without a demo there is nothing to forget
    rows = [
        {"staff_no": one.staff_no, "name": one.name, "unit": "局", "posts": [], "password": "旧"}
        for one in (administrator, clerk)
    ]
    path = setup.write_demo_logins(rows)
    with django_capture_on_commit_callbacks() as after:
        run(capsys, "first_admin", "--again")
    assert run(capsys, "demo_logins") == rows  # not before the new password is kept
    for act in after:
        act()
    assert run(capsys, "demo_logins") == [rows[1]]
    assert path.stat().st_mode & 0o777 == 0o600


def test_moving_a_unit_moves_everything_below(county):
    with acting_as_system("test"):
        village = Unit.objects.create(kind="village", name="甲村", parent=county.town("城关镇"))
        town = county.town("城关镇")
        town.parent = county.town("河口镇")
        town.save()
    village.refresh_from_db()
    assert village.path.startswith(county.town("河口镇").path)
    assert village.root_id == county.bureau.pk
    assert county.town("河口镇").contains(village)
