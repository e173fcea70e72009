"""来源渠道 of disputes: asked at intake, in list, ledger and figures; 未登记 where nobody said."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from arbitration.forms import CompletionForm, DisputeForm
from arbitration.models import Dispute
from hrss_portal.access.models import User
from hrss_portal.casework import door
from hrss_portal.indicators.breakdown import breakdown
from hrss_portal.indicators.engine import ask
from hrss_portal.indicators.figures import value
from hrss_portal.indicators.monthly import table
from tests.cast import County
from tests.factories import arbitration as make

pytestmark = pytest.mark.usefixtures("rules", "today")
Acting = Callable[..., Any]
YEAR = {"frm": date(2023, 1, 1), "to": date(2023, 11, 16)}
LIST = "arbitration:dispute_list"
HEAD = "案号,申请人,被申请人,案由,收案日期,渠道\n"
ROW = "霍劳人仲案〔2023〕7号,王甲,霍邱示例乙有限公司,社会保险,2023-05-01,{}\n"


@pytest.fixture
def three(county: County, clerk: User, acting: Acting) -> list[Dispute]:
    """One case by the window, one by way of mediation, one of which nobody recorded it."""
    acting("test")
    ways = ("window", "mediation", "")
    return [
        make.dispute(county, clerk, date(2023, 5, day), channel=way)
        for day, way in enumerate(ways, 1)
    ]


def page_of(user: User, url: str) -> str:
    """The text of a page as the user sees it."""
    browser = Client()
    browser.force_login(user)
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("channel", "mode", "field"),
    [
        ("", "written", "channel"),
        ("online", "written", "apply_mode"),
        ("mail", "online", "apply_mode"),
        ("mail", "mail", ""),
        ("inspection", "written", ""),
    ],
)
def test_intake_asks_by_which_way_the_case_came(
    county: County, clerk: User, acting: Acting, channel: str, mode: str, field: str
) -> None:
    acting(clerk)
    said = {"channel": channel, "apply_mode": mode}
    form = DisputeForm(said, user=clerk, unit=make.court(county))
    form.is_valid()
    assert {"channel", "apply_mode"} & set(form.errors) == {field} - {""}


def test_what_was_taken_in_quickly_says_it_when_it_is_completed(
    three: list[Dispute], clerk: User
) -> None:
    for channel, field in (("", "channel"), ("mail", "apply_mode")):
        said = {"channel": channel, "apply_mode": "online"}
        form = CompletionForm(said, case=three[2], user=clerk)
        form.is_valid()
        assert field in form.errors


def test_the_list_is_filtered_by_channel_and_by_not_recorded(
    three: list[Dispute], arbitration_head: User
) -> None:
    for way, shown in (("mediation", 1), ("none", 2)):
        page = page_of(arbitration_head, f"{reverse(LIST)}?channel={way}")
        assert [case.reference in page for case in three] == [n == shown for n in range(3)]
    pages = [
        page_of(arbitration_head, reverse("arbitration:dispute_detail", args=[case.pk]))
        for case in three
    ]
    assert "调解转入" in pages[1]
    assert "来源渠道</dt><dd>未登记" in "".join(pages[2].split())


def test_figures_and_the_monthly_table_are_by_channel(
    three: list[Dispute], arbitration_head: User, acting: Acting
) -> None:
    acting(arbitration_head)
    cells = breakdown("arb.received", "channel", ask(**YEAR))
    assert {(cell.label, cell.value) for cell in cells} == {
        ("窗口（来访）", 1),
        ("调解转入", 1),
        ("未登记", 1),
    }
    for cell in cells:
        found = value("arb.received", **YEAR, filters=cell.question.filters)
        assert found.value == cell.value
    acting("test")
    with door.opened():
        Dispute.objects.filter(pk=three[1].pk).update(accepted_on=date(2023, 5, 4))
    for way, received in (("调解转入", 1), ("窗口（来访）", 0)):
        lines = table("arb.monthly", ask(**YEAR, filters=f"channel={way}"))
        assert lines[-1].received == received
    page = page_of(
        arbitration_head, f"{reverse('indicators:figure', args=['arb.received'])}?by=channel"
    )
    assert "未登记" in page


def test_a_ledger_tells_the_channel_and_a_blank_changes_nothing(
    county: County, clerk: User, tmp_path: Path, acting: Acting, capsys: Any
) -> None:
    for cell, stored in (("", ""), ("监察移送", "inspection"), ("", "inspection")):
        (tmp_path / "x10.csv").write_text(HEAD + ROW.format(cell), encoding="utf-8")
        call_command(
            "import_sheet", "X10", str(tmp_path / "x10.csv"), "--user", clerk.staff_no, "--commit"
        )
        acting("test")
        assert Dispute.objects.get().channel == stored
