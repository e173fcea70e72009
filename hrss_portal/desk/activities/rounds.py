"""乡镇填报: the rounds of an office, and how each town stands."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from hrss_portal.access import keys
from hrss_portal.access import policy as policies
from hrss_portal.access.models import User
from hrss_portal.access.routes import policy_of, routes
from hrss_portal.activities import forms, rounds
from hrss_portal.activities.models import Round, Task
from hrss_portal.casework.models import Event
from hrss_portal.desk.acting import ActPage
from hrss_portal.desk.activities.pages import ActivityPage
from hrss_portal.desk.columns import Col
from hrss_portal.desk.links import case_url
from hrss_portal.desk.lists import ListPage, Row
from hrss_portal.desk.record_detail import Fact, Facts, Panel
from hrss_portal.desk.registers import Register
from hrss_portal.imports import registry
from hrss_portal.imports.models import Batch


@lru_cache(maxsize=64)
def list_of(code: str) -> tuple[str, str]:
    """(route, policy) of the list that shows the records of a sheet; empty where there is none."""
    for name, pattern in routes():
        view: Any = getattr(pattern.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, ListPage) and view.export_sheet == code:
            return name, policy_of(pattern.callback) or ""
    return "", ""


def rows_url(asked: Round, task: Task, user: User) -> str:
    """The list of the records that a town returns, narrowed to town and days; empty for a user who
    may not open it."""
    route, needed = list_of(asked.sheet_code)
    if not route or not policies.can(user, needed):
        return ""
    dated_by = asked.sheet.dated_by
    days = {f"{dated_by}_from": asked.from_on, f"{dated_by}_to": asked.to_on}
    return f"{reverse(route)}?{urlencode({'town': task.unit_id, **days})}"


def batch_line(batch: Batch, user: User) -> dict[str, Any]:
    """One table that a town sent, with the way to it for whoever may open it."""
    try:
        needed = batch.sheet.policy
    except registry.UnknownSheet:
        needed = ""
    may_open = (
        bool(needed)
        and policies.can(user, needed)
        and policies.can(user, "imports.batch.view", batch)
    )
    url = reverse("imports:batch", args=[batch.pk]) if may_open else ""
    return {"batch": batch, "url": url}


def standing(task: Task, told: Event | None, today: date) -> tuple[str, str]:
    """(tint, words) of how a town stands."""
    if task.state == "withdrawn":
        return "", "已撤销"
    if task.state in rounds.REPORTED:
        late = told is not None and told.on > task.due_given
        return "closed", "已报（逾期）" if late else "已报"
    words = "未报"
    if task.state == "returned":
        words = "乡镇退回"
    elif task.check_note:
        words = "退回"
    if task.due_given < today:
        return "bad", f"{words}，逾期"
    return ("open" if words == "未报" else "waiting"), words


def changed_since(told: Event, tables: Sequence[Batch]) -> bool:
    """Whether a table landed or was taken back after the town had reported its counts."""
    moments = [moment for one in tables for moment in (one.committed_at, one.undone_at) if moment]
    return any(moment > told.at for moment in moments)


def lines(asked: Round, user: User) -> list[dict[str, Any]]:
    """One line a town: how it stands, when and by whom, the counts, where its rows are."""
    tasks = list(rounds.tasks_of(asked))
    told, urged = rounds.returns(tasks), rounds.urged(tasks)
    sent = rounds.batches_of(tasks)
    found = []
    for task in tasks:
        made = line(task, told.get(task.pk), urged.get(task.pk), user)
        if made["told"] and changed_since(made["told"], sent[task.pk]):
            made |= {"tint": "waiting", "words": f"{made['words']}，报送后又改过"}
            made["counts"] = rounds.received(task) if made["reported"] else {}
        tables = [batch_line(batch, user) for batch in sent[task.pk]]
        found.append(made | {"tables": tables, "rows": rows_url(asked, task, user)})
    return found


def line(task: Task, told: Event | None, urged: Event | None, user: User) -> dict[str, Any]:
    """How one town stands."""
    tint, words = standing(task, told, timezone.localdate())
    reported = task.state in rounds.REPORTED
    return {
        "task": task,
        "url": case_url(task) if policies.can(user, "activities.task.view", task) else "",
        "tint": tint,
        "words": words,
        "reported": reported,
        "late": tint == "bad" or "逾期" in words,
        "told": told if reported else None,
        "counts": task.counts if reported else {},
        "no_change": reported and told is not None and told.move == "no_change",
        "urged": None if reported else urged,
    }


def figures(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """How many towns are asked, have reported, have not, are late; then how many rows came."""
    asked = [row for row in rows if row["task"].state != "withdrawn"]
    reported = [row for row in asked if row["reported"]]
    waiting = [row for row in asked if row["task"].state in rounds.WAITING]
    back = [row for row in waiting if row["task"].check_note]
    sums = rounds.total(row["counts"] for row in reported)
    towns = {
        "应报": len(asked),
        "已报": len(reported),
        "其中无变化": sum(row["no_change"] for row in reported),
        "未报": len(asked) - len(reported) - len(back),
        "退回": len(back),
        "逾期": sum(row["late"] for row in asked),
    }
    came = {"新增": sums["created"], "更新": sums["updated"], "未变": sums["unchanged"]}
    return [
        [{"label": label, "value": value, "unit": unit} for label, value in found.items()]
        for unit, found in (("个", towns), ("行", came))
    ]


class RoundPage(ActivityPage):
    """One round: how each town stands, what came back, urging and taking in."""

    facts = (
        Facts(
            title="填报",
            rows=(
                Fact(label="表", value=lambda asked: f"{asked.sheet_code} {asked.sheet_title}"),
                Fact(label="所属期", value="span"),
                Fact(label="报送期限", value="due_given"),
                Fact(label="要求", value="content", wide=True),
            ),
        ),
    )

    def towns(self, record: Round) -> list[dict[str, Any]]:
        """The lines of the towns, read once for the page."""
        known: list[dict[str, Any]] | None = self.__dict__.get("_towns")
        if known is None:
            known = self.__dict__["_towns"] = lines(record, self.user)
        return known

    def tag(self, record: Round) -> tuple[str, str]:
        """Whether all is in, or somebody is late."""
        asked = [row for row in self.towns(record) if row["task"].state != "withdrawn"]
        if all(row["reported"] for row in asked):
            return "closed", "已收齐"
        return ("bad", "有逾期") if any(row["late"] for row in asked) else ("open", "填报中")

    def acts(self, record: Round) -> list[dict[str, str]]:
        """Taking in what was reported first, once there is something; then 修改."""
        found = super().acts(record)
        ready = [row for row in self.towns(record) if row["task"].state in {"done", "checked"}]
        if found and ready:
            words = f"核收 {len(ready)} 个乡镇"
            found.insert(0, self.act(words, "round_take_in", record, "check-check"))
        return found

    def panels(self, record: Round) -> Sequence[Panel]:
        """The figures of the round, and the towns."""
        rows = self.towns(record)
        late = rounds.to_urge(record) if self.may("round.edit", record) else []
        data = {
            "rows": rows,
            "to_urge": len(late),
            "urge_url": reverse("activities:round_urge", args=[record.pk]),
            "key": keys.new(),
        }
        return [
            Panel(
                title="汇总",
                template="activities/_round_figures.html",
                data=figures(rows),
                wide=True,
            ),
            Panel(
                title="各乡镇",
                template="activities/_round_towns.html",
                data=data,
                id="towns",
                wide=True,
            ),
        ]


class RoundRegister(Register):
    """乡镇填报."""

    model, record_form, detail_page = Round, forms.RoundForm, RoundPage
    void_verb = "void"
    about = "一次填报，每个乡镇一件任务；乡镇在系统里已有的各行上改，没有变化的一键报。"
    columns = (
        Col(name="title", label="名称", link=True),
        Col(name="sheet_title", label="表"),
        Col(name="span", label="所属期"),
        Col(name="due_given", label="报送期限", kind="date", sort="due_given"),
        Col(name="reported", label="已报", unit="个", kind="number"),
        Col(name="towns", label="应报", unit="个", kind="number"),
        Col(name="unit.name", label="下达单位"),
    )
    search = staticmethod(lambda rows, text: rows.filter(title__icontains=text))
    search_hint = "名称"
    default_sort = "-due_given"
    related = ("unit",)

    def table(self, rows: Sequence[Any]) -> list[Row]:
        """The rows with how many towns are asked and have reported, counted once for the page."""
        tasks = Task._base_manager.filter(round__in=[row.pk for row in rows], voided_at=None)
        counted = tasks.exclude(state="withdrawn").order_by().values("round")
        told = Count("pk", filter=Q(state__in=rounds.REPORTED))
        found = {one["round"]: one for one in counted.annotate(asked=Count("pk"), told=told)}
        for row in rows:
            one = found.get(row.pk, {"asked": 0, "told": 0})
            row.towns, row.reported = one["asked"], one["told"]
        return super().table(rows)

    @classmethod
    def void(cls, record: Round, *, by: User, reason: str) -> str:
        """The tasks that nobody reported are withdrawn with it."""
        rounds.withdraw(record, by=by, reason=reason)
        return super().void(record, by=by, reason=reason)


class RoundUrge(ActPage):
    """催报: a message to every town that has not reported, once a day."""

    policy = "activities.round.edit"
    model, title, submit = Round, "催报", "催报"
    intro = "给还没有报的乡镇各发一条消息，记在它的任务里；同一个乡镇一天一次。"

    def make(self, thing: Round, data: Any = None) -> Any:
        """Nothing is asked."""
        return django_forms.Form(data)

    def act(self, thing: Round, form: Any) -> str:
        """Urge them."""
        count = rounds.urge(thing, by=self.user)
        if not count:
            raise ValidationError("没有要催的：都报了，或者今天已经催过")
        return f"已催报 {count} 个乡镇"


class RoundTakeIn(RoundUrge):
    """核收: what was reported is checked and closed in one go."""

    title = submit = "核收"
    intro = "已报的任务逐件核验通过并销号。要退回的，先到它的任务里按“核验不通过”写明原因。"

    def act(self, thing: Round, form: Any) -> str:
        """Check and close."""
        count = rounds.take_in(thing, by=self.user)
        if not count:
            raise ValidationError("没有要核收的")
        return f"已核收 {count} 个乡镇"
