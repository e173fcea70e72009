"""Problems found on a visit as one cell of a sheet: their kinds and words, read and written."""

from collections.abc import Iterable

from hrss_portal.activities.models import VisitProblem
from hrss_portal.activities.models.choices import ProblemKind
from hrss_portal.parties.dictionaries import words_of


def kinds() -> dict[str, str]:
    """The words of every kind of problem, by code."""
    return dict(words_of(VisitProblem, "kind"))


def problems_of(text: str) -> list[tuple[str, str]]:
    """(kind, words) of each problem of a cell: ``工资支付：拖欠两个月；没有考勤``."""
    found = []
    codes = {label: code for code, label in kinds().items()}
    for part in text.replace("\n", "；").replace(";", "；").split("；"):
        head, mark, rest = part.strip().partition("：")
        if mark and head in codes and rest.strip():
            found.append((codes[head], rest.strip()))
        elif part.strip():
            found.append((str(ProblemKind.OTHER), part.strip()))
    return found


def problem_text(problems: Iterable[VisitProblem]) -> str:
    """The cell back from the rows, as ``problems_of`` reads it."""
    labels = kinds()
    return "；".join(
        row.text if row.kind == ProblemKind.OTHER else f"{labels[row.kind]}：{row.text}"
        for row in problems
    )
