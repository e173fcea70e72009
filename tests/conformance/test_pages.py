"""Every word that a page hangs on leads somewhere: facts, help, menu, icons, documents.

A failure names the declaration, its file and what to do.
"""

import csv
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lucide
import pytest
from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from hrss_portal.access import policy, routes
from hrss_portal.areas import PortalApp, declared, portal_apps, work_areas
from hrss_portal.desk import helping
from hrss_portal.desk.templatetags.desk import icon
from hrss_portal.imports import registry

ROOT = Path(settings.BASE_DIR)
APPS = portal_apps()
EACH_APP = pytest.mark.parametrize("app", APPS, ids=[app.label for app in APPS])
AREAS = [app for app in work_areas() if find_spec(f"{app.name}.urls")]
EACH_AREA = pytest.mark.parametrize("area", AREAS, ids=[area.label for area in AREAS])
NAMES = {name for name, _ in routes.routes()}


def views() -> list[tuple[str, Any]]:
    """Every class view with its route."""
    found = [(name, getattr(one.callback, "view_class", None)) for name, one in routes.routes()]
    return [(name, view) for name, view in found if view is not None]


def where(view: Any) -> str:
    """The class that a developer wrote, and its file."""
    return f"{view.__module__.replace('.', '/')}.py {view.__name__}"


def has(model: Any, name: str) -> bool:
    """Whether rows of a model have a field or an attribute of that name."""
    return hasattr(model, name) or name in {one.name for one in model._meta.get_fields()}


def facts_of(view: Any) -> Iterator[Any]:
    """The facts that a page of one row shows."""
    for section in getattr(view, "facts", ()) or ():
        yield from section.rows


# --- what a page shows of a row -------------------------------------------------------------------


def model_of(view: Any) -> Any:
    """The model whose rows a page shows; a page of a register shows the register's."""
    register = getattr(view, "register", None)
    return register.model if register is not None else getattr(view, "model", None)


def test_every_fact_without_a_function_reads_an_attribute_of_its_row() -> None:
    """Columns are read from rows: test_lists.py."""
    seen = [(view, fact) for _, view in views() for fact in facts_of(view)]
    wrong = [
        f"{where(view)}: Fact({fact.label!r}, value={fact.value!r}) — "
        f"{model_of(view).__name__} has no such attribute; name a field (one name, no dots), or "
        "give a function of the row"
        for view, fact in seen
        if isinstance(fact.value, str) and not has(model_of(view), fact.value)
    ]
    assert seen
    assert wrong == []


# --- what leads to a page -------------------------------------------------------------------------


@EACH_APP
def test_every_menu_line_opens_a_page_and_has_an_icon(app: PortalApp) -> None:
    wrong = []
    for item in app.menu:
        told = f"{app.name.replace('.', '/')}/apps.py MenuItem({item.label!r})"
        try:
            reverse(item.url)
        except NoReverseMatch:
            wrong.append(f"{told}: url={item.url!r} is no route without arguments")
        try:
            icon(item.icon)
        except lucide.IconDoesNotExist:
            wrong.append(f"{told}: icon={item.icon!r} is not an icon of lucide.dev/icons")
    assert wrong == []


@EACH_APP
def test_every_app_with_routes_is_included(app: PortalApp) -> None:
    if not find_spec(f"{app.name}.urls"):
        return
    module = import_module(f"{app.name}.urls")
    space = f"{module.app_name}:" if hasattr(module, "app_name") else ""
    own = {f"{space}{one.name}" for one in module.urlpatterns if getattr(one, "name", None)}
    assert own <= NAMES, (
        f"{app.name}/urls.py is not included in hrss_portal/urls.py: {sorted(own - NAMES)[:3]}"
    )


@EACH_APP
def test_every_help_text_belongs_to_a_page(app: PortalApp) -> None:
    wrong = []
    for key, entry in helping.of_app(app).items():
        start = key.removesuffix("*")
        if key not in NAMES and not (
            key.endswith("*") and any(name.startswith(start) for name in NAMES)
        ):
            wrong.append(f"[{key!r}] matches no route")
        if unknown := set(entry) - {"about", "steps", "ask"}:
            wrong.append(f"[{key!r}] has the unknown keys {sorted(unknown)}")
        if entry.get("ask") and not policy.posts_for(str(entry["ask"])):
            wrong.append(f"[{key!r}] ask={entry['ask']!r} is held by no post")
    assert wrong == [], (
        f"{app.name}/help.toml: keys are route names such as 'app:page', or their beginning and *"
    )


# --- who may --------------------------------------------------------------------------------------


def test_every_policy_of_a_sheet_a_board_and_a_paper_is_held_by_some_post() -> None:
    asked = [(f"sheet {sheet.code}", sheet.policy) for sheet in registry.sheets()]
    asked += [(f"paper {one.code}", getattr(one, "policy", "")) for one in declared("documents")]
    asked += [(f"board {one.code}", getattr(one, "policy", "")) for one in declared("indicators")]
    lonely = [
        f"{what}: no role names {action!r}; add '{action.partition('.')[2]}' to a Role of area "
        f"'{action.partition('.')[0]}' in its roles.py"
        for what, action in asked
        if action.count(".") == 2 and not named_by_a_role(action)
    ]
    assert lonely == []


def named_by_a_role(action: str) -> bool:
    """Whether a post may do the action; the sheets of an area are named, not caught by ``*``."""
    area, noun, verb = policy.split(action)
    return any(
        role.area == area and not role.can.isdisjoint({f"{noun}.{verb}", f"{noun}.*", f"*.{verb}"})
        for role in declared("roles")
    ) or bool(noun != "sheet" and policy.posts_for(action))


# --- what belongs to an area ----------------------------------------------------------------------


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table in docs."""
    with (ROOT / "docs" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@EACH_AREA
def test_every_area_with_pages_has_its_systems(area: Any) -> None:
    pages = [page for row in table("systems.csv") for page in row["page"].split(";")]
    assert any(page.startswith(f"{area.label}:") for page in pages), (
        f"docs/systems.csv has no row with a page of {area.label}: add id,name,page,model,test"
    )


@EACH_AREA
def test_every_menu_line_of_an_area_stands_in_the_manual(area: Any) -> None:
    manual = "".join(
        page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "manual").glob("*.md")
    )
    silent = [item.label for item in area.menu if item.label not in manual]
    assert silent == [], (
        f"no page of docs/manual speaks of these menu lines of {area.label}; write one and name it "
        "in the table of docs/manual/README.md"
    )


@EACH_AREA
def test_every_case_and_every_step_of_law_stands_in_the_glossary(area: Any) -> None:
    """Kinds of case and of record by class, moves that cite an article by code."""
    body = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| `([^`]+)` \|", body, re.MULTILINE)
    flows = area.declared["workflows"]
    wanted = {f"{apps.get_model(flow.of).__name__} {flow.label}" for flow in flows}
    wanted |= {f"{step.code} {step.label}" for flow in flows for step in flow.moves if step.basis}
    missing = unexplained(area.name, wanted, rows)
    assert missing == [], (
        "docs/glossary.md: add a row (identifier, term, file, article) for each; a row of another "
        "area explains only the same term"
    )


def unexplained(area: str, wanted: set[str], rows: list[tuple[str, str, str]]) -> list[str]:
    """The words (``identifier term``) that no row (identifier, term, file) explains in an area: a
    row of its own does, and one of another place for the same term.
    """
    own = {name for name, _, place in rows if place.startswith(f"{area}/")}
    same = {f"{name} {term}" for name, term, _ in rows}
    return sorted(one for one in wanted - same if one.partition(" ")[0] not in own)


def test_a_row_of_another_area_explains_only_the_same_term() -> None:
    rows = [
        ("archive", "立卷归档", "arbitration/workflows/ending.py"),
        ("settle", "调解结案", "arbitration/workflows/ending.py"),
    ]
    wanted = {"archive 立卷归档", "settle 公示期满定级"}
    assert unexplained("integrity", wanted, rows) == ["settle 公示期满定级"]
    assert unexplained("arbitration", wanted, rows) == []
    rows.append(("settle", "公示期满定级", "integrity/workflows.py"))
    assert unexplained("integrity", wanted, rows) == []
