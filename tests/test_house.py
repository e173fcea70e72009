"""The house holds: who may import whom, where things stand, what every file must have.

Import-linter reads imports; this module reads what it cannot see: names in strings, templates,
docstrings, sizes, the tables in ``docs``.  An exception stands in a short list with its reason.
"""

import ast
import configparser
import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from subprocess import run

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.urls import NoReverseMatch, get_resolver

from hrss_portal import areas
from hrss_portal.access import routes
from hrss_portal.imports import registry
from hrss_portal.indicators import catalogue

ROOT = Path(settings.BASE_DIR)
LONGEST_FILE, LONGEST_TEST_FILE, LONGEST_FUNCTION = 400, 500, 50
ANATOMY = {"apps", "models", "roles", "workflows", "deadlines", "indicators", "forms", "imports"}
ANATOMY |= {"documents", "jobs", "views", "api", "admin", "urls", "migrations"}

#: What most failures of a new file come from: this module reads what git lists.
ADD_FIRST = "(only files that git lists are read: `git add` the new ones first)"

#: Modules that no test can import, and why.
UNTESTED = {
    "manage": "one call into Django",
    "gunicorn.conf": "read by gunicorn; executed by tests/kernel/access/test_secret_paths.py",
    "hrss_portal.asgi": "one call into Django, run by the server program",
    "hrss_portal.wsgi": "one call into Django, run by the server program",
    "hrss_portal.jobs.tasks": "run by a real worker in tests/faults",
    "hrss_portal.imports.reader_child.__main__": "a program, run by every test that reads a sheet",
    "hrss_portal.desk.management.commands.migrate": "run by whatever makes a test database",
    "hrss_portal.desk.management.commands.upgrade_check": "run by an upgrade (tests/e2e)",
    "hrss_portal.desk.management.commands.prepare": "run by every start (tests/e2e)",
}
#: Files longer than the limit, and why they are not parted.
ONE_PIECE = {"tests/test_house.py": "the rules of the house are looked up in one place"}
#: Templates that no source names, and why.
FOUND_BY_DJANGO = {
    **dict.fromkeys(["403_csrf.html", "404.html", "500.html"], "Django knows them by name"),
}


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the repository, as git lists it (files of an archive: all)."""
    found = run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        names = (str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file())
        skipped = ("var/", "node_modules/", ".venv/", ".git/")
        return tuple(sorted(name for name in names if not name.startswith(skipped)))
    return tuple(name for name in found.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def text(name: str) -> str:
    """The text of a tracked file; empty for a file that is not text."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(name: str) -> ast.Module:
    """The syntax tree of a tracked module."""
    return ast.parse(text(name))


def sources(*, tests: bool = False, migrations: bool = False) -> list[str]:
    """The tracked Python files."""
    return [
        name
        for name in tracked()
        if name.endswith(".py")
        and (tests or not name.startswith("tests/"))
        and (migrations or "/migrations/" not in name)
    ]


def module_of(name: str) -> str:
    """The dotted name of a source file."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


# --- import-linter ------------------------------------------------------------------------------


@cache
def contracts() -> configparser.ConfigParser:
    """The import-linter configuration."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def words(section: str, option: str) -> set[str]:
    """The names in an option of a contract."""
    return set(re.findall(r"[\w.]+", contracts()[section][option]))


def test_every_app_stands_in_the_import_contracts_and_nothing_else_does():
    """``.importlinter`` cannot read the settings, so this says which lines are missing or left."""
    kernel = {f"hrss_portal.{name}" for name in settings.KERNEL}
    own_areas = set(settings.WORK_AREAS)
    places = {
        ("importlinter", "root_packages"): {"hrss_portal"} | own_areas,
        ("importlinter:contract:house", "layers"): {"hrss_portal.urls", "hrss_portal.areas"}
        | kernel
        | own_areas,
        ("importlinter:contract:kernel", "layers"): {"urls", "celery", "wsgi", "asgi", "areas"}
        | set(settings.KERNEL),
        ("importlinter:contract:anatomy", "containers"): own_areas,
        ("importlinter:contract:settings", "source_modules"): kernel
        | own_areas
        | {"hrss_portal.urls", "hrss_portal.celery"},
    }
    wrong = []
    for (section, option), wanted in places.items():
        found = words(section, option)
        wrong += [f"[{section}] {option}: add {name}" for name in sorted(wanted - found)]
        wrong += [f"[{section}] {option}: take out {name}" for name in sorted(found - wanted)]
    assert wrong == [], ".importlinter does not name the apps of hrss_portal/settings.py"


def test_every_area_is_type_checked():
    with (ROOT / "pyproject.toml").open("rb") as file:
        mypy = tomllib.load(file)["tool"]["mypy"]
    assert mypy["files"] == ["hrss_portal", *settings.WORK_AREAS], (
        "pyproject.toml [tool.mypy] files: hrss_portal, then WORK_AREAS of the settings in order"
    )


def test_no_import_is_excused():
    assert "ignore_imports" not in text(".importlinter")


def test_every_area_is_a_work_area_and_every_kernel_app_a_kernel_app():
    assert [config.name for config in areas.work_areas()] == settings.WORK_AREAS
    kernel = [config for config in apps.get_app_configs() if isinstance(config, areas.KernelApp)]
    assert [config.label for config in kernel] == settings.KERNEL
    codes = [config.code for config in areas.work_areas()]
    assert len(set(codes)) == len(codes), "two areas have one code in their apps.py"
    assert "" not in codes, "an area's apps.py gives no code"


def test_an_area_has_no_module_outside_the_anatomy():
    for area in settings.WORK_AREAS:
        found = {
            Path(name).parts[1].removesuffix(".py") for name in sources() if in_app(name, area)
        }
        assert "__init__" in found, f"{area}/__init__.py is not there {ADD_FIRST}"
        odd = found - ANATOMY - {"__init__"}
        assert odd == set(), f"{area}: files outside the anatomy of docs/structure.md"


def in_app(name: str, area: str) -> bool:
    """Whether a file belongs to a top-level package."""
    return name.startswith(f"{area}/")


def test_the_kernel_knows_no_area_by_name():
    """Neither an import nor a code such as ``area.noun`` in a string.

    Some areas are called by ordinary English words, so a bare word is no finding.
    """
    names = "|".join(settings.WORK_AREAS)
    code = re.compile(rf"^(?:{names})[.:/]|[\"'`/](?:{names})[.:/]\w")
    kernel = [name for name in sources() if in_app(name, "hrss_portal")]
    kernel.remove("hrss_portal/settings.py")
    found = []
    for name in kernel:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if code.search(node.value):
                    found.append(f"{name}:{node.lineno}")
            elif imported_by(node) & set(settings.WORK_AREAS):
                found.append(f"{name}:{node.lineno}")
    assert found == [], "the kernel names no area: let the area declare it, or pass it in as data"


def imported_by(node: ast.AST) -> set[str]:
    """The top-level packages that an import statement names."""
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module.split(".")[0]}
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return set()


# --- tests --------------------------------------------------------------------------------------


def imports_of(name: str) -> set[str]:
    """Every dotted name that a module imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def dotted_paths(name: str) -> set[str]:
    """Every module that a string of a file names as the place of a function."""
    roots = "|".join(["hrss_portal", *settings.WORK_AREAS])
    path = re.compile(rf"^(?:{roots})(?:\.\w+)+$")
    found: set[str] = set()
    for node in ast.walk(tree(name)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and path.match(node.value)
        ):
            found |= {node.value, node.value.rpartition(".")[0]}
    return found


def app_of(module: str) -> str:
    """The app of a module: ``hrss_portal.desk`` or ``arbitration``."""
    parts = module.split(".")
    return ".".join(parts[: 2 if parts[0] == "hrss_portal" else 1])


def is_area(module: str) -> bool:
    """Whether a module belongs to a work area."""
    return app_of(module) in settings.WORK_AREAS


def test_every_module_is_reached_by_a_test():
    """A test imports the module, opens its route or runs its command; or a module of the same app
    (or of a work area, which stands on the kernel) that a test reaches uses it.  A module that
    nothing reaches is dead or untested."""
    modules = {module_of(name): name for name in sources() if not in_app(name, "tools")}
    tests = [name for name in tracked() if name.startswith("tests/") and name.endswith(".py")]
    reached = {name for test in tests for name in imports_of(test)} & set(modules)
    all_tests = "\n".join(text(name) for name in tests)
    reached |= {
        module
        for module in modules
        if ".commands." in module and f'"{module.rpartition(".")[2]}"' in all_tests
    }
    reached |= {module_of_view(pattern) for _, pattern in routes.routes()} & set(modules)
    waiting = set(reached)
    for config in areas.portal_apps():  # declarations are run by tests/conformance
        waiting |= {f"{config.name}.{kind}" for kind in areas.DECLARATIONS} & set(modules)
        waiting |= {f"{config.name}.{kind}" for kind in ("apps", "models", "urls")} & set(modules)
    waiting |= {"hrss_portal.settings"}
    reached = set()
    while waiting:
        module = waiting.pop()
        reached.add(module)
        used = imports_of(modules[module]) | dotted_paths(modules[module])
        inside = {one for one in used if app_of(one) == app_of(module) or is_area(module)}
        named = dotted_paths(modules[module])
        waiting |= ((inside | named) & set(modules)) - reached
    packages = {module for module, name in modules.items() if name.endswith("__init__.py")}
    dead = sorted(set(modules) - reached - packages - set(UNTESTED))
    assert dead == [], f"no test reaches these modules {ADD_FIRST}"


def module_of_view(pattern: object) -> str:
    """The module in which the view of a route is written."""
    view = pattern.callback
    return getattr(view, "view_class", getattr(view, "cls", view)).__module__


def test_the_list_of_untested_modules_is_short_and_true():
    modules = {module_of(name) for name in sources()}
    assert set(UNTESTED) - modules == set()
    assert len(UNTESTED) <= 9


def test_every_acceptance_point_of_the_pages_has_a_test_that_names_it():
    """The docstring of a browser test names the points (A01 …) that the test proves."""
    wanted = [*range(1, 7), *range(8, 14), 17, 18, 19, 21, *range(24, 42)]
    said = " ".join(
        ast.get_docstring(node) or ""
        for name in tracked()
        if name.startswith("tests/e2e/test_")
        for node in ast.walk(tree(name))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
    proved = set(re.findall(r"\bA\d\d\b", said))
    assert [f"A{number:02}" for number in wanted if f"A{number:02}" not in proved] == []


# --- templates ----------------------------------------------------------------------------------


def templates() -> dict[str, str]:
    """Name and text of every template."""
    prefix = "templates/"
    return {name.removeprefix(prefix): text(name) for name in tracked() if name.startswith(prefix)}


def test_no_template_is_unused():
    """Its name stands in a source or another template; or its app builds the name from the stem."""
    # Django finds its own widgets' templates by name: those we replace are used.
    every = {name: body for name, body in templates().items() if not name.startswith("django/")}
    python = {name: text(name) for name in sources()}
    unused = []
    for name in every:
        folder, _, last = name.rpartition("/")
        stem = last.removesuffix(".html").removeprefix("_")
        users = [body for other, body in every.items() if other != name] + list(python.values())
        if name in FOUND_BY_DJANGO or any(f'"{name}"' in body for body in users):
            continue
        own = [body for path, body in python.items() if f"{folder}/" in path]
        builds = any(f'f"{folder}/' in body for body in own)
        tail = stem[stem.find("_") :] if "_" in stem else stem
        if not (builds and any(f'"{stem}"' in body or f"}}{tail}.html" in body for body in own)):
            unused.append(name)
    assert unused == [], "nobody renders or includes these templates: delete them"


def test_no_template_of_an_area_is_used_outside_it():
    names = "|".join(settings.WORK_AREAS)
    used = re.compile(rf"[\"']({names})/[\w/]+\.html[\"']")
    found = []
    for name in [*sources(), *(f"templates/{one}" for one in templates())]:
        parts = Path(name).parts
        home = parts[1] if parts[0] == "templates" else parts[0]
        found += [f"{name} uses {one}" for one in used.findall(text(name)) if one != home]
    assert found == [], "move what several apps share to templates/components"


def test_loads_are_sorted_and_stand_once():
    for name, body in templates().items():
        for tags in re.findall(r"{% load ([^%]+) %}", body):
            libraries = tags.split(" from ")[0].split()
            assert libraries == sorted(libraries), name
        loaded = [one for tags in re.findall(r"{% load ([^%]+) %}", body) for one in tags.split()]
        assert len(loaded) == len(set(loaded)), name


def test_no_template_carries_script_style_or_unescaped_text():
    banned = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bon(?:click|change|submit|load)=|\|safe\b")
    allowed = re.compile(r'<script[^>]*type="application/(?:json|ld\+json)"')
    found = [
        name
        for name, body in templates().items()
        if banned.search(allowed.sub("", body)) or re.search(r"\sstyle=", body)
    ]
    assert found == [], "script and style go into static/, |safe goes"


# --- code ---------------------------------------------------------------------------------------


def test_every_module_says_what_it_is():
    silent = [
        name
        for name in sources(tests=True)
        if text(name).strip() and not ast.get_docstring(tree(name))
    ]
    assert silent == [], "give the module a docstring in its first line"


def test_every_model_says_what_it_is():
    silent = [
        model._meta.label
        for config in areas.portal_apps()
        for model in config.get_models()
        if not (model.__doc__ or "").strip() or model.__doc__.startswith(f"{model.__name__}(")
    ]
    assert silent == [], "give the model a docstring: what a row is, and its article"


def public_functions(name: str) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Functions and classes of a module that others may use."""
    for node in tree(name).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def test_every_public_function_and_class_of_the_kernel_has_a_docstring():
    silent = [
        f"{name}: {node.name}"
        for name in sources()
        if in_app(name, "hrss_portal") and "/commands/" not in name
        for node in public_functions(name)
        if not ast.get_docstring(node) and not is_overload(node)
    ]
    assert silent == [], "give it a docstring, or a name with _ if nobody else uses it"


def is_overload(node: ast.AST) -> bool:
    """Whether a definition only gives another type."""
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list)


def test_imports_are_absolute():
    found = [
        f"{name}:{node.lineno}"
        for name in sources(tests=True, migrations=True)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert found == [], "write the whole name of the module"


def longest(name: str) -> int:
    """How many lines a file may have: what is read in one sitting; tests read as lists do."""
    return LONGEST_TEST_FILE if name.startswith("tests/") else LONGEST_FILE


def test_files_and_functions_stay_small():
    long = [
        f"{name}: {count} lines"
        for name in sources(tests=True)
        if (count := text(name).count("\n")) > longest(name) and name not in ONE_PIECE
    ]
    for name in sources():
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = node.end_lineno - node.lineno + 1
                if count > LONGEST_FUNCTION:
                    long.append(f"{name}: {node.name} has {count} lines")
    assert long == [], (
        f"too long (a function {LONGEST_FUNCTION} lines): split it by what its parts do; "
        "a file becomes several, or a package of the same name"
    )


def test_nothing_committed_is_unfinished_or_tied_to_one_machine():
    """Marks of unfinished work, paths of a machine, hosts of a package registry."""
    marks = re.compile("|".join([r"\bTO" + r"DO\b", "FIX" + "ME", "X" + r"XX\b(?!X)"]))
    places = re.compile(
        "|".join(
            [
                r"(?<![\w.}])/(?:wo" + r"rk|ro" + r"ot|home/\w+|Us" + r"ers)/\w",
                r"registry\.npm" + r"js\.org",
                r"npm" + r"mirror",
                r"files\.pythonhosted" + r"\.org",
                r"pypi\.(?:org|python)" + r"/simple",
                r"--(?:extra-)?index-" + r"url",
                r'"resolved"' + ":",
            ]
        )
    )
    found = []
    for name in tracked():
        body = text(name)
        for kind in (marks, places):
            found += [
                f"{name}:{body.count(chr(10), 0, hit.start()) + 1} {hit.group()}"
                for hit in kind.finditer(body)
            ]
    assert found == []


# --- migrations ---------------------------------------------------------------------------------


def own_migrations() -> list[tuple[str, str, object]]:
    """App label, name and migration of every migration of ours."""
    loader = MigrationLoader(None)
    labels = {config.label for config in areas.portal_apps()}
    return [
        (label, name, migration)
        for (label, name), migration in loader.disk_migrations.items()
        if label in labels
    ]


def test_migrations_are_named_and_numbered_in_a_row():
    numbers: dict[str, list[int]] = {}
    for label, name, _ in own_migrations():
        assert "_auto_" not in name, (label, name)
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+", name), (label, name)
        numbers.setdefault(label, []).append(int(name[:4]))
    for label, found in numbers.items():
        assert sorted(found) == list(range(1, len(found) + 1)), label


def test_every_migration_can_be_taken_back():
    stuck = [
        f"{label}.{name}"
        for label, name, migration in own_migrations()
        for operation in migration.operations
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible
    ]
    assert stuck == []


# --- tables in docs -----------------------------------------------------------------------------


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table in docs."""
    with (ROOT / "docs" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_figure_of_the_table_is_declared():
    rows = table("figures.csv")
    known = {one.code for one in areas.declared("indicators")}
    assert {row["kind"] for row in rows} <= {"figure", "parameter", "text"}
    gone = [row["id"] for row in rows if row["kind"] == "figure" and row["code"] not in known]
    assert gone == [], "docs/figures.csv names codes that no indicators.py declares"
    assert len({row["id"] for row in rows}) == len(rows)
    parameters = catalogue_of_parameters()
    named = [row["code"] for row in rows if row["kind"] == "parameter"]
    assert sorted(set(named) - parameters) == []


def catalogue_of_parameters() -> set[str]:
    """The codes of the parameters that ship with the portal."""
    codes: set[str] = set()
    for name in tracked():
        if name.endswith(("indicators/data/parameters.csv", "deadlines/data/rates_and_limits.csv")):
            lines = csv.DictReader(text(name).lstrip("\ufeff").splitlines())
            codes |= {row.get("code") or row.get("id") or "" for row in lines}
    return codes


def test_every_system_of_the_table_has_its_page_model_and_test():
    """``page`` holds URL names, ``model`` labels, ``test`` files; several are parted by ``;``."""
    names = {name for name, _ in routes.routes()}
    found = []
    for row in table("systems.csv"):
        for page in filter(None, row["page"].split(";")):
            if page not in names:
                found.append(f"{row['id']}: no page {page}")
        for label in filter(None, row["model"].split(";")):
            try:
                apps.get_model(label)
            except LookupError:
                found.append(f"{row['id']}: no model {label}")
        for test in filter(None, row["test"].split(";")):
            path, _, function = test.partition("::")
            if path not in tracked() or (function and f"def {function}(" not in text(path)):
                found.append(f"{row['id']}: no test {test} {ADD_FIRST}")
        if not (row["page"] and row["model"] and row["test"]):
            found.append(f"{row['id']}: page, model and test are all needed")
    assert found == []


def declared_headings() -> list[dict[str, str]]:
    """The table of sheets as the declarations have it."""
    return [
        {
            "sheet": sheet.code,
            "title": sheet.title,
            "place": str(place),
            "heading": column.heading,
            "column": column.name,
            "key": "1" if column.key else "",
            "personal": column.personal,
            "synonyms": "；".join(column.synonyms),
        }
        for sheet in registry.sheets()
        for place, column in enumerate(sheet.columns, 1)
    ]


def test_the_table_of_sheets_equals_the_declarations(pytestconfig: pytest.Config):
    """``pytest tests/test_house.py --write-tables`` writes it anew, for review."""
    rows = declared_headings()
    if pytestconfig.getoption("--write-tables"):
        with (ROOT / "docs" / "sheets.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    written = table("sheets.csv")
    gone = [f"- {row['sheet']} {row['heading']}" for row in written if row not in rows]
    new = [f"+ {row['sheet']} {row['heading']}" for row in rows if row not in written]
    assert [*gone, *new] == [], (
        "docs/sheets.csv is not as declared (- written, + declared); write it anew with "
        "`./portal test tests/test_house.py --write-tables` and review the difference"
    )
    assert written == rows, "the order differs"


# --- names --------------------------------------------------------------------------------------


def test_names_of_routes_are_unique():
    names = [name for name, _ in routes.routes()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_menu_entry_opens_a_route_with_the_same_policy():
    found = []
    policies = {name: routes.policy_of(pattern.callback) for name, pattern in routes.routes()}
    for config in areas.portal_apps():
        for item in config.menu:
            if item.url not in policies:
                found.append(f"{item.label}: no route {item.url}")
            elif policies[item.url] != item.policy:
                found.append(f"{item.label}: {item.policy} is not {policies[item.url]}")
    assert found == []


def test_every_url_that_a_template_or_module_names_exists():
    used = re.compile(r"{% url ['\"]([\w:]+)['\"]|\breverse\(\s*['\"]([\w:]+)['\"]")
    names = {name for name, _ in routes.routes()}
    every = {f"templates/{name}": body for name, body in templates().items()}
    every |= {name: text(name) for name in sources()}
    found = [
        f"{name}: {one or other}"
        for name, body in every.items()
        for one, other in used.findall(body)
        if (one or other) not in names and not is_admin(one or other)
    ]
    assert found == []


def is_admin(name: str) -> bool:
    """Whether a URL name belongs to Django's own administration."""
    try:
        get_resolver().reverse(name)
    except NoReverseMatch:
        return name.startswith("admin:")
    return True


def test_every_command_speaks_the_portals_shape():
    from hrss_portal.audit.commands import PortalCommand

    own = {name: app for name, app in get_commands().items() if str(app).startswith("hrss_portal.")}
    replaced = {"migrate"}  # Django's own, with the first migration made fast
    from importlib import import_module

    for name, app in own.items():
        command = import_module(f"{app}.management.commands.{name}").Command
        assert name in replaced or issubclass(command, PortalCommand), name


def test_the_catalogue_of_figures_has_no_code_twice():
    codes = [one.code for one in areas.declared("indicators")]
    assert len(codes) == len(set(codes))
    assert set(catalogue.__dict__) >= {"__doc__"}
