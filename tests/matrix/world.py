"""A small world for the matrix: one account per post, one row of every kind in every place.

Rows are filled generically from the model's fields, so that a new register or kind of case gets its
rows without a line here.  Everything is synthetic.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField, RangeField
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from hrss_portal.access.models import Grant, Unit, User
from hrss_portal.access.roles import posts
from hrss_portal.areas import declared
from hrss_portal.casework import door
from hrss_portal.casework.models import Case, Clock, Event
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.documents.models import File
from hrss_portal.imports.models import Batch
from hrss_portal.parties.models import Employer, Person
from tests.cast import County, person
from tests.factories.parties import EmployerFactory, PersonFactory

PLACES = ("own", "sibling", "office", "county")
ABSENT = "absent"
NEVER = 99_999_999
COURT, BRIGADE, JOBS = "劳动人事争议仲裁院", "劳动监察大队", "就业股"
DAY = date(2023, 8, 16)

#: Where each post works; others sit in the employment office.
HOMES = {
    **dict.fromkeys(("ARB-C", "ARB", "CLK", "MED"), COURT),
    **dict.fromkeys(("INS-C", "INS", "WAG"), BRIGADE),
    **dict.fromkeys(("DIR", "VDIR"), "局领导"),
    **dict.fromkeys(("WIN", "WIN-C"), "政务服务股"),
}


@dataclass
class Place:
    """Whose row a row is: the unit and the town it carries, and a member of staff there."""

    unit: Unit
    town: Unit | None
    user: User


@dataclass
class World:
    """The county, its accounts by post, the places, and the rows made so far."""

    county: County
    users: dict[str, User] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    rows: dict[tuple[type[models.Model], str], Any] = field(default_factory=dict)
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    def row(self, model: type[models.Model], place: str) -> Any:
        """The row of a model in a place, made at first use."""
        key = (model, place)
        if key not in self.rows:
            self.rows[key] = make(self, model, place)
        return self.rows[key]


def build(county: County, other: County) -> World:
    """The world: accounts of all posts, four places."""
    world = World(county)
    for number, post in enumerate(posts):
        if post.code == "TOWN":
            unit = county.town("城关镇")
        elif post.code in {"AUD", "SYS", "SEC"}:
            unit = county.bureau
        else:
            unit = county.office(HOMES.get(post.code, JOBS))
        world.users[post.code] = person(f"M{number:03d}", f"岗{post.code}", unit, post.code)
    court = county.office(COURT)
    court.led_by = world.users["VDIR"]
    court.save()
    here = {
        "own": (court, county.town("城关镇")),
        "sibling": (county.town("周集镇"), county.town("周集镇")),
        "office": (county.office(BRIGADE), None),
        "county": (other.office(COURT), other.town("邻城镇")),
    }
    for name, (unit, town) in here.items():
        staff = person(f"P{name}", f"在{name}", unit)
        world.places[name] = Place(unit, town, staff)
    return world


def make(world: World, model: type[models.Model], place: str) -> Any:
    """One row of a model in a place."""
    at = world.places[place]
    if model is Case:
        return world.row(first_case(), place)
    special = SPECIAL.get(model)
    if special:
        return special(world, place)
    if issubclass(model, Case):
        return make_case(world, model, place)
    row = model(**filled(world, model, place))
    if isinstance(row, Clock | Event):
        with door.opened():
            row.save()
    else:
        row.save()
    assert at.unit.pk
    return row


@cache
def first_case() -> type[Case]:
    """The first declared kind of case, where any will do."""
    return declared("workflows")[0].model


def make_case(world: World, model: type[Case], place: str) -> Case:
    """A case in its first state, without events: the pages show it, the door did not see it."""
    flow = workflow_of(model)
    values = filled(world, model, place)
    values |= {
        "kind": flow.of,
        "state": flow.initial,
        "state_on": DAY,
        "opened_on": DAY,
        "title": "试验办件",
        "intake_no": f"试收{next(world.serial)}号",
        "handler": None,
        "deputy": None,
    }
    case = model(**values)
    with door.opened():
        case.save()
    return case


def filled(world: World, model: type[models.Model], place: str) -> dict[str, Any]:
    """A value for every field of a model that must have one."""
    values = {}
    for one in model._meta.concrete_fields:
        if one.primary_key and not (one.remote_field and one.many_to_one):
            continue
        if one.name == "case_ptr" or not needed(one):
            continue
        values[one.name] = value_of(world, one, place)
    at = world.places[place]
    for name in ("unit", "town"):
        if name in {one.name for one in model._meta.concrete_fields}:
            values[name] = getattr(at, name)
    if "unit" in values and values["unit"] is None:
        values["unit"] = at.unit
    extra = EXTRA.get(model._meta.label)
    return values | (extra(world, place) if extra else {})


def needed(one: models.Field) -> bool:
    """Whether a field must be given."""
    if one.name in {"unit", "town"}:
        return False
    return not one.null and not one.has_default() and not one.blank and not one.auto_created


def value_of(world: World, one: models.Field, place: str) -> Any:
    """A value that fits a field."""
    number = next(world.serial)
    if one.remote_field:
        return related(world, one, place)
    if one.choices:
        return one.flatchoices[0][0]
    plain = {
        models.DateField: DAY,
        models.DateTimeField: timezone.now(),
        models.BooleanField: False,
        models.JSONField: {},
        models.DecimalField: Decimal(1),
        ArrayField: [],
    }
    for kind, value in plain.items():
        if isinstance(one, kind) and not (kind is models.DateField and is_moment(one)):
            return value
    if isinstance(one, RangeField):
        start = timezone.now() + timedelta(days=number)
        return (start, start + timedelta(hours=1))
    if isinstance(one, models.IntegerField):
        return number
    return f"试{number}"[: one.max_length or 20]


def is_moment(one: models.Field) -> bool:
    """Whether a field holds a moment, not a day."""
    return isinstance(one, models.DateTimeField)


def related(world: World, one: models.Field, place: str) -> Any:
    """The row that a foreign key points to, in the same place."""
    target = one.remote_field.model
    at = world.places[place]
    if target is Unit:
        return at.unit
    if target is User:
        return at.user
    return world.row(target, place)


# --- rows that need more than filled fields -----------------------------------------------------


def a_file(world: World, place: str) -> File:
    """A stored text of the place's member of staff."""
    at = world.places[place]
    return File.objects.create(
        name="试验.txt",
        content=ContentFile(b"x", name="x.txt"),
        content_type="text/plain",
        size=1,
        sha256="0" * 64,
        unit=at.unit,
        uploaded_by=at.user,
    )


def a_batch(world: World, place: str) -> Batch:
    """A batch of the place's member of staff, with a file and a sheet that exists."""
    values = filled(world, Batch, place)
    codes = [sheet.code for sheet in declared("imports")]
    for one in Batch._meta.concrete_fields:
        if one.name in {"created_by", "owner"}:
            values[one.name] = world.places[place].user
        if one.name in {"sheet", "sheet_code"}:
            values[one.name] = "X10" if "X10" in codes else codes[0]
    return Batch.objects.create(**values)


#: Values that a constraint asks for beside the needed fields: model label → values.
EXTRA: dict[str, Callable[[World, str], dict[str, Any]]] = {
    "access.Delegation": lambda world, place: {"taker": world.users["EMP"]},
    "access.Proposal": lambda world, place: {"policy": "access.grant.confirm"},
    "parties.Restriction": lambda world, place: {"employer": world.row(Employer, place)},
    "notifications.Announcement": lambda world, place: {
        "until_at": timezone.now() + timedelta(days=1)
    },
    "casework.RetentionRule": lambda world, place: {"years": 10},
    "activities.PublicityPost": lambda world, place: {"published_on": DAY},
    "arbitration.MediationOrganisation": lambda world, place: {"founded_on": DAY},
}
SPECIAL = {
    Unit: lambda world, place: world.places[place].unit,
    User: lambda world, place: world.places[place].user,
    Grant: lambda world, place: Grant.objects.create(
        user=world.places[place].user, unit=world.places[place].unit, post="EMP"
    ),
    Person: lambda world, place: PersonFactory(
        unit=world.places[place].unit, town=world.places[place].town
    ),
    Employer: lambda world, place: EmployerFactory(
        unit=world.places[place].unit, town=world.places[place].town
    ),
    LegalRule: lambda world, place: LegalRule.objects.order_by("pk")[0],
    File: a_file,
    Batch: a_batch,
}


def model_named(label: str) -> type[models.Model]:
    """A model by its label."""
    return apps.get_model(label)
