"""Townships and parks: how one is found by what people write.

城关, 城关镇, 霍邱县城关镇 and cgz all mean one township.  What matches none, or more than one, is
refused: a row in the wrong township is worse than a row sent back.
"""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from hrss_portal.access.models import Unit
from hrss_portal.parties import identifiers, names

_ENDINGS = ("镇", "乡", "街道", "办事处", "开发区", "产业园", "园区")


def choices() -> QuerySet[Unit]:
    """The active townships and parks, in the order of their codes."""
    return Unit.objects.active().towns()


def find(word: str, units: Iterable[Unit]) -> Unit:
    """The one unit among ``units`` that ``word`` means.  Raises ``ValidationError``."""
    found = {unit.pk: unit for unit in units if word in _codes(unit)}
    if not found:
        found = {unit.pk: unit for unit in units if names.match_key(word) in _keys(unit)}
    if not found:
        found = _with_county(names.match_key(word), units)
    if not found and names.looks_like_initials(word):
        found = {
            unit.pk: unit
            for unit in units
            if word.lower() in {names.organisation_initials(name) for name in _full_names(unit)}
        }
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        several = "、".join(unit.name for unit in found.values())
        raise ValidationError(
            "“%(word)s”可能是%(several)s，写全称", code="several", params=_params(word, several)
        )
    raise ValidationError(
        "没有“%(word)s”这个乡镇（园区），请对照区划表填写", code="unknown", params=_params(word, "")
    )


def in_address(address: str, county: Unit) -> Unit | None:
    """The one township of ``county`` (a bureau) that an address begins with or names behind it.

    霍邱县城关镇… and 城关镇… are the same; 固始县城关镇… is another county's.  None where the
    address names no township, or several.
    """
    key = names.match_key(address)
    own = _county_names(county)
    found = {}
    for unit in choices().filter(path__startswith=county.path):
        if any(_stands_in(key, name, own) for name in _full_names(unit)):
            found[unit.pk] = unit
    return next(iter(found.values())) if len(found) == 1 else None


def _stands_in(key: str, name: str, counties: Iterable[str]) -> bool:
    before, there, _ = key.partition(name)
    return bool(there) and (not before or any(before.endswith(county) for county in counties))


def _with_county(key: str, units: Iterable[Unit]) -> dict[int, Unit]:
    """Townships written behind the name of their own county; another county's is another one."""
    counties: dict[int, set[str]] = {}
    found = {}
    for unit in units:
        for name in _full_names(unit):
            before = key.removesuffix(name)
            if not before or before == key:
                continue
            if unit.root_id not in counties:
                counties[unit.root_id] = _county_names(unit.root)
            if any(before.endswith(county) for county in counties[unit.root_id]):
                found[unit.pk] = unit
    return found


def _county_names(root: Unit) -> set[str]:
    told = identifiers.region_hint(root.region) if root.region else ""
    own = re.match(r".+?[县区市旗州盟]", root.name)
    return {part for part in (re.sub(r"^.*省|^.*自治区", "", told), own[0] if own else "") if part}


def _params(word: str, several: str) -> dict[str, str]:
    return {"word": word[:30], "several": several}


def _codes(unit: Unit) -> set[str]:
    return {str(unit.pk), unit.code}


def _full_names(unit: Unit) -> set[str]:
    spelt = (unit.name, unit.short_name, *unit.synonyms)
    return {names.match_key(name) for name in spelt if len(name or "") > 1}


def _keys(unit: Unit) -> set[str]:
    keys = _full_names(unit)
    for ending in _ENDINGS:
        keys |= {key.removesuffix(ending) for key in keys if len(key) - len(ending) >= 2}
    return keys
