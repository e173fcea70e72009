"""The one module that decides who may see and do what.

An action is ``"<area>.<noun>.<verb>"``.  ``visible`` answers it as a query over rows, ``decide``
for one object; both read the same ``Rights``, and a test holds them equal over random worlds.
Everything is denied unless a role that a person holds allows it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.http import Http404

from hrss_portal import areas
from hrss_portal.access import acting
from hrss_portal.access.models import Unit, User
from hrss_portal.access.rights import Ability, Rights, rights_of
from hrss_portal.access.roles import POST_LABELS
from hrss_portal.access.scoping import Scope as Scope  # noqa: PLC0414 - part of this face
from hrss_portal.access.scoping import outer_of as outer_of  # noqa: PLC0414 - part of this face
from hrss_portal.access.scoping import outer_scope, outer_verb
from hrss_portal.access.scoping import scope_of as scope_of  # noqa: PLC0414 - part of this face
from hrss_portal.access.who import deciders as deciders  # noqa: PLC0414 - part of this face
from hrss_portal.access.who import holders as holders  # noqa: PLC0414 - part of this face
from hrss_portal.access.who import posts_for as posts_for  # noqa: PLC0414 - part of this face
from hrss_portal.access.who import works_alone as works_alone  # noqa: PLC0414 - part of this face

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Facts:
    """What a decision needs to know of one object."""

    area: str
    noun: str
    unit: int | None = None
    town: int | None = None
    people: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Decision:
    """Allowed or not, by which rule, and why in words for the screen."""

    allowed: bool
    rule: str
    because: str
    on_behalf_of: int | None = None

    def __bool__(self) -> bool:
        """A refusal is false, so that ``if move_allowed(…)`` means what it says."""
        return self.allowed


SYSTEM_MAY = Decision(True, "system", "系统")


class Refused(PermissionDenied):
    """Somebody may not do something.  The middleware logs it; the page says who may."""

    def __init__(self, action: str, decision: Decision, obj: Any = None) -> None:
        super().__init__(decision.because)
        self.action = action
        self.decision = decision
        self.obj = obj


class NotVisible(Http404):
    """The object exists but is not visible: answered exactly as if it did not exist, and logged."""

    def __init__(self, subject: str, rule: str) -> None:
        super().__init__()
        self.subject = subject
        self.rule = rule


def current_rights(user: User | None) -> Rights:
    """The rights of a user: of the running scope if it is the user's, else read now."""
    running = acting.current()
    if running is None or user is None or running.user is None or running.user.pk != user.pk:
        return rights_of(user)
    if running.rights is None:
        running.rights = rights_of(user)
    return running.rights


def split(action: str) -> tuple[str, str, str]:
    """``"area.noun.verb"`` in its parts.  Raises ``ValueError`` for any other shape."""
    parts = action.split(".")
    if len(parts) != 3:
        raise ValueError(f"an action is 'area.noun.verb', not {action!r}")
    return parts[0], parts[1], parts[2]


# --- rows ---------------------------------------------------------------------------------------


def visible(user: User | None, model: type[Model], verb: str = "view") -> Q:
    """The rows of a scoped model on which the user may do ``verb``, as a filter.

    Only columns of the row and of single-valued relations are used, so the filter never doubles
    rows.  Raises ``AttributeError`` for a model without ``scope``.
    """
    rights, scope = current_rights(user), scope_of(model)
    key = (scope, outer_scope(model, scope), verb)
    found = rights.rows.get(key)
    if found is None:
        found = rights.rows[key] = _visible_within(rights, *key)
    return found


def _visible_within(rights: Rights, scope: Scope, outer: Scope | None, verb: str) -> Q:
    """``visible_in``, where rows of a record are reached as the record is."""
    found = visible_in(rights, scope, verb)
    if outer is None or not rights.matching(scope.area, scope.noun, verb):
        return found
    alone = Q(**{f"{scope.within}__isnull": True})
    reached = visible_in(rights, outer, outer_verb(scope, verb))
    if reached == NOTHING:
        return found & alone
    return (found & alone) | (reached & Q(**{f"{scope.within}__isnull": False}))


def visible_in(rights: Rights, scope: Scope, verb: str = "view") -> Q:
    """``visible`` as a pure function of rights and scope."""
    if not scope.kind:
        return _rows(rights.matching(scope.area, scope.noun, verb), scope)
    by_reach: dict[tuple[Ability, ...], list[str]] = {}
    for kind in sorted(known_kinds()):
        area, noun = kind.split(".")
        if found := tuple(rights.matching(area, noun, verb)):
            by_reach.setdefault(found, []).append(kind)
    result = NOTHING
    for abilities, kinds in by_reach.items():
        rows = _rows(list(abilities), scope)
        result = _either(result, rows & Q(**{f"{scope.kind}__in": kinds}))
    return result


def with_class(user: User | None, model: type[Model], data_class: str) -> Q:
    """The rows of which the user may see data of a class, as ``sees_class`` says of one object."""
    rights = current_rights(user)
    held = tuple(one for one in rights.abilities if data_class in one.classes)
    cleared, scope = replace(rights, abilities=held, rows={}), scope_of(model)
    outer = outer_scope(model, scope)
    found = visible_in(cleared, scope)
    if outer is None:
        return found
    alone, inside = Q(**{f"{scope.within}__isnull": True}), visible_in(cleared, outer)
    found = found if found == NOTHING else found & alone
    return found if inside == NOTHING else _either(found, inside & ~alone)


def _either(left: Q, right: Q) -> Q:
    return right if left == NOTHING else left | right


def known_kinds() -> frozenset[str]:
    """Every "<area>.<noun>" that some role or workflow declares."""
    kinds = {
        f"{role.area}.{can.split('.')[0]}"
        for role in areas.declared("roles")
        for can in role.can
        if role.area != "*" and not can.startswith(("*", "sheet."))
    }
    return frozenset(kinds | {workflow.of for workflow in areas.declared("workflows")})


def _rows(abilities: list[Ability], scope: Scope) -> Q:
    if not abilities:
        return NOTHING
    if scope.is_common or any(one.span.everything for one in abilities):
        return Q()
    units = sorted(frozenset().union(*(one.span.units for one in abilities)))
    towns = sorted(frozenset().union(*(one.span.towns for one in abilities)))
    people = sorted(frozenset().union(*(one.span.people for one in abilities)))
    found = NOTHING
    for name, ids in ((scope.unit, units), (scope.town, towns)):
        if name and ids:
            found = _either(found, Q(**{f"{name}__in": ids}))
    for name in scope.own:
        if people:
            found = _either(found, Q(**{f"{name}__in": people}))
    if scope.team and people:
        found = _either(found, Q(**{f"{scope.team}__overlap": people}))
    return found


# --- one object ---------------------------------------------------------------------------------


def decide(user: User | None, action: str, obj: Any = None) -> Decision:
    """Whether the user may do the action, on the object if one is given.

    Without an object: whether the user may do it on any object at all (menus, pages of lists).
    """
    area, noun, verb = split(action)
    rights = current_rights(user)
    facts, scope = None, None
    if obj is not None:
        scope = scope_of(type(obj))
        facts = facts_of(obj, scope, area, noun)
        if (outer := outer_of(obj, scope)) is not None and (facts.area, facts.noun) == (area, noun):
            held = decide_in(rights, (area, noun, verb))
            asked = outer_verb(scope, verb)
            return decide(user, f"{matter_of(outer)}.{asked}", outer) if held else held
    return decide_in(rights, (area, noun, verb), facts, scope)


def matter_of(obj: Any) -> str:
    """The ``"<area>.<noun>"`` of an object."""
    facts = facts_of(obj, scope_of(type(obj)))
    return f"{facts.area}.{facts.noun}"


def decide_in(
    rights: Rights,
    action: tuple[str, str, str],
    facts: Facts | None = None,
    scope: Scope | None = None,
) -> Decision:
    """``decide`` as a pure function of rights, action and the facts of the object."""
    if rights.user_id is None:
        return Decision(False, "not-logged-in", "登录后才能办理")
    if facts is not None and (facts.area, facts.noun) != action[:2]:
        return Decision(False, "other-matter", "该事项不适用于这条记录")
    abilities = rights.matching(*action)
    if not abilities:
        return Decision(False, "no-role", "岗位职责不含此项")
    if facts is None or scope is None:
        return Decision(True, abilities[0].source, abilities[0].because)
    for one in abilities:
        if covers(one, facts, scope):
            return Decision(True, one.source, one.because, one.on_behalf_of)
    return Decision(False, "out-of-scope", "不在岗位的数据范围内")


def facts_of(obj: Any, scope: Scope, area: str = "", noun: str = "") -> Facts:
    """Reads the facts of an object through its scope; no query unless a relation is not loaded."""
    if scope.kind:
        area, noun = str(_follow(obj, scope.kind)).split(".")
    else:
        area, noun = scope.area, scope.noun
    people = {_follow(obj, name, key=True) for name in scope.own}
    if scope.team:
        people |= set(_follow(obj, scope.team) or ())
    return Facts(
        area=area,
        noun=noun,
        unit=_follow(obj, scope.unit, key=True) if scope.unit else None,
        town=_follow(obj, scope.town, key=True) if scope.town else None,
        people=frozenset(person for person in people if person is not None),
    )


def _follow(obj: Any, name: str, *, key: bool = False) -> Any:
    *steps, last = name.split("__")
    for step in steps:
        obj = getattr(obj, step)
        if obj is None:
            return None
    return getattr(obj, obj._meta.get_field(last).attname if key else last)


def covers(ability: Ability, facts: Facts, scope: Scope) -> bool:
    """Whether an ability reaches the object with these facts."""
    span = ability.span
    return (
        scope.is_common
        or span.everything
        or (bool(scope.unit) and facts.unit in span.units)
        or (bool(scope.town) and facts.town in span.towns)
        or (bool(scope.own or scope.team) and not span.people.isdisjoint(facts.people))
    )


def can_at(user: User | None, action: str, unit: Unit | None) -> bool:
    """Whether the user may do the action on matters of a unit (of any unit if None)."""
    found = current_rights(user).matching(*split(action))
    if unit is None:
        return bool(found)
    spans = [one.span for one in found]
    return any(s.everything or unit.pk in s.units or unit.pk in s.towns for s in spans)


def beyond_own(user: User | None, action: str) -> bool:
    """Whether the user may do the action on more than what is in one's own hands: what a head does
    beside the cases (a hold, a task, a value as reported) needs more than having taken one in."""
    spans = [one.span for one in current_rights(user).matching(*split(action))]
    return any(s.everything or s.units or s.towns for s in spans)


def can(user: User | None, action: str, obj: Any = None) -> bool:
    """``decide`` as yes or no."""
    return decide(user, action, obj).allowed


def require(user: User | None, action: str, obj: Any = None) -> None:
    """Raises ``Refused`` unless the user may do the action."""
    decision = decide(user, action, obj)
    if not decision.allowed:
        raise Refused(action, decision, obj)


def _covering(user: User | None, obj: Any, verb: str = "view") -> list[Ability]:
    scope = scope_of(type(obj))
    if (outer := outer_of(obj, scope)) is not None:
        return _covering(user, outer, outer_verb(scope, verb))
    facts = facts_of(obj, scope)
    found = current_rights(user).matching(facts.area, facts.noun, verb)
    return [one for one in found if covers(one, facts, scope)]


def sees_class(user: User | None, obj: Any, data_class: str) -> bool:
    """Whether the user may see data of a class (P1 … P6) of this object, after a reveal."""
    return any(data_class in one.classes for one in _covering(user, obj))


def hidden_fields(user: User | None, obj: Any) -> frozenset[str]:
    """The fields of this object that every role through which the user sees it hides."""
    found = [one.hides for one in _covering(user, obj)]
    return frozenset.intersection(*found) if found else frozenset()


def move_allowed(
    user: User | None,
    case: Any,
    posts: Collection[str],
    action: str,
    rights: Rights | None = None,
) -> Decision:
    """Whether the user holds one of the posts for this object: directly, as the B of an absent
    colleague, or by a delegation that names the move (last part of ``action``).

    The role must reach the object with ``view`` (``open`` for taking it in): a role that lets a
    post read one register of the whole bureau moves nobody's cases.  ``rights``: the user's, where
    many moves are asked about at once and the running scope is not the user's.
    """
    rights = rights or current_rights(user)
    scope = scope_of(type(case))
    facts = facts_of(case, scope)
    code = action.rsplit(".", 1)[-1]
    verb = "open" if code == "open" else "view"
    named = f"{facts.area}.{facts.noun}.{code}"
    if any(module.names("moves", named) for module in rights.without):
        return Decision(False, "module-off", "本局未开展这项业务")
    for one in rights.matching(facts.area, facts.noun, verb):
        if one.post not in posts or one.area != facts.area:
            continue
        if one.moves is not None and not one.moves & {code, action}:
            continue
        if covers(one, facts, scope):
            return Decision(True, one.source, one.because, one.on_behalf_of)
    names = "、".join(POST_LABELS[post] for post in POST_LABELS if post in posts)
    return Decision(False, "post", f"此步由{names}办理")
