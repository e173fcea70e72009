"""字典: lists of words that the bureau keeps itself, beginning with the entries that are shipped.

A model field says that its choices are such a list (``ListedField``).  Lists that the programme
decides by, such as states, stay plain ``choices``: their words may not be changed at run time.

What a process knows of the entries is at most ``FRESH`` seconds old; the process in which an entry
was changed knows it at once.
"""

import time
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.apps import apps
from django.core.cache import cache
from django.db import OperationalError, ProgrammingError, models, transaction

from hrss_portal.parties.models import ListEntry

STAMP, FRESH, OLDEST = "parties:dictionaries", 5.0, 600.0
STEP = 10  # between the places of shipped entries, so that one fits between


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry as it holds now; ``version`` 0 is what was shipped."""

    code: str
    label: str
    place: int
    is_retired: bool = False
    version: int = 0


class _Known:
    """What this process knows: current rows by list, whose stamp they bear, when it looked."""

    rows: dict[str, dict[str, Entry]] | None = None
    stamp = ""
    read_at = looked_at = 0.0


def forget() -> None:
    """Read the entries anew, here and in every other process; called after a change."""
    _Known.rows = None
    cache.delete(STAMP)
    cache.set(STAMP, uuid.uuid4().hex, None)


def _rows() -> dict[str, dict[str, Entry]]:
    now = time.monotonic()
    if _Known.rows is not None and now - _Known.looked_at < FRESH:
        return _Known.rows
    stamp = cache.get(STAMP)
    old = now - _Known.read_at > OLDEST
    if _Known.rows is None or old or (stamp is not None and stamp != _Known.stamp):
        _Known.rows, _Known.read_at = _read(), now
    _Known.stamp = stamp or _Known.stamp or uuid.uuid4().hex
    if stamp is None:
        cache.set(STAMP, _Known.stamp, None)
    _Known.looked_at = now
    return _Known.rows


def _read() -> dict[str, dict[str, Entry]]:
    found: dict[str, dict[str, Entry]] = {}
    newest = ListEntry.objects.order_by("list", "code", "-version").distinct("list", "code")
    try:
        with transaction.atomic():
            rows = list(newest)
    except (OperationalError, ProgrammingError):
        return {}  # start-up checks ask before the first migration, when nothing can be changed yet
    for row in rows:
        found.setdefault(row.list, {})[row.code] = Entry(
            code=row.code,
            label=row.label,
            place=row.place,
            is_retired=row.is_retired,
            version=row.version,
        )
    return found


def entries(code: str, ships: type[models.TextChoices]) -> list[Entry]:
    """Every entry of a list in its order, what is no longer used last."""
    shipped = {
        str(value): Entry(code=str(value), label=str(label), place=number * STEP)
        for number, (value, label) in enumerate(ships.choices, start=1)
    }
    found = {**shipped, **_rows().get(code, {})}
    return sorted(found.values(), key=lambda entry: (entry.is_retired, entry.place, entry.code))


def words(code: str, ships: type[models.TextChoices]) -> list[tuple[str, str]]:
    """(code, word) of every entry, as stored records need them: also of those no longer used."""
    return [(entry.code, entry.label) for entry in entries(code, ships)]


def offered(code: str, ships: type[models.TextChoices]) -> list[tuple[str, str]]:
    """(code, word) of the entries in use, as a new record may have them."""
    return [(one.code, one.label) for one in entries(code, ships) if not one.is_retired]


def words_of(model: type[models.Model], name: str) -> list[tuple[str, str]]:
    """(code, word) of a field whose choices are a kept list, as filters and sheets offer them."""
    field: Any = model._meta.get_field(name)
    return [(str(code), str(word)) for code, word in field.flatchoices]


@dataclass(frozen=True, kw_only=True)
class KeptList:
    """A list that the bureau keeps; ``legal``: a change needs a second person."""

    code: str
    label: str
    ships: type[models.TextChoices]
    legal: bool
    places: tuple[str, ...]

    def entries(self) -> list[Entry]:
        """Every entry in its order."""
        return entries(self.code, self.ships)


def kept_lists() -> dict[str, KeptList]:
    """The lists of all declared fields, by code, each with the places that use it."""
    found: dict[str, KeptList] = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, ListedField):
                continue
            before = found.get(field.listed)
            place = f"{model._meta.verbose_name}·{field.verbose_name}"
            found[field.listed] = KeptList(
                code=field.listed,
                label=before.label if before else str(field.verbose_name),
                ships=field.ships,
                legal=field.legal or bool(before and before.legal),
                places=(*(before.places if before else ()), place),
            )
    return found


class ListedChoiceField(forms.TypedChoiceField):
    """Offers what is in use, and the word that the record has already."""

    def __init__(self, *, listed: str, ships: type[models.TextChoices], **kwargs: Any) -> None:
        self.listed, self.ships = listed, ships
        kwargs.setdefault("choices", partial(words, listed, ships))
        super().__init__(**kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Leaves out retired entries, knowing now which one the record has."""
        kept = form.get_initial_for_field(self, field_name)
        retired = {entry.code for entry in entries(self.listed, self.ships) if entry.is_retired}
        hidden = retired - {str(kept)}
        pairs: Any = self.choices
        self.choices = [(code, label) for code, label in pairs if str(code) not in hidden]
        return super().get_bound_field(form, field_name)


class ListedField(models.CharField):
    """A code of a kept list: ``ListedField("类型", listed="area.list", ships=Kind)``.

    ``listed`` names the list (two fields may share one), ``ships`` holds its first entries.
    Migrations know the column only, because entries are data.
    """

    ships: type[models.TextChoices]

    def __init__(
        self,
        *args: Any,
        listed: str = "",
        ships: type[models.TextChoices] | None = None,
        legal: bool = False,
        **kwargs: Any,
    ) -> None:
        self.listed, self.legal = listed, legal
        if ships is not None:
            self.ships = ships
            kwargs["choices"] = partial(words, listed, ships)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """The column without its entries."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs

    def _check_choices(self) -> list[Any]:
        """Entries are rows, which no start-up check may read."""
        return []

    def formfield(self, **kwargs: Any) -> Any:
        """A box that offers what is in use."""
        box: Any = partial(ListedChoiceField, listed=self.listed, ships=self.ships)
        return super().formfield(choices_form_class=box, **kwargs)
