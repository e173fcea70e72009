"""The template of X16 offers the mediation organisations that the register holds."""

import io
import warnings
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.imports import fixing, registry
from hrss_portal.imports.workbooks import template
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.django_db


def book(user: Any) -> Any:
    with acting_as(user, "test"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(template(registry.sheet("X16"))))


def listed(user: Any) -> tuple[list[Any], str]:
    """The organisations of the drop-down, and what the guide says about the column."""
    found = book(user)
    head = [str(cell.value).rstrip("*") for cell in found["填报表"][2]]
    place = head.index("调解组织") + 1
    cells = [row[0] for row in found["选项"].iter_rows(min_col=place, max_col=place, values_only=1)]
    guide = {row[0]: row[2] for row in found["填表说明"].iter_rows(values_only=True)}
    return [cell for cell in cells if cell], str(guide["调解组织"])


@pytest.fixture
def bodies(county: County) -> None:
    with acting_as_system("test"):
        make.mediation_body(county)
        make.mediation_body(county, name="城关镇调委会", level="town", town=county.town("城关镇"))
        make.mediation_body(county, name="河口镇调委会", level="town", town=county.town("河口镇"))
        make.mediation_body(county, name="记错的", voided_at=timezone.now())


@pytest.mark.usefixtures("bodies")
def test_registered_organisations_are_the_drop_down(arbitration_head: Any) -> None:
    names, words = listed(arbitration_head)
    assert names == ["县劳动人事争议调解中心", "城关镇调委会", "河口镇调委会"]
    assert "共 3 项" in words


@pytest.mark.usefixtures("bodies")
def test_a_list_that_is_cut_says_so_and_does_not_stop_other_names(
    arbitration_head: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixing, "LISTED", 2)
    names, words = listed(arbitration_head)
    assert len(names) == 2
    assert "没有列出的照登记的全称填写" in words
    kinds = [
        rule.errorStyle
        for rule in book(arbitration_head)["填报表"].data_validations.dataValidation
        if rule.error and "没有列出的" in rule.error
    ]
    assert "information" in kinds
