"""A delegation is its giver's word, whoever writes it down, and comes with its scan."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access.models import Delegation, Proposal, User
from hrss_portal.access.policy import Refused
from hrss_portal.access.proposals import may_confirm, refuse
from hrss_portal.access.rights import rights_of
from hrss_portal.access.scope import acting_as
from hrss_portal.documents.models import File

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def client_of(user: User) -> Client:
    """The browser of a person."""
    client = Client()
    client.force_login(user)
    return client


def record(by: User, giver: User, taker: User, **more: Any) -> HttpResponse:
    """The answer to the form of a delegation of today."""
    day = timezone.localdate().isoformat()
    data = {
        "_key": uuid4().hex,
        "giver": giver.pk,
        "taker": taker.pk,
        "area": "arbitration",
        "moves": "extend",
        "from_on": day,
        "to_on": day,
        "file_ref": "委〔2026〕3号",
        "reason": "出差",
        "scan": SimpleUploadedFile("授权书.pdf", PDF, "application/pdf"),
        **more,
    }
    data = {name: value for name, value in data.items() if value is not None}
    return client_of(by).post(reverse("access:delegation_list"), data)


def lent(user: User) -> set[int]:
    """For whom a person may act now."""
    held = rights_of(User.objects.get(pk=user.pk)).abilities
    return {one.on_behalf_of for one in held if one.on_behalf_of is not None}


def answer(by: User, act: str) -> HttpResponse:
    """The answer to a signature under the proposal that waits."""
    url = reverse("access:proposal_detail", args=[Proposal.objects.get(state="waiting").pk])
    return client_of(by).post(url, {"act": act, "answer": "是", "_key": uuid4().hex})


def test_the_givers_own_counts_at_once_and_is_one(director, arbitration_head):
    for _ in range(2):
        assert record(director, director, arbitration_head).status_code == 302
    row = Delegation.objects.get()
    assert (row.is_waiting, row.created_by, row.moves) == (False, director, ["extend"])
    assert not Proposal.objects.exists()
    assert lent(arbitration_head) == {director.pk}


@pytest.mark.parametrize("recorder", ["deputy_director", "administrator"])
def test_what_another_wrote_waits_for_the_giver(
    recorder, director, deputy_director, security_admin, request
):
    by: User = request.getfixturevalue(recorder)
    assert record(by, director, deputy_director).status_code == 302
    assert Delegation.objects.get().is_waiting
    assert lent(deputy_director) == set()
    page = client_of(director).get(reverse("access:delegation_list")).content.decode()
    assert f"{director.name}（待确认）" in page
    for other in {by, security_admin}:
        assert answer(other, "confirm").status_code in {403, 422}
    assert lent(deputy_director) == set()
    assert answer(director, "confirm").status_code == 302
    assert lent(deputy_director) == {director.pk}


def test_only_the_giver_sends_it_back(administrator, director, deputy_director, security_admin):
    record(administrator, director, deputy_director)
    proposal = Proposal.objects.get()
    assert not may_confirm(proposal, security_admin)
    with acting_as(security_admin), pytest.raises(Refused):
        refuse(proposal, by=security_admin, answer="不行")
    assert answer(director, "refuse").status_code == 302
    assert lent(deputy_director) == set()
    url = reverse("access:delegation_list")
    page = client_of(director).get(url).content.decode()
    assert f"{director.name}（待确认）" not in page
    assert "终止委托" not in page
    assert "未获批准</td>" in client_of(director).get(f"{url}?history=1").content.decode()
    record(administrator, director, deputy_director)  # asked for anew, it waits anew
    assert Proposal.objects.filter(state="waiting").count() == 1


def test_one_that_was_ended_is_not_confirmed(administrator, director, deputy_director):
    record(administrator, director, deputy_director)
    row = Delegation.objects.get()
    client_of(administrator).post(reverse("access:delegation_end", args=[row.pk]), {"_key": "a"})
    assert "已终止" in answer(director, "confirm").content.decode()
    assert lent(deputy_director) == set()


def test_the_scan_is_asked_for_looked_at_and_opened_by_those_who_see_it(
    director, arbitration_head, clerk
):
    missing = record(director, director, arbitration_head, scan=None)
    assert "上传签字盖章的授权文件扫描件" in missing.content.decode()
    wrong = SimpleUploadedFile("授权书.pdf", b"MZ not a pdf", "application/pdf")
    assert record(director, director, arbitration_head, scan=wrong).status_code == 422
    assert not Delegation.objects.exists()
    record(director, director, arbitration_head)
    row, file = Delegation.objects.get(), File.objects.get()
    assert (row.scan_id, file.owner_id, file.owner_label) == (file.pk, row.pk, "access.delegation")
    url = reverse("documents:download", args=[file.pk])
    assert url in client_of(director).get(reverse("access:delegation_list")).content.decode()
    assert b"".join(client_of(arbitration_head).get(url).streaming_content) == PDF
    assert client_of(clerk).get(url).status_code == 404


def test_guards_neither_give_nor_take(administrator, director, security_admin, clerk):
    for giver, taker in ((director, administrator), (security_admin, clerk)):
        refused = record(administrator, giver, taker)
        assert "不能委托别人，也不接受委托" in refused.content.decode()
    assert not Delegation.objects.exists()


def test_a_head_delegates_the_own_and_ends_it(arbitration_head, arbitrator):
    assert record(arbitration_head, arbitration_head, arbitrator).status_code == 302
    assert lent(arbitrator) == {arbitration_head.pk}
    row = Delegation.objects.get()
    client_of(arbitration_head).post(reverse("access:delegation_end", args=[row.pk]), {"_key": "a"})
    assert lent(arbitrator) == set()
