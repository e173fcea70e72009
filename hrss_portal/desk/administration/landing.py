"""系统管理: the pages of administration that a user may open, and the running state."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hrss_portal.access import policy as policies
from hrss_portal.access.routes import policy
from hrss_portal.desk.administration import state
from hrss_portal.desk.administration.pages import me
from hrss_portal.desk.links import url_of


@dataclass(frozen=True)
class Page:
    """One page of administration: its words, its route, what it needs, what it is for."""

    label: str
    route: str
    policy: str
    about: str


GROUPS: tuple[tuple[str, tuple[Page, ...]], ...] = (
    (
        "组织与权限",
        (
            Page(
                "机构设置", "access:unit_list", "access.unit.view", "局、股室、乡镇、村，编号代字"
            ),
            Page("用户", "access:user_list", "access.user.view", "账号、岗位、停用、重置密码"),
            Page("委托", "access:delegation_list", "access.delegation.view", "领导委托他人审批"),
            Page("缺勤", "access:absence_list", "access.absence.view", "缺勤期间由 B 岗代办"),
            Page("移交", "desk:hand_over", "casework.queue.hand_over", "离岗人员的在办件整体移交"),
            Page("双人复核", "access:proposal_list", "access.proposal.view", "待第二人确认的改动"),
        ),
    ),
    (
        "规则与字典",
        (
            Page(
                "期限规则", "deadlines:rules", "deadlines.rule.view", "法定与本地期限，按施行日期"
            ),
            Page(
                "费率与标准", "deadlines:parameters", "deadlines.parameter.view", "标准、比例、限额"
            ),
            Page("工作日历", "deadlines:calendar_now", "deadlines.calendar.view", "放假与调休"),
            Page("时限重算", "desk:replay", "casework.clock.replay", "规则或日历变动影响的在办件"),
            Page("字典", "desk:dictionaries", "desk.dictionary.use", "代码表和两种写法的对照"),
            Page("保管期限", "desk:retention", "casework.retention.view", "各类案卷保存多久"),
        ),
    ),
    (
        "文书与消息",
        (
            Page("文书模板", "documents:templates", "documents.template.view", "替换随附的模板"),
            Page("编号格式", "documents:series", "documents.series.view", "文号的代字和格式"),
            Page(
                "公告", "notifications:announcements", "notifications.announcement.edit", "页顶公告"
            ),
            Page(
                "外发消息",
                "notifications:outbox",
                "notifications.outbox.view",
                "短信、邮件、对接地址",
            ),
            Page("对接系统", "desk:clients", "desk.client.list", "外部系统的接口令牌和调用记录"),
        ),
    ),
    (
        "档案与个人信息",
        (
            Page("档案", "desk:archive", "casework.archive.run", "归档案卷、卷内目录、到期鉴定"),
            Page(
                "个人信息报告",
                "desk:subject_find",
                "casework.subject.report",
                "本局存有某人的什么信息",
            ),
            Page("提供台账", "desk:sharing", "casework.subject.report", "向外单位提供过的个人信息"),
        ),
    ),
    (
        "运行",
        (
            Page("服务状态", "desk:state", "desk.system.manage", "各部件是否正常，怎么处理"),
            Page("作业与下载中心", "jobs:list", "jobs.job.view", "后台作业的进度和结果"),
            Page("审计日志", "access:log_list", "audit.log.view", "访问、变更、拒绝、登录"),
        ),
    ),
)


@policy("desk.administration.open")
@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """The pages that this user may open, by group."""
    user = me(request)
    groups = []
    for label, pages in GROUPS:
        shown = [
            {"label": page.label, "url": url_of(page.route), "about": page.about}
            for page in pages
            if url_of(page.route) and policies.can(user, page.policy)
        ]
        if shown:
            groups.append({"label": label, "pages": shown})
    bad = []
    if policies.can(user, "desk.system.manage"):
        bad = [check for check in state.checks() if check.level == "bad"]
    context = {"title": "系统管理", "groups": groups, "bad": bad}
    return render(request, "desk/admin/landing.html", context)


@policy("desk.system.manage")
@require_GET
def running_state(request: HttpRequest) -> HttpResponse:
    """Every part with how it stands and what to do."""
    found = state.checks()
    data = state.as_data(found)
    context = {
        "title": "服务状态",
        "checks": found,
        "data": data,
        "at": datetime.fromisoformat(data["at"]),
        "page_state": "ready" if data["ok"] else "error",
    }
    return render(request, "desk/admin/state.html", context)


@policy("desk.system.manage")
@require_GET
def running_state_json(request: HttpRequest) -> HttpResponse:
    """The same as data; 503 while a part is broken."""
    data = state.as_data(state.checks())
    return JsonResponse(data, status=200 if data["ok"] else 503)
