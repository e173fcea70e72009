"""Who may write a section: its office, and which figures a person may put into the text."""

from django.db.models import Q
from django.urls import reverse

from hrss_portal.access.models import Grant, Unit, User
from hrss_portal.access.policy import Decision, Refused, can_at, works_alone
from hrss_portal.access.roles import CHIEFS
from hrss_portal.indicators import catalogue
from hrss_portal.indicators.seeing import may_see
from hrss_portal.notifications.inbox import notify
from hrss_portal.reports import narrative as plan
from hrss_portal.reports.models import Report, Section

NOT_YOURS = Decision(False, "out-of-scope", "本节由责任股室填写、核对，办公室可以代办")


def offices_of(report: Report, names: list[str]) -> dict[str, Unit]:
    """The offices that own sections, by the name that a section gives: any name of an office."""
    wanted = {name for name in names if name}
    called = Q(name__in=wanted) | Q(short_name__in=wanted) | Q(synonyms__overlap=list(wanted))
    found: dict[str, Unit] = {}
    for unit in Unit.objects.within(report.org).active().filter(called).order_by("path"):
        for name in wanted.intersection((unit.name, unit.short_name, *unit.synonyms)):
            found.setdefault(name, unit)
    return found


def may_at(user: User, verb: str, office: Unit) -> bool:
    """Whether a person may ``edit`` or ``check`` the sections of an office."""
    return can_at(user, f"reports.section.{verb}", office)


def may(user: User, verb: str, section: Section) -> bool:
    """Whether a person may ``edit`` or ``check`` a section: for its office or for all.

    A section without an office of the bureau belongs to the bureau as a whole.
    """
    report = section.report
    office = offices_of(report, [section.owner]).get(section.owner, report.org)
    return may_at(user, verb, office)


def require_writer(user: User, verb: str, section: Section) -> None:
    """Raises ``Refused`` for a section of another office."""
    if not may(user, verb, section):
        raise Refused(f"reports.section.{verb}", NOT_YOURS, section)


def closed_figures(user: User, *, before: str, after: str) -> list[str]:
    """What a person writes anew and may not see the rows of, a line of words for each.

    A figure that stood in the text already, with the same filter and period, may stay: the report
    shows it to all its readers.
    """
    stood = {(one.code, one.filters, one.frm, one.to) for one in _figures(before)}
    new = {
        one.code for one in _figures(after) if (one.code, one.filters, one.frm, one.to) not in stood
    }
    known = catalogue.indicators()
    return [
        f"您看不到“{known[code].label}”（{code}）的明细，不能写入报告，请责任股室填写"
        for code in sorted(new)
        if code in known and not may_see(user, code)
    ]


def _figures(text: str) -> list[plan.Bound]:
    return list(plan.bounds(plan.parse(text)))


def wrote_it_too(section: Section, user: User) -> bool:
    """Whether the person who checks wrote the text, while there is somebody else to check it."""
    return section.edited_by_id == user.pk and not works_alone(user)


def heads_of(office: Unit) -> list[User]:
    """The active people who head an office: a chief's post held at the office itself."""
    grants = Grant.objects.in_force().filter(post__in=CHIEFS, unit=office, user__is_active=True)
    return list(User.objects.filter(pk__in=grants.values("user")).order_by("staff_no"))


def tell_of_omission(section: Section, by: User) -> None:
    """The head of the section's office hears that it is left out, unless the head decided it."""
    office = offices_of(section.report, [section.owner]).get(section.owner)
    if office is None:
        return
    page = reverse("reports:report", args=[section.report_id])
    notify(
        [user for user in heads_of(office) if user.pk != by.pk],
        title=f"{section}：本期不编入",
        body=f"{section.report.title}。{by.name}：{section.omitted_reason}",
        url=f"{page}#{section.code}",
        kind="report",
        key=f"report-omitted:{section.pk}:{section.version}",
    )
