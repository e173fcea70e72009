"""Whose case a ledger's row is: the one person of the court who bears the arbitrator's name.

Between two of one name nobody chooses; who has no account is shown as the ledger names them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from arbitration.models import StaffMember
from hrss_portal.access.models import User
from hrss_portal.casework.ledgers import split_names
from hrss_portal.parties.names import plain_name


@dataclass(frozen=True)
class Handlers:
    """By office and name: the accounts, and how many registered staff have none."""

    accounts: Mapping[tuple[int, str], set[User]]
    others: Mapping[tuple[int, str], int]

    def of(self, unit_id: int, names: str, *, is_open: bool) -> User | None:
        """The handler out of a cell of arbitrators, or None.

        One who has left handles a case that is over, never one that goes on.
        """
        told = split_names(names)[0]
        if len(told) != 1:
            return None
        place = unit_id, plain_name(told[0])
        found = self.accounts.get(place, set())
        if len(found) != 1 or self.others.get(place, 0) > 1:
            return None
        (user,) = found
        return user if user.is_active or not is_open else None


def handlers() -> Handlers:
    """Everybody of the offices, those who left included: accounts and registered staff."""
    accounts: dict[tuple[int, str], set[User]] = defaultdict(set)
    others: dict[tuple[int, str], int] = defaultdict(int)
    for user in User._base_manager.order_by("pk"):
        accounts[user.unit_id, plain_name(user.name)].add(user)
    staff = StaffMember._base_manager.filter(voided_at__isnull=True).select_related("user")
    for member in staff.order_by("pk"):
        place = member.unit_id, plain_name(member.name)
        if member.user is not None:
            accounts[place].add(member.user)
        else:
            others[place] += 1
    return Handlers(dict(accounts), dict(others))
