"""The query bar of every page of figures: period, scope, named filters; and what it asks."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from hrss_portal.access.models import Unit
from hrss_portal.audit.commands import BadInput
from hrss_portal.indicators import filters as filter_text
from hrss_portal.indicators.asking import question_from
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.filters import BadFilter, Filters
from hrss_portal.indicators.named_filters import boxes, chips, given_filters
from hrss_portal.indicators.orgs import of_unit
from hrss_portal.indicators.periods import Period, month_end, months_back
from hrss_portal.indicators.seeing import reach_words

KEPT = ("by", "part", "sort")  # what else an address says stays when the bar is used


def asked(request: HttpRequest) -> tuple[Ask, str]:
    """The question in the address, by default this year for everything; and what is wrong."""
    today = timezone.localdate()
    given = request.GET
    first = "" if "to" in given else date(today.year, 1, 1).isoformat()
    try:
        question = question_from(
            given.get("from", first),
            given.get("to") or today.isoformat(),
            given.get("org", ""),
            filter_text.text(given_filters(given)),
        )
    except (BadInput, BadFilter) as error:
        return Ask(period=Period(date(today.year, 1, 1), today)), str(error)
    return question, ""


def shared(
    request: HttpRequest, question: Ask, error: str = "", *, codes: list[str]
) -> dict[str, Any]:
    """What the query bar needs on a page of the figures ``codes``."""
    chosen = _chosen(request)
    offered = boxes(codes, chosen)
    named = {box.key for box in offered}
    return {
        "question": question,
        "boxes": offered,
        "chips": chips(codes, chosen, request.GET),
        "clear_url": request.path,
        "other_filters": filter_text.text(tuple(pair for pair in chosen if pair[0] not in named)),
        "kept": [(name, request.GET[name]) for name in KEPT if request.GET.get(name)],
        "periods": common_periods(timezone.localdate()),
        "frm_day": question.period.frm.isoformat() if question.period.frm else "",
        "to_day": question.period.to.isoformat(),
        "org_spec": question.org.spec if question.org else "",
        "orgs": org_choices(),
        "as_of": timezone.localtime(),
        "reach": reach_words(request.user, codes),  # type: ignore[arg-type]
        "bad": error,
        "page_state": "error" if error else "ready",
    }


def _chosen(request: HttpRequest) -> Filters:
    """The filters of the address as far as they can be read, so that a bad one can be mended."""
    try:
        return given_filters(request.GET)
    except BadFilter:
        return ()


def common_periods(today: date) -> list[tuple[str, str, str]]:
    """(words, from, to) of the periods that reports ask for, up to today."""
    last_month = month_end(today.replace(day=1) - timedelta(days=1))
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    spans = (
        ("本年", date(today.year, 1, 1), today),
        ("本季", quarter, today),
        ("本月", today.replace(day=1), today),
        ("上月", last_month.replace(day=1), last_month),
        ("上年", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        ("近 13 个月", months_back(today, 13).frm or today, today),
    )
    return [(words, first.isoformat(), last.isoformat()) for words, first, last in spans]


def org_choices() -> list[tuple[str, str]]:
    """Bureaus, their own offices, and townships, as the query bar offers them."""
    found: list[tuple[str, str]] = []
    for unit in Unit.objects.filter(kind__in=("bureau", "town"), is_active=True).order_by("path"):
        org = of_unit(unit)
        found.append((org.spec, org.label))
        if unit.kind == "bureau":
            own = of_unit(unit, own=True)
            found.append((own.spec, own.label))
    return found
