"""Which accounts ask at a route: one of each group with the same rights there."""

from functools import cache

from hrss_portal import areas
from hrss_portal.access import policy
from hrss_portal.access.roles import posts
from tests.matrix.world import World

#: The pages of these areas ask about their own matters alone; all others ask about any area.
OF_THEIR_OWN = frozenset(
    {
        "access",
        "activities",
        "arbitration",
        "audit",
        "deadlines",
        "jobs",
        "notifications",
        "parties",
        "reports",
    }
)
#: Nouns beside the policy's own that pages of an area ask about.
ASKED_TOO = {"access": {"grant", "user"}, "parties": {"restriction", "merge"}}
Held = frozenset[tuple[str, str, str, str]]


@cache
def held(post: str, area: str, noun: str) -> Held:
    """What a post may do to the matters of a noun: area, noun, verb and reach.

    Outside ``OF_THEIR_OWN`` all that it may do.  What it may in the whole bureau it may nearer by.
    """
    found = {
        (role.area, *can.split(".", 1), role.scope)
        for role in areas.declared("roles")
        if role.post == post and (area not in OF_THEIR_OWN or role.area in {area, "*"})
        for can in role.can
    }
    if area in OF_THEIR_OWN:
        nouns = {noun, "*", *ASKED_TOO.get(area, ())}
        found = {one for one in found if one[1] in nouns}
    everywhere = {
        (one[0], n, v) for *one, reach in found if reach == "bureau" for n, v in [one[1:]]
    }
    return frozenset(
        (at, n, verb, reach)
        for at, n, verb, reach in found
        if reach == "bureau"
        or not everywhere & {(at, n, verb), (at, n, "*"), (at, "*", verb), (at, "*", "*")}
    )


def groups(needed: str, world: World) -> tuple[list[str], list[list[str]]]:
    """The posts that a route's policy shuts out, and the others by equal rights.

    The first of each group asks for all of it.
    """
    area, noun = (*needed.split("."), "")[:2]
    shut_out: list[str] = []
    found: dict[Held, list[str]] = {}
    for post in (one.code for one in posts):
        if "." in needed and not world.rights(post).matching(*policy.split(needed)):
            shut_out.append(post)
        else:
            found.setdefault(held(post, area, noun), []).append(post)
    return shut_out, list(found.values())
