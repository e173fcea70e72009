"""举报人 of a case: read with a reason, shown once; registered later when they become known."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from hrss_portal.access.policy import NotVisible
from hrss_portal.casework import informants
from hrss_portal.casework.forms import InformantForm
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.acting import CaseAct, worded
from hrss_portal.desk.administration.pages import ADMIN_FORM
from hrss_portal.desk.anatomy import Line
from hrss_portal.desk.forms import DeskForm
from hrss_portal.parties import reveals
from hrss_portal.parties.fields import TextCell


class WhyForm(DeskForm):
    """Why somebody reads who told of a matter."""

    reason = forms.ChoiceField(label="理由", choices=[("", "请选择"), *reveals.REASONS])
    note = TextCell(label="说明", max_length=150, required=False, help_text="选“其他”时写明")


class InformantAct(CaseAct):
    """A page about those who told of a case, for whoever has class P2 on it."""

    template_name = ADMIN_FORM
    policy, verb = "login", ""

    def find(self, **place: Any) -> Any:
        """The visible case, if it may have such people and this user may know them."""
        case = super().find(**place)
        if not workflow_of(case).informants:
            raise NotVisible(f"{case.kind} {case.pk}", "no-informants")
        informants.require(self.user, case)
        return case

    def heading(self, thing: Any) -> str:
        """What they are called in this kind of case."""
        return f"{self.title}{workflow_of(thing).informants} {thing.reference}"


@method_decorator(never_cache, name="dispatch")
class InformantsOpen(InformantAct):
    """Asks for the reason, then shows them once."""

    title, submit = "查看", "查看"
    intro = "谁在什么时候、因何理由查看，都会留痕，记在此件的“谁看过”里。"

    def make(self, thing: Any, data: Any = None) -> WhyForm:
        """Why."""
        return WhyForm(data)

    @method_decorator(sensitive_variables("rows", "shown"))
    def post(self, request: HttpRequest, **place: Any) -> HttpResponse:
        """Who they are, after the log entry.  It changes nothing, so no key is asked for."""
        case = self.find(**place)
        form = worded(self.make(case, request.POST))
        if not form.is_valid():
            return self.page(case, form, status=422)
        try:
            rows = informants.reveal(case, by=self.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(case, form, status=422)
        labels = {name: str(field.label) for name, field in InformantForm.base_fields.items()}
        shown = [[Line(labels[name], value) for name, value in row.items()] for row in rows]
        page = {"title": self.heading(case), "back": self.back(case), "rows": shown}
        return render(request, "desk/informants.html", page)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class InformantAdd(InformantAct):
    """Register one who became known later."""

    title, submit = "补登", "登记"
    intro = "加密保存，不进入列表、导出、文书和报表；时间轴只记已补登，不记是谁。"

    def make(self, thing: Any, data: Any = None) -> InformantForm:
        """Who it is."""
        return InformantForm(data)

    def act(self, thing: Any, form: Any) -> str:
        """Keep it."""
        informants.add(thing, form.cleaned_data, by=self.user)
        return "已登记，信息保密"
