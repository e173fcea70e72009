"""What a person may do, worked out from the database: grants, absences and delegations.

``Rights`` is a plain value without further queries, so that one decision is the same everywhere:
``policy.visible`` turns it into SQL, ``policy.decide`` asks it about one object, and tests compare
the two over random worlds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from hrss_portal import areas
from hrss_portal.access import modules
from hrss_portal.access.models import Absence, Delegation, Grant, Unit, User
from hrss_portal.access.roles import GUARDS, POST_LABELS, Role


@dataclass(frozen=True)
class Span:
    """On which rows: of these units, of these towns, handled by these people, or all."""

    units: frozenset[int] = frozenset()
    towns: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    everything: bool = False


@dataclass(frozen=True)
class Ability:
    """One role through one grant: what, on which rows, and where it comes from.

    ``moves`` is None except for a delegation, which allows only the moves it names (and to see).
    ``on_behalf_of`` is the absent colleague or the giver of the delegation, whose right it is.
    """

    post: str
    area: str
    can: frozenset[str]
    span: Span
    classes: frozenset[str]
    source: str
    because: str
    hides: frozenset[str] = frozenset()
    moves: frozenset[str] | None = None
    on_behalf_of: int | None = None

    def matches(self, area: str, noun: str, verb: str, patterns: frozenset[str]) -> bool:
        """Whether this ability speaks of the action, whatever the object."""
        if self.area not in {"*", area}:
            return False
        if self.moves is not None:
            return verb == "view" or verb in self.moves or f"{noun}.{verb}" in self.moves
        return not self.can.isdisjoint(patterns)


def patterns_of(noun: str, verb: str) -> frozenset[str]:
    """What a role may have declared to allow a verb on a noun."""
    return frozenset({f"{noun}.{verb}", f"{noun}.*", f"*.{verb}", "*.*"})


@dataclass(frozen=True)
class Rights:
    """Everything that a person may do, as a list of abilities that add up.

    ``without`` are the modules that the person's bureau does not have: nobody may do what is
    theirs.  ``rows`` remembers the filters already worked out from these rights, one per scope and
    verb: a page asks for the same few again and again.
    """

    user_id: int | None
    abilities: tuple[Ability, ...] = ()
    without: tuple[areas.Module, ...] = ()
    rows: dict[Any, Q] = field(default_factory=dict, compare=False, repr=False)

    def matching(self, area: str, noun: str, verb: str) -> list[Ability]:
        """The abilities that speak of an action."""
        if any(module.names("actions", f"{area}.{noun}.{verb}") for module in self.without):
            return []
        patterns = patterns_of(noun, verb)
        return [one for one in self.abilities if one.matches(area, noun, verb, patterns)]

    @property
    def posts(self) -> frozenset[str]:
        """The posts held, directly or as a B, without delegations."""
        return frozenset(one.post for one in self.abilities if one.moves is None)

    def posts_for(self, area: str, move: str) -> frozenset[str]:
        """The posts as which a move of an area may be made: those held, and those whose holder
        delegated the move."""
        return self.posts | {
            one.post
            for one in self.abilities
            if one.moves is not None and one.area == area and move in one.moves
        }


class Tree:
    """All units as ids and paths, read once when a span first needs them."""

    def __init__(self) -> None:
        self._below: dict[str, frozenset[int]] = {}

    @cached_property
    def rows(self) -> list[tuple[int, str, int | None]]:
        """(id, path, id of the leader) of every unit."""
        return list(Unit.objects.order_by().values_list("pk", "path", "led_by_id"))

    def below(self, path: str) -> frozenset[int]:
        """Ids of the unit with this path and of everything below it."""
        found = self._below.get(path)
        if found is None:
            found = frozenset(pk for pk, other, _ in self.rows if other.startswith(path))
            self._below[path] = found
        return found

    def led_by(self, user_id: int) -> frozenset[int]:
        """Ids of the units that a person leads (分管), and of everything below them."""
        led = [path for _, path, leader in self.rows if leader == user_id]
        return frozenset().union(*(self.below(path) for path in led))

    def span(self, role: Role, user_id: int, path: str) -> Span:
        """The rows that a role reaches for a person who holds it at the unit with this path."""
        if role.scope == "own":
            return Span(people=frozenset({user_id}))
        if role.scope == "chain":
            led = self.led_by(user_id)
            return Span(units=led, towns=led)
        if role.scope == "unit":
            return Span(units=self.below(path))
        if role.scope == "town":
            here = self.below(path)
            return Span(units=here, towns=here)
        root = path.split("/", 1)[0] + "/"
        here = self.below(root)
        return Span(units=here, towns=here, everything=len(here) == len(self.rows))


def rights_of(user: User | None) -> Rights:
    """Reads what a person may do now.  An inactive or absent account may do nothing.

    Grants in force, plus all of an absent colleague's whose B the person is, plus the moves that a
    running delegation names, in the giver's scope.  Neither an absence nor a delegation passes on.
    Guards (系统、安全、审计) act for nobody, and nobody for them.
    Two queries: the grants, and the units when a span needs them; two more for who is somebody's B
    or holds a delegation.
    """
    if user is None or user.pk is None or not user.is_active:
        return Rights(None)
    tree, roles = Tree(), _roles_by_post()
    own: list[Ability] = []
    colleagues: list[Ability] = []
    signed: list[tuple[int, list[Ability]]] = []
    for grant in grants_for(user):
        held = _abilities(grant, tree, roles)
        if grant.user_id == user.pk:
            own += held
            continue
        if grant.stands_in:
            colleagues += [_for_colleague(one, grant.user) for one in held]
        for paper in grant.signs_for:
            signed.append((paper["pk"], _from_delegation(held, paper, grant.user)))
    without = modules.without(user.unit.root_id)
    if any(one.post in GUARDS for one in own):
        return Rights(user.pk, tuple(own), without)
    signed.sort(key=lambda pair: pair[0])
    held_by_others = (one for _, held in signed for one in held)
    return Rights(user.pk, (*own, *colleagues, *held_by_others), without)


def grants_for(user: User) -> list[Any]:
    """The grants in force of a person and of those for whom the person acts.

    Each carries ``stands_in`` (the holder is absent and the person is the B) and ``signs_for``
    (the holder's running delegations to the person).  The person's own unit comes along.  One
    query for who is nobody's B and has no delegation: what a query costs is mostly its making.
    """
    given = Delegation.objects.running().filter(taker_id=user.pk, revoked_at=None, is_waiting=False)
    may_act_for = Q(user__deputy_id=user.pk) | Q(user__in=given.values("giver"))
    rows = (
        Grant.objects.in_force()
        .filter(Q(user=user.pk) | may_act_for & Q(user__is_active=True) & ~Q(post__in=GUARDS))
        .select_related("unit", "user__unit")
        .order_by("pk")
    )
    found: list[Any] = list(rows)
    here = next((grant.user.unit for grant in found if grant.user_id == user.pk), None)
    known = User._meta.get_field("unit").is_cached(user)
    if here is not None and here.pk == user.unit_id and not known:
        user.unit = here  # every page names it: spares the query
    _mark_acted_for(user, found, given)
    return [one for one in found if one.user_id == user.pk or one.stands_in or one.signs_for]


def _mark_acted_for(user: User, grants: Sequence[Any], given: QuerySet[Delegation]) -> None:
    """Sets what ``grants_for`` tells of each: asked only where somebody else's are among them."""
    absent: set[int] = set()
    papers: dict[int, list[Any]] = {}
    if any(one.user_id != user.pk for one in grants):
        away = Absence.objects.running().filter(user__deputy_id=user.pk)
        absent = set(away.values_list("user", flat=True))
        for paper in given.order_by("pk").values("giver_id", "pk", "area", "moves", "file_ref"):
            papers.setdefault(paper["giver_id"], []).append(paper)
    for one in grants:
        one.stands_in, one.signs_for = one.user_id in absent, papers.get(one.user_id, [])


def _roles_by_post() -> dict[str, list[Role]]:
    found: dict[str, list[Role]] = {}
    for role in areas.declared("roles"):
        found.setdefault(role.post, []).append(role)
    return found


def _abilities(grant: Grant, tree: Tree, roles: Mapping[str, Sequence[Role]]) -> list[Ability]:
    return [
        Ability(
            post=role.post,
            area=role.area,
            can=role.can,
            span=tree.span(role, grant.user_id, grant.unit.path),
            classes=role.classes & frozenset(grant.classes),
            source=f"grant:{grant.pk}:{role.post}:{role.scope}",
            because=f"{POST_LABELS[grant.post]}（{grant.unit}）",
            hides=role.hides,
        )
        for role in roles.get(grant.post, ())
        if grant.area in {"", role.area}
    ]


def _for_colleague(held: Ability, absent: User) -> Ability:
    return replace(
        held,
        source=f"deputy:{held.source}",
        because=f"代 {absent.name} 履行{held.because}",
        on_behalf_of=absent.pk,
    )


#: What a delegation of moves never hands on: who told of a matter and must stay unknown.
UNDELEGATED = frozenset({"P2"})


def _from_delegation(
    held: Sequence[Ability], paper: Mapping[str, Any], giver: User
) -> list[Ability]:
    return [
        replace(
            one,
            moves=frozenset(paper["moves"]),
            area=paper["area"],
            classes=one.classes - UNDELEGATED,
            source=f"delegation:{paper['pk']}:{one.post}",
            because=f"受 {giver.name} 委托（{paper['file_ref']}）",
            on_behalf_of=giver.pk,
        )
        for one in held
        if one.area in {"*", paper["area"]}
    ]
