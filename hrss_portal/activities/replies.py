"""What an outside body answered about a task is written into the task."""

from typing import Any

from hrss_portal.activities.models import Task
from hrss_portal.casework import moves
from hrss_portal.casework.file_index import put_in

ON_ANSWER = "hrss_portal.activities.replies.on_answer"


def on_answer(link: Any) -> None:
    """Add the reply to the report and its files to the materials; the handler is told.

    Runs in the transaction of the answer; whoever entered a reply that came otherwise is its actor.
    """
    task = Task._base_manager.get(pk=link.owner_id)
    reply = f"{link.body_name}（{link.answered_name}）答复：{link.answer}"
    moves.amend(
        task,
        by=link.entered_by,
        changes={"report": f"{task.report}\n{reply}".strip()},
        reason=f"{link.body_name}答复",
        topic="reply",
        label="收到外部单位答复",
    )
    for file in link.files.order_by("pk"):
        put_in(task, file, label=f"{link.body_name}答复", by=None)
