"""Reading a question from text (command line, query string) with words that say what to mend."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from hrss_portal.audit.commands import BadInput
from hrss_portal.indicators import filters
from hrss_portal.indicators.catalogue import UnknownIndicator
from hrss_portal.indicators.engine import Ask
from hrss_portal.indicators.filters import BadFilter
from hrss_portal.indicators.orgs import UnknownOrg, find_org
from hrss_portal.indicators.parameters import UnknownParameter
from hrss_portal.indicators.periods import Period
from hrss_portal.indicators.rows import NoRows

FIRST_YEAR, LAST_YEAR = 2000, 2099


def day(text: str, *, name: str) -> date | None:
    """A date from ``FIRST_YEAR`` to ``LAST_YEAR``, None for an empty text.  Raises ``BadInput``."""
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("bad_date", f"{name}“{text}”写成 2023-11-16") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadInput("bad_date", f"{name}“{text}”须在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间")
    return found


def question_from(frm: str, to: str, org: str = "", filter_text: str = "") -> Ask:
    """A question from four texts.  Raises ``BadInput`` with a code for each kind of mistake."""
    last = day(to, name="截止日期")
    if last is None:
        raise BadInput("no_date", "要给截止日期", "用 --to 2023-11-16")
    try:
        period = Period(day(frm, name="起始日期"), last)
    except ValueError as error:
        raise BadInput("bad_period", str(error)) from None
    with refused():
        return Ask(period=period, org=find_org(org), filters=filters.parse(filter_text))


@contextmanager
def refused() -> Iterator[None]:
    """What the engine raises, as input that can be mended."""
    try:
        yield
    except UnknownIndicator as error:
        raise BadInput("unknown_code", f"没有指标 {error}", "指标目录里查代码") from None
    except UnknownParameter as error:
        raise BadInput("unknown_code", f"没有参数 {error}") from None
    except BadFilter as error:
        raise BadInput("bad_filter", str(error)) from None
    except UnknownOrg as error:
        raise BadInput("unknown_org", f"没有单位或不能按单位取数：{error}") from None
    except NoRows as error:
        raise BadInput("no_rows", f"指标 {error} 没有这一部分的明细") from None
