"""Last year's ledger of 2,000 rows as an office keeps it: every row is accounted for, twice."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arbitration.imports.mediations import Known
from arbitration.imports.mediations import ledger as mediation_ledger
from arbitration.models import Dispute, MediationOrganisation
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import reminders
from hrss_portal.casework.models import Clock, Event
from hrss_portal.documents.models import Paper
from hrss_portal.notifications.models import Notice, OutboxMessage
from tests.cast import County
from tests.factories import ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
ROWS, SPOIL_EVERY = 2000, 50
WRONG = ROWS // SPOIL_EVERY
HEAD_ROWS = 4
PARTS = ("created", "updated", "unchanged", "rejected")


def land(capsys: Any, *words: str) -> dict[str, Any]:
    """``import_sheet X10`` with rejected rows: exit 3, and what it says."""
    with pytest.raises(SystemExit) as end:
        call_command("import_sheet", "X10", *words, "--json")
    assert end.value.code == 3
    data: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    assert data["read"] == sum(data[part] for part in PARTS)
    return data


def parts(data: dict[str, Any]) -> tuple[int, ...]:
    """Created, updated, unchanged, rejected."""
    return tuple(data[part] for part in PARTS)


def test_a_ledger_of_2000_dirty_rows_lands_with_exact_accounting(
    county: County, clerk: User, tmp_path: Path, capsys: Any
) -> None:
    book = tmp_path / "去年 台账.xlsx"
    content = ledger.dirty(2022, ROWS, unknown_town=False, spoil_every=SPOIL_EVERY)
    book.write_bytes(content)
    fine = ROWS - WRONG

    tried = land(capsys, str(book))
    assert (tried["read"], parts(tried)) == (ROWS, (fine, 0, 0, WRONG))
    assert not Dispute._base_manager.exists()
    wrong = {error["row"] for error in tried["errors"] if error["level"] == "wrong"}
    spoilt = range(SPOIL_EVERY, ROWS + 1, SPOIL_EVERY)
    assert wrong == {HEAD_ROWS + number for number in spoilt}
    columns = Counter(error["column"] for error in tried["errors"] if error["level"] == "wrong")
    assert columns == dict.fromkeys("KGADC", WRONG // len(ledger.SPOILT))

    words = (str(book), "--user", clerk.staff_no, "--commit")
    landed = land(capsys, *words)
    assert parts(landed) == (fine, 0, 0, WRONG)
    again = land(capsys, *words)
    assert parts(again) == (0, 0, fine, WRONG)
    finished_cases_have_their_past_and_nothing_else(fine)


def finished_cases_have_their_past_and_nothing_else(fine: int) -> None:
    """Numbers, moves and dates as in the ledger; no paper, no reminder, no message."""
    with acting_as_system("test"):
        cases = Dispute.objects.all()
        assert cases.filter(number__startswith="霍劳人仲案〔2022〕").count() == fine
        assert not cases.filter(is_live=True).exists()
        assert not cases.filter(closed_on=None).exists()
        first = cases.order_by("pk").first()
        assert first is not None
        assert first.number == "霍劳人仲案〔2022〕第501号"
        moves = Event.objects.filter(case=first.pk, kind="move").order_by("on", "pk")
        assert [(event.move, event.is_live) for event in moves] == [
            ("accept", False),
            ("settle", False),
            ("close", False),
        ]
        assert [event.on for event in moves][:2] == [first.accepted_on, first.closed_on]
        assert not Clock.objects.filter(state__in=("running", "paused")).exists()
        assert (reminders.take_steps(), reminders.tell_people()) == (0, 0)
        for messages in (Notice, OutboxMessage, Paper):
            assert not messages._base_manager.exists()


def test_a_ledger_asks_the_database_no_more_for_many_rows_than_for_few(
    county: County, clerk: User, tmp_path: Path, capsys: Any
) -> None:
    """What is not written yet has no parties and deliveries: nothing is asked case by case."""
    book, asked = tmp_path / "台账.xlsx", []
    for year, rows in ((2021, 8), (2022, 40)):
        book.write_bytes(ledger.dirty(year, rows, unknown_town=False, spoil_every=4))
        with CaptureQueriesContext(connection) as queries:
            landed = land(capsys, str(book), "--user", clerk.staff_no, "--commit")
        assert landed["created"] == rows * 3 // 4
        asked.append(len(queries))
    assert asked[1] <= asked[0]


def test_a_body_that_is_not_registered_is_answered_with_the_nearest_name() -> None:
    body = MediationOrganisation(name="霍邱县劳动人事争议调解中心")
    known = Known({body.name: body})
    given = {"organisation": "县劳动人事争议调解中心"}
    ((column, words),) = mediation_ledger.problems(given, known)
    assert column == "organisation"
    assert "是不是“霍邱县劳动人事争议调解中心”？" in words
    ((_, words),) = mediation_ledger.problems({"organisation": "工会"}, known)
    assert "是不是" not in words
