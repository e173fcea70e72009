"""Whether a dispute may go on the simple or the fast track: its facts against dated conditions.

The conditions stand in 办理条件 (办案规则 Articles 56 and 57; the fast track is a policy), never
here.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from arbitration.models import Dispute
from arbitration.models.choices import Procedure
from arbitration.workflows.deliveries import COPY, unserved
from arbitration.workflows.posts import BEFORE_ACCEPTANCE
from hrss_portal.casework.models import CaseParty, Delivery
from hrss_portal.deadlines import matching
from hrss_portal.deadlines.conditions import Known, Verdict
from hrss_portal.deadlines.lookup import NotFound
from hrss_portal.deadlines.rulesets import assess

#: The rule set of a procedure (declared in ``arbitration.deadlines.tracks``).
RULE_SETS = {Procedure.SIMPLE: "arb.simple", Procedure.FAST: "arb.fast"}
#: What the forms of the approval ask and the conditions read.
ASKED = ("is_clear", "simple_agreed", "simple_barred")


def respondent_missing(case: Dispute) -> Known | None:
    """Whether a respondent cannot be found: served by public notice; nobody knows before the copy
    of the application has reached each."""
    rows = [row for row in case.deliveries.all() if row.state != Delivery.State.VOID]
    notices = [row for row in rows if row.mode == Delivery.Mode.NOTICE]
    if any(row.party and row.party.role == "respondent" for row in notices):
        return Known(True, "送达（公告）", notices[0].sent_on)
    return None if unserved(case, COPY, {"respondent"}) else Known(False, "送达")


def is_respondent_missing(on: date) -> Case:
    """The same as an expression of the database, for many disputes at once; as there it is today
    that tells what has reached a party, whatever day is asked about."""
    sent = Delivery._base_manager.exclude(state=Delivery.State.VOID)
    notice = sent.filter(case=OuterRef("pk"), mode=Delivery.Mode.NOTICE, party__role="respondent")
    reached = sent.filter(
        party=OuterRef("pk"),
        state=Delivery.State.SERVED,
        doc_name__in=COPY,
        deemed_on__lte=timezone.localdate(),
    )
    side = CaseParty._base_manager.filter(role="respondent", left_on=None)
    spokesmen = side.filter(case=OuterRef("case"), is_representative=True)
    addressed = side.filter(Q(is_representative=True) | ~Exists(spokesmen), case=OuterRef("pk"))
    return Case(
        When(Exists(notice), then=True),
        When(Exists(addressed.exclude(Exists(reached))), then=None),
        default=False,
        output_field=BooleanField(null=True),
    )


def verdict(case: Dispute, procedure: str, answers: Mapping[str, Any] | None = None) -> Verdict:
    """How the case stands to the conditions of a track, on the day of acceptance.

    ``answers`` of a form count before what is stored; before acceptance its day counts, else today.
    Raises ``NotFound`` on a day without
    conditions, ``KeyError`` for a procedure without any.
    """
    asked = copy(case)
    for name in ASKED:
        if answers and answers.get(name) is not None:
            setattr(asked, name, answers[name])
    on: date = case.accepted_on or (answers or {}).get("on") or timezone.localdate()
    return assess(RULE_SETS[Procedure(procedure)], asked, on, case.unit.rules_region)


def may_take(rows: QuerySet[Dispute], procedure: str, state: str) -> QuerySet[Dispute]:
    """The disputes whose track is still to be chosen, that stand so to the conditions of this one
    today (``verdict``, in the database) and for which it is not chosen.

    After acceptance no step leads onto a track, and the conditions of the day of acceptance count.
    ``state`` is one of ``conditions.State``; a bureau without conditions today has no such case.
    """
    waiting = rows.filter(
        state__in=BEFORE_ACCEPTANCE, accepted_on=None, closed_on=None, voided_at=None
    ).exclude(procedure=procedure)
    code, today = RULE_SETS[Procedure(procedure)], timezone.localdate()
    return matching.judged_at_home(waiting, code, today).filter(verdict=state)


def fits_its_track(case: Dispute, data: Mapping[str, Any]) -> Iterable[str]:
    """The chosen track's conditions are not broken; what nobody knows yet is the approver's."""
    procedure = data.get("procedure") or case.procedure
    if procedure not in RULE_SETS:
        return
    try:
        yield from verdict(case, procedure, data).reasons
    except NotFound as error:
        yield str(error)


def collective(case: Dispute) -> Verdict:
    """Whether a dispute has the number of workers of a collective one (办案规则 Article 62), on
    the day of acceptance, else today.  Raises ``NotFound`` on a day without that condition."""
    on: date = case.accepted_on or timezone.localdate()
    return assess("arb.collective", case, on, case.unit.rules_region)


def verdicts(case: Dispute, answers: Mapping[str, Any] | None = None) -> list[Verdict]:
    """How the case stands to both tracks; a track without conditions today is left out."""
    found = []
    for procedure in RULE_SETS:
        try:
            found.append(verdict(case, procedure, answers))
        except NotFound:
            continue
    return found
