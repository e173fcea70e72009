"""Whether a dispute was handled on line from end to end: forms, ledger, figure F026."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from arbitration.forms import ClosingForm, DisputeForm
from arbitration.imports.disputes import ledger
from arbitration.models import Dispute, Hearing
from arbitration.workflows.hearings import hold_hearing
from arbitration.workflows.serving import record_delivery
from hrss_portal.access.models import User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import door, moves
from hrss_portal.casework.models import Delivery
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
        words = [ledger.row_of(one)["handling"] for one in cases]
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


def closing(case: Dispute, user: User, **given: str) -> ClosingForm:
    """The form of closing, filled in as said."""
    return ClosingForm(
        {"on": "2023-11-16", "follow_up": "none", "note": "拟结案", **given}, case=case, user=user
    )


def test_a_named_step_off_line_is_never_on_line(
    county: County, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 16), apply_mode="online")
    assert case.handling == ""
    form = closing(case, arbitration_head, offline_step="线下开庭")
    assert form.is_valid(), form.errors
    assert form.move_data()["handling"] == "offline"
    with door.opened(), transaction.atomic(), pytest.raises(IntegrityError, match="offline_step"):
        Dispute.objects.filter(pk=case.pk).update(offline_step="线下开庭")


def test_intake_says_what_it_knows_and_no_more(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting(clerk)
    unit = make.court(county)
    assert "online" not in dict(DisputeForm(user=clerk, unit=unit).fields["handling"].choices)
    for mode, expected in (("written", "offline"), ("mail", "offline"), ("online", "")):
        form = DisputeForm({"apply_mode": mode, "handling": ""}, user=clerk, unit=unit)
        form.is_valid()
        assert form.cleaned_data["handling"] == expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("direct", "offline"), ("left", "offline"), ("mail", "offline"), ("electronic", "")],
)
def test_a_delivery_by_hand_or_by_mail_is_a_step_off_line(
    county: County, clerk: User, acting: Callable[..., Any], mode: str, expected: str
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 16), apply_mode="online")
    with door.opened():
        sent = Delivery.objects.create(
            case=case,
            party=case.parties.get(role="respondent"),
            recipient="某",
            doc_name="申请书副本",
            mode=mode,
            address="霍邱县示例路",
            sent_on=date(2023, 11, 16),
            mail_no="EMS0001" if mode == "mail" else "",
            refusal="拒收" if mode == "left" else "",
            witnesses="村干部" if mode == "left" else "",
            recorded_by=clerk,
        )
    assert case.offline_steps() == ()
    done = {"delivery": sent, "signed_on": date(2023, 11, 16), "signed_by": "某"}
    event = case.events.latest("pk")
    with door.opened():
        record_delivery(case, done, event)
    case.refresh_from_db()
    assert case.handling == expected


def test_a_hearing_in_a_room_is_a_step_off_line_and_closing_refuses_the_contrary(
    county: County, arbitration_head: User, acting: Callable[..., Any]
) -> None:
    acting(arbitration_head)
    case = make.dispute(county, arbitration_head, date(2023, 11, 16), apply_mode="online")
    assert closing(case, arbitration_head, handling="online").is_valid()
    start = timezone.now() - timedelta(days=1)
    period = DateTimeTZRange(start, start + timedelta(hours=1))
    with door.opened():
        hearing = Hearing.objects.create(
            dispute=case, unit=case.unit, room=make.room(county), period=period, is_remote=True
        )
        hold_hearing(case, {"hearing": hearing}, case.events.latest("pk"))
    assert case.handling == ""
    with door.opened():
        Hearing.objects.filter(pk=hearing.pk).update(is_remote=False)
        hearing.refresh_from_db()
        hold_hearing(case, {"hearing": hearing}, case.events.latest("pk"))
    case.refresh_from_db()
    assert (case.handling, case.offline_steps()) == ("offline", ("线下开庭",))
    form = closing(case, arbitration_head, handling="online")
    assert "已登记线下环节（线下开庭）" in str(form.errors["handling"])
    assert closing(case, arbitration_head).fields["handling"].initial == "offline"


def test_a_correction_makes_no_open_case_one_that_was_on_line(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 16), apply_mode="online")
    with pytest.raises(ValidationError, match="结案审批时选"):
        moves.amend(case, by=clerk, changes={"handling": "online"}, reason="更正")


def test_a_case_just_received_shows_nothing_of_its_end(
    county: County, clerk: User, acting: Callable[..., Any]
) -> None:
    acting(clerk)
    case = make.dispute(county, clerk, date(2023, 11, 1))
    page = make.page_of(case, clerk)
    assert "办理方式" in page
    assert "结案方式" not in page
