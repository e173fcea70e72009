"""The world of the matrix, and data strewn over any model at random."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction

from hrss_portal.access.scope import acting_as_system
from hrss_portal.casework import door
from hrss_portal.indicators.periods import starts_at
from tests.cast import County
from tests.factories.deadlines import shipped_rules
from tests.matrix.world import PLACES, World, build, filled

FIRST, DAYS = date(2022, 6, 1), 600


@pytest.fixture
def world(county: County, other_county: County) -> World:
    """Accounts, rows and rules."""
    shipped_rules()
    with acting_as_system("test"):
        return build(county, other_county)


def some(one: models.Field, chance: random.Random) -> Any:
    """A random value for a plain field, or None for one that is left as it is."""
    if one.null and chance.random() < 0.3:
        return None
    if one.choices:
        return chance.choice([key for key, _ in one.flatchoices])
    day = FIRST + timedelta(days=chance.randrange(DAYS))
    plain: dict[type[models.Field], Any] = {
        models.DateTimeField: starts_at(day) + timedelta(hours=chance.randrange(24)),
        models.DateField: day,
        models.BooleanField: chance.random() < 0.5,
        models.DecimalField: Decimal(chance.randrange(100_000)) / 100,
    }
    return next((value for kind, value in plain.items() if isinstance(one, kind)), None)


@pytest.fixture
def strew(world: World) -> Callable[..., int]:
    """``strew(Model, 12)`` makes up to so many random rows and says how many fit the constraints.

    ``more`` overrides values: ``strew(Event, 20, move=lambda chance: …)``.
    """
    chance = random.Random(2023)

    def one_row(model: type[models.Model], more: dict[str, Any]) -> None:
        place = chance.choice(PLACES)
        values = filled(world, model, place)
        for one in model._meta.concrete_fields:
            if not one.remote_field and not one.primary_key and one.name != "version":
                value = some(one, chance)
                if value is not None:
                    values[one.name] = value
        values |= {name: make(chance) for name, make in more.items()}
        with transaction.atomic(), door.opened():
            model(**values).save()

    def scatter(model: type[models.Model], count: int, **more: Any) -> int:
        made = 0
        with acting_as_system("test"):
            for _ in range(count):
                try:
                    one_row(model, more)
                except (IntegrityError, DataError, ValidationError):
                    continue
                made += 1
        return made

    return scatter
