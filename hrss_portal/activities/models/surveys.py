"""Short surveys of employers and people: questions, answers, what a bad answer led to."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrss_portal.access.scope import Scope
from hrss_portal.activities.models.base import Activity
from hrss_portal.activities.models.choices import QuestionKind
from hrss_portal.audit.triggers import change_log

BAD_SCORE = 2  # of five; a local default


class Survey(Activity):
    """问卷: per service, visit or year.  A score at or below ``bad_score`` wants a follow-up."""

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="survey", unit="unit", town="town", own=("created_by",)
    )

    title = models.CharField("问卷名称", max_length=120)
    about = models.TextField("说明", blank=True)
    starts_on = models.DateField("开始日期", default=timezone.localdate)
    ends_on = models.DateField("截止日期", null=True, blank=True)
    bad_score = models.PositiveSmallIntegerField(
        "不满意分值", default=BAD_SCORE, help_text="评分不高于此值的需要回访（本地默认）"
    )
    topics = models.ManyToManyField(
        "activities.Topic", verbose_name="事由", related_name="surveys", blank=True
    )
    campaigns = models.ManyToManyField(
        "activities.Campaign", verbose_name="活动", related_name="surveys", blank=True
    )
    summary = models.TextField("结果小结", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "问卷"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="activities_survey_dates",
                violation_error_message="截止日期不能早于开始日期",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One question of a survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    seq = models.PositiveSmallIntegerField("序号", default=1)
    text = models.CharField("题目", max_length=200)
    kind = models.CharField("答法", max_length=6, choices=QuestionKind, default=QuestionKind.SCALE)
    options = ArrayField(
        models.CharField(max_length=60), verbose_name="选项", default=list, blank=True
    )
    is_required = models.BooleanField("必答", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "题目"
        ordering = ["seq", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="choice") | Q(options__len__gte=2),
                name="activities_question_options",
                violation_error_message="单选题至少写两个选项",
            )
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return self.text


class Answer(Activity):
    """One filled-in survey: by the answerer through a link, or by a clerk from paper or phone.

    ``token_hash`` is the fingerprint of the link that was answered; empty for staff entry.
    """

    scope: ClassVar[Scope] = Scope(
        area="activities", noun="survey", unit="unit", town="town", own=("created_by",)
    )

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers")
    on = models.DateField("填写日期", default=timezone.localdate)
    employer = models.ForeignKey(
        "parties.Employer",
        models.PROTECT,
        verbose_name="单位",
        related_name="+",
        null=True,
        blank=True,
    )
    respondent = models.CharField("填写人", max_length=50, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    needs_follow_up = models.BooleanField("需要回访", default=False, editable=False)
    task = models.ForeignKey(
        "activities.Task",
        models.PROTECT,
        verbose_name="回访交办",
        related_name="answers",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = verbose_name_plural = "答卷"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "token_hash"],
                condition=~Q(token_hash=""),
                name="activities_answer_once",
                violation_error_message="这张问卷已经填过",
            )
        ]
        triggers = [*change_log(masks_words=True)]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.respondent}".strip()


class AnswerItem(models.Model):
    """What was answered to one question: a score, or words."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="items")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField("评分", null=True, blank=True)
    text = models.CharField("回答", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回答"
        ordering = ["question__seq", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "question"], name="activities_item_once"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5),
                name="activities_item_score",
                violation_error_message="评分为 1 至 5",
            ),
        ]
        triggers = [*change_log()]

    def __str__(self) -> str:
        return str(self.score) if self.score is not None else self.text
