"""Every declared figure: its value is the count or the sum of rows that people know again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from hrss_portal.access.scope import acting_as_system
from hrss_portal.areas import declared, work_areas
from hrss_portal.casework.models import Case, Event
from hrss_portal.casework.workflow import workflows
from hrss_portal.indicators import catalogue, filters
from hrss_portal.indicators.declare import (
    Count,
    Distinct,
    Indicator,
    MonthlyFlow,
    RowIndicator,
    Sum,
)
from hrss_portal.indicators.engine import ask, model_of
from hrss_portal.indicators.figures import Reader
from hrss_portal.indicators.row_names import case_of, related
from hrss_portal.indicators.rows import rows
from hrss_portal.indicators.views import row_line
from hrss_portal.reports import narrative
from hrss_portal.reports.compose import CLAIMS

FIGURES = [one for one in declared("indicators") if isinstance(one, Indicator)]
COUNTED = [one for one in FIGURES if isinstance(one, Count | Sum | Distinct | MonthlyFlow)]
PERIODS = (
    (date(2022, 1, 1), date(2024, 12, 31)),
    (date(2023, 1, 1), date(2023, 11, 16)),
    (date(2023, 6, 1), date(2023, 6, 30)),
)


def strewn(strew: Callable[..., int], labels: set[str]) -> dict[str, int]:
    """Random rows for every model that is counted."""
    made: dict[str, int] = {}
    for flow in workflows():
        states = [state.code for state in flow.states]
        outcomes = list(flow.outcomes) or [""]
        made[flow.of] = strew(
            flow.model,
            60,
            kind=lambda chance, of=flow.of: of,
            state=lambda chance, states=states: chance.choice(states),
            outcome=lambda chance, outcomes=outcomes: chance.choice(outcomes),
            voided_at=lambda chance: None,
            void_reason=lambda chance: "",
        )
    for label in sorted(labels - set(made)):
        model = apps.get_model(label)
        if model is Event:
            codes = [step.code for flow in workflows() for step in flow.moves]
            cases = list(Case._base_manager.order_by("pk"))
            made[label] = strew(
                Event,
                80,
                move=lambda chance, codes=codes: chance.choice(codes),
                case=lambda chance, cases=cases: chance.choice(cases),
                by_name=lambda chance: "试",
            )
        elif model is not Case:
            made[label] = (
                strew(model, 30, voided_at=lambda chance: None, void_reason=lambda chance: "")
                if has_void(model)
                else strew(model, 30)
            )
    return made


def has_void(model: Any) -> bool:
    """Whether rows of a model can be voided."""
    return any(one.name == "voided_at" for one in model._meta.concrete_fields)


@pytest.mark.django_db
def test_every_value_equals_its_rows_and_every_row_has_a_name(strew: Callable[..., int]):
    labels = {one.of for one in FIGURES if isinstance(one, RowIndicator)}
    with acting_as_system("report"):
        made = strewn(strew, labels)
        wrong, seen, misnamed_rows = [], set(), []
        for one in COUNTED:
            for frm, to in PERIODS:
                question = ask(frm=frm, to=to)
                value = Reader().measure(one.code, question).value or Decimal(0)
                found = rows(one.code, question)
                total = found.total() if isinstance(one, Sum) else Decimal(found.count())
                if value != (total or Decimal(0)):
                    wrong.append(f"{one.code} {frm}–{to}: {value}, rows {total}")
                if value:
                    seen.add(one.code)
        for one in FIGURES:
            if isinstance(one, RowIndicator):
                misnamed_rows += misnamed(one.code, ask(frm=PERIODS[0][0], to=PERIODS[0][1]))
    assert misnamed_rows == []
    assert wrong == [], "a figure is not the number of its own rows (value; rows)"
    assert all(made.values()), f"no random row fits: {made}"
    assert len(seen) >= len(COUNTED) // 3, "the random rows say too little"


@pytest.mark.django_db
def test_every_breakdown_adds_up_and_unknown_keys_are_refused(world: Any):
    with acting_as_system("report"):
        for one in COUNTED:
            question = ask(frm=PERIODS[0][0], to=PERIODS[0][1])
            Reader().measure(one.code, question)
            bad = ask(frm=PERIODS[0][0], to=PERIODS[0][1], filters={"no_such_key": ["1"]})
            with pytest.raises(filters.BadFilter):
                Reader().measure(one.code, bad)


def test_a_code_has_one_meaning_and_its_areas_prefix():
    codes = [one.code for one in declared("indicators")]
    assert len(codes) == len(set(codes))
    prefixes = {config.name: {config.code} for config in work_areas()}
    for config in work_areas():
        for one in config.declared["indicators"]:
            assert one.code.split(".")[0] in prefixes[config.name] | {"med"}, (
                f"{config.name}/indicators.py: {one.code} does not begin with the area's code "
                f"{config.code!r} (apps.py)"
            )


def test_every_figure_says_what_it_counts():
    silent = [one.code for one in FIGURES if not one.label]
    assert silent == [], "indicators without label="


def test_the_rows_of_every_figure_have_a_declared_name():
    models = {model_of(one) for one in FIGURES if isinstance(one, RowIndicator)}
    silent = sorted(one._meta.label for one in models if not hasattr(one, "row_label"))
    assert silent == [], "row_label = RowLabel(…) says what people call a row (docs/structure.md)"
    for model in models:
        str(model._base_manager.select_related(*related(model)).query)


def misnamed(code: str, question: Any) -> list[str]:
    """Rows behind a figure that nobody would know again: a bare key, no words, not its case."""
    wrong = []
    for leaf, row in rows(code, question).slice(0, 6):
        line, case = row_line(leaf, row), case_of(row)
        bare = {str(row.pk), f"#{row.pk}"}
        if line.key in bare or line.name in bare or not line.name.strip():
            wrong.append(f"{code}: {line} is called by its primary key")
        if case is None:
            continue
        told = (line.key, line.name.startswith(f"{case.title} · "), line.url, line.town)
        if told != (case.reference, True, case.get_absolute_url(), str(case.town or "")):
            wrong.append(f"{code}: {line} does not name its case {case.reference}")
    return wrong


def test_a_rate_with_words_for_all_says_on_what_they_stand():
    claiming = {
        one.code
        for one in FIGURES
        if any(CLAIMS.search(words) for words in (one.style.full, one.style.zero))
    }
    silent = [code for code in sorted(claiming) if catalogue.get(code).basis is None]
    assert silent == [], "basis=Basis(…) says how many rows the claim speaks of and knows"
    known = catalogue.indicators()
    for one in FIGURES:
        if one.basis:
            assert {*one.basis.whole, *one.basis.known} <= set(known), one.code
            assert CLAIMS.search(one.style.full or one.style.zero), one.code


def test_a_narrative_claims_all_only_by_a_figure_with_a_basis():
    """统一, 均, 全部 in a narrative stand in a choice whose figure knows how many are recorded."""
    loose = []
    for code in narrative.codes():
        for section in narrative.load(code).sections:
            for line in narrative.parse(section.body):
                if line.kind == "item":
                    loose += list(claims_without_basis(line.nodes))
    assert loose == []


def claims_without_basis(nodes: Any, basis: Any = None) -> Any:
    """Words that speak of all rows where no figure with a basis decides over them."""
    for node in nodes:
        if isinstance(node, narrative.Plain) and CLAIMS.search(node.text) and basis is None:
            yield node.text
        elif isinstance(node, narrative.Choice):
            one = catalogue.get(node.bound.code)
            for branch in (node.then, node.otherwise):
                bare = len(branch) == 1  # only whole branches give way to the figure's own words
                yield from claims_without_basis(branch, one.basis if bare else None)
