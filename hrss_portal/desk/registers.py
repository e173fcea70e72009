"""Registers: lists of dated records that an office keeps, declared like lists.

::

    class StaffRegister(Register):
        model, record_form = StaffMember, StaffMemberForm
        columns = (Col(name="name", label="姓名", sort="name"), …)

    urlpatterns = [*register_urls("staff", StaffRegister)]

gives ``staffmember_list``, ``staffmember_add``, ``staffmember_edit`` and ``staffmember_void``; with
``detail_page`` a row leads to ``staffmember_detail`` instead of its form.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.generic import View

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.casework.registers import RecordForm
from hrss_portal.desk.acting import changed_meanwhile, row_sets, worded
from hrss_portal.desk.columns import Col, Filter
from hrss_portal.desk.doing import unvalidated
from hrss_portal.desk.forms import add_messages, ask_in_words, parts_of, with_row_added
from hrss_portal.desk.lists import ListPage


class VoidForm(forms.Form):
    """Why a record is voided."""

    reason = forms.CharField(label="作废理由", max_length=200)


class Register(ListPage):
    """The list of a register, and what its other pages need: the form and the words."""

    record_form: ClassVar[type[forms.ModelForm]]
    detail_page: ClassVar[type[View] | None] = None
    void_verb: ClassVar[str] = "edit"
    columns: ClassVar[Sequence[Col]] = ()
    related: ClassVar[Sequence[str]] = ("town",)

    @property
    def title(self) -> str:  # type: ignore[override]
        """The plural name of the model."""
        return str(self.model._meta.verbose_name_plural)

    @property
    def noun(self) -> str:  # type: ignore[override]
        """The name of the model."""
        return str(self.model._meta.verbose_name)

    @property
    def create(self) -> str:  # type: ignore[override]
        """The page that adds a record."""
        return route(self.model, "add")

    @property
    def create_policy(self) -> str:  # type: ignore[override]
        """Who may add one."""
        return action(self.model, "add")

    @property
    def detail(self) -> str:  # type: ignore[override]
        """Where a row leads: its page, else its form."""
        return route(self.model, "detail" if self.detail_page else "edit")

    @property
    def filters(self) -> Sequence[Filter]:  # type: ignore[override]
        """The area's filters; voided records are left out unless asked for."""
        return (*self.more_filters, _VOIDED)

    @classmethod
    def void(cls, record: Any, *, by: User, reason: str) -> str:
        """Void a locked record; the words for the next page.  Raises ``ValidationError``.

        A register whose records a second person has to let go overrides it.
        """
        record.voided_at, record.void_reason = timezone.now(), reason
        record.voided_by = record.updated_by = by
        record.version += 1
        record.save()
        return f"已作废：{record}"

    more_filters: ClassVar[Sequence[Filter]] = ()

    def rows(self) -> QuerySet[Any]:
        """The records; the voided ones only on request."""
        rows = super().rows()
        if self.params.get("voided"):
            return rows
        return rows.filter(voided_at__isnull=True)


_VOIDED = Filter(
    name="voided",
    label="作废",
    choices=lambda: [("all", "连同作废的"), ("only", "只看作废的")],
    apply=lambda rows, value: rows.filter(voided_at__isnull=False) if value == "only" else rows,
    further=True,
)


def route(model: type[Any], page: str) -> str:
    """The URL name of a register's page."""
    return f"{model._meta.app_label}:{model._meta.model_name}_{page}"


def action(model: type[Any], verb: str) -> str:
    """The action on records of a register, from the model's scope."""
    return f"{model.scope.area}.{model.scope.noun}.{verb}"


class RecordPage(View):
    """What the form pages of a register share."""

    policy: ClassVar[str] = "login"
    register: ClassVar[type[Register]]

    @property
    def user(self) -> User:
        """Who works; the route's policy let nobody else in."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
        return user

    @property
    def model(self) -> type[Any]:
        """The register's model."""
        return self.register.model

    def allow(self, verb: str, record: Any) -> None:
        """Refuse whoever may do this on other records only."""
        policies.require(self.user, action(self.model, verb), record)

    def make(self, record: Any, data: Any = None) -> Any:
        """The form over a record."""
        files = self.request.FILES if data is not None else None
        form_class: Any = self.register.record_form
        given: dict[str, Any] = {"instance": record}
        if issubclass(form_class, RecordForm):
            given |= {"user": self.user, "unit": record.unit}
        if record.pk is None and data is None:
            given["initial"] = {
                name: values if len(values) > 1 else values[0]
                for name, values in self.request.GET.lists()
            }
        return worded(form_class(data, files, **given))

    def fits(self, form: Any) -> bool:
        """Whether the form is valid, and the record with the fields it does not ask for as well."""
        if not form.is_valid():
            return False
        try:
            form.instance.validate_constraints()
        except ValidationError as error:
            form.add_error(None, error.messages)
            return False
        return True

    def one_more_row(self, record: Any) -> HttpResponse:
        """The form as it was typed with one more empty row, without scripts."""
        data = with_row_added(self.request.POST, self.request.POST["add_row"])
        return self.page(unvalidated(lambda given: self.make(record, given), data), record)

    def page(self, form: Any, record: Any, *, status: int = 200) -> HttpResponse:
        """The form page."""
        name = self.model._meta.verbose_name
        in_rows = form.row_errors() if form.is_bound and hasattr(form, "rows") else []
        return render(
            self.request,
            "desk/record_form.html",
            {
                "form": form,
                "parts": parts_of(form, getattr(form, "sections", ())),
                "row_sets": row_sets(form),
                "row_errors": in_rows,
                "error_count": sum(map(len, form.errors.values())) + len(in_rows),
                "key": self.request.POST.get(keys.FIELD) or keys.new(),
                "title": f"{name}：{record}" if record.pk else f"新增{name}",
                "record": record,
                "back": self.url_of(record),
                "void_url": (
                    reverse(route(self.model, "void"), args=[record.pk])
                    if record.pk and not record.is_void
                    else ""
                ),
                "page_state": "error" if form.errors or in_rows else "ready",
            },
            status=status,
        )

    def url_of(self, record: Any) -> str:
        """Where the work on a record leads: to its page, else to the list."""
        if record.pk and self.register.detail_page:
            return reverse(route(self.model, "detail"), args=[record.pk])
        return reverse(route(self.model, "list"))

    def save(self, form: Any, record: Any, words: str) -> HttpResponse:
        """Store the record with who did it, and go to it; or show what is to be mended."""
        is_new = record.pk is None
        record = form.instance
        record.updated_by = self.user
        if is_new:
            record.unit = self.user.unit
            record.created_by = self.user
        else:
            record.version += 1
        try:
            record = store(form)
        except ValidationError as error:
            record.pk = None if is_new else record.pk
            add_messages(form, getattr(error, "message_dict", error.messages))
            return self.page(form, record, status=422)
        messages.success(self.request, f"{words}：{record}")
        if is_new and "next" in self.request.POST:
            return redirect(self.request.path)
        return redirect(self.url_of(record))


def store(form: Any) -> Any:
    """Save what a record's form holds."""
    if isinstance(form, RecordForm):
        return form.store()
    record = form.save(commit=False)
    record.save()
    form.save_m2m()
    return record


class RecordAdd(RecordPage):
    """A new record."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        record = self.model(unit=self.user.unit)
        return self.page(self.make(record), record)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store it once; or one more row."""
        if request.POST.get("add_row"):
            return self.one_more_row(self.model(unit=self.user.unit))
        return keys.once(request, self.add)

    def add(self) -> HttpResponse:
        """Store the record, or show what is to be mended."""
        record = self.model(unit=self.user.unit)
        self.allow("add", record)
        form = self.make(record, self.request.POST)
        if not self.fits(form):
            return self.page(form, record, status=422)
        return self.save(form, record, "已登记")


class RecordEdit(RecordPage):
    """Change a record that nobody else has changed since it was opened."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form with the stored values."""
        record = get_visible_or_404(self.model, pk=pk)
        self.allow("edit", record)
        return self.page(self.make(record), record)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store the change once; or one more row."""
        if request.POST.get("add_row"):
            record = get_visible_or_404(self.model, pk=pk)
            self.allow("edit", record)
            return self.one_more_row(record)
        return keys.once(request, lambda: self.change(pk))

    def change(self, pk: int) -> HttpResponse:
        """Store the change, or show what is to be mended, or what somebody else saved."""
        rows = self.model._default_manager.select_for_update(of=("self",))
        record = get_visible_or_404(rows, pk=pk)
        self.allow("edit", record)
        sent = self.request.POST.get("_version", "")
        if sent != str(record.version):
            return changed_meanwhile(self.request)
        if record.is_void:
            return redirect(reverse(route(self.model, "list")))
        form = self.make(record, self.request.POST)
        if not self.fits(form):
            return self.page(form, record, status=422)
        return self.save(form, record, "已保存")


class RecordVoid(RecordPage):
    """Void a record that was entered by mistake: it stays, with the reason, and stops counting."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The confirmation page."""
        record = get_visible_or_404(self.model, pk=pk)
        self.allow(self.register.void_verb, record)
        return self.ask(record, VoidForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Void it once."""
        return keys.once(request, lambda: self.void(pk))

    def void(self, pk: int) -> HttpResponse:
        """Void the record, or ask for the reason."""
        record = get_visible_or_404(self.model, pk=pk)
        self.allow(self.register.void_verb, record)
        form = VoidForm(self.request.POST)
        if not form.is_valid():
            return self.ask(record, form, status=422)
        record = self.model._base_manager.select_for_update(of=("self",)).get(pk=pk)
        if record.is_void:
            form.add_error(None, "这条记录已经作废")
            return self.ask(record, form, status=422)
        reason = form.cleaned_data["reason"]
        messages.success(self.request, self.register.void(record, by=self.user, reason=reason))
        return redirect(reverse(route(self.model, "list")))

    def ask(self, record: Any, form: VoidForm, *, status: int = 200) -> HttpResponse:
        """The page that asks for the reason."""
        ask_in_words(form)
        return render(
            self.request,
            "desk/record_void.html",
            {
                "form": form,
                "parts": parts_of(form, ()),
                "record": record,
                "key": self.request.POST.get(keys.FIELD) or keys.new(),
                "title": f"作废{self.model._meta.verbose_name}：{record}",
                "back": reverse(route(self.model, "edit"), args=[record.pk]),
                "page_state": "error" if form.is_bound and form.errors else "ready",
            },
            status=status,
        )


def register_urls(prefix: str, register: type[Register]) -> list[URLPattern]:
    """The routes of one register under ``prefix``."""
    model: Any = register.model
    name = model._meta.model_name

    def page(base: type[View], verb: str) -> Any:
        attributes = {
            "register": register,
            "policy": action(model, verb),
            "__module__": register.__module__,
            "__doc__": base.__doc__,
        }
        made: Any = type(f"{register.__name__}{base.__name__}", (base,), attributes)
        return made.as_view()

    listed: Any = type(
        register.__name__,
        (register,),
        {
            "policy": action(model, "view"),
            "__module__": register.__module__,
            "__doc__": register.__doc__,
        },
    )
    edit = f"{prefix}/<int:pk>/edit/" if register.detail_page else f"{prefix}/<int:pk>/"
    pages = [
        path(f"{prefix}/", listed.as_view(), name=f"{name}_list"),
        path(f"{prefix}/new/", page(RecordAdd, "add"), name=f"{name}_add"),
        path(edit, page(RecordEdit, "edit"), name=f"{name}_edit"),
        path(f"{prefix}/<int:pk>/void/", page(RecordVoid, register.void_verb), name=f"{name}_void"),
    ]
    if register.detail_page:
        detail = page(register.detail_page, "view")
        pages.append(path(f"{prefix}/<int:pk>/", detail, name=f"{name}_detail"))
    return pages
