"""Pages that change cases: intake, a move, a correction.  Each has an address and is sent once.

A page that was opened before somebody else changed the case comes back as the merge page, with
both versions field by field; nothing that was typed is lost.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.forms import modelform_factory
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.module_loading import import_string

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.offices import office_for
from hrss_portal.casework import corrections, moves
from hrss_portal.casework.amend_form import AmendForm
from hrss_portal.casework.forms import MoveForm, portal_field
from hrss_portal.casework.models import Case
from hrss_portal.casework.refusals import ARCHIVED
from hrss_portal.casework.workflow import Move, Workflow, withheld_from, workflow_of
from hrss_portal.desk import anatomy, drafts, merging
from hrss_portal.desk.acting import FormPage, refusals, worded
from hrss_portal.desk.cases import find_case
from hrss_portal.desk.forms import add_messages, with_row_added
from hrss_portal.desk.links import case_url, url_of
from hrss_portal.desk.states import state_label
from hrss_portal.desk.twins import twins_of


class CasePage(FormPage):
    """What the pages that change a case share."""

    model: ClassVar[type[Case]]

    @property
    def workflow(self) -> Workflow:
        """The workflow of the page's kind."""
        return workflow_of(self.model)

    def draft(self) -> dict[str, Any]:
        """The saved draft of this page, for the banner; nothing on a POST."""
        found = drafts.find(self.user, drafts.key_of(self.request))
        return {"saved_draft": found, "draft_used": self.request.GET.get("draft") == "use"}

    def draft_data(self) -> QueryDict | None:
        """What the draft holds, when the user asked to go on from it."""
        if self.request.GET.get("draft") != "use":
            return None
        return drafts.data(self.user, drafts.key_of(self.request))


def unvalidated(make: Callable[[QueryDict], Any], data: QueryDict) -> Any:
    """A form filled with ``data`` that complains of nothing yet: a draft, or one more row."""
    form = make(data)
    form._errors = ErrorDict()
    for rows in getattr(form, "rows", {}).values():
        rows._errors = [ErrorDict() for _ in rows.forms]
        rows._non_form_errors = rows.error_class()
        for row in rows.forms:
            row._errors = ErrorDict()
    return form


class CaseOpen(CasePage):
    """Intake: one form, sent once, with the case's number in the answer."""

    form: ClassVar[str] = ""

    def make(self, data: QueryDict | None = None) -> Any:
        """The intake form of the kind."""
        form_class = import_string(self.form or self.workflow.form)
        files = self.request.FILES if data is not None and self.request.FILES else None
        unit = office_for(self.model._meta.app_label, self.user)
        return worded(form_class(data, files, user=self.user, unit=unit))

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form, or the draft."""
        draft = self.draft_data()
        form = unvalidated(self.make, draft) if draft else self.make()
        return self.page(form, **self.draft())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the case in; or one more row, without scripts."""
        if request.POST.get("add_row"):
            data = with_row_added(request.POST, request.POST["add_row"])
            return self.page(unvalidated(self.make, data))
        return keys.once(request, self.take_in)

    def take_in(self) -> HttpResponse:
        """Open the case, or show what is to be mended."""
        form = self.make(self.request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        twins = () if self.request.POST.get("again") else twins_of(form, self.workflow.of)
        if twins:
            words = "申请人和对方已有在办案件，核对后勾选“仍要登记”再提交"
            return self.page(form, status=422, twins=twins, asked=[("id_again", words)])
        try:
            case = form.open()
        except ValidationError as error:
            add_messages(form, refusals(error))
            return self.page(form, status=422)
        due = f"，{case.due_on:%Y-%m-%d} 前办理下一步" if case.due_on else ""
        words = f"已收件：{case.reference}{due}"
        if "next" in self.request.POST:
            return self.done(self.request.path, words)
        return self.done(case_url(case), words)

    def page(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        """The intake page."""
        return self.form_page(
            form,
            status=status,
            title=f"{self.workflow.open_label}：{self.workflow.label}",
            submit="提交收件",
            next_too=True,
            entry=True,
            back=url_of(f"{self.model._meta.app_label}:{self.model._meta.model_name}_list"),
            **more,
        )


class CaseMove(CasePage):
    """One move: what it is about, what it asks, what follows; confirmed on its own page."""

    template_name: ClassVar[str] = "desk/move.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the case and the move; 404 where either is not there."""
        super().setup(request, *args, **kwargs)
        self.code: str = kwargs["code"]

    def find(self, pk: int) -> tuple[Any, Move]:
        """The case and its move; refused where another post makes it."""
        case = find_case(self.model, pk)
        try:
            step = self.workflow.move(self.code)
        except LookupError:
            raise Http404 from None
        decision = policies.move_allowed(self.user, case, step.by, action=step.code)
        if not decision:
            raise policies.Refused(f"{case.kind}.{step.code}", decision, case)
        return case, step

    def make(self, case: Any, step: Move, data: QueryDict | None = None) -> Any:
        """The form of the move; each asks at least the day and a note."""
        form_class = step.form_class() or MoveForm
        files = self.request.FILES if data is not None and self.request.FILES else None
        return worded(form_class(data, files, case=case, user=self.user))

    def get(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """The confirming page."""
        case, step = self.find(pk)
        draft = self.draft_data()
        form = (
            unvalidated(lambda data: self.make(case, step, data), draft)
            if draft
            else self.make(case, step)
        )
        return self.page(case, step, form, **self.draft())

    def post(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        """Make the move once."""
        case, step = self.find(pk)
        if request.POST.get("add_row"):
            data = with_row_added(request.POST, request.POST["add_row"])
            return self.page(case, step, unvalidated(lambda d: self.make(case, step, d), data))
        return keys.once(request, lambda: self.make_move(case, step))

    def make_move(self, case: Any, step: Move) -> HttpResponse:
        """Make the move, or show what is to be mended, or both versions where it is stale."""
        form = self.make(case, step, merging.taken(self.request.POST, case))
        if not form.is_valid():
            return self.page(case, step, form, status=422)
        clean = form.cleaned_data
        try:
            event = moves.move(
                case,
                step.code,
                by=self.user,
                on=clean.get("on"),
                data=form.move_data(),
                note=clean.get("note", ""),
                version=merging.version_of(self.request.POST),
            )
        except moves.StaleVersion as error:
            return merging.page(self.request, form, error.case, back=case_url(case))
        except ValidationError as error:
            add_messages(form, refusals(error))
            return self.page(case, step, form, status=422)
        return self.done(case_url(case), f"已办理：{event.label}")

    def page(
        self, case: Any, step: Move, form: Any, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The page of the move."""
        possible = case.state in step.source and not case.is_void
        words = f"此件现在是“{state_label(case)}”，不能{step.label}"
        return self.form_page(
            form,
            status=status if possible else 409,
            case=case,
            move=step,
            possible=possible,
            refused="" if possible else words,
            tasks=[
                task
                for task in anatomy.tasks(case, self.workflow, set())
                if task.state == "blocked"
            ],
            title=step.label,
            submit=step.label,
            version=self.request.POST.get("_version") or case.version,
            back=case_url(case),
            entry=True,
            **more,
        )


class CaseEdit(CasePage):
    """A correction with its reason; the old and the new value stay in the timeline.

    Over the fields of the case it lists the entries that have a page of their own.
    """

    template_name: ClassVar[str] = "desk/amend.html"
    form: ClassVar[str] = ""

    def form_class(self) -> type[AmendForm]:
        """The declared form, else one over the fields of the intake form."""
        if self.form:
            found: type[AmendForm] = import_string(self.form)
            return found
        intake = import_string(self.workflow.form)
        names = [name for name in intake._meta.fields if name != "opened_on"]
        made: Any = modelform_factory(
            self.model, form=AmendForm, fields=names, formfield_callback=portal_field
        )
        return made

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The case's fields as they stand."""
        case = find_case(self.model, pk)
        policies.require(self.user, f"{case.kind}.edit", case)
        draft = self.draft_data()
        form = unvalidated(lambda d: self.make(case, d), draft) if draft else self.make(case)
        return self.page(case, form, **self.draft())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store the correction once."""
        case = find_case(self.model, pk)
        policies.require(self.user, f"{case.kind}.edit", case)
        return keys.once(request, lambda: self.correct(case))

    def make(self, case: Any, data: QueryDict | None = None) -> Any:
        """The form over the case; an own copy, so that a refused value never reaches the case."""
        copy = self.model._base_manager.get(pk=case.pk)
        return worded(self.form_class()(data, instance=copy))

    def correct(self, case: Any) -> HttpResponse:
        """Amend the case, or show what is to be mended, or both versions where it is stale."""
        form = self.make(case, merging.taken(self.request.POST, case))
        if not form.is_valid():
            return self.page(case, form, status=422)
        try:
            moves.amend(
                case,
                by=self.user,
                changes=form.changes(),
                reason=form.cleaned_data["reason"],
                version=merging.version_of(self.request.POST),
            )
        except moves.StaleVersion as error:
            return merging.page(self.request, form, error.case, back=case_url(case))
        except ValidationError as error:
            add_messages(form, refusals(error))
            return self.page(case, form, status=422)
        return self.done(case_url(case), "已更正，原值和新值记在时间轴")

    def page(self, case: Any, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page of the correction; of an archived file nothing is offered."""
        return self.form_page(
            form,
            status=status,
            case=case,
            refused=(
                ARCHIVED if case.archived_on else "".join(withheld_from(case, self.user, "amend"))
            ),
            title=f"更正 {case.reference}",
            submit="保存更正",
            groups=corrections.groups(case, self.workflow),
            correct_route="{}:{}_correct".format(*case.kind.split(".")),
            version=self.request.POST.get("_version") or case.version,
            back=case_url(case),
            **more,
        )
