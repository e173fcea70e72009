"""The list of disputes leads to those that may be put on the simple or the fast track."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arbitration.deadlines.tracks import TRACKS
from arbitration.models import Dispute
from arbitration.workflows.tracks import (
    RULE_SETS,
    is_respondent_missing,
    may_take,
    respondent_missing,
    verdict,
)
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Delivery
from hrss_portal.deadlines.conditions import State
from hrss_portal.deadlines.matching import column
from hrss_portal.deadlines.models import Condition, Parameter
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
DAY = date(2023, 11, 16)
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理"}


@pytest.fixture
def taken(county: County, clerk: User, acting: Callable[..., Any]) -> list[Dispute]:
    """Disputes that have just been taken in, of which the form says this and that."""
    acting("test")
    Parameter.objects.filter(code="ARB-SIMPLE").update(value="50000")
    facts: list[dict[str, Any]] = [
        {"is_migrant_wage": True},
        {"is_migrant_wage": True, "is_clear": True, "simple_barred": False},
        {"amount": None},
        {"amount": Decimal(50000), "simple_barred": False},
        {"amount": Decimal("50000.01"), "is_clear": False, "simple_agreed": False},
        {"simple_barred": True},
    ]
    return [make.dispute(county, clerk, DAY, **told) for told in facts]


def found(procedure: str, state: str = "met") -> set[int]:
    return set(
        may_take(Dispute.objects.order_by("pk"), procedure, state).values_list("pk", flat=True)
    )


def test_the_list_says_of_each_case_what_its_page_says(taken: list[Dispute]) -> None:
    for procedure in RULE_SETS:
        said = {case.pk: verdict(case, procedure).state for case in taken}
        for state in State:
            assert found(procedure, state) == {pk for pk, one in said.items() if one == state}
    assert found("fast") == {taken[0].pk, taken[1].pk}
    assert found("simple", "missing") == {one.pk for one in taken[:4]}
    assert found("simple", "unmet") == {one.pk for one in taken[4:]}


def test_what_is_on_the_track_accepted_or_ended_is_not_listed(
    taken: list[Dispute], clerk: User, arbitration_head: User, arbitrator: User
) -> None:
    chosen, other = taken[:2]
    moves.move(chosen, "propose", by=clerk, data=PROPOSAL | {"procedure": "fast"})
    assert found("fast") == {other.pk}
    moves.move(other, "propose", by=clerk, data=PROPOSAL | {"procedure": "ordinary"})
    assert found("fast") == {other.pk}  # the head may still choose the other one
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(other, "accept", by=arbitration_head, data=decision)
    assert found("fast") == set()
    moves.move(taken[3], "withdraw_early", by=clerk, data={"outcome": "withdrawn"})
    assert taken[3].pk not in found("simple", "missing")


def test_the_conditions_of_today_count_and_none_is_no_case(taken: list[Dispute]) -> None:
    Condition.objects.filter(ruleset="arb.fast").update(valid_from=date(2023, 11, 17))
    for state in State:
        assert found("fast", state) == set()


def test_every_fact_of_a_track_is_told_by_the_database() -> None:
    told = [column(Dispute, fact, DAY) for rules in TRACKS for fact in rules.fields]
    assert len(told) == 10


def test_who_cannot_be_found_is_the_same_in_the_database(
    accepted: Dispute, county: County, clerk: User
) -> None:
    said: list[bool | None] = []

    def look() -> None:
        rows = Dispute.objects.annotate(gone=is_respondent_missing(DAY)).order_by("pk")
        for row in rows:
            known = respondent_missing(Dispute.objects.get(pk=row.pk))
            assert row.gone == (known.value if known else None)
        said.append(rows[0].gone)

    look()  # nothing served
    make.served(accepted, clerk, "申请书副本", roles=("respondent",))
    look()
    first = accepted.parties.get(role="respondent")
    with door.opened():
        second = type(first).objects.create(case=first.case, role="respondent", seq=2, name="乙")
        look()  # the second one has not been reached
        first.is_representative = True
        first.save()
        look()  # the first one answers for both
        first.is_representative = False
        first.save()
        second.left_on = DAY
        second.save()
        look()
        served = Delivery.objects.filter(case=accepted.pk, party=first)
        served.update(deemed_on=date(2023, 12, 1))
        look()  # counts as served later
        served.update(mode="notice", media="报纸")
        look()
        served.update(state="void")
        look()
    assert said == [None, False, None, False, False, None, True, None]


def test_the_page_asks_one_question_for_any_number_of_cases(
    taken: list[Dispute], county: County, clerk: User, arbitration_head: User
) -> None:
    browser = Client()
    browser.force_login(arbitration_head)
    url = f"{reverse('arbitration:dispute_list')}?stage=open&track=fast.met"
    browser.get(url)  # what is remembered between requests is remembered

    def asked() -> tuple[int, int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(url)
        judging = [one for one in queries if "WHEN TRUE THEN" in one["sql"]]
        return len(queries), len(judging), page.content.decode()

    few, judging, page = asked()
    assert judging == 1
    assert [case.reference in page for case in taken] == [True, True, *[False] * 4]
    assert "符合速裁（简易）条件" in page
    assert "农民工工资速裁条件都符合" in page
    for _ in range(12):
        make.dispute(county, clerk, DAY, is_migrant_wage=True)
    assert asked()[:2] == (few, 1)
