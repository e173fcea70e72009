"""The court's section of the county's report: each printed figure comes out of rows."""

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arbitration.models import MediationCase, PlatformLook, UpperSystem
from hrss_portal.casework import door
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.breakdown import breakdown, dimension_labels
from hrss_portal.indicators.declare import Distinct, moves_of
from hrss_portal.indicators.engine import ask
from hrss_portal.indicators.figures import Reader, value
from hrss_portal.indicators.filters import BadFilter
from hrss_portal.indicators.monthly import table
from hrss_portal.indicators.rows import rows
from hrss_portal.parties.models import Employer
from tests.cast import County
from tests.factories import activities
from tests.factories import arbitration as factory
from tests.factories.parties import EmployerFactory

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parents[2] / "docs" / "figures.csv"
YEAR: dict[str, Any] = {"frm": date(2023, 1, 1), "to": date(2023, 11, 16)}
OURS = [*(f"F{number:03d}" for number in range(16, 30)), "F142"]


def set_case(case: Any, **values: Any) -> None:
    """What the moves of a whole case would have set; their own tests make the moves."""
    with door.opened():
        type(case).objects.filter(pk=case.pk).update(**values)


def resolved(county: County, number: int, **fields: Any) -> MediationCase:
    """A mediation case that was closed in the year with an agreement."""
    day = date(2023, 1, 9) + timedelta(days=7 * number)
    case = factory.mediation(county, None, day, **fields)
    set_case(case, outcome="agreed", closed_on=day + timedelta(days=2))
    return case


@pytest.fixture
def court(county: County, rules: None, acting) -> County:
    """An empty court."""
    acting("test")
    return county


def test_the_counts_of_mediation_and_the_platform(court: County):
    centre = factory.mediation_body(court)
    town = factory.mediation_body(court, name="城关镇调委会", level="town")
    for number in range(3):
        resolved(court, number, organisation=centre)
    resolved(court, 4, organisation=town)
    resolved(court, 5, organisation=centre, channel="platform")
    factory.mediation(court, None, date(2023, 3, 1), organisation=centre, channel="platform")
    assert value("arb.mediation_resolved", **YEAR).printed == "4起"
    assert value("arb.mediation_resolved", **YEAR, filters="channel=visit").printed == "3起"
    assert value("arb.internet_cases", **YEAR).printed == "1件"


def test_channels_and_results_are_words_and_are_found_by_either(court: County):
    for number, channel in enumerate(("visit", "visit", "phone")):
        resolved(court, number, channel=channel)
    question = ask(**YEAR)
    assert [cell.label for cell in breakdown("arb.mediation_resolved", "channel", question)] == [
        "来访",
        "电话",
    ]
    ended = breakdown("arb.mediation_resolved", "outcome", question)
    assert [cell.label for cell in ended] == ["达成协议"]
    for way in ("channel=visit", "channel=来访"):
        assert value("arb.mediation_resolved", **YEAR, filters=way).value == 2


def test_late_platform_cases_turn_the_sentence(court: County):
    centre = factory.mediation_body(court)
    case = resolved(court, 1, organisation=centre, channel="platform")
    with door.opened():
        case.clocks.update(state="cancelled")
    assert value("arb.internet_overdue", **YEAR).printed == "没有期限记录，是否超期待核"
    other = resolved(court, 2, organisation=centre, channel="platform")
    set_case(other, platform_due_at="2023-02-17T18:00+08:00")
    assert value("arb.internet_overdue", **YEAR).printed == "有期限记录的1件均无超期情况"
    set_case(case, platform_due_at="2023-01-17T18:00+08:00")
    assert value("arb.internet_overdue", **YEAR).printed == "其中1件超期"
    assert rows("arb.internet_overdue", ask(**YEAR)).count() == 1
    set_case(case, platform_due_at="2023-01-18T12:00+08:00")
    assert value("arb.internet_overdue", **YEAR).printed == "均无超期情况"
    set_case(case, closed_on=None, outcome="")
    assert value("arb.internet_overdue", **YEAR).printed == "其中1件超期"
    before = {"frm": date(2023, 1, 1), "to": date(2023, 1, 17)}
    assert value("arb.internet_overdue", **before).value == 0


def test_a_missed_term_is_overdue_where_the_platform_set_no_time(court: County):
    centre = factory.mediation_body(court)
    case = resolved(court, 1, organisation=centre, channel="platform")
    late = {"state": "met", "due_on": date(2023, 1, 16), "met_on": date(2023, 2, 1)}
    with door.opened():
        case.clocks.update(state="cancelled")
        case.clocks.filter(term="med.same_day").update(**late)
    assert value("arb.internet_overdue", **YEAR).value == 0
    with door.opened():
        case.clocks.filter(term="med.platform_accept").update(**late)
    assert value("arb.internet_overdue", **YEAR).value == 1


def test_disputes_online_flow_and_moves(court: County, monkeypatch):
    for number in range(4):
        case = factory.dispute(court, None, date(2023, 2, 1 + number))
        set_case(case, accepted_on=date(2023, 2, 10 + number), handling="online")
    set_case(case, closed_on=date(2023, 3, 20))
    found = value("arb.online_rate", **YEAR)
    assert (found.printed, found.shown) == ("全程线上办理", "100.00%（4/4）")
    set_case(case, handling="offline", offline_step="送达")
    assert value("arb.online_rate", **YEAR).printed == "全程线上办理率75.00%"
    lines = table("arb.monthly", ask(frm=date(2023, 2, 1), to=date(2023, 3, 31)))
    assert [(one.carried, one.received, one.closed, one.pending) for one in lines] == [
        (0, 4, 0, 4),
        (4, 0, 1, 3),
        (0, 4, 1, 3),
    ]
    assert value("arb.days_median", **YEAR).printed == "35.0天"


def test_moves_are_counted_by_their_day(court: County, monkeypatch):
    factory.dispute(court, None, date(2023, 2, 1))
    item = moves_of("arbitration.dispute", "open", code="arb.opened", label="收件")
    monkeypatch.setitem(catalogue.indicators(), "arb.opened", item)
    assert value("arb.opened", **YEAR).value == 1
    assert value("arb.opened", **YEAR, filters="town=城关镇;month=2023-02").value == 1
    assert value("arb.opened", **YEAR, filters="town=河口镇").value == 0
    assert rows("arb.opened", ask(**YEAR)).count() == 1


def test_a_merged_employer_counts_once(court: County, monkeypatch):
    for day in (1, 2, 3):
        factory.dispute(court, None, date(2023, 2, day))
    item = Distinct(
        code="arb.employers",
        label="被申请人",
        of="casework.caseparty",
        key="employer",
        dated_by="case__opened_on",
        unit="case__unit",
        dimensions={"town": "case__town"},
    )
    monkeypatch.setitem(catalogue.indicators(), "arb.employers", item)
    assert value("arb.employers", **YEAR).printed == "3家"
    first, second, _ = Employer.objects.order_by("pk")
    Employer.objects.filter(pk=second.pk).update(merged_into=first)
    assert value("arb.employers", **YEAR).printed == "2家"
    assert rows("arb.employers", ask(**YEAR)).count() == 2


def test_a_voided_case_does_not_count(court: County):
    case = factory.dispute(court, None, date(2023, 2, 1))
    assert value("arb.received", **YEAR).value == 1
    set_case(case, voided_at="2023-03-01T09:00+08:00", void_reason="重复登记")
    assert value("arb.received", **YEAR).value == 0


def test_whoever_sees_no_dispute_sees_no_figure_of_it(court, employment_clerk, client, arbitrator):
    client.force_login(employment_clerk)
    assert client.get("/indicators/arb.received/").status_code == 403
    assert "收到仲裁申请" not in client.get("/indicators/").content.decode()
    client.force_login(arbitrator)
    assert client.get("/indicators/arb.received/").status_code == 200
    assert client.get("/boards/arb.board/").status_code == 200


def asked_rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["id"] in OURS]


def test_an_employer_visited_for_two_purposes_counts_once_in_each_figure(court: County):
    activities.tags(court)
    firm = EmployerFactory(unit=court.bureau)
    both = {"purposes": ("labour_law", "paid_leave"), "campaigns": ("three_deliveries",)}
    activities.visit(court, date(2023, 3, 1), employer=firm, **both)
    activities.visit(
        court, date(2023, 4, 1), employer=firm, campaigns=("hundred_arbitrators", "four_in_one")
    )
    activities.visit(court, date(2023, 4, 1), **both)
    activities.visit(court, date(2023, 4, 1), campaigns=("four_in_one",))
    activities.visit(court, date(2022, 12, 31), **both)
    voided = activities.visit(court, date(2023, 5, 1), **both)
    type(voided).objects.filter(pk=voided.pk).update(
        voided_at="2023-05-02T09:00+08:00", void_reason="重复登记"
    )
    assert value("arb.employers_served", **YEAR).printed == "2家"
    assert value("arb.employers_guided", **YEAR).printed == "2家"
    assert value("arb.employers_served", **YEAR, filters="town=河口镇").value == 0
    assert rows("arb.employers_served", ask(**YEAR)).count() == 2
    with CaptureQueriesContext(connection) as queries:
        assert len([str(row) for row in rows("arb.employers_served", ask(**YEAR))]) == 2
    assert len(queries) == 1


@pytest.fixture
def year_2023(court: County) -> County:
    """Rows that give each figure of the section as the source document prints it."""
    centre = factory.mediation_body(court)
    for number in range(36):
        resolved(court, number, organisation=centre)
    body = factory.mediation_body(court, name="平台受理点", level="town")
    for _ in range(29):
        case = factory.mediation(
            court, None, date(2023, 2, 1), organisation=body, channel="platform"
        )
        set_case(case, closed_on=date(2023, 2, 1), outcome="failed")
        with door.opened():
            case.clocks.update(state="met", met_on=date(2023, 2, 1))
    for number in range(52):
        factory.mediation_body(court, name=f"示例企业{number}调委会", level="enterprise")
    for role, count in (("full_time", 3), ("officer", 2), ("assistant", 1)):
        for _ in range(count):
            factory.staff(court, role)
    factory.staff(court, "full_time", ended_on=date(2023, 5, 1))
    activities.tags(court)
    for number in range(54):
        activities.visit(
            court,
            date(2023, 2, 1) + timedelta(days=number),
            purposes=("labour_law", "paid_leave"),
            campaigns=("hundred_arbitrators", "three_deliveries"),
        )
    for number in range(3):
        case = factory.dispute(court, None, date(2023, 3, 1 + number))
        set_case(case, accepted_on=date(2023, 3, 6), handling="online")
    return court


def test_the_figures_file_comes_out_of_the_rows(year_2023, tmp_path: Path, capsys):
    asked = asked_rows()
    questions = tmp_path / "figures.csv"
    with questions.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, asked[0])
        writer.writeheader()
        writer.writerows(asked)
    call_command("figures", "--csv", str(questions))
    answered = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert [(row["id"], row["printed"], row["error"]) for row in answered] == [
        (row["id"], row["printed"], "") for row in asked
    ]


def test_every_code_of_the_file_exists():
    for row in asked_rows():
        if row["kind"] == "figure":
            assert catalogue.get(row["code"]).code == row["code"]


def test_the_section_reads_as_reported(year_2023, tmp_path: Path, capsys):
    out = tmp_path / "report.docx"
    call_command("report", "county-2023", "--out", str(out), "--json")
    data = json.loads(capsys.readouterr().out)["data"]
    printed = {figure["code"]: figure["printed"] for figure in data["figures"]}
    assert printed["arb.mediation_resolved"] == "36起"
    assert printed["arb.online_rate"] == "仲裁案件全程线上办理"
    assert printed["arb.internet_overdue"] == "均无超期情况"


def test_reading_the_board_is_a_handful_of_queries(year_2023, django_assert_max_num_queries):
    reader = Reader()
    asked = [
        (code, ask(**YEAR)) for code in catalogue.boards()["arb.board"].lines if code in
        catalogue.indicators()
    ]  # fmt: skip
    with django_assert_max_num_queries(4):
        reader.prepare(asked)


def test_the_claims_of_practice_count_their_registers(court: County, clerk: Any):
    for code in ("tripartite_meetings", "fast_accepted", "systems_kept", "platform_looks"):
        assert value(f"arb.{code}", **YEAR).value == 0
    unit = factory.court(court)
    activities.meeting(court, on=date(2023, 5, 4))
    activities.meeting(court, on=date(2023, 5, 5), state="planned")
    fast = factory.dispute(court, clerk, date(2023, 3, 1))
    set_case(fast, accepted_on=date(2023, 3, 6), procedure="fast")
    UpperSystem.objects.create(
        unit=unit, name="测试系统", level="省", keeper=clerk, used_from=date(2023, 1, 1)
    )
    PlatformLook.objects.create(unit=unit, on=date(2023, 4, 3))
    for code in ("tripartite_meetings", "fast_accepted", "systems_kept", "platform_looks"):
        assert value(f"arb.{code}", **YEAR).value == 1
        stock = code == "systems_kept"
        question = ask(frm=None if stock else YEAR["frm"], to=YEAR["to"])
        assert rows(f"arb.{code}", question).count() == 1


def test_a_kind_without_channels_is_not_broken_down_by_channel(court: County):
    for code in ("arb.mediation_received", "arb.received"):
        assert "channel" in dimension_labels(code)
    assert "channel" not in dimension_labels("arb.hearings")
    with pytest.raises(BadFilter):
        breakdown("arb.hearings", "channel", ask(**YEAR))
