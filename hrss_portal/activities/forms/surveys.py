"""Surveys and the answers that a clerk enters."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from hrss_portal.activities.forms import boxes
from hrss_portal.activities.forms.registers import TaggedForm
from hrss_portal.activities.forms.visits import WordsField
from hrss_portal.activities.models import Answer, AnswerItem, Survey
from hrss_portal.activities.models.choices import QuestionKind
from hrss_portal.casework.forms import RowForm, RowSet, Section, portal_field
from hrss_portal.casework.registers import RecordForm
from hrss_portal.parties.fields import DateField, TextCell

SCORES = [
    ("", "—"),
    ("5", "5 非常满意"),
    ("4", "4 满意"),
    ("3", "3 一般"),
    ("2", "2 不满意"),
    ("1", "1 很不满意"),
]


class QuestionRow(RowForm):
    """One question."""

    text = TextCell(label="题目", max_length=200)
    kind = forms.ChoiceField(label="答法", choices=QuestionKind.choices, initial=QuestionKind.SCALE)
    options = WordsField(label="选项", required=False, help_text="单选题用，用、隔开")
    is_required = forms.BooleanField(label="必答", required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """A choice needs something to choose from."""
        data = super().clean() or {}
        if data.get("kind") == QuestionKind.CHOICE and len(data.get("options") or []) < 2:
            self.add_error("options", "单选题至少写两个选项")
        return data


class SurveyForm(TaggedForm):
    """A survey with its questions; once answered, its questions stand."""

    topics_needed = False
    starts_on = DateField(label="开始日期")
    row_sets = (RowSet(name="questions", label="题目", form=QuestionRow, least=1, most=40),)
    children: ClassVar = {"questions": "questions"}
    sections = (
        Section(title="问卷", fields=("title", "about", "starts_on", "ends_on", "bad_score")),
        Section(title="事由和活动", fields=("topics", "campaigns")),
        Section(title="结果", fields=("summary",), folded=True),
    )

    class Meta:
        model = Survey
        fields = (
            "title",
            "about",
            "starts_on",
            "ends_on",
            "bad_score",
            "topics",
            "campaigns",
            "summary",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("starts_on", timezone.localdate())

    def is_valid(self) -> bool:
        """Stored questions count towards the least number."""
        self.rows["questions"].least = 0 if self.instance.pk else 1
        return super().is_valid()


class AnswerForm(RecordForm):
    """One answered survey: who, when, and a box for each question."""

    on = DateField(label="填写日期", past=True)
    uscc = boxes.employer_fields()["uscc"]
    employer_name = boxes.employer_fields(required=False)["employer_name"]

    class Meta:
        model = Answer
        fields = ("on", "respondent")

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())
        self.instance.survey = survey
        self.questions = list(survey.questions.all())
        for question in self.questions:
            self.fields[f"q{question.pk}"] = self.box(question)
        names = tuple(f"q{question.pk}" for question in self.questions)
        self.sections = (  # type: ignore[misc]  # a section per survey
            Section(title="填写人", fields=("on", "uscc", "employer_name", "respondent")),
            Section(title="回答", fields=names),
        )

    def box(self, question: Any) -> forms.Field:
        """The field of a question."""
        shown = {"label": question.text, "required": question.is_required}
        match question.kind:
            case QuestionKind.SCALE:
                return forms.TypedChoiceField(choices=SCORES, coerce=int, empty_value=None, **shown)
            case QuestionKind.CHOICE:
                pairs = [("", "—"), *((option, option) for option in question.options)]
                return forms.ChoiceField(choices=pairs, **shown)
        return TextCell(max_length=1000, widget=forms.Textarea({"rows": 2}), **shown)

    def clean(self) -> dict[str, Any]:
        """The employer's code and name belong together."""
        data = super().clean() or {}
        boxes.check_employer(self)
        return data

    def store(self) -> Any:
        """Save the answers; a bad score asks for a follow-up."""
        data, survey = self.cleaned_data, self.instance.survey
        if data.get("employer_name"):
            self.instance.employer = boxes.find_employer(
                name=data["employer_name"],
                uscc=data.get("uscc", ""),
                unit=self.unit,
                by=self.user,
                town=None,
            )
        given = {question: data.get(f"q{question.pk}") for question in self.questions}
        scores = [value for value in given.values() if isinstance(value, int)]
        self.instance.needs_follow_up = any(score <= survey.bad_score for score in scores)
        answer = super().store()
        for question, value in given.items():
            if value not in (None, ""):
                scale = question.kind == QuestionKind.SCALE
                AnswerItem.objects.create(
                    answer=answer,
                    question=question,
                    score=value if scale else None,
                    text="" if scale else value,
                )
        return answer
