"""Pages of the archive: the index of a file, its cover, holds, disposal, one person's data."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.audit.models import AccessEntry
from hrss_portal.casework import door, retention
from hrss_portal.casework.models import Attachment, Case, CaseParty, RetentionRule, Sharing
from hrss_portal.documents.uploads import store_bytes
from tests.cast import County
from tests.factories import arbitration as make

DAY = date(2023, 11, 14)
pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    """The client, logged in as a user."""

    def log_in(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def dispute(county: County, clerk: User, acting: Callable[..., Any]) -> Dispute:
    """A dispute of the clerk with three materials, one of them of the inner file."""
    acting("test")
    case = make.dispute(county, None, DAY)
    with door.opened():
        Case.objects.filter(pk=case.pk).update(handler=clerk)
    for number, (kind, part) in enumerate(
        [("申请书", "main"), ("证据", "main"), ("评议笔录", "inner")], start=1
    ):
        file = store_bytes(kind.encode(), f"{kind}.txt", by=clerk, unit=case.unit)
        Attachment.objects.create(
            case_id=case.pk, file=file, kind=kind, part=part, seq=number, added_by=clerk
        )
    return Dispute.objects.get(pk=case.pk)


def archive(case: Case, *, closed: date = date(2023, 11, 15)) -> None:
    """Closes and archives a case past the door."""
    with door.opened():
        Case._base_manager.filter(pk=case.pk).update(
            state="archived", outcome="mediated", closed_on=closed, archived_on=closed
        )


def rows_of(case: Case) -> dict[str, Attachment]:
    """The materials by name."""
    return {row.kind: row for row in Attachment._base_manager.filter(case=case.pk)}


def test_the_index_is_ordered_by_numbers_and_closed_up(
    enter: Callable[[User], Client], dispute: Dispute, arbitration_head: User
) -> None:
    client, rows = enter(arbitration_head), rows_of(dispute)
    url = f"/archive/{dispute.pk}/"
    sent: dict[str, Any] = {"_key": "k1", "do": "arrange"}
    for kind, (seq, pages) in {"申请书": (5, 2), "证据": (1, 7), "评议笔录": (9, "")}.items():
        pk = rows[kind].pk
        sent |= {f"seq-{pk}": seq, f"pages-{pk}": pages, f"part-{pk}": rows[kind].part}
    assert client.post(url, sent).status_code == 302
    now = rows_of(dispute)
    assert {kind: (row.seq, row.pages) for kind, row in now.items()} == {
        "证据": (1, 7),
        "申请书": (2, 2),
        "评议笔录": (1, None),
    }
    sheet = client.get(f"{url}index/").text
    assert sheet.index("证据") < sheet.index("申请书")
    assert "8-9" in sheet
    bad = sent | {"_key": "k2", f"seq-{rows['证据'].pk}": "x"}
    assert client.post(url, bad).status_code == 422


def test_the_inner_file_is_for_those_who_may_see_it(
    enter: Callable[[User], Client], dispute: Dispute, clerk: User, director: User
) -> None:
    page = enter(director).get(f"/archive/{dispute.pk}/").text
    assert "申请书" in page
    assert "评议笔录" not in page
    assert "评议笔录" not in enter(director).get(f"/archive/{dispute.pk}/index/").text


def test_an_archived_file_is_not_rearranged_until_the_head_opens_it(
    enter: Callable[[User], Client], dispute: Dispute, arbitration_head: User, clerk: User
) -> None:
    archive(dispute)
    url = f"/archive/{dispute.pk}/"
    sent = {"_key": "k1", "do": "gather"}
    assert enter(arbitration_head).post(url, sent).status_code == 422
    assert enter(clerk).get(f"{url}unarchive/").status_code == 403
    client = enter(arbitration_head)
    assert client.post(f"{url}unarchive/", {"_key": "k2"}).status_code == 422
    answer = client.post(f"{url}unarchive/", {"_key": "k3", "reason": "目录有误"})
    assert answer.status_code == 302
    assert Case._base_manager.get(pk=dispute.pk).archived_on is None


def test_the_cover_is_the_areas_paper(
    enter: Callable[[User], Client], dispute: Dispute, arbitration_head: User
) -> None:
    page = enter(arbitration_head).get(f"/archive/{dispute.pk}/cover/")
    assert page.status_code == 200
    assert "案卷封面" in page.text


def test_a_case_is_voided_with_a_reason_by_who_may(
    enter: Callable[[User], Client], dispute: Dispute, arbitration_head: User, clerk: User
) -> None:
    url = f"/case/{dispute.pk}/void/"
    assert enter(clerk).get(url).status_code == 403
    client = enter(arbitration_head)
    assert url in client.get(f"/arbitration/disputes/{dispute.pk}/").text
    assert client.post(url, {"_key": "k1", "reason": "重复登记"}).status_code == 302
    assert Case._base_manager.get(pk=dispute.pk).void_reason == "重复登记"


def test_over_held_proposed(
    enter: Callable[[User], Client],
    dispute: Dispute,
    arbitration_head: User,
    stranger: User,
    acting: Callable[..., Any],
) -> None:
    retention.load()
    archive(dispute)
    with door.opened():
        Case._base_manager.filter(pk=dispute.pk).update(keep_until=date(2023, 11, 15))
    client = enter(arbitration_head)
    assert dispute.reference in client.get("/archive/?stage=over").text
    page = client.get("/archive/disposal/")
    assert dispute.reference in page.text
    nobody = client.post("/archive/disposal/", {"_key": "k1", "reason": "到期"})
    assert nobody.status_code == 422
    sent = {"_key": "k2", "reason": "到期", "pk": dispute.pk}
    assert client.post("/archive/disposal/", sent).status_code == 302
    client.post(f"/archive/{dispute.pk}/hold/", {"_key": "k3", "reason": "审计"})
    assert Case._base_manager.get(pk=dispute.pk).on_hold
    client.post(f"/archive/{dispute.pk}/lift/", {"_key": "k4", "reason": "审计结束"})
    assert not Case._base_manager.get(pk=dispute.pk).on_hold
    assert dispute.reference not in enter(stranger).get("/archive/disposal/").text


def test_the_table_of_periods_is_changed_by_proposal(
    enter: Callable[[User], Client], arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting("test")
    retention.load()
    row = RetentionRule.objects.get(kind="arbitration.mediationcase")
    client = enter(arbitration_head)
    assert row.label in client.get("/archive/retention/").text
    url = f"/archive/retention/{row.pk}/"
    assert client.get(url).status_code == 200
    sent = {name: getattr(row, name) for name in retention.FIELDS}
    sent |= {"_key": "k1", "years": 6, "reason": "市局要求"}
    assert client.post(url, sent).status_code == 302
    row.refresh_from_db()
    assert row.years == 5
    assert "6 年" in client.get("/archive/retention/").text


def test_a_report_needs_a_reason_is_logged_and_belongs_to_who_asked(
    enter: Callable[[User], Client],
    dispute: Dispute,
    office_clerk: User,
    lawyer: User,
    arbitration_head: User,
) -> None:
    person = CaseParty._base_manager.get(case=dispute.pk, person__isnull=False).person
    assert person is not None
    client = enter(office_clerk)
    sent = {"_key": "k1", "id_number": person.id_number}
    assert client.post("/subjects/", sent).status_code == 422
    answer = client.post("/subjects/", sent | {"_key": "k2", "reason": "本人申请"})
    assert answer.status_code == 302
    page = client.get(answer.url).text
    assert dispute.reference in page
    assert person.id_number not in page
    assert "本人申请" in page
    entry = AccessEntry.objects.get(fields=["report"])
    assert (entry.actor_id, entry.reason) == (office_clerk.pk, "本人申请")
    assert client.get(f"{answer.url}sheet/").status_code == 200
    assert AccessEntry.objects.filter(kind="print", subject_id=str(person.pk)).count() == 1
    assert enter(lawyer).get(answer.url).status_code == 404
    assert enter(arbitration_head).get("/subjects/").status_code == 403


def test_what_left_the_bureau_stands_in_the_ledger(
    enter: Callable[[User], Client], office_clerk: User
) -> None:
    client = enter(office_clerk)
    sent = {
        "_key": "k1",
        "on": "2023-11-16",
        "recipient": "县法院",
        "purpose": "案件审理",
        "basis": "调取证据通知书",
        "contents": "仲裁案卷",
        "people": 2,
    }
    assert client.post("/subjects/sharing/", sent).status_code == 302
    assert Sharing.objects.get().root == office_clerk.unit.root
    assert "县法院" in client.get("/subjects/sharing/").text
