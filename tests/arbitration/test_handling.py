"""Whether a dispute was handled on line from end to end: forms, ledger, figure F026."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from arbitration.forms import ClosingForm
from arbitration.imports.disputes import row_of
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import door
from hrss_portal.indicators.figures import value
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules", "today")]
YEAR: dict[str, Any] = {"frm": date(2022, 1, 1), "to": date(2022, 12, 31)}
HEAD = "案号,申请人,被申请人,案由,收案日期"
ROW = "霍劳人仲案〔2022〕{}号,李明{},霍邱某某有限公司,劳动报酬,2022-02-03"


def land(county: County, clerk: User, file: Path, *lines: str) -> None:
    """Import the lines as an X10 ledger."""
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    call_command("import_sheet", "X10", str(file), "--user", clerk.staff_no, "--commit")


def test_a_ledger_without_the_mark_is_unknown_and_never_counts_as_on_line(
    county: County, clerk: User, tmp_path: Path
) -> None:
    rows = [ROW.format(number, number) for number in range(1, 5)]
    marks = ("办理方式,线下环节", "是,", "线下,", ",线下送达", ",")
    marked = [f"{line},{mark}" for line, mark in zip((HEAD, *rows), marks, strict=True)]
    land(county, clerk, tmp_path / "a.csv", *marked)
    with acting_as_system("test"):
        cases = list(Dispute.objects.order_by("pk"))
        assert [(one.handling, one.offline_step) for one in cases] == [
            ("online", ""),
            ("offline", ""),
            ("offline", "线下送达"),
            ("", ""),
        ]
        words = [row_of(one)["handling"] for one in cases]
        assert words == ["全程线上", "有线下环节", "有线下环节", ""]
        assert value("arb.online", **YEAR).value == 1
        assert value("arb.online_unknown", **YEAR).value == 1
        assert value("arb.online_rate", **YEAR).printed == "全程线上办理率25.00%"


def test_a_ledger_without_the_column_leaves_everything_unknown(
    county: County, clerk: User, tmp_path: Path
) -> None:
    land(county, clerk, tmp_path / "a.csv", HEAD, ROW.format(1, 1))
    with acting_as_system("test"):
        assert Dispute.objects.get().handling == ""
        assert value("arb.online_rate", **YEAR).printed == "全程线上办理率0.00%"


def test_a_named_step_off_line_is_never_on_line(
    county: County, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 16))
    assert case.is_online
    given = {
        "on": "2023-11-16",
        "follow_up": "unknown",
        "handling": "online",
        "offline_step": "线下开庭",
    }
    form = ClosingForm(given, case=case, user=arbitration_head)
    assert form.is_valid(), form.errors
    assert form.move_data()["handling"] == "offline"
    with door.opened(), transaction.atomic(), pytest.raises(IntegrityError, match="offline_step"):
        Dispute.objects.filter(pk=case.pk).update(offline_step="线下开庭")
