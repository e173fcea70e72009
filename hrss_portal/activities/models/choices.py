"""Closed lists of the shared registers."""

from django.db import models


class ProblemKind(models.TextChoices):
    """What an employer's question or a problem found is about."""

    CONTRACT = "contract", "劳动合同"
    PAY = "pay", "工资支付"
    HOURS = "hours", "工时制度"
    LEAVE = "leave", "休息休假"
    INSURANCE = "insurance", "社会保险"
    INJURY = "injury", "工伤保险"
    LAYOFF = "layoff", "裁员解除"
    RECRUITING = "recruiting", "招工用工"
    TRAINING = "training", "技能培训"
    FUNDING = "funding", "贷款资金"
    POLICY = "policy", "惠企政策"
    SERVICE = "service", "办事服务"
    OTHER = "other", "其他"


class MeetingKind(models.TextChoices):
    """Meetings, talks and walk-throughs."""

    TRIPARTITE = "tripartite", "协调劳动关系三方会议"
    DISPATCH = "dispatch", "调度会"
    PROMOTION = "promotion", "推进会"
    TALK = "talk", "宣讲会"
    FORUM = "forum", "座谈会"
    SPECIAL = "special", "专题会议"
    LIAISON = "liaison", "部门联席会议"
    WALK = "walk", "局长走流程（明察暗访）"
    PATROL = "patrol", "党组成员带班巡查"
    OTHER = "other", "其他会议"


class TaskKind(models.TextChoices):
    """The kinds of matter that one unit gives another to do."""

    SLIP = "slip", "交办单"
    SUPERVISED = "supervised", "督办事项"
    LIST_PROBLEM = "list_problem", "三清单·问题"
    LIST_MEASURE = "list_measure", "三清单·整改"
    LIST_ADVICE = "list_advice", "三清单·建议"
    MEETING = "meeting", "会议任务"
    LEDGER = "ledger", "问题台账"
    FILL = "fill", "填报"


class Channel(models.TextChoices):
    """Where something is published."""

    PROVINCE_SITE = "province_site", "省级网站"
    CITY_SITE = "city_site", "市级网站"
    COUNTY_SITE = "county_site", "县级网站"
    WECHAT = "wechat", "微信公众号"
    VIDEO = "video", "短视频"
    LIVE = "live", "网络直播"
    BROADCAST = "broadcast", "广播电视"
    PRESS = "press", "报刊"
    SMS = "sms", "短信"
    PLACARD = "placard", "宣传栏（横幅、展板）"
    OTHER = "other", "其他"


class ClassKind(models.TextChoices):
    """Kinds of training class (form K01), and classes for officials."""

    STARTUP = "startup", "创业培训"
    SKILL = "skill", "职业技能培训"
    MIGRANT = "migrant", "农民工职业技能培训"
    APPRENTICE = "apprentice", "新型学徒制"
    INDUCTION = "induction", "岗前培训"
    UPGRADE = "upgrade", "能力提升培训"
    ENFORCEMENT = "enforcement", "执法业务培训"
    WINDOW = "window", "窗口业务（交叉）培训"


class ClassMode(models.TextChoices):
    """Where a class is taught."""

    OFFLINE = "offline", "线下"
    ONLINE = "online", "线上"
    BLENDED = "blended", "线上线下结合"


class Level(models.TextChoices):
    """Which level of government praises."""

    NATIONAL = "national", "国家级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"


class QuestionKind(models.TextChoices):
    """How a question of a survey is answered."""

    SCALE = "scale", "五级评分"
    CHOICE = "choice", "单选"
    TEXT = "text", "文字"
