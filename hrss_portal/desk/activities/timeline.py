"""What visits and training say on the page of an employer or a person."""

from collections.abc import Iterator

from hrss_portal.access import policy
from hrss_portal.access.models import User
from hrss_portal.activities.models import RollEntry, Visit
from hrss_portal.activities.models.visits import FOLLOW_UP_STATES
from hrss_portal.parties.models import Party, Person
from hrss_portal.parties.timeline import Entry, row_ids

SHOWN = 100
AREA = "活动与任务"


def entries(party: Party, *, user: User) -> Iterator[Entry]:
    """One entry a visit, or a class that the person was on."""
    if isinstance(party, Person):
        yield from _classes(party, user)
    else:
        yield from _visits(party)


def _visits(employer: Party) -> Iterator[Entry]:
    rows = Visit.objects.filter(employer__in=row_ids(employer), voided_at__isnull=True)
    for visit in rows.prefetch_related("purposes").order_by("-on", "-pk")[:SHOWN]:
        purposes = "、".join(topic.name for topic in visit.purposes.all())
        yield Entry(
            at=visit.on,
            title=f"走访 {visit.staff_names}",
            note=purposes,
            url=visit.get_absolute_url(),
            area=AREA,
            open=visit.follow_up_state in {"waiting", "late"},
            details=[FOLLOW_UP_STATES[visit.follow_up_state]],
        )


def _classes(person: Party, user: User) -> Iterator[Entry]:
    rows = RollEntry.objects.filter(
        person__in=row_ids(person), training_class__voided_at__isnull=True
    ).select_related("training_class__unit", "training_class__town")
    for entry in rows.order_by("-training_class__starts_on", "-pk")[:SHOWN]:
        training = entry.training_class
        if policy.can(user, "activities.trainingclass.view", training):
            yield Entry(
                at=training.starts_on,
                title=f"培训 {training.number}",
                note=training.course,
                url=training.get_absolute_url(),
                area=AREA,
                open=entry.completed_on is None,
                details=["已结业" if entry.completed_on else "未结业"],
            )
