"""Two people on one report at the same moment: a freeze, a change of a section, a hand-over."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from hrss_portal.access.scope import acting_as_system
from hrss_portal.indicators import snapshots
from hrss_portal.reports import freezing, writing
from hrss_portal.reports.composed import NotReady
from hrss_portal.reports.models import Handover, Report, Section
from tests.kernel.reports.test_writing import finish, section
from tests.racing import WAIT, together

pytestmark = pytest.mark.django_db(transaction=True)


def blocked(found: list[Any]) -> bool:
    """Whether a runner has ended, or waits in the database for somebody's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return bool(found) or cursor.fetchone()[0] > 0


def wait_for(true: Callable[[], bool]) -> None:
    """Returns once something is so; fails the test after a minute."""
    pause = threading.Event()
    for _ in range(WAIT * 50):
        if true():
            return
        pause.wait(0.02)
    raise AssertionError("nothing happened")


@pytest.mark.parametrize("verb", ["reopen", "omit", "edit", "fill_texts"])
def test_a_section_is_not_changed_while_its_report_is_frozen(
    report: Report, office_clerk: Any, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """The change begins on a draft, after the freeze has found everything locked."""
    with acting_as_system("test"):
        finish(report, office_clerk)
        one, other = section(report), section(report, "services")
        fresh = Report.objects.get(pk=report.pk)
    changes = {
        "reopen": lambda: writing.reopen(one, reason="补录", version=one.version),
        "omit": lambda: writing.omit(other, reason="别的", by=office_clerk, version=other.version),
        "edit": lambda: writing.edit(
            other, body="改。", awaiting=[], version=other.version, by=office_clerk
        ),
        "fill_texts": lambda: writing.fill_texts(
            fresh, {"lead_employer": "别的"}, version=fresh.version
        ),
    }
    frozen_so_far, ended = threading.Event(), []
    keep = snapshots.freeze

    def keep_slowly(*args: Any) -> Any:
        if not frozen_so_far.is_set():
            frozen_so_far.set()
            wait_for(lambda: blocked(ended))
        return keep(*args)

    monkeypatch.setattr(snapshots, "freeze", keep_slowly)

    def work(number: int) -> Any:
        if number == 0:
            return freezing.freeze(report, by=office_clerk)
        assert frozen_so_far.wait(WAIT)
        try:
            return changes[verb]()
        finally:
            ended.append(verb)

    results = together(2, work, scope=lambda: acting_as_system("test"))
    assert [type(found) for found in results] == [Report, NotReady]
    with acting_as_system("test"):
        assert Report.objects.get().state == Report.State.FROZEN
        assert section(report).state == Section.State.LOCKED
        assert section(report, "services").state == Section.State.OMITTED
        assert section(report, "services").omitted_reason == "业务尚未接入"


def test_a_report_handed_over_by_four_at_once_is_handed_over_once(
    report: Report, office_clerk: Any
) -> None:
    with acting_as_system("test"):
        finish(report, office_clerk)
        freezing.freeze(report, by=office_clerk)
        frozen = Report.objects.get()

    def send(number: int) -> Handover:
        return writing.hand_over(
            frozen, sent_to="市人社局", sent_on=date(2023, 12, 1), by=office_clerk
        )

    results = together(4, send, scope=lambda: acting_as_system("test"))
    assert len({found.pk for found in results}) == 1
    with acting_as_system("test"):
        assert Handover.objects.count() == 1
        assert Report.objects.get().version == frozen.version + 1
