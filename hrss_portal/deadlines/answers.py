"""Due dates asked for in text: what the command, the CSV mode and the calculation page share."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from hrss_portal.deadlines.compute import Due, Extend, Pause, compute
from hrss_portal.deadlines.lookup import RuleBook, calendar_for, options_for, rule_for
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.deadlines.regions import NATION
from hrss_portal.deadlines.spec import BadExtension, BadPause, Moment, OutOfRange, as_date, day_of

MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?")


def moment_of(text: str) -> Moment:
    """``2024-03-20`` as a date, ``2024-03-20T09:30`` as a local time.  Raises ``OutOfRange``."""
    found = MOMENT.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        return datetime.fromisoformat(text.strip()) if found[2] else date.fromisoformat(found[1])
    except ValueError:
        raise OutOfRange(
            f"“{text}”不是日期；请写成 2024-03-20，按小时计算的写成 2024-03-20T09:30。"
        ) from None


def pauses_of(texts: Sequence[str]) -> tuple[Pause, ...]:
    """``F:T`` each: F is the first day not counted, T the day of resumption.

    Raises ``BadPause``.
    """
    return tuple(_pause(text) for text in texts if text.strip())


def _pause(text: str) -> Pause:
    parts = text.strip().split(":")
    try:
        start, end = (date.fromisoformat(part.strip()) for part in parts)
    except ValueError:
        raise BadPause(
            f"“{text}”不是中止期间；请写成 2024-03-20:2024-04-19，"
            "前者为中止首日（不计入），后者为恢复日。"
        ) from None
    return Pause(start, end)


def extend_of(text: str | None) -> Extend:
    """Empty: none; ``max``: the longest that the rule allows; or a number.

    Raises ``BadExtension``.
    """
    text = (text or "").strip()
    if not text:
        return None
    if text == "max":
        return "max"
    if not text.isascii() or not text.isdigit():
        raise BadExtension(f"“{text}”不是延长的数量；请写正整数或 max。")
    return int(text)


def answer(
    code: str,
    trigger: str,
    pauses: Sequence[str] = (),
    extend: str | None = None,
    region: str | None = None,
    *,
    book: RuleBook | None = None,
    trace: bool = True,
) -> tuple[LegalRule, Due]:
    """The rule's version and the due date.  Raises ``NoDate`` or ``NotFound``, both with a code."""
    moment = moment_of(trigger)
    on = day_of(moment)
    rule = book.rule_for(code, on, region) if book else rule_for(code, on, region)
    where = region or rule.region
    options = book.options_for(on, where) if book else options_for(on, where)
    calendar = (book.calendar_for if book else calendar_for)(region or NATION)
    due = compute(
        rule,
        moment,
        pauses=pauses_of(pauses),
        extend=extend_of(extend),
        calendar=calendar,
        options=options,
        trace=trace,
    )
    return rule, due


def data_of(rule: LegalRule, due: Due) -> dict[str, Any]:
    """An answer in the shape that docs/commands.md fixes."""
    return {
        "code": rule.code,
        "trigger": as_date(due.trigger),
        "due": as_date(due.due),
        "internal_due": as_date(due.internal_due),
        "unrolled": as_date(due.unrolled),
        "provisional": due.provisional,
        "nature": rule.nature,
        "sureness": rule.sureness,
        "region": rule.region,
        "basis": rule.legal_basis_zh,
        "version_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "trace": [
            {"date": as_date(day.date), "counted": int(day.counted), "n": day.n, "why": day.why}
            for day in due.trace
        ],
    }
