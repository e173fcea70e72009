"""``manage deadline`` in the shapes that scripts rely on."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from tests.factories import deadlines as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    make.shipped_rules()


def ask(*args) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("deadline", *args, stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("code", "day", "cited", "sureness"),
    [
        ("MED-08", "2023-06-01", "《民事诉讼法》(2021修正)第201条", "K1"),
        ("MED-08", "2024-01-01", "《民事诉讼法》(2023)第205条", "V1"),
        ("ARB-29", "2021-12-31", "《民事诉讼法》(2012、2017修正)第239条", "K1"),
        ("ARB-29", "2023-12-31", "《民事诉讼法》(2021修正)第246条", "K1"),
        ("ARB-29", "2024-01-01", "《民事诉讼法》(2023)第250条", "V1"),
        ("ARB-22", "2023-06-01", "《民事诉讼法》(2021修正)第95条", "K1"),
    ],
)
def test_a_date_is_answered_with_the_law_of_that_day(code, day, cited, sureness):
    data = json.loads(ask(code, day, "--json")[1])["data"]
    assert data["basis"].startswith(cited)
    assert data["sureness"] == sureness


@pytest.mark.parametrize("code", ["ARB-14", "MED-03"])
def test_the_ordinance_of_the_province_is_cited_from_its_first_day(code):
    before, after, elsewhere = (
        json.loads(ask(code, day, "--region", region, "--json")[1])["data"]["basis"]
        for day, region in (
            ("2026-04-30", "341522"),
            ("2026-05-01", "341522"),
            ("2026-05-01", "110000"),
        )
    )
    assert "安徽省" not in before + elsewhere
    assert "安徽省劳动人事争议调解仲裁条例" in after


@pytest.mark.parametrize("region", ["abc", "999999", "某县"])
def test_a_region_that_is_not_known_is_not_answered_as_the_country(region):
    code, out, err = ask("ARB-14", "2023-08-17", "--region", region, "--json")
    assert (code, out, json.loads(err)["error"]["code"]) == (2, "", "unknown_region")


def test_the_envelope():
    code, out, _ = ask("ARB-14", "2023-08-17", "--json")
    data = json.loads(out)["data"]
    trace = data.pop("trace")
    assert code == 0
    assert data == {
        "code": "ARB-14",
        "trigger": "2023-08-17",
        "due": "2023-10-07",
        "internal_due": "2023-09-28",
        "unrolled": "2023-10-01",
        "provisional": False,
        "nature": "statutory",
        "sureness": "V1",
        "region": "CN",
        "basis": "《劳动争议调解仲裁法》第43条；《劳动人事争议仲裁办案规则》"
        "（人社部令第33号，2017-07-01）第45、46、47、80条",
        "version_from": "2017-07-01",
    }
    assert trace[0] == {
        "date": "2023-08-17",
        "counted": 0,
        "n": 0,
        "why": "受理之日：当日不计入",
    }
    assert sum(day["counted"] for day in trace) == 45
    assert [day["date"] for day in trace[-7:]] == [f"2023-10-0{n}" for n in range(1, 8)]
    assert trace[-1]["why"] == "顺延至此工作日（周六，中秋节、国庆节调休上班，工作日）"


def test_pause_and_extension():
    paused = ask("ARB-14", "2024-03-01", "--pause", "2024-03-20:2024-04-19", "--json")
    assert json.loads(paused[1])["data"]["due"] == "2024-05-15"
    extended = ask("ARB-14", "2023-08-17", "--extend", "--json")
    assert json.loads(extended[1])["data"]["due"] == "2023-10-16"
    ten = ask("ARB-14", "2023-08-17", "--extend", "10", "--json")
    assert json.loads(ten[1])["data"]["unrolled"] == "2023-10-11"


def test_hours_take_a_time():
    data = json.loads(ask("INS-18", "2024-03-01T16:40", "--json")[1])["data"]
    assert (data["trigger"], data["due"]) == ("2024-03-01T16:40", "2024-03-02T16:40")


def test_the_table_for_people():
    code, out, _ = ask("MED-06", "2027-03-01")
    assert code == 0
    assert "到期 2027-03-04（暂定，待放假通知）" in out
    assert "本地默认·待确认" in out
    assert "法定" not in out.split("依据")[0]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("ZZZ-9", "2024-03-01"), "unknown_code"),
        (("ARB-14", "2024-3-1"), "bad_date"),
        (("ARB-14", "2024-02-30"), "bad_date"),
        (("ARB-14", "3024-02-03"), "bad_date"),
        (("ARB-14",), "missing_argument"),
        (("ARB-14", "2024-03-01", "--pause", "2024-03-20"), "bad_pause"),
        (("ARB-14", "2024-03-01", "--pause", "2024-03-20:2024-03-19"), "bad_pause"),
        (("ARB-07", "2024-03-01", "--pause", "2024-02-20:2024-02-21"), "bad_pause"),
        (("ARB-14", "2024-03-01", "--extend", "16"), "bad_extend"),
        (("ARB-14", "2024-03-01", "--extend", "0"), "bad_extend"),
        (("ARB-14", "2024-03-01", "--extend", "-3"), "bad_extend"),
        (("ARB-01", "2024-03-01", "--extend"), "bad_extend"),
        (("MED-03", "2024-03-01", "--extend"), "bad_extend"),
        (("MED-09", "2024-03-01"), "no_clock"),
        (("WIN-02", "2024-03-01"), "needs_date"),
        (("BLK-08", "2024-03-01"), "not_in_force"),
        (("LIC-07", "2024-03-01", "--region", "贵州"), "not_in_region"),
        (("--csv", "nowhere.csv"), "bad_file"),
    ],
)
def test_bad_input_is_refused_in_words(args, code):
    status, out, err = ask(*args, "--json")
    error = json.loads(err)["error"]
    assert (status, out, error["code"]) == (2, "", code)
    assert any("一" <= letter <= "鿿" for letter in error["message"])


def test_a_file_of_dates(tmp_path):
    path = tmp_path / "asked.csv"
    path.write_text(
        "﻿code,trigger,pause,extend\n"
        "ARB-01,2023-01-18,,\n"
        "ARB-14,2024-03-01,2024-03-20:2024-03-30;2024-04-01:2024-04-21,\n"
        "INS-03,2023-11-16,,max\n"
        "ARB-14,2023-08-17,,10\n"
        "PET-03,2026-12-30,,\n"
        "RAT-01,2024-01-02,,\n"
        "INS-16,2024-01-02,,\n"
        "NO-1,2024-01-02,,\n",
        encoding="utf-8",
    )
    status, out, _ = ask("--csv", str(path))
    rows = list(csv.DictReader(out.splitlines()))
    assert status == 2
    assert out.splitlines()[0] == "code,trigger,pause,extend,due,internal_due,provisional,error"
    assert [
        (row["due"], row["internal_due"], row["provisional"], row["error"]) for row in rows
    ] == [
        ("2023-01-30", "2023-01-30", "false", ""),
        ("2024-05-15", "2024-05-15", "false", ""),
        ("2024-03-27", "2024-03-27", "false", ""),
        ("2023-10-11", "2023-10-11", "false", ""),
        ("2027-03-01", "2027-02-26", "true", ""),
        ("", "", "", "no_clock"),
        ("", "", "", "needs_date"),
        ("", "", "", "unknown_code"),
    ]
    assert rows[1]["pause"] == "2024-03-20:2024-03-30;2024-04-01:2024-04-21"


def test_a_file_without_errors_ends_well(tmp_path):
    path = tmp_path / "asked.csv"
    path.write_text("code,trigger\nARB-01,2023-01-18\n", encoding="utf-8")
    status, out, _ = ask("--csv", str(path))
    assert (status, out.splitlines()[1]) == (0, "ARB-01,2023-01-18,,,2023-01-30,2023-01-30,false,")


def test_a_file_with_other_columns_is_refused(tmp_path):
    path = tmp_path / "asked.csv"
    path.write_text("编码,日期\nARB-01,2023-01-18\n", encoding="utf-8")
    status, _, err = ask("--csv", str(path), "--json")
    assert (status, json.loads(err)["error"]["message"]) == (2, "缺少列：code、trigger。")
