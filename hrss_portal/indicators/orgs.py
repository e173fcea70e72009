"""For whom a figure is asked: a unit with everything under it, or a bureau's own offices.

One database may hold several roots (a prefecture with its counties beside a county elsewhere), so
a figure always says whether it covers 全县/全州 or 本局.
"""

from dataclasses import dataclass

from django.db.models import Model, Q

from hrss_portal.access.models import Unit

OWN = "本局"
OWN_KINDS = ("bureau", "office")
TOWN_KINDS = ("town", "village")


class UnknownOrg(LookupError):
    """A unit code that does not exist, or a figure that cannot be told apart by unit."""


@dataclass(frozen=True, kw_only=True)
class Org:
    """A unit as figures see it; ``own`` leaves out townships and bodies below it."""

    pk: int
    code: str
    name: str
    path: str
    kind: str
    own: bool = False

    @property
    def label(self) -> str:
        """How a page or a command names the scope."""
        return f"{self.name}（{OWN}）" if self.own else self.name

    @property
    def spec(self) -> str:
        """The text that ``find_org`` reads back."""
        code = self.code or f"#{self.pk}"
        return f"{code}@own" if self.own else code


def of_unit(unit: Unit, *, own: bool = False) -> Org:
    """The scope of a unit."""
    return Org(pk=unit.pk, code=unit.code, name=unit.name, path=unit.path, kind=unit.kind, own=own)


def find_org(text: str) -> Org | None:
    """The unit of a code or name, ``@own`` (or ``@本局``) for its own offices; None for all roots.

    Raises ``UnknownOrg``.
    """
    name, _, reach = text.strip().partition("@")
    if not name and not reach:
        return None
    units = Unit.objects.filter(parent=None) if not name else Unit.objects.all()
    if name:
        by_id = name.startswith("#") and name[1:].isdigit()
        named = Q(code=name) | Q(name=name) | Q(short_name=name)
        units = units.filter(Q(pk=int(name[1:])) if by_id else named)
    found = list(units[:2])
    if len(found) != 1 or reach not in ("", "own", OWN):
        raise UnknownOrg(text)
    return of_unit(found[0], own=bool(reach))


def org_condition(
    model: type[Model], org: Org | None, *, unit: str, town: str = "", own: bool = False
) -> Q:
    """The rows that belong to an organisation.  Raises ``UnknownOrg`` where they cannot.

    Rows of a township are those of its unit and those that concern it (``town``), whichever office
    handles them.
    """
    if not unit:
        if org is None or (
            org.kind == "bureau"
            and not Unit.objects.exclude(pk=org.pk).filter(parent=None).exists()
        ):
            return Q()
        raise UnknownOrg(f"{model._meta.verbose_name}不分单位，不能按“{org.label}”取数")
    prefix = "" if unit == "self" else f"{unit}__"
    found = Q()
    if org is not None:
        found = Q(**{f"{prefix}path__startswith": org.path})
        if town and org.kind in TOWN_KINDS:
            found |= Q(**{f"{town}__path__startswith": org.path})
    if own or (org is not None and org.own):
        found &= Q(**{f"{prefix}kind__in": OWN_KINDS})
    return found


def town_names() -> dict[int, tuple[str, str]]:
    """Each unit's township as (code, name), a village's being the township above it."""
    units = {
        pk: (parent, kind, code, name)
        for pk, parent, kind, code, name in Unit.objects.values_list(
            "pk", "parent_id", "kind", "code", "name"
        )
    }
    found = {}
    for pk in units:
        at: int | None = pk
        while at is not None and units[at][1] == "village":
            at = units[at][0]
        at = pk if at is None else at
        shown = units[at]
        found[pk] = (shown[2] or f"#{at}", shown[3])
    return found


def is_unit(model: type[Model] | None) -> bool:
    """Whether a related model is the unit tree."""
    return model is Unit
