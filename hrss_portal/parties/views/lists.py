"""Lists of persons and employers; every filter is in the address, no number ever is."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from hrss_portal.access import policy
from hrss_portal.audit.log import record_access
from hrss_portal.parties import choices, identifiers, matching
from hrss_portal.parties.fields import ChoiceLabelField, TownField
from hrss_portal.parties.models import Party, Person
from hrss_portal.parties.models.persons import id_index, tail_index
from hrss_portal.parties.views.kinds import EMPLOYER, PERSON, Kind, user_of

SIZES = (20, 50, 100)
CAP = 10_000
#: The last four of a document number as people type them, a name before it or not.
TAIL_WANTED = re.compile(r"(?P<name>[^\d\s]*)\s*(?P<tail>\d{3}[\dXx])")


@dataclass(frozen=True)
class Link:
    """A page number; without address the present page, without number a gap."""

    number: int | None
    url: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a list, as the pager shows it."""

    rows: list[Any]
    number: int
    size: int
    total: int
    capped: bool
    links: list[Link]
    previous_url: str
    next_url: str

    @property
    def first_row(self) -> int:
        """Position of the first row."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        """Position of the last row."""
        return (self.number - 1) * self.size + len(self.rows)


def page_of(request: HttpRequest, rows: QuerySet, related: tuple[str, ...]) -> Page:
    """The page that the address asks for: numbers first, then the rows, the count capped."""
    size = _number(request.GET.get("size"), 50)
    size = size if size in SIZES else 50
    exact = request.GET.get("count") == "exact"
    number = _number(request.GET.get("page"), 1)
    found = _rows(rows, number, size, related)
    if len(found) <= size and (found or number == 1):
        total, capped = (number - 1) * size + len(found), False  # the last page tells it
    else:
        total = rows.order_by().count() if exact else rows.order_by()[: CAP + 1].count()
        capped = not exact and total > CAP
        total = min(total, CAP) if capped else total
    last = max((total + size - 1) // size, 1)
    if number > last:
        number = last
        found = _rows(rows, number, size, related)
    found = found[:size]

    def url(page: int) -> str:
        params = request.GET.copy()
        params["page"] = str(page)
        return f"?{params.urlencode()}"

    near = sorted({1, last, *range(max(number - 2, 1), min(number + 2, last) + 1)})
    links: list[Link] = []
    for page in near:
        if links and links[-1].number is not None and page - links[-1].number > 1:
            links.append(Link(None))
        links.append(Link(page, "" if page == number else url(page)))
    return Page(
        found,
        number,
        size,
        total,
        capped,
        links,
        url(number - 1) if number > 1 else "",
        url(number + 1) if number < last else "",
    )


def _rows(rows: QuerySet, number: int, size: int, related: tuple[str, ...]) -> list[Any]:
    """The rows of a page and the first one behind it: numbers from the index, then the joins."""
    start = (number - 1) * size
    keys = rows.values("pk")[start : start + size + 1]
    found = rows.model._base_manager.filter(pk__in=keys).select_related(*related)
    return list(found.order_by(*rows.query.order_by))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and 0 < int(text) < 1_000_000 else default


class QueryForm(forms.Form):
    """The query bar."""

    use_required_attribute = False
    q = forms.CharField(required=False, max_length=60)
    town = TownField(required=False, label="乡镇")
    sort = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].empty_label = "全部"  # type: ignore[attr-defined]


def _options(pairs: list[tuple[str, str]], label: str) -> ChoiceLabelField:
    return ChoiceLabelField([("", "全部"), *pairs], required=False, label=label)


class PersonQuery(QueryForm):
    """Of persons: name, township, group, state."""

    q = forms.CharField(
        required=False,
        max_length=60,
        label="姓名",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名或拼音首字母"}),
    )
    tag = _options(choices.PersonTag.choices, "人员类别")
    state = _options(choices.PersonState.choices, "状态")

    def narrow(self, rows: Any) -> Any:
        """The rows that fit."""
        asked = self.cleaned_data
        if asked.get("tag"):
            rows = rows.filter(tags__contains=[asked["tag"]])
        return rows.filter(state=asked["state"]) if asked.get("state") else rows.standing()


class EmployerQuery(QueryForm):
    """Of employers: name or credit code, township, kind, size, state."""

    q = forms.CharField(
        required=False,
        max_length=60,
        label="名称",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "名称、拼音首字母或信用代码"}
        ),
    )
    kind = _options(choices.EmployerKind.choices, "单位类型")
    size_class = _options(choices.Size.choices, "规模")
    status = _options(choices.OpStatus.choices, "经营状态")
    mark = _options(
        [("four_up", "四上企业"), ("short", "重点缺工企业"), ("paired", "结对帮扶市县企业")], "标记"
    )

    def narrow(self, rows: Any) -> Any:
        """The rows that fit."""
        asked, rows = self.cleaned_data, rows.standing()
        for name, column in (("kind", "kind"), ("size_class", "size"), ("status", "op_status")):
            if asked.get(name):
                rows = rows.filter(**{column: asked[name]})
        marks = {
            "four_up": Q(is_four_up=True),
            "short": Q(is_short_staffed=True),
            "paired": Q(paired_county=True),
        }
        return rows.filter(marks[asked["mark"]]) if asked.get("mark") else rows


class PartyList(View):
    """A list.  GET only; a search by name is noted in the access log."""

    kind: ClassVar[Kind]
    query: ClassVar[type[QueryForm]]
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {
        "": ("-pk",),
        "name": ("reading", "pk"),
        "-name": ("-reading", "-pk"),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list that the address describes."""
        form = self.query(request.GET, auto_id="f_%s")
        form.is_valid()
        asked = form.cleaned_data
        rows = form.narrow(self.kind.model.objects.all())  # type: ignore[attr-defined]
        if asked.get("town"):
            rows = rows.filter(town=asked["town"])
        text = (asked.get("q") or "").strip()
        if text:
            rows = self.search(rows, text)
            self.note(text)
        sort = request.GET.get("sort", "")
        rows = rows.order_by(*self.sorts.get(sort, self.sorts[""]))
        page = page_of(request, rows, ("town", "unit"))
        user, kind = user_of(request), self.kind
        context = {
            "title": kind.list_title,
            "page_id": f"parties-{kind.noun}s",
            "page_state": "ready" if page.rows else "empty",
            "kind": kind,
            "form": form,
            "boxes": [bound for bound in form if bound.name != "sort"],
            "page": page,
            "sort": sort,
            "chips": self.chips(request, form),
            "clear_url": request.path,
            "may_add": policy.can(user, kind.action("add")),
            "may_import": policy.can(user, f"parties.sheet.{kind.sheet}"),
            "may_search": policy.can(user, kind.action("search")),
        }
        return render(request, f"parties/{kind.noun}_list.html", context)

    def search(self, rows: Any, text: str) -> Any:
        """The rows whose name fits."""
        return rows.named(text)

    def note(self, text: str) -> None:
        """Write the search to the access log, names masked."""
        record_access(
            "search",
            subject_type=f"parties.{self.kind.noun}",
            subject_id="",
            label=identifiers.mask_name(text[:20]),
            fields=["name"],
        )

    def chips(self, request: HttpRequest, form: forms.Form) -> list[dict[str, str]]:
        """The conditions in force, each with the address without it."""
        made = []
        for bound in form:
            value = form.cleaned_data.get(bound.name)
            if not value or bound.name == "sort":
                continue
            params = request.GET.copy()
            params.pop(bound.name, None)
            params.pop("page", None)
            shown = dict(getattr(bound.field, "choices", None) or {}).get(value, value)
            made.append(
                {"label": str(bound.label), "value": str(shown), "url": f"?{params.urlencode()}"}
            )
        return made


class PersonList(PartyList):
    """人员列表."""

    policy = PERSON.action("view")
    kind = PERSON
    query = PersonQuery


class EmployerList(PartyList):
    """单位列表."""

    policy = EMPLOYER.action("view")
    kind = EMPLOYER
    query = EmployerQuery

    def search(self, rows: Any, text: str) -> Any:
        """Also by credit code, which is public."""
        code = identifiers.normalise_uscc(text)
        if len(code) >= 15 and code.isalnum() and code.isascii():
            return rows.filter(Q(uscc=code) | Q(old_register_no=code))
        return rows.named(text)

    def note(self, text: str) -> None:
        """Names of organisations are public: a search for one is not noted."""


class PersonFind(View):
    """Find a person by document number, telephone, or the number's last four (with a name or not).

    POST, so that no address holds a number.
    """

    policy = PERSON.action("search")

    @method_decorator(sensitive_post_parameters("number"))
    def post(self, request: HttpRequest) -> HttpResponse:
        """To the person's page, or back to the list with words."""
        text = request.POST.get("number", "")
        ending = TAIL_WANTED.fullmatch(text.strip())
        number = identifiers.normalise_id_number(ending["tail"] if ending else text)
        rows = self._ending(ending["name"], number) if ending else self._rows(number)
        record_access(
            "search",
            subject_type="parties.person",
            subject_id=str(rows[0].pk) if len(rows) == 1 else "",
            label=f"尾号 {number[-4:]}" if ending or len(number) >= 7 else "",
            fields=["id_number" if ending or len(number) >= 15 else "phone"],
        )
        if len(rows) == 1:
            return redirect(rows[0].get_absolute_url())
        words = (
            f"找到 {len(rows)} 人，选一位"
            if rows
            else "没有这个号码的人员（或不在可见范围内）。可新增"
        )
        context = {
            "title": "按号码查找",
            "page_id": "parties-find",
            "page_state": "ready" if rows else "empty",
            "rows": rows,
            "words": words,
            "add_url": reverse("parties:person_add"),
        }
        return render(request, "parties/found.html", context)

    def _rows(self, number: str) -> list[Party]:
        if len(number) < 7:
            return []
        kinds = [choices.IdKind.RESIDENT, *choices.IdKind.values]
        indexes = {id_index(kind, number) for kind in kinds}
        wanted = Q(id_number_index__in=indexes) | Q(pk__in=matching.people_with_phone(number))
        rows = Person.objects.filter(wanted).select_related("town", "merged_into").order_by("pk")
        return self._standing(rows)

    def _ending(self, name: str, tail: str) -> list[Party]:
        """Those whose document number ends so, among them those of the name."""
        rows = Person.objects.filter(id_tail_index=tail_index(f"…{tail}"))
        rows = rows.named(name) if name else rows
        return self._standing(rows.select_related("town", "merged_into").order_by("pk"))

    def _standing(self, rows: Any) -> list[Party]:
        found = {row.standing_id: matching.standing(row) for row in rows[:20]}
        return list(found.values())
