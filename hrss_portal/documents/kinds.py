"""What an app declares in its ``documents.py``: number series and papers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.module_loading import import_string

from hrss_portal import areas

#: Tags that every paper may use; ``issue_paper`` and ``preview`` fill them.
COMMON_TAGS: Mapping[str, str] = {
    "number": "文书编号",
    "unit": "制作单位全称",
    "bureau": "本局全称",
    "issued_on": "制作日期（2023年11月16日）",
    "issued_on_hanzi": "制作日期（二〇二三年十一月十六日）",
    "issued_by": "制作人姓名",
}


@dataclass(frozen=True, kw_only=True)
class NumberSeries:
    """A gap-free series of numbers, one per bureau and year.

    ``prefix`` and ``pattern`` are the shipped wording, which a bureau may replace at run time:
    ``{place}`` is the bureau's own numbering prefix ("霍"), ``{prefix}``, ``{year}`` and ``{n}``
    fill the pattern; ``{n:04d}`` pads.  GB/T 9704: six-angled brackets, four-digit year, no
    padding.
    """

    code: str
    label: str
    prefix: str
    pattern: str = "{prefix}〔{year}〕{n}号"


@dataclass(frozen=True, kw_only=True)
class PaperKind:
    """A paper that the portal produces.

    ``template`` is the readable source below the project folder ("<area>/papers/x.txt").
    ``context`` is the dotted path of ``context(subject) -> dict`` of plain values.  ``tags`` names
    every value that a template may print ("party.name", "claims[].text" for rows of a list) and
    what it means.  ``series``: the paper's own number series, empty for a paper that carries its
    case's number or none.  ``policy``: what a user needs to issue it.  ``title``: of the file.
    ``data_class``: the class (P2, P3 …) that its readers need besides; empty for none.
    ``once``: tags that are made when the paper is issued, printed and kept nowhere else (a code for
    whoever receives it); ``once_from``: dotted path of ``f(subject) -> dict`` that makes them.
    ``inner``: it belongs in the inner part (副卷) of a file, which needs class P3 once it is there.
    ``needs``: the tags without whose value the paper says nothing, each with its words for a clerk.
    """

    code: str
    label: str
    template: str
    context: str
    tags: Mapping[str, str] = field(default_factory=dict)
    series: str = ""
    policy: str = "documents.paper.issue"
    title: str = ""
    layout: str = "official"
    data_class: str = ""
    inner: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)
    once: tuple[str, ...] = ()
    once_from: str = ""

    def build_context(self, subject: Any) -> dict[str, Any]:
        """The values of this paper for a subject, from the declaring app's function."""
        return dict(import_string(self.context)(subject))

    def make_once(self, subject: Any) -> dict[str, Any]:
        """The values of ``once``, new with every call; empty for a paper without."""
        return dict(import_string(self.once_from)(subject)) if self.once_from else {}


@cache
def paper_kinds() -> dict[str, PaperKind]:
    """Every declared paper by its code."""
    return {item.code: item for item in areas.declared("documents") if isinstance(item, PaperKind)}


@cache
def number_series() -> dict[str, NumberSeries]:
    """Every declared number series by its code."""
    found = areas.declared("documents")
    return {item.code: item for item in found if isinstance(item, NumberSeries)}


def paper_kind(kind: PaperKind | str) -> PaperKind:
    """The kind itself, or the declared one with this code.  Raises ``LookupError``."""
    if isinstance(kind, PaperKind):
        return kind
    if kind not in paper_kinds():
        raise LookupError(f"no app declares a paper {kind!r}")
    return paper_kinds()[kind]


def class_of(code: str) -> str:
    """The data class that readers of a paper of this kind need; empty for none."""
    kind = paper_kinds().get(code)
    return kind.data_class if kind else ""
