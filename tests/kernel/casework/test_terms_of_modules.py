"""A term of a module that the bureau does not have starts no clock and reminds nobody."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from arbitration.models import Dispute
from hrss_portal import areas
from hrss_portal.access import modules, proposals, switching
from hrss_portal.access.models import User
from hrss_portal.areas import Duty
from hrss_portal.casework import moves, own_days, reminders, resting
from hrss_portal.casework.models import Clock, Reminder
from hrss_portal.desk.cases import by_clock
from hrss_portal.desk.clockface import face_of
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make
from tests.kernel.casework.conftest import OPINION, RECEIVED

ACCEPT = "arb.accept"  # five working days from the day of receipt
PART = areas.Module(
    code="arb.part",
    label="试验",
    about="试验",
    terms=frozenset({"arb.acc*"}),
    duties=frozenset({f"{__name__}.part_duties"}),
)
Switch = Callable[..., None]


def part_duties(user: User) -> Iterable[Duty]:
    """What the module has to be done every day."""
    yield Duty(label="今天还没有登记", url="")


@pytest.fixture(autouse=True)
def _declared(
    rules: None,
    today: Any,
    county: County,
    acting: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    acting("test")
    monkeypatch.setattr(modules, "declared", lambda: {PART.code: PART})
    modules.forget(county.bureau.pk)
    yield
    modules.forget(county.bureau.pk)


@pytest.fixture
def switch(county: County, administrator: User, security_admin: User) -> Switch:
    """``switch(is_on, from_on)`` of the module, by two people."""

    def do(*, is_on: bool = False, from_on: date = RECEIVED) -> None:
        asked = switching.propose_switch(
            PART.code, county.bureau, is_on=is_on, from_on=from_on, reason="试", by=administrator
        )
        proposals.confirm(asked, by=security_admin)
        modules.forget(county.bureau.pk)

    return do


def terms_of(case: Dispute) -> list[str]:
    """The terms of a case's running clocks."""
    running = Clock._base_manager.filter(case=case.pk, state="running")
    return [*running.values_list("term", flat=True)]


def test_without_the_module_its_clock_does_not_start(
    county: County, clerk: User, switch: Switch
) -> None:
    with_it = make.dispute(county, clerk, RECEIVED)
    switch()
    without = make.dispute(county, clerk, RECEIVED)
    assert ACCEPT in terms_of(with_it)
    assert ACCEPT not in terms_of(without)
    assert {ACCEPT, *terms_of(without)} == {*terms_of(with_it)}


def test_the_day_of_what_happened_says_whether_the_bureau_had_it(
    county: County, clerk: User, switch: Switch, today: Any
) -> None:
    switch(from_on=date(2023, 8, 21))
    today.move_to("2023-08-22T09:00:00+08:00")
    before, since = (make.dispute(county, clerk, date(2023, 8, day)) for day in (18, 21))
    assert (ACCEPT in terms_of(before), ACCEPT in terms_of(since)) == (True, False)


def test_a_clock_that_runs_is_met_as_ever(
    received: Dispute, arbitrator: User, arbitration_head: User, switch: Switch
) -> None:
    switch()
    assert ACCEPT in terms_of(received)
    moves.move(received, "propose", by=arbitrator, data=OPINION)
    case = Dispute._base_manager.get(pk=received.pk)
    data = {"procedure": "ordinary", "handler": arbitrator}
    moves.move(case, "accept", by=arbitration_head, data=data)
    assert Clock._base_manager.get(case=case.pk, term=ACCEPT).state == "met"


def test_nobody_is_reminded_of_it_until_the_bureau_has_it_again(
    county: County, clerk: User, arbitration_head: User, switch: Switch, today: Any
) -> None:
    make.dispute(county, clerk, RECEIVED)
    switch()
    today.move_to("2023-09-01T09:00:00+08:00")
    reminders.take_steps()
    assert not Reminder.objects.filter(clock__term=ACCEPT).exists()
    switch(is_on=True, from_on=date(2023, 9, 1))
    assert reminders.take_steps() == 1
    assert Reminder.objects.filter(clock__term=ACCEPT).exists()


def late(case: Dispute) -> tuple[bool, str]:
    """Whether the list of overdue cases has the case, and what its page says of the clock."""
    clock = Clock._base_manager.get(case=case.pk, term=ACCEPT)
    rows = by_clock(Dispute._base_manager.all(), "overdue")
    return rows.filter(pk=case.pk).exists(), face_of(clock, today=timezone.localdate()).words


def test_it_makes_nothing_overdue_until_the_bureau_has_it_again(
    pending: Dispute, switch: Switch, today: Any
) -> None:
    today.move_to("2023-09-01T09:00:00+08:00")
    before = late(pending)
    switch(from_on=date(2023, 9, 1))
    reminders.run()
    assert late(pending) == (False, "本局不开展")
    assert resting.sum_up_again() == 0
    switch(is_on=True, from_on=date(2023, 9, 1))
    reminders.run()
    assert late(pending) == before == (True, "超期9天")
    assert resting.sum_up_again() == 0


def test_what_the_bureau_set_itself_is_not_to_be_done_either(
    received: Dispute, clerk: User, switch: Switch, today: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = areas.Module(
        code=PART.code, label="试验", about="试", terms=frozenset({"arb.correct_by"})
    )
    monkeypatch.setattr(modules, "declared", lambda: {PART.code: own})
    told = {"to_correct": "身份证明", "correct_by": date(2023, 8, 21)}
    moves.move(received, "ask_correction", by=clerk, data=told)
    day = date(2023, 9, 1)
    today.move_to("2023-09-01T09:00:00+08:00")
    assert [one.term for one in own_days.come(day)] == ["arb.correct_by"]
    switch(from_on=day)
    assert not own_days.come(day).exists()


def test_a_step_taken_before_the_switch_is_not_told_after_it(
    county: County, clerk: User, arbitration_head: User, switch: Switch, today: Any
) -> None:
    make.dispute(county, clerk, RECEIVED)
    today.move_to("2023-09-01T09:00:00+08:00")
    taken = reminders.take_steps()
    switch(from_on=date(2023, 9, 1))
    reminders.tell_people()
    told = Reminder.objects.exclude(sent_to=[])
    assert (told.count(), told.filter(clock__term=ACCEPT).exists()) == (taken - 1, False)
    assert Notice.objects.filter(kind="deadline").values("title").distinct().count() == taken - 1


def test_another_bureau_keeps_its_terms(county: County, clerk: User, switch: Switch) -> None:
    switch()
    root = county.bureau.pk
    assert modules.hidden(root, "terms", ACCEPT)
    assert not modules.hidden(root + 1, "terms", ACCEPT)
    assert not modules.hidden(root, "terms", "arb.correct_by")


def test_its_duties_stand_on_no_workbench(
    clerk: User, county: County, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = next(one for one in areas.portal_apps() if one.name == "arbitration")
    monkeypatch.setattr(type(app), "duties", (f"{__name__}.part_duties",))
    root = county.bureau.pk
    due = Duty(label="今天还没有登记", url="")
    assert due in areas.duties(clerk, modules.without(root))
    switch()
    assert due not in areas.duties(clerk, modules.without(root))
