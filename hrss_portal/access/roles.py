"""Posts of a county bureau, and what each may do in the kernel's own pages.

A post is what a person holds (``Grant``); a role is what a post may do in one area, and how far.
Areas declare roles for their matters in their own ``roles.py``.  Posts follow the bureau's staffing
plan and may be granted, not changed, at run time.
"""

from dataclasses import dataclass, field
from typing import Literal

Reach = Literal["own", "unit", "chain", "town", "bureau"]

DATA_CLASSES = (
    ("P1", "证件号、电话、银行卡"),
    ("P2", "举报人信息"),
    ("P3", "仲裁副卷、评议笔录"),
    ("P4", "不公开审理案卷"),
    ("P5", "残疾、低保、健康"),
    ("P6", "未公布的名单、处罚"),
)


@dataclass(frozen=True)
class Post:
    """A post: its code in declarations and grants, and its name on screens."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Role:
    """What one post may do in one area.

    ``can`` holds ``"<noun>.<verb>"`` without the area; either part may be ``*``.  An ``area`` of
    ``*`` means every area.  ``scope`` says on which rows: own (handled by the user), unit (of the
    granted unit and below), chain (of the units the user leads), town, bureau (of the same root).
    ``classes`` are the data classes seen unmasked after a reveal; a grant may lower them, never
    raise them.  ``hides`` names fields that this role never sees;
    ``note`` among them: nor what others wrote beside their steps.  Several roles of one post in one
    area add up, so "all of the office, but P3 of own cases only" is two roles.
    """

    post: str
    area: str
    can: frozenset[str]
    scope: Reach
    classes: frozenset[str] = field(default_factory=frozenset)
    hides: frozenset[str] = field(default_factory=frozenset)


posts = [
    Post("DIR", "局长"),
    Post("VDIR", "分管副局长"),
    Post("OFF", "办公室"),
    Post("LEG", "法制审核"),
    Post("EMP-C", "就业股股长"),
    Post("EMP", "就业经办"),
    Post("LOAN", "创业担保贷款经办"),
    Post("TRN", "培训经办"),
    Post("ARB-C", "仲裁院院长"),
    Post("ARB", "仲裁员"),
    Post("CLK", "书记员"),
    Post("MED", "调解员"),
    Post("INS-C", "劳动监察大队长"),
    Post("INS", "劳动监察员"),
    Post("WAG", "治欠办经办"),
    Post("TIT", "职称经办"),
    Post("INJ", "工伤保险经办"),
    Post("WIN-C", "首席代表"),
    Post("WIN", "综合窗口"),
    Post("LAB", "劳动关系经办"),
    Post("TOWN", "乡镇人社所"),
    Post("AUD", "纪检审计"),
    Post("SYS", "系统管理员"),
    Post("SEC", "安全管理员"),
]
POST_LABELS = {post.code: post.label for post in posts}
GUARDS = frozenset({"AUD", "SYS", "SEC"})  # 等保三员: one person never holds two of them
STAFF = tuple(post.code for post in posts if post.code not in GUARDS)
LEADERS = ("DIR", "VDIR")
CHIEFS = ("EMP-C", "ARB-C", "INS-C", "WIN-C", "TIT", "INJ", "LAB", "OFF", "LEG", "LOAN", "TRN")


def _each(
    codes: tuple[str, ...], area: str, *can: str, scope: Reach = "bureau", classes: str = ""
) -> list[Role]:
    return [
        Role(
            post=code,
            area=area,
            can=frozenset(can),
            scope=scope,
            classes=frozenset(classes.split()),
        )
        for code in codes
    ]


_OFFICES = tuple(code for code in STAFF if code not in {*LEADERS, "OFF", "LEG", "TOWN"})
_GUARDS = ("SYS", "SEC", "AUD")
_EVERYBODY = (*STAFF, *_GUARDS)

# Kernel apps with a roles.py of their own are not repeated here.
roles = [
    # Every area, read only: 纪检、审计、督查 see all and change nothing.
    *_each(("AUD",), "*", "*.view", "*.search", "*.print"),
    *_each(("AUD",), "audit", "*.view", "*.export"),
    # Accounts and grants: made by one, confirmed by another.
    *_each(("SYS",), "access", "*.view", "unit.*", "user.*", "delegation.*", "absence.*"),
    *_each(("SYS", "DIR"), "access", "module.view", "module.propose"),
    *_each(("SEC", "DIR"), "access", "module.view", "module.confirm"),
    *_each(("SYS", "SEC"), "access", "grant.*", "proposal.*", "*.view"),
    # The second person for an account: a B, an absence, a password, a lost phone.
    *_each(("SEC", "DIR"), "access", "user.confirm"),
    *_each(("SEC",), "access", "absence.confirm"),
    *_each(("SYS", "SEC", "DIR"), "audit", "*.view"),
    *_each(LEADERS, "access", "unit.view", "user.view", "grant.view", "delegation.*", "absence.*"),
    *_each(CHIEFS, "access", "user.view", "absence.*", scope="unit"),
    *_each(CHIEFS, "access", "delegation.edit", scope="own"),
    *_each(STAFF, "access", "absence.view", "delegation.view", scope="own"),
    *_each(("SYS",), "access", "sheet.USERS", "sheet.UNITS"),
    # Tools of the house: the own, the unit's, or for leaders and 办公室 the bureau's.
    *_each(_EVERYBODY, "jobs", "*.view", "*.cancel", "*.retry", "*.download", scope="own"),
    *_each(("SYS",), "jobs", "*.*"),
    *_each(_EVERYBODY, "notifications", "notice.*", scope="own"),
    *_each(_EVERYBODY, "notifications", "announcement.view"),
    *_each(("OFF", "SYS"), "notifications", "announcement.*", "outbox.*"),
    *_each(STAFF, "notifications", "task_link.*", scope="unit"),
    *_each(STAFF, "documents", "file.*", "paper.*", scope="own"),
    *_each(_OFFICES, "documents", "file.*", "paper.*", scope="unit"),
    *_each(("TOWN",), "documents", "file.*", "paper.*", scope="town"),
    *_each(("VDIR",), "documents", "file.*", "paper.*", scope="chain"),
    *_each((*LEADERS, "OFF"), "documents", "paper.view"),
    *_each(("DIR",), "documents", "file.view"),
    *_each((*STAFF, "SYS"), "documents", "template.view", "series.view"),
    *_each((*CHIEFS, "SYS"), "documents", "template.*"),
    *_each(("LEG",), "documents", "template.confirm", "series.confirm"),
    *_each(("OFF", "SYS"), "documents", "series.*"),
]
