"""The figures that the shipped reports print, whose totals go to those who draft a report."""

from hrss_portal.indicators.declare import Printed
from hrss_portal.reports import narrative


def printed_in(code: str) -> tuple[str, ...]:
    """The codes of the figures in one narrative, in their order, each once."""
    sections = narrative.load(code).sections
    lines = [line for section in sections for line in narrative.parse(section.body)]
    return tuple(dict.fromkeys(bound.code for bound in narrative.bounds(lines)))


indicators = [
    Printed(code=f"reports.{code}", codes=printed_in(code), policy="reports.report.export")
    for code in narrative.codes()
]
