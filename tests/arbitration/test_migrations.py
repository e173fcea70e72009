"""An existing portal is brought up: migrations over rows that are there, forwards and back."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from arbitration.models import Dispute, UpperSystem
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Clock
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [
    pytest.mark.alone,  # it takes tables of the database apart for a while
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("rules", "today"),
    pytest.mark.xdist_group("server"),
]


@pytest.fixture
def at_the_newest() -> Iterator[None]:
    """Whatever happens, the tables are whole afterwards."""
    yield
    call_command("migrate", verbosity=0)


def test_existing_disputes_are_brought_up(
    county: County, clerk: User, acting: Callable[..., Any], at_the_newest: None
) -> None:
    acting("test")
    days = (date(2023, 11, 1), date(2023, 11, 2), date(2023, 11, 3))
    typed, told, unknown = (make.dispute(county, clerk, day) for day in days)
    with door.opened():
        Dispute._base_manager.filter(pk=unknown.pk).update(source="sheet")
        Dispute._base_manager.filter(pk=told.pk).update(handling="offline", offline_step="开庭")
    for _ in range(2):
        call_command("migrate", "arbitration", "0006", verbosity=0)
        call_command("migrate", verbosity=0)
    found = dict(Dispute._base_manager.values_list("pk", "handling"))
    assert (found[told.pk], found[unknown.pk]) == ("offline", "")
    assert Dispute._base_manager.get(pk=told.pk).offline_step == "开庭"
    assert typed.pk in found


def test_a_system_that_is_there_is_in_use_from_its_entry(
    county: County, clerk: User, acting: Callable[..., Any], at_the_newest: None
) -> None:
    acting("test")
    used, left = (
        UpperSystem.objects.create(unit=make.court(county), name=name, keeper=clerk)
        for name in ("在用", "停用")
    )
    UpperSystem.objects.filter(pk=used.pk).update(used_from=date(2023, 3, 1))
    UpperSystem.objects.filter(pk=left.pk).update(used_until=date(2023, 11, 16))
    call_command("migrate", "arbitration", "0017", verbosity=0)
    call_command("migrate", verbosity=0)
    found = {row.name: (row.used_from, row.used_until) for row in UpperSystem.objects.all()}
    assert found["在用"] == (date(2023, 11, 16), None)
    assert found["停用"] == (date(2023, 11, 16), date(2023, 11, 16))


@pytest.fixture
def planned(
    county: County,
    clerk: User,
    arbitrator: User,
    arbitration_head: User,
    acting: Callable[..., Any],
) -> Dispute:
    """An accepted case of the ordinary track with a hearing on 30 November 2023."""
    acting("test")
    room = make.room(county)
    case = make.dispute(county, clerk, date(2023, 11, 16))
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
    moves.move(case, "propose", by=clerk, data=proposal)
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    start = datetime.fromisoformat("2023-11-30T09:00+08:00")
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2), "hearing_on": start.date()}
    moves.move(case, "schedule", by=arbitration_head, data={"room": room, **times})
    return Dispute.objects.get(pk=case.pk)


def sealed_now(case: Dispute) -> bool:
    """Whether its file is sealed, read without the columns that later migrations add."""
    return bool(Dispute._base_manager.values_list("is_sealed", flat=True).get(pk=case.pk))


def test_a_lawful_short_notice_loses_the_term_that_an_older_rule_gave_it(
    planned: Dispute, at_the_newest: None
) -> None:
    clock = Clock._base_manager.get(case=planned.pk, term="arb.hearing_notice")
    with door.opened():
        others = Clock._base_manager.filter(case=planned.pk).exclude(pk=clock.pk)
        others.filter(state="running").update(state="cancelled")
        Dispute._base_manager.filter(pk=planned.pk).update(procedure="simple")
    days = []
    for target in ("0012", "0013", "0012", "0013"):
        call_command("migrate", "arbitration", target, verbosity=0)
        clock.refresh_from_db()
        due = Dispute._base_manager.values_list("due_on", flat=True).get(pk=planned.pk)
        days.append((clock.state, due == clock.due_on))
    run, gone = ("running", True), ("cancelled", False)
    assert days == [run, gone, run, gone]
    kinds = clock.steps.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["start", "cancel", "reopen", "cancel"]


def test_what_is_planned_in_private_is_sealed_and_what_was_opened_stays_open(
    planned: Dispute, arbitration_head: User, at_the_newest: None
) -> None:
    hearings = planned.hearings.all()
    hearings.update(is_public=False)
    sealed = []
    for target in ("0013", "0014", "0013", "0014"):
        call_command("migrate", "arbitration", target, verbosity=0)
        sealed.append(sealed_now(planned))
    assert sealed == [False, True, False, True]
    told = planned.events.filter(move__in=("seal_file", "unseal_file")).order_by("pk")
    assert list(told.values_list("move", "kind", "by")) == [
        ("seal_file", "system", None),
        ("unseal_file", "system", None),
        ("seal_file", "system", None),
    ]
    call_command("migrate", verbosity=0)  # the door works on whole tables
    hearings.update(state="held")
    moves.move(planned, "unseal_file", by=arbitration_head, note="双方同意公开")
    for target in ("0013", "0014"):
        call_command("migrate", "arbitration", target, verbosity=0)
        assert not sealed_now(planned)
