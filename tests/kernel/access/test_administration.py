"""Administration: two people, nobody oneself, nothing of another bureau, nothing overwritten."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from hrss_portal.access.models import Absence, Grant, Proposal, Unit, User
from hrss_portal.access.policy import can
from hrss_portal.access.proposals import duties
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import AccessEntry, ChangeEntry, RefusalEntry
from tests.cast import County, person
from tests.factories.access import DelegationFactory

pytestmark = [pytest.mark.urls("tests.kernel.access.urls"), pytest.mark.django_db]


def page(user: User, name: str, /, *args: object, status: int = 200, **query: str) -> str:
    """The text of a page as the user sees it."""
    client = Client()
    client.force_login(user)
    response = client.get(reverse(f"access:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


def send(by: User, name: str, /, *args: object, **data: object):
    """The answer to a form."""
    client = Client()
    client.force_login(by)
    return client.post(reverse(f"access:{name}", args=args), {"_key": uuid4().hex, **data})


def grant_form(county: County, **more: object) -> dict[str, object]:
    """A filled grant form."""
    unit = county.office("就业股").pk
    return {"post": "EMP", "unit": unit, "area": "", "classes": ["P1"], "reason": "到岗", **more}


def test_every_page_opens_for_the_administrator(administrator, clerk, security_admin):
    for name in ("unit_list", "user_list", "delegation_list", "absence_list", "proposal_list"):
        assert page(administrator, name)
    assert page(administrator, "unit_new")
    assert page(administrator, "user_new")
    assert page(administrator, "unit_edit", clerk.unit_id)
    assert page(administrator, "user_detail", clerk.pk)


def test_a_unit_is_made_moved_and_disabled_only_when_empty(administrator, county, clerk):
    data = {"parent": county.bureau.pk, "kind": "office", "name": "信访股", "is_active": "on"}
    assert send(administrator, "unit_new", **data, synonyms="接访股、信访办").status_code == 302
    unit = Unit.objects.get(name="信访股")
    assert (unit.synonyms, unit.initials) == (["接访股", "信访办"], "xfg")
    court = {**data, "name": clerk.unit.name, "version": clerk.unit.version, "is_active": ""}
    refused = send(administrator, "unit_edit", clerk.unit_id, **court)
    assert "还有 1 名在用人员" in refused.content.decode()
    empty = {**data, "name": "信访股", "version": unit.version, "is_active": ""}
    assert send(administrator, "unit_edit", unit.pk, **empty).status_code == 302
    unit.refresh_from_db()
    assert not unit.is_active


def test_who_saves_second_is_told(administrator, county):
    town = county.town("城关镇")
    data = {"parent": county.bureau.pk, "kind": "town", "name": town.name, "is_active": "on"}
    first = send(administrator, "unit_edit", town.pk, **data, version=1, phone="1")
    second = send(administrator, "unit_edit", town.pk, **data, version=1, phone="2")
    assert (first.status_code, second.status_code) == (302, 422)
    assert "刚被别人改过" in second.content.decode()
    town.refresh_from_db()
    assert (town.phone, town.version) == ("1", 2)


def test_a_user_is_made_with_a_password_shown_once(administrator, county):
    data = {"staff_no": "ｎ-88", "name": "新人", "unit": county.office("就业股").pk}
    answer = send(administrator, "user_new", **data)
    assert 'data-test="temporary-password"' in answer.content.decode()
    user = User.objects.get(staff_no="N-88")
    assert (user.must_change_password, user.has_usable_password()) == (True, True)
    again = send(administrator, "user_new", **data)
    assert "工号已有人用" in again.content.decode()


def test_a_grant_needs_two_people(administrator, security_admin, county, clerk):
    answer = send(administrator, "grant_propose", clerk.pk, **grant_form(county))
    assert answer.status_code == 302
    send(administrator, "grant_propose", clerk.pk, **grant_form(county))
    proposal = Proposal.objects.get(state="waiting")
    assert not clerk.grants.filter(post="EMP").exists()
    own = send(administrator, "proposal_detail", proposal.pk, act="confirm", answer="x")
    assert "提议人不能复核自己的提议" in own.content.decode()
    assert send(security_admin, "proposal_detail", proposal.pk, act="confirm").status_code == 302
    grant = clerk.grants.get(post="EMP")
    assert (grant.granted_by, grant.confirmed_by) == (administrator, security_admin)
    assert grant.classes == ["P1"]


def test_nobody_grants_to_oneself_or_confirms_the_own_grant(
    administrator, security_admin, county, db
):
    own = send(administrator, "grant_propose", administrator.pk, **grant_form(county))
    assert "不能给自己授权" in own.content.decode()
    send(administrator, "grant_propose", security_admin.pk, **grant_form(county))
    proposal = Proposal.objects.get()
    answer = send(security_admin, "proposal_detail", proposal.pk, act="confirm")
    assert "不能复核给自己的授权" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    assert not security_admin.grants.filter(post="EMP").exists()


def test_one_administrator_alone_signs_with_a_reason(administrator, county, clerk):
    send(administrator, "grant_propose", clerk.pk, **grant_form(county))
    proposal = Proposal.objects.get()
    waiting = page(administrator, "proposal_list")
    assert waiting.count(f">{proposal.title}</a>") == 1
    assert "写明理由可单人确认" in waiting
    without = send(administrator, "proposal_detail", proposal.pk, act="confirm", answer=" ")
    assert without.status_code == 422
    send(administrator, "proposal_detail", proposal.pk, act="confirm", answer="只有一名管理员")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.is_single) == ("applied", True)
    assert "单人确认" in page(administrator, "proposal_list")


def test_the_three_guards_are_three_people(administrator, security_admin, county):
    form = grant_form(county, post="AUD")
    answer = send(administrator, "grant_propose", security_admin.pk, **form)
    assert "三员须分立" in answer.content.decode()


def test_two_waiting_guard_posts_of_one_person_do_not_both_take_effect(
    administrator, security_admin, county, clerk
):
    for post in ("AUD", "SYS"):
        send(administrator, "grant_propose", clerk.pk, **grant_form(county, post=post))
    first, second = Proposal.objects.order_by("pk")
    assert send(security_admin, "proposal_detail", first.pk, act="confirm").status_code == 302
    refused = send(security_admin, "proposal_detail", second.pk, act="confirm")
    assert "三员须分立" in refused.content.decode()
    assert clerk.grants.filter(post__in=["AUD", "SYS"]).count() == 1


def test_a_grant_is_revoked_at_once(administrator, clerk, arbitrator):
    grant = clerk.grants.get()
    assert send(administrator, "grant_revoke", grant.pk).status_code == 302
    grant.refresh_from_db()
    assert grant.revoked_by == administrator
    assert send(arbitrator, "grant_revoke", grant.pk).status_code == 403


def test_a_proposal_may_be_sent_back_or_withdrawn(administrator, security_admin, county, clerk):
    for act, by, state in (
        ("refuse", security_admin, "refused"),
        ("withdraw", administrator, "withdrawn"),
    ):
        send(administrator, "grant_propose", clerk.pk, **grant_form(county))
        proposal = Proposal.objects.get(state="waiting")
        assert (
            send(by, "proposal_detail", proposal.pk, act=act, answer="材料不齐").status_code == 302
        )
        proposal.refresh_from_db()
        assert proposal.state == state


def test_a_proposal_is_hidden_from_those_it_does_not_concern(
    administrator, county, clerk, stranger
):
    send(administrator, "grant_propose", clerk.pk, **grant_form(county))
    proposal = Proposal.objects.get()
    page(stranger, "proposal_detail", proposal.pk, status=404)
    page(stranger, "proposal_detail", 10**6, status=404)
    assert RefusalEntry.objects.get().subject == f"access.Proposal {proposal.pk}"


def test_disabling_ends_access_and_keeps_history(administrator, clerk):
    assert send(administrator, "user_disable", clerk.pk, act="disable").status_code == 302
    clerk.refresh_from_db()
    assert (clerk.is_active, clerk.session_epoch, clerk.grants.count()) == (False, 1, 1)
    send(administrator, "user_disable", administrator.pk, act="disable")
    administrator.refresh_from_db()
    assert administrator.is_active
    send(administrator, "user_disable", clerk.pk, act="enable")
    clerk.refresh_from_db()
    assert (clerk.is_active, clerk.has_usable_password()) == (True, False)


def test_an_administrator_of_one_bureau_does_not_touch_another(
    other_county, clerk, stranger, county
):
    other = person("9801", "别管", other_county.bureau, "SYS")
    page(other, "user_detail", clerk.pk, status=404)
    assert send(other, "user_disable", clerk.pk).status_code == 404
    assert send(other, "unit_edit", clerk.unit_id, name="x").status_code == 404
    assert clerk.name not in page(other, "user_list")
    assert RefusalEntry.objects.count() == 3


def test_delegations_and_absences_are_ended(
    administrator, deputy_director, arbitration_head, clerk, director
):
    data = {"from_on": "20260101", "to_on": "2027-12-31", "reason": "出差"}
    row = DelegationFactory(giver=deputy_director, taker=arbitration_head)
    send(administrator, "delegation_end", row.pk)
    row.refresh_from_db()
    assert row.revoked_at is not None
    without = send(administrator, "absence_list", **data, user=clerk.pk)
    assert "还没有 B 岗" in without.content.decode()
    with acting_as_system("test"):
        clerk.deputy = arbitration_head
        clerk.save()
    assert send(director, "absence_list", **data, user=clerk.pk).status_code == 302
    absence = Absence.objects.get()
    assert clerk.name in page(administrator, "absence_list")
    send(administrator, "absence_end", absence.pk)
    absence.refresh_from_db()
    assert absence.to_on < date(2027, 12, 31)


def test_the_auditor_reads_the_logs_and_that_is_logged(auditor, clerk, administrator):
    send(administrator, "user_disable", clerk.pk)
    page(clerk, "unit_new", status=302)
    for name in ("refusals", "accesses", "changes", "logins", "failures"):
        assert "日志" in page(auditor, "log", name)
    assert clerk.staff_no not in page(auditor, "log", "changes", who="管理", since="not-a-day")
    page(auditor, "log", "none", status=404)
    assert (
        AccessEntry.objects.filter(actor_id=auditor.pk, subject_type="audit.changes").count() == 2
    )
    assert ChangeEntry.objects.exists()
    page(administrator, "log_list")


def test_the_auditor_changes_nothing(auditor, clerk, county):
    assert can(auditor, "access.user.view", clerk)
    assert send(auditor, "user_disable", clerk.pk).status_code == 403
    assert send(auditor, "grant_propose", clerk.pk, **grant_form(county)).status_code == 403
    assert Grant.objects.filter(user=clerk).count() == 1


def test_a_proposed_grant_is_read_in_words_before_it_is_signed(
    county: County, administrator, security_admin, clerk
):
    send(administrator, "grant_propose", clerk.pk, **grant_form(county, valid_until="2099-12-31"))
    with acting_as_system("test"):
        proposal = Proposal.objects.get(kind="access.grant", payload__user=clerk.pk)
    text = re.sub(r"\s+", "", strip_tags(page(security_admin, "proposal_detail", proposal.pk)))
    for words in (
        f"授予谁{clerk.name}（工号{clerk.staff_no}",
        "岗位就业经办",
        "数据范围就业股及其下属",
        "业务岗位的全部业务",
        "可看的敏感信息证件号、电话、银行卡",
        "有效期至2099-12-31",
        "现有岗位",
        "理由到岗",
    ):
        assert words in text
    for key in ("valid_until", "classes", "payload", "None", "EMP", "P1"):
        assert key not in text


def test_ticked_proposals_are_confirmed_each_by_itself(
    administrator, security_admin, county, clerk, arbitrator
):
    for user in (clerk, arbitrator, security_admin):
        send(administrator, "grant_propose", user.pk, **grant_form(county))
    rows = list(Proposal.objects.order_by("pk"))
    client = Client()
    client.force_login(security_admin)
    url = reverse("access:proposal_list")
    assert [duty.label for duty in duties(security_admin)] == ["双人复核：3 项待复核"]
    shown = client.get(url)
    sent = {"_key": shown.context["key"], "pick": [row.pk for row in rows]}
    answer = client.post(url, sent, follow=True).content.decode()
    assert sorted(Proposal.objects.values_list("state", flat=True)) == [
        "applied",
        "applied",
        "waiting",
    ]
    assert f"已复核生效 2 项：{rows[0].title}；{rows[1].title}" in answer
    assert f"没有生效：{rows[2].title}。不能复核给自己的授权" in answer
    assert (len(list(duties(security_admin))), list(duties(clerk))) == (1, [])


def test_who_may_not_confirm_confirms_nothing_by_ticking(
    administrator, security_admin, county, clerk, arbitrator
):
    send(administrator, "grant_propose", arbitrator.pk, **grant_form(county))
    row = Proposal.objects.get()
    client = Client()
    client.force_login(clerk)
    url = reverse("access:proposal_list")
    key = client.get(url).context["key"]
    answer = client.post(url, {"_key": key, "pick": [row.pk]}, follow=True).content.decode()
    assert "有 1 项已不在待复核之列" in answer
    row.refresh_from_db()
    assert row.state == "waiting"


def test_the_list_of_accounts_is_asked_by_unit_post_and_state(administrator, county, clerk):
    ending = person("1377", "杜近", county.office("就业股"), "EMP")
    last = timezone.localdate() + timedelta(days=5)
    with acting_as_system("test"):
        ending.grants.update(valid_until=last)
    bare = User.objects.create_user("1378", "白岗", unit=county.office("就业股"))
    gone = person("1379", "丁离", county.office("就业股"), "EMP")
    gone_at = datetime.fromisoformat("2023-11-01T09:00+08:00")
    with acting_as_system("test"):
        User.objects.filter(pk=gone.pk).update(is_active=False, disabled_at=gone_at)
    everybody = {ending.name, bare.name, gone.name, clerk.name}

    def shown(**query: str) -> set[str]:
        html = page(administrator, "user_list", **query)
        return {name for name in everybody if f">{name}</a>" in html}

    assert shown() == everybody
    assert shown(unit=str(county.office("就业股").pk)) == everybody - {clerk.name}
    assert shown(post="EMP") == {ending.name, gone.name}
    assert shown(state="disabled") == {gone.name}
    assert shown(state="active") == everybody - {gone.name}
    assert shown(state="expiring") == {ending.name}
    assert shown(state="postless") == {bare.name}
    assert shown(q="杜", state="nonsense") == {ending.name}
    assert f"至 {last:%Y-%m-%d}" in page(administrator, "user_list", post="EMP")
