"""Who sits, who reads what, and what a ledger row tells."""

from collections.abc import Callable
from datetime import date
from typing import Any

from arbitration.forms.approval import sitting_arbitrators
from arbitration.imports.disputes import past_moves
from arbitration.roles import roles
from hrss_portal.access.models import User
from tests.cast import County
from tests.factories import arbitration as make


def test_only_arbitrators_in_office_with_a_valid_certificate_sit(
    county: County, arbitration_head: User, acting: Callable[..., Any], today: Any
) -> None:
    acting(arbitration_head)
    make.staff(county, name="在任")
    make.staff(county, name="今天到期", expires_on=date(2023, 11, 16))
    make.staff(county, name="证件过期", expires_on=date(2023, 11, 15))
    make.staff(county, name="尚未到任", started_on=date(2023, 11, 17))
    make.staff(county, name="已离任", ended_on=date(2023, 11, 15))
    make.staff(county, "officer", name="工作人员")
    assert {one.name for one in sitting_arbitrators()} == {"在任", "今天到期"}


def test_legal_affairs_reads_disputes_and_no_mediation() -> None:
    mine = {action for role in roles if role.post == "LEG" for action in role.can}
    assert "dispute.view" in mine
    assert not {action for action in mine if action.startswith("mediationcase")}


def test_a_case_transferred_after_acceptance_keeps_its_acceptance_on_import() -> None:
    row = {
        "close_mode": "transferred",
        "filed_on": date(2023, 3, 6),
        "hearing_on": None,
        "closed_on": date(2023, 3, 20),
        "applicants": "张示例",
        "awarded": None,
    }
    assert [one.code for one in past_moves(row)] == ["accept", "transfer", "close"]
    early = past_moves({**row, "filed_on": None})
    assert [one.code for one in early] == ["transfer", "close"]
