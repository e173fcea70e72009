"""What a refusal was about, in the words of the screens: for who is refused, and for the log."""

from functools import cache

from django.apps import apps

from hrss_portal.access.models import Grant, User
from hrss_portal.access.policy import holders
from hrss_portal.access.roles import LEADERS
from hrss_portal.access.routes import policy_of, routes

ASKED = 3
ONLY_READ = {"AUD"}  # whose post inspects the work of others and does none of it

RULES = {
    "not-logged-in": "没有登录",
    "other-matter": "事项不适用于这条记录",
    "no-role": "岗位职责不含此项",
    "out-of-scope": "不在岗位的数据范围内",
    "post": "此步由别的岗位办理",
    "class-P1": "岗位不含查看完整号码",
    "client-approval": "对接系统不能办审批",
    "hidden": "这条记录对本人不可见",
}
VERBS = {
    "view": "查看",
    "list": "查看",
    "open": "打开",
    "read": "阅读",
    "search": "查找",
    "use": "使用",
    "add": "新增",
    "edit": "修改",
    "propose": "提议修改",
    "confirm": "复核",
    "void": "作废",
    "set": "设置",
    "lift": "解除",
    "undo": "撤销",
    "revoke": "收回",
    "retry": "重新排队",
    "cancel": "取消",
    "resend": "重发",
    "export": "导出",
    "override": "登记上报值",
    "freeze": "定格",
    "send": "报送",
    "manage": "管理",
    "run": "运行",
    "replay": "试算",
    "report": "出具",
    "hand_over": "移交",
    "reveal": "查看完整号码",
    "assign": "分派",
    "attach": "添加材料",
    "receipt": "制发收件回执",
    "check": "核数",
    "lock": "锁定",
    "upload": "上传",
    "download": "下载",
    "paper": "制作文书",
    "print": "打印",
    "merge": "合并",
    "stop": "登记限制",
}
#: Words of an area's own nouns that mean the same in every area.
COMMON_NOUNS = {"register": "登记簿", "sheet": "表格"}
NOUNS = {
    "access.proposal": "双人复核",
    "audit.log": "日志",
    "casework.archive": "归档",
    "casework.hold": "暂缓销毁",
    "casework.queue": "在办件",
    "casework.subject": "个人信息报告",
    "deadlines.calendar": "工作日历",
    "deadlines.parameter": "费率与标准",
    "deadlines.rule": "期限规则",
    "desk.administration": "系统管理",
    "desk.client": "对接系统",
    "desk.dictionary": "代码表",
    "desk.system": "运行状况",
    "documents.series": "编号格式",
    "documents.template": "文书模板",
    "indicators.board": "看板",
    "indicators.figure": "指标",
    "indicators.target": "目标任务",
    "notifications.notice": "消息",
    "notifications.outbox": "外发消息",
}


def noun_words(area: str, noun: str) -> str:
    """The matter of a policy: its declared word, the model's name, or that of its area."""
    if known := NOUNS.get(f"{area}.{noun}") or COMMON_NOUNS.get(noun):
        return known
    config = apps.app_configs.get(area)
    if config is None:
        return ""
    try:
        return str(config.get_model(noun.replace("_", ""))._meta.verbose_name)
    except LookupError:
        return str(config.verbose_name)


def action_words(action: str) -> str:
    """``access.user.view`` as ``用户（查看）``; empty for words that name no matter."""
    area, _, rest = action.removeprefix("api:").partition(".")
    noun, _, verb = rest.partition(".")
    matter = noun_words(area, noun) if rest else ""
    return f"{matter}（{VERBS[verb]}）" if matter and verb in VERBS else matter


def whom_to_ask(action: str, user: User) -> list[User]:
    """A few people who may do what was refused: the own office first, leaders last."""
    found = list(holders(action, user.unit).exclude(pk=user.pk).select_related("unit"))
    posts: dict[int, set[str]] = {}
    asked = Grant.objects.in_force().filter(user__in=[one.pk for one in found])
    grants = asked.values_list("user", "post")  # nobody found: Django asks nothing
    for person, post in grants.order_by("pk"):
        posts.setdefault(person, set()).add(post)
    people = [one for one in found if posts[one.pk] - ONLY_READ]
    people.sort(key=lambda one: (one.unit_id != user.unit_id, posts[one.pk] <= set(LEADERS)))
    return people[:ASKED]


def rule_words(rule: str) -> str:
    """``no-role access.user.view`` as ``岗位职责不含此项：用户（查看）``."""
    code, _, action = rule.partition(" ")
    matter = action_words(action)
    return f"{RULES.get(code, code)}：{matter}" if matter else RULES.get(code, code)


@cache
def _policies() -> dict[str, str]:
    return {name: policy_of(pattern.callback) or "" for name, pattern in routes()}


def page_words(method: str, route: str) -> str:
    """The page that was asked for: opened or sent, and the matter it is about."""
    matter = action_words(_policies().get(route, ""))
    if not matter:
        config = apps.app_configs.get(route.partition(":")[0])
        matter = str(config.verbose_name) if config else route
    return f"{'打开' if method in {'GET', 'HEAD'} else '提交'} {matter}"


def subject_words(subject: str) -> str:
    """``access.User pk=3`` as ``用户 3``; anything else stays as it is."""
    label, _, number = subject.partition(" ")
    area, _, name = label.partition(".")
    config = apps.app_configs.get(area)
    try:
        model = config.get_model(name) if config and name else None
    except LookupError:
        model = None
    return f"{model._meta.verbose_name} {number.removeprefix('pk=')}".strip() if model else subject
