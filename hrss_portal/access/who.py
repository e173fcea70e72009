"""Who else: the people and posts that may do something, for refusals, choices and notices."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from hrss_portal import areas
from hrss_portal.access.models import Delegation, Grant, Unit, User
from hrss_portal.access.rights import patterns_of
from hrss_portal.access.roles import POST_LABELS, Role


def posts_for(action: str) -> list[str]:
    """Codes of the posts whose role allows an action, in the order of the staffing plan."""
    area, noun, verb = action.split(".")
    found = {role.post for role in areas.declared("roles") if _role_allows(role, area, noun, verb)}
    return [code for code in POST_LABELS if code in found]


def _role_allows(role: Role, area: str, noun: str, verb: str) -> bool:
    return role.area in {"*", area} and not role.can.isdisjoint(patterns_of(noun, verb))


def holders(action: str, unit: Unit | None = None) -> QuerySet[User]:
    """The active people who may do an action at a unit (anywhere if None), nearest roles only.

    For "who may do this" on the refusal page and for choosing whom to notify.
    """
    grants = Grant.objects.in_force().filter(user__is_active=True)
    return holders_by(grants, action, unit)


def holders_by(grants: QuerySet[Grant], action: str, unit: Unit | None = None) -> QuerySet[User]:
    """``holders`` counted by given grants, whatever their state."""
    area, noun, verb = action.split(".")
    wanted = Q(pk__in=[])
    for role in areas.declared("roles"):
        if _role_allows(role, area, noun, verb):
            wanted |= Q(post=role.post, area__in=["", role.area]) & _places(role, unit)
    return User.objects.filter(pk__in=grants.filter(wanted).values("user")).order_by("staff_no")


def _places(role: Role, unit: Unit | None) -> Q:
    if unit is None:
        return Q()
    ancestors = unit.ancestor_ids()
    if role.scope == "chain":
        leaders = Unit.objects.filter(pk__in=ancestors).exclude(led_by=None).values("led_by")
        return Q(user__in=leaders)
    if role.scope == "bureau":
        return Q(unit__path__startswith=unit.path.split("/", 1)[0] + "/")
    return Q(unit__in=ancestors)


def deciders(posts: Collection[str], action: str, unit: Unit) -> list[User]:
    """The active people who make a move at a unit: by a post whose role reaches the unit, as
    ``move_allowed`` asks, or because such a holder delegated the move to them.

    ``action`` is "<area>.<noun>.<move>".  Two queries.
    """
    area, noun, code = action.split(".")
    wanted = Q(pk__in=[])
    for role in areas.declared("roles"):
        if role.post in posts and role.area == area and _role_allows(role, area, noun, "view"):
            wanted |= Q(post=role.post, area__in=["", area]) & _places(role, unit)
    grants = Grant.objects.in_force().filter(wanted, user__is_active=True).values("user")
    given = Delegation.objects.running().filter(revoked_at=None, area=area)
    takers = given.filter(giver__in=grants, moves__contains=[code]).values("taker")
    found = User.objects.filter(Q(pk__in=grants) | Q(pk__in=takers), is_active=True)
    return list(found.order_by("staff_no"))


def works_alone(user: User) -> bool:
    """Whether the bureau has nobody else who works: the two-person rules wait for a second."""
    return not User.objects.filter(is_active=True).exclude(pk=user.pk).exists()
