"""The text of a section as its writers see it: figures by their names, not by their codes.

Stored are codes (``{fig:arb.accepted}``), which stay when a figure is renamed; shown and typed are
names (``{当期立案受理案件}``).  Codes that are typed are taken as well.
"""

import re
from collections import Counter
from typing import Any

from hrss_portal.access.scope import acting_as_system
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.parameters import named
from hrss_portal.reports import narrative as plan
from hrss_portal.reports.compose import Composer
from hrss_portal.reports.composed import Use
from hrss_portal.reports.models import Section
from hrss_portal.reports.writing import question_of, text_of

ONLY_NUMBER = "：只要数"
TEXT = "文字："
PARAMETER = "参数："
NAMED = {"year": "年份", "org": "单位", "from": "起", "to": "止"}
SYNTAX = frozenset("{}[]|:： \t\n=<>≠≥≤")
FIGURE = re.compile(r"\{(fig|num):([^{}|]*)((?:\|[^{}]*)?)\}")
FIGURE_SHOWN = re.compile(rf"\{{([^{{}}|:]+?)({ONLY_NUMBER})?((?:\|[^{{}}]*)?)\}}")
FILLED = re.compile(r"\{text:([^{}]*)\}")
FILLED_SHOWN = re.compile(rf"\{{{TEXT}([^{{}}]*)\}}")
SET = re.compile(r"\{param:([^{}]*)\}")
SET_SHOWN = re.compile(rf"\{{{PARAMETER}([^{{}}]*)\}}")
NAME = re.compile(r"\{(year|org|from|to)\}")
CONDITION = re.compile(r"(\[\[若\s*)(\S+)(?=\s*(?:==|!=|>=|<=|=|≠|≥|≤|>|<))")


def names() -> dict[str, str]:
    """Names of figures by code; without names that two figures share or that would not be read."""
    labels = {code: str(item.label) for code, item in catalogue.indicators().items()}
    often = Counter(labels.values())
    return {
        code: label
        for code, label in labels.items()
        if often[label] == 1 and label not in NAMED.values() and not SYNTAX & set(label)
    }


def shown(body: str, texts: dict[str, Any]) -> str:
    """The stored text with names in place of codes."""
    by_code = names()

    def figure(match: re.Match[str]) -> str:
        kind, code, rest = match.groups()
        label = by_code.get(code.strip())
        if label is None:
            return match.group()
        return f"{{{label}{ONLY_NUMBER if kind == 'num' else ''}{rest}}}"

    def filled(match: re.Match[str]) -> str:
        about = texts.get(match.group(1).strip())
        return f"{{{TEXT}{about['label']}}}" if about else match.group()

    by_set = {row.code: row.name for row in named() if not SYNTAX & set(row.name)}

    def given(match: re.Match[str]) -> str:
        name = by_set.get(match.group(1).strip())
        return f"{{{PARAMETER}{name}}}" if name else match.group()

    body = SET.sub(given, body)
    body = NAME.sub(lambda match: f"{{{NAMED[match.group(1)]}}}", body)
    body = CONDITION.sub(lambda m: m.group(1) + by_code.get(m.group(2), m.group(2)), body)
    return FILLED.sub(filled, FIGURE.sub(figure, body))


def stored(text: str, texts: dict[str, Any]) -> str:
    """What a writer typed with codes in place of names; what is no name stays as it is."""
    by_name = {label: code for code, label in names().items()}
    by_label = {about["label"]: name for name, about in texts.items()}
    given = {words: name for name, words in NAMED.items()}

    def figure(match: re.Match[str]) -> str:
        label, bare, rest = match.groups()
        code = by_name.get(label.strip())
        if code is None:
            return f"{{{given[label]}}}" if label in given else match.group()
        return f"{{{'num' if bare else 'fig'}:{code}{rest}}}"

    def filled(match: re.Match[str]) -> str:
        name = by_label.get(match.group(1).strip())
        return f"{{text:{name}}}" if name else match.group()

    by_set = {row.name: row.code for row in named()}

    def parametric(match: re.Match[str]) -> str:
        code = by_set.get(match.group(1).strip())
        return f"{{param:{code}}}" if code else match.group()

    text = SET_SHOWN.sub(parametric, text)
    text = FIGURE_SHOWN.sub(figure, FILLED_SHOWN.sub(filled, text))
    return CONDITION.sub(lambda m: m.group(1) + by_name.get(m.group(2), m.group(2)), text)


def uses(section: Section) -> list[Use]:
    """The figures that the section prints now, each once, as the report has them."""
    report = section.report
    composer = Composer(plan.load(report.narrative), question_of(report), report.texts)
    found: dict[tuple[str, str], Use] = {}
    with acting_as_system("report"):
        composed = composer.compose([text_of(section)])
    for use in composed.uses:
        if use.section == section.code:
            found.setdefault((use.code, use.filters), use)
    return list(found.values())
