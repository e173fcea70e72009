"""Rows of registers in a demo: their days, and the stored rows and parties that they point to."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from arbitration.models import SystemCheck, UpperSystem
from hrss_portal.access.models import User
from hrss_portal.activities.models import Visit
from hrss_portal.desk.demo import DemoBroken, tell_stories
from hrss_portal.parties.models import Employer
from tests.cast import County
from tests.factories.parties import EmployerFactory

pytestmark = pytest.mark.usefixtures("today", "rules")
Tell = Callable[[str], int]
SYSTEM = """
[[record]]
model = "arbitration.UpperSystem"
by = "2001"
fields = { name = "省调解仲裁平台", level = "省", keeper = "ref:access.User:staff_no=STAFF" }
"""
CHECK = """
[[record]]
model = "arbitration.SystemCheck"
by = "2003"
fields = { system = "ref:arbitration.UpperSystem:name=省调解仲裁平台", on = "day:0" }
"""
VISIT = """
[[record]]
model = "activities.Visit"
by = "2003"
fields = { employer = "employer:0", staff_names = "苏书" }
"""


@pytest.fixture
def firm(county: County) -> Employer:
    """The only synthetic employer."""
    return EmployerFactory(unit=county.bureau)


@pytest.fixture
def tell(tmp_path: Path, clerk: User, arbitration_head: User, firm: Employer) -> Tell:
    """``tell(text)`` keeps what a ``stories.toml`` says."""

    def keep(text: str) -> int:
        told = text.replace("STAFF", clerk.staff_no)
        (tmp_path / "stories.toml").write_text(told, encoding="utf-8")
        users = {"2001": arbitration_head, "2003": clerk}
        return tell_stories(tmp_path, users, [], [firm])

    return keep


def test_a_row_points_to_one_that_is_stored_and_to_one_told_before(tell: Tell, clerk: User) -> None:
    tell(SYSTEM + CHECK)
    check = SystemCheck._base_manager.select_related("system__keeper").get()
    assert (check.on, check.system.name) == (date(2023, 11, 16), "省调解仲裁平台")
    assert (check.system.keeper, check.system.source) == (clerk, "demo")


def test_a_row_points_to_a_synthetic_party(tell: Tell, firm: Employer) -> None:
    tell(VISIT)
    assert Visit._base_manager.get().employer == firm


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CHECK, "ref:arbitration.UpperSystem:name=省调解仲裁平台"),
        (SYSTEM.replace("staff_no=STAFF", "staff_no=9999"), "staff_no=9999"),
        (SYSTEM.replace("access.User", "access.Nobody"), "access.Nobody"),
        (VISIT.replace("employer:0", "employer:7"), "employer:7"),
    ],
)
def test_a_row_that_points_to_nothing_says_which(text: str, words: str, tell: Tell) -> None:
    with pytest.raises(DemoBroken, match=words):
        tell(text)
    assert not UpperSystem._base_manager.exists()
