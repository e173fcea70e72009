"""Rows of a frozen report: whose names are held back, whose numbers are not told, which amounts."""

import re
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from hrss_portal.access.models import Absence, User
from hrss_portal.access.scope import acting_as_system
from hrss_portal.indicators.models import SnapshotPart
from hrss_portal.reports import freezing, frozen_rows
from hrss_portal.reports.frozen_rows import FrozenRows, numbers_of
from hrss_portal.reports.models import Report
from tests.kernel.reports.test_writing import finish

pytestmark = pytest.mark.django_db
OWN = (date(2023, 5, 1), date(2023, 5, 2))


def absent(user: User) -> Absence:
    """A row of the user's own that the figures count."""
    return Absence.objects.create(user=user, from_on=OWN[0], to_on=OWN[1])


def frozen(report: Report, by: User) -> Report:
    """The report, finished and frozen."""
    finish(report, by)
    return freezing.freeze(report, by=by)


def page_of(user: User, url: str) -> BeautifulSoup:
    browser = Client()
    browser.force_login(user)
    return BeautifulSoup(browser.get(url).content, "html.parser")


def test_names_out_of_scope_are_held_back_from_who_reads_every_row(
    report: Report, office_clerk: User
) -> None:
    with acting_as_system("test"):
        mine = absent(office_clerk)
        others = list(Absence.objects.exclude(pk=mine.pk))
        frozen(report, office_clerk)
    main = page_of(office_clerk, f"/reports/{report.pk}/figures/1/rows/").find("main")
    words = main.get_text(" ")
    assert "明细 4 行" in words
    assert words.count(frozen_rows.HELD_BACK) == len(others) == 3
    assert str(mine) in words
    assert not [one for one in others if str(one) in words]
    kept = FrozenRows.of(report, "1", "num")
    lines = {line.name: line.url for line in kept.lines(office_clerk, 0, kept.seen)}
    assert lines[frozen_rows.HELD_BACK] == ""


def test_a_reader_is_not_told_the_numbers_of_rows_out_of_scope(
    report: Report, office_clerk: User, employment_clerk: User
) -> None:
    with acting_as_system("test"):
        frozen(report, office_clerk)
        foreign = absent(office_clerk)
        mine = absent(employment_clerk)
    label, keys = Absence._meta.label_lower, [foreign.pk, mine.pk]
    own = [str(mine)]
    every = [frozen_rows.HELD_BACK, *own]
    assert [line.key for line in numbers_of(employment_clerk, label, keys, whole=False)] == own
    assert [line.key for line in numbers_of(employment_clerk, label, keys, whole=True)] == every
    words = page_of(employment_clerk, f"/reports/{report.pk}/difference/").get_text(" ")
    assert set(re.findall(r"增 2 行：(.*?) 等，还有 1 行", words)) == {own[0]}
    assert words.count("增 2 行") == words.count("等，还有 1 行")


def test_an_amount_that_was_not_kept_is_not_made_up(report: Report, office_clerk: User) -> None:
    with acting_as_system("test"):
        frozen(report, office_clerk)
    figure = report.figures.select_related("snapshot").get(use="1")
    kept = FrozenRows(figure.snapshot, "num")
    lines = kept.lines(office_clerk, 0, kept.seen)
    assert [line.amount for line in lines] == ["1"] * 3
    part: Any = kept.parts[0]
    without = SnapshotPart(model=part.model, ids=part.ids, amounts=None)
    kept.entries = frozen_rows._entries(without)
    lines = kept.lines(office_clerk, 0, kept.seen)
    assert [line.amount for line in lines] == ["—"] * 3
