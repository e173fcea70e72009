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
from hrss_portal.parties.names import plain_name

TOPIC = "namesake"  # ``Event.move`` of an answer
IS_PARTY = "{} 是本案当事人，应当回避（{}）"
IS_NAMESAKE = "{} 与当事人同名，由负责人确认不是同一人（{}）"


@dataclass(frozen=True)
class Member:
    """Somebody who takes part in cases without an account; ``key`` tells him in the register.

    Nobody keeps his number, so the name is asked about.
    """

    key: str
    name: str


#: Who may take part in a case.
Staff = User | Member


@dataclass(frozen=True)
class Side:
    """Somebody of a case who may be a member of staff: ``key`` tells the rows apart."""

    key: str
    name: str
    person: int | None = None
    index: str | None = None


def sides_of(case: Case, people: Sequence[Staff], agents: Iterable[str] = ()) -> list[Side]:
    """The natural persons of a case who are these people by number, or bear the name of one."""
    names = {one.name for one in people}
    tied = staff.persons_of(accounts(people)).values("stands")
    rows = (
        CaseParty._base_manager.filter(case=case.pk, employer=None)
        .annotate(stands=standing_key("person"))
        .filter(Q(name__in=names) | Q(stands__in=tied))
        .values_list("pk", "name", "stands", "person__id_number_index")
    )
    found = [Side(f"party:{pk}", name, person, index) for pk, name, person, index in rows]
    return found + [Side(f"agent:{name}", name) for name in agents if name in names]


def accounts(people: Iterable[Staff]) -> list[User]:
    """Those who have an account."""
    return [one for one in people if isinstance(one, User)]


def problems(case: Case, people: Sequence[Staff], sides: Sequence[Side], basis: str) -> list[str]:
    """The sentences that keep these people from the case; ``sides`` as ``sides_of`` found them."""
    if not sides:
        return []
    said, users = [], accounts(people)
    indexes, own = staff.indexes_of(users), owners(users, sides)
    for one in people:
        pk = one.pk if isinstance(one, User) else 0
        if pk in own or _answered(case, one).get("same"):
            said.append(IS_PARTY.format(one.name, basis))
        elif namesakes(case, one, indexes.get(pk, ""), sides):
            said.append(IS_NAMESAKE.format(one.name, basis))
    return said


def owners(users: Iterable[User], sides: Iterable[Side]) -> set[int]:
    """The ids of the users who by their number are one of the sides, merges counted."""
    persons = {side.person for side in sides if side.person}
    found = staff.persons_of(users) if persons else []
    return {row["user"] for row in found if row["stands"] in persons}


def namesakes(case: Case, who: Staff, index: str, sides: Iterable[Side]) -> list[Side]:
    """Those of somebody's name of whom nobody knows or has said that they are somebody else."""
    same = [one for one in sides if one.name == who.name and not (index and one.index)]
    known = _answered(case, who).get("sides", {}) if same else {}
    return [one for one in same if one.key not in known]


def told(who: Staff) -> dict[str, Any]:
    """How an answer names whom it is about."""
    return {"user": who.pk} if isinstance(who, User) else {"member": who.key}


def _answered(case: Case, who: Staff) -> dict[str, Any]:
    """What the head answered last of somebody in this case."""
    about = {f"data__{name}": value for name, value in told(who).items()}
    events = Event.objects.filter(case=case.pk, move=TOPIC, **about).order_by("-pk")
    found = events.values_list("data", flat=True).first()
    return dict(found or {})


def _natural(parties: Iterable[Any]) -> list[Side]:
    """The natural persons among parties that are not stored yet (``PartyIn``)."""
    found = []
    for one in parties:
        person = one.person
        if person is not None:
            standing = person.merged_into_id or person.pk
            found.append(Side("", one.name, standing, person.id_number_index))
        elif one.employer is None:
            found.append(Side("", one.name))
    return found


def opening(user: User, parties: Iterable[Any], basis: str) -> list[str]:
    """Why the user does not open a case of these parties (``PartyIn``): he is one of them.

    A namesake is asked about once the case is there.
    """
    own = owners([user], _natural(parties))
    return [IS_PARTY.format(user.name, basis)] if own else []


@dataclass(frozen=True)
class Landed:
    """What a ledger's case says of those who work on it: why it stays out, and of whom the head of
    the office is still to say whether they are a party (``asked``: names)."""

    refused: Sequence[str] = ()
    asked: Sequence[str] = ()


def landing(
    case: Case, parties: Sequence[Any], hands: Iterable[str], by: User | None, basis: str
) -> Landed:
    """The same of a case that a ledger tells: ``hands`` are the names of those who, as it says,
    decided or recorded it, beside the handler and the deputy.  Nothing is stored yet."""
    sides = _natural(parties)
    in_hand = [user for user in (case.handler, case.deputy) if user is not None]
    users = [*in_hand, *([by] if by else [])]
    own = owners(users, sides)
    refused = [IS_PARTY.format(user.name, basis) for user in users if user.pk in own]
    names = {plain_name(side.name) for side in sides}
    same = [user for user in in_hand if plain_name(user.name) in names]
    indexes = staff.indexes_of(same) if same else {}
    asked = [
        user.name
        for user in same
        if any(
            plain_name(side.name) == plain_name(user.name)
            and not (side.index and indexes.get(user.pk))
            for side in sides
        )
    ]
    cleared = {plain_name(user.name) for user in same}
    asked += [name for name in hands if plain_name(name) in names - cleared]
    return Landed(list(dict.fromkeys(refused)), list(dict.fromkeys(asked)))
