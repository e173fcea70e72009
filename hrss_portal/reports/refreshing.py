"""Drafts that were started from an older skeleton: what nobody wrote follows the skeleton of today.

The office that owns a section is the skeleton's.  Number and heading follow while the section is
open, text and gaps while no person has written them.  What was checked stays as it was checked.
"""

from typing import Any

from django.db import transaction
from django.db.models import F

from hrss_portal.access.scope import acting_as_system
from hrss_portal.audit import context
from hrss_portal.reports import narrative as plan
from hrss_portal.reports.models import Report, Section

OPEN = (Section.State.BLANK, Section.State.OMITTED)


@transaction.atomic
def refresh(report: Report) -> int:
    """Brings a draft up to date; how many sections changed.  A frozen report stays as it is."""
    draft = Report.objects.select_for_update(of=("self",)).filter(
        pk=report.pk, state=Report.State.DRAFT
    )
    if not draft.exists():
        return 0
    today = {one.code: one for one in plan.load(report.narrative).sections}
    changed = 0
    for section in Section.objects.filter(report=report, code__in=today).order_by("seq"):
        wanted = _wanted(section, today[section.code])
        if values := {name: new for name, new in wanted.items() if getattr(section, name) != new}:
            rows = Section.objects.filter(pk=section.pk, version=section.version)
            changed += rows.update(version=F("version") + 1, **values)
    return changed


def _wanted(section: Section, today: plan.SectionPlan) -> dict[str, Any]:
    """What the section should say, by field, as far as it may be changed."""
    values: dict[str, Any] = {"owner": today.owner}
    if section.state in OPEN:
        values |= {"number": today.number, "heading": today.heading}
        if section.edited_by_id is None:
            values |= {"body": today.body.strip(), "awaiting": list(today.awaiting)}
    return values


def refresh_all() -> int:
    """All drafts, when a new version brings another skeleton; how many sections changed."""
    with acting_as_system("command"), context.actor(None, "系统", "load_data"):
        known = plan.codes()
        drafts = Report.objects.filter(state=Report.State.DRAFT).order_by("pk")
        return sum(refresh(report) for report in drafts if report.narrative in known)
