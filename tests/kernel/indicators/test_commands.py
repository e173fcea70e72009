"""The commands in their exact shapes."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from hrss_portal.access.models import Absence
from tests.cast import County
from tests.factories.access import UserFactory

pytestmark = pytest.mark.django_db
PERIOD = ("--from", "2023-01-01", "--to", "2023-11-16")


def run(capsys, *args: str) -> dict:
    call_command(*args, "--json")
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def two_absences(county: County, sample, acting) -> County:
    acting("test")
    for name, month in (("城关镇", 3), ("河口镇", 4)):
        user = UserFactory(unit=county.town(name))
        Absence.objects.create(user=user, from_on=date(2023, month, 1), to_on=date(2023, month, 9))
    return county


def test_figures_answers_in_the_promised_shape(two_absences, capsys):
    found = run(capsys, "figures", "--code", "t.absences", *PERIOD, "--by", "town")
    row = found["data"][0]
    assert found["ok"] is True
    assert list(row) == [
        "code", "name", "org", "from", "to", "as_of", "value", "unit", "numerator",
        "denominator", "previous", "change", "printed", "provisional", "override", "by",
    ]  # fmt: skip
    assert (row["value"], row["unit"], row["printed"]) == ("2", "人次", "2人次")
    assert row["by"] == [
        {"key": "341522100", "label": "城关镇", "value": "1"},
        {"key": "341522101", "label": "河口镇", "value": "1"},
    ]


def test_figure_rows_counts_what_the_figure_says(two_absences, capsys):
    data = run(capsys, "figure_rows", "t.absences", *PERIOD, "--limit", "1")["data"]
    assert (data["code"], data["kind"], data["value"]) == ("t.absences", "count", "2")
    assert data["total"] == {"count": 2, "sum": "2"}
    assert list(data["rows"][0]) == ["model", "pk", "key", "on", "amount", "part"]
    first = data["rows"][0]
    assert (first["model"], first["on"], first["part"]) == ("access.absence", "2023-03-01", "num")
    rest = run(capsys, "figure_rows", "t.absences", *PERIOD, "--after", str(first["pk"]))["data"]
    assert [row["on"] for row in rest["rows"]] == ["2023-04-01"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("figures", "--code", "t.nothing", *PERIOD), "unknown_code"),
        (("figures", "--code", "t.jobs"), "no_date"),
        (("figures", "--code", "t.jobs", "--to", "gestern"), "bad_date"),
        (("figures", "--from", "2023-02-01", "--to", "2023-01-01"), "bad_period"),
        (("figures", "--code", "t.jobs", *PERIOD, "--filter", "colour=red"), "bad_filter"),
        (("figures", "--code", "t.jobs", *PERIOD, "--org", "月球"), "unknown_org"),
        (("figure_rows", "t.jobs", *PERIOD, "--part", "den"), "no_rows"),
        (("figure_rows", "t.jobs", *PERIOD, "--after", "x:y"), "bad_after"),
    ],
)
def test_bad_input_exits_two_and_says_why(sample, capsys, args, code):
    with pytest.raises(SystemExit) as left:
        call_command(*args, "--json")
    assert left.value.code == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == code


def test_a_file_of_questions_is_answered_row_by_row(two_absences, tmp_path: Path, capsys):
    questions = tmp_path / "questions.csv"
    questions.write_text(
        "id,kind,code,from,to,org,filter,printed,note\n"
        "A1,figure,t.absences,2023-01-01,2023-11-16,,town=城关镇,1人次,\n"
        "A2,parameter,name.tripartite_sides,,2023-11-16,,,三方,\n"
        "A3,text,,,,,,均已公开,\n"
        "A4,figure,t.dead,2023-01-01,2023-11-16,,,均无停止情况,\n"
        "A5,figure,t.nothing,2023-01-01,2023-11-16,,,,\n",
        encoding="utf-8",
    )
    with pytest.raises(SystemExit) as left:
        call_command("figures", "--csv", str(questions))
    assert left.value.code == 2
    assert list(csv.DictReader(StringIO(capsys.readouterr().out))) == [
        {"id": "A1", "code": "t.absences", "value": "1", "printed": "1人次", "error": ""},
        {"id": "A2", "code": "name.tripartite_sides", "value": "3", "printed": "三方", "error": ""},
        {"id": "A3", "code": "", "value": "", "printed": "均已公开", "error": ""},
        {"id": "A4", "code": "t.dead", "value": "0", "printed": "均无停止情况", "error": ""},
        {"id": "A5", "code": "t.nothing", "value": "", "printed": "", "error": "unknown_code"},
    ]


def test_the_table_is_readable(two_absences, capsys):
    call_command("figures", "--code", "t.absences", *PERIOD)
    assert capsys.readouterr().out == "t.absences  请假次数  2人次  2023-01-01..2023-11-16\n"
