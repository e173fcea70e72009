"""Whose disputes without a tribunal are: by the names that a ledger recorded, where they name one
arbitrator; nobody's where nothing is recorded, as of a case whose tribunal is still to be named.

A ledger's case has no tribunal, only names.  A name counts for the one registered arbitrator of
that office who bore it and was in post on the day; between two of one name nobody chooses.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from arbitration.models import Dispute, StaffMember
from arbitration.models.dispute import TribunalMember
from hrss_portal.casework.ledgers import split_names
from hrss_portal.parties.names import plain_name

ARBITRATORS = (StaffMember.Role.FULL_TIME, StaffMember.Role.PART_TIME)


@dataclass
class Attributed:
    """Keys of disputes without a tribunal by arbitrator, and of those that are nobody's: no name
    recorded, none registered on the day, or one borne by two."""

    of: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    open: set[int] = field(default_factory=set)


def attributed(condition: Q) -> Attributed:
    """Who counts for the disputes of a condition that have no tribunal, whoever reads.

    Two queries however many disputes there are.
    """
    seated = TribunalMember.objects.filter(dispute=OuterRef("pk"), left_on__isnull=True)
    cases = Dispute._base_manager.filter(~Exists(seated), condition)
    namesakes: Mapping[tuple[int, str], list[Any]] = _namesakes()
    found = Attributed()
    for case in cases.only("pk", "unit", "accepted_on", "opened_on", "arbitrators_as_recorded"):
        day = case.accepted_on or case.opened_on
        names = [plain_name(name) for name in split_names(case.arbitrators_as_recorded)[0]]
        whose = [_in_post(namesakes.get((case.unit_id, name), []), day) for name in names]
        for members in whose:
            if len(members) == 1:
                found.of[members[0].pk].add(case.pk)
        if not whose or any(len(members) != 1 for members in whose):
            found.open.add(case.pk)
    return found


def _namesakes() -> dict[tuple[int, str], list[Any]]:
    """The registered arbitrators by office and name."""
    found: dict[tuple[int, str], list[Any]] = defaultdict(list)
    rows = StaffMember._base_manager.filter(role__in=ARBITRATORS, voided_at__isnull=True)
    for member in rows.order_by("pk"):
        found[member.unit_id, plain_name(member.name)].append(member)
    return dict(found)


def _in_post(members: list[Any], on: date) -> list[Any]:
    """Who of them had begun and not left on a day."""
    return [
        member
        for member in members
        if member.started_on <= on and (member.ended_on is None or member.ended_on > on)
    ]
