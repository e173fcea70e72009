"""What a town finds on its task of a round: the filled table, its own file, 无变化."""

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import policy
from hrss_portal.activities import forms, rounds
from hrss_portal.activities.models import Task
from hrss_portal.desk.acting import CaseAct
from hrss_portal.desk.activities.rounds import batch_line
from hrss_portal.desk.cases import find_case
from hrss_portal.documents.views import attachment
from hrss_portal.imports import registry
from hrss_portal.imports.fix_views import XLSX
from hrss_portal.imports.models import Batch

WORKS = frozenset({rounds.POST})


def returns_it(task: Task, user: User) -> policies.Decision:
    """Whether the user returns this task for its town."""
    return policies.move_allowed(user, task, WORKS, action="hand_in")


def find_task(pk: int, user: User) -> Task:
    """The visible task of a round that the user returns; 404 for any other task, else
    ``Refused``."""
    task = find_case(Task, pk)
    if task.round_id is None:
        raise Http404
    decision = returns_it(task, user)
    if not decision:
        raise policies.Refused("activities.task.hand_in", decision, task)
    try:
        policies.require(user, task.round.sheet.policy)
    except registry.UnknownSheet:
        raise Http404 from None
    found: Task = task
    return found


def panel(task: Any, user: User) -> dict[str, Any]:
    """The part of the task's page; who does not return it sees what was sent alone."""
    asked = task.round
    works = task.state in rounds.WAITING and bool(returns_it(task, user))
    tables = [batch_line(batch, user) for batch in rounds.batches_of([task])[task.pk]]
    has_landed = any(one["batch"].state in Batch.LANDED for one in tables)
    data: dict[str, Any] = {
        "asked": asked,
        "round_url": (
            asked.get_absolute_url() if policies.can(user, "activities.round.view", asked) else ""
        ),
        "tables": tables,
        "returned": (rounds.counts_in_words(task.counts) if task.state in rounds.REPORTED else ""),
        "sent_back": task.check_note if task.state in rounds.WAITING else "",
        "works": works,
        "has_landed": has_landed,
        "key": keys.new(),
        "today": timezone.localdate().isoformat(),
        "version": task.version,
    }
    if works:
        data["stored"] = rounds.rows_of(task).count()
        data["urls"] = {
            "fill": reverse("activities:task_fill", args=[task.pk]),
            "table": reverse("activities:task_table", args=[task.pk]),
            "workbook": reverse("activities:task_workbook", args=[task.pk]),
            **{
                code: reverse("activities:task_move", args=[task.pk, code])
                for code in rounds.RETURNS
            },
        }
    return {"title": "填报", "template": "activities/_fill.html", "data": data}


class TaskFill(CaseAct):
    """打开预填表: a batch whose rows are those that are stored; only what differs is typed."""

    policy = "activities.task.edit"
    model, title, submit = Task, "打开预填表", "打开预填表"
    intro = "系统里这一期的各行都在表里，只改有变化的，没有动的行不会变。"

    def find(self, **place: Any) -> Task:
        """The task, if this user returns it for its town."""
        return find_task(place["pk"], self.user)

    def make(self, thing: Task, data: Any = None) -> Any:
        """Nothing is asked."""
        return django_forms.Form(data)

    def act(self, thing: Task, form: Any) -> str:
        """Make the batch."""
        self.refuse_reported(thing)
        self.batch = rounds.open_filled(thing, by=self.user)
        return f"已打开 {self.batch.read} 行：点行号改有变化的，改完按“下一步”导入"

    def next(self, thing: Task) -> str:
        """All its rows, to be changed."""
        return f"{reverse('imports:fix', args=[self.batch.pk])}?show=all"

    @staticmethod
    def refuse_reported(task: Task) -> None:
        """Raise ``ValidationError`` once the town has reported."""
        if task.state not in rounds.WAITING:
            raise ValidationError("已经报送，要改的请县里先退回")


class TaskTable(TaskFill):
    """上传表格: the town's own file, through the steps of every import."""

    title, submit = "上传表格", "上传并认表"
    intro = "自己的台账、下载后改好的预填表都可以。再传一遍不会重复。"

    def make(self, thing: Task, data: Any = None) -> Any:
        """The file."""
        return forms.TableForm(data, self.request.FILES if data is not None else None)

    def act(self, thing: Task, form: Any) -> str:
        """Keep it and find its table."""
        self.refuse_reported(thing)
        sent = form.cleaned_data["file"]
        self.batch = rounds.receive(thing, sent.read(), name=sent.name, by=self.user)
        return "已上传，核对各列后继续"

    def next(self, thing: Task) -> str:
        """Where the batch stands."""
        return reverse("imports:batch", args=[self.batch.pk])


@policy("activities.task.edit")
@require_GET
def task_workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The filled table as a workbook."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - PolicyMiddleware guarantees it
    task = find_task(pk, user)
    return attachment([rounds.filled(task, by=user)], rounds.name_of(task), XLSX)
