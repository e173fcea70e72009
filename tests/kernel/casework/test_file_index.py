"""The index of a case's file."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hrss_portal.access.models import User
from hrss_portal.casework import file_index
from tests.cast import County
from tests.factories import arbitration as make
from tests.factories.deadlines import shipped_rules


def test_a_new_file_has_no_papers_in_any_volume(
    county: County, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    shipped_rules()
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 1))
    found = file_index.volumes(case, by=arbitration_head)
    assert [volume.entries for volume in found] == [[]] * len(found)
