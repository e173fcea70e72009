"""Made-up rows for the demonstration: persons and employers with the source ``demo``."""

import random
from collections.abc import Sequence
from decimal import Decimal

from hrss_portal.access.models import Unit, User
from hrss_portal.parties import choices, industries, synthetic
from hrss_portal.parties.models import Employer, Person

STEP = 2000
_VILLAGES = ("东村", "西村", "新街社区", "老街社区", "河湾村", "长岗村")


def make_people(
    count: int, *, unit: Unit, towns: Sequence[Unit], by: User | None = None, seed: int = 1
) -> list[Person]:
    """Write ``count`` made-up persons, spread over ``towns``; those that are there are returned.

    Runs inside a scope.  The same seed gives the same people, so it may be run twice.
    """
    draw = random.Random(seed)  # noqa: S311 -- not a secret
    rows = []
    for fake in synthetic.people(count, seed=seed):
        person = Person(
            name=fake.name,
            ethnic="01" if draw.random() < 0.97 else "03",
            education=draw.choice(choices.Education.values),
            politics=draw.choice(("01", "03", "13", "13")),
            hukou_kind=choices.HukouKind.RESIDENT,
            town=draw.choice(towns) if towns else None,
            village=draw.choice(_VILLAGES),
            tags=sorted(draw.sample(choices.PersonTag.values[:6], draw.choice((0, 0, 1, 1, 2)))),
            unit=unit,
            created_by=by,
            updated_by=by,
            source=synthetic.SOURCE,
        )
        person.set_id(choices.IdKind.RESIDENT, fake.id_number)
        person.set_phones([fake.phone])
        person.refresh_derived()
        rows.append(person)
    Person._base_manager.bulk_create(rows, batch_size=STEP, ignore_conflicts=True)
    indexes = [row.id_number_index for row in rows]
    known = Person._base_manager.filter(id_number_index__in=indexes).in_bulk(
        field_name="id_number_index"
    )
    return [known[str(index)] for index in indexes]


def make_employers(
    count: int, *, unit: Unit, towns: Sequence[Unit], by: User | None = None, seed: int = 1
) -> list[Employer]:
    """Write ``count`` made-up employers; those that are there are returned."""
    draw = random.Random(seed)  # noqa: S311 -- not a secret
    divisions = sorted(industries.divisions())
    rows = []
    for fake in synthetic.employers(count, seed=seed):
        people = int(10 ** draw.uniform(0.5, 3))
        employer = Employer(
            name=fake.name,
            uscc=fake.uscc,
            kind=choices.EmployerKind.COMPANY,
            ownership=draw.choice((*choices.Ownership.values, "private", "private")),
            legal_rep=fake.legal_rep,
            contact=fake.legal_rep,
            contact_phone=fake.phone,
            reg_address="霍邱县示例路 1 号",
            industry=draw.choice(divisions),
            headcount=people,
            revenue=Decimal(people * draw.randint(5, 60) * 10_000),
            assets=Decimal(people * draw.randint(5, 90) * 10_000),
            is_short_staffed=draw.random() < 0.1,
            paired_county=draw.random() < 0.02,
            town=draw.choice(towns) if towns else None,
            unit=unit,
            created_by=by,
            updated_by=by,
            source=synthetic.SOURCE,
        )
        if people >= 300:
            employer.four_up = draw.choice(choices.FourUp.values)
        employer.refresh_derived()
        rows.append(employer)
    Employer._base_manager.bulk_create(rows, batch_size=STEP, ignore_conflicts=True)
    codes = [row.uscc for row in rows]
    known = Employer._base_manager.filter(uscc__in=codes).in_bulk(field_name="uscc")
    return [known[str(code)] for code in codes]
