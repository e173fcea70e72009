"""Start-up check: every shipped condition can be judged by a declared rule set."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.core.checks import CheckMessage, Error

from hrss_portal.deadlines.conditions import declared_sets, faults, overlaps
from hrss_portal.deadlines.tables import condition_rows, optional_date, parameter_rows


def every_condition_can_be_judged(**_: Any) -> Sequence[CheckMessage]:
    """deadlines.E001: unknown rule set, field or rate, wrong type, empty period, overlap."""
    return [Error(words, id="deadlines.E001") for words in complaints(condition_rows())]


def complaints(rows: Sequence[dict[str, str]]) -> list[str]:
    """What has to be mended in rows of ``conditions.csv``, in words."""
    rates = {row["code"] for row in parameter_rows()}
    read = [
        SimpleNamespace(
            **{
                **row,
                "seq": int(row["seq"]),
                "valid_from": optional_date(row["valid_from"]),
                "valid_to": optional_date(row["valid_to"]),
            }
        )
        for row in rows
    ]
    found = [
        f"conditions.csv, {row.ruleset} 第{row.seq}项，{name}：{words}"
        for row in read
        for name, words in faults(row, declared_sets(), rates).items()
    ]
    return [*found, *overlaps(read)]
