"""Files are kept, held, and destroyed only by two people; what remains proves what was there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from arbitration.models import Dispute
from hrss_portal.access import proposals
from hrss_portal.access.models import User
from hrss_portal.access.policy import Refused
from hrss_portal.audit.models import ChangeEntry
from hrss_portal.casework import door, moves, retention
from hrss_portal.casework.models import (
    Attachment,
    Case,
    CaseParty,
    Event,
    RetentionRule,
    Tombstone,
)
from hrss_portal.documents.uploads import store_bytes
from tests.cast import County, person


@pytest.fixture
def filed(received: Dispute, clerk: User, acting: Callable[..., Any], time_machine: Any) -> Dispute:
    """A mediated dispute, archived, whose five years ended yesterday; with one material."""
    acting("test")
    file_away(received)
    file = store_bytes("申请人的申请书".encode(), "申请书.txt", by=clerk, unit=received.unit)
    Attachment.objects.create(case_id=received.pk, file=file, kind="申请书", added_by=clerk)
    time_machine.move_to("2028-09-03T09:00:00+08:00")
    return Dispute.objects.get(pk=received.pk)


def file_away(case: Dispute) -> None:
    """Archive it with five years to keep, to 2 September 2028."""
    retention.load()
    with door.opened():
        Case.objects.filter(pk=case.pk).update(
            state="archived",
            outcome="mediated",
            closed_on=date(2023, 9, 1),
            archived_on=date(2023, 9, 2),
            keep_until=date(2028, 9, 2),
        )


def ready(case: Dispute) -> list[int]:
    """The keys of the files over their time."""
    return [found.pk for found, _ in retention.over(case.unit.root)]


def test_a_file_is_over_its_time_on_the_day_after(filed: Dispute) -> None:
    assert retention.over(filed.unit.root, date(2028, 9, 2)) == []
    assert ready(filed) == [filed.pk]


def test_the_table_answers_where_nobody_wrote_a_day(filed: Dispute) -> None:
    periods = retention.Periods()
    filed.keep_until = None
    assert periods.until(filed) == date(2028, 9, 2)
    filed.outcome = "award"
    assert periods.until(filed) == date(2033, 9, 2)
    filed.archived_on = date(2024, 2, 29)
    filed.outcome = "mediated"
    assert periods.until(filed) == date(2029, 2, 28)


def test_a_hold_wins_and_lifting_it_says_why(
    filed: Dispute, arbitration_head: User, clerk: User
) -> None:
    with pytest.raises(PermissionDenied):
        retention.hold(filed, by=clerk, reason="审计")
    retention.hold(filed, by=arbitration_head, reason="审计调卷", file_ref="审〔2028〕1号")
    assert ready(filed) == []
    filed.refresh_from_db()
    with pytest.raises(ValidationError):
        retention.hold(filed, by=arbitration_head, reason="再次")
    assert retention.lift(filed, by=arbitration_head, reason="审计结束") == 1
    assert ready(filed) == [filed.pk]
    notes = Event.objects.filter(case=filed.pk, move="hold").order_by("pk")
    assert [event.note for event in notes] == ["审计调卷（审〔2028〕1号）", "审计结束"]


def test_two_people_destroy_and_a_tombstone_stays(
    filed: Dispute,
    arbitration_head: User,
    deputy_director: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    stored = Attachment.objects.get(case=filed.pk).file
    name, storage = stored.content.name, stored.content.storage
    before = list(Event.objects.filter(case=filed.pk).values_list("label", "on"))
    made = retention.propose_disposal(
        [filed], filed.unit.root, by=arbitration_head, reason="鉴定小组 2028 年第 1 次"
    )
    with pytest.raises(PermissionDenied):
        proposals.confirm(made, by=arbitration_head)
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        proposals.confirm(made, by=deputy_director)
    stone = Tombstone.objects.get(case=filed.pk)
    assert (len(stone.digest), stone.contents["文件"]) == (64, 1)
    assert not storage.exists(name)
    left = Dispute.objects.get(pk=filed.pk)
    assert (left.number, left.outcome, left.opened_on) == (
        filed.number,
        filed.outcome,
        filed.opened_on,
    )
    assert (left.title, left.facts) == ("（已销毁）", "")
    parties = CaseParty.objects.filter(case=filed.pk)
    assert {(row.name, row.address, row.person_id) for row in parties} == {("（已销毁）", "", None)}
    events = Event.objects.filter(case=filed.pk)
    assert list(events.values_list("label", "on")) == before
    assert all(event.data == {} and event.note == "" for event in events)
    assert not ChangeEntry.objects.filter(table="casework_caseparty").exists()
    assert ready(filed) == []


def test_no_word_of_a_destroyed_file_stays_in_any_table(
    received: Dispute,
    clerk: User,
    arbitration_head: User,
    deputy_director: User,
    acting: Callable[..., Any],
    time_machine: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """What was amended before is gone as well, from the change log too."""
    acting("test")
    words = ("秘密事实甲乙丙", "后来写明的事实", "绝密村一号", "另外一处地址")
    case = Dispute.objects.get(pk=received.pk)
    moves.amend(case, by=clerk, changes={"facts": words[0]}, reason="补充")
    moves.amend(case, by=clerk, changes={"facts": words[1]}, reason="再改")
    party = CaseParty.objects.filter(case=case.pk).order_by("pk").first()
    assert party is not None
    for party.address in words[2:]:
        party.save()
    file_away(case)
    time_machine.move_to("2028-09-03T09:00:00+08:00")
    with django_capture_on_commit_callbacks(execute=True):
        made = retention.propose_disposal(
            [case], case.unit.root, by=arbitration_head, reason="到期鉴定"
        )
        proposals.confirm(made, by=deputy_director)
    assert Tombstone.objects.filter(case=case.pk).exists()
    assert {word: tables for word in words if (tables := tables_with(word))} == {}


def tables_with(word: str) -> list[str]:
    """The tables of the database in which a word stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" AS row WHERE row::text LIKE %s)',  # noqa: S608 -- names from the catalogue
                [f"%{word}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_hold_after_the_list_stops_the_second_signature(
    filed: Dispute, arbitration_head: User, deputy_director: User
) -> None:
    made = retention.propose_disposal(
        [filed], filed.unit.root, by=arbitration_head, reason="到期鉴定"
    )
    retention.hold(filed, by=arbitration_head, reason="被告知起诉")
    with pytest.raises(ValidationError, match="暂缓销毁"):
        proposals.confirm(made, by=deputy_director)
    assert not Tombstone.objects.exists()


def test_only_the_head_takes_a_file_out_of_the_archive(
    filed: Dispute, arbitration_head: User, clerk: User
) -> None:
    with pytest.raises(PermissionDenied):
        retention.unarchive(filed, by=clerk, reason="更正")
    retention.unarchive(filed, by=arbitration_head, reason="当事人姓名有误")
    filed.refresh_from_db()
    assert (filed.archived_on, filed.keep_until) == (None, None)
    assert Event.objects.get(case=filed.pk, move="unarchive").note == "当事人姓名有误"


def test_a_period_changes_with_two_signatures_and_the_shipped_row_never_comes_back(
    filed: Dispute, arbitration_head: User, lawyer: User
) -> None:
    row = RetentionRule.objects.get(kind="arbitration.dispute", outcome="")
    values = {name: getattr(row, name) for name in retention.FIELDS} | {"years": 8}
    with pytest.raises(ValidationError):
        retention.propose_rule(values | {"years": None}, by=arbitration_head, reason="x")
    made = retention.propose_rule(values, by=arbitration_head, reason="本省要求八年")
    proposals.confirm(made, by=lawyer)
    assert retention.load() == 0
    row.refresh_from_db()
    assert (row.years, row.is_shipped, row.proposal_id) == (8, False, made.pk)


def test_another_bureau_neither_sees_nor_confirms_a_period(
    filed: Dispute, arbitration_head: User, stranger: User, other_county: County, client: Client
) -> None:
    row = RetentionRule.objects.get(kind="arbitration.dispute", outcome="")
    values = {name: getattr(row, name) for name in retention.FIELDS} | {"years": 8}
    made = retention.propose_rule(values, by=arbitration_head, reason="本省要求八年")
    theirs = person("8201", "莫法", other_county.office("劳动人事争议仲裁院"), "LEG")
    with pytest.raises(Refused):
        proposals.confirm(made, by=theirs)
    for user, is_shown in ((stranger, False), (arbitration_head, True)):
        client.force_login(user)
        page = client.get(reverse("desk:retention"))
        assert (str(made) in page.content.decode()) is is_shown


def test_a_destroyed_file_is_neither_held_nor_taken_out_again(
    filed: Dispute, arbitration_head: User, deputy_director: User
) -> None:
    made = retention.propose_disposal(
        [filed], filed.unit.root, by=arbitration_head, reason="到期鉴定"
    )
    proposals.confirm(made, by=deputy_director)
    gone = Dispute.objects.get(pk=filed.pk)
    with pytest.raises(ValidationError, match="已经销毁，不能暂缓"):
        retention.hold(gone, by=arbitration_head, reason="审计调卷")
    with pytest.raises(ValidationError, match="这份案卷已经销毁"):
        retention.unarchive(gone, by=arbitration_head, reason="更正")
    assert not Dispute.objects.get(pk=filed.pk).on_hold
