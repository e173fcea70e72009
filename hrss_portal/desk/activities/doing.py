"""Pages that do something with a record or a task: follow-up, checklist, a decision's task …"""

from datetime import datetime, time
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access import policy as policies
from hrss_portal.access.routes import get_visible_or_404
from hrss_portal.activities import forms, replies
from hrss_portal.activities.models import (
    Answer,
    ChecklistResult,
    Decision,
    Meeting,
    Survey,
    Task,
    Visit,
)
from hrss_portal.desk.acting import ActPage, CaseAct, worded
from hrss_portal.desk.activities import returning
from hrss_portal.desk.activities.pages import checklist
from hrss_portal.desk.anatomy import Fact, Facts
from hrss_portal.desk.cases import CaseDetail
from hrss_portal.desk.doing import CaseOpen
from hrss_portal.desk.forms import Section
from hrss_portal.desk.links import case_url
from hrss_portal.notifications.models import TaskLink
from hrss_portal.notifications.tasklinks import issue_task_link
from hrss_portal.parties.fields import TextCell


def touch(record: Any, user: Any) -> None:
    """One more version, by this user."""
    record.version += 1
    record.updated_by = user
    record.save()


class VisitFollowUp(ActPage):
    """登记跟进."""

    policy = "activities.visit.edit"
    model, title = Visit, "登记跟进"
    entry = guards_version = True

    def make(self, thing: Visit, data: Any = None) -> Any:
        """The day and what came of it."""
        initial = {"followed_up_on": timezone.localdate()}
        return forms.FollowUpForm(data, instance=thing, initial=initial)

    def act(self, thing: Visit, form: Any) -> str:
        """Store it on the visit."""
        touch(form.save(commit=False), self.user)
        return "已登记跟进"


class VisitChecklist(ActPage):
    """填活动清单: what was delivered, what was checked, with what result."""

    policy = "activities.visit.edit"
    model, title = Visit, "活动清单"
    entry = guards_version = True

    def make(self, thing: Visit, data: Any = None) -> Any:
        """A box and a remark for each item of the visit's campaigns."""
        form: Any = django_forms.Form(data)
        form.sections = []
        for one in checklist(thing):
            item, result = one["item"], one["result"]
            names = (f"done_{item.pk}", f"note_{item.pk}")
            form.fields[names[0]] = django_forms.BooleanField(
                label=f"已{item.get_kind_display()}",
                required=False,
                initial=bool(result and result.is_done),
            )
            form.fields[names[1]] = TextCell(
                label="情况",
                max_length=200,
                required=False,
                initial=result.note if result else "",
            )
            title = f"{one['campaign'].name} · {item.label}"
            form.sections.append(Section(title=title, fields=names))
        return form

    def act(self, thing: Visit, form: Any) -> str:
        """Store a result for every item that was ticked or remarked on, or was before."""
        clean = form.cleaned_data
        for one in checklist(thing):
            item, result = one["item"], one["result"]
            done, note = clean[f"done_{item.pk}"], clean[f"note_{item.pk}"]
            if result is None and not (done or note):
                continue
            result = result or ChecklistResult(visit=thing, item=item)
            result.is_done, result.note = done, note
            result.save()
        touch(thing, self.user)
        return "活动清单已保存"


class AnswerAdd(ActPage):
    """录入答卷: from paper or by telephone."""

    policy = "activities.survey.add"
    model, verb, title = Survey, "view", "录入答卷"
    entry = True

    def make(self, thing: Survey, data: Any = None) -> Any:
        """A box for each question."""
        return forms.AnswerForm(
            data, survey=thing, user=self.user, unit=self.user.unit, instance=Answer()
        )

    def act(self, thing: Survey, form: Any) -> str:
        """Store the answer for the clerk's unit."""
        answer = form.instance
        answer.unit, answer.created_by, answer.updated_by = self.user.unit, self.user, self.user
        policies.require(self.user, "activities.survey.add", answer)
        answer = form.store()
        return "答卷已录入，有不满意的回答，需要回访" if answer.needs_follow_up else "答卷已录入"


class TaskDetail(CaseDetail):
    """One task."""

    facts = (
        Facts(
            title="交办",
            rows=(
                Fact(label="类别", value="task_kind"),
                Fact(label="交办人", value="issuer"),
                Fact(label="责任单位", value="unit"),
                Fact(label="外部责任单位", value="outside_body"),
                Fact(label="办理期限", value="due_given"),
                Fact(label="依据", value="origin"),
                Fact(label="内容和要求", value="content", wide=True),
            ),
        ),
        Facts(
            title="办理和核验",
            rows=(
                Fact(label="办理情况", value="report", wide=True),
                Fact(label="核验人", value="checker"),
                Fact(label="核验意见", value="check_note", wide=True),
                Fact(label="报上级备案", value="filed_on"),
                Fact(label="备案回执", value="filed_receipt"),
            ),
        ),
    )

    def more(self, case: Any, user: Any) -> dict[str, Any]:
        """Where it came from, and the questions to outside bodies; of a round, what to return."""
        if case.round_id is not None:
            return {"panels": [returning.panel(case, user)], "sections": []}
        data = {
            "meeting": case.meeting,
            "links": [question(link, user) for link in asked(case)],
            "ask_url": (
                reverse("activities:task_ask", args=[case.pk])
                if case.is_open and policies.can(user, "activities.task.edit", case)
                else ""
            ),
        }
        panel = {"title": "来源和函询", "template": "activities/_sources.html", "data": data}
        return {"panels": [panel]}


def asked(task: Any) -> Any:
    """The questions to outside bodies about a task; whoever sees the task may know of them."""
    label = task._meta.label_lower
    rows = TaskLink._base_manager.filter(owner_label=label, owner_id=task.pk)
    return rows.order_by("-pk")


def question(link: Any, user: Any) -> dict[str, Any]:
    """One question as the page of its task shows it."""
    may_open = policies.can(user, "notifications.task_link.view", link)
    url = reverse("notifications:task_link", args=[link.pk]) if may_open else ""
    return {"link": link, "url": url}


class DecisionTask(CaseOpen):
    """Give out a decision of a meeting as a task, filled in from the decision."""

    policy = "activities.task.open"
    model = Task

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the decision; 404 where its meeting is not visible."""
        super().setup(request, *args, **kwargs)
        self.decision_id = kwargs["pk"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The intake pages know no key of their own."""
        kwargs.pop("pk", None)
        return super().dispatch(request, *args, **kwargs)

    @property
    def decision(self) -> Decision:
        """The decision of a visible meeting."""
        found = get_object_or_404(Decision.objects.select_related("meeting"), pk=self.decision_id)
        get_visible_or_404(Meeting, pk=found.meeting_id)
        return found

    def make(self, data: Any = None) -> Any:
        """The form of a task, filled in."""
        return worded(
            forms.DecisionTaskForm(
                data, None, user=self.user, unit=self.user.unit, decision=self.decision
            )
        )


#: Where the session keeps the address of a link that was made and not shown yet, by its number.
SHOWN = "task_link"


class TaskAsk(CaseAct):
    """函询外部单位: a question that is answered through a link, shown this once."""

    policy = "activities.task.edit"
    model, title, submit = Task, "函询外部单位", "生成答复链接"

    def make(self, thing: Task, data: Any = None) -> Any:
        """The question."""
        until = thing.due_given if thing.due_given > timezone.localdate() else None
        initial = {"body_name": thing.outside_body, "question": thing.content, "until": until}
        return forms.AskForm(data, initial=initial)

    def get(self, request: HttpRequest, **place: Any) -> HttpResponse:
        """The form; after it was sent, the link that it made."""
        pk = request.GET.get("link", "")
        if pk not in request.session.get(SHOWN, {}):
            return super().get(request, **place)
        task = self.find(**place)
        rows = TaskLink._base_manager.filter(owner_label=task.kind, owner_id=task.pk)
        link = get_object_or_404(rows, pk=pk)
        path = request.session.pop(SHOWN)[pk]
        context = {
            "title": "函询链接",
            "task": task,
            "link": link,
            "address": request.build_absolute_uri(path),
            "back": case_url(task),
        }
        return render(request, "activities/asked.html", context)

    def act(self, thing: Task, form: Any) -> str:
        """Make the link; the session keeps its address until it has been shown."""
        clean = form.cleaned_data
        end = timezone.make_aware(datetime.combine(clean["until"], time(23, 59)))
        try:
            self.made, path = issue_task_link(
                thing,
                title=thing.subject,
                question=clean["question"],
                body_name=clean["body_name"],
                expires_at=end,
                by=self.user,
                unit=thing.unit,
                owner_action="activities.task.view",
                on_answer=replies.ON_ANSWER,
            )
        except ValidationError as error:
            raise ValidationError({"until": error.messages}) from None
        self.request.session[SHOWN] = {str(self.made.pk): path}
        return "答复链接已生成"

    def next(self, thing: Task) -> str:
        """The page that shows the link."""
        return f"{reverse('activities:task_ask', args=[thing.pk])}?link={self.made.pk}"
