"""What one administrator may not do alone: a B, an absence, a password, a second factor."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access import accounts, bulk, bulk_users
from hrss_portal.access.imports import USERS
from hrss_portal.access.models import Absence, Grant, Proposal, User
from hrss_portal.access.rights import rights_of
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.notifications.models import Notice
from tests.cast import County, person
from tests.factories.access import PASSWORD, AbsenceFactory, DelegationFactory

pytestmark = pytest.mark.django_db


def send(by: User, name: str, /, *args: object, **data: object) -> HttpResponse:
    """The answer to a form, without counting as a log-in of the person."""
    before = by.last_login
    client = Client()
    client.force_login(by)
    answer = client.post(reverse(f"access:{name}", args=args), {"_key": uuid4().hex, **data})
    User.objects.filter(pk=by.pk).update(last_login=before)
    return answer


def shown(by: User, name: str, /, *args: object) -> str:
    """The text of a page as the user sees it."""
    client = Client()
    client.force_login(by)
    return client.get(reverse(f"access:{name}", args=args)).content.decode()


def today(**more: object) -> dict[str, object]:
    """An absence of today."""
    day = timezone.localdate().isoformat()
    return {"from_on": day, "to_on": day, "reason": "出差", **more}


def with_deputy(user: User, deputy: User | None) -> dict[str, object]:
    """The account's own form with another B."""
    user.refresh_from_db()
    deputy_id = deputy.pk if deputy else ""
    kept: dict[str, object] = {"staff_no": user.staff_no, "name": user.name, "unit": user.unit_id}
    return {**kept, "phone": user.phone, "deputy": deputy_id, "version": user.version}


def give_deputy(user: User, deputy: User) -> None:
    """The B of a person, as if confirmed."""
    with acting_as_system("test"):
        User.objects.filter(pk=user.pk).update(deputy=deputy)
    user.refresh_from_db()


def confirm(by: User, **more: object) -> HttpResponse:
    """The answer to the second signature under the only proposal that waits."""
    proposal = Proposal.objects.get(state="waiting")
    return send(by, "proposal_detail", proposal.pk, act="confirm", answer="已核实", **more)


def posts_of(user: User) -> frozenset[str]:
    """The posts that a person holds now, as a B too."""
    return rights_of(User.objects.get(pk=user.pk)).posts


# --- the B --------------------------------------------------------------------------------------


def test_a_guard_is_nobodys_b_and_has_none(administrator, security_admin, director, clerk):
    for user, deputy in ((director, administrator), (security_admin, clerk)):
        answer = send(administrator, "user_edit", user.pk, **with_deputy(user, deputy))
        assert "任系统、安全或审计管理" in answer.content.decode()
        user.refresh_from_db()
        assert user.deputy is None
    new = {"staff_no": "N88", "name": "新人", "unit": clerk.unit_id, "deputy": administrator.pk}
    assert send(administrator, "user_new", **new).status_code == 422


@pytest.mark.parametrize("absent", ["director", "security_admin"])
def test_absence_lends_a_guard_nothing_and_lends_no_guard_post(
    absent, administrator, director, security_admin, clerk
):
    """Whatever stands in the database: old rows, an outside tool."""
    away = {"director": director, "security_admin": security_admin}[absent]
    day = timezone.localdate()
    AbsenceFactory(user=away, from_on=day, to_on=day)
    for taker in (administrator, clerk):
        give_deputy(away, taker)
        lent = posts_of(taker) - posts_of_own(taker)
        assert lent == ({"DIR"} if (absent, taker) == ("director", clerk) else set())


def posts_of_own(user: User) -> frozenset[str]:
    """The posts of a person's own grants."""
    return frozenset(user.grants.values_list("post", flat=True))


def test_no_delegation_reaches_or_comes_from_a_guard(
    administrator, security_admin, director, clerk
):
    day = timezone.localdate()
    for giver, taker in ((director, administrator), (security_admin, clerk)):
        DelegationFactory(
            giver=giver, taker=taker, area="access", moves=["confirm"], from_on=day, to_on=day
        )
        held = rights_of(taker).abilities
        assert [one for one in held if one.on_behalf_of] == []


def test_another_b_needs_a_second_person(administrator, security_admin, clerk, arbitrator):
    answer = send(administrator, "user_edit", clerk.pk, **with_deputy(clerk, arbitrator))
    assert answer.status_code == 302
    clerk.refresh_from_db()
    assert clerk.deputy is None
    assert "不能复核自己的提议" in confirm(administrator).content.decode()
    assert "的 B 岗改为" in shown(administrator, "user_detail", clerk.pk)
    assert confirm(security_admin).status_code == 302
    clerk.refresh_from_db()
    assert clerk.deputy == arbitrator


def test_a_b_changed_meanwhile_is_not_overwritten(administrator, director, clerk, arbitrator):
    send(administrator, "user_edit", clerk.pk, **with_deputy(clerk, arbitrator))
    give_deputy(clerk, director)
    assert "已另有改动" in confirm(director).content.decode()
    clerk.refresh_from_db()
    assert clerk.deputy == director


def test_nobody_confirms_being_the_b(administrator, director, clerk):
    send(administrator, "user_edit", clerk.pk, **with_deputy(clerk, director))
    assert "B 岗本人不能复核" in confirm(director).content.decode()


def test_the_sheet_proposes_another_b_and_refuses_a_guard(
    administrator, clerk, arbitrator, county, acting
):
    acting(administrator)
    cells = dict.fromkeys([column.name for column in USERS.columns], "")
    row = {**cells, **bulk_users.user_cells(clerk), "posts": ""}
    answers = [
        bulk_users._user({**row, "deputy": staff_no}, county.bureau, administrator)
        for staff_no in (arbitrator.staff_no,)
    ]
    assert [answer["action"] for answer in answers] == ["updated"]
    assert Proposal.objects.get().payload["deputy"] == arbitrator.pk
    with pytest.raises(bulk.NotThisRow) as refused:
        bulk_users._user({**row, "deputy": administrator.staff_no}, county.bureau, administrator)
    assert refused.value.column == "deputy"
    clerk.refresh_from_db()
    assert clerk.deputy is None


# --- absences -----------------------------------------------------------------------------------


def test_an_absence_recorded_by_a_guard_waits_for_a_second_person(
    administrator, security_admin, director, deputy_director
):
    give_deputy(director, deputy_director)
    assert send(administrator, "absence_list", **today(user=director.pk)).status_code == 302
    assert not Absence.objects.exists()
    assert "DIR" not in posts_of(deputy_director)
    assert "B 岗本人不能复核" in confirm(deputy_director).content.decode()
    assert confirm(security_admin).status_code == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.recorded_by) == (director, administrator)
    assert "DIR" in posts_of(deputy_director)


def test_a_b_does_not_record_the_absence_that_opens_the_queue(director, deputy_director):
    give_deputy(director, deputy_director)
    send(deputy_director, "absence_list", **today(user=director.pk))
    assert not Absence.objects.exists()
    assert "DIR" not in posts_of(deputy_director)
    assert confirm(director).status_code == 302
    assert "DIR" in posts_of(deputy_director)


def test_the_person_and_the_head_record_at_once(arbitration_head, clerk, arbitrator, director):
    for by, user, deputy in ((arbitration_head, clerk, arbitrator), (director, director, clerk)):
        give_deputy(user, deputy)
        assert send(by, "absence_list", **today(user=user.pk)).status_code == 302
        assert Absence.objects.filter(user=user).count() == 1
    assert not Proposal.objects.exists()


def test_an_absence_is_not_confirmed_for_another_b(
    administrator, security_admin, clerk, arbitrator, director
):
    give_deputy(clerk, arbitrator)
    send(administrator, "absence_list", **today(user=clerk.pk))
    give_deputy(clerk, director)
    assert "已另有改动" in confirm(security_admin).content.decode()
    assert not Absence.objects.exists()


# --- alone --------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["disable", "revoke"])
def test_whoever_was_just_put_out_of_action_still_counts(
    way, administrator, security_admin, county, clerk
):
    if way == "disable":
        send(administrator, "user_disable", security_admin.pk, act="disable", knowing="1")
    else:
        send(administrator, "grant_revoke", security_admin.grants.get().pk)
    with acting_as_system("test"):
        accounts.propose_grant(clerk, post="DIR", unit=county.bureau, by=administrator)
    assert "不能复核自己的提议" in confirm(administrator).content.decode()
    assert not Grant.objects.filter(user=clerk, post="DIR").exists()
    week = timezone.now() - timedelta(days=8)
    with acting_as_system("test"):
        User.objects.filter(is_active=False).update(disabled_at=week)
        Grant.objects.exclude(revoked_at=None).update(revoked_at=week)
    assert confirm(administrator).status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.is_single
    assert f"此前有权的：{security_admin.name}（{security_admin.staff_no}）" in proposal.words[-1]


# --- passwords ----------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["director", "deputy_director", "security_admin", "auditor"])
def test_the_password_of_a_guard_or_a_leader_takes_two(
    whose, administrator, security_admin, director, request
):
    user: User = request.getfixturevalue(whose)
    second = director if user == security_admin else security_admin
    answer = send(administrator, "user_password", user.pk)
    assert (answer.status_code, User.objects.get(pk=user.pk).session_epoch) == (302, 0)
    assert confirm(administrator).status_code == 422
    assert confirm(second).status_code == 302
    assert Notice.objects.get(user=user).title == "你的登录密码将由管理员重置"
    answer = send(administrator, "user_password", user.pk)
    assert 'data-test="temporary-password"' in answer.content.decode()
    assert not User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_a_confirmed_reset_is_good_for_one_and_for_a_day(administrator, security_admin, director):
    def ask() -> int:
        User.objects.filter(pk=director.pk).update(last_login=timezone.now())
        return send(administrator, "user_password", director.pk).status_code

    with acting_as_system("test"):
        assert ask() == 302
        confirm(security_admin)
        assert (ask(), ask()) == (200, 302)
        confirm(security_admin)
        Proposal.objects.update(confirmed_at=timezone.now() - timedelta(hours=25))
        assert ask() == 302


def test_taking_the_post_away_first_does_not_free_the_password(administrator, director):
    send(administrator, "grant_revoke", director.grants.get().pk)
    assert send(administrator, "user_password", director.pk).status_code == 302
    director.refresh_from_db()
    assert director.check_password(PASSWORD)


def test_disabling_and_enabling_does_not_free_the_password(administrator, director):
    for act in ("disable", "enable"):
        send(administrator, "user_disable", director.pk, act=act, knowing="1")
    assert send(administrator, "user_password", director.pk).status_code == 302


def test_the_first_password_of_an_unused_account_takes_one(administrator, county: County):
    """The first day: the account of the second guard is handed out by the first."""
    with acting_as_system("test"):
        user = User.objects.create_user("N90", "新员", unit=county.bureau)
        user.grants.create(post="SEC", unit=county.bureau)
    for _ in range(2):  # the slip of paper was lost before anybody logged in
        assert send(administrator, "user_password", user.pk).status_code == 200
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    assert send(administrator, "user_password", user.pk).status_code == 302


def test_the_password_of_others_is_reset_by_one(administrator, clerk):
    assert send(administrator, "user_password", clerk.pk).status_code == 200


# --- a lost phone -------------------------------------------------------------------------------


def test_a_lost_phone_is_switched_off_by_two(administrator, security_admin, clerk):
    TOTPDevice.objects.create(user=clerk, name="手机", confirmed=True)
    assert 'data-test="end-totp"' in shown(administrator, "user_detail", clerk.pk)
    assert send(administrator, "user_totp", clerk.pk).status_code == 302
    assert TOTPDevice.objects.filter(user=clerk).exists()
    assert confirm(administrator).status_code == 422
    assert confirm(security_admin).status_code == 302
    assert not TOTPDevice.objects.filter(user=clerk).exists()
    notice = Notice.objects.get(user=clerk)
    assert (notice.title, "管理提议，安全复核" in notice.body) == (
        "你的动态口令已停用，登录只需密码",
        True,
    )
    logged = ChangeEntry.objects.filter(table="access_proposal").order_by("pk").last()
    assert logged is not None
    assert logged.actor_id == security_admin.pk
    clerk.refresh_from_db()
    assert clerk.session_epoch == 1


def test_a_factor_is_ended_only_where_there_is_one_and_never_the_own(
    administrator, security_admin, clerk
):
    TOTPDevice.objects.create(user=security_admin, name="手机", confirmed=True)
    for by, user in ((administrator, clerk), (security_admin, security_admin)):
        assert send(by, "user_totp", user.pk).status_code == 302
    assert not Proposal.objects.exists()
    assert send(clerk, "user_totp", administrator.pk).status_code == 403


def test_a_guards_lost_phone_is_switched_off_without_that_guard(
    administrator, security_admin, director
):
    """The only administrator cannot log in: the security guard proposes, the director confirms."""
    TOTPDevice.objects.create(user=administrator, name="手机", confirmed=True)
    send(security_admin, "user_totp", administrator.pk)
    assert confirm(director).status_code == 302
    assert not TOTPDevice.objects.exists()


def test_the_first_day_goes_on_alone(county: County):
    """One administrator: every proposal is signed twice with a reason, and says so."""
    alone = person("ADMIN", "独一", county.bureau, "SYS")
    first, second = (person(no, no, county.office("就业股"), "EMP") for no in ("E1", "E2"))
    steps: list[tuple[str, User, dict[str, Any]]] = [
        ("user_edit", first, with_deputy(first, second)),
        ("absence_list", first, today(user=first.pk)),
    ]
    for name, user, data in steps:
        args = [user.pk] if name == "user_edit" else []
        assert send(alone, name, *args, **data).status_code == 302
        assert confirm(alone).status_code == 302
    assert Absence.objects.get().user.deputy == second
    assert set(Proposal.objects.values_list("is_single", flat=True)) == {True}
