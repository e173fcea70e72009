"""Leaflets, posts, classes with their rolls, commendations."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from hrss_portal.activities.forms import boxes
from hrss_portal.activities.models import Commendation, Handout, PublicityPost, TrainingClass
from hrss_portal.casework.forms import RowForm, RowSet, Section, portal_field
from hrss_portal.casework.registers import RecordForm
from hrss_portal.documents.fields import FileField
from hrss_portal.parties import matching
from hrss_portal.parties.fields import (
    CountField,
    DateField,
    IdNumberField,
    MoneyField,
    NameField,
    OrganisationField,
    TextCell,
)


class TaggedForm(RecordForm):
    """A record with topics and, where its model has them, campaigns."""

    topics_needed: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["topics"] = boxes.Tags(
            label="事由",
            queryset=boxes.topics(),
            required=self.topics_needed,
            initial=fields["topics"].initial,
        )
        if "campaigns" in fields:
            fields["campaigns"] = boxes.Tags(
                label="活动", queryset=boxes.campaigns(), required=False
            )


class HandoutForm(TaggedForm):
    """资料发放登记."""

    on = DateField(label="发放日期", past=True)
    copies = CountField(label="份数", low=1)
    sections = (
        Section(title="发放", fields=("on", "what", "copies", "town", "place")),
        Section(title="事由和活动", fields=("topics", "campaigns")),
        Section(title="补充信息", fields=("visit", "meeting"), folded=True),
    )

    class Meta:
        model = Handout
        fields = (
            "on",
            "what",
            "copies",
            "town",
            "place",
            "topics",
            "campaigns",
            "visit",
            "meeting",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("on", timezone.localdate())
        for name in ("visit", "meeting"):
            field: Any = self.fields[name]
            chosen = self.initial.get(name)
            wanted = field.queryset.filter(voided_at__isnull=True)
            recent = wanted.order_by("-on", "-pk").values("pk")[:100]
            found = wanted.filter(pk__in=recent) | wanted.filter(pk=chosen or 0)
            field.queryset = found.select_related(*getattr(found.model, "named_by", ()))


class PublicityPostForm(TaggedForm):
    """宣传报道: planned in the calendar, or published with its link."""

    published_on = DateField(label="发布日期", past=True, required=False)
    link = forms.URLField(label="链接", max_length=400, required=False, assume_scheme="https")
    screenshot = FileField(label="截图或稿件", required=False)
    uploads: ClassVar = {"screenshot": "file"}
    sections = (
        Section(title="报道", fields=("title", "channel", "outlet", "state")),
        Section(title="时间和效果", fields=("planned_on", "published_on", "link", "reach")),
        Section(title="事由和活动", fields=("topics", "campaigns", "is_story")),
        Section(title="内容", fields=("body", "screenshot")),
    )

    class Meta:
        model = PublicityPost
        fields = (
            "title",
            "channel",
            "outlet",
            "state",
            "planned_on",
            "published_on",
            "link",
            "reach",
            "topics",
            "campaigns",
            "is_story",
            "body",
        )
        formfield_callback = portal_field

    def clean(self) -> dict[str, Any]:
        """A published post has its day, a planned one its planned day only."""
        data = super().clean() or {}
        published = data.get("state") == PublicityPost.State.PUBLISHED
        if published and not data.get("published_on") and "published_on" not in self.errors:
            self.add_error("published_on", "填写发布日期")
        if not published and data.get("published_on"):
            self.add_error("published_on", "还在计划中的不填发布日期")
        if not published and not data.get("planned_on"):
            self.add_error("planned_on", "填写计划日期")
        return data


class RollRow(RowForm):
    """One trainee; a known number brings its person."""

    id_number = IdNumberField(label="身份证号", required=False, help_text="已在册的不用再填")
    name = NameField(label="姓名")
    category = TextCell(label="人员类别", max_length=40, required=False)
    hours_offline = CountField(label="线下出勤课时", required=False)
    hours_online = CountField(label="线上学习课时", required=False)
    is_passed = forms.NullBooleanField(
        label="考核合格",
        required=False,
        widget=forms.Select(choices=[("", "—"), ("True", "合格"), ("False", "不合格")]),
    )
    completed_on = DateField(label="结业日期", required=False, past=True)
    cert_no = TextCell(label="证书编号", max_length=40, required=False)
    certified_on = DateField(label="发证日期", required=False, past=True)
    subsidy = MoneyField(label="补贴金额（元）", required=False)
    paid_on = DateField(label="拨付日期", required=False, past=True)

    def clean(self) -> dict[str, Any]:
        """A new trainee has a number that belongs to the name; a certificate has its number."""
        data = super().clean() or {}
        number = data.get("id_number")
        if number:
            conflict = matching.match_person(id_number=number, name=data.get("name", "")).conflict
            if conflict:
                self.add_error("name", conflict)
        elif not self.initial.get("row_id") and "id_number" not in self.errors:
            self.add_error("id_number", "填写身份证号")
        if data.get("certified_on") and not data.get("cert_no"):
            self.add_error("cert_no", "已发证的填证书编号")
        return data


class TrainingClassForm(TaggedForm):
    """开班台账 (K01) with its roll."""

    topics_needed = False
    starts_on = DateField(label="开班日期")
    uscc = boxes.employer_fields()["uscc"]
    employer_name = OrganisationField(label="培训机构", required=False)
    row_sets = (RowSet(name="roll", label="学员", form=RollRow, most=500, folded=True),)
    children: ClassVar = {"roll": "roll"}
    sections = (
        Section(title="班次", fields=("number", "kind", "course", "programme")),
        Section(title="机构和地点", fields=("uscc", "employer_name", "place", "town", "mode")),
        Section(
            title="时间和课时",
            fields=(
                "planned",
                "applied_on",
                "approved_on",
                "starts_on",
                "ends_on",
                "examined_on",
                "hours_offline",
                "hours_online",
            ),
        ),
        Section(
            title="补充信息", fields=("teachers", "content", "topics", "campaigns"), folded=True
        ),
    )

    class Meta:
        model = TrainingClass
        fields = (
            "number",
            "kind",
            "course",
            "programme",
            "place",
            "town",
            "mode",
            "planned",
            "applied_on",
            "approved_on",
            "starts_on",
            "ends_on",
            "examined_on",
            "hours_offline",
            "hours_online",
            "teachers",
            "content",
            "topics",
            "campaigns",
        )
        formfield_callback = portal_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provider = self.instance.provider
        if provider is not None:
            self.initial.update(uscc=provider.uscc or "", employer_name=provider.name)

    def clean(self) -> dict[str, Any]:
        """The provider's code and name belong together."""
        data = super().clean() or {}
        boxes.check_employer(self)
        return data

    def stored_rows(self, name: str) -> list[dict[str, Any]]:
        """Trainees by name; the number is not shown again."""
        rows = super().stored_rows(name)
        if rows:
            known = self.instance.roll.select_related("person", "user").in_bulk()
            for row in rows:
                entry = known[row["row_id"]]
                row["name"] = (entry.person or entry.user).name
                row["id_number"] = ""
                row["is_passed"] = entry.is_passed
        return rows

    def row_values(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """The person of a number is found or made; hours left empty are none."""
        number, person_name = given.pop("id_number"), given.pop("name")
        if number:
            given["person"], _ = matching.find_or_create_person(
                name=person_name, unit=self.unit, by=self.user, id_number=number
            )
        for hours in ("hours_offline", "hours_online"):
            given[hours] = given[hours] or 0
        return given

    def store(self) -> Any:
        """Find or make the provider, then save."""
        data = self.cleaned_data
        self.instance.provider = None
        if data.get("employer_name"):
            self.instance.provider = boxes.find_employer(
                name=data["employer_name"],
                uscc=data.get("uscc", ""),
                unit=self.unit,
                by=self.user,
                town=None,
            )
        return super().store()


class CommendationForm(TaggedForm):
    """表扬、表彰和加分."""

    topics_needed = False
    on = DateField(label="日期", past=True)
    document_file = FileField(label="文件", required=False)
    uploads: ClassVar = {"document_file": "file"}
    sections = (
        Section(title="表扬", fields=("title", "on", "level", "body", "document")),
        Section(title="对象和加分", fields=("subject", "matter", "points")),
        Section(title="补充信息", fields=("topics", "document_file")),
    )

    class Meta:
        model = Commendation
        fields = (
            "title",
            "on",
            "level",
            "body",
            "document",
            "subject",
            "matter",
            "points",
            "topics",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"] = forms.DecimalField(
            label="加分", min_value=0, max_digits=6, decimal_places=2, required=False
        )
