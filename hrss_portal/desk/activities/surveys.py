"""The page of a survey: its results, and the answers that want a follow-up."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Avg, Count

from hrss_portal.activities.models import AnswerItem, Question
from hrss_portal.desk.activities.pages import ActivityPage, task_line
from hrss_portal.desk.record_detail import Fact, Facts, Panel


class SurveyPage(ActivityPage):
    """One survey with its results and what needs a follow-up."""

    facts = (
        Facts(
            title="问卷",
            rows=(
                Fact(label="开始", value="starts_on"),
                Fact(label="截止", value="ends_on"),
                Fact(label="不满意分值（含）以下", value="bad_score"),
                Fact(label="说明", value="about", wide=True),
                Fact(label="结果小结", value="summary", wide=True),
            ),
        ),
    )

    def acts(self, record: Any) -> list[dict[str, str]]:
        """Entering an answer first."""
        found = super().acts(record)
        if self.may("survey.add"):
            found.insert(0, self.act("录入答卷", "answer_add", record, "plus"))
        return found

    def panels(self, record: Any) -> Sequence[Panel]:
        """Results by question, and the answers that need a follow-up."""
        answers = record.answers.filter(voided_at__isnull=True)
        bad = answers.filter(needs_follow_up=True).select_related("employer", "task")
        results = {"total": answers.count(), "rows": survey_results(record)}
        return [
            Panel(title="结果", template="activities/_results.html", data=results, wide=True),
            Panel(
                title="需要回访",
                template="activities/_bad_answers.html",
                data=[self.answer(row) for row in bad.order_by("-on", "-pk")],
            ),
        ]

    def answer(self, row: Any) -> dict[str, Any]:
        """An answer that asks for a follow-up."""
        return {"answer": row, "task": task_line(row.task) if row.task else None}


def survey_results(survey: Any) -> list[dict[str, Any]]:
    """For each question how many answered, the mean of scores, the count of each choice."""
    made = []
    for question in survey.questions.all():
        items = question_items(question)
        made.append(
            {
                "text": question.text,
                "kind": question.kind,
                "count": items.count(),
                "mean": items.aggregate(mean=Avg("score"))["mean"],
                "choices": list(
                    items.exclude(text="").values_list("text").annotate(n=Count("pk"))
                    if question.kind == "choice"
                    else ()
                ),
            }
        )
    return made


def question_items(question: Question) -> Any:
    """What was answered to a question in answers that stand."""
    return AnswerItem.objects.filter(question=question, answer__voided_at__isnull=True).order_by()
