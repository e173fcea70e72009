"""What every page of the shell needs: the menu, the badges, the recent pages.

A context processor runs for every template, partials and mail texts included, so everything here
is read only when a template asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from hrss_portal import areas
from hrss_portal.access import modules, policy
from hrss_portal.desk import badges, recent
from hrss_portal.desk.links import url_of
from hrss_portal.notifications.announcements import announcements_for

LINKS = {
    "search": "desk:search",
    "intake": "desk:intake",
    "todo": "desk:todo",
    "inbox": "notifications:inbox",
    "lock": "access:lock",
    "unlock": "access:unlock",
    "login": "access:login",
    "logout": "access:logout",
    "badge": "desk:badge",
    "draft": "desk:draft",
    "habits": "desk:habits",
    "follow": "desk:follow",
}
ACCOUNT = (
    ("个人设置", "desk:settings"),
    ("修改密码", "access:password_change"),
    ("动态口令", "access:totp"),
)
FRONT = ("desk", "parties")  # kernel apps whose pages everybody uses; the rest is 系统
SHARED = ("activities",)  # kernel apps with a group of their own, before the work areas


@dataclass(frozen=True)
class Entry:
    """One line of the menu, resolved."""

    label: str
    url: str
    icon: str
    current: bool = False


@dataclass(frozen=True)
class Group:
    """The lines of one app under its name."""

    label: str
    items: tuple[Entry, ...]


class Shell:
    """The frame around a page for the user of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.name: str = settings.PORTAL_NAME

    @cached_property
    def user(self) -> Any:
        """The member of staff who is logged in, or None."""
        if getattr(self.request, "is_public_page", False):
            return None  # the same page for everybody
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def bureau(self) -> str:
        """Whose portal this is, as printed at the foot of papers."""
        return str(self.user.unit.root.name) if self.user else str(settings.BUREAU_NAME)

    @cached_property
    def urls(self) -> dict[str, str]:
        """The fixed links of the frame."""
        return {key: url_of(name) for key, name in LINKS.items()}

    @cached_property
    def home(self) -> str:
        """Where the name of the system leads."""
        return url_of("desk:home") or "/"

    @cached_property
    def account_links(self) -> list[dict[str, str]]:
        """What the user can do with the own account."""
        found = [{"label": label, "url": url_of(name)} for label, name in ACCOUNT]
        return [link for link in found if link["url"]]

    @cached_property
    def menu(self) -> list[Group]:
        """The declared menus of all apps, without what this user may not open."""
        if self.user is None:
            return []
        apps = areas.portal_apps()
        front = [app for app in apps if app.label in FRONT]
        front.sort(key=lambda app: FRONT.index(app.label))
        shared = [app for app in apps if app.label in SHARED]
        work = [*shared, *(app for app in apps if isinstance(app, areas.WorkArea))]
        system = [app for app in apps if app not in front and app not in work]
        groups = [Group("", self._entries(front))]
        groups += [Group(str(app.verbose_name), self._entries([app])) for app in work]
        groups.append(Group("系统", self._entries(system)))
        return [group for group in groups if group.items]

    def _entries(self, apps: Sequence[areas.PortalApp]) -> tuple[Entry, ...]:
        return tuple(self._entry(item) for app in apps for item in app.menu if self._may_open(item))

    def _may_open(self, item: areas.MenuItem) -> bool:
        if not url_of(item.url) or modules.hides_route(self.user, item.url):
            return False
        return item.policy in {"login", "public"} or policy.can(self.user, item.policy)

    def _entry(self, item: areas.MenuItem) -> Entry:
        url = url_of(item.url)
        current = url == self.place
        return Entry(item.label, f"{url}?{item.query}" if item.query else url, item.icon, current)

    @cached_property
    def place(self) -> str:
        """The entry of the menu under which this page lies: the longest address that fits."""
        urls = {url_of(item.url) for app in areas.portal_apps() for item in app.menu}
        path = self.request.path
        fitting = {url for url in urls - {"", self.home} if path.startswith(url)}
        return max(fitting, key=len, default=self.home if path == self.home else "")

    @cached_property
    def counts(self) -> badges.Counts:
        """The numbers of the badges."""
        return badges.counts(self.user) if self.user else badges.Counts()

    @property
    def todo(self) -> int:
        """How many cases wait for the user."""
        return self.counts.todo

    @property
    def unread(self) -> int:
        """How many messages are unread."""
        return self.counts.unread

    @cached_property
    def recent(self) -> list[recent.Opened]:
        """The pages that the user opened last."""
        return recent.seen(self.user.pk) if self.user else []

    @cached_property
    def announcements(self) -> list[dict[str, str]]:
        """The announcements in force for the user's bureau; read once a minute."""
        if self.user is None:
            return []
        key = f"announcements:{self.user.unit_id}"
        found: list[dict[str, str]] | None = cache.get(key)
        if found is None:
            rows = announcements_for(self.user)[:3]
            found = [{"title": row.title, "body": row.body, "level": row.level} for row in rows]
            cache.set(key, found, 60)
        return found

    @property
    def help_url(self) -> str:
        """The help of this page, with the number of this request to quote."""
        match = self.request.resolver_match
        if self.user is None or match is None or not match.view_name:
            return ""
        number = getattr(self.request, "request_id", "")
        url = url_of("desk:help", match.view_name)
        return f"{url}?number={number}" if url else ""

    @cached_property
    def folded(self) -> bool:
        """Whether the side menu is folded; a cookie, as it is a habit of the screen."""
        return self.request.COOKIES.get("side") == "folded"

    @property
    def body_class(self) -> str:
        """Classes of ``body`` that depend on the user."""
        return "side-folded " if self.folded else ""

    @property
    def hooks(self) -> list[tuple[str, str]]:
        """Addresses that the scripts need, as data attributes of ``body``."""
        if self.user is None:
            return []
        named = ("unlock", "login", "badge", "draft", "todo", "intake")
        hooks = [(f"{key}-url", self.urls[key]) for key in named if self.urls[key]]
        return [*hooks, ("idle-lock", str(settings.IDLE_LOCK_SECONDS)), ("user", self.user.name)]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of the page, read lazily."""
    return {"shell": Shell(request)}
