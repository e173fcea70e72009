"""Problems found on a visit as one cell of a sheet: their kinds and words, read and written."""

from collections.abc import Iterable

from hrss_portal.activities.models import VisitProblem
from hrss_portal.activities.models.choices import ProblemKind

KINDS = {label: code for code, label in ProblemKind.choices}
LABELS = dict(ProblemKind.choices)


def problems_of(text: str) -> list[tuple[str, str]]:
    """(kind, words) of each problem of a cell: ``工资支付：拖欠两个月；没有考勤``."""
    found = []
    for part in text.replace("\n", "；").replace(";", "；").split("；"):
        head, mark, rest = part.strip().partition("：")
        if mark and head in KINDS and rest.strip():
            found.append((KINDS[head], rest.strip()))
        elif part.strip():
            found.append((str(ProblemKind.OTHER), part.strip()))
    return found


def problem_text(problems: Iterable[VisitProblem]) -> str:
    """The cell back from the rows, as ``problems_of`` reads it."""
    return "；".join(
        row.text if row.kind == ProblemKind.OTHER else f"{LABELS[row.kind]}：{row.text}"
        for row in problems
    )
