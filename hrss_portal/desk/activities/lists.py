"""The lists: visits, meetings, campaigns, leaflets, posts, classes, praise, surveys, tasks."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hrss_portal.access.scope import current
from hrss_portal.activities import forms
from hrss_portal.activities.models import (
    Campaign,
    Commendation,
    Handout,
    Meeting,
    PublicityPost,
    Survey,
    Topic,
    TrainingClass,
    Visit,
)
from hrss_portal.activities.models.campaigns import CAMPAIGN_STATES
from hrss_portal.activities.models.choices import Level, TaskKind
from hrss_portal.activities.models.visits import FOLLOW_UP_STATES
from hrss_portal.desk.activities import campaigns, pages, surveys
from hrss_portal.desk.cases import CASE_COLUMNS, CaseList, town_choices
from hrss_portal.desk.columns import Col, DateRange, Filter
from hrss_portal.desk.lists import Quick, Row
from hrss_portal.desk.registers import Register
from hrss_portal.parties.dictionaries import words_of
from hrss_portal.parties.names import query_grams

FOLLOW_TAGS = {"none": "", "waiting": "open", "late": "bad", "done": "closed"}


def names(rows: Any) -> str:
    """The names of tags, for a cell."""
    return "、".join(row.name for row in rows)


def topic_choices() -> list[tuple[str, str]]:
    """Topics for a filter."""
    return [(str(row.pk), row.name) for row in Topic.objects.filter(is_active=True).order_by("pk")]


def campaign_choices() -> list[tuple[str, str]]:
    """Campaigns for a filter."""
    rows = Campaign.objects.filter(voided_at__isnull=True).order_by("name")
    return [(str(row.pk), row.name) for row in rows]


def own_towns() -> list[tuple[str, str]]:
    """The townships of the acting user's bureau, for a filter."""
    state = current()
    return town_choices(state.user) if state is not None and state.user is not None else []


TOWN = Filter(name="town", label="乡镇", choices=own_towns, lookup="town_id")
PURPOSE = Filter(name="purpose", label="事由", choices=topic_choices, lookup="purposes")
TOPIC = Filter(name="topic", label="事由", choices=topic_choices, lookup="topics")
CAMPAIGN = Filter(name="campaign", label="活动", choices=campaign_choices, lookup="campaigns")


class TaggedRegister(Register):
    """A register with tags."""

    void_verb = "void"


def by_employer(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Visits to employers whose name contains the words, or by people so named."""
    wanted = query_grams(text)
    named = Q(employer__grams__contains=wanted) if wanted else Q()
    return rows.filter(named | Q(employer__uscc=text.upper()) | Q(staff_names__contains=text))


def by_follow_up(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Visits by how their follow-up stands."""
    open_rows = rows.filter(followed_up_on__isnull=True)
    today = timezone.localdate()
    match value:
        case "done":
            return rows.filter(followed_up_on__isnull=False)
        case "late":
            return open_rows.filter(follow_up_on__lt=today)
        case "waiting":
            return open_rows.filter(follow_up_on__gte=today)
    return open_rows.filter(follow_up_on__isnull=True)


class VisitRegister(TaggedRegister):
    """走访服务企业."""

    model, record_form, detail_page = Visit, forms.VisitForm, pages.VisitPage
    about = "每走访一家单位登记一次；一次走访可以有多个事由、计入多个活动。"
    columns = (
        Col(name="employer.name", label="单位", link=True),
        Col(name="on", label="日期", kind="date", sort="on"),
        Col(name="town", label="乡镇"),
        Col(name="purposes", label="事由", value=lambda row: names(row.purposes.all())),
        Col(name="campaigns", label="活动", value=lambda row: names(row.campaigns.all())),
        Col(name="staff_names", label="走访人员"),
        Col(
            name="follow_up_state",
            label="跟进",
            kind="tag",
            value=lambda row: FOLLOW_UP_STATES[row.follow_up_state],
            tag=lambda row: FOLLOW_TAGS[row.follow_up_state],
        ),
        Col(name="follow_up_on", label="跟进日期", kind="date", sort="follow_up_on", shown=False),
        Col(name="unit.name", label="登记单位", shown=False),
        Col(name="employer.uscc", label="统一社会信用代码", kind="code", shown=False),
    )
    more_filters = (
        CAMPAIGN,
        PURPOSE,
        TOWN,
        DateRange(name="on", label="日期"),
        Filter(
            name="follow_up",
            label="跟进",
            choices=lambda: list(FOLLOW_UP_STATES.items()),
            apply=by_follow_up,
            further=True,
        ),
    )
    quick = (
        Quick(label="全部", query=""),
        Quick(label="待跟进", query="follow_up=waiting"),
        Quick(label="逾期未跟进", query="follow_up=late"),
    )
    search = staticmethod(by_employer)
    search_hint = "单位名称、信用代码、走访人员"
    default_sort = "-on"
    related = ("employer", "town", "unit")
    prefetch = ("purposes", "campaigns")
    import_sheet = export_sheet = "X19"


def titled(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Rows whose title holds the words."""
    return rows.filter(title__icontains=text)


class MeetingRegister(TaggedRegister):
    """会议和宣讲."""

    model, record_form, detail_page = Meeting, forms.MeetingForm, pages.MeetingPage
    columns = (
        Col(name="title", label="名称（主题）", link=True),
        Col(name="on", label="日期", kind="date", sort="on"),
        Col(name="kind", label="类型", value=lambda row: row.get_kind_display(), sort="kind"),
        Col(name="host", label="主持（带队）"),
        Col(name="employers", label="户数", kind="number"),
        Col(name="people", label="人数", kind="number"),
        Col(
            name="state",
            label="状态",
            kind="tag",
            value=lambda row: row.get_state_display(),
            tag=lambda row: "open" if row.state == "planned" else "closed",
        ),
        Col(name="topics", label="事由", value=lambda row: names(row.topics.all()), shown=False),
        Col(name="unit.name", label="登记单位", shown=False),
    )
    more_filters = (
        Filter(name="kind", label="类型", choices=lambda: words_of(Meeting, "kind")),
        CAMPAIGN,
        TOPIC,
        Filter(name="state", label="状态", choices=lambda: Meeting.State.choices, further=True),
        DateRange(name="on", label="日期", further=True),
    )
    search, search_hint = staticmethod(titled), "名称（主题）"
    default_sort = "-on"
    related = ("unit",)
    prefetch = ("topics",)


def by_campaign_name(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Campaigns under any of their names."""
    return rows.filter(Q(name__icontains=text) | Q(aliases__icontains=text))


class CampaignRegister(TaggedRegister):
    """活动."""

    model, record_form, detail_page = Campaign, forms.CampaignForm, campaigns.CampaignPage
    columns = (
        Col(name="name", label="活动名称", link=True, sort="name"),
        Col(name="unit.name", label="牵头单位"),
        Col(name="starts_on", label="开始", kind="date", sort="starts_on"),
        Col(name="ends_on", label="结束", kind="date"),
        Col(name="target", label="目标", unit="户", kind="number"),
        Col(
            name="standing",
            label="状态",
            kind="tag",
            value=lambda row: CAMPAIGN_STATES[row.standing_on(timezone.localdate())],
            tag=lambda row: (
                "open" if row.standing_on(timezone.localdate()) == "running" else "closed"
            ),
        ),
        Col(name="aliases", label="别名", value=lambda row: "、".join(row.aliases), shown=False),
    )
    search, search_hint = staticmethod(by_campaign_name), "活动名称或别名"
    default_sort = "name"
    related = ("unit",)


class HandoutRegister(TaggedRegister):
    """资料发放."""

    model, record_form, detail_page = Handout, forms.HandoutForm, pages.HandoutPage
    columns = (
        Col(name="what", label="资料名称", link=True),
        Col(name="on", label="日期", kind="date", sort="on"),
        Col(name="copies", label="份数", unit="份", kind="number"),
        Col(name="place", label="地点"),
        Col(name="town", label="乡镇"),
        Col(name="topics", label="事由", value=lambda row: names(row.topics.all())),
        Col(name="campaigns", label="活动", value=lambda row: names(row.campaigns.all())),
        Col(name="unit.name", label="登记单位", shown=False),
    )
    more_filters = (TOPIC, CAMPAIGN, TOWN, DateRange(name="on", label="日期"))
    search = staticmethod(lambda rows, text: rows.filter(what__icontains=text))
    search_hint = "资料名称"
    default_sort = "-on"
    related = ("town", "unit")
    prefetch = ("topics", "campaigns")


class PublicityRegister(TaggedRegister):
    """宣传报道: one calendar of all offices."""

    model, record_form = PublicityPost, forms.PublicityPostForm
    detail_page = pages.PublicityPage
    columns = (
        Col(name="title", label="标题", link=True),
        Col(name="channel", label="渠道", value=lambda row: row.get_channel_display()),
        Col(name="planned_on", label="计划", kind="date", sort="planned_on"),
        Col(name="published_on", label="发布", kind="date", sort="published_on"),
        Col(name="reach", label="阅读（观看）", unit="人次", kind="number"),
        Col(name="topics", label="事由", value=lambda row: names(row.topics.all())),
        Col(
            name="state",
            label="状态",
            kind="tag",
            value=lambda row: row.get_state_display(),
            tag=lambda row: "open" if row.state == "draft" else "closed",
        ),
        Col(name="unit.name", label="登记单位", shown=False),
    )
    more_filters = (
        Filter(name="channel", label="渠道", choices=lambda: words_of(PublicityPost, "channel")),
        TOPIC,
        CAMPAIGN,
        Filter(name="state", label="状态", choices=lambda: PublicityPost.State.choices),
        DateRange(name="published_on", label="发布", further=True),
    )
    quick = (
        Quick(label="全部", query=""),
        Quick(label="宣传计划", query="state=draft&sort=planned_on"),
    )
    search, search_hint = staticmethod(titled), "标题"
    default_sort = "-published_on"
    related = ("unit",)
    prefetch = ("topics",)


class ClassRegister(TaggedRegister):
    """培训班."""

    model, record_form, detail_page = TrainingClass, forms.TrainingClassForm, pages.ClassPage
    columns = (
        Col(name="number", label="班号", kind="code", link=True),
        Col(name="course", label="课程", link=True),
        Col(name="kind", label="类型", value=lambda row: row.get_kind_display(), sort="kind"),
        Col(name="provider.name", label="培训机构"),
        Col(name="starts_on", label="开班", kind="date", sort="starts_on"),
        Col(name="ends_on", label="结业日期", kind="date"),
        Col(name="enrolled", label="在册", unit="人", kind="number"),
        Col(name="completed", label="结业", unit="人", kind="number"),
        Col(name="town", label="乡镇", shown=False),
    )
    more_filters = (
        Filter(name="kind", label="类型", choices=lambda: words_of(TrainingClass, "kind")),
        CAMPAIGN,
        TOWN,
        DateRange(name="starts_on", label="开班", further=True),
    )
    search = staticmethod(
        lambda rows, text: rows.filter(Q(number__icontains=text) | Q(course__icontains=text))
    )
    search_hint = "班号、课程"
    default_sort = "-starts_on"
    related = ("provider", "town")

    def table(self, rows: Sequence[Any]) -> list[Row]:
        """The rows with how many are on the roll, counted once for the page."""
        counted = TrainingClass._base_manager.filter(pk__in=[row.pk for row in rows])
        found = {
            row["pk"]: row
            for row in counted.values("pk").annotate(
                enrolled=Count("roll"),
                completed=Count("roll", filter=Q(roll__completed_on__isnull=False)),
            )
        }
        for row in rows:
            row.enrolled = found[row.pk]["enrolled"]
            row.completed = found[row.pk]["completed"]
        return super().table(rows)


class CommendationRegister(TaggedRegister):
    """表扬和加分."""

    model, record_form = Commendation, forms.CommendationForm
    detail_page = pages.CommendationPage
    columns = (
        Col(name="title", label="名称", link=True),
        Col(name="on", label="日期", kind="date", sort="on"),
        Col(name="level", label="级别", value=lambda row: row.get_level_display()),
        Col(name="body", label="授予单位"),
        Col(name="subject", label="受表扬的单位（个人）"),
        Col(name="points", label="加分", unit="分", kind="number"),
    )
    more_filters = (
        Filter(name="level", label="级别", choices=lambda: Level.choices),
        DateRange(name="on", label="日期"),
    )
    search, search_hint = staticmethod(titled), "名称"
    default_sort = "-on"
    related = ()


class SurveyRegister(TaggedRegister):
    """问卷."""

    model, record_form, detail_page = Survey, forms.SurveyForm, surveys.SurveyPage
    columns = (
        Col(name="title", label="问卷名称", link=True),
        Col(name="starts_on", label="开始", kind="date", sort="starts_on"),
        Col(name="ends_on", label="截止", kind="date"),
        Col(name="unit.name", label="发放单位"),
    )
    more_filters = (TOPIC, CAMPAIGN)
    search, search_hint = staticmethod(titled), "问卷名称"
    default_sort = "-starts_on"
    related = ("unit",)


class TaskList(CaseList):
    """交办督办."""

    columns = (
        CASE_COLUMNS[0],
        Col(name="subject", label="事项", link=True),
        Col(name="task_kind", label="类别", value=lambda row: row.get_task_kind_display()),
        Col(name="unit.name", label="责任单位"),
        Col(name="issuer", label="交办人"),
        *(col for col in CASE_COLUMNS if col.name in {"due_on", "state"}),
        Col(name="handler.name", label="办理人"),
        Col(name="opened_on", label="交办", kind="date", sort="opened_on"),
        Col(name="due_given", label="办理期限", kind="date", shown=False),
        Col(name="outside_body", label="外部责任单位", shown=False),
        Col(name="filed_on", label="报备", kind="date", shown=False),
    )
    more_filters = (
        Filter(name="task_kind", label="类别", choices=lambda: TaskKind.choices),
        Filter(
            name="filed",
            label="报备",
            choices=lambda: [("no", "未报备"), ("yes", "已报备")],
            apply=lambda rows, value: rows.filter(filed_on__isnull=value == "no"),
            further=True,
        ),
    )
