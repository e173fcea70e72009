"""The registers of the court answer the questions that the county report asks of them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arbitration import forms
from arbitration.models import BudgetLine, Hearing, PlatformLook, SystemCheck, UpperSystem
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Clock, Event
from hrss_portal.reports import writing
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules")
Acting = Callable[..., Any]


def page_of(user: User, name: str, query: str = "") -> str:
    """The text of a list page as the user sees it."""
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse(f"arbitration:{name}") + query).content.decode()


def test_the_fast_track_has_its_own_target_beside_the_statutory_term(
    county: County,
    arbitration_head: User,
    arbitrator: User,
    clerk: User,
    acting: Acting,
    today: Any,
) -> None:
    today.move_to("2023-08-16T09:00:00+08:00")
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 8, 16), is_migrant_wage=True)
    proposal = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "fast"}
    moves.move(case, "propose", by=clerk, data=proposal)
    acting(arbitration_head)
    today.move_to("2023-08-17T09:00:00+08:00")
    decision = {"procedure": "fast", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    due = {clock.term: clock.due_on for clock in Clock.objects.filter(case=case.pk)}
    assert due["arb.fast_award_15"] == date(2023, 9, 1)
    assert due["arb.fast_award"] < due["arb.award"]
    targets = Clock.objects.filter(case=case.pk, term__startswith="arb.fast_award")
    assert {clock.is_target for clock in targets} == {True}
    assert {clock.rule.nature for clock in targets} == {"policy"}
    # The statutory day decides what is overdue; the target is shown beside it.
    case.refresh_from_db()
    assert not case.due_term.startswith("arb.fast_award")


def test_hearings_without_the_uniform_tick_are_found(
    county: County, arbitration_head: User, acting: Acting
) -> None:
    acting(arbitration_head)
    room = make.room(county)
    for day, worn in ((5, True), (6, None)):
        Hearing.objects.create(
            unit=make.court(county),
            dispute=make.dispute(county, arbitration_head, date(2023, 8, 16)),
            room=room,
            period=DateTimeTZRange(
                datetime.fromisoformat(f"2023-09-0{day}T09:00+08:00"),
                datetime.fromisoformat(f"2023-09-0{day}T11:00+08:00"),
            ),
            state=Hearing.State.HELD,
            uniform_worn=worn,
        )
    text = page_of(arbitration_head, "hearing_list", "?uniform=no")
    assert ("09-06" in text, "09-05" in text) == (True, False)


def test_a_budget_line_shows_what_is_left(
    county: County, arbitration_head: User, acting: Acting
) -> None:
    acting(arbitration_head)
    line = BudgetLine.objects.create(
        unit=make.court(county),
        year=2023,
        item="仲裁办案经费",
        amount=Decimal("120000.00"),
        spent=Decimal("45000.50"),
        state=BudgetLine.State.IN_BUDGET,
    )
    assert line.balance == Decimal("74999.50")
    assert "74,999.5" in page_of(arbitration_head, "budgetline_list")


def test_a_system_is_checked_once_a_day(
    county: County, arbitration_head: User, acting: Acting
) -> None:
    acting(arbitration_head)
    unit = make.court(county)
    system = UpperSystem.objects.create(
        unit=unit, name="仲裁办案系统", level="省", keeper=arbitration_head
    )
    check = {"unit": unit, "system": system, "on": date(2023, 11, 15)}
    SystemCheck.objects.create(**check)
    with pytest.raises(IntegrityError), transaction.atomic():
        SystemCheck.objects.create(**check)
    assert SystemCheck.objects.get().result == "ok"


def disputes_paragraph(county: County, by: User) -> str:
    """What the county's report says of the arbitration court."""
    period = {"frm": date(2023, 1, 1), "to": date(2023, 11, 16)}
    report = writing.start("county-2023", org=county.bureau, by=by, **period)
    found = writing.composed_of(report).paragraphs
    return next(one.text for one in found if (one.section, one.kind) == ("disputes", "body"))


def held(county: County, day: int, worn: bool | None) -> Hearing:
    """A hearing that was held on a day of September, with what is known of the attire."""
    return Hearing.objects.create(
        unit=make.court(county),
        dispute=make.dispute(county, None, date(2023, 8, 16)),
        room=make.room(county, f"第{day}庭"),
        period=DateTimeTZRange(
            datetime.fromisoformat(f"2023-09-0{day}T09:00+08:00"),
            datetime.fromisoformat(f"2023-09-0{day}T11:00+08:00"),
        ),
        state=Hearing.State.HELD,
        uniform_worn=worn,
    )


def test_the_report_claims_budget_and_uniform_only_where_rows_say_so(
    county: County, arbitration_head: User, acting: Acting, today: Any
) -> None:
    acting("test")
    blank = disputes_paragraph(county, arbitration_head)
    assert "纳入县级财政预算，" not in blank
    assert "统一着装" not in blank
    assert "【待填：仲裁工作经费列入县级财政预算的情况" in blank
    court = make.court(county)
    BudgetLine.objects.create(
        unit=court, year=2023, item="办案经费", amount=Decimal(1), state=BudgetLine.State.IN_BUDGET
    )
    for day, worn in ((5, True), (6, False)):
        held(county, day, worn)
    half = disputes_paragraph(county, arbitration_head)
    assert "是仲裁工作经费纳入县级财政预算，" in half
    assert "，开庭着装符合规定50" in half
    Hearing.objects.update(uniform_worn=True)
    assert "，开庭统一着装；" in disputes_paragraph(county, arbitration_head)


def test_the_report_names_the_basis_where_attire_was_not_always_recorded(
    county: County, arbitration_head: User, acting: Acting, today: Any
) -> None:
    """Of an imported hearing, and of one without the entry, nobody knows the attire."""
    acting("test")
    held(county, 5, True)
    dispute = held(county, 6, None).dispute
    text = disputes_paragraph(county, arbitration_head)
    assert "，有着装记录的1次开庭均统一着装；" in text
    Hearing.objects.filter(dispute=dispute).delete()
    assert "，开庭统一着装；" in disputes_paragraph(county, arbitration_head)
    day = date(2023, 9, 6)
    heard = {"on": day, "counts_on": day, "is_live": False, "move": "hear", "label": "开庭审理"}
    with door.opened():
        for _ in range(2):
            Event.objects.create(case=dispute, kind="move", **heard)
    text = disputes_paragraph(county, arbitration_head)
    assert "开庭2次，有着装记录的1次开庭均统一着装；" in text
    Hearing.objects.update(uniform_worn=False)
    text = disputes_paragraph(county, arbitration_head)
    assert "有着装记录的1次开庭着装符合规定0.00%；" in text


@pytest.mark.parametrize(
    ("form", "name", "ahead"),
    [
        (forms.PlatformLookForm, "on", False),
        (forms.SystemCheckForm, "on", False),
        (forms.EquipmentCheckForm, "on", False),
        (forms.EquipmentForm, "acquired_on", False),
        (forms.JointNoticeForm, "issued_on", False),
        (forms.JointNoticeForm, "reply_by", True),
        (forms.StaffMemberForm, "expires_on", True),
        (forms.StaffMemberForm, "ended_on", True),
    ],
)
def test_what_happened_lies_behind_us_and_what_is_planned_may_lie_ahead(
    form: Any, name: str, ahead: bool, today: Any
) -> None:
    field = form.base_fields[name]
    now = timezone.localdate()
    assert field.clean(str(now)) == now
    tomorrow = now + timedelta(days=1)
    if ahead:
        assert field.clean(str(tomorrow)) == tomorrow
        return
    with pytest.raises(ValidationError, match="还没有到"):
        field.clean(str(tomorrow))


def test_a_look_of_a_future_day_is_refused_on_its_page(
    county: County, clerk: User, acting: Acting, today: Any
) -> None:
    browser = Client()
    browser.force_login(clerk)
    day = timezone.localdate() + timedelta(days=10)
    sent = {"on": str(day), "new_cases": "0", "pending": "0", "_key": "look-ahead"}
    answer = browser.post(reverse("arbitration:platformlook_add"), sent)
    assert "还没有到" in answer.content.decode()
    acting("test")
    assert not PlatformLook.objects.exists()
