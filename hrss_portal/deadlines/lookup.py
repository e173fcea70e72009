"""Which version of a rule or a parameter holds, and the calendar as the database knows it.

The trigger's date chooses the version; the most special region wins over the country; another
province's row is never used.  Not found is a ``LookupError`` whose ``code`` scripts read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, time
from functools import lru_cache
from typing import TypeVar

from django.db import connection

from hrss_portal.deadlines.calendar import Calendar, SpecialDay
from hrss_portal.deadlines.models import CalendarDay, CalendarYear, Dated, LegalRule, Parameter
from hrss_portal.deadlines.regions import NATION, chain
from hrss_portal.deadlines.spec import Counting, OfficeHours, Options

REMINDER_MONTH = 11
FIRST_DAY, OFFICE_HOURS = "SET-FIRST-DAY", "SET-OFFICE-HOURS"
Row = TypeVar("Row", bound=Dated)


class NotFound(LookupError):
    """No row answers; the message says in Chinese why."""

    code = "not_found"


class UnknownCode(NotFound):
    """No row has this code at all."""

    code = "unknown_code"


class WrongRegion(NotFound):
    """The code exists, but not for this region; another province's value is never used."""

    code = "not_in_region"


class NotInForce(NotFound):
    """The code exists for this region, but no version holds on that day."""

    code = "not_in_force"


def rule_for(code: str, on: date, region: str | None = None) -> LegalRule:
    """The version of a rule that holds on the trigger's day.

    ``region`` is a county, a province or a path of them (``regions.chain``); without one the
    national row is taken, or the only region's.  Raises ``NotFound`` (a ``LookupError``).
    """
    return pick(list(LegalRule.objects.filter(code=code)), code, on, region)


class RuleBook:
    """All rules and counting settings read once, for answering many questions."""

    def __init__(self) -> None:
        self._rows: dict[str, list[LegalRule]] = defaultdict(list)
        for rule in LegalRule.objects.all():
            self._rows[rule.code].append(rule)
        self._settings = _settings()
        self._calendars: dict[str, Calendar] = {}

    def calendar_for(self, region: str = NATION) -> Calendar:
        """As the module's ``calendar_for``, asked once per region."""
        if region not in self._calendars:
            self._calendars[region] = calendar_for(region)
        return self._calendars[region]

    def rule_for(self, code: str, on: date, region: str | None = None) -> LegalRule:
        """As the module's ``rule_for``."""
        return pick(self._rows.get(code, []), code, on, region)

    def options_for(self, on: date, region: str | None = None) -> Options:
        """As the module's ``options_for``."""
        return _options(self._settings, on, region)


def pick(rows: Sequence[Row], code: str, on: date, region: str | None) -> Row:
    """The row that holds on that day for that region.  Raises ``NotFound``."""
    if not rows:
        raise UnknownCode(f"没有编码为 {code} 的规则。")
    for one in _chain(rows, code, region):
        if found := _holding([row for row in rows if row.region == one], on):
            return found
    dates = "；".join(f"{row.region} {_span(row)}" for row in rows)
    raise NotInForce(f"{code} 在 {on} 没有施行的版本（{dates}）。")


def _chain(rows: Iterable[Dated], code: str, region: str | None) -> tuple[str, ...]:
    regions = sorted({row.region for row in rows})
    if region is None:
        if NATION not in regions and len(regions) > 1:
            raise WrongRegion(f"{code} 各地不同（{'、'.join(regions)}），请指明地区。")
        return (NATION,) if NATION in regions else tuple(regions)
    found = tuple(one for one in chain(region) if one in regions)
    if not found:
        where = "、".join(regions)
        raise WrongRegion(f"{code} 只适用于{where}，不适用于{region}；不借用外地的规定。")
    return found


def _holding(rows: Sequence[Row], on: date) -> Row | None:
    """The version in force; a policy window answers for itself even when it is over."""
    for row in rows:
        if row.holds_on(on):
            return row
    windows = [row for row in rows if getattr(row, "counting_rule", "") == Counting.FIXED_WINDOW]
    return max(windows, key=lambda row: row.valid_to or date.min, default=None)


def _span(row: Dated) -> str:
    start = str(row.valid_from or "")
    return f"{start}至{row.valid_to}" if row.valid_to else f"{start}起"


def parameter(code: str, on: date, region: str | None = None, *, name: str = "") -> Parameter:
    """The value of a parameter that holds on that day; ``name`` tells apart rows of one code.

    Raises ``NotFound``; ``LookupError`` when several rows answer and no name was given.  A row
    without a value is returned as it stands: reading its number raises ``ThresholdUnknown``.
    """
    rows = list(Parameter.objects.filter(code=code, **({"name": name} if name else {})))
    found = pick(rows, code, on, region)
    same = [row.name for row in rows if row.region == found.region and row.holds_on(on)]
    if len(same) > 1:
        raise NotFound(f"{code} 有多个标准（{'、'.join(same)}），请指明名称。")
    return found


def options_for(on: date, region: str | None = None) -> Options:
    """What the bureau settled about counting: first day of notices, office hours."""
    return _options(_settings(), on, region)


def _settings() -> dict[str, list[Parameter]]:
    rows: dict[str, list[Parameter]] = {FIRST_DAY: [], OFFICE_HOURS: []}
    for row in Parameter.objects.filter(code__in=rows):
        rows[row.code].append(row)
    return rows


def _options(rows: dict[str, list[Parameter]], on: date, region: str | None) -> Options:
    try:
        first = pick(rows[FIRST_DAY], FIRST_DAY, on, region).value == "1"
        opens, noon, closes = pick(rows[OFFICE_HOURS], OFFICE_HOURS, on, region).values_list
    except LookupError:
        return Options()
    hours = OfficeHours(*map(time.fromisoformat, (opens, noon, closes)))
    return Options(count_first_day=first, office=hours)


STAMP = """
SELECT (SELECT count(*) FROM deadlines_calendarday),
       (SELECT max(changed_at) FROM deadlines_calendarday),
       (SELECT count(*) FROM deadlines_calendaryear WHERE status = %s),
       (SELECT max(changed_at) FROM deadlines_calendaryear)
"""


def calendar_stamp() -> str:
    """Changes whenever a calendar day or a year changes: what a stored date was computed with."""
    with connection.cursor() as cursor:  # one question; it is asked on most pages
        cursor.execute(STAMP, [CalendarYear.Status.PUBLISHED])
        days, day_at, years, year_at = cursor.fetchone()
    return f"{days}.{_micros(day_at)}.{years}.{_micros(year_at)}"


def _micros(moment: object) -> str:
    return f"{moment:%Y%m%d%H%M%S%f}" if moment else "0"


def calendar_for(region: str = NATION) -> Calendar:
    """The working calendar of a region, kept until any day of it changes."""
    return _calendar(region, calendar_stamp())


@lru_cache(maxsize=32)
def _calendar(region: str, stamp: str) -> Calendar:
    rows = CalendarDay.objects.filter(region__in=chain(region))
    order = chain(region)[::-1]
    days = {
        row.date: SpecialDay(row.kind, row.name)
        for row in sorted(rows, key=lambda row: order.index(row.region))
    }
    published = CalendarYear.objects.filter(status=CalendarYear.Status.PUBLISHED)
    return Calendar(days, published.values_list("pk", flat=True))


def missing_years(today: date) -> list[int]:
    """The years whose notice should be loaded by now: this year, and from November the next.

    Notices come out between 25 October and 8 December; the caller reminds the administrators.
    """
    wanted = [today.year, *([today.year + 1] if today.month >= REMINDER_MONTH else [])]
    published = CalendarYear.objects.filter(status=CalendarYear.Status.PUBLISHED, pk__in=wanted)
    have = set(published.values_list("pk", flat=True))
    return [year for year in wanted if year not in have]
