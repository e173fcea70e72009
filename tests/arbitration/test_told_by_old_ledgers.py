"""What ledgers told before: who landed them did none of it, and nobody told an hour."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from arbitration.models import Dispute, MediationCase
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit.models import ChangeEntry
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


@pytest.fixture
def at_the_newest() -> Iterator[None]:
    """Whatever happens, the tables are whole afterwards."""
    yield
    call_command("migrate", verbosity=0)


def test_the_importer_told_it_and_did_none_of_it(
    county: County, clerk: User, arbitrator: User, at_the_newest: None
) -> None:
    with acting_as_system("test"):
        case = Dispute(
            unit=make.court(county), opened_on=date(2022, 3, 1), cause="pay", apply_mode="written"
        )
        past = [PastMove(code="accept", on=date(2022, 3, 9))]
        rows = [CaseRow(case=case, parties=SIDES, moves=past)]
        (opened,) = open_cases(rows, by=clerk, source="sheet")
        assert opened.messages == []
        live = make.dispute(county, arbitrator, date(2023, 11, 1))
    stored = ("by_id", "by_name", "told_by")
    mine = Event._base_manager.filter(case=case.pk).order_by("pk")
    told = [(None, "", clerk.name)] * 2
    assert list(mine.values_list(*stored)) == told
    # Nobody acts here, as on a terminal: the migration says by itself who changes the rows.
    call_command("migrate", "casework", "0025", verbosity=0)
    assert list(mine.values_list(*stored)) == [(clerk.pk, clerk.name, "")] * 2
    call_command("migrate", verbosity=0)
    assert list(mine.values_list(*stored)) == told
    changed = ChangeEntry.objects.filter(table="casework_event", row_id=str(mine[0].pk))
    assert set(changed.values_list("actor_name", "purpose")) == {("系统", "migration")}
    page = Event._base_manager.filter(case=live.pk).values_list(*stored)
    assert list(page) == [(arbitrator.pk, arbitrator.name, "")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgname = 'pgtrigger_append_only_396c8'"
        )
        assert cursor.fetchone() == ("O",)


def test_nine_oclock_of_a_ledger_is_forgotten_and_that_of_a_page_stays(
    county: County, clerk: User, mediator: User, acting: Callable[..., Any], at_the_newest: None
) -> None:
    acting("test")
    make.mediation_body(county)
    nine = datetime.fromisoformat("2023-11-01T09:00+08:00")
    cases = [make.mediation(county, mediator, date(2023, 11, 1)) for _ in range(2)]
    call_command("migrate", "arbitration", "0023", verbosity=0)
    MediationCase._base_manager.update(received_at=nine)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_case SET source = 'sheet' WHERE id = %s", [cases[0].pk])
    call_command("migrate", verbosity=0)
    ledger, page = (MediationCase._base_manager.get(pk=case.pk) for case in cases)
    assert ledger.received_at == nine.replace(hour=0)
    assert page.received_at == nine
