"""Visits, meetings and tasks for tests; nobody and nothing in them is real."""

from datetime import date
from typing import Any

from hrss_portal.access.models import Unit, User
from hrss_portal.activities.loading import load_campaigns
from hrss_portal.activities.models import Campaign, Meeting, Task, Topic, Visit
from hrss_portal.casework import moves
from tests.cast import County
from tests.factories.parties import EmployerFactory


def tags(county: County) -> None:
    """The shipped topics and campaigns."""
    load_campaigns()


def topic(code: str) -> Topic:
    """A shipped topic."""
    return Topic.objects.get(code=code)


def campaign(code: str) -> Campaign:
    """A shipped campaign of the only bureau in the test."""
    return Campaign._base_manager.get(code=code)


def visit(
    county: County,
    on: date,
    *,
    purposes: tuple[str, ...] = ("labour_law",),
    campaigns: tuple[str, ...] = (),
    **fields: Any,
) -> Visit:
    """A visit by the arbitration court to an employer in 城关镇."""
    unit: Unit = fields.pop("unit", None) or county.office("劳动人事争议仲裁院")
    employer = fields.pop("employer", None) or EmployerFactory(unit=unit)
    plain = {"town": county.town("城关镇"), "staff_names": "孟仲"}
    made = Visit.objects.create(unit=unit, on=on, employer=employer, **(plain | fields))
    made.purposes.set([topic(code) for code in purposes])
    made.campaigns.set([campaign(code) for code in campaigns])
    return made


def meeting(county: County, on: date, **fields: Any) -> Meeting:
    """A meeting of the three sides."""
    plain = {"kind": "tripartite", "title": "协调劳动关系三方委员会会议", "host": "程院"}
    unit = fields.pop("unit", None) or county.office("劳动人事争议仲裁院")
    return Meeting.objects.create(unit=unit, on=on, **(plain | fields))


def task(county: County, by: User | None, on: date, due: date, **fields: Any) -> Task:
    """A slip given to the window office."""
    plain = {
        "task_kind": "slip",
        "subject": "取号机故障",
        "content": "一周内修好并加设人工取号",
        "issuer": "章局",
        "due_given": due,
    }
    unit = fields.pop("unit", None) or county.office("政务服务股")
    made = moves.open_case(Task(unit=unit, **(plain | fields)), by=by, on=on)
    assert isinstance(made, Task)
    return made
