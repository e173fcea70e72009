"""A task from the slip to the signing-off: states and moves (form H03)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.access.roles import CHIEFS, LEADERS, STAFF
from hrss_portal.activities import rounds
from hrss_portal.activities.models import Task
from hrss_portal.activities.models.choices import TaskKind
from hrss_portal.casework.file_index import put_in
from hrss_portal.casework.models.events import EventKind
from hrss_portal.casework.workflow import Move, State, Workflow
from hrss_portal.documents.uploads import store_upload

EVERYBODY = frozenset(STAFF)
ISSUERS = frozenset({*LEADERS, *CHIEFS})
TOWN = frozenset({rounds.POST})
#: The steps of whoever gave a task; ``amend`` is a correction of its fields.
OF_THE_ISSUER = frozenset(
    {"amend", "reissue", "postpone", "urge", "check", "fail", "close", "reopen", "withdraw"}
)
REPORTS = ("report", *rounds.RETURNS)
EVIDENCE = "佐证材料"
OUTCOMES = {"done": "已办结", "withdrawn": "已撤销"}


def title(task: Task) -> str:
    """What lists show of a task."""
    return f"{task.get_task_kind_display()}：{task.subject}"


def due_after_opening(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """A slip whose day lies before the day it was given cannot be met."""
    if task.due_given and task.due_given < task.opened_on:
        yield "办理期限不能早于交办日期"


def has_a_slip(task: Task, row: Any) -> Iterable[str]:
    """What a round asks of a town is given in the portal, without a slip."""
    if task.round_id and row.kind == "act.slip":
        yield rounds.NO_SLIP


def new_due_ahead(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """A new day lies on or after the day of the slip."""
    due = data.get("due_given")
    if due and due < task.opened_on:
        yield "办理期限不能早于交办日期"


def another_person(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """Whoever has it in hand or reported it does not sign it off."""
    checker = data.get("checker")
    told = task.events.filter(move__in=REPORTS, kind=EventKind.MOVE).order_by("pk").last()
    did = {task.handler_id, told.by_id if told else None}
    if checker is not None and checker.pk in did:
        yield "核验人不能是办理人本人，请由另一人核验"


def of_no_round(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """What a town returns is a table or the word that nothing changed, not a report."""
    if task.round_id is not None:
        yield "填报任务用“报送”或者“无变化”报"


def of_a_round(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """Only a town's return is handed in so."""
    if task.round_id is None:
        yield "这一件不是填报任务，用“报告办结”报"


def issuer_says(task: Task, user: User, code: str) -> Iterable[str]:
    """What was asked for and by when, and whether it is done, is for whoever gave the task, for the
    head of the office that gave it, or for who stands above the offices: never for the unit that
    was given it (制单≠审核).  What the system gave has no such side."""
    if code not in OF_THE_ISSUER or task.created_by is None or policy.works_alone(user):
        return
    issuing = rounds.round_of(task).unit if task.round_id else task.created_by.unit
    gave = user.pk in {task.created_by_id, *task.team}
    if not (gave or policy.can_at(user, "activities.task.assign", issuing)):
        yield "期限、要求和办结与否由交办人定：做不到或者有误的，用“记录进展”写明，或者“退回交办人”"


def stays_with_its_town(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """What one town sent is no other's return."""
    if task.round_id is not None:
        yield "填报任务不改派：撤销交办，再在“乡镇填报”里“再发给”"


def has_table(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """A return rests on rows that landed."""
    if not rounds.has_landed(task):
        yield "还没有导入表格；没有要改、要加的，按“无变化”"


def has_no_table(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """Whoever imported a table returns its counts."""
    if rounds.has_landed(task):
        yield "已经导入了表格，按“报送”"


def not_urged_today(task: Task, data: Mapping[str, Any]) -> Iterable[str]:
    """Once a day is enough."""
    last = rounds.urged([task]).get(task.pk)
    if last is not None and last.on >= timezone.localdate():
        yield "今天已经催过"


def keep_evidence(task: Task, data: Mapping[str, Any], event: Any) -> None:
    """Store the files of a report as materials of the task."""
    for uploaded in data.get("evidence") or ():
        file = store_upload(uploaded, by=event.by, unit=task.unit)
        put_in(task, file, label=EVIDENCE, by=event.by)


STATES = (
    State(code="open", label="待签收", phase="intake"),
    State(code="accepted", label="办理中", phase="work"),
    State(code="done", label="待核验", phase="work"),
    State(code="checked", label="已核验", phase="work"),
    State(code="returned", label="已退回", phase="waiting"),
    State(code="closed", label="已销号", phase="filed"),
    State(code="withdrawn", label="已撤销", phase="filed", dropped=True),
)

MOVES = (
    Move(
        code="accept",
        label="签收",
        source=frozenset({"open"}),
        to="accepted",
        by=EVERYBODY,
        form="hrss_portal.activities.forms.AcceptForm",
        sets=("handler",),
        accepts=True,
    ),
    Move(
        code="send_back",
        label="退回交办人",
        source=frozenset({"open", "accepted"}),
        to="returned",
        by=EVERYBODY,
        form="hrss_portal.activities.forms.ReasonForm",
        main=False,
        hint="不属于本单位职责或情况有误的，写明理由退回",
    ),
    Move(
        code="reissue",
        label="重新交办",
        source=frozenset({"returned"}),
        to="open",
        by=ISSUERS,
        form="hrss_portal.activities.forms.ReissueForm",
        sets=("unit", "handler", "due_given"),
        only_when=(stays_with_its_town,),
        check=(new_due_ahead,),
    ),
    Move(
        code="postpone",
        label="重新定期限",
        source=frozenset({"open", "accepted"}),
        by=ISSUERS,
        form="hrss_portal.activities.forms.PostponeForm",
        sets=("due_given",),
        check=(new_due_ahead,),
        main=False,
        hint="原期限和理由留在时限记录里",
    ),
    Move(
        code="progress",
        label="记录进展",
        source=frozenset({"accepted"}),
        by=EVERYBODY,
        form="hrss_portal.activities.forms.ProgressForm",
        effect=keep_evidence,
        main=False,
    ),
    Move(
        code="report",
        label="报告办结",
        source=frozenset({"accepted"}),
        to="done",
        by=EVERYBODY,
        form="hrss_portal.activities.forms.ReportForm",
        sets=("report",),
        only_when=(of_no_round,),
        effect=keep_evidence,
    ),
    Move(
        code="hand_in",
        label="报送",
        source=frozenset({"open", "accepted"}),
        to="done",
        by=TOWN,
        form="hrss_portal.activities.forms.HandInForm",
        sets=("handler", "counts"),
        only_when=(of_a_round,),
        check=(has_table,),
        offered=rounds.has_landed,
        leads=rounds.has_landed,
        hint="表格已经导入，把行数报给县里",
    ),
    Move(
        code="no_change",
        label="无变化",
        source=frozenset({"open", "accepted"}),
        to="done",
        by=TOWN,
        form="hrss_portal.activities.forms.NoChangeForm",
        sets=("handler", "counts"),
        only_when=(of_a_round,),
        check=(has_no_table,),
        offered=rounds.is_untouched,
        hint="系统里这一期的各行都对，没有要加的",
    ),
    Move(
        code="urge",
        label="催办",
        source=frozenset({"open", "accepted"}),
        by=ISSUERS,
        check=(not_urged_today,),
        effect=rounds.tell_unit,
        main=False,
        hint="给办理人发消息，一天一次",
    ),
    Move(
        code="check",
        label="核验通过",
        source=frozenset({"done"}),
        to="checked",
        by=ISSUERS,
        form="hrss_portal.activities.forms.CheckForm",
        sets=("checker", "check_note"),
        check=(another_person,),
    ),
    Move(
        code="fail",
        label="核验不通过",
        source=frozenset({"done"}),
        to="accepted",
        by=ISSUERS,
        form="hrss_portal.activities.forms.FailForm",
        sets=("check_note",),
        check=(another_person,),
        main=False,
    ),
    Move(
        code="close",
        label="销号",
        source=frozenset({"checked"}),
        to="closed",
        by=ISSUERS,
        form="hrss_portal.activities.forms.CloseForm",
        sets=("outcome",),
        closes=True,
    ),
    Move(
        code="reopen",
        label="退回重办",
        source=frozenset({"checked", "closed"}),
        to="accepted",
        by=ISSUERS,
        form="hrss_portal.activities.forms.ReopenForm",
        sets=("check_note", "checker", "outcome"),
        reopens=True,
        main=False,
        hint="核验、销号以后发现没有办成的（填报的数据又撤销的），写明原因退回去重办",
    ),
    Move(
        code="file_up",
        label="登记报备",
        source=frozenset({"open", "accepted", "done", "checked", "closed"}),
        by=EVERYBODY,
        form="hrss_portal.activities.forms.FileUpForm",
        sets=("filed_on", "filed_receipt"),
        only_when=(of_no_round,),
        main=False,
        hint="报上级机关备案的日期和回执",
    ),
    Move(
        code="withdraw",
        label="撤销交办",
        source=frozenset({"open", "accepted", "returned"}),
        to="withdrawn",
        by=ISSUERS,
        form="hrss_portal.activities.forms.WithdrawForm",
        sets=("outcome",),
        closes=True,
        main=False,
    ),
)

workflows = [
    Workflow(
        of="activities.task",
        label="交办督办",
        states=STATES,
        moves=MOVES,
        initial="open",
        open_by=EVERYBODY,
        withheld=issuer_says,
        open_label="下达交办",
        open_checks=(due_after_opening,),
        open_papers=("act.slip",),
        again_checks=(has_a_slip,),
        intake_series="activities.task",
        form="hrss_portal.activities.forms.TaskForm",
        channels=dict(TaskKind.choices),
        outcomes=OUTCOMES,
        title=title,
    )
]
