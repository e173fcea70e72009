"""The one search box: cases, persons, employers, menu entries; a full number opens its page."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from hrss_portal import areas
from hrss_portal.access import modules, policy
from hrss_portal.access.models import User
from hrss_portal.audit.log import record_access
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.cases import note_search, plain_number, search_cases
from hrss_portal.desk.links import case_url, url_of
from hrss_portal.parties.identifiers import mask_name
from hrss_portal.parties.models import Employer, Person
from hrss_portal.parties.names import initials

SHOWN = 8
SCANNED = re.compile(r"HR-(\d{1,12})", re.IGNORECASE)  # what the code on a printed sheet says


@dataclass(frozen=True)
class Hit:
    """One result."""

    label: str
    url: str
    note: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Found:
    """The results of one sort."""

    label: str
    hits: list[Hit]
    all_url: str = ""


def find(user: User, words: str) -> list[Found]:
    """What the words find, sort by sort; empty sorts are left out."""
    groups = [
        Found("办件", cases(words)),
        Found("人员", persons(user, words), _all("parties:persons", words)),
        Found("用人单位", employers(user, words), _all("parties:employers", words)),
        Found("菜单", menu(user, words)),
    ]
    return [group for group in groups if group.hits]


def direct(groups: list[Found], words: str) -> str:
    """The page to open at once: the only hit whose number is what was typed."""
    exact = [hit for group in groups for hit in group.hits if hit.exact and hit.url]
    return exact[0].url if len(exact) == 1 else ""


def _all(route: str, words: str) -> str:
    url = url_of(route)
    return f"{url}?{urlencode({'q': words})}" if url else ""


def cases(words: str) -> list[Hit]:
    """Cases by number, title or party."""
    if scanned := SCANNED.fullmatch(words):
        rows = Case.objects.filter(pk=scanned[1])
        return [Hit(f"{row.reference} {row.title}", case_url(row), "", True) for row in rows]
    number = plain_number(words)
    rows = search_cases(Case.objects.all(), words).order_by("-opened_on", "-pk")[:SHOWN]
    rows = list(rows)
    note_search("casework.case", words, f"{len(rows)}{'＋' if len(rows) == SHOWN else ''}")
    return [
        Hit(
            f"{case.reference} {case.title}",
            case_url(case),
            workflow_of(case).label,
            number in {case.number, case.intake_no, case.external_no},
        )
        for case in rows
    ]


def persons(user: User, words: str) -> list[Hit]:
    """Persons by name or initials; masked as in lists, and noted in the access log as there."""
    if not policy.can(user, "parties.person.view"):
        return []
    record_access(
        "search",
        subject_type="parties.person",
        subject_id="",
        label=mask_name(words[:20]),
        fields=["name"],
    )
    rows = Person.objects.named(words).standing().order_by("pk")[:SHOWN]
    return [Hit(row.masked_name, row.get_absolute_url(), row.masked_phone) for row in rows]


def employers(user: User, words: str) -> list[Hit]:
    """Employers by name, credit code or initials."""
    if not policy.can(user, "parties.employer.view"):
        return []
    rows = Employer.objects.named(words).standing().order_by("pk")[:SHOWN]
    return [Hit(row.name, row.get_absolute_url(), row.uscc or "") for row in rows]


def menu(user: User, words: str) -> list[Hit]:
    """Menu entries by words or pinyin initials."""
    wanted = words.lower()
    hits = []
    for app in areas.portal_apps():
        for item in app.menu:
            if wanted not in item.label.lower() and not initials(item.label).startswith(wanted):
                continue
            url = url_of(item.url)
            allowed = item.policy in {"login", "public"} or policy.can(user, item.policy)
            if url and allowed and not modules.hides_route(user, item.url):
                hits.append(Hit(item.label, url, str(app.verbose_name)))
    return hits[:SHOWN]
