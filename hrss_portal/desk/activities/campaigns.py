"""The page of a campaign: how many employers, by whom, what was delivered."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone

from hrss_portal.activities.models import CampaignPair, Handout, Meeting, PublicityPost, Visit
from hrss_portal.activities.models.campaigns import CAMPAIGN_STATES
from hrss_portal.desk.activities.pages import ActivityPage, tags
from hrss_portal.desk.record_detail import Fact, Facts, Panel, RecordDetail

RECENT = 20


class CampaignPage(ActivityPage):
    """One campaign: how many employers, by whom, what was delivered."""

    related = (*RecordDetail.related, "series")
    facts = (
        Facts(
            title="活动",
            rows=(
                Fact(label="牵头单位", value="unit"),
                Fact(label="所属系列活动", value="series"),
                Fact(label="别名", value="aliases"),
                Fact(label="事由", value=tags("topics")),
                Fact(label="开始", value="starts_on"),
                Fact(label="结束", value="ends_on"),
                Fact(label="目标（户）", value="target"),
                Fact(label="方案要点", value="plan", wide=True),
                Fact(label="总结日期", value="summarised_on"),
                Fact(label="总结", value="summary", wide=True),
            ),
        ),
    )

    def tag(self, record: Any) -> tuple[str, str]:
        """Planned, running, ended, summarised."""
        standing = record.standing_on(timezone.localdate())
        return ("open" if standing == "running" else "closed"), CAMPAIGN_STATES[standing]

    def acts(self, record: Any) -> list[dict[str, str]]:
        """A visit of this campaign first, then 修改."""
        found = super().acts(record)
        if self.may("visit.add"):
            add = self.act("登记走访", "visit_add", None, "plus", f"?campaigns={record.pk}")
            found.insert(0, add)
        return found

    def panels(self, record: Any) -> Sequence[Panel]:
        """The numbers with their rows, the checklist, the pairs, the last visits."""
        visits = Visit.objects.filter(campaigns=record, voided_at__isnull=True)
        last = visits.select_related("employer").order_by("-on", "-pk")[:RECENT]
        found = [
            Panel(
                title="成效",
                template="activities/_numbers.html",
                data=campaign_numbers(record, visits),
                wide=True,
            ),
            Panel(
                title="走访",
                template="activities/_visits.html",
                data={"rows": list(last), "all": list_url("visit", campaign=record.pk)},
                id="visits",
                wide=True,
            ),
        ]
        if items := done_items(record):
            found.append(Panel(title="清单完成", template="activities/_items.html", data=items))
        if pairs := planned_pairs(record):
            found.append(Panel(title="结对计划", template="activities/_pairs.html", data=pairs))
        return found


def list_url(model: str, **query: Any) -> str:
    """The list of a register under a condition."""
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse(f'activities:{model}_list')}?{pairs}"


def campaign_numbers(record: Any, visits: Any) -> list[dict[str, Any]]:
    """Employers counted once, visits, leaflets, meetings, posts: each with its list."""
    counted = visits.aggregate(
        employers=Count("employer", distinct=True),
        times=Count("pk"),
        waiting=Count("pk", filter=Q(follow_up_on__isnull=False, followed_up_on__isnull=True)),
    )
    standing = {"campaigns": record, "voided_at__isnull": True}
    copies = Handout.objects.filter(**standing).aggregate(sum=Sum("copies"))["sum"] or 0
    meetings = Meeting.objects.filter(**standing, state="held").count()
    posts = PublicityPost.objects.filter(**standing, state="published").count()
    target = f"目标 {record.target} 家" if record.target else ""
    pk = record.pk
    return [
        line("服务企业", counted["employers"], "家", list_url("visit", campaign=pk), target),
        line("走访", counted["times"], "户次", list_url("visit", campaign=pk)),
        line(
            "待跟进", counted["waiting"], "次", list_url("visit", campaign=pk, follow_up="waiting")
        ),
        line("会议和宣讲", meetings, "次", list_url("meeting", campaign=pk, state="held")),
        line("发放资料", copies, "份", list_url("handout", campaign=pk)),
        line("宣传报道", posts, "条", list_url("publicitypost", campaign=pk, state="published")),
    ]


def line(label: str, value: int, unit: str, url: str, note: str = "") -> dict[str, Any]:
    """One number with the list behind it."""
    return {"label": label, "value": value, "unit": unit, "url": url, "note": note}


def done_items(record: Any) -> list[dict[str, Any]]:
    """The checklist with at how many employers each item was done."""
    done = Count(
        "results__visit__employer",
        filter=Q(results__is_done=True, results__visit__voided_at__isnull=True),
        distinct=True,
    )
    rows = record.checklist.annotate(firms=done).order_by("seq", "pk")
    return [
        {"kind": row.get_kind_display(), "label": row.label, "firms": row.firms}
        for row in rows
        if row.is_active or row.firms
    ]


def planned_pairs(record: Any) -> list[dict[str, Any]]:
    """Who is to visit whom, and the day of the first visit since."""
    rows = CampaignPair.objects.filter(campaign=record).select_related("staff", "employer")
    visited: dict[int, Any] = {}
    first = Visit.objects.filter(campaigns=record, voided_at__isnull=True).order_by("-on")
    for employer, on in first.values_list("employer", "on"):
        visited[employer] = on
    today = timezone.localdate()
    return [
        {
            "employer": row.employer,
            "staff": row.staff.name,
            "planned_on": row.planned_on,
            "visited_on": visited.get(row.employer_id),
            "late": bool(row.planned_on and row.planned_on < today)
            and row.employer_id not in visited,
        }
        for row in rows.order_by("planned_on", "pk")
    ]
