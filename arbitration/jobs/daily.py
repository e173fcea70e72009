"""What happens by itself: public notices run out, and somebody forgot to look."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from arbitration.models import Dispute, PlatformLook, UpperSystem
from arbitration.models.upkeep import court_calendar, renew_missed, unchecked
from arbitration.workflows.deliveries import notice_data, over_on
from hrss_portal.access import policy
from hrss_portal.access.models import Unit
from hrss_portal.access.modules import is_on
from hrss_portal.casework import moves
from hrss_portal.casework.models import Delivery
from hrss_portal.notifications.inbox import notify

if TYPE_CHECKING:
    from hrss_portal.jobs.models import Job


def end_notices(job: "Job | None" = None) -> dict[str, int]:
    """Register as served whoever was served by a public notice that has run out (form A03)."""
    today, ended = timezone.localdate(), 0
    running = Delivery._base_manager.filter(
        state=Delivery.State.NOTICE, case__kind="arbitration.dispute", case__voided_at__isnull=True
    )
    for delivery in running.select_related("case__unit", "party").order_by("sent_on", "pk"):
        day = over_on(delivery)
        if day is None or day > today:
            continue
        case = Dispute._base_manager.get(pk=delivery.case_id)
        data = {"delivery": delivery, **notice_data(delivery)}
        moves.move(case, "notice_over", by=None, on=day, data=data)
        ended += 1
    return {"ended": ended}


def list_missed(job: "Job | None" = None) -> dict[str, int]:
    """Renew the list of days without a check: yesterday is over, or the calendar changed."""
    return {"changed": renew_missed(UpperSystem._base_manager.order_by("pk"))}


def missing_checks(job: "Job | None" = None) -> dict[str, int]:
    """On a working day of the county, tell the keeper of each upper system, and whoever looks at
    the platform, that nothing was registered today.
    """
    today, told = timezone.localdate(), 0
    for system in unchecked(today).select_related("unit"):
        if not court_calendar(system.unit).is_working(today):
            continue
        told += notify(
            [system.keeper],
            title=f"{system.name} 今天还没有登记检查",
            url=reverse("arbitration:systemcheck_add") + f"?system={system.pk}",
            kind="check",
            key=f"check:{system.pk}:{today}",
        )
    looked = PlatformLook._base_manager.filter(on=today, voided_at__isnull=True)
    for bureau in Unit.objects.filter(parent__isnull=True).order_by("pk"):
        works = court_calendar(bureau).is_working(today)
        if not works or not is_on("arb.platform_looks", bureau.pk):
            continue
        if looked.filter(unit__path__startswith=bureau.path).exists():
            continue
        lookers = policy.holders("arbitration.mediationcase.add")
        told += notify(
            lookers.filter(unit__path__startswith=bureau.path),
            title="“互联网+调解”平台今天还没有登记查看",
            url=reverse("arbitration:platformlook_add"),
            kind="check",
            key=f"look:{bureau.pk}:{today}",
        )
    return {"told": told}
