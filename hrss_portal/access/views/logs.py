"""The logs for those who audit: refusals, accesses, changes, log-ins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from axes.models import AccessFailureLog, AccessLog
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from hrss_portal.access.models import User
from hrss_portal.access.refusal_words import page_words, rule_words, subject_words
from hrss_portal.access.routes import policy
from hrss_portal.access.views.common import PAGE
from hrss_portal.audit import log as access_log
from hrss_portal.audit.models import AccessEntry, ChangeEntry, RefusalEntry
from hrss_portal.audit.wording import column_words, table_words


@dataclass(frozen=True)
class Log:
    """One log: its rows, the field with the time, and how a person is found in it."""

    label: str
    rows: Callable[[], QuerySet[Any]]
    at: str
    person: Callable[[str], Q]
    heads: tuple[str, ...]
    cells: Callable[[Any], tuple[object, ...]]


def _by_actor(word: str) -> Q:
    named = User.objects.filter(Q(name=word) | Q(staff_no__iexact=word)).values("pk")
    return Q(actor_name=word) | Q(actor_id__in=named)


def _by_username(word: str) -> Q:
    named = User.objects.filter(name=word).values("staff_no")
    return Q(username__iexact=word) | Q(username__in=named)


LOGS = {
    "refusals": Log(
        "拒绝",
        RefusalEntry.objects.all,
        "at",
        _by_actor,
        ("操作人", "页面", "规则", "对象", "地址", "请求编号"),
        lambda row: (
            row.actor_name,
            page_words(row.method, row.route),
            rule_words(row.rule),
            subject_words(row.subject),
            row.address,
            row.request_id,
        ),
    ),
    "accesses": Log(
        "访问",
        AccessEntry.objects.all,
        "at",
        _by_actor,
        ("操作人", "方式", "对象", "字段", "理由", "请求编号"),
        lambda row: (
            row.actor_name,
            row.get_kind_display(),
            row.label or subject_words(f"{row.subject_type} {row.subject_id}"),
            "、".join(row.fields),
            row.reason,
            row.request_id,
        ),
    ),
    "changes": Log(
        "变更",
        ChangeEntry.objects.all,
        "at",
        _by_actor,
        ("操作人", "操作", "改了什么", "记录", "改动的栏目", "请求编号"),
        lambda row: (
            row.actor_name,
            row.get_op_display(),
            table_words(row.table),
            row.row_id,
            "、".join(column_words(row.table, column) for column in row.old),
            row.request_id,
        ),
    ),
    "logins": Log(
        "登录",
        AccessLog.objects.all,
        "attempt_time",
        _by_username,
        ("工号", "地址", "浏览器", "退出时间"),
        lambda row: (
            row.username,
            row.ip_address,
            row.user_agent[:80],
            timezone.localtime(row.logout_time) if row.logout_time else "",
        ),
    ),
    "failures": Log(
        "登录失败",
        AccessFailureLog.objects.all,
        "attempt_time",
        _by_username,
        ("工号", "地址", "浏览器", "已锁定"),
        lambda row: (
            row.username,
            row.ip_address,
            row.user_agent[:80],
            "是" if row.locked_out else "",
        ),
    ),
}


@policy("audit.log.view")
@require_safe
def log_list(request: HttpRequest, name: str = "refusals") -> HttpResponse:
    """One log, newest first, by person and days; the reading of it is logged as well."""
    log = LOGS.get(name)
    if log is None:
        raise Http404
    who = request.GET.get("who", "").strip()
    since, until = _days(request)
    rows = log.rows().filter(
        **{f"{log.at}__gte": _start(since), f"{log.at}__lt": _start(until + timedelta(days=1))}
    )
    if who:
        rows = rows.filter(log.person(who))
    if (before := request.GET.get("before", "")).isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    access_log.record_access(
        "view", subject_type=f"audit.{name}", subject_id="", label=f"{log.label}日志 {who}".strip()
    )
    page = {
        "title": f"{log.label}日志",
        "logs": [(code, one.label) for code, one in LOGS.items()],
        "name": name,
        "heads": log.heads,
        "rows": [
            (getattr(row, log.at), list(zip(log.heads, log.cells(row), strict=True)))
            for row in found[:PAGE]
        ],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "who": who,
        "since": since,
        "until": until,
    }
    return render(request, "access/logs.html", page)


def _days(request: HttpRequest) -> tuple[date, date]:
    """The days asked for; the last 30 unless said otherwise."""
    today = timezone.localdate()
    found = []
    for name, fallback in (("since", today - timedelta(days=30)), ("until", today)):
        try:
            found.append(parse_date(request.GET.get(name, "")) or fallback)
        except ValueError:
            found.append(fallback)
    return found[0], found[1]


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
