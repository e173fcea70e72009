"""An existing portal is brought up: migrations over rows that are there, forwards and back.

A journey down and up again takes most of a minute of processor time, nearly all of it in building
models as they were; so the rows of all stories travel together, twice.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
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
    pytest.mark.usefixtures("server_shared", "swappable_models_known", "rules", "today"),
    pytest.mark.xdist_group("journeys"),
]


@pytest.fixture
def at_the_newest() -> Iterator[None]:
    """Whatever happens, the tables are whole afterwards."""
    yield
    call_command("migrate", verbosity=0)


def to(target: str) -> None:
    """Take the area to one of its migrations, forwards or back."""
    call_command("migrate", "arbitration", target, verbosity=0)


class Received:
    """Disputes of before there was a way of handling: typed, told by a sheet, and neither."""

    def __init__(self, county: County, clerk: User) -> None:
        days = (date(2023, 11, 1), date(2023, 11, 2), date(2023, 11, 3))
        cases = [make.dispute(county, clerk, day) for day in days]
        self.typed, self.told, self.unknown = (case.pk for case in cases)
        with door.opened():
            Dispute._base_manager.filter(pk=self.unknown).update(source="sheet")
            told = Dispute._base_manager.filter(pk=self.told)
            told.update(handling="offline", offline_step="开庭")

    def are_brought_up(self) -> None:
        """What was told stays told, what nobody told stays unknown."""
        found = dict(Dispute._base_manager.values_list("pk", "handling"))
        assert (found[self.told], found[self.unknown]) == ("offline", "")
        assert Dispute._base_manager.get(pk=self.told).offline_step == "开庭"
        assert self.typed in found


class Systems:
    """Upper systems that are there: one whose days nobody told, one that was given up."""

    def __init__(self, county: County, clerk: User) -> None:
        for name, days in (
            ("在用", {"used_from": date(2023, 3, 1)}),
            ("停用", {"used_until": date(2023, 11, 16)}),
        ):
            made = UpperSystem.objects.create(unit=make.court(county), name=name, keeper=clerk)
            UpperSystem.objects.filter(pk=made.pk).update(**days)

    def are_in_use_from_their_entry(self) -> None:
        """The day on which a row was entered is the first of its use."""
        found = {row.name: (row.used_from, row.used_until) for row in UpperSystem.objects.all()}
        assert found["在用"] == (date(2023, 11, 16), None)
        assert found["停用"] == (date(2023, 11, 16), date(2023, 11, 16))


@pytest.fixture
def plan(
    county: County, clerk: User, arbitrator: User, arbitration_head: User
) -> Callable[[str], Dispute]:
    """An accepted case of the ordinary track with a hearing on 30 November 2023 in a room."""

    def made(room: str) -> Dispute:
        case = make.dispute(county, clerk, date(2023, 11, 16))
        proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
        moves.move(case, "propose", by=clerk, data=proposal)
        decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
        moves.move(case, "accept", by=arbitration_head, data=decision)
        start = datetime.fromisoformat("2023-11-30T09:00+08:00")
        if room != "第一仲裁庭":  # the people of the first hearing are not free at its hour
            start += timedelta(hours=4)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        data = {"room": make.room(county, room), "hearing_on": start.date(), **times}
        moves.move(case, "schedule", by=arbitration_head, data=data)
        return Dispute.objects.get(pk=case.pk)

    return made


class ShortNotice:
    """A simple case whose hearing lawfully has no term of notice, where an older rule gave one."""

    def __init__(self, case: Dispute) -> None:
        self.case = case
        self.clock = Clock._base_manager.get(case=case.pk, term="arb.hearing_notice")
        with door.opened():
            others = Clock._base_manager.filter(case=case.pk).exclude(pk=self.clock.pk)
            others.filter(state="running").update(state="cancelled")
            Dispute._base_manager.filter(pk=case.pk).update(procedure="simple")

    def now(self) -> tuple[str, bool]:
        """The state of its clock, and whether the case shows the day of it."""
        self.clock.refresh_from_db()
        due = Dispute._base_manager.values_list("due_on", flat=True).get(pk=self.case.pk)
        return self.clock.state, due == self.clock.due_on

    def loses_its_term(self) -> None:
        """From 0012 to 0013 and back, twice."""
        found = []
        for target in ("0012", "0013", "0012", "0013"):
            to(target)
            found.append(self.now())
        run, gone = ("running", True), ("cancelled", False)
        assert found == [run, gone, run, gone]
        kinds = self.clock.steps.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["start", "cancel", "reopen", "cancel"]


class Private:
    """A case that was planned in private."""

    def __init__(self, case: Dispute) -> None:
        self.case = case
        case.hearings.all().update(is_public=False)

    def is_sealed(self) -> bool:
        """Whether its file is sealed, read without the columns that later migrations add."""
        return bool(Dispute._base_manager.values_list("is_sealed", flat=True).get(pk=self.case.pk))

    def is_sealed_by_0014(self) -> None:
        """From 0013 to 0014 and back, twice; the story names the system."""
        found = []
        for target in ("0013", "0014", "0013", "0014"):
            to(target)
            found.append(self.is_sealed())
        assert found == [False, True, False, True]
        told = self.case.events.filter(move__in=("seal_file", "unseal_file")).order_by("pk")
        assert list(told.values_list("move", "kind", "by")) == [
            ("seal_file", "system", None),
            ("unseal_file", "system", None),
            ("seal_file", "system", None),
        ]

    def stays_open_once_opened(self) -> None:
        """What somebody opened is not sealed by going back and up."""
        for target in ("0013", "0014"):
            to(target)
            assert not self.is_sealed()


class Ended:
    """A case whose rest was withdrawn after a part award, one without, and a ledger's separate
    awards over which the employer sued."""

    def __init__(self, county: County, clerk: User) -> None:
        days = (date(2023, 11, 1), date(2023, 11, 2), date(2023, 11, 3))
        cases = [make.dispute(county, clerk, day) for day in days]
        self.part, self.whole, self.split = (case.pk for case in cases)
        decided = {"text": "支付工资", "part_awarded_on": date(2023, 11, 10)}
        for seq, awarded in ((7, Decimal(9000)), (8, Decimal(500)), (9, None)):
            cases[0].claims.create(seq=seq, awarded=awarded, **decided)
        with door.opened():
            rows = Dispute._base_manager
            rows.filter(pk__in=(self.part, self.whole)).update(outcome="withdrawn")
            told = {"source": "sheet", "outcome": "split_award", "employer_went": "sued"}
            rows.filter(pk=self.split).update(**told)

    def are_counted(self) -> None:
        """What the part award granted is the amount; the suit is over the award not final."""
        to("0027")
        to("0028")
        found = dict(Dispute._base_manager.values_list("pk", "awarded"))
        assert (found[self.part], found[self.whole]) == (Decimal(9500), None)
        case = Dispute._base_manager.get(pk=self.split)
        assert (case.employer_went, case.employer_open_went) == ("", "sued")


def test_rows_that_are_there_are_brought_up_and_back_twice(
    county: County,
    clerk: User,
    arbitration_head: User,
    plan: Callable[[str], Dispute],
    acting: Callable[..., Any],
    at_the_newest: None,
) -> None:
    acting("test")
    received, systems = Received(county, clerk), Systems(county, clerk)
    Ended(county, clerk).are_counted()
    short, private = ShortNotice(plan("第一仲裁庭")), Private(plan("第二仲裁庭"))
    short.loses_its_term()
    private.is_sealed_by_0014()
    to("0006")
    call_command("migrate", verbosity=0)  # the door works on whole tables
    received.are_brought_up()
    systems.are_in_use_from_their_entry()
    private.case.hearings.all().update(state="held")
    moves.move(private.case, "unseal_file", by=arbitration_head, note="双方同意公开")
    private.stays_open_once_opened()
    to("0006")
    call_command("migrate", verbosity=0)
    received.are_brought_up()
