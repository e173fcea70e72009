"""A small world for the matrix: one account per post, one row of every kind in every place.

Rows are filled generically from the model's fields, so that a new register or kind of case gets its
rows without a line here.  Everything is synthetic.

Places are keys of ``World.places``.  Those of ``PLACES`` are the same for everybody; ``own`` and
``colleague`` differ by account, their keys are ``"own ARB"``, ``"colleague ARB"`` and so on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.postgres.fields import ArrayField, RangeField
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from docx import Document

from hrss_portal.access.models import Grant, Proposal, Unit, User
from hrss_portal.access.rights import Rights, rights_of
from hrss_portal.access.roles import posts
from hrss_portal.activities.models import Round, Task
from hrss_portal.areas import declared
from hrss_portal.audit.models import AccessEntry
from hrss_portal.casework import door
from hrss_portal.casework.models import Case, CasePaper, Clock, Event
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.deadlines.changes import propose_closing
from hrss_portal.deadlines.models import LegalRule
from hrss_portal.documents.models import File, Paper
from hrss_portal.imports import batches, staging
from hrss_portal.imports.models import Batch
from hrss_portal.parties.models import Employer, Person
from hrss_portal.reports.models import Report
from hrss_portal.reports.writing import start
from tests.cast import County, person
from tests.factories.access import OfficeFactory
from tests.factories.parties import EmployerFactory, PersonFactory
from tests.matrix.homes import COURT, TOWN, home

PLACES = ("own", "sibling", "office", "county")
OWN, COLLEAGUE, ABSENT = "own", "colleague", "absent"
NEVER = 99_999_999
SIBLING = "周集镇"
DAY = date(2023, 8, 16)
EARLY = date(1990, 1, 1)

Kind = type[models.Model] | Callable[["World", str], models.Model]


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
    rows: dict[tuple[Kind, str], Any] = field(default_factory=dict)
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    known: dict[str, Rights] = field(default_factory=dict)

    def rights(self, post: str) -> Rights:
        """What the holder of a post may do."""
        if post not in self.known:
            self.known[post] = rights_of(self.users[post])
        return self.known[post]

    def row(self, model: Kind, place: str) -> Any:
        """The row of a model in a place, made at first use."""
        key = (model, place)
        if key not in self.rows:
            with transaction.atomic():  # a row that does not fit leaves the world as it was
                self.rows[key] = make(self, model, place)
        return self.rows[key]


def build(county: County, other: County) -> World:
    """The world: accounts of all posts, four places for all and two of each account's own."""
    world = World(county)
    for number, post in enumerate(posts):
        unit = home(county, post.code)
        world.users[post.code] = person(f"M{number:03d}", f"岗{post.code}", unit, post.code)
    court = county.office(COURT)
    court.led_by = world.users["VDIR"]
    court.save()
    nobodys = OfficeFactory(parent=county.bureau, name="档案管理股")
    here = {
        "own": (court, county.town(TOWN)),
        "sibling": (county.town(SIBLING), county.town(SIBLING)),
        "office": (nobodys, None),
        "county": (other.office(COURT), other.town("邻城镇")),
    }
    for name, (unit, town) in here.items():
        world.places[name] = Place(unit, town, person(f"P{name}", f"在{name}", unit))
    for post, user in world.users.items():
        unit = court if post == "VDIR" else user.unit
        world.places[f"{OWN} {post}"] = Place(unit, county.town(TOWN), user)
        beside = court if post == "TOWN" else unit
        other_hand = person(f"C{post}", f"邻{post}", beside)
        world.places[f"{COLLEAGUE} {post}"] = Place(beside, county.town(TOWN), other_hand)
    return world


def make(world: World, model: Kind, place: str) -> Any:
    """One row of a model in a place; ``model`` may be what makes it."""
    if not isinstance(model, type):
        return model(world, place)
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
        "handler": world.places[place].user if place.startswith(OWN + " ") else None,
        "deputy": None,
    }
    case = model(**values)
    try:
        with door.opened(), transaction.atomic():
            case.save()
    except IntegrityError as error:
        made_up = {name: value for name, value in values.items() if isinstance(value, str | int)}
        raise AssertionError(
            f"{model._meta.label} refuses made-up values ({made_up}): {error}\nWhat a form can "
            "send a case must be able to keep: say narrower bounds in the form or in validators of "
            "the field, not in a CheckConstraint (docs/structure.md, step 2); a row that needs "
            "more than its fields goes into EXTRA or SPECIAL of tests/matrix/world.py"
        ) from error
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
        return at.unit.root if one.name == "bureau" else at.unit
    if target is User:
        return at.user
    return world.row(target, place)


# --- rows that need more than filled fields -----------------------------------------------------


@cache
def empty_document() -> bytes:
    """A Word file without a word."""
    stream = BytesIO()
    Document().save(stream)
    return stream.getvalue()


def a_file(world: World, place: str) -> File:
    """A stored document of the place's member of staff."""
    at = world.places[place]
    return File.objects.create(
        name="试验.docx",
        content=ContentFile(empty_document(), name="x.docx"),
        content_type="application/octet-stream",
        size=1,
        sha256="0" * 64,
        unit=at.unit,
        uploaded_by=at.user,
    )


def a_paper(world: World, place: str) -> Paper:
    """A paper of the place's dispute, so that it is as private as that."""
    paper = Paper.objects.create(**filled(world, Paper, place))
    case = world.row(model_named("arbitration.Dispute"), place)
    issued = CasePaper.State.ISSUED
    CasePaper.objects.create(case=case, label="试验文书", state=issued, paper=paper, called_on=DAY)
    return paper


def a_grant(world: World, place: str) -> Grant:
    """What the place's member of staff holds; who holds nothing gets a post."""
    at = world.places[place]
    held = Grant.objects.filter(user=at.user).first()
    return held or Grant.objects.create(user=at.user, unit=at.unit, post="EMP")


def a_batch(world: World, place: str) -> Batch:
    """A batch of one wrong row, which is row 2 of its file; read once, then copied."""
    at = world.places[place]
    first = next((row for (model, _), row in world.rows.items() if model is Batch), None)
    if first is None:
        sheet = next(sheet for sheet in declared("imports") if sheet.code == "X10")
        head = ",".join(column.heading for column in sheet.columns)
        file = f"{head}\n试\n".encode()
        batch = batches.dry_run("X10", file, name="试验.csv", by=None, unit=at.unit, trial=False)
        Batch.objects.filter(pk=batch.pk).update(created_by=at.user, owner=at.user)
        return batch
    rows = list(first.rows.all())
    content = staging.blob_of(first)
    batch = copied(first, unit=at.unit, created_by=at.user, owner=at.user)
    staging.keep_blob(batch, content)
    for row in rows:
        copied(row, batch=batch, vault=uuid4())
    return batch


def copied(row: Any, **values: Any) -> Any:
    """Another row with the same values but those given."""
    plain = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    del plain["id"]
    for name in values:
        plain.pop(row._meta.get_field(name).attname)
    return type(row).objects.create(**plain, **values)


def a_report(world: World, place: str) -> Report:
    """The draft of the county report of the place's bureau."""
    at = world.places[place]
    bureau = Unit.objects.get(path=at.unit.path.split("/", 1)[0] + "/")
    return start("county-2023", org=bureau, frm=date(2023, 1, 1), to=DAY, by=at.user)


def a_rule_proposal(world: World, place: str) -> Proposal:
    """A day without office hours, proposed by the place's member of staff.

    Each place has a day of its own: the same day proposed twice is one proposal, of whoever came
    first.
    """
    by, day = world.places[place].user, DAY + timedelta(days=next(world.serial))
    return propose_closing(day, day, region="341522", by=by, reason="停电")


def a_return(world: World, place: str) -> Task:
    """A task of a round: what a town has to return."""
    task = make_case(world, Task, place)
    assert isinstance(task, Task)
    task.task_kind = Task.Kind.FILL
    task.round = make(world, Round, place)  # its own: the one that others look at has no town
    with door.opened():
        task.save()
    return task


def a_merge(world: World, place: str) -> dict[str, Any]:
    """Another person was merged into the place's person."""
    went = PersonFactory(unit=world.places[place].unit, town=world.places[place].town)
    return {"noun": "person", "stands_id": world.row(Person, place).pk, "went_id": went.pk}


def a_link(world: World, place: str) -> dict[str, Any]:
    """A question about the place's case."""
    case = world.row(first_case(), place)
    label = type(case)._meta.label_lower
    return {
        "owner_label": label,
        "owner_id": case.pk,
        "owner_action": f"{case.kind}.view",
        "expires_at": timezone.now() + timedelta(days=1),
        "question": "请核实",
    }


def a_report_on_a_person(world: World, place: str) -> dict[str, Any]:
    """What the log says of a report on the place's person by the place's member of staff."""
    return {
        "actor_id": world.places[place].user.pk,
        "kind": AccessEntry.Kind.PRINT,
        "subject_type": "parties.person",
        "subject_id": str(world.row(Person, place).pk),
        "fields": ["report"],
    }


def a_taker(world: World, place: str) -> dict[str, Any]:
    """Somebody else than the giver of a delegation."""
    taker = world.users["EMP"]
    return {"taker": world.users["WIN"] if world.places[place].user == taker else taker}


#: Values that a constraint asks for beside the needed fields: model label → values.
EXTRA: dict[str, Callable[[World, str], dict[str, Any]]] = {
    # days in which nobody has a row, whatever was made before
    "activities.Round": lambda world, place: {
        "sheet_code": "X16",
        "from_on": EARLY,
        "to_on": EARLY,
    },
    "activities.Draw": lambda world, place: {
        "seed_kind": "halves",
        "open_by": date(2099, 12, 31),
        "objects_list": [{"id": "E1", "label": "甲公司"}],
    },
    "access.Delegation": a_taker,
    "audit.AccessEntry": a_report_on_a_person,
    "notifications.TaskLink": a_link,
    "arbitration.PlatformLook": lambda world, place: {
        "on": DAY - timedelta(days=next(world.serial))
    },
    "indicators.Override": lambda world, place: {
        "code": "arb.mediation_resolved",
        "to_on": DAY - timedelta(days=next(world.serial)),
        "org": world.places[place].unit,
    },
    "documents.Paper": lambda world, place: {"issued_by": world.places[place].user},
    "jobs.Job": lambda world, place: {"requested_by": world.places[place].user},
    "parties.Merge": a_merge,
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
    Grant: a_grant,
    Person: lambda world, place: PersonFactory(
        unit=world.places[place].unit, town=world.places[place].town
    ),
    Employer: lambda world, place: EmployerFactory(
        unit=world.places[place].unit, town=world.places[place].town
    ),
    LegalRule: lambda world, place: LegalRule.objects.order_by("pk")[0],
    File: a_file,
    Paper: a_paper,
    Batch: a_batch,
    Report: a_report,
}


def model_named(label: str) -> type[models.Model]:
    """A model by its label."""
    return apps.get_model(label)
