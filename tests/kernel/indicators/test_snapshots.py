"""Frozen figures: what was said stays, and the rows that came and went are named."""

from datetime import date
from pathlib import Path

import pytest
from django.db import InternalError, connection, transaction

from hrss_portal.access.models import Absence
from hrss_portal.indicators import catalogue, snapshots
from hrss_portal.indicators.declare import Board, Count, Ratio
from hrss_portal.indicators.engine import ask
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.models import Snapshot, SnapshotPart
from tests.cast import County
from tests.factories.access import UserFactory
from tests.kernel.indicators.conftest import OF_ABSENCE, SAMPLE

YEAR = {"frm": date(2023, 1, 1), "to": date(2023, 11, 16)}


def absence(user, day: date) -> Absence:
    return Absence.objects.create(user=user, from_on=day, to_on=day)


@pytest.mark.django_db
def test_a_frozen_figure_keeps_its_words_and_names_the_rows_that_changed(
    county: County, sample, acting
):
    acting("test")
    user = UserFactory(unit=county.bureau)
    kept, going = absence(user, date(2023, 5, 1)), absence(user, date(2023, 6, 1))
    question = ask(**YEAR)
    frozen = snapshots.freeze(Reader().figure("t.absences", question), question)
    assert (frozen.printed, frozen.locked_by_name) == ("2人次", "系统")
    going.delete()
    coming = [absence(user, date(2023, 7, day)) for day in (1, 2)]
    found = snapshots.difference(frozen)
    assert (found.changed, found.printed, found.redefined) == (True, "3人次", False)
    part = found.parts[0]
    assert (part.came, part.went) == ([row.pk for row in coming], [going.pk or part.went[0]])
    assert part.before == 2
    assert kept.pk not in {*part.came, *part.went}


@pytest.mark.django_db
def test_nothing_changed_is_said_as_well(county: County, sample, acting):
    acting("test")
    absence(UserFactory(unit=county.bureau), date(2023, 5, 1))
    question = ask(**YEAR)
    frozen = snapshots.freeze(Reader().figure("t.both", question), question)
    found = snapshots.difference(frozen)
    assert (found.changed, [part.same for part in found.parts]) == (False, [True, True])
    assert [part.part for part in found.parts] == ["num", "den"]


def test_the_definition_hash_follows_what_is_counted_not_how_it_is_printed(declare):
    plain = {"code": "t.x", "of": "access.absence", "dated_by": "from_on", "unit": "user__unit"}
    hashes = []
    for extra in ({"label": "a"}, {"label": "b"}, {"label": "a", "where": {"user__name": "x"}}):
        declare(Count(**plain, **extra), Ratio(code="t.r", label="r", num=("t.x",), den=("t.x",)))
        hashes.append((catalogue.definition_hash("t.x"), catalogue.definition_hash("t.r")))
    assert hashes[0] == hashes[1]
    assert set(hashes[0]).isdisjoint(hashes[2])


def test_declarations_are_checked(declare):
    declare(*SAMPLE)
    assert catalogue.check() == []
    declare(
        Count(code="t.x", label="", of="access.nothing", dated_by="on"),
        Count(code="t.x", label="", of="access.absence", dated_by="nowhere", unit="user__unit"),
        Count(code="t.y", label="", of="access.absence", unit="user__unit"),
        Ratio(code="t.r", label="", num=("t.none",), den=("t.x",)),
        Board(code="t.board", title="", lines=("t.none",), monthly=("t.y",)),
    )
    assert [problem.msg for problem in catalogue.check()] == [
        "t.x: no model is called access.nothing",
        "two indicators are called t.x",
        "t.x: access.Absence has no path nowhere",
        "t.y: a flow needs dated_by, or a condition that reads the period",
        "t.r: no indicator is called t.none",
        "t.board: no indicator is called t.none",
        "t.board: t.y is no monthly table",
    ]
    assert "town" in OF_ABSENCE["dimensions"]


def test_the_figures_file_has_only_rows_that_are_mapped():
    table = Path(__file__).parents[3] / "docs" / "figures.csv"
    header = table.read_text(encoding="utf-8").splitlines()[0]
    assert header == "id,kind,code,from,to,org,filter,printed,note"


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Snapshot, SnapshotPart])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_a_frozen_figure_and_its_rows_are_never_altered(
    model: type[Snapshot | SnapshotPart], statement: str, county: County, sample, acting
):
    acting("test")
    absence(UserFactory(unit=county.bureau), date(2023, 5, 1))
    question = ask(**YEAR)
    snapshots.freeze(Reader().figure("t.absences", question), question)
    more = " CASCADE" if statement.startswith("TRUNCATE") else ""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(InternalError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table) + more)
