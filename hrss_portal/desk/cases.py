"""Pages of cases that every area shares: the list, the detail page, their routes.

An area writes three short classes and one line of routes::

    class DisputeList(CaseList):
        model = Dispute
        policy = "<area>.dispute.view"

    urlpatterns = case_urls("disputes", list=DisputeList, detail=DisputeDetail, open=…, …)

Routes are named after the model: ``dispute_list``, ``dispute_open``, ``dispute_detail``,
``dispute_move``, ``dispute_edit``, ``dispute_attach``, ``dispute_paper``, ``dispute_print``.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

import segno
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from hrss_portal.access.models import User
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.audit.log import record_access
from hrss_portal.casework import hands, moves, own_days
from hrss_portal.casework.ledgers import party_names
from hrss_portal.casework.models import Case, Event, Follow
from hrss_portal.casework.models.records import past
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk import anatomy, recent
from hrss_portal.desk.bulk import Bulk
from hrss_portal.desk.columns import Col, DateRange, Filter
from hrss_portal.desk.forms import DeskForm
from hrss_portal.desk.gathering import Child, gather, marked
from hrss_portal.desk.links import case_url
from hrss_portal.desk.lists import ListPage, Quick
from hrss_portal.desk.sides import first_names
from hrss_portal.desk.states import state_label, state_tag
from hrss_portal.documents.numbers import parse_number
from hrss_portal.parties import towns
from hrss_portal.parties.fields import DateField, TextCell
from hrss_portal.parties.identifiers import mask_name
from hrss_portal.parties.names import query_grams

NEAR_DAYS = 3


def handler_in_lists(case: Any) -> str:
    """The handler; whom only a ledger names stands in brackets, which a narrow column holds."""
    if case.handler is not None:
        return str(case.handler.name)
    return f"（{case.handler_as_told}）" if case.handler_as_told else ""


CASE_COLUMNS = (
    Col(name="reference", label="编号", kind="code", sort="pk", link=True),
    Col(name="title", label="标题", link=True),
    Col(
        name="town",
        label="乡镇",
        value=lambda case: (case.town.short_name or case.town.name) if case.town else None,
    ),
    Col(name="amount", label="金额", unit="元", kind="money", sort="amount", shown=False),
    Col(name="people", label="人数", kind="number", shown=False),
    Col(name="due_on", label="时限", kind="clock", value=lambda case: case, sort="due_on"),
    Col(name="state", label="状态", kind="tag", value=state_label, tag=state_tag),
    Col(name="handler_words", label="承办", value=handler_in_lists),
    Col(name="opened_on", label="收到", kind="date", sort="opened_on"),
    Col(name="accepted_on", label="受理", kind="date", sort="accepted_on", shown=False),
    Col(name="closed_on", label="办结", kind="date", sort="closed_on", shown=False),
    Col(name="unit.name", label="承办单位", shown=False),
    Col(name="external_no", label="外部编号", kind="code", shown=False),
)


def side_col(role: str, label: str, *, kind: str = "text") -> Col:
    """A column with the parties of one role: the first two names and how many there are.

    ``kind="person"`` masks them as other people's names are masked in lists.
    """

    def names(case: Case) -> str:
        return first_names(party_names(case, role))

    return Col(name=f"{role}s", label=label, kind=kind, value=names)


def by_clock(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Cases by how their nearest statutory day stands; ``task``: by an own day that has come.

    Only a statutory day makes a case overdue.  What is to be done for an own day is neither near,
    in time nor suspended; after the end of a case (service, filing) there are own days alone.
    A case that has no statutory day and waits for a minimum period to end is in time.
    """
    today = timezone.localdate()
    rows = rows.filter(voided_at__isnull=True)
    open_rows = rows.filter(closed_on__isnull=True)
    if value == "task":
        late = Q(past(today), closed_on__isnull=True)
        return rows.filter(own_days.has_come(today)).exclude(late)
    if value in {"due", "ok", "paused"}:
        open_rows = open_rows.filter(~own_days.has_come(today))
    near = Q(warn_on__lte=today) | Q(
        warn_on__isnull=True, due_on__lte=today + timedelta(days=NEAR_DAYS)
    )
    match value:
        case "overdue":
            return open_rows.filter(past(today))
        case "today":
            return open_rows.filter(due_on=today).exclude(past(today))
        case "due":
            return open_rows.filter(near, due_on__gte=today).exclude(past(today))
        case "paused":
            return open_rows.filter(is_paused=True)
        case _:
            waits = Q(own_days.runs(today), due_on__isnull=True)
            return open_rows.filter(Q(~near, due_on__gte=today) | waits).exclude(past(today))


def by_stage(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Open, ended or voided cases."""
    if value == "void":
        return rows.filter(voided_at__isnull=False)
    rows = rows.filter(voided_at__isnull=True)
    return rows.filter(closed_on__isnull=value == "open")


def by_channel(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Cases of a channel, or those of which nobody recorded it."""
    return rows.filter(channel="" if value == UNRECORDED[0] else value)


def worked_by(rows: QuerySet[Any], user: User, since: date) -> QuerySet[Any]:
    """Cases in which a user made a move on a day or after it."""
    made = Event.objects.filter(by=user.pk, kind="move", on__gte=since)
    return rows.filter(pk__in=made.values("case_id"))


def plain_number(text: str) -> str:
    """A case number in its own brackets, however it was typed; other words as they are."""
    try:
        return parse_number(text).text
    except ValidationError:
        return text


def search_cases(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Cases whose number, title or parties contain the words."""
    wanted = query_grams(plain_number(text))
    return rows.filter(grams__contains=wanted) if wanted else rows.none()


def note_search(kind: str, words: str, hits: str) -> None:
    """Write a search for cases to the access log: a number as it is, any other words masked, since
    they may be a party's name; ``kind`` of what, ``hits`` how many were found."""
    try:
        label, field = parse_number(words).text[:40], "number"
    except ValidationError:
        label, field = mask_name(words[:20]), "name"
    record_access(
        "search",
        subject_type=kind,
        subject_id="",
        label=label,
        reason=f"找到 {hits} 件",
        fields=[field],
    )


def town_choices(user: User) -> list[tuple[str, str]]:
    """Townships and parks of the user's bureau, for a filter; read once a minute."""
    root = user.unit.path.split("/", 1)[0]
    found: list[tuple[str, str]] | None = cache.get(f"towns:{root}")
    if found is None:
        rows = towns.choices().filter(path__startswith=f"{root}/")
        found = [(str(unit.pk), unit.short_name or unit.name) for unit in rows]
        cache.set(f"towns:{root}", found, 60)
    return found


CLOCK_CHOICES = (
    ("overdue", "超期"),
    ("today", "今天到期"),
    ("task", "到期未办"),
    ("due", "临近"),
    ("ok", "正常"),
    ("paused", "中止"),
)
UNRECORDED = ("none", "未登记")
STAGE_CHOICES = (("open", "在办"), ("closed", "已办结"), ("void", "已作废"))


def assign_one(case: Any, *, by: User, data: dict[str, Any]) -> None:
    """Give one case of many to a handler."""
    moves.assign(case, by=by, handler=data["handler"], reason=data["reason"] or "批量分派")


class CaseList(ListPage):
    """The list of one kind of case; an area gives the model and the policy."""

    model: ClassVar[type[Case]]
    columns: ClassVar[Sequence[Col]] = CASE_COLUMNS
    related: ClassVar[Sequence[str]] = ("handler", "town", "unit")
    default_sort: ClassVar[str] = "-opened_on"
    search = staticmethod(search_cases)
    told = staticmethod(own_days.named)
    quick: ClassVar[Sequence[Quick]] = (
        Quick(label="在办", query="stage=open"),
        Quick(label="我承办的", query="stage=open&mine=handler"),
        Quick(label="超期", query="clock=overdue"),
        Quick(label="全部", query=""),
    )
    more_filters: ClassVar[Sequence[Filter]] = ()

    def context(self) -> dict[str, Any]:
        """What the template shows; a search is written down before its hits leave."""
        made = super().context()
        if words := self.cleaned.get("q", "").strip():
            page = made["page"]
            note_search(self.model._meta.label_lower, words, f"{page.total}{'＋' * page.capped}")
        return made

    def rows(self) -> QuerySet[Any]:
        """Every row has this kind already; saying so lets the indexes that begin with it serve."""
        return super().rows().filter(kind=workflow_of(self.model).of)

    @property
    def title(self) -> str:  # type: ignore[override]
        """The name of the kind of case."""
        return workflow_of(self.model).label

    @property
    def noun(self) -> str:  # type: ignore[override]
        """The same."""
        return workflow_of(self.model).label

    @property
    def create(self) -> str:  # type: ignore[override]
        """The intake page."""
        return f"{self.model._meta.app_label}:{self.model._meta.model_name}_open"

    @property
    def create_policy(self) -> str:  # type: ignore[override]
        """Who may take cases in."""
        return f"{workflow_of(self.model).of}.open"

    @property
    def filters(self) -> Sequence[Filter]:  # type: ignore[override]
        """What every kind of case is filtered by, and what the area adds."""
        workflow = workflow_of(self.model)
        me = self.user.pk
        mine = {"handler": Q(handler=me), "deputy": Q(deputy=me), "opened": Q(created_by=me)}
        states = [(state.code, state.label) for state in workflow.states]
        found = [
            Filter(name="stage", label="阶段", choices=lambda: STAGE_CHOICES, apply=by_stage),
            Filter(name="state", label="状态", choices=lambda: states),
            Filter(name="clock", label="时限", choices=lambda: CLOCK_CHOICES, apply=by_clock),
            Filter(
                name="town",
                label="乡镇",
                choices=lambda: town_choices(self.user),
                lookup="town_id",
            ),
            *self.more_filters,
            Filter(
                name="mine",
                label="与我有关",
                choices=lambda: [("handler", "我承办"), ("deputy", "我协办"), ("opened", "我登记")],
                apply=lambda rows, value: rows.filter(mine[value]),
                further=True,
            ),
            Filter(
                name="worked",
                label="我办理自",
                field=DateField,
                apply=lambda rows, since: worked_by(rows, self.user, since),
                further=True,
            ),
            DateRange(name="opened_on", label="收到", further=True),
            DateRange(name="closed_on", label="办结", further=True),
        ]
        if workflow.channels:
            channels = [*workflow.channels.items(), UNRECORDED]
            found.insert(
                4,
                Filter(
                    name="channel",
                    label="来源渠道",
                    choices=lambda: channels,
                    apply=by_channel,
                    further=True,
                ),
            )
        return found

    @property
    def bulk(self) -> Sequence[Bulk]:  # type: ignore[override]
        """Assignment of many cases at once."""
        handlers = hands.handlers_for(workflow_of(self.model), self.user.unit)
        fields = {
            "handler": forms.ModelChoiceField(label="承办人", queryset=handlers),
            "reason": TextCell(label="分派说明", max_length=200, required=False),
        }
        form = type("AssignMany", (DeskForm,), fields)
        policy = f"{workflow_of(self.model).of}.assign"
        return [Bulk(code="assign", label="批量分派", policy=policy, run=assign_one, form=form)]

    def row_url(self, row: Any) -> str:
        """The detail page."""
        return case_url(row)


class CaseDetail(View):
    """The page of one case: head, next steps, facts, what is to do, papers, timeline, parties."""

    policy: ClassVar[str] = "login"
    model: ClassVar[type[Case]]
    facts: ClassVar[Sequence[anatomy.Facts]] = ()
    children: ClassVar[Sequence[Child]] = ()  # what the area's own panels and tasks read
    template_name: ClassVar[str] = "desk/case.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; that it was opened is written down before it leaves."""
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
        case = whole_case(self.model, pk, user, self.children)
        record_access(
            "open",
            subject_type=case.kind,
            subject_id=case.pk,
            label=case.reference,
            case_id=case.pk,
        )
        recent.remember(user.pk, request.path, f"{case.reference} {case.title}")
        context = anatomy.context(case, user, self.facts)
        context.update(self.more(case, user))
        return render(request, self.template_name, context)

    def more(self, case: Any, user: User) -> dict[str, Any]:
        """What an area adds to the page: ``panels`` is a list of (title, template, context)."""
        return {}


class CasePrint(CaseDetail):
    """The same as a printable sheet; printing is written down as printing."""

    template_name: ClassVar[str] = "desk/case_print.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The sheet."""
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
        case = whole_case(self.model, pk, user, self.children)
        record_access(
            "print",
            subject_type=case.kind,
            subject_id=case.pk,
            label=case.reference,
            case_id=case.pk,
        )
        context = anatomy.context(case, user, self.facts)
        context["scan"] = scan_code(case)
        return render(request, self.template_name, context)


def scan_code(case: Case) -> str:
    """The code on the sheet as a picture; a gun types what it says into the search box."""
    picture: str = segno.make(f"HR-{case.pk}", micro=False).svg_data_uri(scale=3, border=2)
    return picture


RELATED = ("unit", "town", "handler", "deputy", "created_by", "voided_by")


def find_case(model: type[Case], pk: int) -> Any:
    """The visible case with what its pages read, else 404."""
    return get_visible_or_404(model._default_manager.select_related(*RELATED), pk=pk)


def whole_case(model: type[Case], pk: int, user: User, children: Sequence[Child] = ()) -> Any:
    """The visible case with everything its page shows, else 404: ``children`` are the area's."""
    wanted = (*anatomy.CHILDREN, *children)
    names = {"clocks", "links_onward", "links_back", *(child.name for child in wanted)}
    if workflow_of(model).informants:
        names.add("informants")
    rows = marked(model._default_manager.select_related(*RELATED), sorted(names))
    follows = Follow.objects.filter(case=OuterRef("pk"), user=user.pk)
    rows = own_days.named(rows.annotate(is_followed=Exists(follows)))
    case = get_visible_or_404(rows, pk=pk)
    gather(case, wanted)
    return case
