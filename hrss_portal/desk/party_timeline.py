"""What cases say on the page of a person or an employer: one line a case, over all areas."""

from collections.abc import Iterator

from django.db.models import QuerySet

from hrss_portal.access.models import User
from hrss_portal.casework.models import Case
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.desk.links import case_url
from hrss_portal.desk.states import state_label
from hrss_portal.parties.models import Party, Person
from hrss_portal.parties.timeline import Entry, row_ids

SHOWN = 100


def cases_of(party: Party) -> QuerySet[Case]:
    """The visible cases in which the party stands, merged rows included."""
    role = "parties__person__in" if isinstance(party, Person) else "parties__employer__in"
    return Case.objects.filter(**{role: row_ids(party)}).distinct()


def stands_in(party: Party, case_id: int) -> bool:
    """Whether the party stands in a case that the acting user sees."""
    return cases_of(party).filter(pk=case_id).exists()


def entries(party: Party, *, user: User) -> Iterator[Entry]:
    """One entry a case, at the day it was received; what ``user`` may not see is not counted."""
    for case in cases_of(party).order_by("-opened_on", "-pk")[:SHOWN]:
        workflow = workflow_of(case)
        yield Entry(
            at=case.opened_on,
            title=f"{workflow.label} {case.reference}",
            note=case.title,
            url=case_url(case),
            area=str(workflow.model._meta.app_config.verbose_name),
            open=case.is_open,
            details=[state_label(case)],
        )
