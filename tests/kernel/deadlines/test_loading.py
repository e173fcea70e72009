"""The shipped tables in the database: all of them, once, and never over the bureau's own rows."""

import csv
from datetime import date
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, transaction

import hrss_portal.deadlines as app
from hrss_portal.access.scope import acting_as_system
from hrss_portal.deadlines.loading import load_all
from hrss_portal.deadlines.lookup import rule_for
from hrss_portal.deadlines.models import CalendarDay, CalendarYear, LegalRule, Parameter
from tests.factories import deadlines as make

pytestmark = pytest.mark.django_db
COLUMNS = [
    "code",
    "app",
    "case_kind",
    "name_zh",
    "trigger_event",
    "unit",
    "counting_rule",
    "extension",
    "suspension_causes",
    "legal_basis_zh",
    "warn_before",
    "consequence",
    "sureness",
    "direction",
    "actor",
    "nature",
    "ext_unit",
    "ext_approver",
    "region",
    "source",
    "note",
]


def rows(name):
    text = (Path(app.__file__).parent / "data" / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_every_row_of_the_table_is_stored_as_it_stands():
    make.shipped_rules()
    for row in rows("deadlines.csv"):
        rule = LegalRule.objects.get(
            code=row["code"], region=row["region"], valid_from=row["valid_from"] or None
        )
        assert {name: getattr(rule, name) for name in COLUMNS} == {n: row[n] for n in COLUMNS}
        assert f"{rule.length.normalize():f}" == row["length"]
        assert str(rule.ext_length or "") == row["ext_length"]
        assert str(rule.valid_to or "") == row["valid_to"]
    assert LegalRule.objects.values("code").distinct().count() == 195 + 5  # of the house


def test_calendar_and_parameters_are_whole():
    make.shipped_rules()
    assert CalendarDay.objects.filter(year__status="published").count() == 180
    assert list(CalendarYear.objects.values_list("year", "status")) == [
        *((year, "published") for year in range(2022, 2027)),
        (2027, "provisional"),
    ]
    local = {row["code"] for row in rows("local_settings.csv")}
    shipped = Parameter.objects.exclude(code__in=local)
    assert shipped.count() == len(rows("rates_and_limits.csv")) == 105


def test_loading_again_changes_nothing():
    make.shipped_rules()
    with acting_as_system("test"):
        again = load_all()
    assert {name: (one.created, one.changed) for name, one in again.items()} == {
        "rules": (0, 0),
        "calendar": (0, 0),
        "parameters": (0, 0),
        "conditions": (0, 0),
    }


def test_a_shipped_row_is_brought_back_but_its_end_stays():
    make.shipped_rules()
    with acting_as_system("test"):
        LegalRule.objects.filter(code="ARB-01").update(note="旧", valid_to=date(2026, 12, 31))
        assert load_all()["rules"].changed == 1
    rule = LegalRule.objects.get(code="ARB-01")
    assert (rule.note, rule.valid_to) == ("", date(2026, 12, 31))


def test_the_bureaus_own_rows_are_left_alone():
    make.shipped_rules()
    with acting_as_system("test"):
        LegalRule.objects.filter(code="ARB-23").update(length=3, origin="bureau")
        CalendarYear.objects.filter(year=2027).update(status="published", origin="bureau")
        CalendarDay.objects.filter(year=2027).delete()
        load_all()
    assert LegalRule.objects.get(code="ARB-23").length == 3
    assert not CalendarDay.objects.filter(year=2027).exists()


def test_two_versions_never_overlap():
    make.rule(valid_from=date(2020, 1, 1), valid_to=date(2022, 12, 31))
    make.rule(valid_from=date(2023, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        make.rule(valid_from=date(2022, 6, 1), valid_to=date(2022, 7, 1))


def test_every_shipped_rule_is_clean():
    make.shipped_rules()
    for rule in LegalRule.objects.all():
        rule.clean()
        assert rule.period


def test_the_step_after_migrations_loads_the_rules():
    with acting_as_system("test"):
        call_command("load_data", stdout=StringIO())
    assert LegalRule.objects.values("code").distinct().count() == 195 + 5  # of the house


def test_tables_loaded_before_each_law_had_its_name_are_put_right():
    load_all()
    move = import_module("hrss_portal.deadlines.migrations.0004_name_each_law")
    rules = LegalRule.objects.filter(code__in=move.PROVINCIAL)
    with acting_as_system("test"):
        rules.filter(region="CN").update(valid_to=move.BEFORE)
        rules.filter(region="安徽").update(region="CN")
        rates = Parameter.objects.filter(code__in=["ARR-CRIME-10", "LOAN-HIRE-RATIO"])
        rates.filter(code="ARR-CRIME-10").update(name="同上：10名以上劳动者累计")
        rates.filter(valid_from="2023-10-01").update(name="同上")
    stored = Parameter.objects.count(), LegalRule.objects.count()
    move.name_them(apps, None)
    load_all()
    assert (Parameter.objects.count(), LegalRule.objects.count()) == stored
    assert not Parameter.objects.filter(name__startswith="同上").exists()
    day = date(2026, 6, 1)
    assert [rule_for("ARB-14", day, region).region for region in ("341522", "110000")] == [
        "安徽",
        "CN",
    ]
