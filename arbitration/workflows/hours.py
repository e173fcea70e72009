"""Hearings outside working days and hours: lawful, but the calendar asks why (a local default).

No article forbids them.  The working days are those of the county's calendar, the hours those that
the bureau set (``SET-OFFICE-HOURS``, which no national rule fixes).
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from hrss_portal.deadlines.lookup import calendar_for, options_for


def off_hours(case: Any, day: date, start: time, minutes: int) -> str:
    """What is unusual about a hearing at that time; "" on a working day inside office hours."""
    region = case.unit.rules_region
    office = options_for(day, region).office
    begins = datetime.combine(day, start)
    ends = begins + timedelta(minutes=minutes)
    found = []
    if not calendar_for(region).is_working(day):
        found.append(f"{day:%Y-%m-%d} 不是工作日")
    if start < office.opens or ends > datetime.combine(day, office.closes):
        found.append(
            f"{begins:%H:%M}至{ends:%H:%M} 不在办公时间（{office.opens:%H:%M}至"
            f"{office.closes:%H:%M}）内"
        )
    return "，".join(found)
