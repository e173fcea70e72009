"""Every field of the forms of a case can be filled in, and is seen on the page of the case."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils.module_loading import import_string

from arbitration.models import Dispute, MediationCase
from arbitration.views import DisputeDetail, MediationDetail
from hrss_portal.access.models import User
from hrss_portal.casework.forms import MoveForm
from hrss_portal.casework.workflow import workflow_of
from tests.cast import County
from tests.factories import arbitration as make

#: What a function shows instead of the bare field, and what no person types.
IN_COURT = {
    f"{side}_{award}{what}"
    for side in ("worker", "employer")
    for award in ("", "open_")
    for what in ("went", "result")
}
SHOWN_BY_FUNCTION = {
    *("handling", "follow_up", "suspend_cause", "procedure", "received_at", "court_result"),
    *("is_clear", "simple_agreed", "simple_barred"),  # with the conditions of the track
    *IN_COURT,
}
FROM_LEDGERS = {"arbitrators_as_recorded", "clerk_as_recorded", "mediator_as_recorded"}
FROM_THE_MOVE = {"finality", "review", "transferred_in_on"}  # follow from what else it asks
BY_ITSELF = {"received_at", *IN_COURT}  # of what else the form asks


def own_fields(model: Any) -> set[str]:
    """The columns that a kind of case adds to Case."""
    return {one.name for one in model._meta.local_concrete_fields if one.name != "case_ptr"}


def filled_in(model: Any) -> set[str]:
    """The fields that the intake form or a move's form asks and the move stores."""
    flow = workflow_of(model)
    found = set(import_string(flow.form).base_fields)
    for move in flow.moves:
        form = move.form_class() or MoveForm
        found |= set(move.sets) & (set(form.base_fields) | FROM_THE_MOVE)
    return found


def shown(detail: Any) -> set[str]:
    """The fields that the facts of a page name."""
    return {row.value for facts in detail.facts for row in facts.rows if isinstance(row.value, str)}


@pytest.mark.parametrize(
    ("model", "detail"), [(Dispute, DisputeDetail), (MediationCase, MediationDetail)]
)
def test_every_field_is_filled_in_somewhere_and_shown(model: Any, detail: Any) -> None:
    known = own_fields(model)
    assert known - filled_in(model) - FROM_LEDGERS - BY_ITSELF == set()
    assert known - shown(detail) - SHOWN_BY_FUNCTION == set()


@pytest.mark.usefixtures("rules", "today")
def test_the_page_says_when_the_application_was_signed(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1), evidence_due_on=date(2023, 12, 20))
    text = make.page_of(case, clerk)
    assert "申请人签名日期" in text
    assert "2023-12-20" in text
