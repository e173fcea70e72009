"""The pages of one record: a visit, a meeting, a campaign, a class, a survey …"""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from hrss_portal.access import policy as policies
from hrss_portal.activities.models import (
    ChecklistResult,
    Meeting,
    Visit,
)
from hrss_portal.activities.models.visits import FOLLOW_UP_STATES
from hrss_portal.desk.clockface import tell
from hrss_portal.desk.links import case_url
from hrss_portal.desk.record_detail import Fact, Facts, Linked, Panel, RecordDetail
from hrss_portal.desk.states import state_label, state_tag

RECENT = 20


def tags(name: str) -> Any:
    """The words of a many-to-many field."""
    return lambda record: [str(tag) for tag in getattr(record, name).all()]


def file_url(name: str) -> Any:
    """The address of a kept file; empty without one."""
    return lambda record: (
        reverse("documents:download", args=[getattr(record, f"{name}_id")])
        if getattr(record, f"{name}_id")
        else ""
    )


def employer_url(record: Any) -> str:
    """The page of the record's employer."""
    return reverse("parties:employer", args=[record.employer_id])


class ActivityPage(RecordDetail):
    """What the pages share: acts beside 修改."""

    def may(self, action: str, record: Any = None) -> bool:
        """Whether this user may do something of this app."""
        return policies.can(self.user, f"activities.{action}", record)

    def act(
        self, label: str, route: str, record: Any, icon: str, query: str = ""
    ) -> dict[str, str]:
        """One button."""
        url = reverse(f"activities:{route}", args=[record.pk] if record is not None else [])
        return {"label": label, "url": f"{url}{query}", "icon": icon}

    def handouts_panel(self, record: Any) -> Panel:
        """What was handed out there."""
        rows = record.handouts.filter(voided_at__isnull=True).order_by("pk")
        return Panel(title="资料发放", template="activities/_handouts.html", data=list(rows))


class VisitPage(ActivityPage):
    """One visit."""

    related = (*RecordDetail.related, "employer", "sheet")
    facts = (
        Facts(
            title="走访",
            rows=(
                Linked(label="单位", value="employer", url=employer_url),
                Fact(label="日期", value="on"),
                Fact(label="走访人员", value="staff_names"),
                Fact(label="接待人", value="met"),
                Fact(label="地点", value="place"),
                Fact(label="企业申请上门", value="is_requested"),
                Fact(label="事由", value=tags("purposes"), wide=True),
                Fact(label="活动", value=tags("campaigns"), wide=True),
            ),
        ),
        Facts(
            title="情况",
            rows=(
                Fact(label="企业咨询和诉求", value="request", wide=True),
                Fact(label="建议和答复", value="advice", wide=True),
                Fact(label="成效", value="result", wide=True),
                Linked(label="签字的服务单", value="sheet", url=file_url("sheet")),
            ),
        ),
        Facts(
            title="跟进",
            rows=(
                Fact(label="跟进日期", value="follow_up_on"),
                Fact(label="已跟进", value="followed_up_on"),
                Fact(label="跟进情况", value="follow_up_note", wide=True),
            ),
        ),
    )

    def tag(self, record: Visit) -> tuple[str, str]:
        """How the follow-up stands."""
        state = record.follow_up_state
        tint = {"waiting": "open", "late": "bad", "done": "closed"}.get(state, "")
        return tint, FOLLOW_UP_STATES[state]

    def acts(self, record: Visit) -> list[dict[str, str]]:
        """修改, and what is added to a visit."""
        found = super().acts(record)
        if not found:
            return found
        if record.followed_up_on is None:
            found.append(self.act("登记跟进", "visit_follow_up", record, "phone-call"))
        if self.items(record):
            found.append(self.act("填活动清单", "visit_checklist", record, "list-checks"))
        campaigns = "".join(f"&campaigns={tag.pk}" for tag in record.campaigns.all())
        query = f"?visit={record.pk}&on={record.on}{campaigns}"
        found.append(self.act("登记发放", "handout_add", None, "book-open", query))
        return found

    def items(self, record: Visit) -> list[dict[str, Any]]:
        """The checklist of the visit's campaigns with what was ticked."""
        return checklist(record)

    def panels(self, record: Visit) -> Sequence[Panel]:
        """Problems, checklist, leaflets."""
        problems = list(record.problems.select_related("task").order_by("pk"))
        found = [Panel(title="问题", template="activities/_problems.html", data=problems)]
        if items := self.items(record):
            found.append(Panel(title="活动清单", template="activities/_checklist.html", data=items))
        return [*found, self.handouts_panel(record)]


def checklist(visit: Visit) -> list[dict[str, Any]]:
    """Every item in use of the visit's campaigns, with its result at this visit."""
    results = {row.item_id: row for row in ChecklistResult.objects.filter(visit=visit)}
    return [
        {"campaign": campaign, "item": item, "result": results.get(item.pk)}
        for campaign in visit.campaigns.prefetch_related("checklist").order_by("name")
        for item in campaign.checklist.all()
        if item.is_active or item.pk in results
    ]


class MeetingPage(ActivityPage):
    """One meeting: its decisions and what became of them."""

    related = (*RecordDetail.related, "minutes")
    facts = (
        Facts(
            title="会议",
            rows=(
                Fact(label="类型", value="kind"),
                Fact(label="日期", value="on"),
                Fact(label="地点", value="place"),
                Fact(label="主持（带队）", value=lambda row: f"{row.host} {row.host_rank}".strip()),
                Fact(label="参会户数", value="employers"),
                Fact(label="参会人数", value="people"),
                Fact(label="事项（窗口）", value="matter"),
                Fact(label="事由", value=tags("topics"), wide=True),
                Fact(label="活动", value=tags("campaigns"), wide=True),
                Fact(label="议程（内容）", value="agenda", wide=True),
            ),
        ),
        Facts(
            title="纪要和成效",
            rows=(
                Linked(label="会议纪要", value="minutes", url=file_url("minutes")),
                Fact(label="签发日期", value="minutes_signed_on"),
                Fact(label="报上级备案", value="filed_on"),
                Fact(label="成效", value="result", wide=True),
            ),
        ),
    )

    def tag(self, record: Meeting) -> tuple[str, str]:
        """Planned, held or cancelled."""
        return ("open" if record.state == "planned" else "closed"), record.get_state_display()

    def acts(self, record: Meeting) -> list[dict[str, str]]:
        """修改, and leaflets handed out there."""
        found = super().acts(record)
        if found:
            query = f"?meeting={record.pk}&on={record.on}"
            found.append(self.act("登记发放", "handout_add", None, "book-open", query))
        return found

    def panels(self, record: Meeting) -> Sequence[Panel]:
        """Decisions with their tasks, who came, leaflets."""
        may_give = self.may("task.open")
        rows = record.decisions.select_related("owner", "task").order_by("pk")
        tell([row.task for row in rows if row.task])
        decisions = [self.decision(row, may_give) for row in rows]
        loose = [
            task_line(task)
            for task in record.tasks.filter(decision__isnull=True, voided_at__isnull=True)
        ]
        attendees = list(record.attendees.order_by("pk"))
        data = {"decisions": decisions, "tasks": loose}
        return [
            Panel(
                title="议定事项和任务",
                template="activities/_decisions.html",
                data=data,
                wide=True,
            ),
            Panel(title="参会人员", template="activities/_attendees.html", data=attendees),
            self.handouts_panel(record),
        ]

    def decision(self, row: Any, may_give: bool) -> dict[str, Any]:
        """One decision, and either its task or the way to give it out."""
        give = reverse("activities:decision_task", args=[row.pk])
        return {
            "text": row.text,
            "owner": row.outside_body or (row.owner.name if row.owner else ""),
            "due_on": row.due_on,
            "task": task_line(row.task) if row.task else None,
            "give_url": give if may_give and row.task is None else "",
        }


def task_line(task: Any) -> dict[str, Any]:
    """A task as another page shows it."""
    return {
        "case": task,
        "reference": task.reference,
        "subject": task.subject,
        "url": case_url(task),
        "state": state_label(task),
        "tint": state_tag(task),
    }


class HandoutPage(ActivityPage):
    """One handing-out."""

    facts = (
        Facts(
            title="发放",
            rows=(
                Fact(label="资料名称", value="what"),
                Fact(label="日期", value="on"),
                Fact(label="份数", value="copies"),
                Fact(label="地点", value="place"),
                Fact(label="事由", value=tags("topics"), wide=True),
                Fact(label="活动", value=tags("campaigns"), wide=True),
                Fact(label="走访", value="visit"),
                Fact(label="会议（宣讲）", value="meeting"),
            ),
        ),
    )


class PublicityPage(ActivityPage):
    """One post."""

    related = (*RecordDetail.related, "file")
    facts = (
        Facts(
            title="报道",
            rows=(
                Fact(label="渠道", value="channel"),
                Fact(label="媒体（账号）", value="outlet"),
                Fact(label="计划日期", value="planned_on"),
                Fact(label="发布日期", value="published_on"),
                Linked(label="链接", value="link", url=lambda row: row.link),
                Fact(label="阅读（观看）人次", value="reach"),
                Fact(label="真实案例", value="is_story"),
                Linked(label="截图或稿件", value="file", url=file_url("file")),
                Fact(label="事由", value=tags("topics"), wide=True),
                Fact(label="活动", value=tags("campaigns"), wide=True),
                Fact(label="内容摘要", value="body", wide=True),
            ),
        ),
    )

    def tag(self, record: Any) -> tuple[str, str]:
        """Planned or published."""
        return ("open" if record.state == "draft" else "closed"), record.get_state_display()


class ClassPage(ActivityPage):
    """One class with its roll; names are masked as in every list."""

    related = (*RecordDetail.related, "provider")
    facts = (
        Facts(
            title="班次",
            rows=(
                Fact(label="班号", value="number"),
                Fact(label="类型", value="kind"),
                Fact(label="课程", value="course"),
                Fact(label="专项", value="programme"),
                Fact(label="培训机构", value="provider"),
                Fact(label="教学点", value="place"),
                Fact(label="形式", value="mode"),
                Fact(label="计划人数", value="planned"),
                Fact(label="开班申请", value="applied_on"),
                Fact(label="批复", value="approved_on"),
                Fact(label="开班", value="starts_on"),
                Fact(label="结业", value="ends_on"),
                Fact(label="考核", value="examined_on"),
                Fact(label="线下课时", value="hours_offline"),
                Fact(label="线上课时", value="hours_online"),
                Fact(label="教师", value="teachers", wide=True),
                Fact(label="培训内容", value="content", wide=True),
            ),
        ),
    )

    def panels(self, record: Any) -> Sequence[Panel]:
        """The stages counted apart, and the roll."""
        rows = list(record.roll.select_related("person", "user").order_by("pk"))
        stages = [
            ("在册", len(rows)),
            ("结业", sum(row.completed_on is not None for row in rows)),
            ("发证", sum(row.certified_on is not None for row in rows)),
            ("已拨付补贴", sum(row.paid_on is not None for row in rows)),
        ]
        data = {"rows": rows, "stages": stages}
        return [Panel(title="学员", template="activities/_roll.html", data=data, wide=True)]


class CommendationPage(ActivityPage):
    """One commendation."""

    related = (*RecordDetail.related, "file")
    facts = (
        Facts(
            title="表扬",
            rows=(
                Fact(label="日期", value="on"),
                Fact(label="级别", value="level"),
                Fact(label="授予单位", value="body"),
                Fact(label="文号", value="document"),
                Fact(label="受表扬的单位（个人）", value="subject"),
                Fact(label="加分", value="points"),
                Fact(label="事项", value="matter", wide=True),
                Linked(label="文件", value="file", url=file_url("file")),
            ),
        ),
    )
