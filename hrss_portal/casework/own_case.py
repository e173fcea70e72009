"""本人案件回避: who is himself a party, or acts for one, takes no part in the case.

The number decides.  Where one of the two has none, the same name is asked about: the head of the
office says whether it is the same person (``namesakes``), and until then the user keeps away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from hrss_portal.access.models import User
from hrss_portal.casework.models import Case, CaseParty, Event
from hrss_portal.parties import staff
from hrss_portal.parties.merging import standing_key

TOPIC = "namesake"  # ``Event.move`` of an answer
IS_PARTY = "{} 是本案当事人，应当回避（{}）"
IS_NAMESAKE = "{} 与当事人同名，由负责人确认不是同一人（{}）"


@dataclass(frozen=True)
class Side:
    """Somebody of a case who may be a member of staff: ``key`` tells the rows apart."""

    key: str
    name: str
    person: int | None = None
    index: str | None = None


def sides_of(case: Case, users: Sequence[User], agents: Iterable[str] = ()) -> list[Side]:
    """The natural persons of a case who are these users by number, or bear the name of one."""
    names = {user.name for user in users}
    tied = staff.persons_of(users).values("stands")
    rows = (
        CaseParty._base_manager.filter(case=case.pk, employer=None)
        .annotate(stands=standing_key("person"))
        .filter(Q(name__in=names) | Q(stands__in=tied))
        .values_list("pk", "name", "stands", "person__id_number_index")
    )
    found = [Side(f"party:{pk}", name, person, index) for pk, name, person, index in rows]
    return found + [Side(f"agent:{name}", name) for name in agents if name in names]


def problems(case: Case, users: Sequence[User], sides: Sequence[Side], basis: str) -> list[str]:
    """The sentences that keep these users from the case; ``sides`` as ``sides_of`` found them."""
    if not sides:
        return []
    said = []
    indexes, own = staff.indexes_of(users), owners(users, sides)
    for user in users:
        if user.pk in own or _answered(case, user).get("same"):
            said.append(IS_PARTY.format(user.name, basis))
        elif namesakes(case, user, indexes.get(user.pk, ""), sides):
            said.append(IS_NAMESAKE.format(user.name, basis))
    return said


def owners(users: Iterable[User], sides: Iterable[Side]) -> set[int]:
    """The ids of the users who by their number are one of the sides, merges counted."""
    persons = {side.person for side in sides if side.person}
    found = staff.persons_of(users) if persons else []
    return {row["user"] for row in found if row["stands"] in persons}


def namesakes(case: Case, user: User, index: str, sides: Iterable[Side]) -> list[Side]:
    """Those of the user's name of whom nobody knows or has said that they are somebody else."""
    same = [one for one in sides if one.name == user.name and not (index and one.index)]
    known = _answered(case, user).get("sides", {}) if same else {}
    return [one for one in same if one.key not in known]


def _answered(case: Case, user: User) -> dict[str, Any]:
    """What the head answered last of this user in this case."""
    told = Event.objects.filter(case=case.pk, move=TOPIC, data__user=user.pk).order_by("-pk")
    found = told.values_list("data", flat=True).first()
    return dict(found or {})


def opening(user: User, parties: Iterable[Any], basis: str) -> list[str]:
    """Why the user does not open a case of these parties (``PartyIn``): he is one of them.

    A namesake is asked about once the case is there.
    """
    people = [party.person for party in parties if party.person]
    sides = [Side("", one.name, one.merged_into_id or one.pk) for one in people]
    return [IS_PARTY.format(user.name, basis)] if owners([user], sides) else []
