"""Lists, declared: columns, filters, search, bulk actions; the address holds the whole state.

A list page is a subclass of ``ListPage`` with attributes, and nothing else in most cases::

    class LeadList(ListPage):
        policy = "<area>.lead.view"
        model = Lead
        title, noun = "监察线索", "线索"
        columns = (Col(name="number", label="编号", kind="code", sort="number", link=True), …)
        filters = (Filter(name="town", label="乡镇", choices=town_choices, lookup="town_id"), …)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.views.generic import View

from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.desk import bulk as bulk_work
from hrss_portal.desk import clockface, habits, links, paging
from hrss_portal.desk.bulk import Bulk
from hrss_portal.desk.columns import Cell, Col, DateRange, Filter
from hrss_portal.desk.models import ListPreference
from hrss_portal.imports import registry

__all__ = ["Col", "DateRange", "Filter", "ListPage", "Quick"]

PASSING = frozenset({"page", "after", "size", "density", "count", "sort"})


@dataclass(frozen=True, kw_only=True)
class Quick:
    """A view that the list itself offers, as a link with its filters: 超期, 我的, 待审."""

    label: str
    query: str


@dataclass(frozen=True)
class Row:
    """One row as the table shows it."""

    pk: Any
    url: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Heading:
    """One heading: its words, where it sorts to, and how it is sorted now."""

    col: Col
    url: str = ""
    order: str = ""


@dataclass(frozen=True)
class Chip:
    """One condition in force, and the address without it."""

    label: str
    value: str
    url: str


class ListPage(View):
    """A list of one model.  GET shows it; POST runs a bulk action on ticked rows."""

    policy: ClassVar[str] = "login"
    page: ClassVar[str] = ""
    model: ClassVar[type[Model]]
    title: ClassVar[str] = ""
    noun: ClassVar[str] = "记录"
    about: ClassVar[str] = ""
    columns: ClassVar[Sequence[Col]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    search: ClassVar[Any] = None  # staticmethod search(rows, text) -> rows
    search_hint: ClassVar[str] = "编号、姓名、单位"
    default_sort: ClassVar[str] = "-pk"
    size: ClassVar[int] = 50
    related: ClassVar[Sequence[str]] = ()  # joined; single-valued
    prefetch: ClassVar[Sequence[str]] = ()  # one query each; the rows of ``rows()`` are read anew
    told: ClassVar[Any] = None  # staticmethod told(rows) -> rows, annotated with what is shown
    quick: ClassVar[Sequence[Quick]] = ()
    bulk: ClassVar[Sequence[Bulk]] = ()
    create: ClassVar[str] = ""
    create_policy: ClassVar[str] = ""
    detail: ClassVar[str] = ""
    import_sheet: ClassVar[str] = ""
    export_sheet: ClassVar[str] = ""
    template_name: ClassVar[str] = "desk/list.html"

    @property
    def user(self) -> User:
        """Who looks; the route's policy let nobody else in."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
        return user

    @property
    def code(self) -> str:
        """What preferences and saved views of this list are kept under."""
        return self.page or f"{self.model._meta.label_lower}:{type(self).__name__}"

    # --- what subclasses may override ---------------------------------------------------------

    def rows(self) -> QuerySet[Any]:
        """All rows of the list, before filters; the scope of the user is added by the manager."""
        return self.model._default_manager.all()

    def row_url(self, row: Any) -> str:
        """Where a row leads."""
        return links.url_of(self.detail, row.pk) if self.detail else ""

    # --- the query ----------------------------------------------------------------------------

    @cached_property
    def params(self) -> QueryDict:
        """The query string that the page answers; a bulk POST carries it in the address too."""
        return self.request.GET

    @cached_property
    def offered(self) -> list[Filter]:
        """The filters, worked out once."""
        return list(self.filters)

    @cached_property
    def form(self) -> forms.Form:
        """The query form with what was asked; a bad value stays in its box with the reason."""
        fields: dict[str, forms.Field] = {}
        if type(self).search is not None:
            box = forms.CharField(required=False, max_length=60, label="关键字")
            box.widget = forms.TextInput(attrs={"type": "search", "placeholder": self.search_hint})
            fields["q"] = box
        for one in self.offered:
            fields.update(one.fields())
        made = type("QueryForm", (forms.Form,), fields)
        form: forms.Form = made(self.params, auto_id="f_%s", use_required_attribute=False)
        form.is_valid()
        return form

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        """The conditions that could be read."""
        return getattr(self.form, "cleaned_data", {})

    def found(self) -> QuerySet[Any]:
        """The rows that fit the conditions."""
        rows = self.rows()
        for one in self.offered:
            rows = one.narrow(rows, self.cleaned)
        search = type(self).search
        if search is not None and self.cleaned.get("q"):
            rows = search(rows, self.cleaned["q"].strip())
        return rows

    @cached_property
    def habits(self) -> habits.Habits:
        """How this user wants this list."""
        return habits.of(self.user, self.code)

    @cached_property
    def shown(self) -> list[Col]:
        """The chosen columns, in the user's order; the first declared one always leads."""
        chosen = self.habits.columns
        if not chosen:
            return [col for col in self.columns if col.shown]
        by_name = {col.name: col for col in self.columns}
        first = self.columns[0]
        rest = [by_name[name] for name in chosen if name in by_name and name != first.name]
        return [first, *rest]

    @cached_property
    def sort(self) -> str:
        """The order asked for, if the list offers it."""
        asked = self.params.get("sort", "")
        offered = {col.sort for col in self.columns if col.sort}
        return asked if asked.lstrip("-") in offered else self.default_sort

    @cached_property
    def density(self) -> str:
        """compact, normal or loose; empty: by the height of the screen."""
        asked = self.params.get("density", "")
        return asked if asked in ListPreference.Density.values else self.habits.density

    @cached_property
    def page_size(self) -> int:
        """Rows on a page."""
        asked = self.params.get("size", "")
        sizes = [str(size) for size in paging.SIZES]
        return int(asked) if asked in sizes else self.habits.size or self.size

    # --- the page -----------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list, or the result of a bulk action that was run from it."""
        if request.GET.get("result"):
            return bulk_work.result(self)
        return render(request, self.template_name, self.context())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A bulk action: first the confirming page, then the work."""
        return bulk_work.run(self)

    def context(self) -> dict[str, Any]:
        """What the template shows."""
        page = paging.read(
            self.found(),
            self.params,
            sort=self.sort,
            size=self.page_size,
            **{name: getattr(self, name) for name in ("related", "prefetch", "told")},
        )
        boxes = self.boxes()
        return {
            "list": self,
            "title": self.title,
            "page_id": self.code,
            "page_state": self._state(page),
            "page": page,
            "headings": self.headings(),
            "table": self.table(page.rows),
            "chips": self.chips(),
            "clear_url": self.address(keep=("sort", "size", "density")),
            "near": [one for one in boxes if not one["further"]],
            "further": [one for one in boxes if one["further"]],
            "actions": self.actions(),
            "bulk": self.allowed_bulk(),
            "views": self.views(),
            "densities": ListPreference.Density.choices,
            "sizes": paging.SIZES,
        }

    def _state(self, page: paging.Page) -> str:
        if self.form.errors:
            return "error"
        return "ready" if page.rows else "empty"

    def table(self, rows: Sequence[Any]) -> list[Row]:
        """The rows as cells."""
        today = timezone.localdate()
        count = links.working_days_counter()
        clockface.tell(rows)
        return [
            Row(
                row.pk,
                self.row_url(row),
                [col.cell(row, today=today, working_days=count) for col in self.shown],
            )
            for row in rows
        ]

    def headings(self) -> list[Heading]:
        """The headings, those that sort as links that turn the order round."""
        made = []
        for col in self.shown:
            if not col.sort:
                made.append(Heading(col))
                continue
            order = {col.sort: "ascending", f"-{col.sort}": "descending"}.get(self.sort, "")
            turn = col.sort if order == "descending" else f"-{col.sort}"
            if not order and col.kind not in {"number", "money", "date", "moment"}:
                turn = col.sort
            made.append(Heading(col, self.address(sort=turn), order))
        return made

    def address(self, keep: Sequence[str] | None = None, **changes: str) -> str:
        """This list's query string with some keys replaced and the page forgotten."""
        params = self.params.copy()
        for key in list(params):
            if key in {"page", "after", "result"} or (keep is not None and key not in keep):
                params.pop(key)
        for key, value in changes.items():
            if value:
                params[key] = value
            else:
                params.pop(key, None)
        return f"?{params.urlencode()}"

    def chips(self) -> list[Chip]:
        """The conditions in force, each with the address without it."""
        made = []
        for name, value in self.cleaned.items():
            if value in (None, ""):
                continue
            field = self.form.fields[name]
            words = str(value)
            if isinstance(field, forms.ChoiceField):
                pairs: Any = field.choices
                words = next((str(text) for key, text in pairs if key == value), words)
            made.append(Chip(str(field.label), words, self.address(**{name: ""})))
        return made

    def boxes(self) -> list[dict[str, Any]]:
        """The filters as the query form shows them; one in use is never folded away."""
        found: list[dict[str, Any]] = []
        if "q" in self.form.fields:
            found.append({"label": "关键字", "fields": [self.form["q"]], "further": False})
        for one in self.offered:
            bound = [self.form[name] for name in one.names]
            used = any(field.value() for field in bound)
            label = format_lazy("{}", one.label)
            found.append({"label": label, "fields": bound, "further": one.further and not used})
        return found

    def actions(self) -> list[dict[str, str]]:
        """新增, 导入, 导出: those that this user may use."""
        made: list[dict[str, str]] = []
        if self.create and policies.can(self.user, self.create_policy or self.policy):
            url = links.url_of(self.create)
            made.append(
                {"label": f"新增{self.noun}", "url": url, "icon": "plus", "kind": "main-act"}
            )
        if self.import_sheet and self._may_sheet(self.import_sheet):
            url = links.url_of("imports:upload", self.import_sheet)
            made.append({"label": "导入", "url": url, "icon": "upload", "kind": ""})
        if self.export_sheet and self._may_sheet(self.export_sheet):
            url = links.url_of("imports:export", self.export_sheet)
            url = f"{url}?{urlencode({'filter': self.export_filter()})}" if url else ""
            made.append({"label": "导出", "url": url, "icon": "download", "kind": ""})
        return [one for one in made if one["url"]]

    @property
    def kept_params(self) -> list[tuple[str, str]]:
        """What the query form carries along: the order and the looks, not the page."""
        kept = ("sort", "size", "density")
        return [(key, str(self.params[key])) for key in kept if key in self.params]

    @property
    def other_params(self) -> list[tuple[str, str]]:
        """What the form for size and density carries along."""
        gone = {"size", "density", "page", "after", "result"}
        return [
            (key, value)
            for key, values in self.params.lists()
            for value in values
            if key not in gone
        ]

    @property
    def none_found(self) -> str:
        """The words where conditions find nothing."""
        return f"没有符合条件的{self.noun}"

    @property
    def none_yet(self) -> str:
        """The words where there is nothing yet."""
        return f"还没有{self.noun}"

    @property
    def empty_links(self) -> list[dict[str, str]]:
        """The way out of conditions that find nothing."""
        clear = self.address(keep=("sort", "size", "density"))
        return [{"label": "清除条件", "url": clear}]

    def _may_sheet(self, code: str) -> bool:
        try:
            return policies.can(self.user, registry.sheet(code).policy)
        except LookupError:
            return False

    def export_filter(self) -> str:
        """The conditions as the export takes them: ``key=value;key=a|b``."""
        return ";".join(f"{key}={'|'.join(values)}" for key, values in _plain(self.params))

    def allowed_bulk(self) -> list[Bulk]:
        """The bulk actions that this user may use."""
        return [one for one in self.bulk if policies.can(self.user, one.policy)]

    def views(self) -> list[dict[str, Any]]:
        """The list's own views and the saved ones, the one in force marked."""
        now = _plain(self.params)
        given = [(one.label, one.query, None) for one in self.quick]
        saved = [(one.name, one.query, one) for one in self.habits.views]
        return [
            {
                "label": label,
                "url": f"?{query}",
                "current": _plain(QueryDict(query)) == now,
                "saved": one,
            }
            for label, query, one in [*given, *saved]
        ]


def _plain(params: QueryDict) -> list[tuple[str, list[str]]]:
    """The conditions of a query string alone, to compare two."""
    return sorted(
        (key, values) for key, values in params.lists() if key not in PASSING and any(values)
    )
