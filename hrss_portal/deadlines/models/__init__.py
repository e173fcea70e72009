"""Legal rules, the working calendar, parameters and conditions: dated rows with their source."""

from hrss_portal.deadlines.models.calendars import CalendarDay, CalendarYear
from hrss_portal.deadlines.models.dated import Dated, DateRange, Origin, ThresholdUnknown
from hrss_portal.deadlines.models.rules import LegalRule
from hrss_portal.deadlines.models.values import Condition, Parameter

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Condition",
    "DateRange",
    "Dated",
    "LegalRule",
    "Origin",
    "Parameter",
    "ThresholdUnknown",
]
