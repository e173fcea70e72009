"""The demo county: units, one account per post, sheets and stories of the areas.

An area brings its demo as data in its ``demo`` folder: sheets (``20-X10.csv``), landed by the same
import as a township's file, and ``stories.toml``, cases that are opened and moved through the same
forms and the same door as a clerk's.  Everything is synthetic and marked so.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import (
    MultipleObjectsReturned,
    ObjectDoesNotExist,
    ValidationError,
)
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.module_loading import import_string

from hrss_portal import areas
from hrss_portal.access.accounts import temporary_password
from hrss_portal.access.models import Grant, Unit, User
from hrss_portal.access.offices import office_for
from hrss_portal.access.roles import DATA_CLASSES, POST_LABELS
from hrss_portal.access.scope import acting_as, acting_as_system
from hrss_portal.access.setup import load_units, write_demo_logins
from hrss_portal.activities.loading import load_campaigns
from hrss_portal.casework import moves, papers
from hrss_portal.casework.models import Case, CasePaper
from hrss_portal.casework.workflow import Workflow, workflow_of
from hrss_portal.imports import batches
from hrss_portal.parties import synthetic
from hrss_portal.parties.models import Employer, Person

DATA = Path(__file__).resolve().parent / "data"
GRANT_DAYS = 400
PEOPLE, EMPLOYERS = 40, 20


class DemoBroken(RuntimeError):
    """A demo row or story that the portal's own rules refuse: a mistake in the data."""


@transaction.atomic
def build(scale: int = 1) -> dict[str, int]:
    """Make the demo county in an empty database; returns what was made, by name."""
    with acting_as_system("demo"):
        root = load_units()
        load_campaigns()
        users = make_users(root)
        people, employers = make_parties(root, scale)
    made = {"units": Unit.objects.count(), "users": len(users), "people": len(people)}
    for area in areas.portal_apps():
        folder = Path(area.path) / "demo"
        if folder.is_dir():
            made[area.label] = load_sheets(folder, users) + tell_stories(
                folder, users, people, employers
            )
    return made


def make_users(root: Unit) -> dict[str, User]:
    """One account per post, each with a random password; the passwords go to a 0600 file."""
    units = {unit.name: unit for unit in Unit.objects.within(root)}
    rows, users = [], {}
    until = timezone.localdate() + timedelta(days=GRANT_DAYS)
    classes = [code for code, _ in DATA_CLASSES]
    for row in _read(DATA / "demo_users.csv"):
        unit = units[row["unit"]]
        password = temporary_password()
        user = User.objects.create_user(row["staff_no"], row["name"], unit=unit, password=password)
        for post in row["posts"].split():
            Grant.objects.create(
                user=user, post=post, unit=unit, classes=classes, valid_until=until
            )
        users[user.staff_no] = user
        rows.append(
            {
                "staff_no": user.staff_no,
                "name": user.name,
                "unit": unit.name,
                "posts": [POST_LABELS[post] for post in row["posts"].split()],
                "password": password,
            }
        )
    Unit.objects.within(root).filter(kind=Unit.Kind.OFFICE).update(led_by=users["1002"])
    write_demo_logins(rows)
    return users


def make_parties(root: Unit, scale: int) -> tuple[list[Person], list[Employer]]:
    """Synthetic persons and employers, marked as demo."""
    towns = list(Unit.objects.within(root).filter(kind=Unit.Kind.TOWN).order_by("code"))
    people = []
    for number, fake in enumerate(synthetic.people(PEOPLE * scale, seed=2023)):
        person = Person(name=fake.name, unit=root, town=towns[number % 30], source="demo")
        person.set_id("resident", fake.id_number)
        person.set_phones([fake.phone])
        person.save()
        people.append(person)
    employers = []
    for number, firm in enumerate(synthetic.employers(EMPLOYERS * scale, seed=2023)):
        employer = Employer(
            name=firm.name,
            uscc=firm.uscc,
            kind="company",
            legal_rep=firm.legal_rep,
            contact=firm.legal_rep,
            contact_phone=firm.phone,
            reg_address=f"霍邱县{towns[number % 30].name}示例路{number + 1}号",
            industry="13",
            unit=root,
            town=towns[number % 30],
            source="demo",
        )
        employer.save()
        employers.append(employer)
    return people, employers


def load_sheets(folder: Path, users: Mapping[str, User]) -> int:
    """Land the sheets of a demo folder in the order of their names; returns the rows landed.

    ``20-X10-2003.csv``: order, sheet, staff number of who sends it.
    """
    landed = 0
    for path in sorted(folder.glob("*.csv")):
        _, sheet, staff_no = path.stem.split("-")
        user = users[staff_no]
        batch = batches.dry_run(sheet, path.read_bytes(), name=path.name, by=user, trial=False)
        if batch.rejected:
            wrong = batch.rows.filter(level="wrong").order_by("number")
            words = [f"{row.number}: {row.messages}" for row in wrong[:3]]
            raise DemoBroken(f"{path.name}: {batch.rejected} rows were refused; {words}")
        batches.commit(batch, by=user)
        landed += batch.read
    return landed


def tell_stories(
    folder: Path, users: Mapping[str, User], people: list[Person], employers: list[Employer]
) -> int:
    """Open and move the cases of ``stories.toml``; returns how many cases were opened."""
    path = folder / "stories.toml"
    if not path.exists():
        return 0
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    for row in told.get("record", ()):
        keep_record(row, users[row["by"]], people, employers)
    stories = told.get("case", [])
    for story in stories:
        Story(story, users, people, employers).tell()
    return len(stories)


def keep_record(
    row: Mapping[str, Any], user: User, people: Sequence[Person], employers: Sequence[Employer]
) -> None:
    """One row of a register.  A value ``day:-3`` is a day, ``ref:app.Model:field=value`` a stored
    row (one told before as well), ``person:3`` and ``employer:5`` synthetic ones by their place.
    Raises ``DemoBroken``.
    """
    parties = {"person": people, "employer": employers}
    with acting_as(user, "demo"):
        fields = {name: _stored(value, parties) for name, value in row["fields"].items()}
        record = apps.get_model(row["model"])(
            unit=user.unit, source="demo", created_by=user, updated_by=user, **fields
        )
        try:
            record.full_clean(exclude=["created_by", "updated_by"])
        except ValidationError as error:
            raise DemoBroken(f"[[record]] {row['model']}: {error.message_dict}") from error
        record.save()


class Story:
    """One case of a demo: opened by a form, moved by forms, each on a day before today."""

    def __init__(
        self,
        told: Mapping[str, Any],
        users: Mapping[str, User],
        people: list[Person],
        employers: list[Employer],
    ) -> None:
        self.told, self.users = told, users
        self.people, self.employers = people, employers
        self.workflow: Workflow = workflow_of(told["kind"])
        self.case: Any = None

    def tell(self) -> Case:
        """Open the case and make its moves."""
        user = self.users[self.told["by"]]
        with acting_as(user, "demo"):
            form = import_string(self.workflow.form)(
                self.post(self.told, self.told["day"], form_class=self.workflow.form),
                user=user,
                unit=office_for(self.workflow.of.partition(".")[0], user),
            )
            self.require(form)
            case = form.open()
        for step in self.told.get("moves", ()):
            if "issue" in step:
                self.issue(case, step)
            else:
                self.move(case, step)
        return case

    def move(self, case: Case, step: Mapping[str, Any]) -> None:
        """One move through its form."""
        user = self.users[step["by"]]
        with acting_as(user, "demo"):
            fresh = self.workflow.model.objects.get(pk=case.pk)
            self.case = fresh
            declared = self.workflow.move(step["code"])
            data: dict[str, Any] = {}
            note = ""
            if declared.form:
                form_class = import_string(declared.form)
                data_in = self.post(step, step["day"], form_class=declared.form)
                form = form_class(data_in, case=fresh, user=user)
                self.require(form)
                data, note = form.move_data(), form.cleaned_data.get("note", "")
            moves.move(fresh, step["code"], by=user, on=day(step["day"]), data=data, note=note)

    def issue(self, case: Case, step: Mapping[str, Any]) -> None:
        """Make the waiting papers of the kinds in ``issue``, dated that day."""
        user = self.users[step["by"]]
        with acting_as(user, "demo"):
            waiting = CasePaper.objects.filter(case=case.pk, state=CasePaper.State.WAITING)
            for row in waiting.filter(kind__in=step["issue"]).order_by("pk"):
                papers.issue(row, by=user, on=day(step["day"]))

    def require(self, form: Any) -> None:
        """Raise ``DemoBroken`` with what the form complains of."""
        if not form.is_valid():
            rows = form.row_errors() if hasattr(form, "row_errors") else []
            raise DemoBroken(f"{self.told['kind']}: {form.errors.as_json()} {rows}")

    def post(self, told: Mapping[str, Any], offset: int, *, form_class: str) -> QueryDict:
        """What a browser would send for these values."""
        data = QueryDict(mutable=True)
        data["opened_on"] = data["on"] = day(offset).isoformat()
        for name, value in told.get("fields", {}).items():
            data[name] = self.worded(value)
        declared = import_string(form_class)
        for one in getattr(declared, "row_sets", ()):
            rows = told.get(one.name, [])
            data[f"{one.name}-TOTAL_FORMS"] = str(len(rows))
            data[f"{one.name}-INITIAL_FORMS"] = "0"
            for number, row in enumerate(rows):
                for name, value in self.row(row).items():
                    data[f"{one.name}-{number}-{name}"] = value
        return data

    def row(self, row: Mapping[str, Any]) -> dict[str, str]:
        """One row; ``person`` and ``employer`` bring a synthetic party by its place in the list."""
        found: dict[str, str] = {}
        if "person" in row:
            person = self.people[row["person"]]
            found = {
                "kind": "person",
                "id_number": person.id_number,
                "name": person.name,
                "phone": person.phone,
                "address": f"霍邱县{person.town.name if person.town else ''}示例村",
            }
        elif "employer" in row:
            employer = self.employers[row["employer"]]
            found = {
                "kind": "employer",
                "uscc": employer.uscc or "",
                "name": employer.name,
                "phone": employer.contact_phone,
                "address": employer.reg_address,
                "legal_rep": f"{employer.legal_rep} 经理",
            }
        rest = {k: v for k, v in row.items() if k not in {"person", "employer"}}
        return {**found, **{name: self.worded(value) for name, value in rest.items()}}

    def worded(self, value: Any) -> str:
        """A value as typed: ``day:-3`` a day, ``ref:app.Model:field=value`` a stored row,
        ``party:respondent`` a party of this case, ``delivery:respondent:组庭通知书`` what it was
        sent."""
        text = str(_dated(value))
        if text.startswith("delivery:"):
            _, role, paper = text.split(":")
            sent = self.case.deliveries.filter(doc_name=paper, party__role=role)
            return str(sent.order_by("pk")[0].pk)
        if text.startswith("party:"):
            role = text.removeprefix("party:")
            return str(self.case.parties.filter(role=role).order_by("seq")[0].pk)
        if text.startswith("ref:"):
            return str(referred(text).pk)
        return text


def _stored(value: Any, parties: Mapping[str, Sequence[Any]]) -> Any:
    """A field of a record: a day, the row that it points to, or the value as it is."""
    kind, _, place = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind == "ref":
        return referred(value)
    if kind in parties and place.isdecimal():
        if int(place) >= len(parties[kind]):
            raise DemoBroken(f"{value}: there are {len(parties[kind])}")
        return parties[kind][int(place)]
    return _dated(value)


def referred(value: str) -> Any:
    """The one stored row that ``ref:app.Model:field=value`` names.  Raises ``DemoBroken``."""
    label, _, condition = value.removeprefix("ref:").partition(":")
    field, _, wanted = condition.partition("=")
    try:
        return apps.get_model(label)._base_manager.get(**{field: wanted})
    except (LookupError, ObjectDoesNotExist, MultipleObjectsReturned) as error:
        raise DemoBroken(f"{value}: {error}") from error


def _dated(value: Any) -> Any:
    """``day:-3`` as a day; any other value as it is."""
    if isinstance(value, str) and value.startswith("day:"):
        return day(int(value.removeprefix("day:")))
    return value


def day(offset: int) -> date:
    """A day counted from today; a weekend moves to the Friday before (Monday after, if ahead)."""
    found = timezone.localdate() + timedelta(days=offset)
    if found.weekday() >= 5:
        found += timedelta(days=(7 - found.weekday()) if offset > 0 else (4 - found.weekday()))
    return found


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
