"""Drafts of an older skeleton, and who hears that a section is left out."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from hrss_portal.notifications.models import Notice
from hrss_portal.reports import refreshing, writing
from hrss_portal.reports.models import Report, Section

pytestmark = pytest.mark.django_db
OLD = {"owner": "旧股名", "heading": "旧标题", "body": "旧句子。", "awaiting": ["旧指标"]}


def section(report: Report, code: str) -> Section:
    return Section.objects.select_related("report__org").get(report=report, code=code)


def old(report: Report, code: str, **more: Any) -> dict[str, Any]:
    """The section as an older skeleton made it; what today's says, by field."""
    found = section(report, code)
    today = {name: getattr(found, name) for name in OLD}
    Section.objects.filter(pk=found.pk).update(**OLD, **more)
    return today


def fields(report: Report, code: str) -> dict[str, Any]:
    return {name: getattr(section(report, code), name) for name in OLD}


def test_what_nobody_wrote_follows_the_skeleton_of_today(report: Report, acting: Any) -> None:
    acting("test")
    today = old(report, "disputes")
    version = section(report, "disputes").version
    assert refreshing.refresh(report) == 1
    assert fields(report, "disputes") == today
    assert section(report, "disputes").version == version + 1
    assert refreshing.refresh(report) == 0


def test_what_a_person_wrote_stays(report: Report, acting: Any, office_clerk: Any) -> None:
    acting("test")
    today = old(report, "disputes", edited_by=office_clerk)
    refreshing.refresh(report)
    kept = {name: OLD[name] for name in ("body", "awaiting")}
    assert fields(report, "disputes") == today | kept


def test_what_was_checked_stays_but_for_its_office(
    report: Report, acting: Any, office_clerk: Any
) -> None:
    acting("test")
    seen = {"checked_by": office_clerk, "checked_at": timezone.now(), "state": "checked"}
    today = old(report, "disputes", **seen)
    refreshing.refresh(report)
    assert fields(report, "disputes") == OLD | {"owner": today["owner"]}
    assert section(report, "disputes").state == "checked"


def test_a_new_version_and_a_second_start_refresh_drafts(
    report: Report, acting: Any, office_clerk: Any
) -> None:
    acting("test")
    today = old(report, "disputes")
    call_command("load_data")
    assert fields(report, "disputes") == today
    old(report, "disputes")
    asked = {"org": report.org, "frm": report.from_on, "to": report.to_on, "by": office_clerk}
    assert writing.start(report.narrative, **asked) == report
    assert fields(report, "disputes") == today


def test_the_head_of_the_office_hears_that_its_section_is_left_out(
    report: Report, acting: Any, office_clerk: Any, arbitration_head: Any, employment_head: Any
) -> None:
    acting("test")
    one = section(report, "disputes")
    writing.omit(one, reason="尚未核实", by=office_clerk, version=one.version)
    notice = Notice.objects.get()
    assert (notice.user, notice.url) == (arbitration_head, f"/reports/{report.pk}/#disputes")
    assert "本期不编入" in notice.title
    assert "尚未核实" in notice.body
    again = section(report, "services")
    writing.omit(again, reason="尚未接入", by=employment_head, version=again.version)
    assert Notice.objects.count() == 1  # the head who decides need not be told
