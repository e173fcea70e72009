"""What an app of the portal declares, and how the rest of the portal finds it.

Django's app registry is the only registry.  An app declares in files that each hold one list
named after the file, as ``urls.py`` holds ``urlpatterns``: ``workflows.py`` holds ``workflows``,
``indicators.py`` holds ``indicators``.  Kernel apps declare in the same files as work areas.

The dataclasses in this module are the ones that apps *below* their engine must be able to
declare (a kernel app as low as ``access`` declares a sheet and a periodic job).  Everything else
is declared with the dataclasses of the engine that executes it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps
from django.utils.module_loading import import_string

DECLARATIONS = (
    "roles",
    "workflows",
    "deadlines",
    "indicators",
    "imports",
    "documents",
    "jobs",
    "api",
)


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """One line of the side menu: the words, the URL name it opens, and who sees it.

    ``policy`` is the policy of the page that it opens; a user who may not open it never sees it.
    """

    label: str
    url: str
    policy: str
    icon: str = "folder"
    query: str = ""
    badge: str = ""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A line of the workbench: what is to be registered today although no case waits for it."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Module:
    """An optional part of an app that a bureau may switch off (业务模块).

    What belongs to it, by name; an ending ``*`` stands for every name that begins so.  ``routes``
    are pages (``"archives:fee_*"``), ``actions`` rights (``"archives.sheet.X91"``), ``moves``
    moves of cases (``"archives.transfer.pay"``), ``figures`` codes of indicators, ``terms`` codes
    of terms (``"arc.fee"``), ``duties`` functions that the app names among its duties.  ``about``
    says to officials what it is.
    """

    code: str
    label: str
    about: str
    routes: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    moves: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()

    def names(self, kind: str, name: str) -> bool:
        """Whether one of the module's ``kind`` (``routes``, ``moves`` …) is this."""
        return any(
            name == one or (one.endswith("*") and name.startswith(one[:-1]))
            for one in getattr(self, kind)
        )


class PortalApp(AppConfig):
    """An app that declares: the base of kernel apps and of work areas.

    ``duties`` names functions ``duties(user) -> Iterable[Duty]``: what the user has still to
    register today, nothing once it is done.
    """

    default_auto_field = "django.db.models.BigAutoField"
    menu: tuple[MenuItem, ...] = ()
    modules: tuple[Module, ...] = ()
    duties: tuple[str, ...] = ()

    @cached_property
    def declared(self) -> Mapping[str, tuple[Any, ...]]:
        """Everything this app declares, by kind.  Read once, after all models are loaded."""
        return {kind: self._read(kind) for kind in DECLARATIONS}

    def _read(self, kind: str) -> tuple[Any, ...]:
        module = f"{self.name}.{kind}"
        return tuple(getattr(import_module(module), kind)) if find_spec(module) else ()


class KernelApp(PortalApp):
    """A part of the kernel; its verbose name is what the administration pages call it."""


class WorkArea(PortalApp):
    """A work area of the bureau: one office's matters over the kernel.

    ``code`` prefixes every code that the area declares (``arb.accepted``), so that a code in a sent
    report can never come to mean another area's figure.
    """

    code: str = ""


def portal_apps() -> tuple[PortalApp, ...]:
    """Kernel apps and work areas, in the order of ``INSTALLED_APPS``."""
    return tuple(config for config in apps.get_app_configs() if isinstance(config, PortalApp))


def work_areas() -> tuple[WorkArea, ...]:
    """The work areas, in the order of ``INSTALLED_APPS``."""
    return tuple(config for config in apps.get_app_configs() if isinstance(config, WorkArea))


def declared(kind: str) -> tuple[Any, ...]:
    """Every declaration of one kind (``"workflows"``, ``"jobs"`` …) over all apps.

    Raises ``LookupError`` for a kind that no engine reads.
    """
    if kind not in DECLARATIONS:
        raise LookupError(f"no declarations are called {kind!r}")
    return tuple(item for config in portal_apps() for item in config.declared[kind])


def duties(user: Any, without: Collection[Module] = ()) -> list[Duty]:
    """What all apps say that a user has still to register today; not for modules ``without``."""
    named = [path for config in portal_apps() for path in config.duties]
    asked = [path for path in named if not any(one.names("duties", path) for one in without)]
    return [duty for path in asked for duty in import_string(path)(user)]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of an exchanged sheet, which is a form field with headings.

    ``field`` is a factory of the Django form field that the form and the API use as well, so the
    three doors clean with one set of rules.  ``fill_down`` reads merged cells; ``key`` columns
    together name the row for matching; ``personal`` is the data class (P1 …) needed to see it.
    """

    name: str
    heading: str
    field: Callable[[], Any]
    synonyms: tuple[str, ...] = ()
    key: bool = False
    fill_down: bool = False
    personal: str = ""
    width: int = 14
    sample: str = ""
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A spreadsheet that the bureau exchanges.

    The dotted paths name what the app that declares the sheet does with it, as text, so that
    ``imports`` never reaches up.  ``ledger`` names an object whose methods are these functions
    (``casework.ledgers.Ledger`` of cases, ``casework.register_ledgers.RegisterLedger`` of
    registers); a sheet like neither names each function:

    ``commit(rows, *, context) -> list[dict]`` lands clean rows (``row.number``, ``row.cleaned``,
    ``row.raw``), in steps of at most 5,000 of one transaction, and answers one dict for each:
    ``row`` (its number), ``action`` (created, updated, unchanged, rejected), ``pk``, ``messages``
    [(column, words)], and with ``undo`` whatever that needs as ``before`` (JSON).  ``context`` has
    ``batch``, ``user``, ``unit`` (the sender's) and ``trial`` (True: everything is rolled back
    afterwards).
    ``match(rows, *, context)`` answers the same without writing; without it a trial commit does.
    ``undo(outcomes, *, context) -> list[dict]`` takes those dicts back, last row first, and answers
    ``row``, ``undone`` (bool), ``message`` (why not).
    ``check(cleaned) -> Iterable[tuple[str, str]]`` is the cross-field rule that the form shares:
    (column name, message); columns that did not clean are None.
    ``likeness(cleaned) -> str`` is what tells a row without its key (a case without a number) from
    the others, "" for any other row: rows of a file that agree in it are asked about.
    ``export(filters) -> QuerySet`` with ``filters`` {key: [values]}, ``ValueError`` for an unknown
    key; ``row_of(obj) -> Mapping`` of column name → value.
    ``named_by`` are the columns by which people know a row (案号, parties), shown beside Excel's
    row number; without them the key columns, else the first two.
    ``policy`` is the action a user needs to import or export it.  ``reading`` is the action that
    reads its records, where that reaches less far than ``policy``: who has it for the sender's
    whole unit reads the rows of other people's batches and takes them back.
    ``dated_by`` names the field of its records that says to which period one belongs; the towns
    that may import such a sheet can be asked to return it (填报任务, ``activities.Round``).
    """

    code: str
    title: str
    columns: tuple[Column, ...]
    policy: str
    ledger: str = ""
    reading: str = ""
    dated_by: str = ""
    commit: str = ""
    check: str = ""
    match: str = ""
    export: str = ""
    row_of: str = ""
    undo: str = ""
    likeness: str = ""
    version: str = "1"
    notes: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ()

    def call(self, name: str) -> Callable[..., Any] | None:
        """What the sheet does as ``name`` (commit, export …), or None where it does not."""
        if path := getattr(self, name):
            return import_string(path)
        return getattr(import_string(self.ledger), name, None) if self.ledger else None


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """Work that runs outside a request.  ``run`` is the dotted path of ``run(job)``.

    ``every`` (seconds) or ``at`` ("08:00", Asia/Shanghai) makes it periodic: the scheduler inserts
    one row per (kind, due time), so two schedulers insert it once.  ``attempts`` runs are made
    before the job is given up.  ``lease_seconds``: how long its worker may be silent before another
    takes over.  ``options``: ``atomic`` (True: work and outcome are one transaction; False: the
    work commits its own steps with ``job.save_checkpoint``) and ``purpose`` (of a job nobody asked
    for).
    """

    code: str
    label: str
    run: str
    queue: str = "default"
    every: int = 0
    at: str = ""
    attempts: int = 5
    lease_seconds: int = 30
    options: Mapping[str, Any] = field(default_factory=dict)
