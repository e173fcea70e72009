"""What a ledger corrected before there was one kind of correction is carried over, and back."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import corrected
from hrss_portal.casework.bulk import CaseRow, PastMove, open_cases
from hrss_portal.casework.models import Event
from hrss_portal.casework.moves import PartyIn
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [
    pytest.mark.alone,  # it takes tables of the database apart for a while
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("server_shared", "swappable_models_known", "rules", "today"),
    pytest.mark.xdist_group("journeys"),
]
SIDES = [
    PartyIn(role="applicant", name="张示例"),
    PartyIn(role="respondent", name="霍邱示例厂"),
]
INSERT = """
    INSERT INTO casework_event
        (case_id, kind, move, label, from_state, to_state, "on", at, by_name, data, note,
         is_live, corrects_id)
    VALUES (%s, %s, %s, '开庭审理', '', '', %s, now(), '', %s, '导入批次 2', false, %s)
"""


@pytest.fixture
def at_the_newest() -> Iterator[None]:
    """Whatever happens, the tables are whole afterwards."""
    yield
    call_command("migrate", verbosity=0)


def rows(sql: str) -> list[Any]:
    """What a query gives, whatever the models say of the table."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_what_a_ledger_corrected_is_carried_over_and_back(
    county: County, clerk: User, acting: Callable[..., Any], at_the_newest: None
) -> None:
    acting("test")
    case = Dispute(
        unit=make.court(county), opened_on=date(2022, 3, 1), cause="pay", apply_mode="written"
    )
    past = [PastMove(code=code, on=date(2022, 3, 9)) for code in ("accept", "hear")]
    (opened,) = open_cases(
        [CaseRow(case=case, parties=SIDES, moves=past)], by=clerk, source="sheet"
    )
    assert opened.messages == []
    wrong = Event.objects.get(move="hear").pk
    call_command("migrate", "casework", "0020", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT, [case.pk, "amend", "import", "2023-11-16", '{"remark": ["", "二"]}', None]
        )
        cursor.execute(INSERT, [case.pk, "move", "hear", "2022-03-24", "{}", wrong])
    for is_last in (False, True):
        call_command("migrate", verbosity=0)
        story = corrected.events(Dispute._base_manager.get())
        told = [(one.move, str(one.on)) for one in story]
        assert told == [("open", "2022-03-01"), ("accept", "2022-03-09"), ("hear", "2022-03-24")]
        assert [one.counts_on for one in story] == [one.on for one in story]
        assert Event._base_manager.get(pk=wrong).counts_on is None
        correction = Event._base_manager.get(move="correct")
        assert correction.data["fields"] == ["remark"]
        if is_last:
            return
        call_command("migrate", "casework", "0020", verbosity=0)
        (named,) = rows("SELECT corrects_id FROM casework_event WHERE corrects_id IS NOT NULL")
        assert named == (wrong,)
