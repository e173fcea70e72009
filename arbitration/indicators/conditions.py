"""Which rows some figures of the court count, where a plain comparison does not say it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from arbitration.models import BudgetLine, Hearing
from arbitration.models.choices import AWARDED, MediationSource, Went
from arbitration.workflows.suits import SET_ASIDE_FIRST
from hrss_portal.activities.models import Visit
from hrss_portal.casework.models import Clock

SERVING = ("hundred_arbitrators", "three_deliveries")


def overdue_on_platform(since: date | None, until: date) -> Q:
    """Platform cases that were finished late in the period, or are open past their day at its end.

    The platform's own due time decides where it gave one, by the hour at which the case was ended
    as its page says it, by the day where only the day is known; otherwise the mediation terms.
    Not having acted on the same day is a local matter and makes nothing overdue.
    """
    terms = _platform_terms()
    ended = Q(closed_on__lte=until)
    if since is not None:
        ended &= Q(closed_on__gte=since)
    of_platform = Clock._base_manager.filter(case=OuterRef("pk"), term="med.platform_due")
    after_hours = of_platform.filter(met_on=F("due_on"), met_at__gt=F("due_at"))
    late = (
        Q(platform_due_at__isnull=False, closed_on__gt=F("platform_due_at__date"))
        | Q(Exists(after_hours), closed_on=F("platform_due_at__date"))
        | Q(Exists(terms.filter(met_on__gt=F("due_on"))), platform_due_at__isnull=True)
    )
    running = Q(closed_on__isnull=True) | Q(closed_on__gt=until)
    midnight = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    passed = Q(platform_due_at__lt=min(timezone.now(), midnight)) | Q(
        Exists(terms.filter(Q(met_on__isnull=True) | Q(met_on__gt=until), due_on__lt=until)),
        platform_due_at__isnull=True,
    )
    platform = Q(channel=MediationSource.PLATFORM, opened_on__lte=until)
    return platform & ((ended & late) | (running & passed))


def budgeted(since: date | None, until: date) -> Q:
    """Lines of the year at the period's end that stand in the county's budget."""
    return Q(year=until.year, state__in=(BudgetLine.State.IN_BUDGET, BudgetLine.State.SETTLED))


def hearings_held(since: date | None, until: date) -> Q:
    """Hearings that were held on a day of the period."""
    held = Q(state=Hearing.State.HELD, period__startswith__date__lte=until)
    return held if since is None else held & Q(period__startswith__date__gte=since)


def attire_recorded(since: date | None, until: date) -> Q:
    """Those of them of which it is recorded whether the arbitrators wore uniform."""
    return hearings_held(since, until) & Q(uniform_worn__isnull=False)


def held_in_uniform(since: date | None, until: date) -> Q:
    """Those of them with the tick that the arbitrators wore uniform."""
    return hearings_held(since, until) & Q(uniform_worn=True)


def on_platform(since: date | None, until: date) -> Q:
    """Platform cases that ended in the period or are open at its end."""
    ended = Q(closed_on__lte=until)
    if since is not None:
        ended &= Q(closed_on__gte=since)
    running = Q(closed_on__isnull=True) | Q(closed_on__gt=until)
    return Q(channel=MediationSource.PLATFORM, opened_on__lte=until) & (ended | running)


def timed_on_platform(since: date | None, until: date) -> Q:
    """Those of them that have a day to be late against: the platform's, or a mediation term."""
    return on_platform(since, until) & (
        Q(platform_due_at__isnull=False) | Q(Exists(_platform_terms()))
    )


def _platform_terms() -> QuerySet[Clock]:
    """The mediation terms of a platform case."""
    terms = Clock._base_manager.filter(
        case=OuterRef("pk"), term__in=("med.platform_accept", "med.platform_end")
    )
    return terms.exclude(state="cancelled")


def went_to_court(side: str, went: str) -> Q:
    """Awards over which a side went to a court in this way.

    An employer who sued over a final award had asked to set it aside, though what he did last is
    what stands there (调解仲裁法 Article 49).
    """
    over = Q(**{f"{side}_went": went}) | Q(**{f"{side}_open_went": went})
    if went == Went.SET_ASIDE:
        over |= Q(**{f"{side}_went": Went.SUED}, outcome__in=sorted(SET_ASIDE_FIRST))
    return over & Q(outcome__in=sorted(AWARDED))


def visits_about(*purposes: str) -> Callable[[date | None, date], Q]:
    """Visits of the court's two campaigns with one of the purposes.

    A visit is one row however many tags it has, so the tags are asked for, never joined.
    """

    def condition(since: date | None, until: date) -> Q:
        mine = {"visit": OuterRef("pk")}
        campaigns = Visit.campaigns.through._base_manager.filter(
            **mine, campaign__code__in=SERVING, campaign__voided_at__isnull=True
        )
        topics = Visit.purposes.through._base_manager.filter(**mine, topic__code__in=purposes)
        return Q(Exists(campaigns), Exists(topics))

    return condition
