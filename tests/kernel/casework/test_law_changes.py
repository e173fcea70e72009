"""A changed calendar moves running clocks once, after two people have seen which."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from arbitration.models import Dispute
from hrss_portal.access import proposals
from hrss_portal.access.models import User
from hrss_portal.casework import law_changes, moves
from hrss_portal.casework.models import Clock, ClockStep, ReplayCheck
from hrss_portal.casework.replay import replay_preview
from hrss_portal.notifications.models import Notice
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import closing, shipped_rules

DAY = date(2023, 11, 14)


@pytest.fixture
def case(
    county: County, arbitrator: User, acting: Callable[..., Any], time_machine: Any
) -> Dispute:
    """A dispute received on Tuesday; its acceptance is due within five working days."""
    time_machine.move_to("2023-11-16T09:00:00+08:00")
    shipped_rules()
    acting("test")
    made = make.dispute(county, None, DAY)
    moves.amend(made, by=None, changes={"handler": arbitrator}, reason="分派", topic="assign")
    return made


def due_days(case: Dispute) -> dict[str, date | None]:
    """The due day of each running clock."""
    rows = Clock._base_manager.filter(case=case.pk, state="running")
    return dict(rows.values_list("term", "due_on"))


def test_a_closed_day_moves_clocks_only_after_the_second_signature(
    case: Dispute, arbitration_head: User, director: User, arbitrator: User
) -> None:
    before = due_days(case)
    law_changes.check()
    assert ReplayCheck.objects.get().moves == []
    closing(date(2023, 11, 17))
    expected = {item.clock.term: item.new_due_on for item in replay_preview()}
    assert expected != {}
    law_changes.check()
    found = law_changes.latest(case.unit.root)
    assert found is not None
    assert len(found.moves) == len(expected)
    assert due_days(case) == before
    made = law_changes.propose(found, by=arbitration_head, reason="台风停工一天")
    with pytest.raises(ValidationError):
        proposals.confirm(made, by=arbitration_head, answer="")
    proposals.confirm(made, by=director)
    assert due_days(case) == before | expected
    steps = ClockStep._base_manager.filter(kind="replay")
    assert {step.approver_id for step in steps} == {director.pk}
    assert Notice.objects.filter(user=arbitrator, title__endswith="到期日重算").count() == 1
    assert replay_preview() == []


def test_the_check_announces_a_change_once(case: Dispute, director: User) -> None:
    closing(date(2023, 11, 17))
    for _ in range(3):
        law_changes.check()
    assert Notice.objects.filter(user=director, key__startswith="replay:").count() == 1
    assert ReplayCheck.objects.count() == 1


def test_a_list_that_no_longer_holds_is_sent_back(
    case: Dispute, arbitration_head: User, director: User
) -> None:
    closing(date(2023, 11, 17))
    law_changes.check()
    found = law_changes.latest(case.unit.root)
    assert found is not None
    made = law_changes.propose(found, by=arbitration_head, reason="停工")
    closing(date(2023, 11, 20))
    with pytest.raises(ValidationError, match="又有变动"):
        proposals.confirm(made, by=director)


def test_the_page_shows_old_and_new_and_proposes_once(
    case: Dispute, arbitration_head: User, director: User, client: Client
) -> None:
    closing(date(2023, 11, 17))
    law_changes.check()
    client.force_login(arbitration_head, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/administration/replay/")
    assert case.reference in page.text
    sent = {"_key": "k1", "reason": "台风停工"}
    assert client.post("/administration/replay/", sent).status_code == 302
    assert client.post("/administration/replay/", sent).status_code == 302
    found = law_changes.latest(case.unit.root)
    assert found is not None
    assert found.proposal is not None
    client.force_login(director, backend="django.contrib.auth.backends.ModelBackend")
    assert "去复核" in client.get("/administration/replay/").text
    shown = client.get(f"/organisation/proposals/{found.proposal_id}/")
    assert f"{case.reference} " in shown.text


def test_the_sheet_of_a_clock_proves_its_day(
    case: Dispute, arbitration_head: User, stranger: User, client: Client
) -> None:
    clock = Clock._base_manager.filter(case=case.pk, due_on__isnull=False).order_by("pk")[0]
    client.force_login(arbitration_head, backend="django.contrib.auth.backends.ModelBackend")
    for tail in ("", "sheet/"):
        page = client.get(f"/clocks/{clock.pk}/{tail}")
        assert page.status_code == 200
        assert f"{clock.due_on:%Y-%m-%d}" in page.text
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/clocks/{clock.pk}/").status_code == 404
