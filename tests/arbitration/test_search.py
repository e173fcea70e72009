"""A case is found by what it is called now: its number, its parties, whoever joined it."""

from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Case
from hrss_portal.casework.moves import PartyIn
from tests.cast import County
from tests.factories import arbitration as make

LIST = "/arbitration/disputes/"
PROPOSAL = {"summary": make.SUMMARY, "handler_opinion": "拟受理", "procedure": "ordinary"}
pytestmark = pytest.mark.usefixtures("rules", "today")


@pytest.fixture
def accepted(
    county: County, clerk: User, arbitration_head: User, arbitrator: User, acting: Any
) -> Dispute:
    """A dispute that got its number when it was accepted."""
    acting("test")
    case = make.dispute(county, clerk, date(2023, 11, 15))
    moves.move(case, "propose", by=clerk, data=PROPOSAL)
    decision = {"procedure": "ordinary", "handler": arbitrator, "deputy": clerk}
    moves.move(case, "accept", by=arbitration_head, data=decision)
    return Dispute.objects.get(pk=case.pk)


def found(user: User, words: str) -> tuple[set[str], set[str]]:
    """The pages of cases that the box of the list leads to, and the box of the frame."""
    browser = Client()
    browser.force_login(user)
    rows = browser.get(LIST, {"q": words}).context["table"]
    answer = browser.get("/search/", {"q": words})
    if answer.status_code == 302:
        return {row.url for row in rows}, {answer.url}
    hits = {hit.url for group in answer.context["groups"] for hit in group.hits}
    return {row.url for row in rows}, hits


def finds(user: User, words: str, case: Dispute) -> bool:
    """Whether both boxes find the case, or neither does."""
    url = f"{LIST}{case.pk}/"
    listed, searched = (url in pages for pages in found(user, words))
    assert listed == searched
    return listed


def test_an_accepted_case_is_found_by_its_number(accepted: Dispute, arbitration_head: User) -> None:
    number = str(accepted.number)
    tail = number.rpartition("〕")[2]
    for words in (number, number.replace("〔", "[").replace("〕", "]"), tail):
        assert finds(arbitration_head, words, accepted), words
    assert not finds(arbitration_head, "9999号", accepted)


def test_who_joined_is_found(accepted: Dispute, clerk: User, arbitration_head: User) -> None:
    assert not finds(arbitration_head, "后来建筑", accepted)
    third = PartyIn(role="third", name="霍邱后来建筑有限公司")
    moves.move(accepted, "add_party", by=clerk, data={"party": third})
    assert finds(arbitration_head, "后来建筑", accepted)


def test_a_step_that_changes_no_name_writes_the_case_once(accepted: Dispute, clerk: User) -> None:
    before = Case._base_manager.get(pk=accepted.pk)
    with CaptureQueriesContext(connection) as asked:
        moves.move(accepted, "send", by=clerk)
    assert not [one for one in asked if '"grams" =' in one["sql"] and '"title" =' in one["sql"]][1:]
    after = Case._base_manager.get(pk=accepted.pk)
    assert (after.grams, after.title) == (before.grams, before.title)


def test_stored_cases_get_their_grams(accepted: Dispute) -> None:
    right = Case._base_manager.get(pk=accepted.pk).grams
    with door.opened():
        Case._base_manager.filter(pk=accepted.pk).update(grams=["旧"])
    module = import_module("hrss_portal.casework.migrations.0015_index_numbers_and_parties")
    with connection.schema_editor() as editor:
        module.index_anew(apps, editor)
    assert Case._base_manager.get(pk=accepted.pk).grams == right
