"""The number series of tasks, and the slip itself."""

from typing import Any

from hrss_portal.documents.kinds import NumberSeries, PaperKind

TAGS = {
    "task.number": "编号",
    "task.kind": "类别",
    "task.subject": "事项",
    "task.content": "内容和要求",
    "task.owner": "责任单位",
    "task.issuer": "交办人",
    "task.origin": "依据",
    "task.opened_on": "交办日期（2023年11月16日）",
    "task.due_on": "办理期限（2023年11月16日）",
}


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def slip_context(waiting: Any) -> dict[str, Any]:
    """The values of the slip, from the paper of a task that waits to be made."""
    task = waiting.case.specific
    return {
        "task": {
            "number": task.reference,
            "kind": task.get_task_kind_display(),
            "subject": task.subject,
            "content": task.content,
            "owner": task.outside_body or task.unit.name,
            "issuer": task.issuer,
            "origin": task.origin,
            "opened_on": _day(task.opened_on),
            "due_on": _day(task.due_given),
        }
    }


documents = [
    NumberSeries(code="activities.task", label="交办督办编号", prefix="{place}人社交办"),
    PaperKind(
        code="act.slip",
        label="交办单",
        template="hrss_portal/activities/papers/slip.txt",
        context="hrss_portal.activities.documents.slip_context",
        tags=TAGS,
        policy="activities.task.paper",
    ),
]
